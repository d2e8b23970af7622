package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// revealSeconds is how long a page shows a revealed contact.
const revealSeconds = 60

// MaskSettings is the mask with the list of exceptions: everybody who can sign
// in, and nobody else.
func (sc *Scope) MaskSettings(ctx context.Context) (sheet salon.MaskSheet, err error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return sheet, err
	}
	mask, err := maskOf(ctx, sc.s.r)
	if err != nil {
		return sheet, err
	}
	sheet.On, sheet.Seconds, sheet.Covers = !mask.off, revealSeconds, map[salon.Field]bool{}
	for _, f := range salon.Contacts {
		sheet.Covers[f] = mask.covers(f)
	}
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return sheet, err
	}
	roles, err := sc.s.roles(ctx, sc.s.r)
	if err != nil {
		return sheet, err
	}
	for _, h := range all {
		p, err := sc.s.maskPerson(ctx, h, roles, mask)
		if err != nil {
			return sheet, err
		}
		sheet.People = append(sheet.People, p)
	}
	return sheet, nil
}

func (s *Store) maskPerson(ctx context.Context, h holder, roles []salon.RoleSheet, mask maskState) (salon.MaskPerson, error) {
	p := salon.MaskPerson{Helper: h.Helper, Role: h.role, RoleName: "", Opens: salon.AsRole, Reach: salon.All, Limit: h.reveals,
		Locked: h.role == salon.Owner || !h.grants[salon.ViewClient].Freely()}
	if i := slices.IndexFunc(roles, func(r salon.RoleSheet) bool { return r.ID == h.role }); i >= 0 {
		byRole := rights{grants: roles[i].Grants, fields: roles[i].Fields, contacts: salon.All}
		byRole.mask(mask, "")
		p.RoleName, p.ByRole, p.Reach = roles[i].Word(), byRole.fields[salon.Phone].AtMost(salon.Visible), byRole.contacts
	}
	if e, ok := h.excepted[salon.SeeContact]; ok {
		p.Opens = map[salon.Answer]salon.Opening{salon.No: salon.Concealed, salon.Why: salon.WithWhy, salon.Yes: salon.Unmasked}[e.grant.Answer]
		p.Ends = lastDay(e.endsAt, s.local(ctx, s.r).Location())
	}
	var err error
	if p.Today, err = s.revealsToday(ctx, s.r, h.StaffID); err != nil {
		return p, err
	}
	err = s.r.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE actor_id = ? AND act = ? AND at >= ?`, h.StaffID, salon.LogReveal, stamp(s.o.Now().AddDate(0, 0, -30))).Scan(&p.Reveals)
	return p, asSalonError(err)
}

// SetMasking switches the mask. On takes the right to decide about masking; off
// takes an approval, whoever asks.
func (sc *Scope) SetMasking(ctx context.Context, on bool) error {
	act, word := salon.Unmask, "off"
	if on {
		act, word = salon.EditMasking, "on"
	}
	_, err := sc.write(ctx, act, func(tx *writeTx) error {
		old, err := maskOf(ctx, tx)
		if err != nil {
			return err
		}
		tx.asks = map[string]string{"mask": word}
		was := map[bool]string{true: "off", false: "on"}[old.off]
		tx.touchedIn(salon.LogMask, "mask", "", "", map[string]any{"mask": [2]string{was, word}})
		if err := tx.setBusiness("mask", word); err != nil {
			return err
		}
		return tx.noteOpenness()
	})
	return err
}

// SetMaskFields says which contact fields the mask covers. Phone numbers and
// e-mail addresses are always covered while it is on. Taking a field out takes
// an approval like switching the mask off.
func (sc *Scope) SetMaskFields(ctx context.Context, covered []salon.Field) error {
	if !sc.Can(salon.EditMasking) {
		return sc.refuse(ctx, salon.EditMasking, "")
	}
	var open []string
	for _, f := range salon.Contacts {
		if f != salon.Phone && f != salon.Email && !slices.Contains(covered, f) {
			open = append(open, string(f))
		}
	}
	before, err := maskOf(ctx, sc.s.r)
	if err != nil {
		return err
	}
	act := salon.EditMasking
	for _, f := range open {
		if !before.open[salon.Field(f)] {
			act = salon.Unmask
		}
	}
	_, err = sc.write(ctx, act, func(tx *writeTx) error {
		// Asked again within the transaction: somebody may have closed a field since.
		old, err := maskOf(ctx, tx)
		if err != nil {
			return err
		}
		for _, f := range open {
			if !old.open[salon.Field(f)] && act != salon.Unmask {
				return salon.E(salon.Clash, "Not saved: it was changed meanwhile. Look at it again.")
			}
		}
		tx.asks = map[string]any{"mask.open": strings.Join(open, " ")}
		tx.touchedIn(salon.LogMask, "mask", "", "", map[string]any{"open": [2][]string{fieldNames(old), open}})
		if err := tx.setBusiness("mask.open", strings.Join(open, " ")); err != nil {
			return err
		}
		return tx.noteOpenness()
	})
	return err
}

func fieldNames(m maskState) (out []string) {
	for _, f := range salon.Contacts {
		if m.open[f] {
			out = append(out, string(f))
		}
	}
	return out
}

// setBusiness keeps a setting of the whole business.
func (tx *writeTx) setBusiness(key, value string) error {
	return tx.updateOrInsert(`UPDATE business_setting SET value = ?1, deleted = 0, version = version + 1 WHERE key = ?2`,
		`INSERT INTO business_setting (value, key, branch_id) VALUES (?1, ?2, ?3)`, value, key, tx.branch)
}

// MaskPreview is what another person sees of one client. What the viewer does
// not see themselves is not shown to them by way of somebody else's eyes.
func (sc *Scope) MaskPreview(ctx context.Context, staffID, clientID string) (seen salon.Seen, err error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return seen, err
	}
	if err := sc.may(ctx, salon.ViewClient); err != nil {
		return seen, err
	}
	if _, err := sc.client(ctx, sc.s.r, clientID); err != nil {
		return seen, err
	}
	h, ok, err := sc.s.holder(ctx, sc.s.r, staffID)
	if err != nil {
		return seen, err
	}
	if !ok {
		return seen, missing("person")
	}
	if err := sc.look(ctx, string(salon.LogPreview), "client", clientID, h.Name); err != nil {
		return seen, err
	}
	seen = salon.Seen{Helper: h.Helper, Shows: map[salon.Field]salon.Show{}}
	if err := sc.s.r.QueryRowContext(ctx, `SELECT `+servedBy("?"), staffID, clientID).Scan(&seen.Serves); err != nil {
		return seen, asSalonError(fmt.Errorf("ask who serves: %w", err))
	}
	theirs := &Scope{s: sc.s, who: salon.Who{StaffID: staffID, Name: h.Name, Role: h.role}, rights: h.rights}
	if !theirs.Can(salon.ViewClient) {
		return seen, nil
	}
	within := *theirs
	within.fields = map[salon.Field]salon.Show{}
	for _, f := range salon.Fields {
		seen.Shows[f] = theirs.Shows(f)
		if f.IsContact() && theirs.contacts == salon.Served && !seen.Serves {
			seen.Shows[f] = seen.Shows[f].AtMost(salon.Masked)
		}
		within.fields[f] = theirs.Shows(f).AtMost(sc.Shows(f))
	}
	if sc.contacts == salon.Served {
		within.contacts = salon.Served
	}
	seen.Client, err = within.client(ctx, sc.s.r, clientID)
	if salon.KindOf(err) == salon.Missing {
		return seen, nil
	}
	seen.Knows = err == nil
	seen.Reveals = theirs.mayReveal(salon.Phone)
	return seen, err
}

// revealsToday are the contacts a person had shown since midnight in the salon.
func (s *Store) revealsToday(ctx context.Context, q queryer, staffID string) (n int, err error) {
	since, err := s.startOf(ctx, q, s.today(ctx, q))
	if err != nil {
		return 0, err
	}
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE actor_id = ? AND act = ? AND at >= ?`, staffID, salon.LogReveal, since).Scan(&n)
	return n, asSalonError(err)
}

// revealUntil is when a page takes a contact revealed now away again.
func (s *Store) revealUntil() string { return stamp(s.o.Now().Add(revealSeconds * time.Second)) }
