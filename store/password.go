package store

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

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

func checkNewPassword(password string) error {
	if len([]rune(password)) < minPassword {
		return salon.E(salon.Invalid, "The password is too short.").On("password", "Use at least 10 characters; three words are a good start.")
	}
	if len(password) > 1000 {
		return salon.E(salon.Invalid, "The password is too long.").On("password", "Use fewer than 1000 characters.")
	}
	return nil
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
