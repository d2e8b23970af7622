package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"salonkeep/store/salon"
)

// errLocked is the one answer to whoever touches a locked screen.
func errLocked() error { return salon.E(salon.Auth, "This screen is locked. Enter your PIN.") }

// lockAfter is how long a session may stand untouched; 0 is for ever. A browser
// that is no device of the salon does not lock: there is no PIN to open it with.
func lockAfter(e entry, a salon.Access) time.Duration {
	switch e.device.kind {
	case salon.SharedDevice:
		return time.Duration(a.LockShared) * time.Second
	case salon.OwnDevice:
		return time.Duration(a.LockOwn) * time.Second
	}
	return 0
}

// awake lets a session pass that was touched not long ago, and locks it
// otherwise. When it was last touched stands in memory, and in the database no
// more often than it has to: after a restart a screen may lock early, never
// late.
func (s *Store) awake(ctx context.Context, e entry, a salon.Access, touch bool) error {
	if e.locked {
		return errLocked()
	}
	now, after := s.o.Now(), lockAfter(e, a)
	last, err := time.Parse(stampLayout, e.seen)
	if err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	kept := last
	s.touchedMu.Lock()
	if at := s.touched[e.sc.token]; at.After(last) {
		last = at
	}
	asleep := after > 0 && now.Sub(last) >= after
	if touch && !asleep {
		if s.touched == nil {
			s.touched = map[string]time.Time{}
		}
		s.touched[e.sc.token] = now
	}
	s.touchedMu.Unlock()
	if asleep {
		_, err := s.w.ExecContext(ctx, `UPDATE session SET locked = 1 WHERE token = ?`, e.sc.token)
		return errors.Join(asSalonError(err), errLocked())
	}
	every := time.Hour
	if after > 0 {
		every = min(every, after/2)
	}
	if !touch || now.Sub(kept) < every {
		return nil
	}
	return s.noteSeen(ctx, e, now)
}

func (s *Store) noteSeen(ctx context.Context, e entry, now time.Time) error {
	if _, err := s.w.ExecContext(ctx, `UPDATE session SET seen_at = ?, expires_at = ? WHERE token = ?`, stamp(now), stamp(now.Add(sessionLife)), e.sc.token); err != nil {
		return asSalonError(fmt.Errorf("note a visit: %w", err))
	}
	if e.sc.device == "" {
		return nil
	}
	_, err := s.w.ExecContext(ctx, `UPDATE device SET seen_at = ? WHERE id = ?`, stamp(now), e.sc.device)
	return asSalonError(err)
}

// Lock locks this screen now. A browser that is no device of the salon has no
// PIN to open it with: there the session ends.
func (sc *Scope) Lock(ctx context.Context) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedIn(salon.LogLock, "session", sc.who.StaffID, "", nil)
		if sc.device == "" {
			return tx.exec(`DELETE FROM session WHERE token = ?`, sc.token)
		}
		return tx.exec(`UPDATE session SET locked = 1 WHERE token = ?`, sc.token)
	})
	return err
}

// Locked is who is behind this device's locked screen, so that the PIN pad can
// greet them. The zero Locked is nobody.
func (d *Door) Locked(ctx context.Context, token string) (salon.Locked, error) {
	var out salon.Locked
	v, err := d.deviceAt(ctx, d.s.r)
	if err != nil || v.id == "" || v.ended != "" {
		return out, err
	}
	err = d.s.r.QueryRowContext(ctx, `SELECT st.id, st.name, EXISTS (SELECT 1 FROM pin p WHERE p.staff_id = st.id) FROM session se JOIN staff st ON st.id = se.staff_id
		WHERE se.token = ? AND se.device_id = ? AND se.locked = 1 AND se.expires_at > ? AND st.active = 1`, tokenHash(token), v.id, d.s.now()).Scan(&out.StaffID, &out.Name, &out.HasPin)
	if errors.Is(err, sql.ErrNoRows) {
		return salon.Locked{}, nil
	}
	return out, asSalonError(err)
}

// MySessions are the places this person is signed in, the newest first.
func (sc *Scope) MySessions(ctx context.Context) ([]salon.Session, error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	rows, err := sc.s.r.QueryContext(ctx, `SELECT substr(se.token, 1, 16), coalesce(d.name, se.station), se.strength, se.made_at, se.seen_at, se.token = ?
		FROM session se LEFT JOIN device d ON d.id = se.device_id WHERE se.staff_id = ? AND se.expires_at > ? ORDER BY se.made_at DESC, se.token`, sc.token, sc.who.StaffID, sc.s.now())
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list sessions: %w", err))
	}
	defer rows.Close()
	var out []salon.Session
	for rows.Next() {
		var x salon.Session
		if err := rows.Scan(&x.ID, &x.Station, &x.Strength, &x.MadeAt, &x.SeenAt, &x.Here); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// EndSessions signs this person out everywhere but here, or, with the id of one
// session, there.
func (sc *Scope) EndSessions(ctx context.Context, id string) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		n, err := tx.endSessions(id)
		if err == nil && n == 0 && id != "" {
			err = missing("session")
		}
		return err
	})
	return err
}

// endSessions ends this person's sessions but the one they are using.
func (tx *writeTx) endSessions(id string) (int64, error) {
	res, err := tx.ExecContext(tx.ctx, `DELETE FROM session WHERE staff_id = ?1 AND token <> ?2 AND (?3 = '' OR substr(token, 1, 16) = ?3)`, tx.sc.who.StaffID, tx.sc.token, id)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	tx.touchedIn(salon.LogSignOut, "session", tx.sc.who.StaffID, "other places", map[string]any{"ended": n})
	return n, tx.exec(`DELETE FROM half_session WHERE staff_id = ?`, tx.sc.who.StaffID)
}
