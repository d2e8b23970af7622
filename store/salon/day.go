package salon

import (
	"fmt"
	"time"
)

// Day is a calendar day in the salon's own time zone, written 2006-01-02, so
// that text order is time order and no zone can shift it.
type Day string

const dayLayout = "2006-01-02"

// ParseDay accepts 2006-01-02 only.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(dayLayout, s); err != nil {
		return "", E(Invalid, "“%s” is not a day. Write it as year-month-day, for example 2026-11-21.", s).Because(err)
	}
	return Day(s), nil
}

// DayOf is the day of t in the zone t carries.
func DayOf(t time.Time) Day { return Day(t.Format(dayLayout)) }

// Time is midnight UTC of the day: for arithmetic and for names of weekdays,
// never an instant in the salon.
func (d Day) Time() time.Time {
	t, _ := time.Parse(dayLayout, string(d))
	return t
}

// Add moves by whole days.
func (d Day) Add(days int) Day { return DayOf(d.Time().AddDate(0, 0, days)) }

// Month is the day's month, 2006-01.
func (d Day) Month() string {
	if len(d) < 7 {
		return ""
	}
	return string(d[:7])
}

// Clock is a time of day in minutes since midnight, local to the salon.
// NoClock is a time nobody recorded.
type Clock int

// NoClock marks an appointment whose time of day is not known (an imported
// cancellation has only a day).
const NoClock Clock = -1

func (c Clock) String() string {
	if c < 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60)
}

// ParseClock accepts 9:05 and 09:05.
func ParseClock(s string) (Clock, error) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%d:%d", &h, &m); n != 2 || err != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return NoClock, E(Invalid, "“%s” is not a time of day. Write hours and minutes, for example 09:30.", s)
	}
	return Clock(h*60 + m), nil
}
