package appliance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"salonkeep/store/salon"
)

const (
	claimLife      = 60 * time.Minute
	claimPerMinute = 5  // tries from one address
	claimTries     = 20 // wrong tries before the code is replaced
	claimSymbols   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	claimLength    = 8
)

// claims guards the first run: whoever opens the link printed on the appliance
// owns it, nobody else on the Wi-Fi does. The code lies in a file that only
// the service's user can read, so that `salonkeep claim` on the same PC can make
// a new one while the appliance runs; the link works once.
type claims struct {
	folder folder
	now    func() time.Time
	show   func(code string) // prints a code made without being asked for

	mu     sync.Mutex
	wrong  int
	tries  map[string][]time.Time // per address, of the last minute
	ticket [sha256.Size]byte
	held   bool
}

func newClaims(f folder, now func() time.Time, show func(string)) *claims {
	return &claims{folder: f, now: now, show: show, tries: map[string][]time.Time{}}
}

// newClaim makes a code and writes it to the folder, in place of an older one.
func newClaim(f folder, now time.Time) (string, error) {
	var raw [claimLength]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("draw a claim code: %w", err)
	}
	for i := range raw {
		raw[i] = claimSymbols[raw[i]&31]
	}
	text := fmt.Sprintf("%s\n%s\n", raw[:], now.UTC().Format(time.RFC3339))
	if err := writeFile(f.claim(), []byte(text)); err != nil {
		return "", err
	}
	return string(raw[:]), nil
}

// readClaim is the code in force: "" if there is none or it ran out.
func readClaim(f folder, now time.Time) (string, error) {
	text, err := os.ReadFile(f.claim())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the claim code: %w", err)
	}
	code, stamp, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if made, err := time.Parse(time.RFC3339, strings.TrimSpace(stamp)); err == nil && len(code) == claimLength && now.Sub(made).Abs() <= claimLife {
		return code, nil
	}
	return "", nil
}

// Claim spends the code and returns the ticket of the browser that brought it.
func (c *claims) Claim(_ context.Context, code, from string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if !c.mayTry(from, now) {
		return "", salon.E(salon.Closed, "That was too many tries. Wait a minute, then type the code again.")
	}
	want, err := readClaim(c.folder, now)
	if err != nil {
		return "", err
	}
	// The comparison takes the same time wherever the first wrong sign is.
	if want == "" || subtle.ConstantTimeCompare([]byte(tidyCode(code)), []byte(want)) != 1 {
		return "", c.refuse(want == "", now)
	}
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("draw a ticket: %w", err)
	}
	ticket := hex.EncodeToString(raw[:])
	if err := os.Remove(c.folder.claim()); err != nil {
		return "", fmt.Errorf("spend the claim code: %w", err)
	}
	c.ticket, c.held, c.wrong = sha256.Sum256([]byte(ticket)), true, 0
	return ticket, nil
}

func (c *claims) refuse(none bool, now time.Time) error {
	if none {
		return salon.E(salon.Auth, "This link has been used or has run out. Type salonkeep claim on the PC for a new one.")
	}
	if c.wrong++; c.wrong >= claimTries {
		c.wrong = 0
		fresh, err := newClaim(c.folder, now)
		if err != nil {
			return err
		}
		c.show(fresh)
		return salon.E(salon.Auth, "That was too many wrong codes. A new one is printed on the PC.")
	}
	return salon.E(salon.Auth, "That is not the code. It stands on the screen of the PC and in the file claim.txt of its data folder.")
}

func (c *claims) mayTry(from string, now time.Time) bool {
	for who, list := range c.tries {
		kept := list[:0]
		for _, t := range list {
			if age := now.Sub(t); age >= 0 && age < time.Minute {
				kept = append(kept, t)
			}
		}
		if c.tries[who] = kept; len(kept) == 0 {
			delete(c.tries, who)
		}
	}
	if len(c.tries[from]) >= claimPerMinute {
		return false
	}
	c.tries[from] = append(c.tries[from], now)
	return true
}

// Holds tells whether the ticket is the one in force.
func (c *claims) Holds(ticket string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	got := sha256.Sum256([]byte(ticket))
	return c.held && subtle.ConstantTimeCompare(got[:], c.ticket[:]) == 1
}

// drop ends the ticket: the first run is over.
func (c *claims) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = false
}

// tidyCode forgives what people do to a code between paper and screen.
func tidyCode(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r == ' ' || r == '-':
			return -1
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, strings.TrimPrefix(strings.TrimSpace(s), "#"))
}
