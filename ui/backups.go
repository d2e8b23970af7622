package ui

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// When a backup is late: a night and some hours, then two nights.
const (
	backupLate = 26 * time.Hour
	backupLost = 50 * time.Hour
)

// backupsPage says in one word whether the salon is protected, and proves it.
type backupsPage struct {
	Page
	Fields
	Tone        string // ok, warn or danger
	Title, Lead string
	Running     *salon.Run
	Stage       string
	Percent     int
	Risk        string // how much work would be lost, "" for none
	RiskUnit    string
	Lost        []string
	Strings     []beadString
	Picked      *pointView
	Targets     []targetView
	Incidents   []incident
	MayRun      bool
	MaySet      bool
	Adding      bool
	Form        PlaceForm
	How         string
	Places      []Place
}

// beadString is one row of restore points on the time line, oldest first.
type beadString struct {
	Title       string
	Beads       []bead
	First, Last string
}

type bead struct {
	ID, Label string
	Proved    bool
	Picked    bool
}

type pointView struct {
	When, Reason, Label, Target string
	Facts                       salon.Facts
	Bytes                       int64
	Took                        string
	Proved                      bool
}

type targetView struct {
	salon.Target
	Tone, State   string
	Icon          string
	NewestAt      string
	GoesBack      string
	CountOfPoints string
}

type incident struct{ Icon, What, When string }

func getBackups(d *desk) error {
	p, err := d.backupsPage()
	if err != nil {
		return err
	}
	p.Adding = p.MaySet && (d.QueryParam("add") != "" || len(p.Targets) == 0)
	p.Toast = d.toast(d.QueryParam("did"))
	return d.show(http.StatusOK, "backups", p)
}

func (d *desk) backupsPage() (*backupsPage, error) {
	keep, err := d.scope.Keep(d.ctx())
	if err != nil {
		return nil, err
	}
	p := &backupsPage{Page: d.frame("backups"), MayRun: d.scope.Can(salon.RunBackup), MaySet: d.scope.Can(salon.SetBackup), How: "folder"}
	now := d.s.Now()
	d.judge(p, keep, now)
	d.risk(p, keep.Risk, now)
	p.Strings, p.Picked = d.timeline(keep.Points, d.QueryParam("point"), now)
	for _, t := range keep.Targets {
		p.Targets = append(p.Targets, d.target(t, now))
	}
	for _, r := range keep.Runs {
		if r.State == salon.RunAsked || r.State == salon.RunRunning {
			run := r
			p.Running, p.Stage, p.Percent = &run, d.T(stageWord(r.Stage)), runPercent(r)
		}
		if r.State == salon.RunFailed && len(p.Incidents) < 5 {
			p.Incidents = append(p.Incidents, incident{iconName("alert-triangle"), d.T(r.Say), d.at(r.AskedAt, now)})
		}
	}
	if p.MaySet {
		if p.Places, err = d.s.Places(d.ctx()); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// at is an instant of the store as people say it, "" for none.
func (d *desk) at(utc string, now time.Time) string {
	t, ok := d.Instant(utc)
	if !ok {
		return ""
	}
	return d.When(t, now)
}

// judge finds the one word. Only a point that was brought back and checked
// makes it green.
func (d *desk) judge(p *backupsPage, keep salon.Keep, now time.Time) {
	newest, where := time.Time{}, []string{}
	var behind *salon.Target
	for i, t := range keep.Targets {
		at, ok := d.Instant(t.Newest)
		if !ok || t.Problem != "" || now.Sub(at) > backupLate {
			behind = &keep.Targets[i]
		}
		if ok {
			where = append(where, t.Name)
			if at.After(newest) {
				newest = at
			}
		}
	}
	next := d.at(keep.NextRun, now)
	last := d.T("The last restore point that was brought back and checked is of %s, on %s.", d.When(newest, now), d.Names(where))
	switch {
	case len(keep.Targets) == 0:
		p.Tone, p.Title, p.Lead = "danger", d.T("Not protected"), d.T("There is no place for backups yet. If this PC breaks today, the salon's records are gone.")
	case newest.IsZero():
		p.Tone, p.Title, p.Lead = "danger", d.T("Not protected yet"), d.T("No backup has been proved so far. Back up now and watch it being checked.")
	case now.Sub(newest) > backupLost:
		p.Tone, p.Title, p.Lead = "danger", d.T("Backups are overdue"), last
	case behind != nil && behind.Problem != "":
		p.Tone, p.Title, p.Lead = "warn", d.T("One copy is away"), d.T(behind.Problem)+" "+last
	case behind != nil || now.Sub(newest) > backupLate:
		p.Tone, p.Title, p.Lead = "warn", d.T("A night was missed"), last
	default:
		p.Tone, p.Title, p.Lead = "ok", d.T("Protected"), last
	}
	if next != "" && len(keep.Targets) > 0 {
		p.Lead += " " + d.T("Next run: %s.", next)
	}
}

// risk is what would be lost if the PC died now.
func (d *desk) risk(p *backupsPage, risk salon.AtRisk, now time.Time) {
	if risk.Changes == 0 {
		return
	}
	since, ok := d.Instant(risk.Since)
	p.Risk, p.RiskUnit = d.T("Everything"), ""
	if ok {
		p.Risk, p.RiskUnit = d.age(now.Sub(since)), d.T("of work")
	}
	for _, k := range risk.Kinds {
		switch k.Kind {
		case "appointment":
			p.Lost = append(p.Lost, d.N(int(k.N), "%d bookings"))
		case "client":
			p.Lost = append(p.Lost, d.N(int(k.N), "%d clients"))
		case "sale":
			p.Lost = append(p.Lost, d.N(int(k.N), "%d receipts"))
		case "note":
			p.Lost = append(p.Lost, d.N(int(k.N), "%d notes"))
		case "staff":
			p.Lost = append(p.Lost, d.N(int(k.N), "%d people of the team"))
		case "service", "product":
			p.Lost = append(p.Lost, d.N(int(k.N), "%d services or products"))
		}
	}
}

// age is a duration in the largest unit that says something.
func (w *words) age(t time.Duration) string {
	switch {
	case t < time.Minute:
		return w.T("%d s", max(int(t.Seconds()), 1))
	case t < 48*time.Hour:
		return w.Span(int(t.Minutes()))
	}
	return w.T("%d days", int(t.Hours()/24))
}

// timeline strings the points: today, the nights of the last two weeks, and
// before that the newest of each month. A point on several targets is one bead.
func (d *desk) timeline(points []salon.Point, picked string, now time.Time) ([]beadString, *pointView) {
	month := beadString{Title: d.T("Each month")}
	night := beadString{Title: d.T("The last two weeks")}
	today := beadString{Title: d.T("Today")}
	seen := map[string]bool{}
	var view *pointView
	for _, p := range points { // newest first
		at, ok := d.Instant(p.TakenAt)
		if !ok {
			continue
		}
		b := bead{ID: p.ID, Label: d.When(at, now), Proved: p.Proved}
		into, key := &month, at.Format("2006-01")
		switch {
		case salon.DayOf(at) == salon.DayOf(now.In(d.location())):
			into, key = &today, p.TakenAt[:19]
		case now.Sub(at) < 15*24*time.Hour:
			into, key = &night, at.Format("2006-01-02")
		}
		if view == nil && (p.ID == picked || picked == "" && p.Proved) {
			view = d.point(p, at, now)
			b.Picked = true
		}
		if seen[key] || len(into.Beads) >= 14 {
			continue
		}
		seen[key] = true
		into.Beads = append([]bead{b}, into.Beads...)
	}
	var out []beadString
	for _, s := range []beadString{month, night, today} {
		if len(s.Beads) > 0 {
			s.First, s.Last = s.Beads[0].Label, s.Beads[len(s.Beads)-1].Label
			out = append(out, s)
		}
	}
	return out, view
}

func (d *desk) point(p salon.Point, at, now time.Time) *pointView {
	return &pointView{When: d.When(at, now), Reason: d.T(reasonWord(p.Reason)), Label: p.Label, Target: p.Target, Facts: p.Facts, Bytes: p.SealedBytes,
		Took: d.took(float64(p.Millis) / 1000), Proved: p.Proved}
}

func (d *desk) target(t salon.Target, now time.Time) targetView {
	v := targetView{Target: t, Icon: iconName("device-usb"), NewestAt: d.at(t.Newest, now), CountOfPoints: d.N(t.Points, "%d restore points")}
	if strings.HasPrefix(t.URL, "s3:") {
		v.Icon = iconName("cloud-lock")
	}
	if oldest, ok := d.Instant(t.Oldest); ok {
		v.GoesBack = d.date(oldest, "2 Jan 2006")
	}
	newest, ok := d.Instant(t.Newest)
	switch {
	case t.Problem != "":
		v.Tone, v.State = "danger", d.T(t.Problem)
	case !ok:
		v.Tone, v.State = "warn", d.T("Nothing proved yet")
	case now.Sub(newest) > backupLate:
		v.Tone, v.State = "warn", d.T("%s behind", d.age(now.Sub(newest)))
	default:
		v.Tone, v.State = "ok", d.T("Restored and checked")
	}
	return v
}

// runPercent is how far a run is: sealing and reading back are each worth four
// tenths, checking the rest.
func runPercent(r salon.Run) int {
	from, part := 0, 40
	switch r.Stage {
	case "reading-back":
		from = 40
	case "checking":
		from, part = 80, 15
	case "signing":
		from, part = 95, 5
	}
	if r.Total > 0 {
		return from + int(int64(part)*min(r.Done, r.Total)/r.Total)
	}
	return from
}

func postBackup(d *desk) error {
	_, err := d.scope.AskBackup(d.ctx(), "", "manual", "")
	if err != nil && salon.KindOf(err) != salon.Clash { // it is running already: the page shows it
		return err
	}
	return d.see("/backups")
}

func postTarget(d *desk) error {
	p, err := d.backupsPage()
	if err != nil {
		return err
	}
	p.How = d.FormValue("how")
	p.Form = d.placeForm(p.How, p.Places)
	if name := strings.TrimSpace(d.FormValue("name")); name != "" {
		p.Form.Name = name
	}
	if err = d.place(&p.Form); err == nil {
		err = d.s.AddTarget(d.ctx(), d.scope, p.Form)
	}
	if err == nil {
		if _, err := d.scope.AskBackup(d.ctx(), "", "manual", ""); err != nil && salon.KindOf(err) != salon.Clash {
			return err
		}
		return d.see("/backups?did=target")
	}
	var known *salon.Error
	if !errors.As(err, &known) || known.Kind == salon.Broken || known.Kind == salon.Denied {
		return err
	}
	p.Adding, p.Wrong = true, d.Complaints(err)
	p.Toast = &Toast{Text: d.Say(err), Bad: true}
	p.Form.SecretKey = ""
	return d.show(statusOf(known.Kind), "backups", p)
}

func postRemoveTarget(d *desk) error {
	if err := d.scope.RemoveTarget(d.ctx(), d.Param("id")); err != nil {
		return err
	}
	return d.see("/backups?did=untarget")
}
