package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// errNotKept ends a transaction whose result is wanted and whose change is not:
// a dry run, or an import that found everything as it is.
var errNotKept = errors.New("rolled back on purpose")

// Import stores a batch in one transaction: all of it or nothing. What a former
// import of the same source stored is found again by its keys, so that the same
// batch twice changes nothing and a corrected row changes its own record alone.
// Fields that people changed here since are left as they are, and the result
// says how many. A dry run does the same and takes it back.
func (sc *Scope) Import(ctx context.Context, b salon.Batch, dry bool) (salon.ImportResult, error) {
	var res salon.ImportResult
	_, err := sc.write(ctx, salon.Import, func(tx *writeTx) error {
		im, err := newImporting(tx, b)
		if err != nil {
			return err
		}
		if err := im.run(); err != nil {
			return err
		}
		res = im.result(dry)
		if dry || !im.changed() {
			return errNotKept
		}
		res.ID = newID()
		return im.keep(res)
	})
	if errors.Is(err, errNotKept) {
		return res, nil
	}
	if err != nil {
		return salon.ImportResult{}, err
	}
	return res, nil
}

// importing is one import in the making.
type importing struct {
	tx      *writeTx
	b       salon.Batch
	hlc     int64
	ours    map[int64]bool // clocks of imports and their undoing: what carries one was written by no person
	country string
	stmts   map[string]*sql.Stmt // table -> its INSERT

	staff, services, products, clients map[string]string // code -> id
	minutes                            map[string]int64  // service id -> minutes
	taxes                              []string          // ids, in the order of b.Taxes

	counts   []salon.ImportCount
	problems []salon.Problem
	notes    []string
	kept     int // fields left as people left them
}

func newImporting(tx *writeTx, b salon.Batch) (*importing, error) {
	im := &importing{tx: tx, b: b, ours: map[int64]bool{}, stmts: map[string]*sql.Stmt{}, staff: map[string]string{}, services: map[string]string{},
		products: map[string]string{}, clients: map[string]string{}, minutes: map[string]int64{}, problems: b.Problems}
	if b.Source == "" || strings.ContainsAny(b.Source, ":;") {
		return nil, fmt.Errorf("import from a source called %q", b.Source)
	}
	if err := tx.QueryRowContext(tx.ctx, `SELECT hlc FROM sync_ctx`).Scan(&im.hlc); err != nil {
		return nil, err
	}
	im.ours[im.hlc] = true
	rows, err := tx.QueryContext(tx.ctx, `SELECT hlc, undo_hlc FROM import_batch`)
	if err != nil {
		return nil, fmt.Errorf("read former imports: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var done, undone int64
		if err := rows.Scan(&done, &undone); err != nil {
			return nil, err
		}
		im.ours[done], im.ours[undone] = true, true
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	im.country, err = branchSetting(tx.ctx, tx.Tx, "country")
	return im, err
}

// run stores the batch in the order in which records refer to each other.
func (im *importing) run() error {
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"taxes", im.putTaxes}, {"staff", im.putStaff}, {"services", im.putServices}, {"products", im.putProducts},
		{"clients", im.putClients}, {"appointments", im.putAppointments}, {"sales", im.putSales},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("import %s: %w", step.name, err)
		}
		im.tx.sc.s.o.at("import:" + step.name)
	}
	return nil
}

func (im *importing) changed() bool {
	for _, c := range im.counts {
		if c.New+c.Changed > 0 {
			return true
		}
	}
	return false
}

func (im *importing) result(dry bool) salon.ImportResult {
	if im.kept > 0 {
		im.note("Fields changed here since the last import were left as they are: %d.", im.kept)
	}
	return salon.ImportResult{Source: im.b.Source, DryRun: dry, AsOf: im.b.AsOf, TaxRule: salon.LineHalfUp,
		Files: list(im.b.Files), Counts: list(im.counts), Problems: list(im.problems), Notes: list(im.notes)}
}

// list is never nil, so that a report says [] and not null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// keep writes the import's own record, which an undo starts from.
func (im *importing) keep(res salon.ImportResult) error {
	report, err := json.Marshal(res)
	if err != nil {
		return err
	}
	im.tx.touchedAs("import", res.ID, im.b.Source, res.Counts)
	return im.tx.exec(`INSERT INTO import_batch (id, tx, hlc, at, source, as_of, report) VALUES (?,?,?,?,?,?,?)`,
		res.ID, im.tx.n, im.hlc, im.tx.now, im.b.Source, im.b.AsOf, string(report))
}

func (im *importing) note(format string, args ...any) {
	im.notes = append(im.notes, fmt.Sprintf(format, args...))
}

// origin is the key under which a record of this source is found again.
func (im *importing) origin(key string) string { return im.b.Source + ":" + key }

// Imports are the imports that have not been undone, newest first.
func (sc *Scope) Imports(ctx context.Context) ([]salon.ImportResult, error) {
	if err := sc.may(ctx, salon.Import); err != nil {
		return nil, err
	}
	reports, err := texts(ctx, sc.s.r, `SELECT report FROM import_batch WHERE undone_at = '' ORDER BY tx DESC`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list imports: %w", err))
	}
	var out []salon.ImportResult
	for _, r := range reports {
		var res salon.ImportResult
		if err := json.Unmarshal([]byte(r), &res); err != nil {
			return nil, fmt.Errorf("read an import's report: %w", err)
		}
		out = append(out, res)
	}
	return out, nil
}
