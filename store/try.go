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
	freeTries    = 5  // wrong secrets of one person before the first wait
	stationTries = 20 // the same for one device, which may try many names
	firstWait    = 30 * time.Second
	longestWait  = 15 * time.Minute
	forgetTries  = 24 * time.Hour
)

// try runs one check of a secret within the limits of its keys: what is tried,
// and how often in a row that may be wrong. The try is counted before the
// secret is looked at, so that many at once are as slow as many one by one;
// the count lives in the database, so that neither a restart nor another
// browser starts it anew.
func (s *Store) try(ctx context.Context, keys map[string]int, check func() (bool, error)) (bool, error) {
	if err := s.countTry(ctx, keys); err != nil {
		return false, err
	}
	right, err := check()
	if err != nil || !right {
		return false, err
	}
	for key := range keys {
		if _, err := s.w.ExecContext(ctx, `DELETE FROM login_try WHERE who = ?`, key); err != nil {
			return false, asSalonError(fmt.Errorf("forget tries: %w", err))
		}
	}
	return true, nil
}

func (s *Store) countTry(ctx context.Context, keys map[string]int) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return asSalonError(fmt.Errorf("count try: %w", err))
	}
	defer tx.Rollback()
	now := s.o.Now()
	for key := range keys {
		if err := tooSoon(ctx, tx, key, now); err != nil {
			return err
		}
	}
	for key, free := range keys {
		var tries int
		err := tx.QueryRowContext(ctx, `INSERT INTO login_try (who, tries, closed_to, last_at) VALUES (?, 1, '', ?)
			ON CONFLICT (who) DO UPDATE SET tries = iif(last_at < ?, 1, tries + 1), last_at = excluded.last_at RETURNING tries`,
			key, stamp(now), stamp(now.Add(-forgetTries))).Scan(&tries)
		if err != nil {
			return fmt.Errorf("count try: %w", err)
		}
		if tries < free {
			continue
		}
		wait := min(firstWait<<min(tries-free, 10), longestWait)
		if _, err := tx.ExecContext(ctx, `UPDATE login_try SET closed_to = ? WHERE who = ?`, stamp(now.Add(wait)), key); err != nil {
			return fmt.Errorf("count try: %w", err)
		}
	}
	return tx.Commit()
}

// tooSoon refuses a try that comes before the wait is over.
func tooSoon(ctx context.Context, q queryer, key string, now time.Time) error {
	var closedTo string
	err := q.QueryRowContext(ctx, `SELECT closed_to FROM login_try WHERE who = ?`, key).Scan(&closedTo)
	if errors.Is(err, sql.ErrNoRows) || err == nil && closedTo <= stamp(now) {
		return nil
	}
	if err != nil {
		return asSalonError(fmt.Errorf("read tries: %w", err))
	}
	until, err := time.Parse(stampLayout, closedTo)
	if err != nil {
		return fmt.Errorf("read tries: %w", err)
	}
	wait := until.Sub(now).Round(time.Second)
	return salon.E(salon.Auth, "Too many wrong tries. Wait %d seconds and try again.", int(max(wait, time.Second)/time.Second))
}
