package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// order is the order in which a file writes the parts of a date.
type order string

const (
	monthDay order = "mdy" // 03/14/2018, the maker's usual way
	dayMonth order = "dmy" // 14/03/2018
	yearDay  order = "ymd" // 2018-03-14
)

func (o order) String() string {
	return map[order]string{monthDay: "month/day/year", dayMonth: "day/month/year", yearDay: "year-month-day"}[o]
}

// parts are the three numbers of a date as they stand.
type parts struct {
	n         [3]int
	yearFirst bool
	shortYear bool // two digits
}

// splitDate takes a date apart without deciding which number is what.
func splitDate(s string) (p parts, complaint string) {
	no := fmt.Sprintf("“%s” is no date.", s)
	date, clock, timed := strings.Cut(strings.TrimSpace(s), " ")
	if !timed {
		date, clock, timed = strings.Cut(date, "T")
	}
	if timed {
		// A date that went through a spreadsheet may carry midnight.
		if c, ok := clockTime(clock); !ok || c != 0 {
			return p, no
		}
	}
	fields := strings.FieldsFunc(date, func(c rune) bool { return c == '/' || c == '-' || c == '.' })
	if len(fields) != 3 || strings.Count(date, "/")+strings.Count(date, "-")+strings.Count(date, ".") != 2 {
		return p, no
	}
	for i, f := range fields {
		if len(f) > 4 || !allDigits(f) {
			return p, no
		}
		p.n[i], _ = strconv.Atoi(f)
	}
	switch {
	case len(fields[0]) == 4 && len(fields[1]) <= 2 && len(fields[2]) <= 2:
		p.yearFirst = true
	case len(fields[0]) > 2 || len(fields[1]) > 2 || len(fields[2]) == 3 || len(fields[2]) == 1:
		return p, no
	case len(fields[2]) == 2:
		p.shortYear = true
		p.n[2] += 2000
	}
	return p, ""
}

// dateProof is the order a date proves by itself, "" when it could be read
// either way or is no date.
func dateProof(s string) order {
	p, complaint := splitDate(s)
	a, b := p.n[0], p.n[1]
	switch {
	case complaint != "":
		return ""
	case p.yearFirst:
		return yearDay
	case a > 12 && a <= 31 && b >= 1 && b <= 12:
		return dayMonth
	case b > 12 && b <= 31 && a >= 1 && a <= 12:
		return monthDay
	}
	return ""
}

// readDay reads a date in the given order. A date with the year first is
// understood whatever the order is: it can be read in one way only.
func readDay(s string, as order) (salon.Day, string) {
	p, complaint := splitDate(s)
	if complaint != "" {
		return "", complaint
	}
	var y, m, d int
	switch {
	case p.yearFirst:
		y, m, d = p.n[0], p.n[1], p.n[2]
		as = yearDay
	case as == yearDay:
		return "", fmt.Sprintf("“%s” is not written %s as the other dates are.", s, as)
	case as == dayMonth:
		d, m, y = p.n[0], p.n[1], p.n[2]
	default:
		m, d, y = p.n[0], p.n[1], p.n[2]
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d || y < 1900 || y > 2199 {
		return "", fmt.Sprintf("“%s” is no date when it is read %s.", s, as)
	}
	return salon.DayOf(t), ""
}

// clockTime reads a time of day: 3:50:00 PM, 3:50 p.m., 15:50. Seconds are
// taken off: nobody books by the second.
func clockTime(s string) (salon.Clock, bool) {
	s = strings.ToUpper(strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '.' || c == ' ' || c == '\u202f' || c == '\u00a0' }), ""))
	half := ""
	for _, h := range []string{"AM", "PM"} {
		if strings.HasSuffix(s, h) {
			half, s = h, strings.TrimSuffix(s, h)
		}
	}
	var n [3]int
	fields := strings.Split(s, ":")
	if len(fields) < 2 || len(fields) > 3 {
		return salon.NoClock, false
	}
	for i, f := range fields {
		if len(f) < 1 || len(f) > 2 || !allDigits(f) {
			return salon.NoClock, false
		}
		n[i], _ = strconv.Atoi(f)
	}
	switch {
	case half != "" && (n[0] < 1 || n[0] > 12):
		return salon.NoClock, false
	case half != "":
		n[0] %= 12
		if half == "PM" {
			n[0] += 12
		}
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 59 {
		return salon.NoClock, false
	}
	return salon.Clock(n[0]*60 + n[1]), true
}
