package store_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salonkeep/store"
	"salonkeep/store/storetest"
)

var update = flag.Bool("update", false, "write schema.golden.sql anew")

// The whole schema stands in one file, so that a review sees what a migration
// makes of it.
func TestSchemaIsTheGoldenOne(t *testing.T) {
	w := storetest.New(t)
	parts, err := store.Schema(w.Store)
	ok(t, err)
	got := strings.Join(parts, "\n\n") + "\n"
	const golden = "schema.golden.sql"
	if *update {
		ok(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	ok(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the schema is not the one in %s (run the test with -update if that is meant): %s", golden, diff)
	}
}

// Every table a second branch may see one day is captured: an insert and an
// update stand in change_log and field_ver, and nothing can be deleted.
func TestEverySyncedTableIsCaptured(t *testing.T) {
	w := storetest.New(t)
	_, err := w.Store.As("test").Import(ctx, tinyBatch(), false)
	ok(t, err)
	ok(t, w.As(t, "owner").AddNote(ctx, "client", texts1(t, w, `SELECT id FROM client`), "likes tea"))
	seedAccess(t, w)
	for _, table := range store.Synced() {
		pk := texts1(t, w, `SELECT name FROM pragma_table_info('`+table+`') WHERE pk = 1`)
		id := texts1(t, w, fmt.Sprintf(`SELECT %s FROM %s LIMIT 1`, pk, table))
		if id == "" {
			t.Errorf("%s has no row to try", table)
			continue
		}
		count := func(where string) string {
			return texts1(t, w, fmt.Sprintf(`SELECT count(*) FROM %s AND tbl = '%s' AND pk = '%s'`, where, table, id))
		}
		if n := count(`change_log WHERE op = 'i'`); n != "1" {
			t.Errorf("%s: an insert stands in the log %s times", table, n)
		}
		if n := count(`field_ver WHERE col = '*'`); n != "1" {
			t.Errorf("%s: an insert has %s versions", table, n)
		}
		before := count(`change_log WHERE op = 'u'`)
		ok(t, store.Exec(w.Store, fmt.Sprintf(`UPDATE %s SET version = version + 1 WHERE %s = ?`, table, pk), id))
		if n := count(`change_log WHERE op = 'u'`); n != before {
			t.Errorf("%s: a touch that changes nothing stands in the log", table)
		}
		ok(t, store.Exec(w.Store, fmt.Sprintf(`UPDATE %s SET deleted = 1 - deleted WHERE %s = ?`, table, pk), id))
		if n := count(`change_log WHERE op = 'u' AND json_extract(cols, '$.deleted') <> json_extract(was, '$.deleted')`); n != "1" {
			t.Errorf("%s: an update stands in the log %s times", table, n)
		}
		if n := count(`field_ver WHERE col = 'deleted'`); n != "1" {
			t.Errorf("%s: an update has %s versions", table, n)
		}
		if err := store.Exec(w.Store, fmt.Sprintf(`DELETE FROM %s WHERE %s = ?`, table, pk), id); err == nil || !strings.Contains(err.Error(), "never deleted") {
			t.Errorf("%s: a row could be deleted: %v", table, err)
		}
	}
}

func texts1(t *testing.T, w *storetest.World, query string) string {
	t.Helper()
	got, err := store.Texts(w.Store, query)
	ok(t, err)
	if len(got) == 0 {
		return ""
	}
	return got[0]
}
