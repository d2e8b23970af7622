package ui

import (
	"net/http"
	"net/url"
	"strings"

	"salonkeep/store/salon"
)

// calendarPage is one day: the grid, the same day as a list for phones, and a
// panel beside it with a visit, a booking form or what stands apart.
type calendarPage struct {
	Page
	Day, Today, Prev, Next salon.Day
	Title                  string // the day in words
	From, To, Now          int    // minutes since midnight
	ShowNow                bool
	Hours                  []int
	Columns                []column
	Agenda                 []agendaRow
	Counts                 string // "20 booked · 1 late"
	Cancelled, Untimed     int
	Week                   []weekday // for phones
	MayBook                bool
	Visit                  *visitPanel
	Book                   *bookForm
	Apart                  *apartPanel
}

// column is one member of staff.
type column struct {
	Staff  salon.Staff
	Count  int
	Blocks []block
}

// block is one visit on the grid or in the list.
type block struct {
	salon.Visit
	Name        string // of the client
	State       string // class: booked, arrived, service, late, noshow, done
	Icon        string
	Label       string // the state in words
	Late        int    // minutes
	Lane, Lanes int    // where visits overlap, each has its own lane
	Lines       int    // of service text that fit
	Short       bool
	Open        bool
	Href        string
	Move        string // where a move is posted, "" when it may not be moved
}

// agendaRow is one line of the phone's list; Now stands between two visits.
type agendaRow struct {
	block
	NowLine bool
}

type weekday struct {
	Day     salon.Day
	Href    string
	Current bool
}

// apartPanel lists visits that have no place on the grid.
type apartPanel struct {
	Kind   string // cancelled or untimed
	Blocks []block
}

// Off is where the first full hour line sits, in minutes from the top.
func (p *calendarPage) Off() int { return (60 - p.From%60) % 60 }

// Link is an address of this day's calendar.
func (p *calendarPage) Link(pairs ...string) string { return calendarLink(p.Day, pairs...) }

// NewHref is where a new booking begins.
func (p *calendarPage) NewHref() string { return p.Link("new", "1") }

// Panel tells whether something stands beside the grid.
func (p *calendarPage) Panel() bool { return p.Visit != nil || p.Book != nil || p.Apart != nil }

// calendarLink is /calendar with a day and pairs of name and value.
func calendarLink(day salon.Day, pairs ...string) string {
	q := url.Values{}
	if day != "" {
		q.Set("day", string(day))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/calendar?" + q.Encode()
}

func getCalendar(d *desk) error {
	q := d.QueryParams()
	p, err := d.calendarPage(salon.Day(q.Get("day")), q)
	if err != nil {
		return err
	}
	if p.Toast, err = d.visitToast(q, p.Day); err != nil {
		return err
	}
	return d.show(http.StatusOK, "calendar", p)
}

// calendarPage reads the day and whatever the query opens beside it.
func (d *desk) calendarPage(day salon.Day, q url.Values) (*calendarPage, error) {
	p := &calendarPage{Page: d.frame("calendar"), MayBook: d.scope.Can(salon.Book)}
	opened := q.Get("visit")
	var visit salon.Visit
	if opened != "" {
		var err error
		if visit, err = d.scope.Visit(d.ctx(), opened); err != nil {
			return nil, err
		}
		if day == "" {
			day = visit.Day
		}
	}
	sheet, err := d.scope.Day(d.ctx(), day)
	if err != nil {
		return nil, err
	}
	d.fillDay(p, sheet, opened)
	switch {
	case opened != "":
		p.Visit, err = d.visitPanel(p, sheet, visit, q.Get("move") != "")
	case q.Get("new") != "" && p.MayBook:
		p.Book, err = d.bookForm(sheet, q)
	case q.Get("apart") != "":
		p.Apart = d.apartPanel(sheet, q.Get("apart"))
	}
	return p, err
}

// fillDay lays the sheet out on the page.
func (d *desk) fillDay(p *calendarPage, sheet salon.DaySheet, opened string) {
	p.Day, p.Today, p.Prev, p.Next = sheet.Day, sheet.Today, sheet.Day.Add(-1), sheet.Day.Add(1)
	p.Title = d.Day(sheet.Day, "Monday 2 January")
	if sheet.Day.Time().Year() != sheet.Today.Time().Year() {
		p.Title = d.Day(sheet.Day, "Monday 2 January 2006")
	}
	p.From, p.To, p.Now = max(int(sheet.Opens)-15, 0), int(sheet.Closes), int(sheet.Now)
	p.ShowNow = sheet.Day == sheet.Today && p.Now >= p.From && p.Now <= p.To
	for m := (p.From + 59) / 60 * 60; m < p.To; m += 60 {
		p.Hours = append(p.Hours, m)
	}
	p.Cancelled = len(sheet.Cancelled)
	tally := map[string]int{}
	for _, c := range sheet.Columns {
		col := column{Staff: c.Staff}
		for _, v := range c.Visits {
			b := d.block(v, sheet)
			b.Open = v.ID == opened
			tally[b.State]++
			if v.Start < 0 {
				p.Untimed++
				continue
			}
			col.Blocks = append(col.Blocks, b)
			p.Agenda = append(p.Agenda, agendaRow{block: b})
		}
		layLanes(col.Blocks)
		col.Count = len(col.Blocks)
		p.Columns = append(p.Columns, col)
	}
	p.Agenda = sortAgenda(p.Agenda, p.ShowNow, sheet.Now)
	p.Counts = d.counts(tally)
	for i := -2; i <= 4; i++ {
		day := sheet.Day.Add(i)
		p.Week = append(p.Week, weekday{Day: day, Href: calendarLink(day), Current: i == 0})
	}
}

// counts is the day in one line.
func (d *desk) counts(tally map[string]int) string {
	total := 0
	for _, n := range tally {
		total += n
	}
	parts := []string{d.N(total, "%d bookings")}
	if n := tally["late"]; n > 0 {
		parts = append(parts, d.T("%d late", n))
	}
	if n := tally["noshow"]; n > 0 {
		parts = append(parts, d.T("%d no-show", n))
	}
	return strings.Join(parts, " · ")
}

// clientName is what stands for a client on the calendar.
func (d *desk) clientName(v salon.Visit) string {
	if v.Client == "" {
		return d.T("Walk-in")
	}
	return v.Client
}

func (d *desk) apartPanel(sheet salon.DaySheet, kind string) *apartPanel {
	panel := &apartPanel{Kind: oneOf(kind, "cancelled", "untimed")}
	if panel.Kind == "cancelled" {
		for _, v := range sheet.Cancelled {
			panel.Blocks = append(panel.Blocks, d.block(v, sheet))
		}
		return panel
	}
	for _, c := range sheet.Columns {
		for _, v := range c.Visits {
			if v.Start < 0 {
				panel.Blocks = append(panel.Blocks, d.block(v, sheet))
			}
		}
	}
	return panel
}
