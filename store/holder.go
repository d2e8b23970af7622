package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"salonkeep/store/salon"
)

// holder is one person who can sign in, with the rights they have now.
type holder struct {
	salon.Helper
	role string
	rights
}

// holders are all people who can sign in, with the rights each has now, by name.
func (s *Store) holders(ctx context.Context, q queryer) ([]holder, error) {
	now := s.now()
	rows, err := q.QueryContext(ctx, `SELECT st.id, st.name, coalesce(`+roleNow+`, '') FROM staff st JOIN login l ON l.staff_id = st.id
		WHERE st.active = 1 AND st.deleted = 0 ORDER BY st.name COLLATE NOCASE, st.id`, now, now)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list who can sign in: %w", err))
	}
	defer rows.Close()
	var out []holder
	for rows.Next() {
		var h holder
		if err := rows.Scan(&h.StaffID, &h.Name, &h.role); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].rights, err = s.rightsOf(ctx, q, out[i].StaffID, out[i].role); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// holder is one of them; ok is false for somebody who cannot sign in.
func (s *Store) holder(ctx context.Context, q queryer, staffID string) (holder, bool, error) {
	all, err := s.holders(ctx, q)
	if err != nil {
		return holder{}, false, err
	}
	i := slices.IndexFunc(all, func(h holder) bool { return h.StaffID == staffID })
	if i < 0 {
		return holder{}, false, nil
	}
	return all[i], true, nil
}

// exceptionsOf are the exceptions that count for a person now, one per act.
func (s *Store) exceptionsOf(ctx context.Context, q queryer, staffID string) (map[salon.Act]exceptionRow, error) {
	now := s.now()
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.act, e.reach, e.answer, e.ends_at FROM exception e JOIN staff st ON st.id = e.staff_id
		WHERE e.staff_id = ? AND `+exceptionNow+` ORDER BY e.given_at, e.id`, staffID, now, now)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read exceptions: %w", err))
	}
	defer rows.Close()
	out := map[salon.Act]exceptionRow{}
	for rows.Next() {
		var e exceptionRow
		var act salon.Act
		if err := rows.Scan(&e.id, &act, &e.grant.Reach, &e.grant.Answer, &e.endsAt); err != nil {
			return nil, err
		}
		out[act] = e
	}
	return out, rows.Err()
}

// helpers are the people other than but who can help somebody with asker's grant
// who wants to do act, the least powerful first: the owner is not fetched for
// what the manager can do. Where a second person confirms, that is whoever is
// trusted with the act in any way; else whoever may do it freely.
func (s *Store) helpers(ctx context.Context, q queryer, act salon.Act, asker salon.Grant, but string) ([]salon.Helper, error) {
	all, err := s.holders(ctx, q)
	if err != nil {
		return nil, err
	}
	return helpersOf(all, but, func(h holder) bool { return canHelp(h, act, asker) }), nil
}

func helpersOf(all []holder, but string, can func(holder) bool) []salon.Helper {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b holder) int { return cmp.Compare(len(a.grants), len(b.grants)) })
	var out []salon.Helper
	for _, h := range all {
		if h.StaffID != but && can(h) {
			out = append(out, h.Helper)
		}
	}
	return out
}

// canHelp tells whether h may do for somebody what they may not do alone.
func canHelp(h holder, act salon.Act, asker salon.Grant) bool {
	g := h.grants[act]
	switch {
	case h.role == salon.Owner:
		return true
	case g.Reach != salon.All && g.Reach != salon.Branch:
		return false
	case asker.Answer == salon.Two:
		return g.Answer == salon.Yes || g.Answer == salon.Ask || g.Answer == salon.Two
	case act == salon.SeeContact && asker.Answer == salon.Why:
		// Beyond the day's allowance: somebody who decides about the mask
		// and sees contacts as far as the asker.
		return h.grants[salon.EditMasking].Allows() && (g.Answer == salon.Yes || g.Answer == salon.Why)
	}
	return g.Freely()
}

// roleOf is the role a person has now, and their name. A person who left or
// never was gives missing.
func (s *Store) roleOf(ctx context.Context, q queryer, staffID string) (role, name string, err error) {
	now := s.now()
	err = q.QueryRowContext(ctx, `SELECT coalesce(`+roleNow+`, ''), st.name FROM staff st WHERE st.id = ? AND st.active = 1 AND st.deleted = 0 AND st.person = 1`, now, now, staffID).Scan(&role, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", missing("person")
	}
	return role, name, asSalonError(err)
}
