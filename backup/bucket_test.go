package backup_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/backup/shelf/shelftest"
	"salonkeep/store/salon"
)

// onBucket moves a desk to a bucket of a real S3 server.
func onBucket(t *testing.T, d *desk, server *shelftest.Server, bucket string) {
	t.Helper()
	server.NewBucket(t, bucket)
	d.shelf = server.Open(t, bucket, "salons/lumiere")
	d.path = filepath.Join(server.Buckets, bucket, "salons", "lumiere")
	if err := d.engine().Enrol(t.Context(), d.shelf); err != nil {
		t.Fatal(err)
	}
}

func TestABucketKeepsASalon(t *testing.T) {
	server := shelftest.StartServer(t)
	db := randomDatabase(1, 40<<20) // sealed, it goes up in several parts
	d := newDesk(t, db)
	onBucket(t, d, server, "lumiere")
	first := d.take()
	if f, _ := first.Point.File(point.DatabaseFile); f.Bytes < 17<<20 {
		t.Fatalf("only %d bytes: that is no upload in parts", f.Bytes)
	}
	d.o.Source = randomDatabase(2, 5000)
	second := d.take()
	list, err := backup.List(t.Context(), d.shelf, d.key.Public())
	if err != nil || len(list) != 2 || list[0].ID != second.Point.ID || list[1].State != backup.Good {
		t.Fatalf("listed %+v, %v", list, err)
	}
	q := d.request()
	q.Point = first.Point.ID
	if _, err := backup.Verify(t.Context(), q); err != nil {
		t.Error(err)
	}
	dest := filepath.Join(t.TempDir(), "salon.db")
	r, err := backup.Restore(t.Context(), q, dest)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Facts, r.Facts); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(content(t, dest), db.image) {
		t.Error("other bytes came back")
	}
}

func TestDamageInABucketIsNamed(t *testing.T) {
	server := shelftest.StartServer(t)
	d := newDesk(t, randomDatabase(1, 5000))
	onBucket(t, d, server, "lumiere")
	id := d.take().Point.ID
	for _, file := range allFiles {
		path := d.file(id, file)
		whole := content(t, path)
		for _, b := range [][]byte{flipped(whole, len(whole)/2, 1), whole[:len(whole)/2]} {
			alter(t, path, b, func() {
				q := d.request()
				q.Point = id
				_, err := backup.Verify(t.Context(), q)
				wantDamage(t, err, file, id, file)
			})
		}
	}
	if _, err := backup.Verify(t.Context(), d.request()); err != nil {
		t.Error(err)
	}
}

func TestABucketThatGoesAwayIsNamed(t *testing.T) {
	server := shelftest.StartServer(t)
	for i, moment := range []string{"backup: begun", "backup: sealed", "backup: proved"} {
		d := newDesk(t, randomDatabase(1, 5000))
		bucket := fmt.Sprintf("lumiere-%d", i)
		onBucket(t, d, server, bucket)
		good := d.take().Point.ID
		path := filepath.Join(server.Buckets, bucket)
		d.o.At = func(m string) {
			if m == moment {
				if err := os.Rename(path, path+"-away"); err != nil {
					t.Fatal(err)
				}
			}
		}
		_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		wantError(t, err, salon.Unreachable, bucket)
		if err := os.Rename(path+"-away", path); err != nil {
			t.Fatal(err)
		}
		if r, err := backup.Verify(t.Context(), d.request()); err != nil || r.Point.ID != good {
			t.Errorf("%s: point %s, %v", moment, r.Point.ID, err)
		}
		d.o.At = nil
		d.take()
	}
}

func TestAnotherSalonsBucketIsLeftAlone(t *testing.T) {
	server := shelftest.StartServer(t)
	d, other := newDesk(t, randomDatabase(1, 5000)), newDesk(t, randomDatabase(2, 500))
	onBucket(t, other, server, "shared")
	other.take()
	before := snapshotOf(t, other.path)
	for _, err := range []error{
		d.engine().Enrol(t.Context(), other.shelf),
		func() error { _, err := d.engine().Take(t.Context(), other.shelf, point.Nightly, ""); return err }(),
	} {
		wantError(t, err, salon.Clash, "another salon")
	}
	if diff := cmp.Diff(before, snapshotOf(t, other.path)); diff != "" {
		t.Error(diff)
	}
	if _, err := shelf.Open(server.URL("shared", "x"), shelf.Options{}); err != nil {
		t.Error(err)
	}
}
