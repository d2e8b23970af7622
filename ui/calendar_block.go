package ui

import (
	"cmp"
	"slices"

	"salonkeep/store/salon"
)

// lateAfter is how many minutes past its start a visit counts as late.
const lateAfter = 5

// block is how one visit looks.
func (d *desk) block(v salon.Visit, sheet salon.DaySheet) block {
	b := block{Visit: v, Name: d.clientName(v), Lanes: 1, Href: calendarLink(sheet.Day, "visit", v.ID)}
	b.State, b.Icon = look(v.Status)
	b.Label = d.T(statusWord(v.Status))
	waiting := v.Status == salon.Booked || v.Status == salon.Confirmed
	if late := int(sheet.Now - v.Start); waiting && v.Start >= 0 && sheet.Day == sheet.Today && late >= lateAfter && late < 12*60 {
		b.State, b.Icon, b.Late = "late", iconName("clock-exclamation"), late
		b.Label = d.T("%d min late", late)
	}
	b.Short = v.Minutes < 30
	// 1.8 px a minute, 46 px for time and name, 18 px a line.
	b.Lines = max((v.Minutes*18/10-46)/18, 0)
	if v.Start >= 0 && v.Status.TakesChair() && v.Status != salon.Done && d.scope.Can(salon.MoveVisit) {
		b.Move = "/visits/" + v.ID + "/move"
	}
	return b
}

// look is the class and the icon of a status: colour never stands alone.
func look(s salon.Status) (class, icon string) {
	switch s {
	case salon.Arrived:
		return "arrived", iconName("armchair")
	case salon.InService:
		return "service", iconName("scissors")
	case salon.Done:
		return "done", iconName("circle-check")
	case salon.NoShow:
		return "noshow", iconName("user-x")
	case salon.Cancelled:
		return "done", iconName("calendar-off")
	case salon.Confirmed:
		return "booked", iconName("calendar-check")
	default:
		return "booked", iconName("calendar-event")
	}
}

// layLanes gives visits of one column that overlap a lane each, as wide as the
// group they overlap with allows.
func layLanes(blocks []block) {
	slices.SortStableFunc(blocks, func(a, b block) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.Minutes, a.Minutes))
	})
	var ends []salon.Clock // of each lane in the group
	group := 0             // first block of the group
	finish := func(until int) {
		for i := group; i < until; i++ {
			blocks[i].Lanes = len(ends)
		}
		ends, group = nil, until
	}
	var last salon.Clock
	for i := range blocks {
		if i > group && blocks[i].Start >= last {
			finish(i)
		}
		lane := slices.IndexFunc(ends, func(end salon.Clock) bool { return end <= blocks[i].Start })
		if lane < 0 {
			lane = len(ends)
			ends = append(ends, 0)
		}
		ends[lane] = blocks[i].End()
		blocks[i].Lane = lane
		last = max(last, blocks[i].End())
	}
	finish(len(blocks))
}

// sortAgenda orders the phone's list by time and puts the now-line between
// what has begun and what has not.
func sortAgenda(rows []agendaRow, showNow bool, now salon.Clock) []agendaRow {
	slices.SortStableFunc(rows, func(a, b agendaRow) int { return cmp.Compare(a.Start, b.Start) })
	if !showNow {
		return rows
	}
	at := slices.IndexFunc(rows, func(r agendaRow) bool { return r.Start > now })
	if at < 0 {
		at = len(rows)
	}
	return slices.Insert(rows, at, agendaRow{NowLine: true})
}
