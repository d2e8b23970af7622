package appliance

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"salonkeep/appliance/lan"
	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store"
)

// Names of the machine settings that the appliance keeps with the records, so
// that a salon brought back is the one the tablets and the kit know.
const (
	keyAppliance  = "appliance.id"
	keyAuthority  = "tls.authority"
	keySigning    = "backup.signing-key"
	keyRecipients = "backup.recipients" // one per line
	keyRecovery   = "backup.recovery"   // recovery.age, base64
	keyNextBackup = "backup.next"       // UTC, for the page
)

// newID draws the appliance's short id: part of its host name, so small
// letters.
func newID() (string, error) {
	var raw [4]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	for i := range raw {
		raw[i] = claimSymbols[raw[i]&31]
	}
	return strings.ToLower(string(raw[:])), nil
}

// identity is the appliance's name and certificate authority.
type identity struct {
	id        string
	authority *lan.Authority
}

// firstIdentity is what an appliance without a salon goes by. It is kept in the
// folder until the founding takes it over, so that a tablet that trusted it at
// the first step still does at the last.
func firstIdentity(f folder, now time.Time) (identity, error) {
	text, err := os.ReadFile(f.authority())
	if err == nil {
		if id, rest, ok := strings.Cut(string(text), "\n"); ok {
			if a, err := lan.ReadAuthority(rest); err == nil {
				return identity{id: id, authority: a}, nil
			}
		}
		// An unreadable one is replaced: nobody depends on it yet.
	} else if !errors.Is(err, fs.ErrNotExist) {
		return identity{}, fmt.Errorf("read the certificate authority: %w", err)
	}
	id, err := newID()
	if err != nil {
		return identity{}, err
	}
	a, err := lan.NewAuthority(id, now)
	if err != nil {
		return identity{}, err
	}
	pem, err := a.Text()
	if err != nil {
		return identity{}, err
	}
	if err := os.MkdirAll(f.firstRun(), 0o700); err != nil {
		return identity{}, fmt.Errorf("make %s: %w", f.firstRun(), err)
	}
	return identity{id: id, authority: a}, writeFile(f.authority(), []byte(id+"\n"+pem))
}

// savedIdentity is the one that lies with the salon's records.
func savedIdentity(ctx context.Context, sc *store.Scope) (identity, error) {
	id, err := sc.Machine(ctx, keyAppliance)
	if err != nil {
		return identity{}, err
	}
	text, err := sc.Machine(ctx, keyAuthority)
	if err != nil {
		return identity{}, err
	}
	a, err := lan.ReadAuthority(text)
	if err != nil {
		return identity{}, err
	}
	return identity{id: id, authority: a}, nil
}

// keys are the secrets a new salon begins with. The kit leaves with the owner;
// only its public half and its sealed copy stay.
type keys struct {
	kit      backup.Kit
	signing  point.Key
	recovery []byte
}

func newKeys(salonName string, now time.Time, sealCost int) (keys, error) {
	if sealCost == 0 {
		sealCost = backup.WorkFactor
	}
	signing, err := point.NewKey()
	if err != nil {
		return keys{}, err
	}
	kit, err := backup.NewKit(salonName, signing.Public().String(), now)
	if err != nil {
		return keys{}, err
	}
	recovery, err := kit.Seal(sealCost)
	if err != nil {
		return keys{}, err
	}
	return keys{kit: kit, signing: signing, recovery: recovery}, nil
}

// machine is what the founding writes beside the records.
func (k keys) machine(who identity) (map[string]string, error) {
	signing, err := k.signing.Text()
	if err != nil {
		return nil, err
	}
	authority, err := who.authority.Text()
	if err != nil {
		return nil, err
	}
	return map[string]string{
		keyAppliance:  who.id,
		keyAuthority:  authority,
		keySigning:    signing,
		keyRecipients: k.kit.Recipient(),
		keyRecovery:   base64.StdEncoding.EncodeToString(k.recovery),
	}, nil
}
