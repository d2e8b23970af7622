package uitest_test

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"testing"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
	"salonkeep/ui"
	"salonkeep/ui/uitest"
)

var (
	shots = flag.String("shots", "", "folder for pictures of every page")
	only  = flag.String("only", "", "with -shots: pages whose name begins with this")
)

// stage is a lively salon on a Saturday at noon, served over HTTPS.
type stage struct {
	*storetest.World
	*httptest.Server
	ids map[string]string
}

// act is one appointment of the day: who, what, with whom, from when, how long.
type act struct {
	client, service, staff string
	start, minutes         int
	status                 salon.Status
}

var saturday = []act{
	{"Harriet Boyle", "BLOW", "MEI", 540, 60, salon.Done},
	{"Ines Carvalho", "FOIL", "MEI", 615, 150, salon.InService},
	{"Nadia Rahman", "ROOT", "MEI", 810, 105, salon.Booked},
	{"Grace Adeyemi", "CONS", "MEI", 930, 30, salon.Confirmed},
	{"Ella Thornton", "CUT", "SOFIA", 555, 60, salon.Done},
	{"Bea Lindqvist", "TRIM", "SOFIA", 630, 30, salon.Done},
	{"Amelia Okafor", "GLOSS", "SOFIA", 705, 120, salon.Arrived},
	{"Chloe Martin", "BALA", "SOFIA", 870, 165, salon.Booked},
	{"Theo Walsh", "FADE", "JONAS", 600, 45, salon.Done},
	{"Marcus Hale", "FADE", "JONAS", 645, 45, salon.NoShow},
	{"Daniel Osei", "FADE", "JONAS", 690, 60, salon.InService},
	{"Leo Grant", "CUT", "JONAS", 765, 30, salon.Booked},
	{"", "TRIM", "JONAS", 855, 15, salon.Booked},
	{"Yasmin Khoury", "BROW", "PRIYA", 540, 45, salon.Done},
	{"Holly Pryce", "NAIL", "PRIYA", 660, 60, salon.InService},
	{"Rosa Benedetti", "NAIL", "PRIYA", 735, 75, salon.Booked},
	{"Isla Fraser", "LASH", "PRIYA", 855, 60, salon.Confirmed},
	{"Freya Holm", "BLOW", "ADE", 690, 45, salon.Booked},
	{"Maya Sen", "CURL", "ADE", 780, 75, salon.Booked},
	{"Wren Abbott", "TRIM", "ADE", 870, 45, salon.Cancelled},
	{"Oskar Bauer", "TRIM", "ADE", 0, 30, salon.Cancelled},
}

func set(t *testing.T) *stage {
	t.Helper()
	w := storetest.New(t)
	s := &stage{World: w, ids: map[string]string{}}
	s.fill(t)
	pages, err := ui.New(ui.Options{
		Door: func() (*store.Door, bool) { return w.Door, true }, Now: w.Now, Version: "0.1.0", Secure: true,
		Hosts:     func(host string) bool { return host == "127.0.0.1" },
		Addresses: func() []string { return []string{"https://rowan-reed.local:8443"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(pages)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	s.Server = server
	return s
}

func (s *stage) fill(t *testing.T) {
	t.Helper()
	ctx, sc := context.Background(), s.Store.As("test")
	day := salon.DayOf(storetest.Start)
	b := salon.Batch{Source: "test", AsOf: day.Add(-1), Taxes: []salon.Tax{{Name: "GST"}, {Name: "PST"}}}
	for _, p := range [][2]string{{"MEI", "Mei Lin"}, {"SOFIA", "Sofia Marques"}, {"JONAS", "Jonas Weber"}, {"PRIYA", "Priya Nair"}, {"ADE", "Ade Bello"}} {
		b.Staff = append(b.Staff, salon.BatchStaff{Code: p[0], Name: p[1], Person: true, Performs: true})
	}
	for i, v := range []struct {
		code, name, category string
		price                int64
		minutes              int
	}{{"CUT", "Cut & finish", "Hair", 5400, 45}, {"TRIM", "Fringe trim", "Hair", 1800, 15}, {"BLOW", "Wash & blow-dry", "Hair", 3200, 45}, {"CURL", "Curly cut", "Hair", 6800, 75},
		{"FADE", "Skin fade", "Hair", 3800, 45}, {"FOIL", "Half head foils", "Colour", 12000, 150}, {"ROOT", "Root colour, cut & finish", "Colour", 11000, 105}, {"GLOSS", "Gloss & root melt", "Colour", 8600, 120},
		{"BALA", "Balayage, full", "Colour", 18500, 165}, {"CONS", "Consultation", "Colour", 0, 30}, {"BROW", "Brow shape & tint", "Beauty", 2900, 45}, {"NAIL", "Gel manicure", "Beauty", 4200, 60}, {"LASH", "Lash lift", "Beauty", 5500, 60}} {
		b.Services = append(b.Services, salon.Service{Code: v.code, Name: v.name, Category: v.category, PriceCents: v.price, Minutes: v.minutes, Active: true, NoFixedPrice: i == 9})
	}
	codes := map[string]string{"": ""}
	for i, a := range saturday {
		if a.client != "" {
			codes[a.client] = fmt.Sprintf("C%03d", i)
			b.Clients = append(b.Clients, salon.BatchClient{Code: codes[a.client], Name: a.client, Phone: fmt.Sprintf("+1416555%04d", 121+37*i), Email: fmt.Sprintf("client%d@example.com", i), Since: "2022-03-14"})
		}
		at := salon.BatchAppointment{Origin: fmt.Sprintf("a%d", i), Client: codes[a.client], Staff: a.staff, Service: a.service, Day: day, Start: salon.Clock(a.start), Minutes: a.minutes, Status: a.status}
		if a.start == 0 {
			at.Start = salon.NoClock
		}
		if a.status == salon.Cancelled {
			at.CancelledOn, at.CancelledBy = day.Add(-2), "Lucy"
		}
		b.Appointments = append(b.Appointments, at)
	}
	for i := range 5 {
		b.Appointments = append(b.Appointments, salon.BatchAppointment{Origin: fmt.Sprintf("p%d", i), Client: codes["Amelia Okafor"], Staff: "SOFIA", Service: []string{"CUT", "GLOSS"}[i%2],
			Day: day.Add(-40 * (i + 1)), Start: 600, Minutes: 45, Status: []salon.Status{salon.Done, salon.Done, salon.NoShow, salon.Done, salon.Done}[i]})
	}
	for i := range 60 {
		sale := salon.BatchSale{Number: fmt.Sprintf("%d", 20260400+i), Day: day.Add(-60 + i)}
		who := saturday[i%19].client
		net := int64(5400 + 100*i)
		sale.Lines = append(sale.Lines, salon.BatchLine{Kind: salon.ServiceLine, Service: "CUT", Text: "Cut & finish", Client: codes[who], WalkIn: who == "", Staff: []string{"MEI", "SOFIA", "JONAS"}[i%3], QuantityE3: 1000, NetCents: net,
			Taxes: []salon.TaxAmount{{Name: "GST", Cents: net * 5 / 100, ExactE8: net * 5 * 10000}, {Name: "PST", Cents: net * 8 / 100, ExactE8: net * 8 * 10000}}})
		if i%4 == 3 {
			sale.Lines = append(sale.Lines, salon.BatchLine{Kind: salon.RedemptionLine, Service: "CUT", Text: "Blow-dry package", Client: codes["Amelia Okafor"], Staff: "SOFIA", QuantityE3: 1000, NetCents: -3200,
				Taxes: []salon.TaxAmount{{Name: "GST", Cents: -160, ExactE8: -160000000}, {Name: "PST", Cents: -256, ExactE8: -256000000}}})
		}
		b.Sales = append(b.Sales, sale)
	}
	if _, err := sc.Import(ctx, b, false); err != nil {
		t.Fatal(err)
	}
	s.remember(t)
}

// remember notes the ids of what has a name.
func (s *stage) remember(t *testing.T) {
	t.Helper()
	ctx, owner := context.Background(), s.As(t, "owner")
	clients, err := owner.Clients(ctx, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clients.Rows {
		s.ids[c.Name] = c.ID
	}
	sheet, err := owner.Day(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, col := range sheet.Columns {
		s.ids[col.Staff.Name] = col.Staff.ID
		for _, v := range col.Visits {
			s.ids["visit of "+v.Client] = v.ID
		}
	}
	sales, err := owner.Sales(ctx, "", "", "", 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range sales.Rows {
		s.ids["receipt"] = r.ID
		if r.Lines > 1 {
			break
		}
	}
}

// signIn brings a tab to the first page of the person of that role.
func (s *stage) signIn(t *testing.T, tab *uitest.Tab, role string) {
	t.Helper()
	tab.Open("/signin")
	tab.Fill("E-mail", role+"@example.com")
	tab.Fill("Password", storetest.Password)
	tab.Click("Sign in")
	tab.See("More")
}
