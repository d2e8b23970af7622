package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salonkeep/store/salon"
)

// The invented salon must look like a salon: nobody in two chairs, today under
// way, nothing in the past still to come, and numbers that ring nowhere.
func TestDemoIsASalonUnderWay(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 11, 21, 12, 20, 0, 0, time.UTC),
		time.Date(2028, 2, 29, 14, 0, 0, 0, time.UTC),
		time.Date(2027, 1, 4, 10, 5, 0, 0, time.UTC), // a Monday
	} {
		b := Demo(now, "en")
		if diff := cmp.Diff(b, Demo(now, "en")); diff != "" {
			t.Fatalf("the same moment gives another salon: %s", diff)
		}
		if len(b.Services) != 25 || len(b.Products) != 40 || len(b.Clients) != 400 || len(b.Staff) != 7 {
			t.Fatalf("%d services, %d products, %d clients, %d staff", len(b.Services), len(b.Products), len(b.Clients), len(b.Staff))
		}
		checkDemoVisits(t, b, salon.DayOf(now), salon.Clock(now.Hour()*60+now.Minute()))
		checkDemoSales(t, b)
		for _, c := range b.Clients {
			if !strings.HasPrefix(c.Phone[5:], "55501") || c.Email != "" && !strings.HasSuffix(c.Email, "@example.com") {
				t.Errorf("%s could belong to somebody: %s %s", c.Name, c.Phone, c.Email)
			}
		}
	}
}

func checkDemoVisits(t *testing.T, b salon.Batch, today salon.Day, now salon.Clock) {
	t.Helper()
	todays := map[salon.Status]int{}
	chairs := map[string][]salon.Appointment{}
	origins := map[string]bool{}
	for _, v := range b.Appointments {
		if origins[v.Origin] {
			t.Fatalf("two appointments are called %s", v.Origin)
		}
		origins[v.Origin] = true
		a := salon.Appointment{StaffID: v.Staff, Day: v.Day, Start: v.Start, Minutes: v.Minutes, Status: v.Status}
		key := fmt.Sprint(v.Staff, v.Day)
		for _, other := range chairs[key] {
			if a.Overlaps(other) {
				t.Errorf("%s is in two chairs on %s at %s", v.Staff, v.Day, v.Start)
			}
		}
		chairs[key] = append(chairs[key], a)
		past := v.Day < today || v.Day == today && a.End() <= now
		if past != (v.Status == salon.Done || v.Status == salon.NoShow) && v.Status != salon.Cancelled {
			t.Errorf("%s %s is %s at %s %s", v.Day, v.Start, v.Status, today, now)
		}
		if v.Day == today {
			todays[v.Status]++
		}
	}
	for _, s := range []salon.Status{salon.Booked, salon.Confirmed, salon.InService, salon.Done} {
		if todays[s] == 0 {
			t.Errorf("nothing is %s today: %v", s, todays)
		}
	}
}

func checkDemoSales(t *testing.T, b salon.Batch) {
	t.Helper()
	numbers, kinds := map[string]bool{}, map[salon.LineKind]int{}
	for _, s := range b.Sales {
		if numbers[s.Number] || len(s.Lines) == 0 || s.Day > b.AsOf {
			t.Errorf("receipt %s of %s with %d lines", s.Number, s.Day, len(s.Lines))
		}
		numbers[s.Number] = true
		for _, l := range s.Lines {
			kinds[l.Kind]++
			if l.Taxes[0].ExactE8 != l.NetCents*5*10_000 {
				t.Errorf("GST %d on %d", l.Taxes[0].ExactE8, l.NetCents)
			}
		}
	}
	for _, k := range []salon.LineKind{salon.ServiceLine, salon.ProductLine, salon.RedemptionLine, salon.ReturnLine} {
		if kinds[k] == 0 {
			t.Errorf("no line is a %s", k)
		}
	}
}

func TestDemoSpeaksChinese(t *testing.T) {
	b := Demo(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), "zh-CN")
	if b.Services[0].Name != "剪发造型" {
		t.Errorf("the first service is called %q", b.Services[0].Name)
	}
}
