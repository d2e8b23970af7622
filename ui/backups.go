package ui

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// backupsPage says in one word whether the salon is protected, and proves it.
type backupsPage struct {
	Page
	Fields
	guarding
	Next      string // when the clock takes the next one, "" if it does not
	Run       *runView
	Risk      riskView
	Strings   []beadString
	Picked    *pointView
	Points    []pointView // newest first
	Targets   []targetView
	Incidents []incident
	MayRun    bool
	MaySet    bool
	Adding    bool
	Form      PlaceForm
	How       string
	Places    []Place
}

// runView is the run that is going on.
type runView struct {
	Stage, Where, Amount string
	Percent              int
}

// riskView is what would be lost if the PC died now.
type riskView struct {
	Figure, Unit string // Figure is "" for nothing
	Lost         []lostLine
}

type lostLine struct{ Icon, Text string }

type targetView struct {
	salon.Target
	Tone, State string
	Icon        string
	Place       string // where it is, for who may change it
	NewestAt    string
	GoesBack    string
}

type incident struct{ Icon, What, When string }

// incidentsShown is how many incidents stand on the page.
const incidentsShown = 4

func getBackups(d *desk) error {
	p, err := d.backupsPage()
	if err != nil {
		return err
	}
	p.Adding = p.MaySet && (d.QueryParam("add") != "" || len(p.Targets) == 0)
	if p.Adding {
		p.Places = d.places()
	}
	p.Toast = d.toast(d.QueryParam("did"))
	return d.show(http.StatusOK, "backups", p)
}

func (d *desk) backupsPage() (*backupsPage, error) {
	keep, err := d.scope.Keep(d.ctx())
	if err != nil {
		return nil, err
	}
	now := d.s.Now()
	p := &backupsPage{Page: d.frame("backups"), guarding: d.judge(keep.Targets, now), How: "folder",
		MayRun: d.scope.Can(salon.RunBackup), MaySet: d.scope.Can(salon.SetBackup)}
	if len(keep.Targets) > 0 {
		p.Next = d.at(keep.NextRun, now)
	}
	p.Risk = d.risk(keep.Risk, now)
	p.Strings, p.Picked, p.Points = d.timeline(keep.Points, d.QueryParam("point"), now)
	names := map[string]string{}
	for _, t := range keep.Targets {
		names[t.ID] = t.Name
		p.Targets = append(p.Targets, d.target(t, now))
	}
	for _, r := range keep.Runs { // newest first; the oldest unfinished one is at work
		switch {
		case r.State == salon.RunAsked || r.State == salon.RunRunning:
			p.Run = d.run(r, names[r.TargetID])
		case r.State == salon.RunFailed && len(p.Incidents) < incidentsShown:
			p.Incidents = append(p.Incidents, incident{iconName("alert-triangle"), d.Stored(r.Say), d.at(r.AskedAt, now)})
		}
	}
	return p, nil
}

// places are the drives that are plugged in. One that does not answer must not
// keep the page from opening.
func (d *desk) places() []Place {
	found, err := d.s.Places(d.ctx())
	if err != nil {
		d.s.Log.Warn("not every drive was looked at", "err", err)
	}
	return found
}

// at is an instant of the store as people say it, "" for none.
func (d *desk) at(utc string, now time.Time) string {
	t, ok := d.Instant(utc)
	if !ok {
		return ""
	}
	return d.When(t, now)
}

func (d *desk) run(r salon.Run, where string) *runView {
	v := &runView{Stage: d.T(stageWord(r.Stage)), Where: where, Percent: runPercent(r)}
	if r.Total > 0 {
		v.Amount = d.T("%s of %s", d.Bytes(r.Done), d.Bytes(r.Total))
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

func (d *desk) risk(risk salon.AtRisk, now time.Time) riskView {
	var v riskView
	if risk.Changes == 0 {
		return v
	}
	v.Figure = d.T("Everything")
	if since, ok := d.Instant(risk.Since); ok {
		v.Figure, v.Unit = d.age(now.Sub(since)), d.T("of work")
	}
	for _, k := range risk.Kinds {
		var line lostLine
		n := int(k.N)
		switch k.Kind {
		case "appointment":
			line = lostLine{iconName("calendar-event"), d.N(n, "%d bookings")}
		case "client":
			line = lostLine{iconName("users"), d.N(n, "%d clients")}
		case "sale":
			line = lostLine{iconName("receipt"), d.N(n, "%d receipts")}
		case "note":
			line = lostLine{iconName("note"), d.N(n, "%d notes")}
		case "staff":
			line = lostLine{iconName("user-plus"), d.N(n, "%d people of the team")}
		default:
			line = lostLine{iconName("tag"), d.N(n, "%d services or products")}
		}
		v.Lost = append(v.Lost, line)
	}
	return v
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

func (d *desk) target(t salon.Target, now time.Time) targetView {
	v := targetView{Target: t, Icon: iconName("device-usb"), Place: placeText(t.URL), NewestAt: d.at(t.Newest, now)}
	if strings.HasPrefix(t.URL, "s3:") {
		v.Icon = iconName("cloud-lock")
	}
	if oldest, ok := d.Instant(t.Oldest); ok {
		v.GoesBack = d.date(oldest, "2 Jan 2006")
	}
	newest, ok := d.Instant(t.Newest)
	switch {
	case t.Problem != "":
		v.Tone, v.State = "warn", d.T("Not reached last time")
	case !ok:
		v.Tone, v.State = "warn", d.T("Nothing proved yet")
	case now.Sub(newest) > backupLate:
		v.Tone, v.State = "warn", d.T("%s behind", d.age(now.Sub(newest)))
	default:
		v.Tone, v.State = "ok", d.T("Restored and checked")
	}
	if ok && now.Sub(newest) > backupLost {
		v.Tone = "danger"
	}
	v.Problem = d.Stored(t.Problem)
	return v
}

// placeText is a target's address as people write it.
func placeText(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return address
	}
	if u.Scheme == "file" {
		return u.Path
	}
	server := u.Query().Get("endpoint")
	if e, err := url.Parse(server); err == nil && e.Host != "" {
		server = e.Host
	}
	return strings.TrimSuffix(strings.TrimSuffix(u.Host+u.Path, "/")+" · "+server, " · ")
}

func postBackup(d *desk) error {
	_, err := d.scope.AskBackup(d.ctx(), "", "manual", "")
	if err != nil && salon.KindOf(err) != salon.Clash { // it is running already: the page shows it
		return err
	}
	return d.see("/backups")
}

// postTarget tries the place, adds it and asks for its first backup.
func postTarget(d *desk) error {
	p, err := d.backupsPage()
	if err != nil {
		return err
	}
	p.Places = d.places()
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
