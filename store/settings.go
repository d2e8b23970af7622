package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"salonkeep/store/salon"
)

// Settings are what the sign-in page may know of the salon.
func (d *Door) Settings(ctx context.Context) (salon.Settings, error) { return d.s.settings(ctx, d.s.r) }

// Settings are the salon's name, money, time and taxes.
func (sc *Scope) Settings(ctx context.Context) (salon.Settings, error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return salon.Settings{}, err
	}
	return sc.s.settings(ctx, sc.s.r)
}

func (s *Store) settings(ctx context.Context, q queryer) (salon.Settings, error) {
	var out salon.Settings
	into := map[string]*string{"id": &out.ID, "name": &out.Name, "language": &out.Language, "currency": &out.Currency, "timezone": &out.Timezone, "country": &out.Country}
	rows, err := q.QueryContext(ctx, `SELECT key, value FROM business_setting WHERE deleted = 0 UNION ALL SELECT key, value FROM branch_setting WHERE deleted = 0`)
	if err != nil {
		return out, asSalonError(fmt.Errorf("read settings: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return out, err
		}
		if p := into[k]; p != nil {
			*p = v
		}
	}
	if err := rows.Err(); err != nil {
		return out, err
	}
	out.Taxes, err = taxes(ctx, q)
	return out, err
}

func taxes(ctx context.Context, q queryer) ([]salon.Tax, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, name, rate_e6 FROM tax WHERE deleted = 0 ORDER BY sort, id`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read taxes: %w", err))
	}
	defer rows.Close()
	var out []salon.Tax
	for rows.Next() {
		var t salon.Tax
		if err := rows.Scan(&t.ID, &t.Name, &t.RateE6); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// branchSetting is one setting of the branch, "" if it was never set.
func branchSetting(ctx context.Context, q queryer, key string) (v string, err error) {
	err = q.QueryRowContext(ctx, `SELECT value FROM branch_setting WHERE key = ? AND deleted = 0`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// Machine is something the PC keeps for itself, "" if it is not there.
func (sc *Scope) Machine(ctx context.Context, key string) (v string, err error) {
	if err := sc.may(ctx, machineAct); err != nil {
		return "", err
	}
	err = sc.s.r.QueryRowContext(ctx, `SELECT value FROM machine_setting WHERE key = ?`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, asSalonError(err)
}

// SetMachine keeps something for the PC. The log says that, never what.
func (sc *Scope) SetMachine(ctx context.Context, key, value string) error {
	_, err := sc.write(ctx, machineAct, func(tx *writeTx) error {
		tx.touchedAs("machine", key, "", nil)
		return tx.exec(`INSERT INTO machine_setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	})
	return err
}
