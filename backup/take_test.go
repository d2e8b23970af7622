package backup_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

func TestAPointIsTakenListedVerifiedAndRestored(t *testing.T) {
	db := randomDatabase(1, 3<<20+12345)
	d := newDesk(t, db)
	took := d.take()
	if diff := cmp.Diff(factsOf(db.image), took.Facts); diff != "" {
		t.Error(diff)
	}
	list, err := backup.List(t.Context(), d.shelf, d.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].State != backup.Good || list[0].ID != took.Point.ID {
		t.Fatalf("listed %+v", list)
	}
	if diff := cmp.Diff(took.Point, list[0].Point); diff != "" {
		t.Error(diff)
	}
	report, err := backup.Verify(t.Context(), d.request())
	if err != nil {
		t.Fatal(err)
	}
	if !report.Vouched || len(report.Warnings) != 0 {
		t.Errorf("report %+v", report)
	}
	dest := filepath.Join(t.TempDir(), "salon.db")
	report, err = backup.Restore(t.Context(), d.request(), dest)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(took.Facts, report.Facts); diff != "" {
		t.Error(diff)
	}
	got, err := os.ReadFile(dest)
	if err != nil || !bytes.Equal(got, db.image) {
		t.Fatalf("the restored database differs (%v)", err)
	}
	if left := snapshotOf(t, filepath.Dir(dest)); len(left) != 1 {
		t.Errorf("the restore left %v", left)
	}
	if left, _ := os.ReadDir(d.scratch); len(left) != 1 {
		t.Errorf("the working folder holds %v besides the lock", left)
	}
	_, err = backup.Restore(t.Context(), d.request(), dest)
	wantError(t, err, salon.NotEmpty, filepath.Dir(dest))
}

func TestSecondPointNamesTheFirstAndLeavesItAlone(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	first := d.take()
	before := snapshotOf(t, d.path)
	d.o.Source = randomDatabase(2, 6000)
	second := d.take()
	if second.Point.Previous != first.Point.ID {
		t.Errorf("previous is %q, want %q", second.Point.Previous, first.Point.ID)
	}
	after := snapshotOf(t, d.path)
	for name, what := range before {
		if after[name] != what {
			t.Errorf("%s changed", name)
		}
	}
	for _, want := range []struct {
		id    string
		bytes int64
	}{{"", 6000}, {first.Point.ID, 5000}, {second.Point.ID, 6000}} {
		q := d.request()
		q.Point = want.id
		r, err := backup.Preview(t.Context(), q)
		if err != nil || r.Facts.DatabaseBytes != want.bytes {
			t.Errorf("point %q: %d bytes, %v", want.id, r.Facts.DatabaseBytes, err)
		}
	}
}

func TestEveryFormOfTheKitOpensAPoint(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	d.take()
	for name, text := range map[string]string{
		"file": d.kit.Text(), "qr": d.kit.QRText(), "identity": d.kit.Identity, "groups": d.kit.Code.String(),
	} {
		kit, err := backup.ParseKit(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		q := d.request()
		q.Kit = kit
		r, err := backup.Verify(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if vouched := name != "identity"; r.Vouched != vouched {
			t.Errorf("%s: vouched is %v", name, r.Vouched)
		}
	}
}

func TestEmptyAndOddSizes(t *testing.T) {
	for _, size := range []int{0, 1, 65536, 1 << 20, 1<<20 + 1, 2 << 20} {
		db := randomDatabase(7, size)
		d := newDesk(t, db)
		d.take()
		dest := filepath.Join(t.TempDir(), "salon.db")
		if _, err := backup.Restore(t.Context(), d.request(), dest); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if got, err := os.ReadFile(dest); err != nil || !bytes.Equal(got, db.image) {
			t.Errorf("%d bytes: other bytes came back (%v)", size, err)
		}
	}
}

func TestReasonsAreAClosedList(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 50))
	if _, err := d.engine().Take(t.Context(), d.shelf, point.Reason("whim"), ""); err == nil {
		t.Error("an unknown reason was accepted")
	}
}
