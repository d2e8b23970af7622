package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/crypto/argon2"

	"salonkeep/store/salon"
)

// Cost is how much work one password check is.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
}

// realCost follows OWASP's password storage cheat sheet for argon2id with room
// to spare: about a tenth of a second on a mini-PC.
var realCost = Cost{MemoryKiB: 64 * 1024, Passes: 2}

func (s *Store) cost() Cost {
	if s.o.Cost == (Cost{}) {
		return realCost
	}
	return s.o.Cost
}

const minPassword = 10

// goodPassword is the least score of the estimator's five, 0 to 4, that lets a
// password pass: beyond what is tried within an hour on stolen hashes.
const goodPassword = 2

// checkNewPassword asks for length and refuses what is on the lists of common
// passwords or put together from them, from names and words, from dates and
// rows of keys, and from what is known of the person (about).
func checkNewPassword(password string, about ...string) error {
	bad := salon.E(salon.Invalid, "This password cannot be used.")
	if len([]rune(password)) < minPassword {
		return bad.On("password", "Use at least 10 characters; three words are a good start.")
	}
	if len(password) > 1000 {
		return bad.On("password", "Use fewer than 1000 characters.")
	}
	var known []string
	for _, a := range about {
		for _, part := range strings.FieldsFunc(strings.ToLower(a), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(part) > 2 {
				known = append(known, part)
			}
		}
	}
	// The estimator's work grows with the length; what is longer than this
	// passes by its length alone unless its beginning is all there is to it.
	if p := []rune(password); zxcvbn.PasswordStrength(string(p[:min(len(p), 64)]), known).Score < goodPassword {
		return bad.On("password", "This one is guessed too easily. Use words that do not belong together.")
	}
	return nil
}

// adopt adds another check's complaints about fields to those of a form.
func adopt(bad *salon.Error, err error) {
	var e *salon.Error
	if errors.As(err, &e) {
		for field, complaint := range e.Field {
			bad.On(field, complaint)
		}
	}
}

// isPassword checks a person's password within the limits of sign-in.
func (s *Store) isPassword(ctx context.Context, staffID, station, password string) (bool, error) {
	return s.try(ctx, map[string]int{"staff:" + staffID: freeTries, "station:" + station: stationTries}, func() (bool, error) {
		var hash string
		err := s.r.QueryRowContext(ctx, `SELECT l.password FROM login l JOIN staff st ON st.id = l.staff_id WHERE l.staff_id = ? AND st.active = 1 AND st.deleted = 0`, staffID).Scan(&hash)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return false, asSalonError(fmt.Errorf("read login: %w", err))
		}
		return s.checkPassword(hash, password), nil
	})
}

// ChangePassword sets one's own password and signs this person out everywhere
// else.
func (sc *Scope) ChangePassword(ctx context.Context, old, password string) error {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return err
	}
	right, err := sc.s.isPassword(ctx, sc.who.StaffID, sc.who.Station, old)
	if err != nil {
		return err
	}
	if !right {
		if err := sc.look(ctx, string(salon.LogWrong), "staff", sc.who.StaffID, "password"); err != nil {
			return err
		}
		return salon.E(salon.Auth, "That is not your password.").On("old", "Type it again.")
	}
	var email, shop string
	err = sc.s.r.QueryRowContext(ctx, `SELECT email, coalesce((SELECT value FROM business_setting WHERE key = 'name'), '') FROM login WHERE staff_id = ?`, sc.who.StaffID).Scan(&email, &shop)
	if err != nil {
		return asSalonError(err)
	}
	if err := checkNewPassword(password, sc.who.Name, email, shop); err != nil {
		return err
	}
	if password == old {
		return salon.E(salon.Invalid, "This password cannot be used.").On("password", "Choose another one than before.")
	}
	hash, err := hashPassword(password, sc.s.cost())
	if err != nil {
		return err
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedIn(salon.LogSecret, "staff", sc.who.StaffID, "", map[string]any{"password": "changed"})
		if _, err := tx.endSessions(""); err != nil {
			return err
		}
		return tx.exec(`UPDATE login SET password = ?, changed_at = ? WHERE staff_id = ?`, hash, tx.now, sc.who.StaffID)
	})
	return err
}

// hashPassword gives argon2id's usual text form, which carries its own cost.
func hashPassword(password string, c Cost) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, 1, 32)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword does the same work for a login that does not exist, so that
// the time of an answer tells nobody which addresses do.
func (s *Store) checkPassword(hash, password string) bool {
	s.hashes <- struct{}{}
	defer func() { <-s.hashes }()
	var c Cost
	var version int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		c = s.cost()
		argon2.IDKey([]byte(password), make([]byte, 16), c.Passes, c.MemoryKiB, 1, 32)
		return false
	}
	_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &c.MemoryKiB, &c.Passes)
	salt, err3 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err4 := base64.RawStdEncoding.DecodeString(parts[5])
	if errors.Join(err1, err2, err3, err4) != nil || version != argon2.Version || c.Passes == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, 1, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
