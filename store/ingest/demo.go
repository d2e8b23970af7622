package ingest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"salonkeep/store/salon"
)

const (
	demoPast    = 70 // days of history
	demoAhead   = 21 // days of bookings to come
	demoClients = 400
	demoOpens   = salon.Clock(9 * 60)
	demoCloses  = salon.Clock(18 * 60)
)

// Demo invents a salon in the middle of a busy day: ten weeks of sales and
// appointments behind it, three weeks of bookings ahead. now is in the salon's
// own time zone; the language, en or zh-CN, is that of services, products and
// notes. The same moment gives the same salon.
func Demo(now time.Time, language string) salon.Batch {
	today := salon.DayOf(now)
	d := &demo{rnd: rand.New(rand.NewPCG(uint64(today.Time().Unix()), 20181114)), today: today,
		now: salon.Clock(now.Hour()*60 + now.Minute()), zh: language == "zh-CN", receipt: 1000}
	d.b = salon.Batch{Source: "demo", AsOf: today, Taxes: []salon.Tax{{Name: "GST", RateE6: 50_000}, {Name: "PST", RateE6: 80_000}}}
	d.people()
	d.catalogue()
	d.clients()
	for day := today.Add(-demoPast); day <= today.Add(demoAhead); day = day.Add(1) {
		d.day(day)
	}
	return d.b
}

type demo struct {
	rnd      *rand.Rand
	b        salon.Batch
	today    salon.Day
	now      salon.Clock
	zh       bool
	services []demoService
	skilled  map[string][]demoService // each as often as it is booked
	receipt  int
	visits   int
}

func (d *demo) say(en, zh string) string {
	if d.zh {
		return zh
	}
	return en
}

func (d *demo) people() {
	for _, p := range demoPeople() {
		d.b.Staff = append(d.b.Staff, p.BatchStaff)
	}
	d.b.Staff = append(d.b.Staff, salon.BatchStaff{Code: house, Name: d.say("The house", "本店"), Performs: true})
}

func (d *demo) catalogue() {
	d.services, d.skilled = demoServices(), map[string][]demoService{}
	for _, s := range d.services {
		d.b.Services = append(d.b.Services, salon.Service{Code: s.code, Name: d.say(s.en, s.zh), Category: s.category, PriceCents: s.cents,
			NoFixedPrice: s.cents == 0, ProductChargeCents: s.cents / 20, Minutes: s.minutes, Active: true})
		for range s.weight {
			d.skilled[s.skill] = append(d.skilled[s.skill], s)
		}
	}
	for i, brand := range demoBrands {
		for _, g := range demoGoods {
			d.b.Products = append(d.b.Products, salon.Product{SKU: fmt.Sprintf("%c%c-%s", brand[0], brand[2]-32, g.code), Name: brand + " " + d.say(g.en, g.zh),
				Supplier: "Harbour Trade", Brand: brand, Category: "RETAIL", PriceCents: g.cents + int64(i)*200, CostMilli: g.milli + int64(i)*1000,
				Stock: int64(d.rnd.IntN(9)), ReorderMin: 2, ReorderMax: 8, Active: true})
		}
	}
}

func (d *demo) clients() {
	for i := range demoClients {
		c := salon.BatchClient{Code: fmt.Sprintf("C%04d", i+1), Phone: fmt.Sprintf("+1%s55501%02d", demoAreas[i/100], i%100),
			Since: d.today.Add(-d.rnd.IntN(1500) - 1)}
		if d.rnd.IntN(100) < 35 {
			c.Name = pick(d, demoFamilyZH[:]) + pick(d, demoGivenZH[:])
		} else {
			c.Name = pick(d, demoGiven[:]) + " " + pick(d, demoFamily[:])
		}
		if d.rnd.IntN(100) < 60 {
			c.Email = fmt.Sprintf("client%d@example.com", i+1)
		}
		if d.rnd.IntN(100) < 8 {
			n := pick(d, demoNotes[:])
			c.Note = d.say(n.en, n.zh)
		}
		d.b.Clients = append(d.b.Clients, c)
	}
}

func pick[T any](d *demo, from []T) T { return from[d.rnd.IntN(len(from))] }

// client is somebody with a card. Regulars come more often than the others.
func (d *demo) client() string {
	u := d.rnd.Float64()
	return d.b.Clients[int(u*u*float64(len(d.b.Clients)))].Code
}

// day fills the chairs of one day. Today is open whatever day it is, so that
// there is always something to see.
func (d *demo) day(day salon.Day) {
	weekday := day.Time().Weekday()
	if day != d.today && (weekday == time.Sunday || weekday == time.Monday) {
		return
	}
	full := 82 // chance in percent that a free quarter of an hour is booked
	switch ahead := int(day.Time().Sub(d.today.Time()).Hours() / 24); {
	case day == d.today:
		full = 92
	case ahead > 0:
		full = 75 - 3*ahead
	}
	for i, p := range demoPeople() {
		off := int(weekday)+i == 5 || int(weekday)+i == 10
		if off && day != d.today {
			continue
		}
		for at := demoOpens + salon.Clock(15*d.rnd.IntN(3)); at < demoCloses; {
			if d.rnd.IntN(100) >= full {
				at += 15
				continue
			}
			s := pick(d, d.skilled[p.skill])
			if at+salon.Clock(s.minutes) > demoCloses+60 {
				break
			}
			d.visit(day, at, p.Code, s)
			at += salon.Clock(s.minutes)
			if d.rnd.IntN(5) == 0 {
				at += 15
			}
		}
	}
	if day <= d.today {
		d.walkIns(day)
	}
}

// visit books one client, and sells what a completed visit sells.
func (d *demo) visit(day salon.Day, at salon.Clock, staff string, s demoService) {
	client := d.client()
	if d.rnd.IntN(100) == 0 {
		client = "" // somebody who gave no name
	}
	a := salon.BatchAppointment{Client: client, Staff: staff, Service: s.code, Day: day, Start: at, Minutes: s.minutes, Status: d.status(day, at, s.minutes)}
	if d.rnd.IntN(100) < 7 && a.Status != salon.InService {
		off := a // cancelled, and the chair was given to the client above
		off.Client, off.Status = d.client(), salon.Cancelled
		off.CancelledOn, off.CancelledBy = min(day, d.today).Add(-d.rnd.IntN(6)), staff
		d.keep(off)
	}
	d.keep(a)
	if a.Status == salon.Done {
		d.sale(a, s)
	}
}

func (d *demo) keep(a salon.BatchAppointment) {
	d.visits++
	a.Origin = fmt.Sprintf("visit %d", d.visits)
	d.b.Appointments = append(d.b.Appointments, a)
}

// status is what can have become of an appointment by now.
func (d *demo) status(day salon.Day, at salon.Clock, minutes int) salon.Status {
	switch {
	case day < d.today || day == d.today && at+salon.Clock(minutes) <= d.now:
		if d.rnd.IntN(100) < 4 {
			return salon.NoShow
		}
		return salon.Done
	case day == d.today && at <= d.now-5:
		return salon.InService
	case day == d.today && at <= d.now+15:
		return salon.Arrived
	case d.rnd.IntN(2) == 0 && day <= d.today.Add(2):
		return salon.Confirmed
	}
	return salon.Booked
}

func (d *demo) sale(a salon.BatchAppointment, s demoService) {
	net := s.cents
	switch {
	case s.code == "CONS":
	case net == 0:
		net = int64(9000 + 500*d.rnd.IntN(12))
	case d.rnd.IntN(8) == 0:
		net -= net / 10
	}
	lines := []salon.BatchLine{d.line(salon.ServiceLine, s.code, "", d.say(s.en, s.zh), a.Client, a.Staff, 1, net)}
	if d.rnd.IntN(100) < 14 {
		lines = append(lines, d.goods(a.Client, a.Staff, 1+d.rnd.IntN(10)/9))
	}
	if s.code == "BLOW" && d.rnd.IntN(6) == 0 {
		lines = append(lines, d.line(salon.RedemptionLine, s.code, "", d.say("Bundle used", "使用套餐"), a.Client, house, 1, -net))
	}
	// A parent pays for the child that sat in the next chair.
	if n := len(d.b.Sales); s.code == "CUTC" && n > 0 && d.b.Sales[n-1].Day == a.Day && len(d.b.Sales[n-1].Lines) < 4 {
		d.b.Sales[n-1].Lines = append(d.b.Sales[n-1].Lines, lines...)
		return
	}
	d.close(a.Day, lines)
}

// walkIns buy something over the counter; now and then somebody brings
// something back.
func (d *demo) walkIns(day salon.Day) {
	for range d.rnd.IntN(3) {
		l := d.goods("", house, 1)
		l.WalkIn = true
		d.close(day, []salon.BatchLine{l})
	}
	if d.rnd.IntN(20) == 0 {
		l := d.goods(d.client(), house, -1)
		l.Kind = salon.ReturnLine
		d.close(day, []salon.BatchLine{l})
	}
}

func (d *demo) goods(client, staff string, count int) salon.BatchLine {
	p := pick(d, d.b.Products)
	return d.line(salon.ProductLine, "", p.SKU, p.Name, client, staff, int64(count), int64(count)*p.PriceCents)
}

func (d *demo) line(kind salon.LineKind, service, product, text, client, staff string, count, net int64) salon.BatchLine {
	l := salon.BatchLine{Kind: kind, Service: service, Product: product, Text: text, Client: client, Staff: staff, QuantityE3: count * 1000, NetCents: net}
	for _, t := range d.b.Taxes {
		x := net * t.RateE6 // 1e-2 * 1e-6 = 1e-8
		l.Taxes = append(l.Taxes, salon.TaxAmount{Name: t.Name, ExactE8: x, Cents: salon.LineHalfUp.Cents(x)})
	}
	return l
}

func (d *demo) close(day salon.Day, lines []salon.BatchLine) {
	d.receipt++
	d.b.Sales = append(d.b.Sales, salon.BatchSale{Number: fmt.Sprint(d.receipt), Day: day, Lines: lines})
}
