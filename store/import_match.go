package store

import (
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// known is a record a former import of the same source stored.
type known struct {
	id, origin string
	vals       []any // in the order of the columns asked for
	found      bool  // it is in this batch too
}

// load reads what is known of one table, by origin without the source.
func (im *importing) load(table string, cols ...string) (map[string]*known, error) {
	rows, err := im.tx.QueryContext(im.tx.ctx, fmt.Sprintf(`SELECT id, substr(origin, ?), %s FROM %s WHERE deleted = 0 AND origin >= ? AND origin < ?`, strings.Join(cols, ", "), table),
		len(im.b.Source)+2, im.b.Source+":", im.b.Source+";")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table, err)
	}
	defer rows.Close()
	out := map[string]*known{}
	for rows.Next() {
		k := &known{vals: make([]any, len(cols))}
		into := []any{&k.id, &k.origin}
		for i := range k.vals {
			into = append(into, &k.vals[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out[k.origin] = k
	}
	return out, rows.Err()
}

// shelf is one table during an import: what is known of it, and the count of
// what became of it.
type shelf struct {
	im    *importing
	table string
	cols  []string
	known map[string]*known
	count int // index in im.counts
}

func (im *importing) shelf(table string, cols ...string) (*shelf, error) {
	s := &shelf{im: im, table: table, cols: cols, count: len(im.counts)}
	im.counts = append(im.counts, salon.ImportCount{Kind: table})
	var err error
	s.known, err = im.load(table, cols...)
	return s, err
}

func (s *shelf) counted() *salon.ImportCount { return &s.im.counts[s.count] }

// put stores one record under its key: a new one, or what changed of a known
// one. Where unsaid is true the source says nothing: the value is only for a
// new record. Values are string, int64 or nil.
func (s *shelf) put(key string, vals []any, unsaid map[string]bool) (id string, err error) {
	k := s.known[key]
	if k == nil {
		id = newID()
		s.counted().New++
		return id, s.insert(id, key, vals)
	}
	k.found = true
	changed, err := s.update(k, key, vals, unsaid)
	switch {
	case err != nil:
		return "", err
	case changed:
		s.counted().Changed++
	default:
		s.counted().Unchanged++
	}
	return k.id, nil
}

func (s *shelf) insert(id, key string, vals []any) error {
	return s.im.insert(s.table, append([]string{"origin"}, s.cols...), id, append([]any{s.im.origin(key)}, vals...)...)
}

// insert adds a row of this branch.
func (im *importing) insert(table string, cols []string, id string, vals ...any) error {
	st := im.stmts[table]
	if st == nil {
		var err error
		if st, err = im.tx.PrepareContext(im.tx.ctx, fmt.Sprintf(`INSERT INTO %s (id, branch_id, %s) VALUES (?,?%s)`, table, strings.Join(cols, ", "), strings.Repeat(",?", len(cols)))); err != nil {
			return err
		}
		im.stmts[table] = st // closed with the transaction
	}
	_, err := st.ExecContext(im.tx.ctx, append([]any{id, im.tx.branch}, vals...)...)
	return err
}

// update changes the fields that differ and that no person has changed.
func (s *shelf) update(k *known, key string, vals []any, unsaid map[string]bool) (changed bool, err error) {
	var set []string
	var args []any
	if k.origin != key {
		set, args = append(set, "origin = ?"), append(args, s.im.origin(key))
	}
	for i, c := range s.cols {
		if vals[i] == k.vals[i] || unsaid[c] {
			continue
		}
		mine, err := s.im.wroteLast(s.table, k.id, c)
		if err != nil {
			return false, err
		}
		adopted := k.origin == "" && k.vals[i] == "" // an empty field of somebody added by hand says nothing
		if !mine && !adopted {
			s.im.kept++
			continue
		}
		set, args = append(set, c+" = ?"), append(args, vals[i])
	}
	if set == nil {
		return false, nil
	}
	return true, s.im.tx.exec(fmt.Sprintf(`UPDATE %s SET %s, version = version + 1 WHERE id = ?`, s.table, strings.Join(set, ", ")), append(args, k.id)...)
}

// wroteLast tells whether a field was last written by an import.
func (im *importing) wroteLast(table, id, col string) (bool, error) {
	var hlc int64
	err := im.tx.QueryRowContext(im.tx.ctx, `SELECT hlc FROM field_ver WHERE tbl = ? AND pk = ? AND col IN (?, '*') ORDER BY hlc DESC LIMIT 1`, table, id, col).Scan(&hlc)
	if err != nil {
		return false, fmt.Errorf("who wrote %s.%s: %w", table, col, err)
	}
	return im.ours[hlc], nil
}

// left counts the known records this batch has not.
func (s *shelf) left() int {
	n := 0
	for _, k := range s.known {
		if !k.found {
			n++
		}
	}
	return n
}

// rename lets a batch's new record be a known one whose key was corrected.
func (s *shelf) rename(from, to string) {
	k := s.known[from]
	delete(s.known, from)
	s.known[to] = k // k.origin stays the old one: update sees that it differs
}

// alike pairs known records that this batch has not with records of the batch
// that are not known, where trait says the same of one on each side and of no
// other: their key was corrected.
func (s *shelf) alike(keys []string, knownTrait func(*known) string, trait func(i int) string) {
	olds, news := map[string][]string{}, map[string][]string{}
	here := make(map[string]bool, len(keys))
	for _, key := range keys {
		here[key] = true
	}
	for key, k := range s.known {
		if here[key] {
			continue
		}
		if t := knownTrait(k); t != "" {
			olds[t] = append(olds[t], key)
		}
	}
	if len(olds) == 0 {
		return
	}
	for i, key := range keys {
		if s.known[key] != nil {
			continue
		}
		if t := trait(i); t != "" {
			news[t] = append(news[t], key)
		}
	}
	for t, old := range olds {
		if len(old) == 1 && len(news[t]) == 1 {
			s.rename(old[0], news[t][0])
		}
	}
}

// bit is a yes or no as the database keeps it.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ref is NULL for an empty reference.
func ref(id string) any {
	if id == "" {
		return nil
	}
	return id
}
