package store

import (
	"context"
	"fmt"

	"salonkeep/store/salon"
)

// Reincarnate makes a restored copy a salon of its own: a new epoch for its
// changes, a new series for its receipts so that no number is given twice, no
// session of before, and contacts masked.
func Reincarnate(ctx context.Context, path string, o Options) error {
	s, err := Open(ctx, path, o)
	if err != nil {
		return err
	}
	defer s.Close()
	epoch, err := randomHex(8)
	if err != nil {
		return err
	}
	_, err = s.As("restore").write(ctx, machineAct, func(tx *writeTx) error {
		var series string
		if err := tx.QueryRowContext(ctx, `SELECT value FROM machine_setting WHERE key = 'receipt.series'`).Scan(&series); err != nil {
			return fmt.Errorf("read the receipt series: %w", err)
		}
		for _, stmt := range []string{
			`DELETE FROM session`, `DELETE FROM login_try`,
			`UPDATE backup_run SET state = 'failed', say = 'The PC was replaced during this backup.' WHERE state IN ('asked', 'running')`,
		} {
			if err := tx.exec(stmt); err != nil {
				return err
			}
		}
		if err := tx.exec(`UPDATE machine_setting SET value = ? WHERE key = 'receipt.series'`, nextSeries(series)); err != nil {
			return err
		}
		// A restore point of a time when contacts were open must not open them
		// now, and an approval used since must not be there to be used again.
		// What else was given for a time ends by the clock of now.
		for _, stmt := range []string{
			`UPDATE exception SET deleted = 1, version = version + 1 WHERE act = 'contact.view' AND answer = 'yes' AND deleted = 0`,
			`UPDATE approval SET state = 'withdrawn', version = version + 1 WHERE kind = 'act' AND state IN ('asked', 'granted') AND deleted = 0`,
		} {
			if err := tx.exec(stmt); err != nil {
				return err
			}
		}
		for key, value := range map[string]string{"mask": "on", "mask.open": ""} {
			if err := tx.setBusiness(key, value); err != nil {
				return err
			}
		}
		tx.touchedAs("salon", tx.branch, "restored", map[string]string{"epoch": epoch, "series": nextSeries(series)})
		return tx.exec(`UPDATE sync_ctx SET epoch = ?, seq = 0`, epoch)
	})
	if err != nil {
		return err
	}
	return asSalonError(checkpointWhole(ctx, s.w))
}

// nextSeries counts A, B, ... Z, AA, AB, ...
func nextSeries(s string) string {
	b := []byte(s)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 'Z' {
			b[i]++
			return string(b)
		}
		b[i] = 'A'
	}
	return "A" + string(b)
}

// Soundness of the running salon, for doctor: SQLite's verdict and the log's
// chain. It gives the number of log rows.
func (sc *Scope) Soundness(ctx context.Context) (int64, error) {
	if err := sc.may(ctx, salon.ViewBackup); err != nil {
		return 0, err
	}
	if err := sound(ctx, sc.s.r); err != nil {
		return 0, asSalonError(err)
	}
	n, err := CheckAudit(ctx, sc.s.r)
	return n, asSalonError(err)
}
