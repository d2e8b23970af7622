package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// Found makes a new salon at path, which must not exist. It is whole or not
// there: the file gets its name when everything is in it and on the disk.
func Found(ctx context.Context, path string, f salon.Founding, o Options) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return salon.E(salon.NotEmpty, "There is already a salon in this folder. Nothing was changed.").Because(err)
	}
	if err := checkFounding(&f); err != nil {
		return err
	}
	part := path + ".founding"
	if err := removeDatabase(part); err != nil {
		return err
	}
	if err := found(ctx, part, f, o); err != nil {
		return errors.Join(asSalonError(err), removeDatabase(part))
	}
	o.at("found:before-rename")
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("name the new salon: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func removeDatabase(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep %s: %w", path+suffix, err)
		}
	}
	return nil
}

// CheckFounding says what is missing in a founding before anything is made of
// it, field by field.
func CheckFounding(f salon.Founding) error { return checkFounding(&f) }

func checkFounding(f *salon.Founding) error {
	f.Salon, f.Owner, f.Email = strings.TrimSpace(f.Salon), strings.TrimSpace(f.Owner), strings.ToLower(strings.TrimSpace(f.Email))
	bad := salon.E(salon.Invalid, "The salon cannot be set up like this yet.")
	if f.Salon == "" {
		bad.On("salon", "What is the salon called?")
	}
	if f.Owner == "" {
		bad.On("owner", "Who owns the salon?")
	}
	if !looksLikeEmail(f.Email) {
		bad.On("email", "Type a whole e-mail address, for example rowan@example.com.")
	}
	adopt(bad, checkNewPassword(f.Password, f.Owner, f.Email, f.Salon))
	if _, err := time.LoadLocation(f.Timezone); err != nil || f.Timezone == "" || f.Timezone == "Local" {
		bad.On("timezone", "Choose the salon's time zone, for example America/Toronto.")
	}
	if len(f.Currency) != 3 || strings.ToUpper(f.Currency) != f.Currency {
		bad.On("currency", "Choose the salon's currency, for example CAD.")
	}
	if f.Language != "en" && f.Language != "zh-CN" {
		bad.On("language", "Choose English or 中文.")
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}

func looksLikeEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " ,;<>\"\t\r\n")
}

func found(ctx context.Context, path string, f salon.Founding, o Options) error {
	// SQLite gives its log the rights of the database: nobody else on this PC
	// may read either.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the new salon: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("make the new salon: %w", err)
	}
	db, err := openWriter(path)
	if err != nil {
		return err
	}
	defer db.Close()
	// application_id is one of the few pragmas that live in the file.
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		return fmt.Errorf("mark the new file: %w", err)
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	epoch, err := randomHex(8)
	if err != nil {
		return err
	}
	branch := newID()
	if _, err := db.ExecContext(ctx, `INSERT INTO sync_ctx (one, branch, epoch, seq, tx, hlc, sv, actor, station)
		SELECT 1, ?, ?, 0, 0, 0, max(version_id), '', '' FROM `+versionTable, branch, epoch); err != nil {
		return fmt.Errorf("start the change log: %w", err)
	}
	s := &Store{o: o, path: path, w: db, r: db}
	_, err = s.As("setup").write(ctx, salon.EditSettings, func(tx *writeTx) error { return fillNew(tx, branch, f) })
	if err != nil {
		return err
	}
	return checkpointWhole(ctx, db)
}

// checkpointWhole moves everything into the database file, so that it can be
// renamed without its log.
func checkpointWhole(ctx context.Context, db *sql.DB) error {
	var busy, log, done int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil {
		return fmt.Errorf("write the log into the file: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("write the log into the file: busy")
	}
	return nil
}

func fillNew(tx *writeTx, branch string, f salon.Founding) error {
	if f.Country == "" {
		f.Country = countryOf(f.Timezone)
	}
	auditKey, err := randomHex(16)
	if err != nil {
		return err
	}
	machine := map[string]string{"audit.key": auditKey, "receipt.series": "A"}
	for k, v := range f.Machine {
		machine[k] = v
	}
	if err := tx.exec(`INSERT INTO branch (id, name) VALUES (?, ?)`, branch, f.Salon); err != nil {
		return err
	}
	for _, k := range sortedKeys(machine) {
		if err := tx.exec(`INSERT INTO machine_setting (key, value) VALUES (?, ?)`, k, machine[k]); err != nil {
			return err
		}
	}
	for k, v := range map[string]string{"timezone": f.Timezone, "currency": f.Currency, "country": f.Country, "opens": "09:00", "closes": "18:00"} {
		if err := tx.exec(`INSERT INTO branch_setting (key, value, branch_id) VALUES (?, ?, ?)`, k, v, branch); err != nil {
			return err
		}
	}
	for k, v := range map[string]string{"name": f.Salon, "language": f.Language, "id": newID()} {
		if err := tx.exec(`INSERT INTO business_setting (key, value, branch_id) VALUES (?, ?, ?)`, k, v, branch); err != nil {
			return err
		}
	}
	for i, t := range f.Taxes {
		if err := tx.exec(`INSERT INTO tax (id, name, rate_e6, sort, branch_id) VALUES (?,?,?,?,?)`, newID(), t.Name, t.RateE6, i, branch); err != nil {
			return err
		}
	}
	if err := fillRoles(tx, branch); err != nil {
		return err
	}
	_, err = tx.addStaff(salon.StaffForm{Name: f.Owner, Role: "owner", Email: f.Email, Password: f.Password, Language: f.Language})
	tx.touchedAs("salon", branch, "founded", map[string]string{"salon": f.Salon})
	return err
}

// fillRoles writes the default matrix. Its roles have their names as ids, so
// that code and files can speak of "reception".
func fillRoles(tx *writeTx, branch string) error {
	for _, role := range salon.Roles {
		if err := tx.exec(`INSERT INTO role (id, name, builtin, branch_id) VALUES (?, ?, 1, ?)`, role, role, branch); err != nil {
			return err
		}
	}
	return errors.Join(fillFields(tx, branch, nil), fillActs(tx, branch, nil))
}

// fillNew brings the matrix of an older salon up to this program: acts and
// fields it has never heard of get their defaults.
func (s *Store) fillNew(ctx context.Context) error {
	acts, err := texts(ctx, s.r, `SELECT DISTINCT act FROM role_grant`)
	if err != nil {
		return fmt.Errorf("read the known acts: %w", err)
	}
	fields, err := texts(ctx, s.r, `SELECT DISTINCT field FROM role_field`)
	if err != nil {
		return fmt.Errorf("read the known fields: %w", err)
	}
	knownActs, knownFields := map[salon.Act]bool{}, map[salon.Field]bool{}
	for _, a := range acts {
		knownActs[salon.Act(a)] = true
	}
	for _, f := range fields {
		knownFields[salon.Field(f)] = true
	}
	whole := true
	for _, a := range salon.Acts() {
		whole = whole && knownActs[a.Act]
	}
	for _, f := range salon.Fields {
		whole = whole && knownFields[f]
	}
	if whole {
		return nil
	}
	_, err = s.As("upgrade").write(ctx, salon.EditRoles, func(tx *writeTx) error {
		tx.touchedAs("role", "", "new acts and fields", nil)
		return errors.Join(fillFields(tx, tx.branch, knownFields), fillActs(tx, tx.branch, knownActs))
	})
	return err
}

// fillFields says what the builtin roles see of fields the salon does not know
// yet.
func fillFields(tx *writeTx, branch string, known map[salon.Field]bool) error {
	shows := salon.DefaultShows()
	for _, role := range salon.Roles {
		for _, f := range sortedKeys(shows[role]) {
			if known[f] {
				continue
			}
			if err := tx.putField(role, f, shows[role][f], branch); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *writeTx) putField(role string, f salon.Field, show salon.Show, branch string) error {
	return tx.exec(`INSERT INTO role_field (id, role_id, field, shows, branch_id) VALUES (?,?,?,?,?)`, newID(), role, f, show, branch)
}

// fillActs gives the builtin roles the default grants of acts the salon does
// not know yet: all of them in a new salon, and in an older one those that came
// with a newer program. What the owner has decided about known acts stays.
func fillActs(tx *writeTx, branch string, known map[salon.Act]bool) error {
	defaults := salon.DefaultGrants()
	for _, role := range salon.Roles {
		for _, act := range sortedKeys(defaults[role]) {
			if known[act] {
				continue
			}
			if err := tx.putGrant(role, act, defaults[role][act], branch); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *writeTx) putGrant(role string, act salon.Act, g salon.Grant, branch string) error {
	return tx.exec(`INSERT INTO role_grant (id, role_id, act, reach, answer, limit_cents, limit_percent, need, branch_id) VALUES (?,?,?,?,?,?,?,?,?)`,
		newID(), role, act, g.Reach, g.Answer, g.LimitCents, g.LimitPercent, g.Need, branch)
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}

func randomHex(n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("random: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// zones whose country reads local phone numbers. The rest of America/ is read
// as the United States, the rest of Australia/ as Australia.
var zoneCountry = map[string]string{
	"America/Toronto": "CA", "America/Vancouver": "CA", "America/Edmonton": "CA", "America/Winnipeg": "CA",
	"America/Halifax": "CA", "America/Montreal": "CA", "America/Regina": "CA", "America/St_Johns": "CA",
	"Europe/London": "GB", "Europe/Dublin": "IE", "Europe/Berlin": "DE", "Europe/Paris": "FR", "Europe/Madrid": "ES",
	"Europe/Rome": "IT", "Europe/Amsterdam": "NL", "Asia/Shanghai": "CN", "Asia/Urumqi": "CN", "Asia/Hong_Kong": "HK",
	"Asia/Taipei": "TW", "Asia/Singapore": "SG", "Asia/Kuala_Lumpur": "MY", "Pacific/Auckland": "NZ",
}

// countryOf guesses the country from the time zone. A wrong guess costs only
// numbers kept as they were typed.
func countryOf(zone string) string {
	if c := zoneCountry[zone]; c != "" {
		return c
	}
	switch strings.SplitN(zone, "/", 2)[0] {
	case "America":
		return "US"
	case "Australia":
		return "AU"
	}
	return ""
}
