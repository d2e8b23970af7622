package backup_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// wantAsBefore fails if the target is not exactly as it was.
func wantAsBefore(t *testing.T, d *desk, before map[string]string) {
	t.Helper()
	if diff := cmp.Diff(before, snapshotOf(t, d.path)); diff != "" {
		t.Errorf("the target changed: %s", diff)
	}
	if left, err := os.ReadDir(d.scratch); err != nil || len(left) > 1 {
		t.Errorf("the working folder holds %v (%v)", left, err)
	}
}

func TestADriveThatDoesNotKeepWhatItWasGivenIsFound(t *testing.T) {
	for _, file := range allFiles {
		d := newDesk(t, randomDatabase(1, 3<<20))
		d.take()
		before := snapshotOf(t, d.path)
		// the drive alters the file as soon as it has it
		spoil := func(moment string) {
			if moment != "put "+file+": named" {
				return
			}
			paths, err := filepath.Glob(filepath.Join(d.path, "points", "*", file))
			if err != nil || len(paths) != 2 {
				t.Fatalf("found %v, %v", paths, err)
			}
			b := content(t, paths[1])
			if err := os.WriteFile(paths[1], flipped(b, len(b)/2, 2), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := shelf.NewFolder(d.path, shelf.Options{Name: "Blue", At: spoil})
		_, err := d.engine().Take(t.Context(), s, point.Nightly, "")
		wantError(t, err, salon.Damaged, `"Blue"`, file, "Do not rely on this drive")
		wantAsBefore(t, d, before)
	}
}

func TestACopyThatDiffersFromItsFactsIsNoPoint(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	d.take()
	before := snapshotOf(t, d.path)
	facts := func(change func(*salon.Facts)) backup.Check {
		return func(ctx context.Context, path string) (salon.Facts, error) {
			f, err := check(ctx, path)
			change(&f)
			return f, err
		}
	}
	for what, c := range map[string]backup.Check{
		"rows of sale":   facts(func(f *salon.Facts) { f.Rows["sale"]-- }),
		"digest":         facts(func(f *salon.Facts) { f.Digest = "00" }),
		"sales in cents": facts(func(f *salon.Facts) { f.NetCents++ }),
		"schema":         facts(func(f *salon.Facts) { f.Schema++ }),
		"last change":    facts(func(f *salon.Facts) { f.Seq-- }),
		"epoch":          facts(func(f *salon.Facts) { f.Epoch = "e2" }),
		"last sale":      facts(func(f *salon.Facts) { f.LastSale = "" }),
		"number of":      facts(func(f *salon.Facts) { f.Rows["new"] = 0 }),
		"not sound": func(context.Context, string) (salon.Facts, error) {
			return salon.Facts{}, errors.New("page 3 is broken")
		},
	} {
		d.o.Check = c
		_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		wantError(t, err, salon.Damaged, d.path, what)
		wantAsBefore(t, d, before)
		q := d.request()
		q.Check = c
		_, err = backup.Verify(t.Context(), q)
		wantError(t, err, salon.Damaged, d.path, what)
		dest := filepath.Join(t.TempDir(), "salon.db")
		_, err = backup.Restore(t.Context(), q, dest)
		wantError(t, err, salon.Damaged, d.path, what)
		if left := snapshotOf(t, filepath.Dir(dest)); len(left) != 0 {
			t.Errorf("%s: left %v", what, left)
		}
	}
}

func TestAFailingSourceLeavesNothing(t *testing.T) {
	db := randomDatabase(1, 12<<20)
	d := newDesk(t, db)
	d.take()
	before := snapshotOf(t, d.path)
	db.fail = errors.New("the database is locked")
	_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
	if !errors.Is(err, db.fail) {
		t.Errorf("got %v", err)
	}
	wantAsBefore(t, d, before)
}

func TestAStoppedRunLeavesNothing(t *testing.T) {
	for _, moment := range []string{"backup: begun", "backup: sealed", "backup: read back", "backup: proved", "backup: wrote manifest.json"} {
		d := newDesk(t, randomDatabase(1, 3<<20))
		d.take()
		before := snapshotOf(t, d.path)
		ctx, cancel := context.WithCancel(t.Context())
		d.o.At = func(m string) {
			if m == moment {
				cancel()
			}
		}
		_, err := d.engine().Take(ctx, d.shelf, point.Nightly, "")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", moment, err)
		}
		wantAsBefore(t, d, before)
	}
	for _, moment := range []string{"restore: begun", "restore: fetched", "restore: opened"} {
		d := newDesk(t, randomDatabase(1, 3<<20))
		d.take()
		ctx, cancel := context.WithCancel(t.Context())
		q := d.request()
		q.At = func(m string) {
			if m == moment {
				cancel()
			}
		}
		dest := filepath.Join(t.TempDir(), "salon.db")
		_, err := backup.Restore(ctx, q, dest)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", moment, err)
		}
		if left := snapshotOf(t, filepath.Dir(dest)); len(left) != 0 {
			t.Errorf("%s: left %v", moment, left)
		}
	}
}

func TestADriveThatIsPulledOutIsNamed(t *testing.T) {
	for _, moment := range []string{"backup: begun", "backup: sealed", "backup: proved"} {
		d := newDesk(t, randomDatabase(1, 3<<20))
		d.o.At = func(m string) {
			if m == moment {
				if err := os.Rename(d.path, d.path+"-pulled"); err != nil {
					t.Fatal(err)
				}
			}
		}
		_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		wantError(t, err, salon.Unreachable, `"Blue"`, d.path, "Plug")
		if _, err := os.Stat(d.path); !os.IsNotExist(err) {
			t.Errorf("%s: something was made where the drive was", moment)
		}
		// plugged in again, the next run is as good as ever
		if err := os.Rename(d.path+"-pulled", d.path); err != nil {
			t.Fatal(err)
		}
		d.o.At = nil
		d.take()
		if _, err := backup.Verify(t.Context(), d.request()); err != nil {
			t.Errorf("%s: %v", moment, err)
		}
	}
}

func TestTwoRunsAtOnceAreRefused(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	inner := errors.New("the inner run was not tried")
	d.o.At = func(m string) {
		if m == "backup: begun" {
			o := d.o
			o.At = nil
			e, err := backup.New(o)
			if err != nil {
				t.Fatal(err)
			}
			_, inner = e.Take(t.Context(), d.shelf, point.Manual, "")
		}
	}
	d.take()
	wantError(t, inner, salon.InUse, "running already")

	dest := filepath.Join(t.TempDir(), "salon.db")
	q := d.request()
	q.At = func(m string) {
		if m == "restore: begun" {
			_, inner = backup.Restore(t.Context(), d.request(), dest)
		}
	}
	if _, err := backup.Restore(t.Context(), q, dest); err != nil {
		t.Error(err)
	}
	wantError(t, inner, salon.InUse, filepath.Dir(dest))
}

// counting says how often the database file was opened on the target.
type counting struct {
	shelf.Shelf
	opened int
}

func (c *counting) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if strings.HasSuffix(name, point.DatabaseFile) {
		c.opened++
	}
	return c.Shelf.Open(ctx, name)
}

func TestWhatWasFetchedIsNotFetchedAgain(t *testing.T) {
	db := randomDatabase(1, 3<<20)
	d := newDesk(t, db)
	id := d.take().Point.ID
	sealed := content(t, d.file(id, point.DatabaseFile))
	for name, c := range map[string]struct {
		spool  []byte
		opened int
	}{"whole": {sealed, 0}, "altered": {flipped(sealed, 100, 0), 1}, "cut": {sealed[:len(sealed)-1], 1}, "none": {nil, 1}} {
		dest := filepath.Join(t.TempDir(), "salon.db")
		if c.spool != nil {
			if err := os.Mkdir(dest+".part", 0o700); err != nil {
				t.Fatal(err)
			}
			for file, b := range map[string][]byte{point.DatabaseFile: c.spool, "salon.db": []byte("half open"), "salon.db-wal": []byte("x")} {
				if err := os.WriteFile(filepath.Join(dest+".part", file), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		s := &counting{Shelf: d.shelf}
		q := d.request()
		q.Shelf = s
		if _, err := backup.Restore(t.Context(), q, dest); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s.opened != c.opened {
			t.Errorf("%s: fetched %d times, want %d", name, s.opened, c.opened)
		}
		if string(content(t, dest)) != string(db.image) || len(snapshotOf(t, filepath.Dir(dest))) != 1 {
			t.Errorf("%s: other bytes, or more than the database", name)
		}
	}
}

func TestProgressGoesToTheEndOfEachStage(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 3<<20))
	last := map[backup.Stage][2]int64{}
	progress := func(s backup.Stage, done, total int64) {
		if done < last[s][0] && done != 0 {
			t.Errorf("%s went back from %d to %d", s, last[s][0], done)
		}
		last[s] = [2]int64{done, total}
	}
	d.o.Progress = progress
	m := d.take().Point
	f, _ := m.File(point.DatabaseFile)
	want := map[backup.Stage][2]int64{
		backup.Sealing: {3 << 20, 0}, backup.Reading: {f.Bytes, f.Bytes}, backup.Checking: {}, backup.Signing: {},
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
	clear(last)
	q := d.request()
	q.Progress = progress
	if _, err := backup.Restore(t.Context(), q, filepath.Join(t.TempDir(), "salon.db")); err != nil {
		t.Fatal(err)
	}
	want = map[backup.Stage][2]int64{
		backup.Fetching: {f.Bytes, f.Bytes}, backup.Opening: {f.Bytes, f.Bytes}, backup.Checking: {}, backup.Placing: {},
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
}

func TestMissingOptionsAreRefused(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 10))
	for what, change := range map[string]func(*backup.Options){
		"no recipient": func(o *backup.Options) { o.Recipients = nil },
		"a classic recipient": func(o *backup.Options) {
			o.Recipients = []string{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}
		},
		"no sealed kit":     func(o *backup.Options) { o.Recovery = nil },
		"no salon":          func(o *backup.Options) { o.SalonID = "" },
		"no working folder": func(o *backup.Options) { o.Scratch = "" },
	} {
		o := d.o
		change(&o)
		if _, err := backup.New(o); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}
