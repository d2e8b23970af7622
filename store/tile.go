package store

import (
	"context"
	"fmt"
	"slices"

	"salonkeep/store/salon"
)

// Tiles are the people of the lock screen of a device of the salon: who was
// there last, then by name. A browser that never joined learns no names.
func (d *Door) Tiles(ctx context.Context) ([]salon.Tile, error) {
	at, err := d.place(ctx, "")
	if err != nil || at.device == "" {
		return nil, err
	}
	s := d.s
	all, err := s.holders(ctx, s.r)
	if err != nil {
		return nil, err
	}
	pins, err := texts(ctx, s.r, `SELECT staff_id FROM pin`)
	if err != nil {
		return nil, asSalonError(err)
	}
	recent, err := texts(ctx, s.r, `SELECT about_id FROM audit WHERE act = ? AND station = ? GROUP BY about_id ORDER BY max(seq) DESC LIMIT 3`, salon.LogSignIn, at.station)
	if err != nil {
		return nil, asSalonError(err)
	}
	roles, err := s.roles(ctx, s.r)
	if err != nil {
		return nil, err
	}
	var out []salon.Tile
	for _, h := range all {
		if at.person != "" && h.StaffID != at.person {
			continue
		}
		t := salon.Tile{Helper: h.Helper, Role: "", HasPin: slices.Contains(pins, h.StaffID), LastHere: len(recent) > 0 && recent[0] == h.StaffID}
		if i := slices.IndexFunc(roles, func(r salon.RoleSheet) bool { return r.ID == h.role }); i >= 0 {
			t.Role = roles[i].Word()
		}
		if t.OnShift, err = s.onShift(ctx, s.r, h.StaffID, at.access.Grace); err != nil {
			return nil, err
		}
		if t.Doing, err = s.doing(ctx, h.StaffID); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b salon.Tile) int { return rank(recent, a.StaffID) - rank(recent, b.StaffID) })
	return out, nil
}

func rank(recent []string, id string) int {
	if i := slices.Index(recent, id); i >= 0 {
		return i
	}
	return len(recent)
}

// doing is what a person's calendar says of this moment, without a client.
func (s *Store) doing(ctx context.Context, staffID string) (salon.Sentence, error) {
	at := s.local(ctx, s.r)
	now := salon.Clock(at.Hour()*60 + at.Minute())
	rows, err := s.r.QueryContext(ctx, `SELECT start_min, start_min + minutes, status IN ('arrived', 'in_service') FROM appointment
		WHERE staff_id = ? AND day = ? AND deleted = 0 AND start_min IS NOT NULL AND status IN ('booked', 'confirmed', 'arrived', 'in_service') AND start_min + minutes > ? ORDER BY start_min`,
		staffID, salon.DayOf(at), now)
	if err != nil {
		return salon.Sentence{}, asSalonError(fmt.Errorf("read what comes next: %w", err))
	}
	defer rows.Close()
	if rows.Next() {
		var from, to salon.Clock
		var busy bool
		if err := rows.Scan(&from, &to, &busy); err != nil {
			return salon.Sentence{}, err
		}
		if busy || from <= now {
			return salon.Say("In service to %s", to.String()), nil
		}
		if from > now+60 {
			return salon.Say("Free until %s", from.String()), nil
		}
		return salon.Say("Next: %s", from.String()), nil
	}
	return salon.Sentence{}, rows.Err()
}
