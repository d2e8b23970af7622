package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"salonkeep/store/salon"
)

// hours are the weeks of people, or of one person.
func (s *Store) hours(ctx context.Context, q queryer, staffID string) (map[string][]salon.Hours, error) {
	rows, err := q.QueryContext(ctx, `SELECT staff_id, weekday, from_min, to_min FROM staff_hours WHERE deleted = 0 AND (?1 = '' OR staff_id = ?1) ORDER BY staff_id, weekday, from_min`, staffID)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read hours: %w", err))
	}
	defer rows.Close()
	out := map[string][]salon.Hours{}
	for rows.Next() {
		var id string
		var h salon.Hours
		if err := rows.Scan(&id, &h.Weekday, &h.From, &h.To); err != nil {
			return nil, err
		}
		out[id] = append(out[id], h)
	}
	return out, rows.Err()
}

// onShift tells whether a person works now, with some minutes before and after,
// and is not away today.
func (s *Store) onShift(ctx context.Context, q queryer, staffID string, grace int) (bool, error) {
	hours, err := s.hours(ctx, q, staffID)
	if err != nil {
		return false, err
	}
	away, err := s.away(ctx, q)
	if err != nil || away[staffID] != "" {
		return false, err
	}
	return within(hours[staffID], s.local(ctx, q), grace), nil
}

// within tells whether a local time falls into somebody's hours. A shift that
// goes past midnight counts on the next morning too, as far as grace reaches.
func within(hours []salon.Hours, at time.Time, grace int) bool {
	now := at.Hour()*60 + at.Minute()
	weekday := (int(at.Weekday())+6)%7 + 1
	return slices.ContainsFunc(hours, func(h salon.Hours) bool {
		from, to := int(h.From)-grace, int(h.To)+grace
		switch h.Weekday {
		case weekday:
			return now >= from && now < to
		case weekday%7 + 1: // begins tomorrow
			return now-24*60 >= from
		case (weekday+5)%7 + 1: // began yesterday
			return now+24*60 < to
		}
		return false
	})
}

// Hours are the weeks of everybody who can sign in.
func (sc *Scope) Hours(ctx context.Context) ([]salon.PersonHours, error) {
	if err := sc.may(ctx, salon.ViewStaff); err != nil {
		return nil, err
	}
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return nil, err
	}
	hours, err := sc.s.hours(ctx, sc.s.r, "")
	if err != nil {
		return nil, err
	}
	var out []salon.PersonHours
	for _, h := range all {
		out = append(out, salon.PersonHours{Helper: h.Helper, Hours: hours[h.StaffID]})
	}
	return out, nil
}

// SetHours writes a person's week anew.
func (sc *Scope) SetHours(ctx context.Context, staffID string, week []salon.Hours) error {
	_, err := sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		if _, _, err := sc.s.roleOf(ctx, tx, staffID); err != nil {
			return err
		}
		if staffID == sc.who.StaffID && sc.who.Role != salon.Owner {
			return salon.E(salon.Denied, "Nobody can change their own hours. Ask somebody else.")
		}
		for _, h := range week {
			if h.Weekday < 1 || h.Weekday > 7 || h.From < 0 || h.To > 24*60 || h.To <= h.From {
				return salon.E(salon.Invalid, "These hours cannot be saved like this.").On("hours", "Each stretch ends later than it begins, on the same day.")
			}
		}
		before, err := sc.s.hours(ctx, tx, staffID)
		if err != nil {
			return err
		}
		tx.asks = map[string]any{"staff": staffID, "hours": week}
		tx.touchedIn(salon.LogAccess, "staff", staffID, "", map[string]any{"hours": [2][]salon.Hours{before[staffID], week}})
		if err := tx.exec(`UPDATE staff_hours SET deleted = 1, version = version + 1 WHERE staff_id = ? AND deleted = 0`, staffID); err != nil {
			return err
		}
		for _, h := range week {
			if err := tx.exec(`INSERT INTO staff_hours (id, staff_id, weekday, from_min, to_min, branch_id) VALUES (?,?,?,?,?,?)`, newID(), staffID, h.Weekday, h.From, h.To, tx.branch); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
