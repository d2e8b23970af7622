package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// UndoImport takes a whole import back, so that everything is as it was before
// and the files can be imported again. An import that people have since built
// on is not undone in part: what it made would be missing under what they did.
func (sc *Scope) UndoImport(ctx context.Context, id string) error {
	_, err := sc.write(ctx, salon.Import, func(tx *writeTx) error {
		var n int64
		var source, undone string
		err := tx.QueryRowContext(ctx, `SELECT tx, source, undone_at FROM import_batch WHERE id = ?`, id).Scan(&n, &source, &undone)
		if errors.Is(err, sql.ErrNoRows) {
			return missing("import")
		}
		if err != nil {
			return err
		}
		if undone != "" {
			return salon.E(salon.Clash, "This import was already undone.")
		}
		took, err := tx.takenBack()
		if err != nil {
			return err
		}
		kept, err := tx.revert(n, took)
		if err != nil {
			return err
		}
		leaning, err := tx.leaningOn(n)
		if err != nil {
			return err
		}
		if len(kept)+leaning > 0 {
			return salon.E(salon.Clash, "Not undone: since this import %d of its records were changed and %d new ones belong to them. Undo later imports first, or go back to a backup from before.", len(kept), leaning)
		}
		tx.touchedAs("import", id, "undone: "+source, nil)
		tx.sc.s.o.at("import:undone")
		return tx.exec(`UPDATE import_batch SET undone_at = ?, undo_hlc = (SELECT hlc FROM sync_ctx) WHERE id = ?`, tx.now, id)
	})
	return err
}

// takenBack are the clocks of imports that were undone, and of their undoing.
func (tx *writeTx) takenBack() (map[int64]bool, error) {
	rows, err := tx.QueryContext(tx.ctx, `SELECT hlc, undo_hlc FROM import_batch WHERE undone_at <> ''`)
	if err != nil {
		return nil, fmt.Errorf("read undone imports: %w", err)
	}
	defer rows.Close()
	took := map[int64]bool{}
	for rows.Next() {
		var done, undone int64
		if err := rows.Scan(&done, &undone); err != nil {
			return nil, err
		}
		took[done], took[undone] = true, true
	}
	return took, rows.Err()
}

// leaningOn counts the records that stay although they refer to one that
// transaction n made: a booking for an imported client, a note on a receipt.
func (tx *writeTx) leaningOn(n int64) (int, error) {
	var parts []string
	for _, r := range []struct{ table, col, to string }{
		{"appointment", "client_id", "client"}, {"appointment", "staff_id", "staff"}, {"appointment", "service_id", "service"},
		{"sale", "client_id", "client"}, {"sale_line", "sale_id", "sale"}, {"sale_line", "client_id", "client"}, {"sale_line", "staff_id", "staff"},
		{"sale_line", "service_id", "service"}, {"sale_line", "product_id", "product"}, {"sale_tax", "tax_id", "tax"},
		{"payment", "sale_id", "sale"}, {"stock_move", "product_id", "product"},
		{"note", "about_id", "client"}, {"note", "about_id", "appointment"}, {"note", "about_id", "sale"},
	} {
		parts = append(parts, fmt.Sprintf(`SELECT x.id FROM %s x WHERE x.deleted = 0 AND x.%s IN (SELECT pk FROM change_log WHERE tx = ?1 AND tbl = '%s' AND op = 'i')`, r.table, r.col, r.to))
	}
	parts = append(parts, `SELECT staff_id FROM login WHERE staff_id IN (SELECT pk FROM change_log WHERE tx = ?1 AND tbl = 'staff' AND op = 'i')`)
	var count int
	err := tx.QueryRowContext(tx.ctx, `SELECT count(*) FROM (`+strings.Join(parts, " UNION ")+`)`, n).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("look for what belongs to the import: %w", err)
	}
	return count, nil
}
