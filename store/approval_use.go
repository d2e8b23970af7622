package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"salonkeep/store/salon"
)

// errAsk is how a change says, from within its transaction, that it needs an
// approval and has none.
var errAsk = errors.New("needs an approval")

// approved is an approval in use.
type approved struct {
	id, aboutKind, aboutID string
	detail                 string
	answeredBy, role       string // who approved, and their role
	cents                  int64
	percent                int
	grants                 map[salon.Act]salon.Grant // of who approved
}

// approver reads the approval this change carries and gives the rights of the
// person who gave it. Without one the whole change is refused.
func (tx *writeTx) approver() (map[salon.Act]salon.Grant, error) {
	if tx.paid != nil {
		return tx.paid.grants, nil
	}
	if tx.sc.approval == "" {
		return nil, errAsk
	}
	a := approved{id: tx.sc.approval}
	var role sql.NullString
	err := tx.QueryRowContext(tx.ctx, `SELECT a.about_kind, a.about_id, a.detail, a.answered_by, a.amount_cents, a.percent, `+roleNow+`
		FROM approval a JOIN staff st ON st.id = a.answered_by
		WHERE a.id = ? AND a.kind = 'act' AND a.act = ? AND a.asked_by = ? AND a.state = 'granted' AND a.expires_at > ? AND a.deleted = 0`,
		tx.now, tx.now, a.id, tx.act, tx.sc.who.StaffID, tx.now).
		Scan(&a.aboutKind, &a.aboutID, &a.detail, &a.answeredBy, &a.cents, &a.percent, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, tx.notApproved()
	}
	if err != nil {
		return nil, fmt.Errorf("read the approval: %w", err)
	}
	r, err := tx.sc.s.rightsOf(tx.ctx, tx, a.answeredBy, role.String)
	if err != nil {
		return nil, err
	}
	a.grants, a.role = r.grants, role.String
	tx.paid = &a
	return a.grants, nil
}

func (tx *writeTx) notApproved() error {
	e := salon.E(salon.Denied, "This approval was used, has ended, or was given for something else. Ask again.")
	e.Act, e.Answer = tx.act, salon.Ask
	return e
}

// useApproval checks that what was done is what was approved, and uses the
// approval up in the same transaction: it cannot be used twice, not even by
// two tablets at once.
func (tx *writeTx) useApproval() error {
	if tx.paid == nil {
		return nil
	}
	fits, err := tx.approvalFits()
	if err != nil {
		return err
	}
	if !fits {
		return tx.notApproved()
	}
	tx.touched("approval", tx.paid.id, "")
	return tx.exec(`UPDATE approval SET state = 'used', used_at = ?, version = version + 1 WHERE id = ?`, tx.now, tx.paid.id)
}

// approvalFits: where a change says exactly what it does, that must be what was
// asked for; else it must have touched the record that was named; and where
// none was named it must have made something new and changed nothing old.
func (tx *writeTx) approvalFits() (bool, error) {
	if tx.asks != nil {
		done, err := json.Marshal(tx.asks)
		if err != nil {
			return false, err
		}
		return sameJSON([]byte(tx.paid.detail), done)
	}
	for _, t := range tx.touches {
		if tx.paid.aboutID != "" && t.kind == tx.paid.aboutKind && t.id == tx.paid.aboutID {
			return true, nil
		}
	}
	if tx.paid.aboutID != "" {
		return false, nil
	}
	if len(tx.touches) == 1 && tx.touches[0].kind == "act" {
		return true, nil
	}
	var made, changed int
	err := tx.QueryRowContext(tx.ctx, `SELECT coalesce(sum(op = 'i'), 0), coalesce(sum(op = 'u'), 0) FROM change_log WHERE tx = ?`, tx.n).Scan(&made, &changed)
	return made > 0 && changed == 0, err
}

// sameJSON compares two JSON texts without regard to the order of their keys.
func sameJSON(a, b []byte) (bool, error) {
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		return false, fmt.Errorf("compare what was approved: %w", err)
	}
	x1, err1 := json.Marshal(x)
	y1, err2 := json.Marshal(y)
	return bytes.Equal(x1, y1), errors.Join(err1, err2)
}
