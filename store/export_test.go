package store

import (
	"context"
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

// Synced are the tables whose changes are captured.
func Synced() []string { return slices.Clone(synced) }
