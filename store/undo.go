package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
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
		if err := tx.undoable(n); err != nil {
			return err
		}
		kept, err := tx.revert(n, nil)
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

// undone are the records a person can take a change of back by themselves.
// What decides who may do and see what is not among them: taking a switch back
// would pass by the approval that the switch needs, and taking an approval's
// use back would let it be used twice.
var undone = []string{"client", "appointment", "note", "service", "product"}

func (tx *writeTx) undoable(n int64) error {
	tables, err := texts(tx.ctx, tx, `SELECT DISTINCT tbl FROM change_log WHERE tx = ?`, n)
	if err != nil {
		return fmt.Errorf("read change %d: %w", n, err)
	}
	for _, t := range tables {
		if !slices.Contains(undone, t) {
			return salon.E(salon.Clash, "This cannot be undone with one tap. Change it back by hand.")
		}
	}
	return nil
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

// rowID names one row of one synced table.
type rowID struct{ table, id string }

// reverting is what revert needs to know of one row before its first step.
type reverting struct {
	rowID
	op, was string
}

// revert puts every row that transaction n changed back to what it was before:
// inserted rows are marked deleted, changed fields get their old values. Rows
// somebody changed since are left as they are and returned. A change whose
// clock is in took was itself taken back, and counts as none.
func (tx *writeTx) revert(n int64, took map[int64]bool) (kept []rowID, err error) {
	steps, hlc, err := tx.stepsOf(n)
	if err != nil {
		return nil, err
	}
	since, err := tx.changedAfter(n, hlc, took)
	if err != nil {
		return nil, err
	}
	told := map[rowID]bool{}
	stmts := map[string]*sql.Stmt{}
	for _, s := range steps {
		if !since[s.rowID] {
			if err := tx.revertRow(stmts, s); err != nil {
				return nil, err
			}
			continue
		}
		if !told[s.rowID] {
			told[s.rowID] = true
			kept = append(kept, s.rowID)
		}
	}
	return kept, nil
}

// stepsOf are the changes of a transaction, the last first, and its clock.
func (tx *writeTx) stepsOf(n int64) (steps []reverting, hlc int64, err error) {
	rows, err := tx.QueryContext(tx.ctx, `SELECT tbl, pk, op, coalesce(was, '{}'), hlc FROM change_log WHERE tx = ? ORDER BY id DESC`, n)
	if err != nil {
		return nil, 0, fmt.Errorf("read change %d: %w", n, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s reverting
		if err := rows.Scan(&s.table, &s.id, &s.op, &s.was, &hlc); err != nil {
			return nil, 0, err
		}
		steps = append(steps, s)
	}
	return steps, hlc, rows.Err()
}

// changedAfter are the rows of transaction n that were written again later.
func (tx *writeTx) changedAfter(n, hlc int64, took map[int64]bool) (map[rowID]bool, error) {
	rows, err := tx.QueryContext(tx.ctx, `SELECT DISTINCT f.tbl, f.pk, f.hlc FROM change_log c JOIN field_ver f ON f.tbl = c.tbl AND f.pk = c.pk WHERE c.tx = ? AND f.hlc > ?`, n, hlc)
	if err != nil {
		return nil, fmt.Errorf("look for changes since %d: %w", n, err)
	}
	defer rows.Close()
	out := map[rowID]bool{}
	for rows.Next() {
		var r rowID
		var at int64
		if err := rows.Scan(&r.table, &r.id, &at); err != nil {
			return nil, err
		}
		if !took[at] {
			out[r] = true
		}
	}
	return out, rows.Err()
}

// revertRow takes one change back. stmts keeps what was prepared: an import
// has hundreds of thousands of rows and a few dozen statements.
func (tx *writeTx) revertRow(stmts map[string]*sql.Stmt, s reverting) error {
	old := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(s.was), &old); err != nil {
		return fmt.Errorf("read old values of %s: %w", s.table, err)
	}
	names := slices.Sorted(maps.Keys(old))
	key := s.table + " " + s.op + " " + strings.Join(names, " ")
	st := stmts[key]
	if st == nil {
		pk, cols, err := tx.keyOf(s.table)
		if err != nil {
			return err
		}
		set := []string{"version = version + 1"}
		if s.op == "i" {
			set = append(set, "deleted = 1")
		}
		for i, c := range names {
			if !cols[c] {
				return fmt.Errorf("old value of unknown column %s.%s", s.table, c)
			}
			set = append(set, fmt.Sprintf("%s = json_extract(?1, ?%d)", c, i+3))
		}
		st, err = tx.PrepareContext(tx.ctx, fmt.Sprintf(`UPDATE %s SET %s WHERE %s = ?2`, s.table, strings.Join(set, ", "), pk))
		if err != nil {
			return err
		}
		stmts[key] = st // closed with the transaction
	}
	args := []any{s.was, s.id}
	for _, c := range names {
		args = append(args, "$."+c)
	}
	_, err := st.ExecContext(tx.ctx, args...)
	return err
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
