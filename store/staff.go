package store

import (
	"context"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// Staff are the people of the salon and the house, the active ones first.
// Logins are shown only to who may edit staff.
func (sc *Scope) Staff(ctx context.Context) ([]salon.Staff, error) {
	if err := sc.may(ctx, salon.ViewStaff); err != nil {
		return nil, err
	}
	now := sc.s.now()
	rows, err := sc.s.r.QueryContext(ctx, `SELECT st.id, st.version, st.code, st.name, coalesce(`+roleNow+`, ''), st.person, st.active, coalesce(l.email, ''),
			st.role_ends, coalesce(iif(st.next_at > ?, st.next_role, ''), ''), iif(st.next_at > ?, st.next_at, ''), st.joined_on, st.left_on
		FROM staff st LEFT JOIN login l ON l.staff_id = st.id
		WHERE st.deleted = 0 ORDER BY st.active DESC, st.person DESC, st.name COLLATE NOCASE, st.id`, now, now, now, now)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list staff: %w", err))
	}
	defer rows.Close()
	zone := sc.s.local(ctx, sc.s.r).Location()
	var out []salon.Staff
	for rows.Next() {
		var st salon.Staff
		var ends, next string
		if err := rows.Scan(&st.ID, &st.Version, &st.Code, &st.Name, &st.Role, &st.Person, &st.Active, &st.Login, &ends, &st.NextRole, &next, &st.Joined, &st.Left); err != nil {
			return nil, err
		}
		st.RoleEnds, st.NextFrom = lastDay(ends, zone), firstDay(next, zone)
		if !sc.Can(salon.EditStaff) {
			st.Login, st.RoleEnds, st.NextRole, st.NextFrom = "", "", "", ""
		}
		out = append(out, st)
	}
	return out, rows.Err()
}

// AddStaff adds a person, with a login if the form has one. Nobody gives a
// role that may more than they may themselves.
func (sc *Scope) AddStaff(ctx context.Context, f salon.StaffForm) (id string, err error) {
	_, err = sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		// The password is no part of what is asked for: approvals are read.
		tx.asks = map[string]string{"name": strings.TrimSpace(f.Name), "role": f.Role, "email": strings.ToLower(strings.TrimSpace(f.Email))}
		if err := tx.mayGiveRole(f.Role); err != nil {
			return err
		}
		id, err = tx.addStaff(f)
		return err
	})
	return id, err
}

// mayGiveRole refuses a role that may more than its giver, unless somebody who
// may give it approved just that.
func (tx *writeTx) mayGiveRole(role string) error {
	if tx.sc.who.Role == salon.Owner || tx.sc.machine() {
		return nil
	}
	if role == salon.Owner {
		return salon.E(salon.Denied, "Only an owner can make somebody an owner.")
	}
	gives := map[salon.Act]salon.Grant{}
	if err := tx.sc.s.loadGrants(tx.ctx, tx, role, gives); err != nil {
		return err
	}
	return tx.mayGive(gives)
}

// mayGive is the rule that nobody gives more than they hold. What one person
// does not hold, an approval of somebody who does makes up for.
func (tx *writeTx) mayGive(gives map[salon.Act]salon.Grant) error {
	if tx.sc.who.Role == salon.Owner || tx.sc.machine() {
		return nil
	}
	holds := tx.sc.grants
	for _, over := range []bool{false, true} {
		if over {
			approver, err := tx.approver()
			if err != nil {
				return err
			}
			holds = approver
		}
		enough := true
		for a, g := range gives {
			enough = enough && holds[a].Covers(g)
		}
		if enough {
			return nil
		}
	}
	return salon.E(salon.Denied, "Nobody can give more than they may themselves. Ask the owner.")
}

// hasColumn tells whether people of a role begin with a column on the calendar:
// those who may work on clients do, those who only run the shop do not.
func hasColumn(role string) bool {
	switch role {
	case "", "owner", "manager", "beautician":
		return true
	}
	return false
}

func (tx *writeTx) addStaff(f salon.StaffForm) (string, error) {
	f.Name, f.Email, f.Code = strings.TrimSpace(f.Name), strings.ToLower(strings.TrimSpace(f.Email)), strings.TrimSpace(f.Code)
	if err := tx.checkStaffForm(f); err != nil {
		return "", err
	}
	id := newID()
	if err := tx.exec(`INSERT INTO staff (id, code, name, role_id, language, performs, joined_on, branch_id) VALUES (?,?,?,nullif(?, ''),?,?,?,?)`,
		id, f.Code, f.Name, f.Role, f.Language, hasColumn(f.Role), tx.sc.s.today(tx.ctx, tx), tx.branch); err != nil {
		return "", err
	}
	if f.Email != "" {
		if err := tx.addLogin(id, f.Email, f.Password); err != nil {
			return "", err
		}
	}
	tx.touchedAs("staff", id, "", map[string]any{"role": f.Role, "login": f.Email != ""})
	return id, nil
}

// addLogin makes a password a way in. The form has been checked.
func (tx *writeTx) addLogin(staffID, email, password string) error {
	tx.sc.s.o.at("staff:before-login")
	hash, err := hashPassword(password, tx.sc.s.cost())
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO login (staff_id, email, password, changed_at) VALUES (?,?,?,?)`, staffID, strings.ToLower(strings.TrimSpace(email)), hash, tx.now)
}

func (tx *writeTx) checkStaffForm(f salon.StaffForm) error {
	bad := salon.E(salon.Invalid, "This person cannot be added like this yet.")
	if f.Name == "" {
		bad.On("name", "What is this person called?")
	}
	var known, taken int
	if err := tx.QueryRowContext(tx.ctx, `SELECT (SELECT count(*) FROM role WHERE id = ? AND deleted = 0), (SELECT count(*) FROM login WHERE email = ? AND ? <> '')`,
		f.Role, f.Email, f.Email).Scan(&known, &taken); err != nil {
		return err
	}
	if f.Role != "" && known == 0 {
		bad.On("role", "Choose one of the salon's roles.")
	}
	if taken > 0 {
		bad.On("email", "Somebody already signs in with this address.")
	}
	if f.Email != "" && f.Role == "" {
		bad.On("role", "Someone who signs in needs a role.")
	}
	if f.Email != "" && !looksLikeEmail(f.Email) {
		bad.On("email", "Type a whole e-mail address, for example rowan@example.com.")
	}
	if f.Email == "" && f.Password != "" {
		bad.On("email", "Someone with a password needs an e-mail address to sign in with.")
	}
	if f.Email != "" {
		adopt(bad, checkNewPassword(f.Password, f.Name, f.Email))
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}
