package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// Roles are all roles with what they may do and see and who holds them now,
// the builtin ones first.
func (sc *Scope) Roles(ctx context.Context) ([]salon.RoleSheet, error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return nil, err
	}
	return sc.s.roles(ctx, sc.s.r)
}

func (s *Store) roles(ctx context.Context, q queryer) ([]salon.RoleSheet, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, version, name, builtin, reveals FROM role WHERE deleted = 0 ORDER BY builtin DESC, name COLLATE NOCASE, id`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list roles: %w", err))
	}
	defer rows.Close()
	var out []salon.RoleSheet
	for rows.Next() {
		r := salon.RoleSheet{Grants: map[salon.Act]salon.Grant{}, Fields: map[salon.Field]salon.Show{}}
		if err := rows.Scan(&r.ID, &r.Version, &r.Name, &r.Builtin, &r.Reveals); err != nil {
			return nil, err
		}
		r.Locked = r.ID == salon.Owner
		out = append(out, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	holders, err := s.roleHolders(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range out {
		r := &out[i]
		r.Holders = holders[r.ID]
		if err := s.loadGrants(ctx, q, r.ID, r.Grants); err != nil {
			return nil, err
		}
		seen := rights{fields: r.Fields}
		if err := s.loadFields(ctx, q, r.ID, &seen); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b salon.RoleSheet) int { return roleOrder(a.ID) - roleOrder(b.ID) })
	return out, nil
}

func roleOrder(id string) int {
	if i := slices.Index(salon.Roles, id); i >= 0 {
		return i
	}
	return len(salon.Roles)
}

// roleHolders are the people of each role now, whether they can sign in or not.
func (s *Store) roleHolders(ctx context.Context, q queryer) (map[string][]salon.Helper, error) {
	now := s.now()
	rows, err := q.QueryContext(ctx, `SELECT st.id, st.name, coalesce(`+roleNow+`, '') FROM staff st WHERE st.active = 1 AND st.deleted = 0 AND st.person = 1 ORDER BY st.name COLLATE NOCASE, st.id`, now, now)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list who has which role: %w", err))
	}
	defer rows.Close()
	out := map[string][]salon.Helper{}
	for rows.Next() {
		var h salon.Helper
		var role string
		if err := rows.Scan(&h.StaffID, &h.Name, &role); err != nil {
			return nil, err
		}
		out[role] = append(out[role], h)
	}
	return out, rows.Err()
}

// PreviewRoles reads a change of roles back in sentences, or says why it cannot
// be saved. Nothing is changed.
func (sc *Scope) PreviewRoles(ctx context.Context, list []salon.RoleChange) ([]salon.Sentence, error) {
	if !sc.Can(salon.EditRoles) {
		return nil, sc.refuse(ctx, salon.EditRoles, "")
	}
	var out []salon.Sentence
	for _, c := range list {
		e, err := sc.s.editing(ctx, sc.s.r, c)
		if err != nil {
			return nil, err
		}
		out = append(out, e.sentences...)
	}
	return out, nil
}

// SaveRoles changes, makes, copies and renames roles, all of the list or
// nothing. It is in force with everybody's next tap. Nobody gives more than
// they hold or changes the role they have, and the owner's role is not changed.
func (sc *Scope) SaveRoles(ctx context.Context, list []salon.RoleChange) (said []salon.Sentence, err error) {
	_, err = sc.write(ctx, salon.EditRoles, func(tx *writeTx) error {
		if len(list) == 0 {
			return salon.E(salon.Invalid, "Nothing was changed.")
		}
		tx.asks = list
		for _, c := range list {
			e, err := sc.s.editing(ctx, tx, c)
			if err != nil {
				return err
			}
			if err := tx.saveRole(e); err != nil {
				return err
			}
			said = append(said, e.sentences...)
		}
		return tx.noteOpenness()
	})
	if err != nil {
		return nil, err
	}
	return said, nil
}

// editing is a change of one role put together with the role as it is.
type editing struct {
	salon.RoleChange
	role      salon.RoleSheet // as it is, or what a new one begins as
	isNew     bool
	sentences []salon.Sentence
	gives     map[salon.Act]salon.Grant // what becomes wider
	shows     map[salon.Field]salon.Show
}

func (s *Store) editing(ctx context.Context, q queryer, c salon.RoleChange) (*editing, error) {
	all, err := s.roles(ctx, q)
	if err != nil {
		return nil, err
	}
	c.Name = strings.TrimSpace(c.Name)
	e := &editing{RoleChange: c, isNew: c.Role == "", gives: map[salon.Act]salon.Grant{}, shows: map[salon.Field]salon.Show{}}
	from := c.Role
	if e.isNew {
		from = c.CopyOf
	}
	i := slices.IndexFunc(all, func(r salon.RoleSheet) bool { return r.ID == from })
	switch {
	case i >= 0:
		e.role = all[i]
	case from != "":
		return nil, missing("role")
	default:
		e.role = salon.RoleSheet{Grants: map[salon.Act]salon.Grant{}, Fields: map[salon.Field]salon.Show{}, Reveals: 10}
	}
	if err := e.check(all); err != nil {
		return nil, err
	}
	e.compare()
	return e, nil
}

func (e *editing) check(all []salon.RoleSheet) error {
	bad := salon.E(salon.Invalid, "The role cannot be saved like this yet.")
	if !e.isNew && e.role.Locked {
		return salon.E(salon.Denied, "The owner's role cannot be changed.")
	}
	if e.isNew && e.role.Locked {
		return salon.E(salon.Denied, "The owner's role cannot be copied.")
	}
	if !e.isNew && e.Version != e.role.Version {
		return salon.E(salon.Clash, "Not saved: it was changed meanwhile. Look at it again.")
	}
	if e.isNew && e.Name == "" || len(e.Name) > 100 {
		bad.On("name", "What is the role called?")
	}
	for _, r := range all {
		if r.ID != e.Role && e.Name != "" && strings.EqualFold(r.Name, e.Name) {
			bad.On("name", "There is already a role with this name.")
		}
	}
	for a, g := range e.Grants {
		info, known := salon.ActNamed(a)
		field := "grant:" + string(a)
		switch {
		case !known:
			return salon.E(salon.Invalid, "There is no such right.")
		case !g.Allows():
		case !info.MayReach(g.Reach) || !info.MayAnswer(g.Answer):
			bad.On(field, "This right cannot be given like this.")
		case g.LimitCents < 0 || g.LimitPercent < 0 || g.LimitPercent > 100 || !info.Limit && (g.LimitCents > 0 || g.LimitPercent > 0):
			bad.On(field, "This limit cannot be set.")
		case !e.role.Grants[a].Covers(g) && strings.TrimSpace(g.Need) == "":
			bad.On("need:"+string(a), "Say why this role needs it.")
		}
	}
	for f, s := range e.Fields {
		if !f.Known() || s != salon.Hidden && s != salon.Masked && s != salon.Visible {
			return salon.E(salon.Invalid, "There is no such field.")
		}
	}
	if e.Reveals != nil && (*e.Reveals < 0 || *e.Reveals > 1000) {
		bad.On("reveals", "Choose a number between 0 and 1000.")
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}

// compare finds what becomes wider, and says everything that changes. Of a new
// role all of it is new.
func (e *editing) compare() {
	name := e.role.Word()
	if e.isNew {
		name = e.Name
		if e.CopyOf != "" {
			e.sentences = append(e.sentences, salon.Say("New role: %s. It begins as %s.", e.Name, e.role.Word()))
		} else {
			e.sentences = append(e.sentences, salon.Say("New role: %s. It may nothing but what is said here.", e.Name))
		}
		for a, g := range e.role.Grants {
			e.gives[a] = g
		}
		for f, s := range e.role.Fields {
			e.shows[f] = s
		}
	} else if e.Name != "" && e.Name != e.role.Name {
		e.sentences = append(e.sentences, salon.Say("%s is now called %s.", name, e.Name))
		name = e.Name
	}
	for _, info := range salon.Acts() {
		g, named := e.Grants[info.Act]
		old := e.role.Grants[info.Act]
		if !named || sameGrant(old, g) {
			continue
		}
		e.sentences = append(e.sentences, salon.SayGrant(name, info, g)...)
		if !old.Covers(g) || e.isNew {
			e.gives[info.Act] = g
		}
	}
	for _, f := range salon.Fields {
		show, named := e.Fields[f]
		old := e.role.Fields[f].AtMost(salon.Visible)
		if !named || show == old {
			continue
		}
		e.sentences = append(e.sentences, salon.SayShow(name, f, show))
		if show.MoreThan(old) || e.isNew {
			e.shows[f] = show
		}
	}
	if e.Reveals != nil && *e.Reveals != e.role.Reveals {
		e.sentences = append(e.sentences, salon.Say("%s may have %d masked contacts shown a day.", name, *e.Reveals))
	}
}

// sameGrant compares what a grant allows, not why.
func sameGrant(a, b salon.Grant) bool {
	a.Need, b.Need = "", ""
	return a == b || !a.Allows() && !b.Allows()
}

func (tx *writeTx) saveRole(e *editing) error {
	if e.Role != "" && e.Role == tx.sc.who.Role && !tx.sc.machine() {
		return salon.E(salon.Denied, "Nobody can change their own rights. Ask somebody else.")
	}
	if err := errors.Join(tx.mayGive(e.gives), tx.mayShow(e.shows)); err != nil {
		return err
	}
	said, err := json.Marshal(e.sentences)
	if err != nil {
		return err
	}
	id := e.Role
	if e.isNew {
		id = newID()
		if err := tx.exec(`INSERT INTO role (id, name, reveals, changed_at, changes, branch_id) VALUES (?,?,?,?,?,?)`, id, e.Name, e.role.Reveals, tx.now, string(said), tx.branch); err != nil {
			return err
		}
		for _, a := range sortedKeys(e.role.Grants) {
			if _, named := e.Grants[a]; !named {
				if err := tx.putGrant(id, a, e.role.Grants[a], tx.branch); err != nil {
					return err
				}
			}
		}
		for _, f := range sortedKeys(e.role.Fields) {
			if _, named := e.Fields[f]; !named {
				if err := tx.putField(id, f, e.role.Fields[f], tx.branch); err != nil {
					return err
				}
			}
		}
	} else if err := tx.exec(`UPDATE role SET name = coalesce(nullif(?, ''), name), builtin = iif(? NOT IN ('', name), 0, builtin), reveals = coalesce(?, reveals), changed_at = ?, changes = ?, version = version + 1 WHERE id = ?`,
		e.Name, e.Name, e.Reveals, tx.now, string(said), id); err != nil {
		return err
	}
	detail, err := tx.saveGrants(id, e)
	if err != nil {
		return err
	}
	tx.touchedIn(salon.LogRole, "role", id, "", detail)
	return nil
}

// saveGrants writes what changed, and gives old and new for the log.
func (tx *writeTx) saveGrants(id string, e *editing) (map[string]any, error) {
	grants, fields := map[salon.Act][2]salon.Grant{}, map[salon.Field][2]salon.Show{}
	for _, a := range sortedKeys(e.Grants) {
		old, g := e.role.Grants[a], e.Grants[a]
		if !e.isNew && old == g {
			continue
		}
		if err := tx.exec(`UPDATE role_grant SET deleted = 1, version = version + 1 WHERE role_id = ? AND act = ? AND deleted = 0`, id, a); err != nil {
			return nil, err
		}
		if g.Allows() {
			if err := tx.putGrant(id, a, g, tx.branch); err != nil {
				return nil, err
			}
		}
		grants[a] = [2]salon.Grant{old, g}
	}
	for _, f := range sortedKeys(e.Fields) {
		old, show := e.role.Fields[f], e.Fields[f]
		if !e.isNew && old == show {
			continue
		}
		if err := tx.exec(`UPDATE role_field SET deleted = 1, version = version + 1 WHERE role_id = ? AND field = ? AND deleted = 0`, id, f); err != nil {
			return nil, err
		}
		if err := tx.putField(id, f, show, tx.branch); err != nil {
			return nil, err
		}
		fields[f] = [2]salon.Show{old, show}
	}
	detail := map[string]any{"role": e.role.Name}
	if e.isNew {
		detail["role"], detail["copy_of"] = e.Name, e.CopyOf
	}
	if len(grants) > 0 {
		detail["grants"] = grants
	}
	if len(fields) > 0 {
		detail["fields"] = fields
	}
	if e.Name != "" && !e.isNew {
		detail["name"] = [2]string{e.role.Name, e.Name}
	}
	if e.Reveals != nil {
		detail["reveals"] = [2]int{e.role.Reveals, *e.Reveals}
	}
	return detail, nil
}

// mayShow is the rule that nobody shows others what they do not see.
func (tx *writeTx) mayShow(shows map[salon.Field]salon.Show) error {
	if tx.sc.who.Role == salon.Owner || tx.sc.machine() {
		return nil
	}
	for f, s := range shows {
		if !s.MoreThan(tx.sc.Shows(f)) {
			continue
		}
		if _, err := tx.approver(); err != nil {
			return err
		}
		r, err := tx.sc.s.rightsOf(tx.ctx, tx, tx.paid.answeredBy, tx.paid.role)
		if err != nil {
			return err
		}
		if s.MoreThan(r.fields[f]) {
			return salon.E(salon.Denied, "Nobody can show others more than they see themselves. Ask the owner.")
		}
	}
	return nil
}

// DeleteRole takes away a role nobody has and nobody will get.
func (sc *Scope) DeleteRole(ctx context.Context, id string, version int64) error {
	_, err := sc.write(ctx, salon.EditRoles, func(tx *writeTx) error {
		var name string
		var have int64
		err := tx.QueryRowContext(ctx, `SELECT name, version FROM role WHERE id = ? AND deleted = 0`, id).Scan(&name, &have)
		if errors.Is(err, sql.ErrNoRows) {
			return missing("role")
		}
		if err != nil {
			return err
		}
		if slices.Contains(salon.Roles, id) {
			return salon.E(salon.Denied, "The roles a salon begins with stay. Take their rights away instead.")
		}
		if have != version {
			return tx.changedSince("role", id)
		}
		var held int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM staff WHERE deleted = 0 AND active = 1 AND (role_id = ? OR next_role = ?)`, id, id).Scan(&held); err != nil {
			return err
		}
		if held > 0 {
			return salon.E(salon.Clash, "Somebody still has this role. Give them another one first.")
		}
		tx.touchedIn(salon.LogRole, "role", id, "deleted", map[string]string{"role": name})
		return tx.exec(`UPDATE role SET deleted = 1, version = version + 1 WHERE id = ?`, id)
	})
	return err
}

// readBack says in sentences what exactly an approval was asked for, where its
// detail is a change of roles. Anything else speaks for itself.
func (s *Store) readBack(ctx context.Context, q queryer, a salon.Approval) ([]salon.Sentence, error) {
	if a.Act != salon.EditRoles || a.Kind != salon.DoOnce {
		return nil, nil
	}
	var list []salon.RoleChange
	if err := json.Unmarshal(a.Detail, &list); err != nil {
		// Whoever asked wrote something else: it can be read, and fits nothing.
		return []salon.Sentence{salon.Say("This request does not say what would change.")}, nil //nolint:nilerr // what somebody typed is no fault of ours
	}
	var out []salon.Sentence
	for _, c := range list {
		e, err := s.editing(ctx, q, c)
		var said *salon.Error
		switch {
		case errors.As(err, &said):
			out = append(out, salon.Say(said.Say, said.Args...))
		case err != nil:
			return nil, err
		default:
			out = append(out, e.sentences...)
		}
	}
	return out, nil
}
