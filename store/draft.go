package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"salonkeep/store/salon"
)

const (
	draftTime = 24 * time.Hour
	draftSize = 64 << 10
	mostDraft = 50 // per person
)

// KeepDraft keeps what this person has half typed, under a name of the page's
// choice, so that a locked screen loses nothing. Nobody else sees it, and it is
// gone after a day. It is not worth a row in the log.
func (sc *Scope) KeepDraft(ctx context.Context, key, text string) error {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return err
	}
	if key == "" || len(key) > 200 || len(text) > draftSize {
		return salon.E(salon.Invalid, "This is too long to be kept for later.")
	}
	if text == "" {
		_, err := sc.s.w.ExecContext(ctx, `DELETE FROM draft WHERE staff_id = ? AND key = ?`, sc.who.StaffID, key)
		return asSalonError(err)
	}
	var n int
	if err := sc.s.r.QueryRowContext(ctx, `SELECT count(*) FROM draft WHERE staff_id = ? AND key <> ?`, sc.who.StaffID, key).Scan(&n); err != nil {
		return asSalonError(err)
	}
	if n >= mostDraft {
		return salon.E(salon.Closed, "Too much is kept for later. Finish something first.")
	}
	_, err := sc.s.w.ExecContext(ctx, `INSERT INTO draft (staff_id, key, text, at) VALUES (?,?,?,?) ON CONFLICT (staff_id, key) DO UPDATE SET text = excluded.text, at = excluded.at`,
		sc.who.StaffID, key, text, sc.s.now())
	return asSalonError(err)
}

// Draft is what this person had half typed, "" if nothing.
func (sc *Scope) Draft(ctx context.Context, key string) (text string, err error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return "", err
	}
	err = sc.s.r.QueryRowContext(ctx, `SELECT text FROM draft WHERE staff_id = ? AND key = ? AND at > ?`, sc.who.StaffID, key, stamp(sc.s.o.Now().Add(-draftTime))).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, asSalonError(err)
}

// Drafts are the names of what this person had half typed.
func (sc *Scope) Drafts(ctx context.Context) ([]string, error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	keys, err := texts(ctx, sc.s.r, `SELECT key FROM draft WHERE staff_id = ? AND at > ? ORDER BY at DESC`, sc.who.StaffID, stamp(sc.s.o.Now().Add(-draftTime)))
	return keys, asSalonError(err)
}

// Sweep forgets what has run out: sessions, half sign-ins, codes, drafts,
// counts of wrong tries. Whether it runs changes nothing but the size of the
// file.
func (sc *Scope) Sweep(ctx context.Context) error {
	if err := sc.may(ctx, machineAct); err != nil {
		return err
	}
	now, day := sc.s.now(), stamp(sc.s.o.Now().Add(-draftTime))
	for stmt, before := range map[string]string{
		`DELETE FROM session WHERE expires_at <= ?`: now, `DELETE FROM half_session WHERE expires_at <= ?`: now, `DELETE FROM ceremony WHERE expires_at <= ?`: now,
		`DELETE FROM pairing WHERE expires_at <= ?`: now, `DELETE FROM draft WHERE at <= ?`: day, `DELETE FROM login_try WHERE last_at <= ?`: day,
	} {
		if _, err := sc.s.w.ExecContext(ctx, stmt, before); err != nil {
			return asSalonError(fmt.Errorf("sweep: %w", err))
		}
	}
	return nil
}
