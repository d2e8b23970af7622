package ui

import (
	"net/url"
	"strconv"

	"salonkeep/store/salon"
)

// visitPanel is one visit beside the grid, with what this person may do to it.
type visitPanel struct {
	block
	Price      string // of the service, "" if it has none
	ClientHref string // "" when the card may not be opened
	Next       salon.Status
	NextLabel  string
	NextIcon   string
	Others     []statusButton
	Moving     bool
	Choices    []salon.Staff // to move to
	UpdatedBy  string
	UpdatedAt  string
	Close      string
}

type statusButton struct {
	Status      salon.Status
	Label, Icon string
	Danger      bool
}

func (d *desk) visitPanel(p *calendarPage, sheet salon.DaySheet, v salon.Visit, moving bool) (*visitPanel, error) {
	panel := &visitPanel{block: d.block(v, sheet), UpdatedBy: v.UpdatedBy, Close: p.Link()}
	panel.Open = true
	if t, ok := d.Instant(v.UpdatedAt); ok {
		panel.UpdatedAt = d.When(t, d.s.Now())
	}
	if v.ClientID != "" && d.scope.Can(salon.ViewClient) {
		panel.ClientHref = "/clients/" + v.ClientID
	}
	if d.scope.Can(salon.ViewCatalogue) {
		services, err := d.scope.Services(d.ctx())
		if err != nil {
			return nil, err
		}
		for _, s := range services {
			if s.ID == v.ServiceID && !s.NoFixedPrice {
				panel.Price = d.Money(s.PriceCents)
			}
		}
	}
	if d.scope.Can(salon.SetVisit) {
		panel.Next = v.Status.Next()
		panel.NextLabel, panel.NextIcon = nextWords(panel.Next)
	}
	panel.Others = d.otherSteps(v.Status)
	if moving && panel.Move != "" {
		panel.Moving = true
		for _, c := range p.Columns {
			if c.Staff.Person && c.Staff.Active {
				panel.Choices = append(panel.Choices, c.Staff)
			}
		}
	}
	return panel, nil
}

// nextWords is the big button: what happens, never "OK".
func nextWords(next salon.Status) (label, icon string) {
	switch next {
	case salon.Arrived:
		return say("Mark arrived"), iconName("armchair")
	case salon.InService:
		return say("Start service"), iconName("player-play")
	case salon.Done:
		return say("Finish"), iconName("circle-check")
	}
	return "", ""
}

// otherSteps are the small buttons: what else can become of a visit.
func (d *desk) otherSteps(now salon.Status) []statusButton {
	var out []statusButton
	if d.scope.Can(salon.SetVisit) {
		switch now {
		case salon.Booked:
			out = append(out, statusButton{salon.Confirmed, say("Confirm"), iconName("calendar-check"), false},
				statusButton{salon.NoShow, say("No-show"), iconName("user-x"), true})
		case salon.Confirmed:
			out = append(out, statusButton{salon.NoShow, say("No-show"), iconName("user-x"), true})
		case salon.Arrived, salon.InService:
			out = append(out, statusButton{salon.Booked, say("Not here yet"), iconName("arrow-back-up"), false})
		case salon.Done:
			out = append(out, statusButton{salon.InService, say("Not finished"), iconName("arrow-back-up"), false})
		case salon.NoShow:
			out = append(out, statusButton{salon.Arrived, say("Came after all"), iconName("armchair"), false})
		case salon.Cancelled:
			out = append(out, statusButton{salon.Booked, say("Book again"), iconName("calendar-event"), false})
		}
	}
	if now.TakesChair() && now != salon.Done && d.scope.Can(salon.CancelVisit) {
		out = append(out, statusButton{salon.Cancelled, say("Cancel booking"), iconName("calendar-off"), true})
	}
	return out
}

func (d *desk) version() int64 {
	n, _ := strconv.ParseInt(d.FormValue("version"), 10, 64)
	return n
}

func postStatus(d *desk) error {
	id, day := d.Param("id"), salon.Day(d.FormValue("day"))
	status := salon.Status(d.FormValue("status"))
	undo, err := d.scope.SetStatus(d.ctx(), id, d.version(), status)
	if err != nil {
		return d.notDone(err, day, id)
	}
	if status == salon.Cancelled || status == salon.NoShow {
		return d.see(calendarLink(day, "did", "status", "on", id, "undo", strconv.FormatInt(undo, 10)))
	}
	return d.see(calendarLink(day, "visit", id, "did", "status", "on", id, "undo", strconv.FormatInt(undo, 10)))
}

func postMove(d *desk) error {
	id, day, from := d.Param("id"), salon.Day(d.FormValue("day")), salon.Day(d.FormValue("from"))
	start, err := salon.ParseClock(d.FormValue("start"))
	if err != nil {
		return d.notDone(err, from, id)
	}
	undo, err := d.scope.Move(d.ctx(), id, d.version(), d.FormValue("staff"), day, start)
	if err != nil {
		return d.notDone(err, from, id)
	}
	return d.see(calendarLink(day, "did", "move", "on", id, "from", string(from), "undo", strconv.FormatInt(undo, 10)))
}

// notDone shows the day as it is, with the reason why nothing was changed: the
// booking that was moved is back where it was.
func (d *desk) notDone(err error, day salon.Day, id string) error {
	e, status := classify(err)
	if e.Kind != salon.Clash && e.Kind != salon.Invalid {
		return err
	}
	p, again := d.calendarPage(day, url.Values{})
	if again != nil {
		return again
	}
	p.Toast = &Toast{Text: d.Say(err), Bad: true}
	if e.Kind == salon.Clash && e.Field == nil {
		p.Toast.Action, p.Toast.Href = d.T("Pick another time"), calendarLink(day, "visit", id, "move", "1")
	}
	return d.show(status, "calendar", p)
}

// postUndo takes back what the toast said was done.
func postUndo(d *desk) error {
	n, _ := strconv.ParseInt(d.FormValue("undo"), 10, 64)
	back := localPath(d.FormValue("back"))
	if err := d.scope.Undo(d.ctx(), n); err != nil {
		return err
	}
	u, err := url.Parse(back)
	if err != nil {
		return d.see("/")
	}
	q := u.Query()
	q.Set("did", "undone")
	u.RawQuery = q.Encode()
	return d.see(u.String())
}

// visitToast says what was just done to the visit named in the query.
func (d *desk) visitToast(q url.Values, day salon.Day) (*Toast, error) {
	did := q.Get("did")
	if did == "" {
		return nil, nil
	}
	if did == "undone" {
		return &Toast{Text: d.T("Taken back.")}, nil
	}
	v, err := d.scope.Visit(d.ctx(), q.Get("on"))
	if salon.KindOf(err) == salon.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := &Toast{Back: calendarLink(day)}
	t.Undo, _ = strconv.ParseInt(q.Get("undo"), 10, 64)
	switch did {
	case "move":
		t.Text = d.T("%s moved to %s with %s.", d.clientName(v), v.Start.String(), v.Staff)
		if from := salon.Day(q.Get("from")); from != "" && v.Day != from {
			t.Text = d.T("%s moved to %s, %s with %s.", d.clientName(v), d.Day(v.Day, "Monday 2 January"), v.Start.String(), v.Staff)
		}
	case "book":
		t.Text = d.T("%s booked for %s with %s.", d.clientName(v), v.Start.String(), v.Staff)
	case "status":
		t.Text = d.T("%s: %s.", d.clientName(v), d.T(statusWord(v.Status)))
	default:
		return nil, nil
	}
	return t, nil
}
