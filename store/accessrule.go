package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

// access reads from where and when the salon may be used. What is missing or
// cannot be read stands as a salon starts.
func (s *Store) access(ctx context.Context, q queryer) (salon.Access, error) {
	a := salon.DefaultAccess()
	rows, err := q.QueryContext(ctx, `SELECT key, value FROM business_setting WHERE key LIKE 'access.%' AND deleted = 0`)
	if err != nil {
		return a, asSalonError(fmt.Errorf("read the rules of access: %w", err))
	}
	defer rows.Close()
	yes := map[string]*bool{"access.paired": &a.PairedOnly, "access.shift": &a.ShiftOnly, "access.factor": &a.NeedFactor}
	numbers := map[string]*int{"access.grace": &a.Grace, "access.lock": &a.LockShared, "access.lock.own": &a.LockOwn}
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return a, err
		}
		if p := yes[k]; p != nil {
			*p = v == "yes"
		}
		if p := numbers[k]; p != nil {
			if n, err := strconv.Atoi(v); err == nil {
				*p = n
			}
		}
	}
	return a, rows.Err()
}

// Access is from where and when the salon may be used.
func (sc *Scope) Access(ctx context.Context) (salon.Access, error) {
	if err := sc.may(ctx, salon.ViewDevices); err != nil {
		return salon.Access{}, err
	}
	return sc.s.access(ctx, sc.s.r)
}

// SetAccess changes from where and when the salon may be used. What would lock
// its maker out, or people whose hours nobody has entered, is refused.
func (sc *Scope) SetAccess(ctx context.Context, a salon.Access) error {
	_, err := sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		before, err := sc.s.access(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.checkAccess(a, before); err != nil {
			return err
		}
		tx.asks = a
		detail := map[string]any{}
		yesNo := map[bool]string{true: "yes", false: "no"}
		for key, v := range map[string][2]string{
			"access.paired":   {yesNo[before.PairedOnly], yesNo[a.PairedOnly]},
			"access.shift":    {yesNo[before.ShiftOnly], yesNo[a.ShiftOnly]},
			"access.factor":   {yesNo[before.NeedFactor], yesNo[a.NeedFactor]},
			"access.grace":    {strconv.Itoa(before.Grace), strconv.Itoa(a.Grace)},
			"access.lock":     {strconv.Itoa(before.LockShared), strconv.Itoa(a.LockShared)},
			"access.lock.own": {strconv.Itoa(before.LockOwn), strconv.Itoa(a.LockOwn)},
		} {
			if v[0] == v[1] {
				continue
			}
			detail[key] = v
			if err := tx.setBusiness(key, v[1]); err != nil {
				return err
			}
		}
		tx.touchedIn(salon.LogAccess, "access", tx.branch, "", detail)
		return nil
	})
	return err
}

func (tx *writeTx) checkAccess(a, before salon.Access) error {
	bad := salon.E(salon.Invalid, "This cannot be saved like this yet.")
	if a.PairedOnly && !before.PairedOnly && tx.sc.device == "" && !tx.sc.machine() {
		bad.On("paired", "Do this on a device that has joined, or you lock yourself out.")
	}
	if a.Grace < 0 || a.Grace > 240 {
		bad.On("grace", "Choose between 0 and 240 minutes.")
	}
	if a.LockShared < 30 || a.LockShared > 3600 {
		bad.On("lock", "Choose between 30 seconds and one hour.")
	}
	if a.LockOwn != 0 && (a.LockOwn < 30 || a.LockOwn > 24*3600) {
		bad.On("lock_own", "Choose between 30 seconds and one day, or never.")
	}
	if a.ShiftOnly && !before.ShiftOnly {
		without, err := tx.withoutHours()
		if err != nil {
			return err
		}
		if len(without) > 0 {
			return salon.E(salon.Invalid, "Enter the hours of %s first, or they could not come in.", strings.Join(without, ", ")).On("shift", "Some people have no hours yet.")
		}
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}

// withoutHours are the people besides the owner who can sign in and have no
// hours.
func (tx *writeTx) withoutHours() ([]string, error) {
	all, err := tx.sc.s.holders(tx.ctx, tx)
	if err != nil {
		return nil, err
	}
	hours, err := tx.sc.s.hours(tx.ctx, tx, "")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, h := range all {
		if h.role != salon.Owner && len(hours[h.StaffID]) == 0 {
			out = append(out, h.Name)
		}
	}
	return out, nil
}
