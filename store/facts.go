package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

// digestLimit is the largest database whose every row is hashed on each run:
// beyond it the digest takes longer than everything else together, and the
// byte hash of the image says more about the copy anyway.
const digestLimit = 300 << 20

// facts counts what is in the database q reads.
func facts(ctx context.Context, q queryer) (salon.Facts, error) {
	f := salon.Facts{Rows: map[string]int64{}}
	err := q.QueryRowContext(ctx, `SELECT
		(SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size),
		coalesce((SELECT value FROM business_setting WHERE key = 'name'), ''),
		coalesce((SELECT value FROM branch_setting WHERE key = 'currency'), ''),
		epoch, seq,
		(SELECT coalesce(sum(net_cents), 0) FROM sale_line WHERE deleted = 0),
		coalesce((SELECT number || ' · ' || day FROM sale WHERE deleted = 0 ORDER BY day DESC, length(number) DESC, number DESC LIMIT 1), '')
		FROM sync_ctx`).Scan(&f.DatabaseBytes, &f.Salon, &f.Currency, &f.Epoch, &f.Seq, &f.NetCents, &f.LastSale)
	if err != nil {
		return f, fmt.Errorf("read facts: %w", err)
	}
	if f.Schema, err = schemaVersion(ctx, q); err != nil {
		return f, err
	}
	tables, err := tableNames(ctx, q)
	if err != nil {
		return f, err
	}
	h := sha256.New()
	for _, t := range tables {
		var n int64
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM "`+t+`"`).Scan(&n); err != nil {
			return f, fmt.Errorf("count %s: %w", t, err)
		}
		f.Rows[t] = n
		if f.DatabaseBytes <= digestLimit {
			if err := digestTable(ctx, q, h, t); err != nil {
				return f, err
			}
		}
	}
	if f.DatabaseBytes <= digestLimit {
		f.Digest = hex.EncodeToString(h.Sum(nil))
	}
	return f, nil
}

func tableNames(ctx context.Context, q queryer) ([]string, error) {
	return texts(ctx, q, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name`)
}

func texts(ctx context.Context, q queryer, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// digestTable hashes every row in the order of the key, each value with its
// type and length, so that no two tables hash the same by accident.
func digestTable(ctx context.Context, q queryer, h hash.Hash, table string) error {
	keys, err := texts(ctx, q, `SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, table)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		keys = []string{"rowid"}
	}
	rows, err := q.QueryContext(ctx, `SELECT * FROM "`+table+`" ORDER BY `+strings.Join(keys, ", "))
	if err != nil {
		return fmt.Errorf("digest %s: %w", table, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	vals := make([]sql.RawBytes, len(names))
	ptrs := make([]any, len(names))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	buf := make([]byte, 0, 256)
	fmt.Fprintf(h, "table %s %d\n", table, len(names))
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return err
		}
		for _, v := range vals {
			if v == nil {
				buf = append(buf[:0], '-')
			} else {
				buf = strconv.AppendInt(buf[:0], int64(len(v)), 10)
				buf = append(buf, ':')
				buf = append(buf, v...)
			}
			h.Write(buf)
		}
	}
	return rows.Err()
}

// takenFacts are facts with what helps the owner to recognise the moment.
func (s *Store) takenFacts(ctx context.Context, q queryer) (salon.Facts, error) {
	f, err := facts(ctx, q)
	if err != nil {
		return f, err
	}
	f.TakenAt = s.now()
	now := s.local(ctx, q)
	rows, err := q.QueryContext(ctx, `SELECT a.day, a.start_min, coalesce(c.name, ''), v.name FROM appointment a
		JOIN service v ON v.id = a.service_id LEFT JOIN client c ON c.id = a.client_id
		WHERE a.deleted = 0 AND a.status IN ('booked', 'confirmed') AND a.start_min IS NOT NULL AND (a.day > ? OR a.day = ? AND a.start_min >= ?)
		ORDER BY a.day, a.start_min LIMIT 3`, salon.DayOf(now), salon.DayOf(now), now.Hour()*60+now.Minute())
	if err != nil {
		return f, fmt.Errorf("next visits: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v salon.FactVisit
		var start salon.Clock
		if err := rows.Scan(&v.Day, &start, &v.Client, &v.Service); err != nil {
			return f, err
		}
		v.Start = start.String()
		f.NextVisits = append(f.NextVisits, v)
	}
	if err := rows.Err(); err != nil {
		return f, err
	}
	f.LastChanges, err = lastChanges(ctx, q)
	return f, err
}

func lastChanges(ctx context.Context, q queryer) ([]salon.FactChange, error) {
	rows, err := q.QueryContext(ctx, `SELECT at, act, actor FROM audit WHERE tx > 0 AND kind IN ('appointment', 'client', 'sale', 'note', 'import') ORDER BY seq DESC LIMIT 3`)
	if err != nil {
		return nil, fmt.Errorf("last changes: %w", err)
	}
	defer rows.Close()
	var out []salon.FactChange
	for rows.Next() {
		var c salon.FactChange
		if err := rows.Scan(&c.At, &c.Act, &c.By); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Inspect opens a copy of a salon, asks SQLite whether every page and index of
// it is sound and every reference leads somewhere, and counts its facts. The
// copy is not changed.
func Inspect(ctx context.Context, path string) (salon.Facts, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return salon.Facts{}, salon.E(salon.Missing, "There is no database at %s.", path).Because(err)
	}
	if err != nil {
		return salon.Facts{}, fmt.Errorf("open %s: %w", path, err)
	}
	ours := checkOurs(f)
	f.Close()
	if ours != nil {
		return salon.Facts{}, ours
	}
	db, err := openFile(path, "read", "query_only(1)", "temp_store(2)")
	if err != nil {
		return salon.Facts{}, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := sound(ctx, db); err != nil {
		return salon.Facts{}, asSalonError(err)
	}
	out, err := facts(ctx, db)
	return out, asSalonError(err)
}

// sound is SQLite's own verdict on the file.
func sound(ctx context.Context, q queryer) error {
	verdicts, err := texts(ctx, q, `SELECT integrity_check FROM pragma_integrity_check`)
	if err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	if len(verdicts) != 1 || verdicts[0] != "ok" {
		return salon.E(salon.Damaged, "The database inside is damaged.").Because(errors.New(strings.Join(verdicts, "; ")))
	}
	var broken int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&broken); err != nil {
		return fmt.Errorf("check references: %w", err)
	}
	if broken > 0 {
		return salon.E(salon.Damaged, "The database inside is damaged: %d references lead nowhere.", broken)
	}
	return nil
}
