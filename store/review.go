package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"salonkeep/store/salon"
)

const (
	reviewDays  = 90 // from one review to the next
	manyExports = 2  // more people than this who can export clients is a warning
)

// handsOf are the people who hold too much in one hand: all of some rights that
// should be apart, freely.
func handsOf(all []holder) []salon.Hand {
	var out []salon.Hand
	for _, h := range all {
		if h.role == salon.Owner {
			continue
		}
		for _, apart := range salon.KeptApart() {
			whole := true
			for _, a := range apart.Acts {
				g := h.grants[a]
				limited := g.LimitCents > 0 || g.LimitPercent > 0
				whole = whole && (g.Answer == salon.Yes || g.Answer == salon.Why) && (apart.Limited || !limited)
			}
			if whole {
				out = append(out, salon.Hand{Helper: h.Helper, Acts: apart.Acts, Why: salon.Say(apart.Why, h.Name)})
			}
		}
	}
	return out
}

// warningsOf are rights with too few holders, or too many.
func warningsOf(all []holder) []salon.Warning {
	var out []salon.Warning
	count := func(a salon.Act) (n int) {
		for _, h := range all {
			if g := h.grants[a]; g.Answer == salon.Yes || g.Answer == salon.Why || g.Answer == salon.Two {
				n++
			}
		}
		return n
	}
	for _, a := range salon.Critical {
		info, _ := salon.ActNamed(a)
		switch count(a) {
		case 0:
			out = append(out, salon.Warning{Act: a, Why: salon.Say("Nobody can %s.", salon.Word(info.Say))})
		case 1:
			out = append(out, salon.Warning{Act: a, Why: salon.Say("Only one person can %s.", salon.Word(info.Say))})
		}
	}
	if n := count(salon.ExportPersonal); n > manyExports {
		out = append(out, salon.Warning{Act: salon.ExportPersonal, Why: salon.Say("%d people can export clients.", n)})
	}
	return out
}

// StartReview opens a review of everybody's rights and gives its id. One that
// is open already is gone on with.
func (sc *Scope) StartReview(ctx context.Context) (id string, err error) {
	_, err = sc.write(ctx, salon.ReviewRights, func(tx *writeTx) error {
		err := tx.QueryRowContext(ctx, `SELECT id FROM review WHERE signed_at = '' AND deleted = 0 ORDER BY started_at DESC LIMIT 1`).Scan(&id)
		if err == nil {
			tx.lookedAs(salon.LogReview, "review", id, "opened again", nil)
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		id = newID()
		if err := tx.exec(`INSERT INTO review (id, started_by, started_at, branch_id) VALUES (?,nullif(?, ''),?,?)`, id, sc.who.StaffID, tx.now, tx.branch); err != nil {
			return err
		}
		n, err := tx.fillReview(id)
		if err != nil {
			return err
		}
		tx.touchedIn(salon.LogReview, "review", id, "started", map[string]int{"lines": n})
		return tx.noteOpenness()
	})
	return id, err
}

// fillReview writes one line for each weighty right of each person but the
// owners, whose role is not up for review. Unused for 90 days is proposed to
// go, once the salon has been watching for that long.
func (tx *writeTx) fillReview(id string) (n int, err error) {
	all, err := tx.sc.s.holders(tx.ctx, tx)
	if err != nil {
		return 0, err
	}
	uses, err := tx.sc.s.lastUses(tx.ctx, tx)
	if err != nil {
		return 0, err
	}
	joined, err := tx.joined()
	if err != nil {
		return 0, err
	}
	longAgo := stamp(tx.sc.s.o.Now().Add(-unusedTime))[:len("2006-01-02")]
	for _, h := range all {
		if h.role == salon.Owner {
			continue
		}
		for _, info := range salon.Acts() {
			if !h.grants[info.Act].Allows() || info.Weight == 0 {
				continue
			}
			last, proposal := uses.of(h.StaffID, info.Act), "keep"
			if last < longAgo && uses.since < longAgo && joined[h.StaffID] < longAgo {
				proposal = "remove"
			}
			if err := tx.exec(`INSERT INTO review_line (id, review_id, staff_id, act, last_used, proposal, branch_id) VALUES (?,?,?,?,?,?,?)`,
				newID(), id, h.StaffID, info.Act, last, proposal, tx.branch); err != nil {
				return 0, err
			}
			n++
		}
	}
	return n, nil
}

// joined are the days people began, "" where nobody knows.
func (tx *writeTx) joined() (map[string]string, error) {
	rows, err := tx.QueryContext(tx.ctx, `SELECT id, joined_on FROM staff WHERE deleted = 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var id, day string
		if err := rows.Scan(&id, &day); err != nil {
			return nil, err
		}
		out[id] = day
	}
	return out, rows.Err()
}

// Reviews are all reviews, newest first, the open one included.
func (sc *Scope) Reviews(ctx context.Context) ([]salon.Review, error) {
	if err := sc.may(ctx, salon.ReviewRights); err != nil {
		return nil, err
	}
	return sc.s.reviews(ctx, sc.s.r, `1 = 1`)
}

func (s *Store) reviews(ctx context.Context, q queryer, cond string, args ...any) ([]salon.Review, error) {
	rows, err := q.QueryContext(ctx, `SELECT r.id, coalesce(b.name, ''), r.started_at, coalesce(e.name, ''), r.signed_at, r.note, r.next_on,
			(SELECT count(*) FROM review_line l WHERE l.review_id = r.id AND l.deleted = 0 AND l.decision = ''),
			(SELECT count(*) FROM review_line l WHERE l.review_id = r.id AND l.deleted = 0 AND l.decision = 'remove')
		FROM review r LEFT JOIN staff b ON b.id = r.started_by LEFT JOIN staff e ON e.id = r.signed_by
		WHERE r.deleted = 0 AND `+cond+` ORDER BY r.started_at DESC, r.id DESC LIMIT 100`, args...)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list reviews: %w", err))
	}
	defer rows.Close()
	var out []salon.Review
	for rows.Next() {
		var r salon.Review
		if err := rows.Scan(&r.ID, &r.StartedBy, &r.StartedAt, &r.SignedBy, &r.SignedAt, &r.Note, &r.NextOn, &r.Open, &r.Removed); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Review is one review person by person.
func (sc *Scope) Review(ctx context.Context, id string) (sheet salon.ReviewSheet, err error) {
	if err := sc.may(ctx, salon.ReviewRights); err != nil {
		return sheet, err
	}
	list, err := sc.s.reviews(ctx, sc.s.r, `r.id = ?`, id)
	if err != nil {
		return sheet, err
	}
	if len(list) == 0 {
		return sheet, missing("review")
	}
	sheet.Review = list[0]
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return sheet, err
	}
	roles, err := sc.s.roles(ctx, sc.s.r)
	if err != nil {
		return sheet, err
	}
	if err := sc.reviewLines(ctx, &sheet, all, roles); err != nil {
		return sheet, err
	}
	sheet.Warnings = warningsOf(all)
	sheet.Openness, err = sc.s.openness(ctx, sc.s.r)
	return sheet, err
}

func (sc *Scope) reviewLines(ctx context.Context, sheet *salon.ReviewSheet, all []holder, roles []salon.RoleSheet) error {
	rows, err := sc.s.r.QueryContext(ctx, `SELECT l.id, l.staff_id, st.name, l.act, l.last_used, l.proposal = 'remove', l.decision, coalesce(d.name, ''), l.note
		FROM review_line l JOIN staff st ON st.id = l.staff_id LEFT JOIN staff d ON d.id = l.decided_by
		WHERE l.review_id = ? AND l.deleted = 0 ORDER BY st.name COLLATE NOCASE, l.staff_id, l.id`, sheet.ID)
	if err != nil {
		return asSalonError(fmt.Errorf("read the review: %w", err))
	}
	defer rows.Close()
	hands := handsOf(all)
	for rows.Next() {
		var l salon.ReviewLine
		var p salon.Helper
		if err := rows.Scan(&l.ID, &p.StaffID, &p.Name, &l.Act, &l.LastUsed, &l.Remove, &l.Decision, &l.DecidedBy, &l.Note); err != nil {
			return err
		}
		if n := len(sheet.People); n == 0 || sheet.People[n-1].StaffID != p.StaffID {
			sheet.People = append(sheet.People, reviewPerson(p, sc.who.StaffID, all, roles, hands))
		}
		if info, ok := salon.ActNamed(l.Act); ok {
			l.Say, l.Weight = info.Say, info.Weight
		}
		for _, h := range all {
			if h.StaffID == p.StaffID {
				l.Grant = h.grants[l.Act]
			}
		}
		person := &sheet.People[len(sheet.People)-1]
		person.Lines = append(person.Lines, l)
	}
	return rows.Err()
}

func reviewPerson(p salon.Helper, viewer string, all []holder, roles []salon.RoleSheet, hands []salon.Hand) salon.ReviewPerson {
	out := salon.ReviewPerson{Helper: p, Self: p.StaffID == viewer, RoleName: ""}
	for _, h := range all {
		i := slices.IndexFunc(roles, func(r salon.RoleSheet) bool { return r.ID == h.role })
		if h.StaffID == p.StaffID && i >= 0 {
			out.RoleName = roles[i].Word()
		}
	}
	for _, h := range hands {
		if h.StaffID == p.StaffID {
			out.Hands = append(out.Hands, h)
		}
	}
	return out
}

// DecideReview keeps or takes away what was reviewed. What is taken away is
// gone for this person with their next tap; their role stays as it is. Nobody
// decides about themselves.
func (sc *Scope) DecideReview(ctx context.Context, id string, list []salon.ReviewDecision) error {
	_, err := sc.write(ctx, salon.ReviewRights, func(tx *writeTx) error {
		kept, removed := 0, 0
		for _, d := range list {
			if err := tx.decideLine(id, d); err != nil {
				return err
			}
			if d.Keep {
				kept++
			} else {
				removed++
			}
		}
		tx.touchedIn(salon.LogReview, "review", id, "decided", map[string]int{"kept": kept, "removed": removed})
		return tx.noteOpenness()
	})
	return err
}

func (tx *writeTx) decideLine(review string, d salon.ReviewDecision) error {
	var staffID, before string
	var act salon.Act
	err := tx.QueryRowContext(tx.ctx, `SELECT l.staff_id, l.act, l.decision FROM review_line l JOIN review r ON r.id = l.review_id
		WHERE l.id = ? AND r.id = ? AND r.signed_at = '' AND l.deleted = 0`, d.LineID, review).Scan(&staffID, &act, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return missing("line of an open review")
	}
	if err != nil {
		return err
	}
	if staffID == tx.sc.who.StaffID {
		return salon.E(salon.Denied, "Nobody can review their own rights. Ask somebody else.")
	}
	decision := "keep"
	if !d.Keep {
		decision = "remove"
		if err := tx.except(exceptionForm{staffID: staffID, act: act, grant: salon.Grant{Reach: salon.All, Answer: salon.No}, reason: "permission review"}); err != nil {
			return err
		}
	} else if before == "remove" {
		if err := tx.giveBack(staffID, act); err != nil {
			return err
		}
	}
	return tx.exec(`UPDATE review_line SET decision = ?, decided_by = nullif(?, ''), decided_at = ?, note = ?, version = version + 1 WHERE id = ?`,
		decision, tx.sc.who.StaffID, tx.now, d.Note, d.LineID)
}

// giveBack takes back what this review took away, as long as the reviewer may
// give it.
func (tx *writeTx) giveBack(staffID string, act salon.Act) error {
	h, ok, err := tx.sc.s.holder(tx.ctx, tx, staffID)
	if err != nil || !ok {
		return err
	}
	gives := map[salon.Act]salon.Grant{}
	if err := tx.sc.s.loadGrants(tx.ctx, tx, h.role, gives); err != nil {
		return err
	}
	if err := tx.mayGive(map[salon.Act]salon.Grant{act: gives[act]}); err != nil {
		return err
	}
	return tx.unexcept(staffID, act, "permission review")
}

// SignReview closes a review in which everything is decided. next "" is in 90
// days.
func (sc *Scope) SignReview(ctx context.Context, id, note string, next salon.Day) error {
	_, err := sc.write(ctx, salon.ReviewRights, func(tx *writeTx) error {
		list, err := sc.s.reviews(ctx, tx, `r.id = ?`, id)
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].SignedAt != "" {
			return missing("open review")
		}
		if list[0].Open > 0 {
			return salon.E(salon.Invalid, "%d rights have not been decided on yet.", list[0].Open)
		}
		today := sc.s.today(ctx, tx)
		if next == "" {
			next = today.Add(reviewDays)
		}
		if _, err := salon.ParseDay(string(next)); err != nil || next <= today || next > today.Add(366) {
			return salon.E(salon.Invalid, "When is the next review?").On("next", "Choose a day within a year.")
		}
		tx.touchedIn(salon.LogReview, "review", id, note, map[string]any{"signed": true, "removed": list[0].Removed, "next": next})
		return tx.exec(`UPDATE review SET signed_by = nullif(?, ''), signed_at = ?, note = ?, next_on = ?, version = version + 1 WHERE id = ?`, sc.who.StaffID, tx.now, note, next, id)
	})
	return err
}

// ReviewDue is the day the next review is due, and whether that is past. A
// salon that has never reviewed is due 90 days after it began.
func (sc *Scope) ReviewDue(ctx context.Context) (day salon.Day, over bool, err error) {
	if err := sc.may(ctx, salon.ViewDuties); err != nil {
		return "", false, err
	}
	err = sc.s.r.QueryRowContext(ctx, `SELECT coalesce((SELECT next_on FROM review WHERE signed_at <> '' AND deleted = 0 ORDER BY signed_at DESC LIMIT 1), '')`).Scan(&day)
	if err != nil {
		return "", false, asSalonError(err)
	}
	if day == "" {
		var first salon.Day
		if err := sc.s.r.QueryRowContext(ctx, `SELECT substr(min(at), 1, 10) FROM audit`).Scan(&first); err != nil {
			return "", false, asSalonError(err)
		}
		day = first.Add(reviewDays)
	}
	return day, day < sc.s.today(ctx, sc.s.r), nil
}

// TooMuch are people who hold too much in one hand, and rights with too few or
// too many holders.
func (sc *Scope) TooMuch(ctx context.Context) ([]salon.Hand, []salon.Warning, error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return nil, nil, err
	}
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return nil, nil, err
	}
	return handsOf(all), warningsOf(all), nil
}
