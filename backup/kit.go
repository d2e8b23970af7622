package backup

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

// Kit is a salon's recovery kit: what its owner keeps on paper and what alone
// opens the salon's restore points.
type Kit struct {
	ID         string // names the kit in public, for example 7K3M-Q2XD; made from the recipient
	Salon      string // name of the salon when the kit was made
	Made       string // date, 2026-11-24
	Identity   string // the secret, AGE-SECRET-KEY-PQ-1...; "" while only the groups are known
	Code       Code   // the groups; zero if only the identity is known
	SigningKey string // public key of the salon's points, "" if the kit was given without it
}

// WorkFactor is the usual cost of trying one code against recovery.age: about
// a second on a small PC.
const WorkFactor = 18

// maxWorkFactor keeps a crafted recovery.age from occupying the machine.
const maxWorkFactor = 20

// NewKit makes a kit for the salon whose points the given public key signs.
func NewKit(salonName, signingKey string, now time.Time) (Kit, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return Kit{}, fmt.Errorf("make the recovery kit: %w", err)
	}
	if _, err := point.ParsePublicKey(signingKey); err != nil {
		return Kit{}, fmt.Errorf("make the recovery kit: %w", err)
	}
	return Kit{
		ID:         KitID(id.Recipient().String()),
		Salon:      oneLine(salonName),
		Made:       now.Format(time.DateOnly),
		Identity:   id.String(),
		Code:       newCode(),
		SigningKey: signingKey,
	}, nil
}

// KitID is the id of the kit whose public half is the given recipient.
func KitID(recipient string) string {
	h := sha256.Sum256([]byte("salonkeep kit " + recipient))
	return spell(h[:4]) + "-" + spell(h[4:8])
}

// spell shows the low bits of four bytes as four symbols.
func spell(b []byte) string {
	return string([]byte{symbols[b[0]&31], symbols[b[1]&31], symbols[b[2]&31], symbols[b[3]&31]})
}

// Locked reports whether only the groups are known, so that Unlock must come
// first.
func (k Kit) Locked() bool { return k.Identity == "" }

// Recipient is the public half of the kit, "" while it is locked.
func (k Kit) Recipient() string {
	id, err := age.ParseHybridIdentity(k.Identity)
	if err != nil {
		return ""
	}
	return id.Recipient().String()
}

// opener opens what is sealed to the kit.
func (k Kit) opener() (*point.Opener, error) {
	id, err := age.ParseHybridIdentity(k.Identity)
	if err != nil {
		return nil, fmt.Errorf("read the identity of kit %s: %w", k.ID, err)
	}
	return point.OpenWith(id), nil
}

// publicKey is the key that the kit vouches for, zero if it holds none.
func (k Kit) publicKey() point.PublicKey {
	p, err := point.ParsePublicKey(k.SigningKey)
	if err != nil {
		return point.PublicKey{}
	}
	return p
}

// Seal makes recovery.age: the kit without its groups, sealed with the groups.
// The cost of one try is 2^workFactor; use WorkFactor outside tests.
func (k Kit) Seal(workFactor int) ([]byte, error) {
	if k.Locked() || k.Code.IsZero() {
		return nil, errors.New("seal the kit: it is not whole")
	}
	r, err := age.NewScryptRecipient(k.Code.String())
	if err != nil {
		return nil, fmt.Errorf("seal the kit: %w", err)
	}
	r.SetWorkFactor(workFactor)
	inside := k
	inside.Code = Code{}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	if err != nil {
		return nil, fmt.Errorf("seal the kit: %w", err)
	}
	if _, err := io.WriteString(w, inside.Text()); err != nil {
		return nil, fmt.Errorf("seal the kit: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal the kit: %w", err)
	}
	return out.Bytes(), nil
}

// Unlock opens recovery.age with the kit's groups and returns the whole kit.
// Groups of another kit are a salon.WrongKey error; a file that is none is
// salon.Damaged.
func (k Kit) Unlock(recovery []byte) (Kit, error) {
	if k.Code.IsZero() {
		return Kit{}, errors.New("unlock the kit: it has no groups")
	}
	id, err := age.NewScryptIdentity(k.Code.String())
	if err != nil {
		return Kit{}, fmt.Errorf("unlock the kit: %w", err)
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	damaged := salon.E(salon.Damaged, "The file %s is damaged. Use the recovery kit as a file, or choose another restore point.", point.RecoveryFile)
	plain, err := age.Decrypt(bytes.NewReader(recovery), id)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return Kit{}, salon.E(salon.WrongKey, "These groups are complete, but they belong to another recovery kit. Look for the kit of this salon.").Because(err)
	}
	if err != nil {
		return Kit{}, damaged.Because(err)
	}
	text, err := io.ReadAll(io.LimitReader(plain, maxKitBytes))
	if err != nil {
		return Kit{}, damaged.Because(err)
	}
	whole, err := ParseKit(string(text))
	if err != nil || whole.Locked() {
		return Kit{}, damaged.Because(err)
	}
	whole.Code = k.Code
	return whole, nil
}
