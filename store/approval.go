package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"salonkeep/store/salon"
)

const (
	askTime    = 24 * time.Hour     // a request to do something once waits this long
	accessTime = 7 * 24 * time.Hour // a request for access
	useTime    = 2 * time.Hour      // and what was granted must be used within this
	accessDays = 90                 // the longest access an answer can give
)

// AskApproval asks somebody else to approve one act. It gives the id the act
// is then done with (Scope.With).
func (sc *Scope) AskApproval(ctx context.Context, f salon.AskForm) (id string, err error) {
	if sc.Can(salon.OwnAccount) && !sc.Can(f.Act) {
		// What has no grant cannot be approved once: it is access that is missing.
		return "", sc.refuse(ctx, f.Act, "")
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		id, err = tx.ask(salon.DoOnce, f, askTime)
		return err
	})
	return id, err
}

// AskAccess asks to be allowed an act for a time.
func (sc *Scope) AskAccess(ctx context.Context, act salon.Act, reason string) (id string, err error) {
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		if sc.grants[act].Freely() {
			return salon.E(salon.Invalid, "You may do this already.")
		}
		id, err = tx.ask(salon.GetAccess, salon.AskForm{Act: act, Reason: reason}, accessTime)
		return err
	})
	return id, err
}

// ReportWrong says that a right is wrong: too much, too little, for the wrong
// reason. Somebody has to answer it.
func (sc *Scope) ReportWrong(ctx context.Context, act salon.Act, text string) (id string, err error) {
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		id, err = tx.ask(salon.ReportWrong, salon.AskForm{Act: act, Reason: text}, accessTime)
		return err
	})
	return id, err
}

func (tx *writeTx) ask(kind salon.ApprovalKind, f salon.AskForm, wait time.Duration) (string, error) {
	if f.Reason = strings.TrimSpace(f.Reason); f.Reason == "" || len(f.Reason) > 2000 {
		return "", salon.E(salon.Invalid, "Say why you ask.").On("reason", "One sentence is enough.")
	}
	if _, known := salon.ActNamed(f.Act); !known {
		return "", salon.E(salon.Invalid, "There is no such right.")
	}
	if f.AmountCents < 0 || f.Percent < 0 || f.Percent > 100 || len(f.AboutID) > 200 || len(f.Detail) > 64<<10 {
		return "", salon.E(salon.Invalid, "This cannot be asked for like this.")
	}
	if err := tx.knowsAbout(f.AboutKind, f.AboutID); err != nil {
		return "", err
	}
	detail := "{}"
	if len(f.Detail) > 0 {
		if !json.Valid(f.Detail) {
			return "", salon.E(salon.Invalid, "This cannot be asked for like this.")
		}
		detail = string(f.Detail)
	}
	var waiting int
	if err := tx.QueryRowContext(tx.ctx, `SELECT count(*) FROM approval WHERE asked_by = ? AND state = 'asked' AND expires_at > ? AND deleted = 0`, tx.sc.who.StaffID, tx.now).Scan(&waiting); err != nil {
		return "", err
	}
	if waiting >= 20 {
		return "", salon.E(salon.Closed, "You have many requests waiting. Take one back, or wait for an answer.")
	}
	id := newID()
	tx.touchedIn(salon.LogAsk, "approval", id, f.Reason, map[string]any{"kind": kind, "act": f.Act, "about_kind": f.AboutKind, "about": f.AboutID})
	return id, tx.exec(`INSERT INTO approval (id, kind, act, about_kind, about_id, amount_cents, percent, detail, reason, asked_by, asked_at, expires_at, state, branch_id)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'asked',?)`, id, kind, f.Act, f.AboutKind, f.AboutID, f.AmountCents, f.Percent, detail, f.Reason,
		tx.sc.who.StaffID, tx.now, stamp(tx.sc.s.o.Now().Add(wait)), tx.branch)
}

// knowsAbout refuses to ask about a record the asker may not know of: the
// request shows its name.
func (tx *writeTx) knowsAbout(kind, id string) error {
	act, ok := map[string]salon.Act{"client": salon.ViewClient, "appointment": salon.ViewCalendar, "sale": salon.ViewSales}[kind]
	if !ok || id == "" {
		return nil
	}
	if !tx.sc.Can(act) {
		return missing("record")
	}
	return tx.sc.knows(tx.ctx, tx, kind, id)
}

// AnswerApproval grants or declines. Nobody answers their own request, and only
// who may do the act themselves may approve it for somebody else.
func (sc *Scope) AnswerApproval(ctx context.Context, id string, f salon.AnswerForm) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		a, err := tx.waiting(id)
		if err != nil {
			return err
		}
		can, err := tx.sc.s.mayAnswer(tx.ctx, tx, tx.sc.who.StaffID, a)
		if err != nil {
			return err
		}
		info, _ := salon.ActNamed(a.Act)
		if !can || !sc.strength.AtLeast(info.Strength) {
			return tx.notMine(a)
		}
		if a.Kind == salon.GetAccess && f.Grant {
			if err := tx.giveAccess(a, info, f); err != nil {
				return err
			}
		}
		return tx.answer(a, f.Grant, f.Note)
	})
	return err
}

func (tx *writeTx) notMine(a salon.Approval) error {
	if a.AskedByID == tx.sc.who.StaffID {
		return salon.E(salon.Denied, "Nobody can approve their own request.")
	}
	return salon.E(salon.Denied, "You cannot answer this request.")
}

func (tx *writeTx) answer(a salon.Approval, grant bool, note string) error {
	if note = strings.TrimSpace(note); !grant && note == "" {
		return salon.E(salon.Invalid, "Say why not.").On("note", "One sentence is enough.")
	}
	state, until := salon.Declined, a.ExpiresAt
	if grant {
		state = salon.Granted
		if a.Kind == salon.DoOnce {
			until = stamp(tx.sc.s.o.Now().Add(useTime))
		}
	}
	tx.touchedIn(salon.LogAnswer, "approval", a.ID, note, map[string]any{"kind": a.Kind, "act": a.Act, "answer": state, "asked_by": a.AskedByID})
	return tx.exec(`UPDATE approval SET state = ?, answered_by = nullif(?, ''), answered_at = ?, note = ?, expires_at = ?, version = version + 1 WHERE id = ?`,
		state, tx.sc.who.StaffID, tx.now, note, until, a.ID)
}

// giveAccess lets the asker do the act until the end of a day.
func (tx *writeTx) giveAccess(a salon.Approval, info salon.ActInfo, f salon.AnswerForm) error {
	today := tx.sc.s.today(tx.ctx, tx)
	if _, err := salon.ParseDay(string(f.Until)); err != nil || f.Until < today || f.Until > today.Add(accessDays) {
		return salon.E(salon.Invalid, "Say until when.").On("until", "Choose a day within the next 90 days.")
	}
	g := salon.Grant{Reach: f.Reach, Answer: f.Answer}
	if g.Reach == "" {
		g.Reach = info.Reaches[0]
	}
	if g.Answer == "" {
		g.Answer = salon.Yes
		if a.Act == salon.SeeContact {
			g.Answer = salon.Why
		}
	}
	if !info.MayReach(g.Reach) || !info.MayAnswer(g.Answer) {
		return salon.E(salon.Invalid, "This right cannot be given like this.")
	}
	if err := tx.mayGive(map[salon.Act]salon.Grant{a.Act: g}); err != nil {
		return err
	}
	return tx.except(exceptionForm{staffID: a.AskedByID, act: a.Act, grant: g, ends: f.Until, reason: a.Reason})
}

// WithdrawApproval takes back one's own request.
func (sc *Scope) WithdrawApproval(ctx context.Context, id string) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		a, err := tx.waiting(id)
		if err != nil {
			return err
		}
		if a.AskedByID != sc.who.StaffID {
			return missing("request")
		}
		tx.touchedIn(salon.LogAnswer, "approval", id, "", map[string]any{"answer": salon.Withdrawn})
		return tx.exec(`UPDATE approval SET state = 'withdrawn', version = version + 1 WHERE id = ?`, id)
	})
	return err
}

// ConfirmAlone is how the owner of a very small salon answers their own
// request: with their password, once more. It works only while the salon has
// that setting and too few people for a second one to be there, and the log
// names it for what it is.
func (sc *Scope) ConfirmAlone(ctx context.Context, id, password string) error {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return err
	}
	right, err := sc.s.isPassword(ctx, sc.who.StaffID, sc.who.Station, password)
	if err != nil {
		return err
	}
	if !right {
		if err := sc.look(ctx, "sign-in.wrong", "staff", sc.who.StaffID, "confirm alone"); err != nil {
			return err
		}
		return salon.E(salon.Auth, "That is not your password.").On("password", "Type it again.")
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		a, err := tx.waiting(id)
		if err != nil {
			return err
		}
		if a.AskedByID != sc.who.StaffID || a.Kind != salon.DoOnce {
			return missing("request")
		}
		small, err := tx.sc.s.smallSalon(ctx, tx)
		if err != nil {
			return err
		}
		if !small || sc.who.Role != salon.Owner {
			return salon.E(salon.Denied, "This needs a second person: only the owner of a very small salon can confirm alone.")
		}
		tx.touchedIn(salon.LogAlone, "approval", id, a.Reason, map[string]any{"act": a.Act})
		return tx.exec(`UPDATE approval SET state = 'granted', alone = 1, answered_by = ?, answered_at = ?, expires_at = ?, version = version + 1 WHERE id = ?`,
			sc.who.StaffID, tx.now, stamp(sc.s.o.Now().Add(useTime)), id)
	})
	return err
}

// secondPerson is a request answered on the spot by somebody who is standing
// there and has proved who they are. It gives the approval's id.
func (tx *writeTx) secondPerson(staffID string, f salon.AskForm) (string, error) {
	id, err := tx.ask(salon.DoOnce, f, useTime)
	if err != nil {
		return "", err
	}
	a, err := tx.waiting(id)
	if err != nil {
		return "", err
	}
	can, err := tx.sc.s.mayAnswer(tx.ctx, tx, staffID, a)
	if err != nil {
		return "", err
	}
	if !can {
		return "", salon.E(salon.Denied, "This person cannot approve that for you.")
	}
	tx.touchedIn(salon.LogAnswer, "approval", id, "second person", map[string]any{"act": a.Act, "answer": salon.Granted, "by": staffID})
	return id, tx.exec(`UPDATE approval SET state = 'granted', answered_by = ?, answered_at = ?, version = version + 1 WHERE id = ?`, staffID, tx.now, id)
}

// waiting is a request that can still be answered.
func (tx *writeTx) waiting(id string) (salon.Approval, error) {
	list, err := tx.sc.s.approvals(tx.ctx, tx, `a.id = ?`, id)
	if err != nil {
		return salon.Approval{}, err
	}
	if len(list) == 0 {
		return salon.Approval{}, missing("request")
	}
	switch a := list[0]; a.State {
	case salon.Asked:
		return a, nil
	case salon.Expired:
		return a, salon.E(salon.Clash, "This request has run out of time.")
	default:
		return a, salon.E(salon.Clash, "This request has been answered already.")
	}
}

// mayAnswer tells whether a person may answer a request: never their own.
func (s *Store) mayAnswer(ctx context.Context, q queryer, staffID string, a salon.Approval) (bool, error) {
	all, err := s.holders(ctx, q)
	if err != nil {
		return false, err
	}
	for _, h := range answerers(all, a) {
		if h.StaffID == staffID {
			return true, nil
		}
	}
	return false, nil
}

// answerers are the people who may answer a request, the least powerful first.
func answerers(all []holder, a salon.Approval) []salon.Helper {
	var asker salon.Grant
	for _, h := range all {
		if h.StaffID == a.AskedByID {
			asker = h.grants[a.Act]
		}
	}
	return helpersOf(all, a.AskedByID, func(h holder) bool {
		decides := h.role == salon.Owner || h.grants[salon.EditRoles].Freely()
		switch a.Kind {
		case salon.ReportWrong:
			return decides
		case salon.GetAccess:
			return decides && canHelp(h, a.Act, salon.Grant{})
		}
		g := h.grants[a.Act]
		return canHelp(h, a.Act, asker) && (h.role == salon.Owner || g.Within(a.AmountCents, a.Percent))
	})
}

// Approvals are what this person has to answer and what they asked for.
func (sc *Scope) Approvals(ctx context.Context) (sheet salon.ApprovalSheet, err error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return sheet, err
	}
	list, err := sc.s.approvals(ctx, sc.s.r, `(a.asked_by = ? OR a.state = 'asked' AND a.expires_at > ?)`, sc.who.StaffID, sc.s.now())
	if err != nil {
		return sheet, err
	}
	for _, a := range list {
		if err := sc.complete(ctx, &a); err != nil {
			return sheet, err
		}
		if a.Mine && len(sheet.Mine) < 50 {
			sheet.Mine = append(sheet.Mine, a)
		}
		if a.Answerable {
			sheet.ToAnswer = append(sheet.ToAnswer, a)
		}
	}
	return sheet, nil
}

// Approval is one request, for who asked and for who may answer or answered.
func (sc *Scope) Approval(ctx context.Context, id string) (salon.Approval, error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return salon.Approval{}, err
	}
	list, err := sc.s.approvals(ctx, sc.s.r, `a.id = ?`, id)
	if err != nil {
		return salon.Approval{}, err
	}
	if len(list) == 0 {
		return salon.Approval{}, missing("request")
	}
	a := list[0]
	if err := sc.complete(ctx, &a); err != nil {
		return salon.Approval{}, err
	}
	if !a.Mine && !a.Answerable && !sc.Can(salon.EditRoles) {
		return salon.Approval{}, missing("request")
	}
	return a, nil
}

// complete adds what depends on the viewer.
func (sc *Scope) complete(ctx context.Context, a *salon.Approval) error {
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return err
	}
	a.Mine = a.AskedByID == sc.who.StaffID
	if a.State == salon.Asked {
		a.Helpers = answerers(all, *a)
		for _, h := range a.Helpers {
			a.Answerable = a.Answerable || h.StaffID == sc.who.StaffID
		}
	}
	a.Sentences, err = sc.s.readBack(ctx, sc.s.r, *a)
	return err
}

// approvals are requests under a condition over a, newest first.
func (s *Store) approvals(ctx context.Context, q queryer, cond string, args ...any) ([]salon.Approval, error) {
	rows, err := q.QueryContext(ctx, `SELECT a.id, a.kind, a.act, a.about_kind, a.about_id,
			coalesce(CASE a.about_kind WHEN 'client' THEN (SELECT name FROM client WHERE id = a.about_id) WHEN 'staff' THEN (SELECT name FROM staff WHERE id = a.about_id)
				WHEN 'role' THEN (SELECT name FROM role WHERE id = a.about_id) WHEN 'sale' THEN (SELECT number FROM sale WHERE id = a.about_id) END, ''),
			a.amount_cents, a.percent, a.detail, a.reason, a.asked_by, st.name, a.asked_at, a.expires_at, a.state, coalesce(an.name, ''), a.answered_at, a.note, a.alone
		FROM approval a JOIN staff st ON st.id = a.asked_by LEFT JOIN staff an ON an.id = a.answered_by
		WHERE a.deleted = 0 AND `+cond+` ORDER BY a.asked_at DESC, a.id DESC LIMIT 500`, args...)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read requests: %w", err))
	}
	defer rows.Close()
	now := s.now()
	var out []salon.Approval
	for rows.Next() {
		var a salon.Approval
		var detail string
		if err := rows.Scan(&a.ID, &a.Kind, &a.Act, &a.AboutKind, &a.AboutID, &a.About, &a.AmountCents, &a.Percent, &detail, &a.Reason, &a.AskedByID, &a.AskedBy,
			&a.AskedAt, &a.ExpiresAt, &a.State, &a.AnsweredBy, &a.AnsweredAt, &a.Note, &a.Alone); err != nil {
			return nil, err
		}
		a.Detail = json.RawMessage(detail)
		if info, ok := salon.ActNamed(a.Act); ok {
			a.Say = info.Say
		}
		if a.ExpiresAt <= now && (a.State == salon.Asked || a.State == salon.Granted && a.Kind == salon.DoOnce) {
			a.State = salon.Expired
		}
		out = append(out, a)
	}
	return out, rows.Err()
}
