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

// Door is the store before anybody has signed in.
type Door struct{ s *Store }

// Door is what a request without a session may hold.
func (s *Store) Door() *Door { return &Door{s} }

const (
	sessionLife  = 30 * 24 * time.Hour // from the last visit
	freeTries    = 5                   // wrong passwords before the first wait
	stationTries = 20                  // the same for one device, which may try many names
	firstWait    = 30 * time.Second
	longestWait  = 15 * time.Minute
)

// SignIn answers the cookie of a new session. A wrong name and a wrong
// password give the same answer after the same work.
func (d *Door) SignIn(ctx context.Context, email, password, station string) (string, error) {
	s := d.s
	email = strings.ToLower(strings.TrimSpace(email))
	keys := map[string]int{"email:" + email: freeTries, "station:" + station: stationTries}
	for key := range keys {
		if err := s.mayTry(ctx, key); err != nil {
			return "", err
		}
	}
	var id, name, hash string
	err := s.r.QueryRowContext(ctx, `SELECT st.id, st.name, l.password FROM login l JOIN staff st ON st.id = l.staff_id
		WHERE l.email = ? AND st.active = 1 AND st.deleted = 0`, email).Scan(&id, &name, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", asSalonError(fmt.Errorf("find login: %w", err))
	}
	ok := s.checkPassword(hash, password)
	sc := &Scope{s: s, who: salon.Who{StaffID: id, Name: name, Station: station}}
	if !ok || id == "" {
		if err := s.wrongTry(ctx, keys); err != nil {
			return "", err
		}
		if err := sc.look(ctx, "sign-in.wrong", "staff", id, ""); err != nil {
			return "", err
		}
		return "", salon.E(salon.Auth, "That e-mail address and password do not belong together.")
	}
	return s.newSession(ctx, sc, keys)
}

func (s *Store) newSession(ctx context.Context, sc *Scope, keys map[string]int) (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make session: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(raw)
	sc.grants, sc.strength = map[salon.Act]salon.Grant{salon.OwnAccount: {Reach: salon.All, Answer: salon.Yes}}, salon.Password
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		for key := range keys {
			if err := tx.exec(`DELETE FROM login_try WHERE who = ?`, key); err != nil {
				return err
			}
		}
		tx.touchedAs("session", sc.who.StaffID, "sign-in", nil)
		return tx.exec(`INSERT INTO session (token, staff_id, station, made_at, seen_at, expires_at) VALUES (?,?,?,?,?,?)`,
			tokenHash(token), sc.who.StaffID, sc.who.Station, tx.now, tx.now, stamp(s.o.Now().Add(sessionLife)))
	})
	return token, err
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// mayTry refuses a try that comes before the wait is over.
func (s *Store) mayTry(ctx context.Context, who string) error {
	var closedTo string
	err := s.r.QueryRowContext(ctx, `SELECT closed_to FROM login_try WHERE who = ?`, who).Scan(&closedTo)
	if errors.Is(err, sql.ErrNoRows) || err == nil && closedTo <= s.now() {
		return nil
	}
	if err != nil {
		return asSalonError(fmt.Errorf("read tries: %w", err))
	}
	until, err := time.Parse(stampLayout, closedTo)
	if err != nil {
		return fmt.Errorf("read tries: %w", err)
	}
	wait := until.Sub(s.o.Now()).Round(time.Second)
	return salon.E(salon.Auth, "Too many wrong passwords. Wait %d seconds and try again.", int(max(wait, time.Second)/time.Second))
}

// wrongTry counts a wrong password. The count lives in the database, so that
// neither a restart nor another browser starts it anew.
func (s *Store) wrongTry(ctx context.Context, keys map[string]int) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return asSalonError(fmt.Errorf("count try: %w", err))
	}
	defer tx.Rollback()
	now := s.o.Now()
	for who, free := range keys {
		var tries int
		err := tx.QueryRowContext(ctx, `INSERT INTO login_try (who, tries, closed_to, last_at) VALUES (?, 1, '', ?)
			ON CONFLICT (who) DO UPDATE SET tries = iif(last_at < ?, 1, tries + 1), last_at = excluded.last_at RETURNING tries`,
			who, stamp(now), stamp(now.Add(-24*time.Hour))).Scan(&tries)
		if err != nil {
			return fmt.Errorf("count try: %w", err)
		}
		if tries < free {
			continue
		}
		wait := min(firstWait<<min(tries-free, 10), longestWait)
		if _, err := tx.ExecContext(ctx, `UPDATE login_try SET closed_to = ? WHERE who = ?`, stamp(now.Add(wait)), who); err != nil {
			return fmt.Errorf("count try: %w", err)
		}
	}
	return tx.Commit()
}

// Enter turns a session's cookie into a Scope with the rights the person has
// at this moment: a changed role, an ended exception and a switched mask are in
// force with the next request.
func (d *Door) Enter(ctx context.Context, token string) (*Scope, error) {
	s, hash := d.s, tokenHash(token)
	sc := &Scope{s: s, token: hash}
	var role sql.NullString
	var seen string
	now := s.now()
	err := s.r.QueryRowContext(ctx, `SELECT st.id, st.name, `+roleNow+`, st.language, se.station, se.seen_at, se.strength
		FROM session se JOIN staff st ON st.id = se.staff_id
		WHERE se.token = ? AND se.expires_at > ? AND st.active = 1 AND st.deleted = 0`, now, now, hash, now).
		Scan(&sc.who.StaffID, &sc.who.Name, &role, &sc.who.Language, &sc.who.Station, &seen, &sc.strength)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, salon.E(salon.Auth, "Please sign in.")
	}
	if err != nil {
		return nil, asSalonError(fmt.Errorf("enter: %w", err))
	}
	sc.who.Role = role.String
	if sc.rights, err = s.rightsOf(ctx, s.r, sc.who.StaffID, sc.who.Role); err != nil {
		return nil, err
	}
	if now := s.o.Now(); seen < stamp(now.Add(-time.Hour)) {
		_, err = s.w.ExecContext(ctx, `UPDATE session SET seen_at = ?, expires_at = ? WHERE token = ?`, stamp(now), stamp(now.Add(sessionLife)), hash)
	}
	return sc, asSalonError(err)
}

// SignOut ends this session.
func (sc *Scope) SignOut(ctx context.Context) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		tx.touchedAs("session", sc.who.StaffID, "sign-out", nil)
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
