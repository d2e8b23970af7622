package ingest

import (
	"slices"
	"strings"

	"salonkeep/store/salon"
)

const (
	usualMinutes = 30 // of a service nothing is known about
	enoughGaps   = 5
)

// assumeMinutes gives each service a length, which the export does not have:
// the time until the same person's next booking of the day, at the quarter of
// all such times, because longer ones hold pauses. It is marked as assumed and
// nothing but the drawing of the calendar depends on it.
func (im *importer) assumeMinutes() {
	type chair struct {
		staff string
		day   salon.Day
	}
	type start struct {
		at      salon.Clock
		service string
	}
	days := map[chair][]start{}
	for _, a := range im.b.Appointments {
		if a.Start >= 0 && !strings.EqualFold(a.Staff, house) {
			k := chair{a.Staff, a.Day}
			days[k] = append(days[k], start{a.Start, a.Service})
		}
	}
	gaps, byCategory := map[string][]int{}, map[string][]int{}
	for _, starts := range days {
		slices.SortFunc(starts, func(x, y start) int { return int(x.at) - int(y.at) })
		for i := 1; i < len(starts); i++ {
			if gap := int(starts[i].at - starts[i-1].at); gap > 0 {
				gaps[starts[i-1].service] = append(gaps[starts[i-1].service], gap)
			}
		}
	}
	for _, s := range im.b.Services {
		byCategory[s.Category] = append(byCategory[s.Category], gaps[s.Code]...)
	}
	for i := range im.b.Services {
		s := &im.b.Services[i]
		if s.Minutes = quarter(gaps[s.Code]); s.Minutes == 0 {
			s.Minutes = quarter(byCategory[s.Category])
		}
		if s.Minutes == 0 {
			s.Minutes = usualMinutes
		}
	}
}

// quarter is the lower quartile in whole five minutes, 0 for too few.
func quarter(gaps []int) int {
	if len(gaps) < enoughGaps {
		return 0
	}
	slices.Sort(gaps)
	return min(max(gaps[len(gaps)/4]/5*5, 10), 240)
}
