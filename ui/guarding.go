package ui

import (
	"time"

	"salonkeep/store/salon"
)

// When a copy is late: a night and some hours, then two nights.
const (
	backupLate = 26 * time.Hour
	backupLost = 50 * time.Hour
	// sameRound is how far apart the copies of one round may lie.
	sameRound = time.Hour
)

// guarding says in one word whether the salon is protected, and why.
type guarding struct {
	Tone  string // ok, warn or danger
	Title string
	Lead  string // what is the matter, and what is safe all the same
}

// judge finds the word. Only a point that was brought back from its target and
// checked makes it green.
func (w *words) judge(targets []salon.Target, now time.Time) guarding {
	newest := w.newest(targets)
	var away, behind []salon.Target
	for _, t := range targets {
		at, ok := w.Instant(t.Newest)
		if !ok { // one that was just added has its first night still before it
			at, _ = w.Instant(t.AddedAt)
		}
		switch {
		case t.Problem != "":
			away = append(away, t)
		case now.Sub(at) > backupLate:
			behind = append(behind, t)
		}
	}
	g := guarding{Tone: "danger"}
	switch {
	case len(targets) == 0:
		g.Title, g.Lead = w.T("Not protected"), w.T("There is no place for backups yet. If this PC breaks today, the salon's records are gone.")
	case newest.IsZero():
		g.Title, g.Lead = w.T("Not protected yet"), w.T("No backup has been proved so far. Back up now and watch it being checked.")
		if len(away) > 0 {
			g.Lead = w.join(w.Stored(away[0].Problem), w.T("There is no checked backup anywhere yet."))
		}
	case now.Sub(newest) > backupLost:
		g.Title, g.Lead = w.T("Backups are overdue"), w.lastProved(targets, now)
		if len(away) > 0 {
			g.Lead = w.join(w.Stored(away[0].Problem), g.Lead)
		}
	case len(away) > 0:
		g.Tone, g.Title = "warn", w.T("One copy is away")
		if len(away) > 1 {
			g.Title = w.N(len(away), "%d copies are away")
		}
		g.Lead = w.join(w.Stored(away[0].Problem), w.stillSafe(targets, away[0], now))
	case len(behind) > 0:
		g.Tone, g.Title = "warn", w.T("A night was missed")
		g.Lead = w.join(w.missed(behind[0], now), w.stillSafe(targets, behind[0], now))
	default:
		g = guarding{Tone: "ok", Title: w.T("Protected"), Lead: w.lastProved(targets, now)}
	}
	return g
}

// newest is when the newest proved point of all targets was taken.
func (w *words) newest(targets []salon.Target) (newest time.Time) {
	for _, t := range targets {
		if at, ok := w.Instant(t.Newest); ok && at.After(newest) {
			newest = at
		}
	}
	return newest
}

// lastProved names the newest proof and every target that has it.
func (w *words) lastProved(targets []salon.Target, now time.Time) string {
	newest := w.newest(targets)
	var where []string
	for _, t := range targets {
		if at, ok := w.Instant(t.Newest); ok && newest.Sub(at) < sameRound {
			where = append(where, t.Name)
		}
	}
	return w.T("Last brought back and checked: %s, on %s.", w.When(newest, now), w.Names(where))
}

func (w *words) missed(t salon.Target, now time.Time) string {
	if at, ok := w.Instant(t.Newest); ok {
		return w.T("%s has nothing newer than %s.", t.Name, w.When(at, now))
	}
	return w.T("Nothing has reached %s yet.", t.Name)
}

// stillSafe is what another target than the troubled one holds, or what the
// troubled one itself held last.
func (w *words) stillSafe(targets []salon.Target, troubled salon.Target, now time.Time) string {
	best := troubled
	for _, t := range targets {
		if t.ID != troubled.ID && t.Problem == "" && t.Newest > best.Newest {
			best = t
		}
	}
	at, ok := w.Instant(best.Newest)
	switch {
	case !ok:
		return ""
	case best.ID == troubled.ID:
		return w.T("The copies already there stay good, up to %s.", w.When(at, now))
	}
	return w.T("%s has everything up to %s.", best.Name, w.When(at, now))
}
