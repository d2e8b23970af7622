package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// exceptionForm is what one person may from now until the end of a day other
// than their role says. ends "" is without an end.
type exceptionForm struct {
	staffID string
	act     salon.Act
	grant   salon.Grant
	ends    salon.Day
	reason  string
}

// except puts an exception in the place of the one that counted before.
func (tx *writeTx) except(f exceptionForm) error {
	old, err := tx.dropException(f.staffID, f.act)
	if err != nil {
		return err
	}
	endsAt := ""
	if f.ends != "" {
		if endsAt, err = tx.sc.s.endOf(tx.ctx, tx, f.ends); err != nil {
			return err
		}
	}
	id := newID()
	tx.touchedIn(salon.LogExcept, "exception", id, f.reason, map[string]any{"staff": f.staffID, "act": f.act, "answer": [2]salon.Answer{old, f.grant.Answer}, "reach": f.grant.Reach, "ends": f.ends})
	return tx.exec(`INSERT INTO exception (id, staff_id, act, reach, answer, ends_at, reason, given_by, given_at, branch_id) VALUES (?,?,?,?,?,?,?,?,?,?)`,
		id, f.staffID, f.act, f.grant.Reach, f.grant.Answer, endsAt, f.reason, tx.sc.who.StaffID, tx.now, tx.branch)
}

// unexcept ends a person's exception of an act now.
func (tx *writeTx) unexcept(staffID string, act salon.Act, reason string) error {
	old, err := tx.dropException(staffID, act)
	if err != nil || old == "" {
		return err
	}
	tx.touchedIn(salon.LogExcept, "exception", staffID, reason, map[string]any{"staff": staffID, "act": act, "answer": [2]salon.Answer{old, ""}})
	return nil
}

func (tx *writeTx) dropException(staffID string, act salon.Act) (old salon.Answer, err error) {
	before, err := tx.sc.s.exceptionsOf(tx.ctx, tx, staffID)
	if err != nil {
		return "", err
	}
	return before[act].grant.Answer, tx.exec(`UPDATE exception SET deleted = 1, version = version + 1 WHERE staff_id = ? AND act = ? AND deleted = 0`, staffID, act)
}

// dropExceptions ends all exceptions of a person.
func (tx *writeTx) dropExceptions(staffID string) (n int, err error) {
	before, err := tx.sc.s.exceptionsOf(tx.ctx, tx, staffID)
	if err != nil {
		return 0, err
	}
	return len(before), tx.exec(`UPDATE exception SET deleted = 1, version = version + 1 WHERE staff_id = ? AND deleted = 0`, staffID)
}

// dropGiven ends what was excepted for a person, but not that contacts are
// hidden from them.
func (tx *writeTx) dropGiven(staffID string) (n int, err error) {
	before, err := tx.sc.s.exceptionsOf(tx.ctx, tx, staffID)
	if err != nil {
		return 0, err
	}
	for a, e := range before {
		if a != salon.SeeContact || e.grant.Answer != salon.No {
			n++
		}
	}
	return n, tx.exec(`UPDATE exception AS e SET deleted = 1, version = version + 1 WHERE e.staff_id = ? AND e.deleted = 0 AND NOT `+exceptionStays, staffID)
}

// endOf is the instant at which a day of the salon is over.
func (s *Store) endOf(ctx context.Context, q queryer, day salon.Day) (string, error) {
	return s.startOf(ctx, q, day.Add(1))
}

// startOf is the instant at which a day of the salon begins.
func (s *Store) startOf(ctx context.Context, q queryer, day salon.Day) (string, error) {
	t, err := time.ParseInLocation("2006-01-02", string(day), s.local(ctx, q).Location())
	if err != nil {
		return "", salon.E(salon.Invalid, "“%s” is not a day. Write it as year-month-day, for example 2026-11-21.", string(day)).Because(err)
	}
	return stamp(t), nil
}

// lastDay is the last day of what ends at an instant, "" if it does not.
func lastDay(endsAt string, zone *time.Location) salon.Day {
	t, err := time.Parse(stampLayout, endsAt)
	if err != nil {
		return ""
	}
	return salon.DayOf(t.Add(-time.Second).In(zone))
}

// firstDay is the first day of what begins at an instant, "" if it does not.
func firstDay(at string, zone *time.Location) salon.Day {
	t, err := time.Parse(stampLayout, at)
	if err != nil {
		return ""
	}
	return salon.DayOf(t.In(zone))
}

// openDays is how long contacts can be open to one person by exception.
const openDays = 366

// SetExceptions says for whom contacts are open, masked or hidden other than
// their role says. Only people who can sign in can have an exception; nobody
// gives one to themselves or opens more than they see.
func (sc *Scope) SetExceptions(ctx context.Context, list []salon.Exception) error {
	_, err := sc.write(ctx, salon.EditMasking, func(tx *writeTx) error {
		if len(list) == 0 {
			return salon.E(salon.Invalid, "Choose a person first.")
		}
		for i := range list {
			list[i].Reason = strings.TrimSpace(list[i].Reason)
		}
		tx.asks = list
		for _, e := range list {
			if err := tx.setException(e); err != nil {
				return err
			}
		}
		if len(tx.touches) == 0 {
			tx.touchedIn(salon.LogExcept, "exception", "", "nothing changed", nil)
		}
		return tx.noteOpenness()
	})
	return err
}

func (tx *writeTx) setException(e salon.Exception) error {
	h, ok, err := tx.sc.s.holder(tx.ctx, tx, e.StaffID)
	if err != nil {
		return err
	}
	if !ok {
		return salon.E(salon.Invalid, "Only people who can sign in can have an exception.").On("staff", "Give this person a sign-in first.")
	}
	if err := tx.mayExcept(h); err != nil {
		return err
	}
	if e.Opens == salon.AsRole {
		return tx.unexcept(h.StaffID, salon.SeeContact, e.Reason)
	}
	answer, ok := map[salon.Opening]salon.Answer{salon.Concealed: salon.No, salon.WithWhy: salon.Why, salon.Unmasked: salon.Yes}[e.Opens]
	if !ok {
		return salon.E(salon.Invalid, "Choose how contacts stand for this person.")
	}
	today := tx.sc.s.today(tx.ctx, tx)
	if e.Ends != "" || answer == salon.Yes {
		if _, err := salon.ParseDay(string(e.Ends)); err != nil || e.Ends < today || e.Ends > today.Add(openDays) {
			return salon.E(salon.Invalid, "Say until when.").On("ends", "Choose a day within the next year.")
		}
	}
	if answer == salon.Yes || answer == salon.Why {
		if err := tx.mayGive(map[salon.Act]salon.Grant{salon.SeeContact: {Reach: salon.All, Answer: answer}}); err != nil {
			return err
		}
	}
	return tx.except(exceptionForm{staffID: h.StaffID, act: salon.SeeContact, grant: salon.Grant{Reach: salon.All, Answer: answer}, ends: e.Ends, reason: e.Reason})
}

// mayExcept: the owner sees everything, whoever sees no clients has nothing to
// see, and nobody decides about themselves.
func (tx *writeTx) mayExcept(h holder) error {
	switch {
	case h.StaffID == tx.sc.who.StaffID:
		return salon.E(salon.Denied, "Nobody can change their own rights. Ask somebody else.")
	case h.role == salon.Owner:
		return salon.E(salon.Invalid, "The owner sees contacts; there is nothing to except.")
	case !h.grants[salon.ViewClient].Freely():
		return salon.E(salon.Invalid, "%s sees no clients, so there is nothing to except.", h.Name)
	}
	return nil
}

// EndException ends what was given to one person for a time, before its day.
func (sc *Scope) EndException(ctx context.Context, staffID string, act salon.Act) error {
	_, err := sc.write(ctx, salon.EditRoles, func(tx *writeTx) error {
		h, ok, err := sc.s.holder(ctx, tx, staffID)
		if err != nil {
			return err
		}
		e, has := h.excepted[act]
		if !ok || !has {
			return missing("exception")
		}
		if staffID == sc.who.StaffID {
			return salon.E(salon.Denied, "Nobody can change their own rights. Ask somebody else.")
		}
		tx.asks = map[string]any{"staff": staffID, "act": act}
		if e.grant.Answer == salon.No {
			// What ends here is a restriction: the role's own grant comes back.
			gives := map[salon.Act]salon.Grant{}
			if err := sc.s.loadGrants(ctx, tx, h.role, gives); err != nil {
				return err
			}
			if err := tx.mayGive(map[salon.Act]salon.Grant{act: gives[act]}); err != nil {
				return err
			}
		}
		return errors.Join(tx.unexcept(staffID, act, "ended"), tx.noteOpenness())
	})
	return err
}

// Exceptions are all exceptions that count now, by person.
func (sc *Scope) Exceptions(ctx context.Context) ([]salon.ExceptionRow, error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return nil, err
	}
	now := sc.s.now()
	rows, err := sc.s.r.QueryContext(ctx, `SELECT e.staff_id, st.name, e.act, e.reach, e.answer, e.ends_at, e.reason, coalesce(g.name, '')
		FROM exception e JOIN staff st ON st.id = e.staff_id LEFT JOIN staff g ON g.id = e.given_by
		WHERE `+exceptionNow+` AND st.active = 1 ORDER BY st.name COLLATE NOCASE, e.act, e.id`, now, now)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list exceptions: %w", err))
	}
	defer rows.Close()
	var out []salon.ExceptionRow
	for rows.Next() {
		var e salon.ExceptionRow
		if err := rows.Scan(&e.StaffID, &e.Name, &e.Act, &e.Grant.Reach, &e.Grant.Answer, &e.EndsAt, &e.Reason, &e.By); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
