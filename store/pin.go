package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

const (
	shortestPin = 4
	longestPin  = 6
	// A PIN has few digits, so what limits guessing is how often one may try:
	// for one person on one device, for one person anywhere, for one device.
	pinTries       = 5
	pinTriesPerson = 15
	pinTriesDevice = 30
)

// pinKeys are what wrong PINs are counted by.
func pinKeys(staffID, deviceID string) map[string]int {
	return map[string]int{
		"pin:" + staffID + ":" + deviceID: pinTries,
		"pin-person:" + staffID:           pinTriesPerson,
		"pin-device:" + deviceID:          pinTriesDevice,
	}
}

// checkNewPin refuses what a colleague would try first.
func checkNewPin(pin string) error {
	bad := salon.E(salon.Invalid, "This PIN cannot be used.")
	if len(pin) < shortestPin || len(pin) > longestPin || strings.Trim(pin, "0123456789") != "" {
		return bad.On("pin", "Use 4 to 6 digits.")
	}
	if easyPin(pin) {
		return bad.On("pin", "This one is guessed too easily. Avoid rows, repeats, years and patterns of keys.")
	}
	return nil
}

// popularPins are the ones people choose most that the rules of easyPin miss,
// most of them shapes on the pad.
const popularPins = " 2580 0852 1397 7913 1379 1596 3579 7531 9513 1470 3690 0007 1004 2468 8642 1357 5683 0420 4200 0070 " +
	"147258 258369 159753 123654 147147 789456 456789 112358 420420 696969 007007 141421 314159 271828 "

func easyPin(pin string) bool {
	if strings.Contains(popularPins, " "+pin+" ") {
		return true
	}
	digits := map[byte]bool{}
	up, down := true, true
	for i := range len(pin) {
		digits[pin[i]] = true
		if i > 0 {
			up = up && (pin[i]-pin[i-1]) == 1 || up && pin[i-1] == '9' && pin[i] == '0'
			down = down && pin[i-1]-pin[i] == 1
		}
	}
	half := len(pin) / 2
	repeats := len(pin)%2 == 0 && pin[:half] == pin[half:]
	return up || down || repeats || len(digits) <= 2 || birthday(pin)
}

// birthday tells whether a PIN looks like a year, or like a day with a year,
// of somebody alive.
func birthday(pin string) bool {
	year := func(s string) bool { n, err := strconv.Atoi(s); return err == nil && n >= 1920 && n <= 2035 }
	part := func(s string, most int) bool { n, err := strconv.Atoi(s); return err == nil && n >= 1 && n <= most }
	switch len(pin) {
	case 4:
		return year(pin)
	case 6:
		day := func(a, b string) bool { return part(a, 31) && part(b, 12) || part(a, 12) && part(b, 31) }
		return day(pin[:2], pin[2:4]) || day(pin[2:4], pin[4:]) || year(pin[:4]) && part(pin[4:], 12)
	}
	return false
}

// SetPin sets one's own PIN. Whoever holds the screen has to prove who they
// are once more.
func (sc *Scope) SetPin(ctx context.Context, f salon.PinForm) error {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return err
	}
	if err := checkNewPin(f.Pin); err != nil {
		return err
	}
	if err := sc.prove(ctx, f.Proof); err != nil {
		return err
	}
	hash, err := hashPassword(f.Pin, sc.s.cost())
	if err != nil {
		return err
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		var old string
		if err := tx.QueryRowContext(ctx, `SELECT coalesce((SELECT hash FROM pin WHERE staff_id = ? AND given = 1), '')`, sc.who.StaffID).Scan(&old); err != nil {
			return err
		}
		if old != "" && sc.s.checkPassword(old, f.Pin) {
			return salon.E(salon.Invalid, "This PIN cannot be used.").On("pin", "Choose another one than you were given.")
		}
		return tx.setPin(sc.who.StaffID, hash, false)
	})
	return err
}

// prove checks a password, or on a device of the salon the PIN so far.
func (sc *Scope) prove(ctx context.Context, proof string) error {
	var right bool
	var err error
	if sc.device != "" && isPinShaped(proof) {
		right, err = sc.s.isPin(ctx, sc.who.StaffID, sc.device, proof)
	} else {
		right, err = sc.s.isPassword(ctx, sc.who.StaffID, sc.who.Station, proof)
	}
	if err != nil || right {
		return err
	}
	if err := sc.look(ctx, string(salon.LogWrong), "staff", sc.who.StaffID, "proof"); err != nil {
		return err
	}
	return salon.E(salon.Auth, "That does not match.").On("proof", "Type your password, or your PIN so far.")
}

func isPinShaped(s string) bool {
	return len(s) >= shortestPin && len(s) <= longestPin && strings.Trim(s, "0123456789") == ""
}

func (tx *writeTx) setPin(staffID, hash string, given bool) error {
	tx.touchedIn(salon.LogSecret, "staff", staffID, "", map[string]any{"pin": map[bool]string{true: "given", false: "set"}[given]})
	return tx.exec(`INSERT INTO pin (staff_id, hash, set_at, given) VALUES (?,?,?,?) ON CONFLICT (staff_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at, given = excluded.given`,
		staffID, hash, tx.now, given)
}

// GivePin makes a PIN for somebody who has none or forgot theirs. It is good
// for one thing: choosing their own.
func (sc *Scope) GivePin(ctx context.Context, staffID string) (pin string, err error) {
	if err := sc.mayTry(ctx, salon.EditStaff); err != nil {
		return "", err
	}
	for pin == "" || easyPin(pin) {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return "", fmt.Errorf("make a PIN: %w", err)
		}
		pin = fmt.Sprintf("%06d", n)
	}
	hash, err := hashPassword(pin, sc.s.cost())
	if err != nil {
		return "", err
	}
	_, err = sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		h, ok, err := sc.s.holder(ctx, tx, staffID)
		if err != nil {
			return err
		}
		if !ok {
			return salon.E(salon.Invalid, "Only people who can sign in can have a PIN.").On("staff", "Give this person a sign-in first.")
		}
		if h.role == salon.Owner && sc.who.Role != salon.Owner && !sc.machine() {
			return salon.E(salon.Denied, "Only an owner can do that for an owner.")
		}
		tx.asks = map[string]string{"pin": staffID}
		if err := tx.exec(`DELETE FROM session WHERE staff_id = ? AND strength = 'pin'`, staffID); err != nil {
			return err
		}
		return tx.setPin(staffID, hash, true)
	})
	if err != nil {
		return "", err
	}
	return pin, nil
}

// DropPin ends somebody's PIN: their own, or another person's for who may edit
// staff.
func (sc *Scope) DropPin(ctx context.Context, staffID string) error {
	act := salon.EditStaff
	if staffID == sc.who.StaffID && staffID != "" {
		act = salon.OwnAccount
	}
	_, err := sc.write(ctx, act, func(tx *writeTx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM pin WHERE staff_id = ?`, staffID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, missing("PIN"))
		}
		tx.touchedIn(salon.LogSecret, "staff", staffID, "", map[string]any{"pin": "ended"})
		return tx.exec(`DELETE FROM session WHERE staff_id = ? AND strength = 'pin'`, staffID)
	})
	return err
}

// isPin checks a PIN within its limits. There is nothing to check where there
// is no PIN, and it takes as long.
func (s *Store) isPin(ctx context.Context, staffID, deviceID, pin string) (bool, error) {
	return s.try(ctx, pinKeys(staffID, deviceID), func() (bool, error) {
		var hash string
		err := s.r.QueryRowContext(ctx, `SELECT p.hash FROM pin p JOIN login l ON l.staff_id = p.staff_id JOIN staff st ON st.id = p.staff_id
			WHERE p.staff_id = ? AND st.active = 1 AND st.deleted = 0`, staffID).Scan(&hash)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return false, asSalonError(fmt.Errorf("read PIN: %w", err))
		}
		return s.checkPassword(hash, pin), nil
	})
}

// PinSignIn changes to somebody on a device of the salon, and answers the
// cookie of their session. Anywhere else a PIN opens nothing.
func (d *Door) PinSignIn(ctx context.Context, staffID, pin string) (string, error) {
	s := d.s
	at, err := d.place(ctx, "")
	if err != nil {
		return "", err
	}
	if at.device == "" {
		return "", salon.E(salon.Auth, "A PIN works only on the salon's own devices. Sign in with your password.")
	}
	right, err := s.isPin(ctx, staffID, at.device, pin)
	if err != nil {
		return "", err
	}
	sc := &Scope{s: s, who: salon.Who{StaffID: staffID, Station: at.station}, device: at.device}
	if err := s.r.QueryRowContext(ctx, `SELECT coalesce((SELECT name FROM staff WHERE id = ?), '')`, staffID).Scan(&sc.who.Name); err != nil {
		return "", asSalonError(err)
	}
	if !right {
		if sc.who.Name == "" {
			sc.who.StaffID = "" // never somebody, so the log does not take the name of a guess
		}
		if err := sc.look(ctx, string(salon.LogWrong), "staff", sc.who.StaffID, "PIN"); err != nil {
			return "", err
		}
		return "", salon.E(salon.Auth, "That is not the right PIN.")
	}
	if err := sc.mayComeIn(ctx, at); err != nil {
		return "", err
	}
	return s.newSession(ctx, sc, salon.Pin)
}

// SecondPerson is somebody beside this person who approves one act at once, by
// their PIN, or by their password where a PIN is not enough for the act. The
// answer is the approval's id, for With.
func (sc *Scope) SecondPerson(ctx context.Context, staffID, secret string, f salon.AskForm) (id string, err error) {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return "", err
	}
	if !sc.Can(f.Act) {
		return "", sc.refuse(ctx, f.Act, "")
	}
	if staffID == sc.who.StaffID {
		return "", salon.E(salon.Denied, "Nobody can approve their own request.")
	}
	info, _ := salon.ActNamed(f.Act)
	byPin := !info.Strength.AtLeast(salon.Password)
	var right bool
	switch {
	case !byPin:
		right, err = sc.s.isPassword(ctx, staffID, sc.who.Station, secret)
	case sc.device == "":
		return "", salon.E(salon.Denied, "A PIN works only on the salon's own devices. Ask for an approval instead.")
	default:
		right, err = sc.s.isPin(ctx, staffID, sc.device, secret)
	}
	if err != nil {
		return "", err
	}
	if !right {
		if err := sc.look(ctx, string(salon.LogWrong), "staff", staffID, "second person"); err != nil {
			return "", err
		}
		if byPin {
			return "", salon.E(salon.Auth, "That is not the right PIN.").On("secret", "Type it again.")
		}
		return "", salon.E(salon.Auth, "That is not the right password.").On("secret", "This needs the second person's password.")
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		id, err = tx.secondPerson(staffID, f)
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}
