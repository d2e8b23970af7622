package appliance

import (
	"hash/fnv"
	"time"

	"salonkeep/backup/point"
)

const (
	// nightHour and nightMinute are when a salon sleeps.
	nightHour, nightMinute = 2, 15
	// spread keeps a hundred salons from writing to one bucket in one second.
	spread = 30
	// retryAfter is how soon a run that failed is tried again.
	retryAfter = time.Hour
	// lateAfter turns a nightly run into a catch-up: the PC was off.
	lateAfter = time.Hour
)

// night is the moment, days after the day of now in now's own zone, at which
// the salon's copy is sealed. It is computed, not scheduled: a cron expression
// finds no 02:15 in the night the clocks go forward and would leave the salon
// two days without a copy, where time.Date answers with the hour beside it.
// For the same reason the days are counted inside time.Date: some zones have no
// midnight on such a day.
func night(salonID string, now time.Time, days int) time.Time {
	h := fnv.New32a()
	_, _ = h.Write([]byte(salonID)) // a hash never fails
	return time.Date(now.Year(), now.Month(), now.Day()+days, nightHour, nightMinute+int(h.Sum32()%spread), 0, 0, now.Location())
}

// lastNight is the newest night that is not after now, nextNight the first that
// is. now is in the salon's zone.
func lastNight(salonID string, now time.Time) time.Time {
	if n := night(salonID, now, 0); !n.After(now) {
		return n
	}
	return night(salonID, now, -1)
}

func nextNight(salonID string, now time.Time) time.Time {
	if n := night(salonID, now, 0); n.After(now) {
		return n
	}
	return night(salonID, now, 1)
}

// due tells whether a target wants a restore point now, and why. slot is the
// last night, taken when the target's newest proved point was taken, tried when
// a run for it last began; both zero if never. It looks back, so that a PC that
// was off at night makes up for it in the morning, once.
func due(now, slot, taken, tried time.Time) (point.Reason, bool) {
	// A time in the future is of a clock that was wrong; waiting for it could
	// mean years without a backup.
	if taken.After(now.Add(time.Hour)) {
		taken = time.Time{}
	}
	if tried.After(now) {
		tried = time.Time{}
	}
	if !taken.Before(slot) || now.Sub(tried) < retryAfter {
		return "", false
	}
	if now.Sub(slot) > lateAfter {
		return point.CatchUp, true
	}
	return point.Nightly, true
}
