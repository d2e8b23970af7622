package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// undoTime is how long a person can take back what they did themselves.
const undoTime = 10 * time.Minute

// Undo takes back one's own change of the last ten minutes, unless somebody
// changed the same record since.
func (sc *Scope) Undo(ctx context.Context, n int64) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		var actor, at, act, kind, id string
		err := tx.QueryRowContext(ctx, `SELECT actor_id, at, act, kind, about_id FROM audit WHERE tx = ? ORDER BY seq LIMIT 1`, n).Scan(&actor, &at, &act, &kind, &id)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if actor != sc.who.StaffID || act == "" || !sc.Can(salon.Act(act)) {
			return missing("change")
		}
		if at < stamp(sc.s.o.Now().Add(-undoTime)) {
			return salon.E(salon.Clash, "That was too long ago to undo. Change it back by hand.")
		}
		kept, err := tx.revert(n)
		if err != nil {
			return err
		}
		if len(kept) > 0 {
			return salon.E(salon.Clash, "Not undone. Somebody has changed it since.")
		}
		day, err := tx.checkUndone(kind, id)
		if err != nil {
			return err
		}
		tx.touched(kind, id, day)
		return nil
	})
	return err
}

// checkUndone asks whether the place an appointment goes back to is still free,
// and gives its day.
func (tx *writeTx) checkUndone(kind, id string) (salon.Day, error) {
	if kind != "appointment" {
		return "", nil
	}
	var a salon.Appointment
	var deleted bool
	err := tx.QueryRowContext(tx.ctx, `SELECT id, staff_id, day, coalesce(start_min, -1), minutes, status, deleted FROM appointment WHERE id = ?`, id).
		Scan(&a.ID, &a.StaffID, &a.Day, &a.Start, &a.Minutes, &a.Status, &deleted)
	if err != nil || deleted {
		return a.Day, err
	}
	return a.Day, tx.checkFree(a)
}

// row names one row of one synced table.
type rowID struct{ table, id string }

// revert puts every row that transaction n changed back to what it was before:
// inserted rows are marked deleted, changed fields get their old values. Rows
// somebody changed since are left as they are and returned.
func (tx *writeTx) revert(n int64) (kept []rowID, err error) {
	type step struct {
		rowID
		id, hlc int64
		op, was string
	}
	var steps []step
	rows, err := tx.QueryContext(tx.ctx, `SELECT id, tbl, pk, op, coalesce(was, '{}'), hlc FROM change_log WHERE tx = ? ORDER BY id DESC`, n)
	if err != nil {
		return nil, fmt.Errorf("read change %d: %w", n, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s step
		if err := rows.Scan(&s.id, &s.table, &s.rowID.id, &s.op, &s.was, &s.hlc); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	changed := map[rowID]bool{}
	for _, s := range steps {
		since, seen := changed[s.rowID]
		if !seen {
			// Asked before the first step: our own steps move the versions.
			var newest int64
			if err := tx.QueryRowContext(tx.ctx, `SELECT max(hlc) FROM field_ver WHERE tbl = ? AND pk = ?`, s.table, s.rowID.id).Scan(&newest); err != nil {
				return nil, err
			}
			since = newest > s.hlc
			changed[s.rowID] = since
			if since {
				kept = append(kept, s.rowID)
			}
		}
		if since {
			continue
		}
		if err := tx.revertRow(s.rowID, s.op, s.was); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func (tx *writeTx) revertRow(r rowID, op, was string) error {
	pk, cols, err := tx.keyOf(r.table)
	if err != nil {
		return err
	}
	if op == "i" {
		return tx.exec(fmt.Sprintf(`UPDATE %s SET deleted = 1, version = version + 1 WHERE %s = ?`, r.table, pk), r.id)
	}
	old := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(was), &old); err != nil {
		return fmt.Errorf("read old values of %s: %w", r.table, err)
	}
	names := make([]string, 0, len(old))
	for c := range old {
		if !cols[c] {
			return fmt.Errorf("old value of unknown column %s.%s", r.table, c)
		}
		names = append(names, c)
	}
	sort.Strings(names)
	set, args := []string{"version = version + 1"}, []any{}
	for _, c := range names {
		set = append(set, c+" = json_extract(?, ?)")
		args = append(args, was, "$."+c)
	}
	return tx.exec(fmt.Sprintf(`UPDATE %s SET %s WHERE %s = ?`, r.table, strings.Join(set, ", "), pk), append(args, r.id)...)
}

// keyOf is the key and the other columns of a synced table. The names come
// from our own schema, so they may stand in a statement.
func (tx *writeTx) keyOf(table string) (string, map[string]bool, error) {
	for _, t := range synced {
		if t == table {
			pk, cols, err := columns(tx.ctx, tx.Tx, table)
			set := make(map[string]bool, len(cols))
			for _, c := range cols {
				set[c] = true
			}
			return pk, set, err
		}
	}
	return "", nil, fmt.Errorf("no synced table %q", table)
}
