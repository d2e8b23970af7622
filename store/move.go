package store

import (
	"context"
	"database/sql"

	"salonkeep/store/salon"
)

// trialDays is the longest trial time.
const trialDays = 366

// SetStaffRole gives a person another role, at once or from a day on. The old
// one ends the same moment; a trial time ends by itself. Nobody gives a role
// that may more than they may, or changes their own, and the last owner stays.
func (sc *Scope) SetStaffRole(ctx context.Context, m salon.RoleMove) error {
	_, err := sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		tx.asks = map[string]any{"staff": m.StaffID, "role": m.Role, "from": m.From, "ends": m.Ends}
		if err := tx.checkMove(m); err != nil {
			return err
		}
		if err := tx.mayGiveRole(m.Role); err != nil {
			return err
		}
		if err := tx.moveRole(m); err != nil {
			return err
		}
		return tx.noteOpenness()
	})
	return err
}

func (tx *writeTx) checkMove(m salon.RoleMove) error {
	old, _, err := tx.sc.s.roleOf(tx.ctx, tx, m.StaffID)
	if err != nil {
		return err
	}
	if m.StaffID == tx.sc.who.StaffID {
		return salon.E(salon.Denied, "Nobody can change their own rights. Ask somebody else.")
	}
	if old == salon.Owner && tx.sc.who.Role != salon.Owner && !tx.sc.machine() {
		return salon.E(salon.Denied, "Only an owner can change an owner's rights.")
	}
	var version int64
	var known int
	err = tx.QueryRowContext(tx.ctx, `SELECT version, (SELECT count(*) FROM role WHERE id = ? AND deleted = 0) FROM staff WHERE id = ?`, m.Role, m.StaffID).Scan(&version, &known)
	if err != nil {
		return err
	}
	if version != m.Version {
		return tx.changedSince("staff", m.StaffID)
	}
	bad := salon.E(salon.Invalid, "The role cannot be given like this yet.")
	if m.Role != "" && known == 0 {
		bad.On("role", "Choose one of the salon's roles.")
	}
	today := tx.sc.s.today(tx.ctx, tx)
	if m.From != "" {
		if _, err := salon.ParseDay(string(m.From)); err != nil || m.From < today || m.From > today.Add(trialDays) {
			bad.On("from", "Choose today or a day within a year.")
		}
	}
	if m.Ends != "" {
		if _, err := salon.ParseDay(string(m.Ends)); err != nil || m.Ends < max(today, m.From) || m.Ends > today.Add(trialDays) {
			bad.On("ends", "Choose a day within a year, not before the role begins.")
		}
		if m.From > today {
			bad.On("ends", "A trial time can be set when the role has begun.")
		}
		if m.Role == salon.Owner {
			bad.On("ends", "An owner has no trial time.")
		}
	}
	if bad.Field != nil {
		return bad
	}
	if old == salon.Owner && m.Role != salon.Owner {
		return tx.otherOwner(m.StaffID)
	}
	return nil
}

// moveRole writes the move. What the role before gave for a time ends with it:
// an exception was made for somebody in another position.
func (tx *writeTx) moveRole(m salon.RoleMove) error {
	now := tx.now
	var current, was sql.NullString
	err := tx.QueryRowContext(tx.ctx, `SELECT `+roleNow+`, st.role_id FROM staff st WHERE st.id = ?`, now, now, m.StaffID).Scan(&current, &was)
	if err != nil {
		return err
	}
	// A planned role that has begun meanwhile has ended what was given before it.
	if err := tx.exec(`UPDATE exception AS e SET deleted = 1, version = e.version + 1 FROM staff st
		WHERE st.id = e.staff_id AND st.id = ? AND e.deleted = 0 AND st.next_at <> '' AND st.next_at <= ? AND e.given_at < st.next_at AND NOT `+exceptionStays, m.StaffID, now); err != nil {
		return err
	}
	detail := map[string]any{"role": [2]string{current.String, m.Role}, "from": m.From, "ends": m.Ends}
	if m.From > tx.sc.s.today(tx.ctx, tx) {
		at, err := tx.sc.s.startOf(tx.ctx, tx, m.From)
		if err != nil {
			return err
		}
		tx.touchedIn(salon.LogMove, "staff", m.StaffID, m.Reason, detail)
		return tx.exec(`UPDATE staff SET role_id = ?, next_role = nullif(?, ''), next_at = ?, version = version + 1 WHERE id = ?`, current, m.Role, at, m.StaffID)
	}
	ends := ""
	if m.Ends != "" {
		if ends, err = tx.sc.s.endOf(tx.ctx, tx, m.Ends); err != nil {
			return err
		}
	}
	n := 0
	if current.String != m.Role {
		if n, err = tx.dropGiven(m.StaffID); err != nil {
			return err
		}
	}
	detail["exceptions_ended"] = n
	tx.touchedIn(salon.LogMove, "staff", m.StaffID, m.Reason, detail)
	return tx.exec(`UPDATE staff SET role_id = nullif(?, ''), role_ends = ?, next_role = NULL, next_at = '', version = version + 1 WHERE id = ?`, m.Role, ends, m.StaffID)
}

// otherOwner refuses what would leave the salon without an owner who can sign
// in and stays one.
func (tx *writeTx) otherOwner(staffID string) error {
	var other bool
	err := tx.QueryRowContext(tx.ctx, `SELECT EXISTS (SELECT 1 FROM staff st JOIN login l ON l.staff_id = st.id
		WHERE st.active = 1 AND st.deleted = 0 AND st.id <> ? AND `+roleNow+` = 'owner' AND st.role_ends = '' AND (st.next_at = '' OR st.next_at <= ? OR st.next_role = 'owner'))`,
		staffID, tx.now, tx.now, tx.now).Scan(&other)
	if err == nil && !other {
		return salon.E(salon.Denied, "The salon needs an owner. Make somebody else an owner first.")
	}
	return err
}

// GiveLogin lets a person sign in; with it they appear among those who can have
// exceptions. TakeLogin ends that, their sessions and their exceptions.
func (sc *Scope) GiveLogin(ctx context.Context, staffID, email, password string) error {
	_, err := sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		role, name, err := sc.s.roleOf(ctx, tx, staffID)
		if err != nil {
			return err
		}
		f := salon.StaffForm{Name: name, Role: role, Email: email, Password: password}
		tx.asks = map[string]string{"staff": staffID, "email": email}
		_, has, err := sc.s.holder(ctx, tx, staffID)
		if err != nil {
			return err
		}
		if has {
			return salon.E(salon.Clash, "%s can sign in already.", name)
		}
		if err := tx.checkStaffForm(f); err != nil {
			return err
		}
		if err := tx.mayGiveRole(role); err != nil {
			return err
		}
		if err := tx.addLogin(staffID, email, password); err != nil {
			return err
		}
		tx.touchedIn(salon.LogLogin, "staff", staffID, "given", map[string]bool{"login": true})
		return tx.noteOpenness()
	})
	return err
}

// TakeLogin ends a person's way in: password, sessions and exceptions.
func (sc *Scope) TakeLogin(ctx context.Context, staffID string) error {
	_, err := sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		h, ok, err := sc.s.holder(ctx, tx, staffID)
		if err != nil {
			return err
		}
		if !ok {
			return missing("sign-in")
		}
		if err := tx.mayEnd(h.StaffID, h.role); err != nil {
			return err
		}
		if _, err := tx.endAccess(staffID); err != nil {
			return err
		}
		tx.touchedIn(salon.LogLogin, "staff", staffID, "taken", map[string]bool{"login": false})
		return tx.noteOpenness()
	})
	return err
}

// mayEnd: nobody ends their own access, only an owner ends an owner's, and the
// last owner stays.
func (tx *writeTx) mayEnd(staffID, role string) error {
	if staffID == tx.sc.who.StaffID {
		return salon.E(salon.Denied, "Nobody can end their own access. Ask somebody else.")
	}
	if role != salon.Owner {
		return nil
	}
	if tx.sc.who.Role != salon.Owner && !tx.sc.machine() {
		return salon.E(salon.Denied, "Only an owner can change an owner's rights.")
	}
	return tx.otherOwner(staffID)
}
