package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"salonkeep/store/salon"
)

const (
	codeTime  = 2 * time.Minute  // a QR code, or the letters a tablet shows
	letInTime = 10 * time.Minute // from the moment a device asks
	askTries  = 10               // new devices one address may send in a row
	// typedSet are the letters of a code that people type: Crockford's, which
	// has no two that look alike.
	typedSet    = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	typedLength = 6
)

// StartPairing opens the salon for one new device for two minutes. The code in
// the answer goes into a QR code; it has 128 bits and works once.
func (sc *Scope) StartPairing(ctx context.Context, f salon.PairingForm) (p salon.Pairing, err error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return p, fmt.Errorf("make a code: %w", err)
	}
	code := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	_, err = sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		if f.Name != "" {
			if f.Name, err = tx.deviceName(f.Name, ""); err != nil {
				return err
			}
		}
		if err := tx.checkOwner(&f); err != nil {
			return err
		}
		p = salon.Pairing{ID: newID(), Code: code, ExpiresAt: stamp(sc.s.o.Now().Add(codeTime)), Kind: f.Kind, Name: f.Name}
		tx.touchedIn(salon.LogPair, "pairing", p.ID, "code shown", map[string]any{"kind": f.Kind, "staff": f.StaffID})
		return tx.exec(`INSERT INTO pairing (id, code, state, kind, staff_id, name, opened_at, expires_at) VALUES (?,?,'open',?,nullif(?, ''),?,?,?)`,
			p.ID, tokenHash(code), f.Kind, f.StaffID, f.Name, tx.now, p.ExpiresAt)
	})
	if err != nil {
		return salon.Pairing{}, err
	}
	return p, nil
}

// checkOwner settles whose device it will be.
func (tx *writeTx) checkOwner(f *salon.PairingForm) error {
	switch f.Kind {
	case salon.SharedDevice, "":
		f.Kind, f.StaffID = salon.SharedDevice, ""
		return nil
	case salon.OwnDevice:
	default:
		return salon.E(salon.Invalid, "Choose whether the device is shared or belongs to one person.")
	}
	_, ok, err := tx.sc.s.holder(tx.ctx, tx, f.StaffID)
	if err == nil && !ok {
		return salon.E(salon.Invalid, "The device cannot be let in like this.").On("staff", "Choose somebody who can sign in.")
	}
	return err
}

// JoinPairing is a device that read the QR code. The code is used up; somebody
// who is signed in now has to see the same check number and let it in.
func (d *Door) JoinPairing(ctx context.Context, code string, n salon.Newcomer) (salon.Joining, error) {
	s := d.s
	// No limit is needed against guessing 128 bits, but one against filling
	// the disk with tries.
	var j salon.Joining
	right, err := s.try(ctx, map[string]int{"join:" + n.Address: stationTries}, func() (found bool, err error) {
		j, found, err = s.join(ctx, strings.ToUpper(strings.TrimSpace(code)), n)
		return found, err
	})
	if err == nil && !right {
		err = salon.E(salon.Auth, "This code has run out or was used. Have a new one shown.")
	}
	return j, err
}

func (s *Store) join(ctx context.Context, code string, n salon.Newcomer) (salon.Joining, bool, error) {
	j, err := newJoining(s.o.Now().Add(letInTime))
	if err != nil {
		return j, false, err
	}
	n = trimmed(n)
	res, err := s.w.ExecContext(ctx, `UPDATE pairing SET state = 'asked', secret = ?, check_no = ?, expires_at = ?, name = iif(name = '', ?, name), browser = ?, address = ?
		WHERE code = ? AND state = 'open' AND expires_at > ?`, tokenHash(j.Secret), j.Check, j.ExpiresAt, n.Name, n.Browser, n.Address, tokenHash(code), s.now())
	if err != nil {
		return j, false, asSalonError(fmt.Errorf("join: %w", err))
	}
	if got, err := res.RowsAffected(); err != nil || got == 0 {
		return salon.Joining{}, false, err
	}
	s.events.publish(salon.Event{Kind: "pairing"})
	return j, true, nil
}

func newJoining(until time.Time) (salon.Joining, error) {
	secret, err := newToken()
	if err != nil {
		return salon.Joining{}, err
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return salon.Joining{}, fmt.Errorf("make a check number: %w", err)
	}
	return salon.Joining{Secret: secret, Check: fmt.Sprintf("%03d %03d", n.Int64()/1000, n.Int64()%1000), ExpiresAt: stamp(until)}, nil
}

// trimmed keeps what a stranger's device says of itself short.
func trimmed(n salon.Newcomer) salon.Newcomer {
	short := func(s string) string {
		s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
		if r := []rune(s); len(r) > 60 {
			s = string(r[:60])
		}
		return s
	}
	return salon.Newcomer{Name: short(n.Name), Browser: short(n.Browser), Address: short(n.Address)}
}

// AskPairing is a device that comes without a QR code: it shows six letters,
// and somebody who is signed in types them on a device that is in. Until then
// nobody hears of it.
func (d *Door) AskPairing(ctx context.Context, n salon.Newcomer) (salon.Joining, error) {
	s := d.s
	n = trimmed(n)
	if err := s.countTry(ctx, map[string]int{"ask:" + n.Address: askTries}); err != nil {
		return salon.Joining{}, err
	}
	j, err := newJoining(s.o.Now().Add(codeTime))
	if err != nil {
		return j, err
	}
	if j.Code, err = typedCode(); err != nil {
		return j, err
	}
	_, err = s.w.ExecContext(ctx, `INSERT INTO pairing (id, code, secret, state, check_no, name, browser, address, opened_at, expires_at) VALUES (?,?,?,'shown',?,?,?,?,?,?)`,
		newID(), tokenHash(j.Code), tokenHash(j.Secret), j.Check, n.Name, n.Browser, n.Address, s.now(), j.ExpiresAt)
	return j, asSalonError(err)
}

func typedCode() (string, error) {
	var b strings.Builder
	for range typedLength {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(typedSet))))
		if err != nil {
			return "", fmt.Errorf("make a code: %w", err)
		}
		b.WriteByte(typedSet[n.Int64()])
	}
	return b.String(), nil
}

// TypePairing finds the device that shows these letters. It then stands among
// Pairings and has to be let in.
func (sc *Scope) TypePairing(ctx context.Context, code string) (p salon.Pairing, err error) {
	if err := sc.mayTry(ctx, salon.EditDevices); err != nil {
		return p, err
	}
	code = plainCode(code)
	right, err := sc.s.try(ctx, map[string]int{"typed:" + sc.who.StaffID: freeTries}, func() (bool, error) {
		err := sc.s.r.QueryRowContext(ctx, `SELECT id FROM pairing WHERE code = ? AND state = 'shown' AND expires_at > ?`, tokenHash(code), sc.s.now()).Scan(&p.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		return err == nil, asSalonError(err)
	})
	if err != nil {
		return salon.Pairing{}, err
	}
	if !right {
		return salon.Pairing{}, salon.E(salon.Invalid, "No device shows this code now.").On("code", "Look at the new device again. A code is good for two minutes.")
	}
	_, err = sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		tx.touchedIn(salon.LogPair, "pairing", p.ID, "code typed", nil)
		return tx.exec(`UPDATE pairing SET state = 'asked', expires_at = ? WHERE id = ? AND state = 'shown'`, stamp(sc.s.o.Now().Add(letInTime)), p.ID)
	})
	if err != nil {
		return salon.Pairing{}, err
	}
	list, err := sc.s.pairings(ctx, sc.s.r, `p.id = ?`, p.ID)
	if err != nil || len(list) == 0 {
		return salon.Pairing{}, errors.Join(err, missing("device"))
	}
	return list[0], nil
}

// Pairings are the devices that wait to be let in, and the codes that are open.
func (sc *Scope) Pairings(ctx context.Context) ([]salon.Pairing, error) {
	if !sc.grants[salon.EditDevices].Allows() {
		return nil, sc.refuse(ctx, salon.EditDevices, "")
	}
	return sc.s.pairings(ctx, sc.s.r, `p.state IN ('open', 'asked')`)
}

func (s *Store) pairings(ctx context.Context, q queryer, cond string, args ...any) ([]salon.Pairing, error) {
	rows, err := q.QueryContext(ctx, `SELECT p.id, p.expires_at, p.state = 'asked', p.kind, coalesce(p.staff_id, ''), coalesce(st.name, ''), p.name, p.browser, p.address, p.check_no
		FROM pairing p LEFT JOIN staff st ON st.id = p.staff_id WHERE `+cond+` AND p.expires_at > ? ORDER BY p.opened_at, p.id`, append(args, s.now())...)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list devices that ask: %w", err))
	}
	defer rows.Close()
	var out []salon.Pairing
	for rows.Next() {
		var p salon.Pairing
		if err := rows.Scan(&p.ID, &p.ExpiresAt, &p.Asks, &p.Kind, &p.Person.StaffID, &p.Person.Name, &p.Name, &p.Browser, &p.Address, &p.Check); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// ApprovePairing lets a device in that shows the same check number. It gets its
// cookie when it collects it.
func (sc *Scope) ApprovePairing(ctx context.Context, id string, f salon.PairingForm) error {
	_, err := sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		list, err := sc.s.pairings(ctx, tx, `p.state = 'asked' AND p.id = ?`, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return salon.E(salon.Clash, "This device waits no longer. Begin again.")
		}
		if f.Name, err = tx.deviceName(f.Name, ""); err != nil {
			return err
		}
		if err := tx.checkOwner(&f); err != nil {
			return err
		}
		tx.asks = map[string]any{"device": id, "name": f.Name, "kind": f.Kind, "staff": f.StaffID}
		tx.touchedIn(salon.LogPair, "pairing", id, "let in", map[string]any{"name": f.Name, "kind": f.Kind, "staff": f.StaffID, "address": list[0].Address})
		return tx.exec(`UPDATE pairing SET state = 'approved', name = ?, kind = ?, staff_id = nullif(?, ''), answered_by = ?, expires_at = ? WHERE id = ?`,
			f.Name, f.Kind, f.StaffID, sc.who.Name, stamp(sc.s.o.Now().Add(letInTime)), id)
	})
	return err
}

// RefusePairing turns a device away, or closes a code.
func (sc *Scope) RefusePairing(ctx context.Context, id string) error {
	_, err := sc.write(ctx, salon.EditDevices, func(tx *writeTx) error {
		res, err := tx.ExecContext(ctx, `UPDATE pairing SET state = 'refused', answered_by = ? WHERE id = ? AND state IN ('open', 'asked', 'approved')`, sc.who.Name, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, missing("device"))
		}
		tx.touchedIn(salon.LogPair, "pairing", id, "refused", nil)
		return nil
	})
	return err
}

// CollectDevice is a device that asks whether it was let in. The cookie is made
// at this moment and given once.
func (d *Door) CollectDevice(ctx context.Context, secret string) (salon.Collected, error) {
	s := d.s
	var id, state, staff string
	var f salon.PairingForm
	var browser, address, by string
	err := s.r.QueryRowContext(ctx, `SELECT id, state, name, kind, coalesce(staff_id, ''), browser, address, answered_by FROM pairing WHERE secret = ? AND expires_at > ?`, tokenHash(secret), s.now()).
		Scan(&id, &state, &f.Name, &f.Kind, &staff, &browser, &address, &by)
	switch {
	case errors.Is(err, sql.ErrNoRows) || secret == "":
		return salon.Collected{}, salon.E(salon.Auth, "This took too long. Begin again.")
	case err != nil:
		return salon.Collected{}, asSalonError(err)
	case state == "asked" || state == "shown":
		return salon.Collected{Waiting: true}, nil
	case state != "approved":
		return salon.Collected{Refused: true}, nil
	}
	token, err := newToken()
	if err != nil {
		return salon.Collected{}, err
	}
	device := newID()
	sc := s.As("pairing")
	sc.who.Station = f.Name
	_, err = sc.write(ctx, machineAct, func(tx *writeTx) error {
		res, err := tx.ExecContext(ctx, `UPDATE pairing SET state = 'collected' WHERE id = ? AND state = 'approved'`, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, salon.E(salon.Auth, "This took too long. Begin again."))
		}
		tx.touchedIn(salon.LogPair, "device", device, "joined", map[string]any{"name": f.Name, "kind": f.Kind, "staff": staff, "by": by})
		return tx.exec(`INSERT INTO device (id, name, kind, staff_id, browser, address, token, joined_at, joined_by, seen_at) VALUES (?,?,?,nullif(?, ''),?,?,?,?,?,?)`,
			device, f.Name, f.Kind, staff, browser, address, tokenHash(token), tx.now, by, tx.now)
	})
	if err != nil {
		return salon.Collected{}, err
	}
	st, err := d.At(token).Station(ctx)
	return salon.Collected{Token: token, Device: st}, err
}
