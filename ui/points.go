package ui

import (
	"time"

	"salonkeep/store/salon"
)

const (
	nightsShown = 14 // before today, each with a bead or a gap
	monthsShown = 8  // before those nights
	todayShown  = 12
	pointsShown = 60 // in the list below the beads
)

// beadString is one row of restore points on the time line, oldest first.
type beadString struct {
	Title       string
	Beads       []bead
	First, Last string // what stands below its ends
}

// bead is one restore point, or a night without one.
type bead struct {
	ID     string // "" for a night without one
	Label  string // read out
	At     string // written below the string
	Proved bool
	Picked bool
}

// pointView is a restore point in words.
type pointView struct {
	ID                          string
	When, Reason, Label, Target string
	Facts                       salon.Facts
	Bytes                       int64
	Took                        string
	Proved                      bool
	Problem                     string
}

func (d *desk) point(p salon.Point, at, now time.Time) pointView {
	return pointView{ID: p.ID, When: d.When(at, now), Reason: d.T(reasonWord(p.Reason)), Label: p.Label, Target: p.Target, Facts: p.Facts,
		Bytes: p.SealedBytes, Took: d.took(float64(p.Millis) / 1000), Proved: p.Proved, Problem: d.Stored(p.Problem)}
}

// timeline strings the points: those of today, the nights before, and the
// newest of each month before that. It also gives the point to look at, which
// is the newest proved one unless another was picked, and the list of them.
func (d *desk) timeline(points []salon.Point, picked string, now time.Time) (out []beadString, view *pointView, list []pointView) {
	t := timeline{desk: d, now: now, today: salon.DayOf(now.In(d.location())), nights: map[salon.Day]bead{}, months: map[string]bead{}}
	for _, p := range points { // newest first
		at, ok := d.Instant(p.TakenAt)
		if !ok {
			continue
		}
		if len(list) < pointsShown {
			list = append(list, d.point(p, at, now))
		}
		look := view == nil && (p.ID == picked || picked == "" && p.Proved)
		if look {
			one := d.point(p, at, now)
			view = &one
		}
		t.put(p, at, look)
	}
	for _, s := range []beadString{t.monthly(), t.nightly(), t.daily()} {
		if len(s.Beads) > 0 {
			s.First, s.Last = s.Beads[0].At, s.Beads[len(s.Beads)-1].At
			out = append(out, s)
		}
	}
	return out, view, list
}

// timeline sorts points into strings.
type timeline struct {
	*desk
	now    time.Time
	today  salon.Day
	hours  []bead // newest first
	nights map[salon.Day]bead
	months map[string]bead
	first  salon.Day // of the oldest point among the nights
}

// put takes a point in, newest first. Of a night or month the newest proved
// one stands for all, unless another of them is looked at.
func (t *timeline) put(p salon.Point, at time.Time, look bool) {
	b := bead{ID: p.ID, Label: t.When(at, t.now), Proved: p.Proved, Picked: look}
	day := salon.DayOf(at)
	better := func(there bead, ok bool) bool { return !ok || b.Picked || b.Proved && !there.Proved && !there.Picked }
	switch {
	case day == t.today:
		b.At = at.Format("15:04")
		if len(t.hours) < todayShown {
			t.hours = append(t.hours, b)
		}
	case day >= t.today.Add(-nightsShown):
		b.At = t.date(at, "2 Jan")
		if there, ok := t.nights[day]; better(there, ok) {
			t.nights[day] = b
		}
		t.first = day
	default:
		key := at.Format("2006-01")
		b.At = t.date(at, "2 Jan")
		if at.Year() != t.now.Year() {
			b.At = t.date(at, "2 Jan 2006")
		}
		if there, ok := t.months[key]; better(there, ok) && (ok || len(t.months) < monthsShown) {
			t.months[key] = b
		}
	}
}

func (t *timeline) daily() beadString {
	s := beadString{Title: t.T("Today")}
	for i := len(t.hours) - 1; i >= 0; i-- {
		s.Beads = append(s.Beads, t.hours[i])
	}
	return s
}

// nightly has a bead or a gap for every night since the first of them; longer
// ago there may have been no salon to back up.
func (t *timeline) nightly() beadString {
	s := beadString{Title: t.T("Each night")}
	if t.first == "" {
		return s
	}
	if len(t.months) > 0 {
		t.first = t.today.Add(-nightsShown)
	}
	for day := t.first; day < t.today; day = day.Add(1) {
		b, ok := t.nights[day]
		if !ok {
			b = bead{Label: t.ShortDay(day, t.today), At: t.ShortDay(day, t.today)}
		}
		s.Beads = append(s.Beads, b)
	}
	return s
}

func (t *timeline) monthly() beadString {
	s := beadString{Title: t.T("Each month")}
	for month := t.now.In(t.location()).AddDate(0, 0, -nightsShown-1); len(s.Beads) < len(t.months); month = monthBefore(month) {
		if b, ok := t.months[month.Format("2006-01")]; ok {
			s.Beads = append([]bead{b}, s.Beads...)
		}
	}
	return s
}

// monthBefore is the last day of the month before.
func monthBefore(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 0, 12, 0, 0, 0, t.Location())
}
