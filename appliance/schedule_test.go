package appliance

import (
	"testing"
	"time"

	"salonkeep/backup/point"
)

func TestDue(t *testing.T) {
	toronto := zone(t, "America/Toronto")
	at := func(s string) time.Time {
		t.Helper()
		if s == "" {
			return time.Time{}
		}
		v, err := time.ParseInLocation("2006-01-02 15:04", s, toronto)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	// With this id the night is at 02:15 plus its own minutes.
	const id = "0190"
	minute := night(id, at("2026-11-24 12:00"), 0).Format("15:04")
	for _, c := range []struct {
		name, now, taken, tried string
		want                    point.Reason
	}{
		{"never taken", "2026-11-24 10:00", "", "", point.CatchUp},
		{"taken last night", "2026-11-24 10:00", "2026-11-24 " + minute, "2026-11-24 " + minute, ""},
		{"by hand yesterday evening, before the night", "2026-11-24 01:00", "2026-11-23 20:00", "2026-11-23 20:00", ""},
		{"it is night", "2026-11-24 02:59", "2026-11-23 20:00", "2026-11-23 20:00", point.Nightly},
		{"the PC was off at night", "2026-11-24 09:00", "2026-11-23 02:20", "2026-11-23 02:20", point.CatchUp},
		{"taken by hand since", "2026-11-24 09:00", "2026-11-24 08:00", "2026-11-24 08:00", ""},
		{"failed half an hour ago", "2026-11-24 09:00", "2026-11-23 02:20", "2026-11-24 08:30", ""},
		{"failed two hours ago", "2026-11-24 09:00", "2026-11-23 02:20", "2026-11-24 07:00", point.CatchUp},
		{"off for a week", "2026-11-24 09:00", "2026-11-17 02:20", "2026-11-17 02:20", point.CatchUp},
		{"the clock was ahead by a year and came right", "2026-11-24 09:00", "2027-11-24 02:20", "2027-11-24 02:20", point.CatchUp},
	} {
		now := at(c.now)
		got, is := due(now, lastNight(id, now), at(c.taken), at(c.tried))
		if got != c.want || is != (c.want != "") {
			t.Errorf("%s: %q %t, want %q", c.name, got, is, c.want)
		}
	}
}

// Every day has one night, also those on which the clocks are changed: a year
// of hours finds each of them due once.
func TestEveryDayHasItsNight(t *testing.T) {
	for _, name := range []string{"America/Toronto", "Europe/Berlin", "Asia/Shanghai", "Australia/Lord_Howe", "America/Havana", "UTC"} {
		loc := zone(t, name)
		var taken time.Time
		points := 0
		start := time.Date(2026, 1, 1, 12, 0, 0, 0, loc)
		for now := start; now.Before(start.AddDate(1, 0, 0)); now = now.Add(10 * time.Minute) {
			slot := lastNight("salon", now)
			if slot.After(now) || now.Sub(slot) > 25*time.Hour+time.Minute {
				t.Fatalf("%s: at %s the last night was %s", name, now, slot)
			}
			if next := nextNight("salon", now); !next.After(now) || next.Sub(now) > 25*time.Hour+time.Minute {
				t.Fatalf("%s: at %s the next night is %s", name, now, next)
			}
			if reason, is := due(now, slot, taken, taken); is {
				if points > 0 && reason != point.Nightly {
					t.Errorf("%s: %s at %s", name, reason, now)
				}
				taken = now
				points++
			}
		}
		if points != 366 { // one at once, then one each night
			t.Errorf("%s: %d points in a year", name, points)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
