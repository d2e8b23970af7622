package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"salonkeep/store/salon"
)

// ceremonyTime is how long a browser may take to answer.
const ceremonyTime = 5 * time.Minute

// keyholder is a person as the passkey library sees them.
type keyholder struct {
	id, name string
	keys     []webauthn.Credential
}

// WebAuthnID is what the passkey keeps of its person; it says nothing.
func (k keyholder) WebAuthnID() []byte { return []byte(k.id) }

// WebAuthnName is shown when a phone asks which passkey to use.
func (k keyholder) WebAuthnName() string { return k.name }

// WebAuthnDisplayName is the same for a person.
func (k keyholder) WebAuthnDisplayName() string { return k.name }

// WebAuthnCredentials are the person's passkeys for this host.
func (k keyholder) WebAuthnCredentials() []webauthn.Credential { return k.keys }

// relyingParty is the salon at one address. A browser makes passkeys only for
// names, never for bare numbers, and only over https.
func (s *Store) relyingParty(ctx context.Context, site salon.Site) (*webauthn.WebAuthn, error) {
	bad := salon.E(salon.Invalid, "Passkeys work only at the salon's own name over https. Open that address first.")
	if site.Host == "" || net.ParseIP(site.Host) != nil {
		return nil, bad
	}
	set, err := s.settings(ctx, s.r)
	if err != nil {
		return nil, err
	}
	rp, err := webauthn.New(&webauthn.Config{RPID: site.Host, RPDisplayName: set.Name, RPOrigins: []string{site.Origin}})
	if err != nil {
		return nil, bad.Because(err)
	}
	return rp, nil
}

// keyholder is a person with their passkeys for one host.
func (s *Store) keyholder(ctx context.Context, staffID, host string) (keyholder, error) {
	k := keyholder{id: staffID}
	err := s.r.QueryRowContext(ctx, `SELECT st.name FROM staff st JOIN login l ON l.staff_id = st.id WHERE st.id = ? AND st.active = 1 AND st.deleted = 0`, staffID).Scan(&k.name)
	if errors.Is(err, sql.ErrNoRows) {
		return k, missing("person")
	}
	if err != nil {
		return k, asSalonError(err)
	}
	list, err := texts(ctx, s.r, `SELECT credential FROM passkey WHERE staff_id = ? AND site = ?`, staffID, host)
	if err != nil {
		return k, asSalonError(err)
	}
	for _, text := range list {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return k, fmt.Errorf("read passkey: %w", err)
		}
		k.keys = append(k.keys, c)
	}
	return k, nil
}

// keepCeremony stores what the second half needs and gives its name.
func (s *Store) keepCeremony(ctx context.Context, what, staffID string, data *webauthn.SessionData) (string, error) {
	id, err := newToken()
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(data)
	if err != nil {
		return "", fmt.Errorf("keep the first half: %w", err)
	}
	_, err = s.w.ExecContext(ctx, `INSERT INTO ceremony (id, staff_id, what, data, expires_at) VALUES (?,?,?,?,?)`, tokenHash(id), staffID, what, string(text), stamp(s.o.Now().Add(ceremonyTime)))
	return id, asSalonError(err)
}

// takeCeremony is good once.
func (s *Store) takeCeremony(ctx context.Context, what, id, staffID string) (webauthn.SessionData, error) {
	var data webauthn.SessionData
	var text string
	err := s.w.QueryRowContext(ctx, `DELETE FROM ceremony WHERE id = ? AND what = ? AND staff_id = ? AND expires_at > ? RETURNING data`, tokenHash(id), what, staffID, s.now()).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return data, salon.E(salon.Auth, "This took too long. Begin again.")
	}
	if err != nil {
		return data, asSalonError(err)
	}
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		return data, fmt.Errorf("read the first half: %w", err)
	}
	return data, nil
}

// StartPasskey begins to make a passkey for this person. Options go to the
// browser as they are.
func (sc *Scope) StartPasskey(ctx context.Context, site salon.Site, password string) (salon.Ceremony, error) {
	var out salon.Ceremony
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return out, err
	}
	if err := sc.provePassword(ctx, password); err != nil {
		return out, err
	}
	rp, err := sc.s.relyingParty(ctx, site)
	if err != nil {
		return out, err
	}
	k, err := sc.s.keyholder(ctx, sc.who.StaffID, site.Host)
	if err != nil {
		return out, err
	}
	var have []protocol.CredentialDescriptor
	for _, c := range k.keys {
		have = append(have, c.Descriptor())
	}
	options, data, err := rp.BeginRegistration(k, webauthn.WithExclusions(have), webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
	}))
	if err != nil {
		return out, fmt.Errorf("begin a passkey: %w", err)
	}
	if out.Options, err = json.Marshal(options); err != nil {
		return out, fmt.Errorf("begin a passkey: %w", err)
	}
	out.ID, err = sc.s.keepCeremony(ctx, "make", sc.who.StaffID, data)
	return out, err
}

// FinishPasskey keeps the passkey the browser made, and gives recovery codes
// where this person has none.
func (sc *Scope) FinishPasskey(ctx context.Context, site salon.Site, id, name string, answer []byte) (codes []string, err error) {
	if err := sc.mayTry(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > 60 {
		return nil, salon.E(salon.Invalid, "Give the passkey a name.").On("name", "For example: my phone.")
	}
	data, err := sc.s.takeCeremony(ctx, "make", id, sc.who.StaffID)
	if err != nil {
		return nil, err
	}
	rp, err := sc.s.relyingParty(ctx, site)
	if err != nil {
		return nil, err
	}
	k, err := sc.s.keyholder(ctx, sc.who.StaffID, site.Host)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, badPasskey(err)
	}
	c, err := rp.CreateCredential(k, data, parsed)
	if err != nil {
		return nil, badPasskey(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("keep passkey: %w", err)
	}
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedIn(salon.LogSecret, "staff", sc.who.StaffID, "", map[string]any{"passkey": "made", "name": name})
		if err := tx.exec(`INSERT INTO passkey (id, staff_id, site, name, credential, made_at) VALUES (?,?,?,?,?,?)`, keyID(c.ID), sc.who.StaffID, site.Host, name, string(text), tx.now); err != nil {
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

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func badPasskey(err error) error {
	var e *protocol.Error
	if errors.As(err, &e) {
		err = fmt.Errorf("%s: %s", e.Details, e.DevInfo)
	}
	return salon.E(salon.Auth, "This passkey was not accepted. Begin again.").Because(err)
}

func (s *Store) passkeys(ctx context.Context, staffID string) ([]salon.Passkey, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, name, made_at, used_at FROM passkey WHERE staff_id = ? ORDER BY made_at, id`, staffID)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list passkeys: %w", err))
	}
	defer rows.Close()
	var out []salon.Passkey
	for rows.Next() {
		var p salon.Passkey
		if err := rows.Scan(&p.ID, &p.Name, &p.MadeAt, &p.UsedAt); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// EndPasskey takes one passkey away.
func (sc *Scope) EndPasskey(ctx context.Context, id, password string) error {
	return sc.endFactor(ctx, password, `DELETE FROM passkey WHERE staff_id = ?1 AND id = ?2`, map[string]any{"passkey": "ended"}, sc.who.StaffID, id)
}

// DropFactors ends all second factors of somebody who has lost them. They sign
// in by password until they set up a new one.
func (sc *Scope) DropFactors(ctx context.Context, staffID string) error {
	_, err := sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		role, _, err := sc.s.roleOf(ctx, tx, staffID)
		if err != nil {
			return err
		}
		if role == salon.Owner && sc.who.Role != salon.Owner && !sc.machine() {
			return salon.E(salon.Denied, "Only an owner can do that for an owner.")
		}
		if staffID == sc.who.StaffID {
			return salon.E(salon.Denied, "Nobody can do that for themselves. Ask somebody else.")
		}
		tx.asks = map[string]string{"factors": staffID}
		tx.touchedIn(salon.LogSecret, "staff", staffID, "", map[string]any{"second factor": "ended"})
		for _, table := range []string{"totp", "passkey", "recovery_code", "half_session", "session"} {
			if err := tx.exec(`DELETE FROM `+table+` WHERE staff_id = ?`, staffID); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// StartPasskey begins to sign somebody in by a passkey. Who it is, the passkey
// says.
func (d *Door) StartPasskey(ctx context.Context, site salon.Site) (salon.Ceremony, error) {
	var out salon.Ceremony
	rp, err := d.s.relyingParty(ctx, site)
	if err != nil {
		return out, err
	}
	options, data, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return out, fmt.Errorf("begin to use a passkey: %w", err)
	}
	if out.Options, err = json.Marshal(options); err != nil {
		return out, fmt.Errorf("begin to use a passkey: %w", err)
	}
	out.ID, err = d.s.keepCeremony(ctx, "use", "", data)
	return out, err
}

// FinishPasskey signs in who holds the passkey and has unlocked it: two factors
// in one. The answer is the session's cookie.
func (d *Door) FinishPasskey(ctx context.Context, site salon.Site, id string, answer []byte, station string) (string, error) {
	s := d.s
	at, err := d.place(ctx, station)
	if err != nil {
		return "", err
	}
	if err := s.countTry(ctx, map[string]int{"passkey:" + at.key(): stationTries}); err != nil {
		return "", err
	}
	data, err := s.takeCeremony(ctx, "use", id, "")
	if err != nil {
		return "", err
	}
	rp, err := s.relyingParty(ctx, site)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", badPasskey(err)
	}
	user, c, err := rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		return s.keyholder(ctx, string(handle), site.Host)
	}, data, parsed)
	if err != nil {
		return "", errors.Join(badPasskey(err), (&Scope{s: s, who: salon.Who{Station: at.station}}).look(ctx, string(salon.LogWrong), "staff", "", "passkey"))
	}
	k := user.(keyholder)
	if c.Authenticator.CloneWarning {
		return "", errors.Join(badPasskey(errors.New("the counter went back")), (&Scope{s: s, who: salon.Who{StaffID: k.id, Name: k.name, Station: at.station}}).look(ctx, string(salon.LogWrong), "staff", k.id, "passkey"))
	}
	sc := &Scope{s: s, who: salon.Who{StaffID: k.id, Name: k.name, Station: at.station}, device: at.device}
	if err := sc.mayComeIn(ctx, at); err != nil {
		return "", err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("keep passkey: %w", err)
	}
	if _, err := s.w.ExecContext(ctx, `UPDATE passkey SET credential = ?, used_at = ? WHERE id = ?`, string(text), s.now(), keyID(c.ID)); err != nil {
		return "", asSalonError(err)
	}
	if _, err := s.w.ExecContext(ctx, `DELETE FROM login_try WHERE who = ?`, "passkey:"+at.key()); err != nil {
		return "", asSalonError(err)
	}
	return s.newSession(ctx, sc, salon.SecondFactor)
}
