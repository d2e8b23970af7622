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
	rows, err := sc.s.r.QueryContext(ctx, `SELECT st.id, st.version, st.code, st.name, coalesce(st.role_id, ''), st.person, st.active, coalesce(l.email, '')
		FROM staff st LEFT JOIN login l ON l.staff_id = st.id
		WHERE st.deleted = 0 ORDER BY st.active DESC, st.person DESC, st.name COLLATE NOCASE, st.id`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list staff: %w", err))
	}
	defer rows.Close()
	var out []salon.Staff
	for rows.Next() {
		var st salon.Staff
		if err := rows.Scan(&st.ID, &st.Version, &st.Code, &st.Name, &st.Role, &st.Person, &st.Active, &st.Login); err != nil {
			return nil, err
		}
		if !sc.Can(salon.EditStaff) {
			st.Login = ""
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
	if err := tx.exec(`INSERT INTO staff (id, code, name, role_id, language, performs, branch_id) VALUES (?,?,?,nullif(?, ''),?,?,?)`, id, f.Code, f.Name, f.Role, f.Language, hasColumn(f.Role), tx.branch); err != nil {
		return "", err
	}
	if f.Email != "" {
		tx.sc.s.o.at("staff:before-login")
		c := tx.sc.s.cost()
		hash, err := hashPassword(f.Password, c)
		if err != nil {
			return "", err
		}
		if err := tx.exec(`INSERT INTO login (staff_id, email, password, changed_at) VALUES (?,?,?,?)`, id, f.Email, hash, tx.now); err != nil {
			return "", err
		}
	}
	tx.touchedAs("staff", id, "", map[string]any{"role": f.Role, "login": f.Email != ""})
	return id, nil
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
	if f.Email != "" && checkNewPassword(f.Password) != nil {
		bad.On("password", "Use at least 10 characters; three words are a good start.")
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}
