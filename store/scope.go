package store

import (
	"context"
	"strings"

	"salonkeep/store/salon"
)

// Scope is the store as one signed-in person may use it, on one device and in
// one branch. Every method asks whether this person may.
type Scope struct {
	s        *Store
	who      salon.Who
	token    string // hash of the session; "" for the named scopes of background work
	device   string // id of the salon's device it is on, "" for any other browser
	strength salon.Strength
	rights

	approval string // id of the approval this request carries, see With
	reason   string // why, see Because
}

// As is the scope of work nobody is signed in for: the night's backup, the
// first run, the command line. The log names it. Only the appliance has a
// Store, so only the appliance can ask for one.
func (s *Store) As(name string) *Scope {
	r := rights{grants: map[salon.Act]salon.Grant{}, fields: map[salon.Field]salon.Show{}}
	for _, a := range salon.Acts() {
		r.grants[a.Act] = salon.Grant{Reach: salon.All, Answer: salon.Yes}
	}
	for _, f := range salon.Fields {
		r.fields[f] = salon.Visible
	}
	r.grants[machineAct] = salon.Grant{Reach: salon.All, Answer: salon.Yes}
	return &Scope{s: s, who: salon.Who{Name: name, Role: "system", Station: "this PC"}, strength: salon.SecondFactor, rights: r}
}

// machineAct is reading and writing what the PC keeps for itself: keys and
// certificates. No role has it.
const machineAct salon.Act = "machine"

// machine tells whether this is background work, which nobody is signed in for.
func (sc *Scope) machine() bool { return sc.grants[machineAct].Allows() }

// Who is the person this scope acts for.
func (sc *Scope) Who() salon.Who { return sc.who }

// Can tells whether this person has any grant for act: on anybody's records or
// on their own, freely or after asking.
func (sc *Scope) Can(act salon.Act) bool { return sc.grants[act].Allows() }

// Grant is how this person may do act; the zero Grant is not at all.
func (sc *Scope) Grant(act salon.Act) salon.Grant { return sc.grants[act] }

// Shows is how much of a field this person sees, the mask included.
func (sc *Scope) Shows(f salon.Field) salon.Show { return sc.fields[f].AtMost(salon.Visible) }

// With is this scope carrying an approval, which the change it was given for
// uses up.
func (sc *Scope) With(approvalID string) *Scope {
	c := *sc
	c.approval = approvalID
	return &c
}

// Because is this scope with a reason, for acts whose grant demands one. The
// log keeps it.
func (sc *Scope) Because(reason string) *Scope {
	c := *sc
	c.reason = strings.TrimSpace(reason)
	return &c
}

// may lets a read pass or refuses it. Where the grant asks for an approval it
// is used up here: such reads are asked for one by one. A change goes through
// write, which uses the approval up in its own transaction.
func (sc *Scope) may(ctx context.Context, act salon.Act) error {
	if err := sc.mayTry(ctx, act); err != nil {
		return err
	}
	switch sc.grants[act].Answer {
	case salon.Flag:
		return sc.refuse(ctx, act, "")
	case salon.Ask, salon.Two:
		_, err := sc.run(ctx, act, func(tx *writeTx) error {
			tx.touchedAs("act", string(act), sc.reason, nil)
			return nil
		})
		return err
	}
	return nil
}

// mayTry refuses what this person may not even ask for on this device, and
// what lacks the reason or the approval it needs. It notes the refusal and
// says who could help.
func (sc *Scope) mayTry(ctx context.Context, act salon.Act) error {
	g := sc.grants[act]
	if !g.Allows() {
		return sc.refuse(ctx, act, "")
	}
	if info, known := salon.ActNamed(act); known && !sc.strength.AtLeast(info.Strength) {
		return sc.refuseWeak(ctx, act, info.Strength)
	}
	switch {
	case g.Answer == salon.Why && sc.reason == "":
		return sc.refuse(ctx, act, salon.Why)
	case (g.Answer == salon.Ask || g.Answer == salon.Two) && sc.approval == "":
		return sc.refuse(ctx, act, g.Answer)
	}
	sc.s.used(sc.who.StaffID, act)
	return nil
}

// refuse notes a refusal and puts it into words. answer is what this person
// could do about it: give a reason, ask first, fetch a second person; "" where
// there is no grant at all.
func (sc *Scope) refuse(ctx context.Context, act salon.Act, answer salon.Answer) error {
	if sc.s == nil {
		return salon.E(salon.Auth, "Please sign in.")
	}
	if err := sc.look(ctx, "refused", "act", string(act), ""); err != nil {
		return err
	}
	asker := salon.Grant{Answer: answer}
	if act == salon.SeeContact && answer == salon.Ask {
		asker = sc.grants[act] // beyond the day's allowance
	}
	helpers, err := sc.s.helpers(ctx, sc.s.r, act, asker, sc.who.StaffID)
	if err != nil {
		return err
	}
	helpers = helpers[:min(len(helpers), 3)]
	var names []string
	for _, h := range helpers {
		names = append(names, h.Name)
	}
	e := refusal(answer, strings.Join(names, " / "))
	e.Act, e.Answer, e.Helpers = act, answer, helpers
	return e
}

func refusal(answer salon.Answer, names string) *salon.Error {
	switch {
	case answer == salon.Why:
		return salon.E(salon.Denied, "Say why first. Your reason goes into the log.")
	case answer == salon.Two && names == "":
		return salon.E(salon.Denied, "This needs a second person. Ask the owner.")
	case answer == salon.Two:
		return salon.E(salon.Denied, "This needs a second person: %s.", names)
	case answer == salon.Ask && names == "":
		return salon.E(salon.Denied, "Ask the owner first.")
	case answer == salon.Ask:
		return salon.E(salon.Denied, "Ask %s first.", names)
	case names == "":
		return salon.E(salon.Denied, "You may not do that. Ask the owner.")
	}
	return salon.E(salon.Denied, "You may not do that. Ask %s.", names)
}

// refuseWeak is the answer to a session that is too easily borrowed for act.
func (sc *Scope) refuseWeak(ctx context.Context, act salon.Act, min salon.Strength) error {
	if err := sc.look(ctx, "refused", "act", string(act), "signed in by "+string(sc.strength)); err != nil {
		return err
	}
	e := salon.E(salon.Denied, "A PIN is not enough for this. Sign in with your password.")
	if min == salon.SecondFactor {
		e = salon.E(salon.Denied, "This needs your second factor. Sign in with it.")
	}
	e.Act = act
	return e
}

// missing is the one answer for what is not there and what this person may not
// know of.
func missing(what string) error {
	return salon.E(salon.Missing, "There is no such "+what+".")
}
