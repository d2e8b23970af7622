package ingest

import (
	"fmt"
	"maps"
	"slices"

	"salonkeep/store/salon"
)

// settle decides how each file writes dates and decimals: by what its own
// cells prove, else by what the other files prove, else the maker's usual way.
// It reports what was not proved, and refuses an import whose dates are
// written in two orders, because half of them would become wrong days.
func settle(found []*table, asked string) ([]salon.Problem, error) {
	var said []salon.Problem
	orders, decimals := map[order]int{}, map[byte]int{}
	for _, t := range found {
		for o, n := range t.proof.orders {
			orders[o] += n
		}
		for d, n := range t.proof.decimals {
			decimals[d] += n
		}
	}
	for _, t := range found {
		t.decimal = most(t.proof.decimals, decimals, '.')
		if t.decimal != '.' {
			said = append(said, salon.Problem{File: t.file, Line: 1, Severity: salon.Reported, Text: "Amounts are written with a decimal comma and were read so."})
		}
		if t.as != utf8Text {
			said = append(said, salon.Problem{File: t.file, Line: 1, Severity: salon.Reported, Text: fmt.Sprintf("The file is no UTF-8 text; it was read as %s.", t.as)})
		}
		if len(t.shape.dates) == 0 || t.proof.rows == 0 {
			continue
		}
		why, err := t.settleDates(orders, asked)
		if err != nil {
			return nil, err
		}
		if why != "" {
			said = append(said, salon.Problem{File: t.file, Line: 1, Field: t.dateHeading(), Severity: salon.Reported, Text: why})
		}
	}
	return said, nil
}

// settleDates decides one file's order; why is what a person should know.
func (t *table) settleDates(all map[order]int, asked string) (why string, err error) {
	own := t.proof.orders
	a, b := own[monthDay], own[dayMonth]
	switch {
	case asked != "":
		t.order = order(asked)
		return fmt.Sprintf("Dates were read %s, as asked.", t.order), nil
	case min(a, b) >= 3 && min(a, b)*5 >= a+b:
		return "", salon.E(salon.Invalid, "“%s” has dates in both orders: line %d can only be day/month/year, line %d only month/day/year. Say which order is right, or correct the file.",
			t.file, t.proof.firstFor[dayMonth], t.proof.firstFor[monthDay])
	case a+b > 0 && a != b:
		t.order = most(map[order]int{monthDay: a, dayMonth: b}, nil, monthDay)
		return "", nil
	case own[yearDay] > 0 && a+b == 0:
		// Year first reads itself. Should a row be written otherwise, the
		// other files decide.
		t.order = most(map[order]int{monthDay: all[monthDay], dayMonth: all[dayMonth]}, nil, monthDay)
		return "", nil
	case all[monthDay] != all[dayMonth]:
		t.order = most(map[order]int{monthDay: all[monthDay], dayMonth: all[dayMonth]}, nil, monthDay)
		return fmt.Sprintf("No date in this file proves whether day or month comes first; they were read %s as the other files prove.", t.order), nil
	}
	t.order = monthDay
	return "No date proves whether day or month comes first; they were read month/day/year, as this program usually writes them. Import again with the other order if that is wrong.", nil
}

func (t *table) dateHeading() string {
	for _, d := range t.shape.dates {
		if c, ok := t.cols[d]; ok {
			return t.head[c]
		}
	}
	return ""
}

// most is what own proves by majority, else all, else usual.
func most[K byte | order](own, all map[K]int, usual K) K {
	for _, proofs := range []map[K]int{own, all} {
		best, n, tie := usual, 0, false
		for _, k := range slices.Sorted(maps.Keys(proofs)) {
			switch {
			case proofs[k] > n:
				best, n, tie = k, proofs[k], false
			case proofs[k] == n:
				tie = true
			}
		}
		if n > 0 && !tie {
			return best
		}
	}
	return usual
}
