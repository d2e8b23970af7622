package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// Keep is the state of the salon's protection, without secrets.
func (sc *Scope) Keep(ctx context.Context) (keep salon.Keep, err error) {
	if err := sc.may(ctx, salon.ViewBackup); err != nil {
		return keep, err
	}
	if keep.Targets, err = sc.s.targets(ctx, ""); err != nil {
		return keep, err
	}
	if !sc.Can(salon.SetBackup) {
		for i := range keep.Targets {
			keep.Targets[i].URL = ""
		}
	}
	for i := range keep.Targets {
		keep.Targets[i].Secret = ""
	}
	if keep.Points, err = sc.s.points(ctx); err != nil {
		return keep, err
	}
	if keep.Runs, err = sc.s.runs(ctx, `1 = 1`, 20); err != nil {
		return keep, err
	}
	keep.Risk, err = sc.s.atRisk(ctx)
	if err != nil {
		return keep, err
	}
	keep.NextRun, err = sc.s.nextRunAt(ctx)
	return keep, err
}

// Copies are the targets and how fresh each is, without addresses or secrets:
// what the home bar of every page is made of.
func (sc *Scope) Copies(ctx context.Context) ([]salon.Target, error) {
	if err := sc.may(ctx, salon.ViewBackup); err != nil {
		return nil, err
	}
	list, err := sc.s.targets(ctx, "")
	for i := range list {
		list[i].URL, list[i].Secret = "", ""
	}
	return list, err
}

func (s *Store) nextRunAt(ctx context.Context) (at string, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM machine_setting WHERE key = 'backup.next'), '')`).Scan(&at)
	return at, asSalonError(err)
}

// Targets are the places backups go, with their secrets: for the backup loop
// and the command line, which act with a named scope.
func (sc *Scope) Targets(ctx context.Context) ([]salon.Target, error) {
	if err := sc.may(ctx, machineAct); err != nil {
		return nil, err
	}
	return sc.s.targets(ctx, "")
}

// Secrets is one target with what opens it.
func (sc *Scope) Secrets(ctx context.Context, targetID string) (salon.Target, error) {
	if err := sc.may(ctx, machineAct); err != nil {
		return salon.Target{}, err
	}
	list, err := sc.s.targets(ctx, targetID)
	if err != nil {
		return salon.Target{}, err
	}
	if len(list) == 0 {
		return salon.Target{}, missing("backup target")
	}
	return list[0], nil
}

func (s *Store) targets(ctx context.Context, id string) ([]salon.Target, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT t.id, t.name, t.url, t.secret, t.added_at, t.problem,
			coalesce(max(p.taken_at), ''), coalesce(min(p.taken_at), ''), count(p.id)
		FROM backup_target t LEFT JOIN restore_point p ON p.target_id = t.id AND p.proved = 1
		WHERE t.removed_at = '' AND (? = '' OR t.id = ?) GROUP BY t.id ORDER BY t.added_at, t.id`, id, id)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list targets: %w", err))
	}
	defer rows.Close()
	var out []salon.Target
	for rows.Next() {
		var t salon.Target
		if err := rows.Scan(&t.ID, &t.Name, &t.URL, &t.Secret, &t.AddedAt, &t.Problem, &t.Newest, &t.Oldest, &t.Points); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// AddTarget adds a place for backups. The caller has tried it.
func (sc *Scope) AddTarget(ctx context.Context, name, url, secret string) (id string, err error) {
	_, err = sc.write(ctx, salon.SetBackup, func(tx *writeTx) error {
		name = strings.TrimSpace(name)
		tx.asks = map[string]string{"name": name, "url": url}
		if name == "" || len(name) > 100 {
			return salon.E(salon.Invalid, "Give the backup target a name.").On("name", "For example “USB Red” or “Bucket”.")
		}
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM backup_target WHERE removed_at = '' AND (name = ? OR url = ?)`, name, url).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return salon.E(salon.Clash, "There is already a backup target with this name or place.").On("name", "Choose another name or place.")
		}
		id = newID()
		tx.touchedAs("backup_target", id, "added", map[string]string{"name": name})
		return tx.exec(`INSERT INTO backup_target (id, name, url, secret, added_at) VALUES (?,?,?,?,?)`, id, name, url, secret, tx.now)
	})
	return id, err
}

// RemoveTarget stops backups to a target. What lies there stays there.
func (sc *Scope) RemoveTarget(ctx context.Context, id string) error {
	_, err := sc.write(ctx, salon.SetBackup, func(tx *writeTx) error {
		var name string
		err := tx.QueryRowContext(ctx, `UPDATE backup_target SET removed_at = ?, secret = '' WHERE id = ? AND removed_at = '' RETURNING name`, tx.now, id).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return missing("backup target")
		}
		tx.touchedAs("backup_target", id, "removed", map[string]string{"name": name})
		return err
	})
	return err
}

// TargetProblem notes why a target could not be used, "" when it could again.
func (sc *Scope) TargetProblem(ctx context.Context, id, say string) error {
	_, err := sc.write(ctx, salon.RunBackup, func(tx *writeTx) error {
		tx.touchedAs("backup", id, "target", map[string]string{"problem": say})
		return tx.exec(`UPDATE backup_target SET problem = ? WHERE id = ?`, say, id)
	})
	return err
}

func (s *Store) points(ctx context.Context) ([]salon.Point, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT p.id, p.target_id, t.name, p.taken_at, p.reason, p.label, p.sealed_bytes, p.proved, p.problem, p.millis, p.epoch, p.seq, p.facts
		FROM restore_point p JOIN backup_target t ON t.id = p.target_id WHERE t.removed_at = '' ORDER BY p.taken_at DESC, p.id, t.name LIMIT 500`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list restore points: %w", err))
	}
	defer rows.Close()
	var out []salon.Point
	for rows.Next() {
		var p salon.Point
		var facts string
		if err := rows.Scan(&p.ID, &p.TargetID, &p.Target, &p.TakenAt, &p.Reason, &p.Label, &p.SealedBytes, &p.Proved, &p.Problem, &p.Millis, &p.Epoch, &p.Seq, &facts); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(facts), &p.Facts); err != nil {
			return nil, fmt.Errorf("facts of point %s: %w", p.ID, err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// RecordPoint notes a restore point after it was written, and again after it
// was proved.
func (sc *Scope) RecordPoint(ctx context.Context, p salon.Point) error {
	_, err := sc.write(ctx, salon.RunBackup, func(tx *writeTx) error {
		facts, err := json.Marshal(p.Facts)
		if err != nil {
			return err
		}
		tx.touchedAs("backup", p.ID, p.Reason, map[string]any{"target": p.TargetID, "proved": p.Proved})
		return tx.exec(`INSERT INTO restore_point (id, target_id, taken_at, reason, label, sealed_bytes, proved, problem, millis, epoch, seq, facts)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
			ON CONFLICT (id, target_id) DO UPDATE SET proved = excluded.proved, problem = excluded.problem, millis = excluded.millis`,
			p.ID, p.TargetID, p.TakenAt, p.Reason, p.Label, p.SealedBytes, p.Proved, p.Problem, p.Millis, p.Epoch, p.Seq, string(facts))
	})
	return err
}

// atRisk counts what was made or changed since the newest proved point.
func (s *Store) atRisk(ctx context.Context) (risk salon.AtRisk, err error) {
	var epoch string
	var seq int64
	err = s.r.QueryRowContext(ctx, `SELECT p.taken_at, p.epoch, p.seq FROM restore_point p JOIN backup_target t ON t.id = p.target_id
		WHERE p.proved = 1 AND t.removed_at = '' ORDER BY p.taken_at DESC LIMIT 1`).Scan(&risk.Since, &epoch, &seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return risk, asSalonError(fmt.Errorf("newest proved point: %w", err))
	}
	// A point of an earlier incarnation holds everything up to the restore
	// that began this one.
	rows, err := s.r.QueryContext(ctx, `SELECT tbl, count(DISTINCT pk) FROM change_log
		WHERE epoch = (SELECT epoch FROM sync_ctx) AND seq > iif(epoch = ?, ?, 0)
		AND tbl IN ('client', 'appointment', 'sale', 'note', 'staff', 'service', 'product') GROUP BY tbl ORDER BY tbl`, epoch, seq)
	if err != nil {
		return risk, asSalonError(fmt.Errorf("count changes: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var k salon.KindCount
		if err := rows.Scan(&k.Kind, &k.N); err != nil {
			return risk, err
		}
		risk.Changes += k.N
		risk.Kinds = append(risk.Kinds, k)
	}
	return risk, rows.Err()
}
