package backup_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// day is when everything in these tests happens.
var day = time.Date(2026, 11, 24, 2, 45, 0, 0, time.UTC)

// testWork is the cheapest cost of a code; the product uses backup.WorkFactor.
const testWork = 4

// database is an image whose facts can be worked out from its bytes. It stands
// for a salon's database where no SQLite is needed.
type database struct {
	image []byte
	fail  error // returned in the middle of a snapshot
}

func randomDatabase(seed uint64, size int) *database {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.IntN(16)) // so that it compresses
	}
	return &database{image: b}
}

func factsOf(image []byte) salon.Facts {
	h := sha256.Sum256(image)
	return salon.Facts{
		Salon: "Salon Lumière", Currency: "CAD", Schema: 3, Epoch: "e1", Seq: int64(len(image)),
		Rows:   map[string]int64{"client": int64(len(image) / 100), "sale": int64(len(image) / 10)},
		Digest: hex.EncodeToString(h[:]), NetCents: int64(len(image)) * 3, LastSale: "1042 of 2026-11-23",
		TakenAt: day.Format(time.RFC3339), DatabaseBytes: int64(len(image)),
	}
}

func (d *database) Snapshot(ctx context.Context, w io.Writer) (salon.Facts, error) {
	half := len(d.image) / 2
	if _, err := w.Write(d.image[:half]); err != nil {
		return salon.Facts{}, err
	}
	if d.fail != nil {
		return salon.Facts{}, d.fail
	}
	if _, err := w.Write(d.image[half:]); err != nil {
		return salon.Facts{}, err
	}
	return factsOf(d.image), nil
}

func check(_ context.Context, path string) (salon.Facts, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return salon.Facts{}, err
	}
	return factsOf(b), nil
}

// desk is one salon with its kit, engine and a folder as target.
type desk struct {
	t       *testing.T
	kit     backup.Kit
	key     point.Key
	o       backup.Options
	path    string // of the target
	shelf   shelf.Shelf
	scratch string
}

func newDesk(t *testing.T, db backup.Source) *desk {
	t.Helper()
	key, err := point.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	kit, err := backup.NewKit("Salon Lumière", key.Public().String(), day)
	if err != nil {
		t.Fatal(err)
	}
	recovery, err := kit.Seal(testWork)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, kit: kit, key: key, path: filepath.Join(t.TempDir(), "blue"), scratch: t.TempDir()}
	d.shelf = shelf.NewFolder(d.path, shelf.Options{Name: "Blue"})
	now := day
	d.o = backup.Options{
		Source: db, Check: check, Recipients: []string{kit.Recipient()}, Recovery: recovery, SalonID: "salon-1", Key: key,
		Now: func() time.Time { now = now.Add(time.Second); return now }, Scratch: d.scratch, Version: "1.2.3", Language: "en", Effort: point.Quick,
	}
	if err := d.engine().Enrol(t.Context(), d.shelf); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) engine() *backup.Engine {
	d.t.Helper()
	e, err := backup.New(d.o)
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

func (d *desk) take() backup.Result {
	d.t.Helper()
	r, err := d.engine().Take(d.t.Context(), d.shelf, point.Nightly, "")
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func (d *desk) request() backup.Request {
	return backup.Request{Shelf: d.shelf, Kit: d.kit, Check: check, Scratch: d.scratch, Now: func() time.Time { return day }}
}

// file is where one file of a point lies.
func (d *desk) file(id, name string) string {
	return filepath.Join(d.path, filepath.FromSlash(point.Path(id, name)))
}

// wantError fails unless err has the kind and its sentence holds all words.
func wantError(t *testing.T, err error, kind salon.Kind, words ...string) {
	t.Helper()
	var e *salon.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("got error %v of kind %v, want kind %v", err, salon.KindOf(err), kind)
	}
	for _, w := range words {
		if !bytes.Contains([]byte(e.Sentence()), []byte(w)) {
			t.Errorf("the sentence %q does not name %q", e.Sentence(), w)
		}
	}
}

// snapshotOf remembers every file below a folder, to show that nothing changed.
func snapshotOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		all[filepath.ToSlash(rel)] = fmt.Sprintf("%d %s", len(b), point.Hash(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
