package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"salonkeep/store/salon"
)

// mayReveal tells whether this person can have a masked contact shown.
func (sc *Scope) mayReveal(f salon.Field) bool {
	return f.IsContact() && sc.Shows(f) != salon.Hidden && sc.grants[salon.SeeContact].Allows() && sc.grants[salon.ViewClient].Freely()
}

// Reveals is what a page says before it shows a contact: whether there is a
// way, and how much of the day's allowance is used.
func (sc *Scope) Reveals(ctx context.Context, f salon.Field) (st salon.RevealState, err error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return st, err
	}
	st.May, st.Limit = sc.mayReveal(f), sc.reveals
	st.Used, err = sc.s.revealsToday(ctx, sc.s.r, sc.who.StaffID)
	st.Ask = st.May && sc.grants[salon.SeeContact].Answer == salon.Why && st.Used >= st.Limit
	return st, err
}

// Reveal shows one masked contact of one client for a minute. The reason, the
// person, the device and the client go into the log in the same step that
// counts it. Beyond the day's allowance it takes an approval (Scope.With) for
// this client. It gives a contact that is in the open as well, so that a page
// needs to know no difference.
func (sc *Scope) Reveal(ctx context.Context, clientID string, f salon.Field, reason string) (out salon.Revealed, err error) {
	why := sc.Because(reason)
	if sc.grants[salon.SeeContact].Answer != salon.Why {
		// A plain grant needs no reason, but a given one is logged.
		why.reason = strings.TrimSpace(reason)
	}
	if why.reason == "" && sc.grants[salon.SeeContact].Answer == salon.Why {
		return out, salon.E(salon.Invalid, "Say what it is for.").On("reason", "Choose one, or write a few words.")
	}
	_, err = why.write(ctx, salon.SeeContact, func(tx *writeTx) error {
		if !f.IsContact() || len(why.reason) > 500 {
			return salon.E(salon.Invalid, "This cannot be shown.")
		}
		if _, err := why.client(ctx, tx.Tx, clientID); err != nil {
			return err
		}
		if err := tx.onlyServed(salon.SeeContact, clientID); err != nil {
			return err
		}
		if !why.mayReveal(f) {
			return salon.E(salon.Denied, "This is hidden from you. Ask somebody who sees it.")
		}
		if out.Used, err = sc.s.revealsToday(ctx, tx, sc.who.StaffID); err != nil {
			return err
		}
		out.Limit = sc.reveals
		if sc.grants[salon.SeeContact].Answer == salon.Why && out.Used >= out.Limit {
			if _, err := tx.approver(); err != nil {
				return err
			}
		}
		if err := tx.QueryRowContext(ctx, `SELECT `+string(f)+` FROM client WHERE id = ?`, clientID).Scan(&out.Value); err != nil {
			return err
		}
		if out.Value == "" {
			return missing("contact")
		}
		out.Used++
		tx.lookedAs(salon.LogReveal, "client", clientID, why.reason, map[string]string{"field": string(f)})
		return nil
	})
	if err != nil {
		return salon.Revealed{}, err
	}
	out.Until = sc.s.revealUntil()
	return out, nil
}

const (
	matchesPerHour = 10
	matchTime      = time.Hour
)

// MatchCaller tells whether a client whom this person may know of has this
// whole phone number, and nothing else: not who, and nothing for a part of a
// number. Each try is noted, and there are ten an hour, so that nobody can try
// out which numbers the salon knows.
func (sc *Scope) MatchCaller(ctx context.Context, number string) (known bool, err error) {
	_, err = sc.write(ctx, salon.ViewClient, func(tx *writeTx) error {
		country, err := branchSetting(ctx, tx, "country")
		if err != nil {
			return err
		}
		n, err := phonenumbers.Parse(strings.TrimSpace(number), country)
		if err != nil || !phonenumbers.IsValidNumber(n) {
			return salon.E(salon.Invalid, "Type the whole number.").On("number", "Type the whole number, with + and the country for one from abroad.")
		}
		var tries int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE actor_id = ? AND act = ? AND at > ?`,
			sc.who.StaffID, salon.LogMatch, stamp(sc.s.o.Now().Add(-matchTime))).Scan(&tries); err != nil {
			return fmt.Errorf("count caller matches: %w", err)
		}
		if tries >= matchesPerHour {
			return salon.E(salon.Denied, "You have matched %d callers within an hour. Wait a while, or ask the client for their name.", matchesPerHour)
		}
		e164 := phonenumbers.Format(n, phonenumbers.E164)
		where, args := sc.clientReach()
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM client c WHERE `+where+` AND c.phone = ?)`, append(args, e164)...).Scan(&known); err != nil {
			return err
		}
		tx.lookedAs(salon.LogMatch, "caller", tx.digest(e164), "", map[string]bool{"known": known})
		return nil
	})
	return known && err == nil, err
}
