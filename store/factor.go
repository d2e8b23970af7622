package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"salonkeep/store/salon"
)

const (
	halfTime      = 10 * time.Minute // between the password and the second factor
	codePeriod    = 30               // seconds a code of an app is good for
	recoveryCodes = 10
)

// needFactor tells whether people of a role ought to have a second factor.
func needFactor(role string) bool { return role == salon.Owner || role == "admin" }

// needsFactor tells whether a person has a second factor, which a password
// then has to be followed by.
func (s *Store) needsFactor(ctx context.Context, staffID string) (bool, error) {
	var has bool
	err := s.r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM totp WHERE staff_id = ?1 AND confirmed_at <> '') OR EXISTS (SELECT 1 FROM passkey WHERE staff_id = ?1)`, staffID).Scan(&has)
	return has, asSalonError(err)
}

// halfSession is a sign-in that waits for its second factor. Its token opens
// nothing else.
func (s *Store) halfSession(ctx context.Context, sc *Scope) (string, error) {
	token, err := newToken()
	if err != nil {
		return "", err
	}
	_, err = s.w.ExecContext(ctx, `INSERT INTO half_session (token, staff_id, station, device_id, expires_at) VALUES (?,?,?,nullif(?, ''),?)`,
		tokenHash(token), sc.who.StaffID, sc.who.Station, sc.device, stamp(s.o.Now().Add(halfTime)))
	if err != nil {
		return "", asSalonError(err)
	}
	return token, nil
}

// half reads a sign-in that waits, from the device it was begun on.
func (d *Door) half(ctx context.Context, token string) (*Scope, error) {
	sc := &Scope{s: d.s}
	v, err := d.deviceAt(ctx, d.s.r)
	if err != nil {
		return nil, err
	}
	err = d.s.r.QueryRowContext(ctx, `SELECT st.id, st.name, h.station, coalesce(h.device_id, '') FROM half_session h JOIN staff st ON st.id = h.staff_id
		WHERE h.token = ? AND h.expires_at > ? AND coalesce(h.device_id, '') = ? AND st.active = 1 AND st.deleted = 0`, tokenHash(token), d.s.now(), v.id).
		Scan(&sc.who.StaffID, &sc.who.Name, &sc.who.Station, &sc.device)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, salon.E(salon.Auth, "Please sign in.")
	}
	if err != nil {
		return nil, asSalonError(err)
	}
	return sc, nil
}

// Pending tells how a sign-in that SignIn began is to be finished.
func (d *Door) Pending(ctx context.Context, token string) (salon.Pending, error) {
	sc, err := d.half(ctx, token)
	if err != nil {
		return salon.Pending{}, err
	}
	p := salon.Pending{Name: sc.who.Name}
	err = d.s.r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM totp WHERE staff_id = ?1 AND confirmed_at <> ''), EXISTS (SELECT 1 FROM passkey WHERE staff_id = ?1),
		(SELECT count(*) FROM recovery_code WHERE staff_id = ?1 AND used_at = '')`, sc.who.StaffID).Scan(&p.Code, &p.Passkey, &p.Codes)
	return p, asSalonError(err)
}

// Code finishes a sign-in with a code of an app, or with a recovery code, which
// is then used up. The answer is the cookie of the session; token is good no
// longer.
func (d *Door) Code(ctx context.Context, token, code string) (string, error) {
	sc, err := d.half(ctx, token)
	if err != nil {
		return "", err
	}
	s, recovered := d.s, false
	right, err := s.try(ctx, map[string]int{"code:" + sc.who.StaffID: freeTries}, func() (bool, error) {
		right, err := s.isCode(ctx, sc.who.StaffID, code)
		if err == nil && !right {
			right, err = s.useRecovery(ctx, sc.who.StaffID, code)
			recovered = right
		}
		return right, err
	})
	if err != nil {
		return "", err
	}
	if !right {
		if err := sc.look(ctx, string(salon.LogWrong), "staff", sc.who.StaffID, "code"); err != nil {
			return "", err
		}
		return "", salon.E(salon.Auth, "That code does not match. Wait for the next one and type it again.")
	}
	if recovered {
		if err := sc.look(ctx, string(salon.LogRecovery), "staff", sc.who.StaffID, ""); err != nil {
			return "", err
		}
	}
	return s.finishHalf(ctx, sc, token)
}

func (s *Store) finishHalf(ctx context.Context, sc *Scope, token string) (string, error) {
	res, err := s.w.ExecContext(ctx, `DELETE FROM half_session WHERE token = ?`, tokenHash(token))
	if err != nil {
		return "", asSalonError(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return "", errors.Join(err, salon.E(salon.Auth, "Please sign in."))
	}
	return s.newSession(ctx, sc, salon.SecondFactor)
}

// isCode checks a code of an app. Each code counts once, so that one who looks
// over a shoulder comes too late.
func (s *Store) isCode(ctx context.Context, staffID, code string) (bool, error) {
	var secret string
	var last int64
	err := s.r.QueryRowContext(ctx, `SELECT secret, last_step FROM totp WHERE staff_id = ? AND confirmed_at <> ''`, staffID).Scan(&secret, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, asSalonError(err)
	}
	step, err := s.codeStep(secret, code)
	if err != nil || step <= last {
		return false, err
	}
	res, err := s.w.ExecContext(ctx, `UPDATE totp SET last_step = ?1 WHERE staff_id = ?2 AND last_step < ?1`, step, staffID)
	if err != nil {
		return false, asSalonError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// codeStep is the number of the period a code belongs to, 0 if to none near
// now: phones' clocks are not exact.
func (s *Store) codeStep(secret, code string) (int64, error) {
	code = strings.NewReplacer(" ", "", "-", "").Replace(code)
	now := s.o.Now()
	var found int64
	for _, off := range []int64{-1, 0, 1} {
		at := now.Add(time.Duration(off) * codePeriod * time.Second)
		want, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, fmt.Errorf("make the code to compare: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = at.Unix() / codePeriod
		}
	}
	return found, nil
}

// Factors are the ways this person signs in.
func (sc *Scope) Factors(ctx context.Context) (f salon.Factors, err error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return f, err
	}
	err = sc.s.r.QueryRowContext(ctx, `SELECT coalesce((SELECT set_at FROM pin WHERE staff_id = ?1), ''), coalesce((SELECT given FROM pin WHERE staff_id = ?1), 0),
			EXISTS (SELECT 1 FROM totp WHERE staff_id = ?1 AND confirmed_at <> ''), (SELECT count(*) FROM recovery_code WHERE staff_id = ?1 AND used_at = ''),
			coalesce((SELECT changed_at FROM login WHERE staff_id = ?1), '')`, sc.who.StaffID).Scan(&f.PinSetAt, &f.PinGiven, &f.Code, &f.Codes, &f.ChangedAt)
	if err != nil {
		return f, asSalonError(err)
	}
	f.HasPin, f.Strength = f.PinSetAt != "", sc.strength
	if f.Passkeys, err = sc.s.passkeys(ctx, sc.who.StaffID); err != nil {
		return f, err
	}
	f.Due = needFactor(sc.who.Role) && !f.Code && len(f.Passkeys) == 0
	return f, nil
}

// StartCode makes the secret an app is set up with. Nothing changes before
// ConfirmCode.
func (sc *Scope) StartCode(ctx context.Context, password string) (salon.CodeStart, error) {
	var out salon.CodeStart
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return out, err
	}
	if err := sc.provePassword(ctx, password); err != nil {
		return out, err
	}
	set, err := sc.s.settings(ctx, sc.s.r)
	if err != nil {
		return out, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: set.Name, AccountName: sc.who.Name, Period: codePeriod, SecretSize: 20, Rand: rand.Reader})
	if err != nil {
		return out, fmt.Errorf("make the secret of codes: %w", err)
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		var has int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM totp WHERE staff_id = ? AND confirmed_at <> ''`, sc.who.StaffID).Scan(&has); err != nil {
			return err
		}
		if has > 0 {
			return salon.E(salon.Clash, "An app makes codes already. End that first.")
		}
		tx.touchedIn(salon.LogSecret, "staff", sc.who.StaffID, "", map[string]any{"code": "begun"})
		return tx.exec(`INSERT INTO totp (staff_id, secret) VALUES (?,?) ON CONFLICT (staff_id) DO UPDATE SET secret = excluded.secret, last_step = 0`, sc.who.StaffID, key.Secret())
	})
	if err != nil {
		return out, err
	}
	return salon.CodeStart{Secret: key.Secret(), URL: key.URL()}, nil
}

// provePassword asks once more for the password: a PIN does not open what
// protects an account.
func (sc *Scope) provePassword(ctx context.Context, password string) error {
	right, err := sc.s.isPassword(ctx, sc.who.StaffID, sc.who.Station, password)
	if err != nil || right {
		return err
	}
	if err := sc.look(ctx, string(salon.LogWrong), "staff", sc.who.StaffID, "password"); err != nil {
		return err
	}
	return salon.E(salon.Auth, "That is not your password.").On("password", "Type it again.")
}

// ConfirmCode switches codes on with the first one, and gives recovery codes
// where this person has none. This session counts as one with a second factor
// from now on.
func (sc *Scope) ConfirmCode(ctx context.Context, code string) (codes []string, err error) {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	var step int64
	right, err := sc.s.try(ctx, map[string]int{"code:" + sc.who.StaffID: freeTries}, func() (bool, error) {
		var secret string
		err := sc.s.r.QueryRowContext(ctx, `SELECT secret FROM totp WHERE staff_id = ? AND confirmed_at = ''`, sc.who.StaffID).Scan(&secret)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, asSalonError(err)
		}
		step, err = sc.s.codeStep(secret, code)
		return step > 0, err
	})
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, salon.E(salon.Invalid, "That code does not match. Wait for the next one and type it again.").On("code", "Type the six digits the app shows now.")
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedIn(salon.LogSecret, "staff", sc.who.StaffID, "", map[string]any{"code": "on"})
		if err := tx.exec(`UPDATE totp SET confirmed_at = ?, last_step = ? WHERE staff_id = ? AND confirmed_at = ''`, tx.now, step, sc.who.StaffID); err != nil {
			return err
		}
		codes, err = tx.firstCodes()
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// firstCodes raises the session and gives recovery codes to who has none.
func (tx *writeTx) firstCodes() ([]string, error) {
	if err := tx.exec(`UPDATE session SET strength = 'second-factor' WHERE token = ? AND strength = 'password'`, tx.sc.token); err != nil {
		return nil, err
	}
	var left int
	if err := tx.QueryRowContext(tx.ctx, `SELECT count(*) FROM recovery_code WHERE staff_id = ? AND used_at = ''`, tx.sc.who.StaffID).Scan(&left); err != nil || left > 0 {
		return nil, err
	}
	return tx.newRecovery()
}

// EndCode takes the app's codes away. Recovery codes go with the last factor.
func (sc *Scope) EndCode(ctx context.Context, password string) error {
	return sc.endFactor(ctx, password, `DELETE FROM totp WHERE staff_id = ?1`, map[string]any{"code": "off"}, sc.who.StaffID)
}

func (sc *Scope) endFactor(ctx context.Context, password, stmt string, detail map[string]any, args ...any) error {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return err
	}
	if err := sc.provePassword(ctx, password); err != nil {
		return err
	}
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		res, err := tx.ExecContext(ctx, stmt, args...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, missing("sign-in"))
		}
		tx.touchedIn(salon.LogSecret, "staff", sc.who.StaffID, "", detail)
		return tx.exec(`DELETE FROM recovery_code WHERE staff_id = ?1 AND NOT EXISTS (SELECT 1 FROM totp WHERE staff_id = ?1) AND NOT EXISTS (SELECT 1 FROM passkey WHERE staff_id = ?1)`, sc.who.StaffID)
	})
	return err
}

// NewRecoveryCodes makes ten codes that each replace the second factor once;
// those of before are good no longer.
func (sc *Scope) NewRecoveryCodes(ctx context.Context, password string) (codes []string, err error) {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	if err := sc.provePassword(ctx, password); err != nil {
		return nil, err
	}
	has, err := sc.s.needsFactor(ctx, sc.who.StaffID)
	if err != nil {
		return nil, err
	}
	if !has {
		return nil, salon.E(salon.Invalid, "There is no second factor yet that a recovery code could replace.")
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedIn(salon.LogSecret, "staff", sc.who.StaffID, "", map[string]any{"recovery codes": "new"})
		codes, err = tx.newRecovery()
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func (tx *writeTx) newRecovery() ([]string, error) {
	if err := tx.exec(`DELETE FROM recovery_code WHERE staff_id = ?`, tx.sc.who.StaffID); err != nil {
		return nil, err
	}
	var out []string
	for range recoveryCodes {
		var b strings.Builder
		for i := range 12 {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(typedSet))))
			if err != nil {
				return nil, fmt.Errorf("make a recovery code: %w", err)
			}
			if i == 4 || i == 8 {
				b.WriteByte('-')
			}
			b.WriteByte(typedSet[n.Int64()])
		}
		out = append(out, b.String())
		if err := tx.exec(`INSERT INTO recovery_code (hash, staff_id) VALUES (?,?)`, tokenHash(plainCode(b.String())), tx.sc.who.StaffID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// plainCode reads a typed code: letters that look alike are one.
func plainCode(code string) string {
	return strings.NewReplacer("O", "0", "I", "1", "L", "1", " ", "", "-", "").Replace(strings.ToUpper(code))
}

// useRecovery uses a recovery code up.
func (s *Store) useRecovery(ctx context.Context, staffID, code string) (bool, error) {
	res, err := s.w.ExecContext(ctx, `UPDATE recovery_code SET used_at = ? WHERE hash = ? AND staff_id = ? AND used_at = ''`, s.now(), tokenHash(plainCode(code)), staffID)
	if err != nil {
		return false, asSalonError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
