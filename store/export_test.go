package store

import (
	"context"
	"fmt"
	"slices"

	"salonkeep/store/salon"
)

// Stranger is a scope with a session's shape and no grant.
func Stranger(s *Store) *Scope {
	return &Scope{s: s, who: salon.Who{Name: "stranger", Station: "nowhere"}}
}

// Exec runs SQL as another program could, past every rule of ours.
func Exec(s *Store, query string, args ...any) error {
	_, err := s.w.ExecContext(context.Background(), query, args...)
	return err
}

// Schema is the whole schema as SQLite keeps it, without the capture triggers,
// which are made from it.
func Schema(s *Store) ([]string, error) {
	return texts(context.Background(), s.r, `SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'cap~_%' ESCAPE '~' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type DESC, name`)
}

// Trigger is one trigger's text.
func Trigger(s *Store, name string) (string, error) {
	t, err := texts(context.Background(), s.r, `SELECT sql FROM sqlite_schema WHERE name = ?`, name)
	if len(t) == 0 {
		return "", err
	}
	return t[0], err
}

// Texts reads one text column.
func Texts(s *Store, query string, args ...any) ([]string, error) {
	return texts(context.Background(), s.r, query, args...)
}

// FirstSchema makes a salon as the first version of the schema had it, with
// rows as that program wrote them.
func FirstSchema(path string) error {
	ctx := context.Background()
	db, err := openWriter(path)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := provider(db)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, 1); err != nil {
		return err
	}
	for _, stmt := range []string{
		`INSERT INTO sync_ctx (one, branch, epoch, seq, tx, hlc, sv, actor, station) VALUES (1, 'b', 'e', 0, 1, 0, 1, '', '')`,
		`INSERT INTO branch (id, name) VALUES ('b', 'Old salon')`,
		`INSERT INTO branch_setting (key, value, branch_id) VALUES ('timezone', 'America/Toronto', 'b'), ('country', 'CA', 'b'), ('opens', '09:00', 'b'), ('closes', '18:00', 'b')`,
		`INSERT INTO machine_setting (key, value) VALUES ('receipt.series', 'A')`,
		`INSERT INTO role (id, name, builtin, branch_id) VALUES ('owner', 'owner', 1, 'b'), ('manager', 'manager', 1, 'b'), ('admin', 'admin', 1, 'b'), ('reception', 'reception', 1, 'b'),
			('beautician', 'beautician', 1, 'b'), ('finance', 'finance', 1, 'b'), ('stock', 'stock', 1, 'b'), ('it', 'it', 1, 'b')`,
		`INSERT INTO role_grant (id, role_id, act, reach, branch_id) VALUES ('g1', 'owner', 'client.view', 'all', 'b'), ('g2', 'reception', 'client.view', 'all', 'b'), ('g3', 'owner', 'contact.view', 'all', 'b'),
			('g4', 'owner', 'appointment.delete', 'all', 'b'), ('g5', 'owner', 'account.own', 'all', 'b'), ('g6', 'reception', 'account.own', 'all', 'b')`,
		`INSERT INTO staff (id, name, role_id, branch_id) VALUES ('s1', 'Rowan', 'owner', 'b'), ('s2', 'Lucy', 'reception', 'b')`,
		`INSERT INTO client (id, name, phone, branch_id) VALUES ('c1', 'Amelia Okafor', '+14165550121', 'b')`,
	} {
		if _, err := db.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%s: %w", stmt, err)
		}
	}
	for id, email := range map[string]string{"s1": "owner@example.com", "s2": "reception@example.com"} {
		hash, err := hashPassword("three plain words", Cost{MemoryKiB: 64, Passes: 1})
		if err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, `INSERT INTO login (staff_id, email, password, changed_at) VALUES (?,?,?,'')`, id, email, hash); err != nil {
			return err
		}
	}
	for _, t := range synced {
		pk, cols, err := columns(ctx, db, t)
		if err != nil {
			return err
		}
		if pk == "" {
			continue // came later
		}
		for _, stmt := range captureTriggers(t, pk, cols) {
			if _, err := db.ExecContext(ctx, stmt); err != nil {
				return err
			}
		}
	}
	return nil
}

// Synced are the tables whose changes are captured.
func Synced() []string { return slices.Clone(synced) }
