package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"salonkeep/store/salon"
)

// unusedTime is after how long an unused right is proposed to be taken away.
const unusedTime = 90 * 24 * time.Hour

// Openness is how open the salon's rights are now, why, and how that went.
func (sc *Scope) Openness(ctx context.Context) (salon.Openness, error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return salon.Openness{}, err
	}
	out, err := sc.s.openness(ctx, sc.s.r)
	if err != nil {
		return out, err
	}
	rows, err := sc.s.r.QueryContext(ctx, `SELECT at, score FROM openness ORDER BY id DESC LIMIT 100`)
	if err != nil {
		return out, asSalonError(fmt.Errorf("read the trend: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var p salon.OpennessAt
		if err := rows.Scan(&p.At, &p.Score); err != nil {
			return out, err
		}
		out.History = append(out.History, p)
	}
	return out, rows.Err()
}

// noteOpenness keeps the score as it is with this change in it.
func (tx *writeTx) noteOpenness() error {
	o, err := tx.sc.s.openness(tx.ctx, tx)
	if err != nil {
		return err
	}
	parts, err := json.Marshal(o.Parts)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO openness (at, score, detail) VALUES (?,?,?)`, tx.now, o.Score, string(parts))
}

// openness adds up, from 0 to 100:
//   - up to 40 for what people other than the owner hold of all weighty rights,
//   - 25 while the mask is off, and 3 for each field taken out of it,
//   - up to 15 for people to whom contacts are open by exception,
//   - up to 10 for rights nobody has used for 90 days,
//   - up to 10 for too much in one hand.
func (s *Store) openness(ctx context.Context, q queryer) (salon.Openness, error) {
	all, err := s.holders(ctx, q)
	if err != nil {
		return salon.Openness{}, err
	}
	mask, err := maskOf(ctx, q)
	if err != nil {
		return salon.Openness{}, err
	}
	uses, err := s.lastUses(ctx, q)
	if err != nil {
		return salon.Openness{}, err
	}
	var out salon.Openness
	part := func(n, most int, why salon.Sentence) {
		if n = min(n, most); n > 0 {
			out.Score += n
			out.Parts = append(out.Parts, salon.OpennessPart{Score: n, Why: why})
		}
	}
	held, possible, open, unused, grants := 0, 0, 0, 0, 0
	longAgo := stamp(s.o.Now().Add(-unusedTime))[:len("2006-01-02")]
	for _, h := range all {
		if h.role == salon.Owner {
			continue
		}
		if h.excepted[salon.SeeContact].grant.Freely() {
			open++
		}
		for _, info := range salon.Acts() {
			possible += 4 * info.Weight
			g := h.grants[info.Act]
			held += info.Weight * openShare(g)
			if g.Allows() && info.Weight > 0 {
				grants++
				if last := uses.of(h.StaffID, info.Act); last < longAgo && uses.since < longAgo {
					unused++
				}
			}
		}
	}
	if possible > 0 {
		part(held*40/possible, 40, salon.Say("Weighty rights are held by %d people besides the owner.", len(all)-owners(all)))
	}
	if mask.off {
		part(25, 25, salon.Say("Masking is switched off."))
	} else {
		part(3*len(mask.open), 9, salon.Say("%d fields are taken out of the mask.", len(mask.open)))
	}
	part(5*open, 15, salon.Say("Contacts are open to %d people by exception.", open))
	if grants > 0 {
		part(unused*10/grants, 10, salon.Say("%d rights have not been used for 90 days.", unused))
	}
	hands := handsOf(all)
	part(5*len(hands), 10, salon.Say("%d people hold too much in one hand.", len(hands)))
	return out, nil
}

func owners(all []holder) (n int) {
	for _, h := range all {
		if h.role == salon.Owner {
			n++
		}
	}
	return n
}

// openShare is how open one grant is, in quarters.
func openShare(g salon.Grant) int {
	share := map[salon.Answer]int{salon.Yes: 4, salon.Why: 2, salon.Flag: 1, salon.Ask: 1, salon.Two: 1}[g.Answer]
	if g.Reach != salon.All && share > 1 {
		share /= 2
	}
	return share
}

// useTable says when each person last used each right.
type useTable struct {
	days  map[use]string
	since string // first day anything was noted, "" if never
}

func (u useTable) of(staffID string, act salon.Act) string { return u.days[use{staffID, act}] }

// lastUses are the days rights were last used, those not yet written down
// included.
func (s *Store) lastUses(ctx context.Context, q queryer) (useTable, error) {
	out := useTable{days: map[use]string{}}
	if err := q.QueryRowContext(ctx, `SELECT coalesce(min(substr(at, 1, 10)), '') FROM audit WHERE seq <= 1`).Scan(&out.since); err != nil {
		return out, asSalonError(err)
	}
	rows, err := q.QueryContext(ctx, `SELECT staff_id, act, day FROM act_use`)
	if err != nil {
		return out, asSalonError(fmt.Errorf("read used rights: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var u use
		var day string
		if err := rows.Scan(&u.staffID, &u.act, &day); err != nil {
			return out, err
		}
		out.days[u] = day
	}
	s.usesMu.Lock()
	defer s.usesMu.Unlock()
	for u, day := range s.uses {
		out.days[u] = max(out.days[u], day)
	}
	return out, rows.Err()
}
