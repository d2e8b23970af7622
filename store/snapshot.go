package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"salonkeep/store/salon"
)

const (
	freezeTries = 40
	freezeWait  = 50 * time.Millisecond
)

// Snapshot writes a consistent image of the whole database into w while the
// salon goes on working, and the facts that image must show when it is opened.
//
// The log is written into the file under the write lock, then a read
// transaction is begun before the lock is let go: as long as it lasts, SQLite
// itself keeps every process from writing into the file, so the file can be
// streamed as it is. Where a long reader keeps the log from being written
// down, a copy is made by VACUUM INTO instead.
func (s *Store) Snapshot(ctx context.Context, w io.Writer) (salon.Facts, error) {
	conn, err := s.r.Conn(ctx)
	if err != nil {
		return salon.Facts{}, asSalonError(fmt.Errorf("open a reader: %w", err))
	}
	defer conn.Close()
	frozen, err := s.freeze(ctx, conn)
	if err != nil {
		return salon.Facts{}, asSalonError(err)
	}
	if !frozen {
		return s.vacuumInto(ctx, w)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`) }()
	s.o.at("snapshot:frozen")
	facts, err := s.takenFacts(ctx, conn)
	if err != nil {
		return facts, err
	}
	if _, err := io.Copy(w, io.NewSectionReader(s.file, 0, facts.DatabaseBytes)); err != nil {
		return facts, fmt.Errorf("copy the database: %w", err)
	}
	return facts, nil
}

// freeze leaves conn in a read transaction that reads from the file alone.
func (s *Store) freeze(ctx context.Context, conn *sql.Conn) (bool, error) {
	for range freezeTries {
		ok, err := s.tryFreeze(ctx, conn)
		if ok || err != nil {
			return ok, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(freezeWait):
		}
	}
	return false, nil
}

func (s *Store) tryFreeze(ctx context.Context, conn *sql.Conn) (bool, error) {
	gate, err := s.w.BeginTx(ctx, nil) // immediate: nobody commits meanwhile
	if err != nil {
		return false, fmt.Errorf("hold the writers: %w", err)
	}
	defer gate.Rollback()
	var busy, log, done int
	// PASSIVE needs no write lock of its own, so it runs beside the gate.
	if err := s.checkpoint.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &log, &done); err != nil {
		return false, fmt.Errorf("write the log into the file: %w", err)
	}
	if busy != 0 || log != done {
		return false, nil
	}
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil {
		return false, fmt.Errorf("begin reading: %w", err)
	}
	var n int
	if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&n); err != nil {
		_, e := conn.ExecContext(ctx, `ROLLBACK`)
		return false, errors.Join(fmt.Errorf("begin reading: %w", err), e)
	}
	return true, nil
}

// vacuumInto is the slower way, through a second file beside the first.
func (s *Store) vacuumInto(ctx context.Context, w io.Writer) (salon.Facts, error) {
	part := s.path + ".snapshot"
	if err := removeDatabase(part); err != nil {
		return salon.Facts{}, err
	}
	defer func() { _ = removeDatabase(part) }() // swept by the next run as well
	if _, err := s.w.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		return salon.Facts{}, asSalonError(fmt.Errorf("copy the database: %w", err))
	}
	db, err := openFile(part, "read", "query_only(1)")
	if err != nil {
		return salon.Facts{}, err
	}
	defer db.Close()
	facts, err := s.takenFacts(ctx, db)
	if err != nil {
		return facts, err
	}
	f, err := os.Open(part)
	if err != nil {
		return facts, fmt.Errorf("open the copy: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		return facts, fmt.Errorf("copy the database: %w", err)
	}
	return facts, nil
}
