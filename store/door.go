package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// Door is the store before anybody has signed in, as one device comes to it.
type Door struct {
	s     *Store
	token string // hash of the device's cookie; "" for a browser that never joined
}

// Door is what a request without a session may hold.
func (s *Store) Door() *Door { return &Door{s: s} }

// At is the door as the device comes to it that holds this cookie.
func (d *Door) At(deviceToken string) *Door {
	if deviceToken == "" {
		return &Door{s: d.s}
	}
	return &Door{s: d.s, token: tokenHash(deviceToken)}
}

const sessionLife = 30 * 24 * time.Hour // from the last visit

// SignIn answers the cookie of a new session, or of one whose second factor is
// still to come (see Pending). A wrong name and a wrong password give the same
// answer after the same work. station is what the browser calls itself; a
// device of the salon goes by the name the salon gave it.
func (d *Door) SignIn(ctx context.Context, email, password, station string) (string, error) {
	s := d.s
	at, err := d.place(ctx, station)
	if err != nil {
		return "", err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	who := salon.Who{Station: at.station}
	right, err := s.try(ctx, map[string]int{"email:" + email: freeTries, "station:" + at.key(): stationTries}, func() (bool, error) {
		var hash string
		err := s.r.QueryRowContext(ctx, `SELECT st.id, st.name, l.password FROM login l JOIN staff st ON st.id = l.staff_id
			WHERE l.email = ? AND st.active = 1 AND st.deleted = 0`, email).Scan(&who.StaffID, &who.Name, &hash)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return false, asSalonError(fmt.Errorf("find login: %w", err))
		}
		return s.checkPassword(hash, password) && who.StaffID != "", nil
	})
	if err != nil {
		return "", err
	}
	sc := &Scope{s: s, who: who, device: at.device}
	if !right {
		if err := sc.look(ctx, string(salon.LogWrong), "staff", who.StaffID, "password"); err != nil {
			return "", err
		}
		return "", salon.E(salon.Auth, "That e-mail address and password do not belong together.")
	}
	if err := sc.mayComeIn(ctx, at); err != nil {
		return "", err
	}
	half, err := s.needsFactor(ctx, who.StaffID)
	if err != nil {
		return "", err
	}
	if half {
		return s.halfSession(ctx, sc)
	}
	return s.newSession(ctx, sc, salon.Password)
}

// newSession begins a session. On a shared device it takes the place of
// whoever was signed in there: one tablet is in one person's hands.
func (s *Store) newSession(ctx context.Context, sc *Scope, strength salon.Strength) (string, error) {
	token, err := newToken()
	if err != nil {
		return "", err
	}
	sc.grants, sc.strength = map[salon.Act]salon.Grant{salon.OwnAccount: {Reach: salon.All, Answer: salon.Yes}}, strength
	_, err = sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		if sc.device != "" {
			if err := tx.exec(`DELETE FROM session WHERE device_id = ?`, sc.device); err != nil {
				return err
			}
			if err := tx.exec(`UPDATE device SET seen_at = ? WHERE id = ?`, tx.now, sc.device); err != nil {
				return err
			}
		}
		tx.touchedIn(salon.LogSignIn, "session", sc.who.StaffID, "", map[string]any{"by": strength})
		return tx.exec(`INSERT INTO session (token, staff_id, station, made_at, seen_at, expires_at, strength, device_id) VALUES (?,?,?,?,?,?,?,nullif(?, ''))`,
			tokenHash(token), sc.who.StaffID, sc.who.Station, tx.now, tx.now, stamp(s.o.Now().Add(sessionLife)), strength, sc.device)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// newToken is a secret of 256 bits for a cookie.
func newToken() (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Enter turns a session's cookie into a Scope with the rights the person has
// at this moment: a changed role, an ended exception and a switched mask are in
// force with the next request. A session begun on a device of the salon is good
// on that device alone; seen anywhere else it ends, because somebody has copied
// it.
func (d *Door) Enter(ctx context.Context, token string) (*Scope, error) {
	return d.enter(ctx, token, true)
}

// Watch is Enter for what a page does by itself, such as listening for events:
// it does not keep the screen from locking.
func (d *Door) Watch(ctx context.Context, token string) (*Scope, error) {
	return d.enter(ctx, token, false)
}

// entry is a session as it is stored, with its person and device.
type entry struct {
	sc       *Scope
	seen     string
	locked   bool
	device   device
	givenPin bool // the PIN of this session was chosen by somebody else
}

func (d *Door) enter(ctx context.Context, token string, touch bool) (*Scope, error) {
	s := d.s
	e, err := s.entry(ctx, tokenHash(token))
	if err != nil {
		return nil, err
	}
	sc := e.sc
	if sc.device != "" && (d.token == "" || e.device.token != d.token) {
		return nil, s.burn(ctx, sc)
	}
	access, err := s.access(ctx, s.r)
	if err != nil {
		return nil, err
	}
	if err := s.awake(ctx, e, access, touch); err != nil {
		return nil, err
	}
	if err := sc.mayComeIn(ctx, place{device: sc.device, kind: e.device.kind, person: e.device.person, access: access}); err != nil {
		return nil, err
	}
	if sc.rights, err = s.rightsOf(ctx, s.r, sc.who.StaffID, sc.who.Role); err != nil {
		return nil, err
	}
	return sc, sc.confine(ctx, e, access)
}

// entry reads the session with this hash.
func (s *Store) entry(ctx context.Context, hash string) (entry, error) {
	e := entry{sc: &Scope{s: s, token: hash}}
	sc := e.sc
	var role, device sql.NullString
	now := s.now()
	err := s.r.QueryRowContext(ctx, `SELECT st.id, st.name, `+roleNow+`, st.language, coalesce(d.name, se.station), se.seen_at, se.strength, se.locked, se.device_id,
			coalesce(d.token, ''), coalesce(d.kind, ''), coalesce(d.staff_id, ''), se.strength = 'pin' AND coalesce(p.given, 0)
		FROM session se JOIN staff st ON st.id = se.staff_id LEFT JOIN device d ON d.id = se.device_id AND d.ended = '' LEFT JOIN pin p ON p.staff_id = st.id
		WHERE se.token = ? AND se.expires_at > ? AND st.active = 1 AND st.deleted = 0 AND (se.device_id IS NULL OR d.id IS NOT NULL)`, now, now, hash, now).
		Scan(&sc.who.StaffID, &sc.who.Name, &role, &sc.who.Language, &sc.who.Station, &e.seen, &sc.strength, &e.locked, &device,
			&e.device.token, &e.device.kind, &e.device.person, &e.givenPin)
	if errors.Is(err, sql.ErrNoRows) {
		return e, salon.E(salon.Auth, "Please sign in.")
	}
	sc.who.Role, sc.device = role.String, device.String
	return e, asSalonError(err)
}

// burn ends a session whose cookie came from another device than it was begun
// on, and says so in the log.
func (s *Store) burn(ctx context.Context, sc *Scope) error {
	if err := sc.look(ctx, string(salon.LogStolen), "session", sc.who.StaffID, ""); err != nil {
		return err
	}
	if _, err := s.w.ExecContext(ctx, `DELETE FROM session WHERE token = ?`, sc.token); err != nil {
		return asSalonError(fmt.Errorf("end session: %w", err))
	}
	return salon.E(salon.Auth, "Please sign in.")
}

// confine keeps whoever has something to do first to their own account.
func (sc *Scope) confine(ctx context.Context, e entry, a salon.Access) error {
	only := e.givenPin
	if a.NeedFactor && needFactor(sc.who.Role) && sc.strength != salon.SecondFactor {
		has, err := sc.s.needsFactor(ctx, sc.who.StaffID)
		if err != nil {
			return err
		}
		only = only || !has
	}
	if only {
		sc.rights = rights{grants: map[salon.Act]salon.Grant{salon.OwnAccount: sc.grants[salon.OwnAccount]}, fields: map[salon.Field]salon.Show{}}
	}
	return nil
}

// SignOut ends this session.
func (sc *Scope) SignOut(ctx context.Context) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedIn(salon.LogSignOut, "session", sc.who.StaffID, "", nil)
		return tx.exec(`DELETE FROM session WHERE token = ?`, sc.token)
	})
	return err
}

// SetLanguage is each person's own choice: en or zh-CN.
func (sc *Scope) SetLanguage(ctx context.Context, language string) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		if language != "en" && language != "zh-CN" {
			return salon.E(salon.Invalid, "Choose English or 中文.")
		}
		tx.touched("staff", sc.who.StaffID, "")
		return tx.exec(`UPDATE staff SET language = ?, version = version + 1 WHERE id = ?`, language, sc.who.StaffID)
	})
	return err
}
