package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// queryer is what *sql.DB and *sql.Tx have in common for reading.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// writeTx is one change in the making.
type writeTx struct {
	*sql.Tx
	ctx     context.Context
	sc      *Scope
	n       int64  // number of the transaction in change_log
	now     string // the one instant of this change
	branch  string
	touches []touch
	asks    any       // what is done, exactly, where an approval must have been given for just that
	paid    *approved // the approval this change uses up, once it has been read
	act     salon.Act
}

type touch struct {
	kind, id, reason string
	day              salon.Day
	detail           any       // nil: taken from change_log
	act              salon.Act // "": the act of the whole change
	quiet            bool      // no page has to show it anew
}

// touched says what the change is about. A change that never says so is not
// committed.
func (tx *writeTx) touched(kind, id string, day salon.Day) {
	tx.touches = append(tx.touches, touch{kind: kind, id: id, day: day})
}

// touchedAs is touched for changes too large or too private to list field by
// field: detail is what the log says instead.
func (tx *writeTx) touchedAs(kind, id, reason string, detail any) {
	tx.touches = append(tx.touches, touch{kind: kind, id: id, reason: reason, detail: detail})
}

func (tx *writeTx) exec(query string, args ...any) error {
	_, err := tx.ExecContext(tx.ctx, query, args...)
	return err
}

// touchedIn is touched under a name of the log's own, where one act of the
// matrix does several things the log tells apart. A nil detail is taken from
// change_log.
func (tx *writeTx) touchedIn(act salon.Act, kind, id, reason string, detail any) {
	tx.touches = append(tx.touches, touch{kind: kind, id: id, reason: reason, detail: detail, act: act})
}

// lookedAs notes a view within a change's transaction under its own act, so
// that counting and noting it are one step. No page has to hear of it.
func (tx *writeTx) lookedAs(act salon.Act, kind, id, reason string, detail any) {
	tx.touches = append(tx.touches, touch{kind: kind, id: id, reason: reason, detail: detail, act: act, quiet: true})
}

// updateOrInsert changes a row of a captured table or makes it; both statements
// take the same numbered arguments. An upsert would not do: SQLite lets its way
// with conflicts reach into the capture triggers, whose own replacing then
// fails.
func (tx *writeTx) updateOrInsert(update, insert string, args ...any) error {
	res, err := tx.ExecContext(tx.ctx, update, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return tx.exec(insert, args...)
}

// write is the only way to change anything. It asks first, runs fn in one
// immediate transaction, and commits only a change that says what it touched,
// together with its audit rows and with the approval it used up, if its grant
// demands one. It returns the number Undo takes.
func (sc *Scope) write(ctx context.Context, act salon.Act, fn func(*writeTx) error) (int64, error) {
	if err := sc.mayTry(ctx, act); err != nil {
		return 0, err
	}
	if sc.grants[act].Answer == salon.Flag {
		return 0, sc.refuse(ctx, act, "")
	}
	return sc.run(ctx, act, fn)
}

// run is write for whoever has asked already.
func (sc *Scope) run(ctx context.Context, act salon.Act, fn func(*writeTx) error) (int64, error) {
	sqlTx, err := sc.s.w.BeginTx(ctx, nil)
	if err != nil {
		return 0, asSalonError(fmt.Errorf("begin %s: %w", act, err))
	}
	defer sqlTx.Rollback()
	tx := &writeTx{Tx: sqlTx, ctx: ctx, sc: sc, act: act, now: sc.s.now()}
	if err := tx.begin(); err != nil {
		return 0, err
	}
	if err := fn(tx); err != nil {
		if errors.Is(err, errAsk) {
			// Noting the refusal is a transaction of its own.
			return 0, errors.Join(sqlTx.Rollback(), sc.refuse(ctx, act, salon.Ask))
		}
		if salon.KindOf(err) == salon.Denied {
			return 0, errors.Join(err, sqlTx.Rollback(), sc.look(ctx, "refused", "act", string(act), ""))
		}
		return 0, asSalonError(err)
	}
	if len(tx.touches) == 0 {
		return 0, fmt.Errorf("%s: the change does not say what it touched", act)
	}
	if answer := sc.grants[act].Answer; answer == salon.Ask || answer == salon.Two {
		if _, err := tx.approver(); err != nil {
			return 0, err
		}
	}
	if err := tx.useApproval(); err != nil {
		return 0, err
	}
	for _, t := range tx.touches {
		if err := tx.audit(act, t); err != nil {
			return 0, fmt.Errorf("log %s: %w", act, err)
		}
	}
	kept, err := tx.keepUses()
	if err != nil {
		return 0, err
	}
	sc.s.o.at("write:" + string(act) + ":before-commit")
	if err := tx.Commit(); err != nil {
		return 0, asSalonError(fmt.Errorf("commit %s: %w", act, err))
	}
	sc.s.o.at("write:" + string(act) + ":after-commit")
	kept()
	sc.s.events.committed(tx.n)
	for _, t := range tx.touches {
		if t.quiet {
			continue
		}
		sc.s.events.publish(salon.Event{Kind: t.kind, Day: t.day, By: sc.who.Name})
	}
	return tx.n, nil
}

// begin moves the clock and tells the capture triggers who acts. The hybrid
// logical clock is milliseconds with 16 bits of counter and never goes back,
// even when the PC's clock does.
func (tx *writeTx) begin() error {
	wall := tx.sc.s.o.Now().UnixMilli() << 16
	err := tx.QueryRowContext(tx.ctx, `UPDATE sync_ctx SET tx = tx + 1, hlc = max(hlc + 1, ?), actor = ?, station = ? RETURNING tx, branch`,
		wall, tx.sc.who.StaffID, tx.sc.who.Station).Scan(&tx.n, &tx.branch)
	if err != nil {
		return fmt.Errorf("open the change log: %w", err)
	}
	return nil
}

// sensitive fields stand in the audit log as digests: the log shows that they
// changed, and whether to the same value, without becoming a copy of them.
var sensitive = map[string]bool{"phone": true, "email": true, "wechat": true, "address": true, "birthday": true,
	"note": true, "private_note": true, "text": true, "name": true, "password": true}

func (tx *writeTx) audit(act salon.Act, t touch) error {
	detail := t.detail
	if detail == nil {
		var err error
		if detail, err = tx.changedFields(t.kind, t.id); err != nil {
			return err
		}
	}
	if t.act != "" {
		act = t.act
	}
	reason := t.reason
	if reason == "" {
		reason = tx.sc.reason
	}
	return appendAudit(tx.ctx, tx.Tx, auditRow{at: tx.now, tx: tx.n, who: tx.sc.who, act: string(act), kind: t.kind, id: t.id, reason: reason, detail: detail})
}

// changedFields are old and new values of what this transaction did to one row.
func (tx *writeTx) changedFields(table, id string) (map[string][2]any, error) {
	out := map[string][2]any{}
	rows, err := tx.QueryContext(tx.ctx, `SELECT op, coalesce(cols, '{}'), coalesce(was, '{}') FROM change_log WHERE tx = ? AND tbl = ? AND pk = ?`, tx.n, table, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var op, cols, was string
		if err := rows.Scan(&op, &cols, &was); err != nil {
			return nil, err
		}
		now, before := map[string]any{}, map[string]any{}
		if err := errors.Join(json.Unmarshal([]byte(cols), &now), json.Unmarshal([]byte(was), &before)); err != nil {
			return nil, err
		}
		for k, v := range now {
			old := before[k]
			if sensitive[k] {
				old, v = tx.digest(old), tx.digest(v)
			}
			out[k] = [2]any{old, v}
		}
	}
	return out, rows.Err()
}

func (tx *writeTx) digest(v any) string {
	var key string
	// Without the key a digest of a phone number could be found by trying
	// all numbers. A salon founded without one keeps digests unkeyed only
	// inside its own file.
	_ = tx.QueryRowContext(tx.ctx, `SELECT value FROM machine_setting WHERE key = 'audit.key'`).Scan(&key)
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprint(mac, v)
	return "#" + hex.EncodeToString(mac.Sum(nil))[:12]
}

type auditRow struct {
	at            string
	tx            int64
	who           salon.Who
	act, kind, id string
	reason        string
	detail        any
}

// appendAudit adds one row to the chain: each hash covers the row before it,
// so that an altered or missing row shows.
func appendAudit(ctx context.Context, tx *sql.Tx, a auditRow) error {
	if a.detail == nil {
		a.detail = struct{}{}
	}
	detail, err := json.Marshal(a.detail)
	if err != nil {
		return err
	}
	var seq int64
	var prev string
	err = tx.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&seq, &prev)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	seq++
	hash := auditHash(prev, seq, a, string(detail))
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, at, tx, actor_id, actor, station, act, kind, about_id, reason, detail, hash)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
		seq, a.at, a.tx, a.who.StaffID, a.who.Name, a.who.Station, a.act, a.kind, a.id, a.reason, string(detail), hash)
	return err
}

func auditHash(prev string, seq int64, a auditRow, detail string) string {
	fields := []string{prev, fmt.Sprint(seq), a.at, fmt.Sprint(a.tx), a.who.StaffID, a.who.Name, a.who.Station, a.act, a.kind, a.id, a.reason, detail}
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%d:%s", len(f), f) // lengths, so that no two rows read the same
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// CheckAudit walks the chain and names the first row that was altered, or
// gives the number of rows that are as they were written.
func CheckAudit(ctx context.Context, q queryer) (rows int64, err error) {
	rs, err := q.QueryContext(ctx, `SELECT seq, at, tx, actor_id, actor, station, act, kind, about_id, reason, detail, hash FROM audit ORDER BY seq`)
	if err != nil {
		return 0, fmt.Errorf("read the log: %w", err)
	}
	defer rs.Close()
	prev := ""
	for rs.Next() {
		var a auditRow
		var seq int64
		var detail, hash string
		if err := rs.Scan(&seq, &a.at, &a.tx, &a.who.StaffID, &a.who.Name, &a.who.Station, &a.act, &a.kind, &a.id, &a.reason, &detail, &hash); err != nil {
			return rows, err
		}
		rows++
		if seq != rows || auditHash(prev, seq, a, detail) != hash {
			return rows, salon.E(salon.Damaged, "The log was altered: row %d is not as it was written.", rows)
		}
		prev = hash
	}
	return rows, rs.Err()
}

// look notes a view or a refusal: nothing is changed, but the log shows it.
func (sc *Scope) look(ctx context.Context, act, kind, id, reason string) error {
	tx, err := sc.s.w.BeginTx(ctx, nil)
	if err != nil {
		return asSalonError(fmt.Errorf("begin log: %w", err))
	}
	defer tx.Rollback()
	if err := appendAudit(ctx, tx, auditRow{at: sc.s.now(), who: sc.who, act: act, kind: kind, id: id, reason: reason}); err != nil {
		return fmt.Errorf("log %s: %w", act, err)
	}
	return tx.Commit()
}
