package store

import (
	"context"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// Scope is the store as one signed-in person may use it, on one device and in
// one branch. Every method asks whether this person may.
type Scope struct {
	s      *Store
	who    salon.Who
	token  string // hash of the session; "" for the named scopes of background work
	grants map[salon.Act]salon.Reach
}

// As is the scope of work nobody is signed in for: the night's backup, the
// first run, the command line. The log names it. Only the appliance has a
// Store, so only the appliance can ask for one.
func (s *Store) As(name string) *Scope {
	grants := map[salon.Act]salon.Reach{}
	for act, reach := range salon.DefaultGrants()["owner"] {
		grants[act] = reach
	}
	grants[machineAct] = salon.All
	return &Scope{s: s, who: salon.Who{Name: name, Role: "system", Station: "this PC"}, grants: grants}
}

// machineAct is reading and writing what the PC keeps for itself: keys and
// certificates. No role has it.
const machineAct salon.Act = "machine"

// Who is the person this scope acts for.
func (sc *Scope) Who() salon.Who { return sc.who }

// Can tells whether this person may do act at all, on anybody's records or on
// their own.
func (sc *Scope) Can(act salon.Act) bool { return sc.grants[act] != "" }

// may refuses what Can denies, notes the refusal, and says who could help.
func (sc *Scope) may(ctx context.Context, act salon.Act) error {
	if sc.Can(act) {
		return nil
	}
	return sc.refuse(ctx, act)
}

func (sc *Scope) refuse(ctx context.Context, act salon.Act) error {
	if sc.s == nil {
		return salon.E(salon.Auth, "Please sign in.")
	}
	if err := sc.look(ctx, "refused", "act", string(act), ""); err != nil {
		return err
	}
	names, err := sc.s.whoCan(ctx, act)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return salon.E(salon.Denied, "You may not do that. Ask the owner.")
	}
	return salon.E(salon.Denied, "You may not do that. Ask %s.", strings.Join(names, " / "))
}

// whoCan are up to three people who may do act, the least powerful first.
func (s *Store) whoCan(ctx context.Context, act salon.Act) ([]string, error) {
	rows, err := s.r.QueryContext(ctx, `
		SELECT st.name FROM staff st
		JOIN login l ON l.staff_id = st.id
		JOIN role_grant g ON g.role_id = st.role_id AND g.act = ? AND g.reach = 'all' AND g.deleted = 0
		WHERE st.active = 1 AND st.deleted = 0
		ORDER BY (SELECT count(*) FROM role_grant o WHERE o.role_id = st.role_id AND o.deleted = 0), st.name LIMIT 3`, act)
	if err != nil {
		return nil, fmt.Errorf("who can %s: %w", act, err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, rows.Err()
}

// missing is the one answer for what is not there and what this person may not
// know of.
func missing(what string) error {
	return salon.E(salon.Missing, "There is no such "+what+".")
}

// phone and email put a stored contact into the form this person may see.
func (sc *Scope) phone(s string) salon.Contact {
	if sc.grants[salon.SeeContact] == salon.All {
		return salon.PlainContact(s)
	}
	return salon.MaskPhone(s)
}

func (sc *Scope) email(s string) salon.Contact {
	if sc.grants[salon.SeeContact] == salon.All {
		return salon.PlainContact(s)
	}
	return salon.MaskEmail(s)
}
