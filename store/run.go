package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"salonkeep/store/salon"
)

// AskBackup asks the backup loop for a restore point on one target, or on all.
// The request is a row, so it survives a power cut.
func (sc *Scope) AskBackup(ctx context.Context, targetID, reason, label string) (id string, err error) {
	_, err = sc.write(ctx, salon.RunBackup, func(tx *writeTx) error {
		var n, waiting int
		err := tx.QueryRowContext(ctx, `SELECT
			(SELECT count(*) FROM backup_target WHERE removed_at = '' AND (? = '' OR id = ?)),
			(SELECT count(*) FROM backup_run WHERE state IN ('asked', 'running') AND target_id = ?)`, targetID, targetID, targetID).Scan(&n, &waiting)
		if err != nil {
			return err
		}
		if n == 0 {
			return salon.E(salon.Missing, "There is no place for backups yet. Add a USB drive, a folder or a bucket first.")
		}
		if waiting > 0 {
			return salon.E(salon.Clash, "A backup is already running.")
		}
		id = newID()
		tx.touchedAs("backup", id, reason, nil)
		return tx.exec(`INSERT INTO backup_run (id, target_id, reason, label, asked_by, asked_at, state, updated_at) VALUES (?,?,?,?,?,?,'asked',?)`,
			id, targetID, reason, label, sc.who.Name, tx.now, tx.now)
	})
	return id, err
}

// Run is one backup run.
func (sc *Scope) Run(ctx context.Context, id string) (salon.Run, error) {
	if err := sc.may(ctx, salon.ViewBackup); err != nil {
		return salon.Run{}, err
	}
	list, err := sc.s.runs(ctx, `id = ?`, 1, id)
	if err != nil {
		return salon.Run{}, err
	}
	if len(list) == 0 {
		return salon.Run{}, missing("backup run")
	}
	return list[0], nil
}

func (s *Store) runs(ctx context.Context, cond string, n int, args ...any) ([]salon.Run, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, target_id, reason, label, asked_by, asked_at, state, stage, done, total, say
		FROM backup_run WHERE `+cond+` ORDER BY asked_at DESC, id DESC LIMIT ?`, append(args, n)...)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list backup runs: %w", err))
	}
	defer rows.Close()
	var out []salon.Run
	for rows.Next() {
		var r salon.Run
		if err := rows.Scan(&r.ID, &r.TargetID, &r.Reason, &r.Label, &r.AskedBy, &r.AskedAt, &r.State, &r.Stage, &r.Done, &r.Total, &r.Say); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// NextRun takes the oldest asked run and marks it running. ok is false when
// nobody asked.
func (sc *Scope) NextRun(ctx context.Context) (run salon.Run, ok bool, err error) {
	if err := sc.may(ctx, salon.RunBackup); err != nil {
		return run, false, err
	}
	var id string
	err = sc.s.r.QueryRowContext(ctx, `SELECT id FROM backup_run WHERE state = 'asked' ORDER BY asked_at, id LIMIT 1`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return run, false, nil
	}
	if err != nil {
		return run, false, asSalonError(err)
	}
	_, err = sc.write(ctx, salon.RunBackup, func(tx *writeTx) error {
		tx.touchedAs("backup", id, "started", nil)
		return tx.exec(`UPDATE backup_run SET state = 'running', updated_at = ? WHERE id = ? AND state = 'asked'`, tx.now, id)
	})
	if err != nil {
		return run, false, err
	}
	run, err = sc.Run(ctx, id)
	return run, err == nil, err
}

// Advance says how far a run is. It is not worth a row in the log.
func (sc *Scope) Advance(ctx context.Context, id, stage string, done, total int64) error {
	if err := sc.may(ctx, salon.RunBackup); err != nil {
		return err
	}
	_, err := sc.s.w.ExecContext(ctx, `UPDATE backup_run SET stage = ?, done = ?, total = ?, updated_at = ? WHERE id = ? AND state = 'running'`, stage, done, total, sc.s.now(), id)
	if err != nil {
		return asSalonError(fmt.Errorf("note progress: %w", err))
	}
	sc.s.events.publish(salon.Event{Kind: "backup"})
	return nil
}

// FinishRun ends a run with its result in words.
func (sc *Scope) FinishRun(ctx context.Context, id string, good bool, say string) error {
	state := salon.RunFailed
	if good {
		state = salon.RunGood
	}
	_, err := sc.write(ctx, salon.RunBackup, func(tx *writeTx) error {
		tx.touchedAs("backup", id, string(state), map[string]string{"say": say})
		return tx.exec(`UPDATE backup_run SET state = ?, say = ?, updated_at = ? WHERE id = ?`, state, say, tx.now, id)
	})
	return err
}

// AbandonRuns fails the runs that a stop of the program cut short: a run that
// says "running" for ever would be a lie.
func (sc *Scope) AbandonRuns(ctx context.Context) error {
	_, err := sc.write(ctx, salon.RunBackup, func(tx *writeTx) error {
		tx.touchedAs("backup", "", "start", nil)
		return tx.exec(`UPDATE backup_run SET state = 'failed', say = 'The PC was switched off during this backup.', updated_at = ? WHERE state = 'running'`, tx.now)
	})
	return err
}
