package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"salonkeep/store/salon"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as a salon ("SKep"), so that another
// program's database is refused instead of filled with our tables.
const applicationID = 0x534b6570

// checkOurs reads the file's header: a SQLite database with our mark.
func checkOurs(f *os.File) error {
	head := make([]byte, 100)
	if n, _ := f.ReadAt(head, 0); n < 100 || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return salon.E(salon.Damaged, "%s is not a salon's database. It was left as it is.", f.Name())
	}
	if binary.BigEndian.Uint32(head[68:]) != applicationID {
		return salon.E(salon.Damaged, "%s is another program's database. It was left as it is.", f.Name())
	}
	return nil
}

// versionTable is where goose notes which migrations ran.
const versionTable = "schema_version"

func provider(db *sql.DB) (*goose.Provider, error) {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	store, err := database.NewStore(database.DialectSQLite3, versionTable)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider("", db, sub, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
}

// migrate brings db forward to this program's schema and rebuilds the capture
// triggers. A newer file is refused: an older program would not keep its rules.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	newest := p.ListSources()[len(p.ListSources())-1].Version
	have, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if have > newest {
		return salon.E(salon.Newer, "This salon was last opened by a newer Salonkeep (records version %d, this program knows %d). Install the newer program; nothing was changed.", have, newest)
	}
	if have == newest {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the records forward from version %d: %w", have, err)
	}
	return rebuildCapture(ctx, db, newest)
}

// schemaVersion is the number of the newest migration that ran, 0 in an empty file.
func schemaVersion(ctx context.Context, q queryer) (v int64, err error) {
	var n int
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = ?`, versionTable).Scan(&n)
	if err != nil || n == 0 {
		return 0, err
	}
	err = q.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable+` WHERE is_applied = 1`).Scan(&v)
	return v, err
}

// synced are the tables a second branch may see one day. Each is captured in
// change_log, and none of their rows is ever deleted.
var synced = []string{
	"branch", "branch_setting", "business_setting", "role", "role_grant", "staff", "client", "service", "product",
	"stock_move", "appointment", "tax", "sale", "sale_line", "sale_tax", "payment", "note",
	"role_field", "exception", "approval", "duty", "absence", "review", "review_line", "lesson_done", "staff_hours",
}

// rebuildCapture writes the triggers anew from the tables as they are now, so
// that a migration that adds a column needs no trigger of its own.
func rebuildCapture(ctx context.Context, db *sql.DB, version int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin capture triggers: %w", err)
	}
	defer tx.Rollback()
	for _, t := range synced {
		pk, cols, err := columns(ctx, tx, t)
		if err != nil {
			return err
		}
		for _, stmt := range captureTriggers(t, pk, cols) {
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("capture %s: %w", t, err)
			}
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE sync_ctx SET sv = ?`, version); err != nil {
		return fmt.Errorf("note the schema version: %w", err)
	}
	return tx.Commit()
}

// columns are a table's key and its other columns. The key of every synced
// table is one text column.
func columns(ctx context.Context, q queryer, table string) (pk string, cols []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT name, pk FROM pragma_table_info(?)`, table)
	if err != nil {
		return "", nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var key int
		if err := rows.Scan(&name, &key); err != nil {
			return "", nil, err
		}
		if key > 0 {
			pk = name
		} else {
			cols = append(cols, name)
		}
	}
	return pk, cols, rows.Err()
}

// captureTriggers are the statements that make changes of one table appear in
// change_log and field_ver. version moves with every change and is not one.
func captureTriggers(table, pk string, cols []string) []string {
	var differs, now, was, vers []string
	for _, c := range cols {
		if c == "version" {
			continue
		}
		diff := fmt.Sprintf("NEW.%s IS NOT OLD.%s", c, c)
		differs = append(differs, diff)
		now = append(now, fmt.Sprintf("SELECT '%s' AS k, NEW.%s AS v WHERE %s", c, c, diff))
		was = append(was, fmt.Sprintf("SELECT '%s' AS k, OLD.%s AS v WHERE %s", c, c, diff))
		vers = append(vers, fmt.Sprintf("SELECT '%s' AS k WHERE %s", c, diff))
	}
	union := func(parts []string) string { return strings.Join(parts, " UNION ALL ") }
	const put = `UPDATE sync_ctx SET seq = seq + 1;
  INSERT INTO change_log (epoch, seq, tx, tbl, pk, op, cols, was, hlc, sv, actor, station)
  SELECT epoch, seq, tx, '%s', NEW.%s, '%s', %s, %s, hlc, sv, actor, station FROM sync_ctx;`
	return []string{
		fmt.Sprintf(`DROP TRIGGER IF EXISTS cap_%s_i`, table),
		fmt.Sprintf(`DROP TRIGGER IF EXISTS cap_%s_u`, table),
		fmt.Sprintf(`DROP TRIGGER IF EXISTS cap_%s_d`, table),
		fmt.Sprintf("CREATE TRIGGER cap_%s_i AFTER INSERT ON %s BEGIN\n  "+put+`
  INSERT OR REPLACE INTO field_ver (tbl, pk, col, hlc, br) SELECT '%s', NEW.%s, '*', hlc, branch FROM sync_ctx;
END`, table, table, table, pk, "i", "NULL", "NULL", table, pk),
		fmt.Sprintf("CREATE TRIGGER cap_%s_u AFTER UPDATE ON %s WHEN %s BEGIN\n  "+put+`
  INSERT OR REPLACE INTO field_ver (tbl, pk, col, hlc, br) SELECT '%s', NEW.%s, f.k, hlc, branch FROM sync_ctx, (%s) AS f;
END`, table, table, strings.Join(differs, " OR "), table, pk, "u",
			"(SELECT json_group_object(k, v) FROM ("+union(now)+"))", "(SELECT json_group_object(k, v) FROM ("+union(was)+"))",
			table, pk, union(vers)),
		fmt.Sprintf(`CREATE TRIGGER cap_%s_d BEFORE DELETE ON %s BEGIN SELECT RAISE(ABORT, 'rows of %s are never deleted'); END`, table, table, table),
	}
}
