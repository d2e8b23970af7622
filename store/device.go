package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// device is a device of the salon as it stands at the door.
type device struct {
	id, name, token string
	kind            salon.DeviceKind
	person          string // whose own one it is
	ended           salon.DeviceState
}

// deviceAt is the device this door belongs to; the zero device is a browser
// that never joined.
func (d *Door) deviceAt(ctx context.Context, q queryer) (device, error) {
	if d.token == "" {
		return device{}, nil
	}
	v := device{token: d.token}
	err := q.QueryRowContext(ctx, `SELECT id, name, kind, coalesce(staff_id, ''), ended FROM device WHERE token = ?`, d.token).Scan(&v.id, &v.name, &v.kind, &v.person, &v.ended)
	if errors.Is(err, sql.ErrNoRows) {
		return device{}, nil
	}
	if err != nil {
		return device{}, asSalonError(fmt.Errorf("find device: %w", err))
	}
	return v, nil
}

// place is from where somebody comes, and what the salon asks of that.
type place struct {
	device  string // id, "" for any other browser
	station string
	kind    salon.DeviceKind
	person  string
	access  salon.Access
}

// key names the place for the count of wrong tries.
func (p place) key() string {
	if p.device != "" {
		return "device:" + p.device
	}
	return p.station
}

// place is where this door is, or why nobody may come in there.
func (d *Door) place(ctx context.Context, station string) (place, error) {
	p := place{station: station}
	v, err := d.deviceAt(ctx, d.s.r)
	if err != nil {
		return p, err
	}
	if v.ended != "" {
		return p, salon.E(salon.Auth, "This device was locked out. Have it let in again.")
	}
	if v.id != "" {
		p.device, p.station, p.kind, p.person = v.id, v.name, v.kind, v.person
	}
	p.access, err = d.s.access(ctx, d.s.r)
	return p, err
}

// mayComeIn refuses somebody at a place, or at a time, where they may not use
// the salon. Nothing but this says so, for a sign-in as for every request.
func (sc *Scope) mayComeIn(ctx context.Context, p place) error {
	if p.access.PairedOnly && p.device == "" {
		return salon.E(salon.Auth, "Sign in on one of the salon's own devices.")
	}
	if p.kind == salon.OwnDevice && p.person != sc.who.StaffID {
		return salon.E(salon.Auth, "This device belongs to somebody else.")
	}
	if !p.access.ShiftOnly {
		return nil
	}
	on, err := sc.s.onShift(ctx, sc.s.r, sc.who.StaffID, p.access.Grace)
	if err != nil || on {
		return err
	}
	role, _, err := sc.s.roleOf(ctx, sc.s.r, sc.who.StaffID)
	if err != nil || role == salon.Owner {
		return err
	}
	return salon.E(salon.Auth, "You are not on shift now. Ask the owner or a manager if you have to come in.")
}

// Station is what the pages before sign-in may know of the device they are on.
func (d *Door) Station(ctx context.Context) (salon.Station, error) {
	v, err := d.deviceAt(ctx, d.s.r)
	if err != nil {
		return salon.Station{}, err
	}
	access, err := d.s.access(ctx, d.s.r)
	if err != nil {
		return salon.Station{}, err
	}
	if v.id == "" {
		return salon.Station{Access: access}, nil
	}
	st := salon.Station{ID: v.id, Name: v.name, Kind: v.kind, State: v.ended, Access: access}
	if v.ended != "" {
		return st, nil
	}
	st.State = salon.Joined
	if v.person != "" {
		st.Person.StaffID = v.person
		err = d.s.r.QueryRowContext(ctx, `SELECT name FROM staff WHERE id = ?`, v.person).Scan(&st.Person.Name)
	}
	return st, asSalonError(err)
}

// Devices are the salon's devices, those that may be used first.
func (sc *Scope) Devices(ctx context.Context) ([]salon.Device, error) {
	if err := sc.may(ctx, salon.ViewDevices); err != nil {
		return nil, err
	}
	rows, err := sc.s.r.QueryContext(ctx, `SELECT d.id, d.name, d.kind, coalesce(d.staff_id, ''), coalesce(p.name, ''), d.browser, d.address, d.joined_at, d.joined_by, d.seen_at,
			coalesce((SELECT st.name FROM session se JOIN staff st ON st.id = se.staff_id WHERE se.device_id = d.id AND se.expires_at > ? ORDER BY se.made_at DESC LIMIT 1), ''),
			d.ended, d.ended_at
		FROM device d LEFT JOIN staff p ON p.id = d.staff_id ORDER BY d.ended <> '', d.name COLLATE NOCASE, d.id`, sc.s.now())
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list devices: %w", err))
	}
	defer rows.Close()
	var out []salon.Device
	for rows.Next() {
		var v salon.Device
		if err := rows.Scan(&v.ID, &v.Name, &v.Kind, &v.Person.StaffID, &v.Person.Name, &v.Browser, &v.Address, &v.JoinedAt, &v.JoinedBy, &v.SeenAt, &v.SeenBy, &v.State, &v.EndedAt); err != nil {
			return nil, err
		}
		if v.State == "" {
			v.State = salon.Joined
		}
		v.Here = v.ID == sc.device && sc.device != ""
		out = append(out, v)
	}
	return out, rows.Err()
}

// RenameDevice gives a device another name. What the log says of it before
// keeps the old one.
func (sc *Scope) RenameDevice(ctx context.Context, id, name string) error {
	_, err := sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		v, err := tx.device(id)
		if err != nil {
			return err
		}
		if name, err = tx.deviceName(name, id); err != nil {
			return err
		}
		tx.touchedIn(salon.LogDevice, "device", id, "", map[string]any{"name": [2]string{v.name, name}})
		return tx.exec(`UPDATE device SET name = ?, was = json_insert(was, '$[#]', name) WHERE id = ?`, name, id)
	})
	return err
}

// device is a device that may be used.
func (tx *writeTx) device(id string) (device, error) {
	v := device{id: id}
	err := tx.QueryRowContext(tx.ctx, `SELECT name, kind, coalesce(staff_id, '') FROM device WHERE id = ? AND ended = ''`, id).Scan(&v.name, &v.kind, &v.person)
	if errors.Is(err, sql.ErrNoRows) {
		return v, missing("device")
	}
	return v, err
}

// deviceName brings a name into shape. No two devices in use share one: the log
// names devices.
func (tx *writeTx) deviceName(name, but string) (string, error) {
	bad := salon.E(salon.Invalid, "The device cannot be named like this.")
	if name = strings.Join(strings.Fields(name), " "); name == "" || len(name) > 60 {
		return "", bad.On("name", "Say where it stands, for example Reception 1.")
	}
	var n int
	err := tx.QueryRowContext(tx.ctx, `SELECT count(*) FROM device WHERE name = ? COLLATE NOCASE AND id <> ? AND ended = ''`, name, but).Scan(&n)
	if err == nil && n > 0 {
		return "", bad.On("name", "Another device has this name.")
	}
	return name, err
}

// RevokeDevice locks a device out: whoever is signed in on it is out with the
// next tap.
func (sc *Scope) RevokeDevice(ctx context.Context, id, reason string) error {
	_, err := sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		if _, err := tx.device(id); err != nil {
			return err
		}
		return tx.endDevice(id, salon.Revoked, strings.TrimSpace(reason))
	})
	return err
}

func (tx *writeTx) endDevice(id string, state salon.DeviceState, reason string) error {
	tx.touchedIn(salon.LogDevice, "device", id, reason, map[string]any{"state": [2]salon.DeviceState{salon.Joined, state}})
	for _, stmt := range []string{`DELETE FROM session WHERE device_id = ?`, `DELETE FROM half_session WHERE device_id = ?`} {
		if err := tx.exec(stmt, id); err != nil {
			return err
		}
	}
	return tx.exec(`UPDATE device SET ended = ?, ended_at = ? WHERE id = ? AND ended = ''`, state, tx.now, id)
}

// endDevicesOf locks out what belongs to one person alone, and gives how many
// that were.
func (tx *writeTx) endDevicesOf(staffID, reason string) (int, error) {
	ids, err := texts(tx.ctx, tx, `SELECT id FROM device WHERE staff_id = ? AND ended = ''`, staffID)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := tx.endDevice(id, salon.Revoked, reason); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
