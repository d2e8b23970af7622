package store

import (
	"context"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// rights are what one person may do and see at one moment: their role, what
// was excepted for them, and the salon's mask, put together.
type rights struct {
	grants map[salon.Act]salon.Grant
	fields map[salon.Field]salon.Show
	// contacts is on whose cards fields says what is seen of contacts; on all
	// others at most the mask is.
	contacts salon.Reach
	reveals  int                        // of masked contacts a day
	excepted map[salon.Act]exceptionRow // what was excepted for this person, by act
}

// exceptionRow is one exception that counts now.
type exceptionRow struct {
	id     string
	grant  salon.Grant
	endsAt string
}

// roleNow is the role a person has at an instant, as SQL over st and two
// arguments, the instant twice. A role ends, and the next begins, by time
// alone: no job has to run for it.
const roleNow = `iif(st.next_at <> '' AND st.next_at <= ?, st.next_role, iif(st.role_ends = '' OR st.role_ends > ?, st.role_id, NULL))`

// exceptionNow is the condition that an exception e of a person st counts at an
// instant, given twice. What was given to somebody in one role ends when the
// next begins; that contacts are hidden from them does not.
const exceptionNow = `e.deleted = 0 AND (e.ends_at = '' OR e.ends_at > ?)
	AND (st.next_at = '' OR st.next_at > ? OR e.given_at >= st.next_at OR ` + exceptionStays + `)`

const exceptionStays = `(e.act = 'contact.view' AND e.answer = 'no')`

// rightsOf are the rights of one person in a role. Whoever is signed in may
// use their own account, even when their role has ended.
func (s *Store) rightsOf(ctx context.Context, q queryer, staffID, role string) (rights, error) {
	r := rights{grants: map[salon.Act]salon.Grant{}, fields: map[salon.Field]salon.Show{}, contacts: salon.All}
	err := s.loadGrants(ctx, q, role, r.grants)
	if err != nil {
		return rights{}, err
	}
	r.grants[salon.OwnAccount] = salon.Grant{Reach: salon.All, Answer: salon.Yes}
	if role != salon.Owner {
		if r.excepted, err = s.exceptionsOf(ctx, q, staffID); err != nil {
			return rights{}, err
		}
	}
	for a, e := range r.excepted {
		if e.grant.Answer == salon.No {
			delete(r.grants, a)
			continue
		}
		r.grants[a] = e.grant
	}
	if err := s.loadFields(ctx, q, role, &r); err != nil {
		return rights{}, err
	}
	mask, err := maskOf(ctx, q)
	if err != nil {
		return rights{}, err
	}
	r.mask(mask, r.excepted[salon.SeeContact].grant.Answer)
	return r, nil
}

func (s *Store) loadGrants(ctx context.Context, q queryer, role string, into map[salon.Act]salon.Grant) error {
	rows, err := q.QueryContext(ctx, `SELECT act, reach, answer, limit_cents, limit_percent, need FROM role_grant WHERE role_id = ? AND deleted = 0`, role)
	if err != nil {
		return asSalonError(fmt.Errorf("read grants: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var a salon.Act
		var g salon.Grant
		if err := rows.Scan(&a, &g.Reach, &g.Answer, &g.LimitCents, &g.LimitPercent, &g.Need); err != nil {
			return err
		}
		into[a] = g
	}
	return rows.Err()
}

func (s *Store) loadFields(ctx context.Context, q queryer, role string, r *rights) error {
	rows, err := q.QueryContext(ctx, `SELECT f.field, f.shows, ro.reveals FROM role ro LEFT JOIN role_field f ON f.role_id = ro.id AND f.deleted = 0 WHERE ro.id = ?`, role)
	if err != nil {
		return asSalonError(fmt.Errorf("read fields: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var f, show *string
		if err := rows.Scan(&f, &show, &r.reveals); err != nil {
			return err
		}
		if f != nil {
			r.fields[salon.Field(*f)] = salon.Show(*show)
		}
	}
	return rows.Err()
}

// mask settles what is seen of contacts. excepted is the answer of this
// person's own exception, "" if they have none.
func (r *rights) mask(m maskState, excepted salon.Answer) {
	g := r.grants[salon.SeeContact]
	covered := false
	for _, f := range salon.Contacts {
		role := r.fields[f]
		switch {
		case excepted == salon.No:
			r.fields[f] = salon.Hidden
		case excepted == salon.Yes:
			r.fields[f] = salon.Visible
		case !m.covers(f) && excepted == "":
			r.fields[f] = salon.Visible
			if role != salon.Visible && role != salon.Masked {
				r.fields[f] = salon.Hidden
			}
			continue
		case !g.Freely() || excepted != "":
			r.fields[f] = role.AtMost(salon.Masked)
		default:
			r.fields[f] = role.AtMost(salon.Visible)
		}
		covered = true
	}
	if covered && g.Allows() && g.Reach != "" {
		r.contacts = g.Reach
	}
}

// maskState is the salon's own switch: whether contacts are masked, and which.
type maskState struct {
	off  bool
	open map[salon.Field]bool // fields taken out of the mask
}

func (m maskState) covers(f salon.Field) bool { return !m.off && !m.open[f] }

// maskOf reads the switch. Whatever is missing or cannot be read is masked: no
// import, restore or upgrade that loses a row can open anything.
func maskOf(ctx context.Context, q queryer) (maskState, error) {
	m := maskState{open: map[salon.Field]bool{}}
	rows, err := q.QueryContext(ctx, `SELECT key, value FROM business_setting WHERE key IN ('mask', 'mask.open') AND deleted = 0`)
	if err != nil {
		return m, asSalonError(fmt.Errorf("read the mask: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return m, err
		}
		if k == "mask" {
			m.off = v == "off"
			continue
		}
		for _, f := range strings.Fields(v) {
			m.open[salon.Field(f)] = true
		}
	}
	return m, rows.Err()
}

// servedBy is the condition that a client was or is served by a person, as SQL
// over the expression that names the client.
func servedBy(client string) string {
	return `EXISTS (SELECT 1 FROM appointment sv WHERE sv.staff_id = ? AND sv.client_id = ` + client + ` AND sv.deleted = 0)`
}

// known is whether a client's contacts are seen as fields says, as SQL over
// the expression that names the client.
func (sc *Scope) contactsKnown(client string) (string, []any) {
	if sc.contacts != salon.Served {
		return "1", nil
	}
	return servedBy(client), []any{sc.who.StaffID}
}

// contact puts a stored contact into the form this person may see. known says
// whether the client is one of those whose contacts they may see.
func (sc *Scope) contact(f salon.Field, value string, known bool) salon.Contact {
	show := sc.Shows(f)
	if !known {
		show = show.AtMost(salon.Masked)
	}
	return salon.ContactOf(f, value, show)
}

// used notes in memory that somebody used a right today; the next change
// writes it down. What a power cut loses of it is a day's mark.
func (s *Store) used(staffID string, act salon.Act) {
	if staffID == "" {
		return
	}
	day := s.now()[:len("2006-01-02")]
	s.usesMu.Lock()
	defer s.usesMu.Unlock()
	if s.uses == nil {
		s.uses = map[use]string{}
	}
	if u := (use{staffID, act}); s.usesKept[u] != day {
		s.uses[u] = day
	}
}

type use struct {
	staffID string
	act     salon.Act
}

// keepUses writes down what used has noted, and gives what to call when the
// transaction has been committed.
func (tx *writeTx) keepUses() (kept func(), err error) {
	s := tx.sc.s
	s.usesMu.Lock()
	uses := make(map[use]string, len(s.uses))
	for u, day := range s.uses {
		uses[u] = day
	}
	s.usesMu.Unlock()
	for u, day := range uses {
		if err := tx.exec(`INSERT INTO act_use (staff_id, act, day) VALUES (?,?,?) ON CONFLICT (staff_id, act) DO UPDATE SET day = max(day, excluded.day)`, u.staffID, u.act, day); err != nil {
			return nil, fmt.Errorf("note used rights: %w", err)
		}
	}
	return func() {
		s.usesMu.Lock()
		defer s.usesMu.Unlock()
		if s.usesKept == nil {
			s.usesKept = map[use]string{}
		}
		for u, day := range uses {
			s.usesKept[u] = day
			if s.uses[u] == day {
				delete(s.uses, u)
			}
		}
	}, nil
}
