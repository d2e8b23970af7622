package store

import (
	"context"
	"fmt"
	"slices"

	"salonkeep/store/salon"
)

// Duties are who answers for what, who does so today, and what is wrong with
// that.
func (sc *Scope) Duties(ctx context.Context) ([]salon.Duty, error) {
	if err := sc.may(ctx, salon.ViewDuties); err != nil {
		return nil, err
	}
	return sc.s.duties(ctx, sc.s.r)
}

func (s *Store) duties(ctx context.Context, q queryer) ([]salon.Duty, error) {
	all, err := s.holders(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, `SELECT id, coalesce(owner_id, ''), coalesce(deputy_id, '') FROM duty WHERE deleted = 0`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read duties: %w", err))
	}
	defer rows.Close()
	set := map[salon.Control][2]string{}
	for rows.Next() {
		var c salon.Control
		var who [2]string
		if err := rows.Scan(&c, &who[0], &who[1]); err != nil {
			return nil, err
		}
		set[c] = who
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	away, err := s.away(ctx, q)
	if err != nil {
		return nil, err
	}
	small, err := s.smallSalon(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []salon.Duty
	for _, info := range salon.Controls() {
		out = append(out, dutyOf(info, set[info.Control], all, away, small))
	}
	return out, nil
}

// dutyOf settles who acts. While nobody has been named, the first owner does,
// and the page says that somebody should be.
func dutyOf(info salon.ControlInfo, who [2]string, all []holder, away map[string]salon.Day, small bool) salon.Duty {
	d := salon.Duty{ControlInfo: info}
	find := func(id string) (holder, bool) {
		i := slices.IndexFunc(all, func(h holder) bool { return h.StaffID == id && id != "" })
		if i < 0 {
			return holder{}, false
		}
		return all[i], true
	}
	warn := func(key string, args ...any) { d.Warnings = append(d.Warnings, salon.Say(key, args...)) }
	control := salon.Word(info.Control)
	owner, hasOwner := find(who[0])
	deputy, hasDeputy := find(who[1])
	d.Owner, d.Deputy = owner.Helper, deputy.Helper
	if !hasOwner {
		warn("Nobody answers for this: %s. Choose somebody.", control)
	}
	if !hasDeputy && (!small || len(all) > 1) {
		warn("Nobody stands in for this: %s. Choose a deputy.", control)
	}
	for _, h := range []holder{owner, deputy} {
		if h.StaffID != "" && !h.grants[info.Needs].Allows() {
			warn("%s answers for this and has no right to do it: %s.", h.Name, control)
		}
	}
	d.OwnerOff = away[owner.StaffID]
	switch {
	case hasOwner && d.OwnerOff == "":
		d.Acting = owner.Helper
	case hasDeputy && away[deputy.StaffID] == "":
		d.Acting = deputy.Helper
	default:
		if hasOwner {
			warn("%s is away and nobody stands in for this: %s.", owner.Name, control)
		}
		for _, h := range all {
			if h.role == salon.Owner && (d.Acting.StaffID == "" || away[d.Acting.StaffID] != "") {
				d.Acting = h.Helper
			}
		}
	}
	return d
}

// MyDuties are the controls this person answers for today.
func (sc *Scope) MyDuties(ctx context.Context) ([]salon.Control, error) {
	if err := sc.may(ctx, salon.ViewDuties); err != nil {
		return nil, err
	}
	var out []salon.Control
	all, err := sc.s.duties(ctx, sc.s.r)
	for _, d := range all {
		if d.Acting.StaffID == sc.who.StaffID {
			out = append(out, d.Control)
		}
	}
	return out, err
}

// SetDuty names who answers for a control and who stands in, "" for nobody.
func (sc *Scope) SetDuty(ctx context.Context, c salon.Control, ownerID, deputyID string) error {
	_, err := sc.write(ctx, salon.EditDuties, func(tx *writeTx) error {
		if !slices.ContainsFunc(salon.Controls(), func(i salon.ControlInfo) bool { return i.Control == c }) {
			return missing("control")
		}
		bad := salon.E(salon.Invalid, "This cannot be saved like this yet.")
		for field, id := range map[string]string{"owner": ownerID, "deputy": deputyID} {
			if id == "" {
				continue
			}
			_, ok, err := sc.s.holder(ctx, tx, id)
			if err != nil {
				return err
			}
			if !ok {
				bad.On(field, "Choose somebody who can sign in.")
			}
		}
		if ownerID != "" && ownerID == deputyID {
			bad.On("deputy", "Choose somebody else than who answers for it.")
		}
		if bad.Field != nil {
			return bad
		}
		tx.asks = map[string]any{"control": c, "owner": ownerID, "deputy": deputyID}
		tx.touched("duty", string(c), "")
		return tx.updateOrInsert(`UPDATE duty SET owner_id = nullif(?1, ''), deputy_id = nullif(?2, ''), deleted = 0, version = version + 1 WHERE id = ?3`,
			`INSERT INTO duty (owner_id, deputy_id, id, branch_id) VALUES (nullif(?1, ''), nullif(?2, ''), ?3, ?4)`, ownerID, deputyID, c, tx.branch)
	})
	return err
}

// away are the people who are not there today, with the last day of that.
func (s *Store) away(ctx context.Context, q queryer) (map[string]salon.Day, error) {
	list, err := s.absences(ctx, q, s.today(ctx, q))
	if err != nil {
		return nil, err
	}
	out, today := map[string]salon.Day{}, s.today(ctx, q)
	for _, a := range list {
		if a.From <= today {
			out[a.Who.StaffID] = max(out[a.Who.StaffID], a.To)
		}
	}
	return out, nil
}

// Absences are those of today and later.
func (sc *Scope) Absences(ctx context.Context) ([]salon.Absence, error) {
	if err := sc.may(ctx, salon.ViewDuties); err != nil {
		return nil, err
	}
	return sc.s.absences(ctx, sc.s.r, sc.s.today(ctx, sc.s.r))
}

func (s *Store) absences(ctx context.Context, q queryer, from salon.Day) ([]salon.Absence, error) {
	rows, err := q.QueryContext(ctx, `SELECT a.id, a.staff_id, st.name, a.from_day, a.to_day FROM absence a JOIN staff st ON st.id = a.staff_id
		WHERE a.deleted = 0 AND a.to_day >= ? ORDER BY a.from_day, a.id`, from)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read absences: %w", err))
	}
	defer rows.Close()
	var out []salon.Absence
	for rows.Next() {
		var a salon.Absence
		if err := rows.Scan(&a.ID, &a.Who.StaffID, &a.Who.Name, &a.From, &a.To); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// AddAbsence notes that somebody is away: deputies act meanwhile. Everybody
// can note their own.
func (sc *Scope) AddAbsence(ctx context.Context, staffID string, from, to salon.Day) (id string, err error) {
	act := salon.EditDuties
	if staffID == sc.who.StaffID && staffID != "" {
		act = salon.OwnAccount
	}
	_, err = sc.write(ctx, act, func(tx *writeTx) error {
		if _, _, err := sc.s.roleOf(ctx, tx, staffID); err != nil {
			return err
		}
		bad := salon.E(salon.Invalid, "This cannot be saved like this yet.")
		if _, err := salon.ParseDay(string(from)); err != nil {
			bad.On("from", "Choose a day.")
		}
		if _, err := salon.ParseDay(string(to)); err != nil || to < from {
			bad.On("to", "Choose a day, not before the first one.")
		}
		if bad.Field != nil {
			return bad
		}
		id = newID()
		tx.touched("absence", id, "")
		return tx.exec(`INSERT INTO absence (id, staff_id, from_day, to_day, branch_id) VALUES (?,?,?,?,?)`, id, staffID, from, to, tx.branch)
	})
	return id, err
}

// RemoveAbsence takes an absence back.
func (sc *Scope) RemoveAbsence(ctx context.Context, id string) error {
	whose, err := sc.s.absentee(ctx, id)
	if err != nil {
		return err
	}
	act := salon.EditDuties
	if whose == sc.who.StaffID && whose != "" {
		act = salon.OwnAccount
	}
	_, err = sc.write(ctx, act, func(tx *writeTx) error {
		if whose == "" {
			return missing("absence")
		}
		tx.touched("absence", id, "")
		return tx.exec(`UPDATE absence SET deleted = 1, version = version + 1 WHERE id = ?`, id)
	})
	return err
}

// absentee is whose absence it is, "" if there is none.
func (s *Store) absentee(ctx context.Context, id string) (staffID string, err error) {
	list, err := texts(ctx, s.r, `SELECT staff_id FROM absence WHERE id = ? AND deleted = 0`, id)
	if len(list) == 0 {
		return "", asSalonError(err)
	}
	return list[0], nil
}

// smallPeople is how many people who can sign in a very small salon has at most.
const smallPeople = 3

// smallSalon tells whether the salon has so few people that its owner may
// confirm alone: it says so, and it is so.
func (s *Store) smallSalon(ctx context.Context, q queryer) (bool, error) {
	var small bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM business_setting WHERE key = 'small' AND value = 'yes' AND deleted = 0)
		AND (SELECT count(*) FROM login l JOIN staff st ON st.id = l.staff_id WHERE st.active = 1 AND st.deleted = 0) <= ?`, smallPeople).Scan(&small)
	return small, asSalonError(err)
}

// SmallSalon tells whether the owner may confirm alone.
func (sc *Scope) SmallSalon(ctx context.Context) (bool, error) {
	if err := sc.may(ctx, salon.ViewDuties); err != nil {
		return false, err
	}
	return sc.s.smallSalon(ctx, sc.s.r)
}

// SetSmallSalon says that this is a salon of one to three people, where the
// owner confirms alone what elsewhere takes two.
func (sc *Scope) SetSmallSalon(ctx context.Context, small bool) error {
	_, err := sc.write(ctx, salon.EditRoles, func(tx *writeTx) error {
		if sc.who.Role != salon.Owner && !sc.machine() {
			return salon.E(salon.Denied, "Only the owner can say that.")
		}
		var people int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM login l JOIN staff st ON st.id = l.staff_id WHERE st.active = 1 AND st.deleted = 0`).Scan(&people); err != nil {
			return err
		}
		if small && people > smallPeople {
			return salon.E(salon.Invalid, "There are %d people who can sign in, so a second person can be asked.", people)
		}
		tx.touched("business_setting", "small", "")
		return tx.setBusiness("small", map[bool]string{true: "yes", false: "no"}[small])
	})
	return err
}
