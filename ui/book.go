package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

// Who a booking is for, when it is no known client.
const (
	forNew    = "new"
	forWalkIn = "walkin"
)

// maxFound is how many clients a search shows at once.
const maxFound = 6

// bookForm is a new appointment being typed.
type bookForm struct {
	Fields
	Key       string
	Sentence  string // why it was not booked, "" before it was sent
	Text      string // what was typed to find the client
	Who       string // a client's id, forNew or forWalkIn
	Found     foundClients
	Phone     string
	StaffID   string
	ServiceID string
	Day       salon.Day
	Start     string
	Minutes   int
	Note      string
	Staff     []salon.Staff
	Services  []serviceGroup
	Lengths   []int
	Close     string
}

// foundClients is the answer to what was typed; it is also asked for alone,
// while typing.
type foundClients struct {
	Text   string
	Who    string
	Rows   []salon.ClientRow
	More   int
	MayAdd bool
	Phone  string
	Bad    string // complaint about the phone
}

type serviceGroup struct {
	Name     string
	Services []serviceChoice
}

type serviceChoice struct {
	ID, Label string
}

// bookForm prepares an empty form, filled with what the query already knows.
func (d *desk) bookForm(sheet salon.DaySheet, q url.Values) (*bookForm, error) {
	f := &bookForm{Key: freshKey(), StaffID: q.Get("staff"), Day: sheet.Day, Start: q.Get("start")}
	if f.StaffID == "" && len(sheet.Columns) == 1 {
		f.StaffID = sheet.Columns[0].Staff.ID
	}
	if f.Start == "" && sheet.Day == sheet.Today {
		f.Start = ((sheet.Now + 14) / 15 * 15).String()
	}
	if id := q.Get("client"); id != "" { // begun from the client's card
		card, err := d.scope.ClientCard(d.ctx(), id)
		if err != nil {
			return nil, err
		}
		f.Who, f.Text = card.ID, card.Name
	}
	return f, d.fillBookForm(f, sheet)
}

func (d *desk) fillBookForm(f *bookForm, sheet salon.DaySheet) error {
	f.Close = calendarLink(sheet.Day)
	f.Lengths = []int{15, 30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240}
	for _, c := range sheet.Columns {
		if c.Staff.Person && c.Staff.Active {
			f.Staff = append(f.Staff, c.Staff)
		}
	}
	services, err := d.scope.Services(d.ctx())
	if err != nil {
		return err
	}
	f.Services = d.groupServices(services)
	f.Found, err = d.findClients(f.Text, f.Who)
	f.Found.Phone, f.Found.Bad = f.Phone, f.Bad("phone")
	return err
}

// groupServices lists what can be booked under its category.
func (d *desk) groupServices(services []salon.Service) []serviceGroup {
	var groups []serviceGroup
	at := map[string]int{}
	for _, s := range services {
		if !s.Active {
			continue
		}
		i, ok := at[s.Category]
		if !ok {
			i = len(groups)
			at[s.Category] = i
			groups = append(groups, serviceGroup{Name: s.Category})
		}
		label := s.Name + " · " + d.Span(s.Minutes)
		if !s.NoFixedPrice {
			label += " · " + d.Money(s.PriceCents)
		}
		groups[i].Services = append(groups[i].Services, serviceChoice{s.ID, label})
	}
	return groups
}

// findClients are the clients that what was typed may mean.
func (d *desk) findClients(text, who string) (foundClients, error) {
	found := foundClients{Text: strings.TrimSpace(text), Who: who, MayAdd: d.scope.Can(salon.CreateClient)}
	if found.Text == "" || !d.scope.Can(salon.ViewClient) {
		return found, nil
	}
	page, err := d.scope.Clients(d.ctx(), found.Text, 0, maxFound)
	if err != nil {
		return found, err
	}
	found.Rows = page.Rows
	found.More = max(page.Total-len(page.Rows), 0)
	return found, nil
}

// getFind answers while a client's name is being typed into a booking.
func getFind(d *desk) error {
	found, err := d.findClients(d.QueryParam("text"), d.QueryParam("who"))
	if err != nil {
		return err
	}
	return d.part(http.StatusOK, "calendar", "found", found)
}

func (d *desk) booking() (*bookForm, salon.Booking) {
	f := &bookForm{
		Key: d.FormValue("key"), Text: d.FormValue("text"), Who: d.FormValue("who"), Phone: d.FormValue("phone"),
		StaffID: d.FormValue("staff"), ServiceID: d.FormValue("service"), Day: salon.Day(d.FormValue("day")),
		Start: d.FormValue("start"), Note: d.FormValue("note"),
	}
	f.Minutes, _ = strconv.Atoi(d.FormValue("minutes"))
	b := salon.Booking{Key: f.Key, StaffID: f.StaffID, ServiceID: f.ServiceID, Day: f.Day, Start: salon.NoClock, Minutes: f.Minutes, Note: f.Note}
	if start, err := salon.ParseClock(f.Start); err == nil {
		b.Start = start
	}
	switch f.Who {
	case forNew:
		b.NewClient, b.NewPhone = strings.TrimSpace(f.Text), strings.TrimSpace(f.Phone)
	case forWalkIn:
	default:
		b.ClientID = f.Who
	}
	return f, b
}

func postBook(d *desk) error {
	f, b := d.booking()
	if f.Who == "" || f.Who == forNew && b.NewClient == "" {
		complaint := say("Choose a client, a new one or a walk-in.")
		return d.notBooked(f, salon.E(salon.Invalid, say("Not booked yet.")).On("client", complaint))
	}
	id, undo, err := d.scope.Book(d.ctx(), b)
	if err != nil {
		return d.notBooked(f, err)
	}
	return d.see(calendarLink(f.Day, "did", "book", "on", id, "undo", strconv.FormatInt(undo, 10)))
}

// notBooked shows the form again with everything that was typed.
func (d *desk) notBooked(f *bookForm, err error) error {
	e, status := classify(err)
	if e.Kind != salon.Clash && e.Kind != salon.Invalid {
		return err
	}
	day := f.Day
	if _, bad := salon.ParseDay(string(day)); bad != nil {
		day = ""
	}
	p, again := d.calendarPage(day, url.Values{})
	if again != nil {
		return again
	}
	sheet, again := d.scope.Day(d.ctx(), day)
	if again != nil {
		return again
	}
	f.Wrong, f.Sentence = d.Complaints(err), d.Say(err)
	if again := d.fillBookForm(f, sheet); again != nil {
		return again
	}
	p.Book = f
	return d.show(status, "calendar", p)
}
