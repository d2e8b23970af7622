package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// allFiles are the files of a point, in the order in which they are written.
var allFiles = []string{point.DatabaseFile, point.FactsFile, point.RecoveryFile, point.ManifestFile, point.SignatureFile}

// names says which of a point's files a sentence may name for damage in file:
// a manifest and its signature can only be told to differ.
func names(file string) []string {
	if file == point.ManifestFile || file == point.SignatureFile {
		return []string{point.ManifestFile, point.SignatureFile}
	}
	return []string{file}
}

func wantDamage(t *testing.T, err error, where, id, file string) {
	t.Helper()
	if salon.KindOf(err) != salon.Damaged {
		t.Fatalf("%s: %v, want Damaged", where, err)
	}
	if !strings.Contains(err.Error(), id) {
		t.Fatalf("%s: %v does not name the point", where, err)
	}
	if !slices.ContainsFunc(names(file), func(n string) bool { return strings.Contains(err.Error(), n) }) {
		t.Fatalf("%s: %v does not name the file", where, err)
	}
}

// alter writes a file of the target and puts the old content back afterwards.
func alter(t *testing.T, path string, b []byte, look func()) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	look()
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func flipped(b []byte, at int, bit byte) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1 << bit
	return b
}

// flipping is a medium on which one bit of one file went over.
type flipping struct {
	shelf.Shelf
	name string
	at   int
	bit  byte
}

func (f flipping) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, size, err := f.Shelf.Open(ctx, name)
	if err != nil || name != f.name {
		return r, size, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return io.NopCloser(bytes.NewReader(flipped(b, f.at, f.bit))), size, err
}

func TestEveryAlteredByteIsFoundAndNamed(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 600))
	id := d.take().Point.ID
	for _, file := range allFiles {
		size := len(content(t, d.file(id, file)))
		for at := 0; at < size; at += everyByte {
			q := d.request()
			q.Shelf = flipping{Shelf: d.shelf, name: point.Path(id, file), at: at, bit: byte(at % 8)}
			_, err := backup.Verify(t.Context(), q)
			wantDamage(t, err, fmt.Sprintf("%s, byte %d", file, at), id, file)
		}
	}
	if _, err := backup.Verify(t.Context(), d.request()); err != nil {
		t.Errorf("without damage: %v", err)
	}
}

func TestEveryAlteredByteAtTheTopOfTheTargetIsFound(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 600))
	d.take()
	// a hash covers the text alike everywhere; the marker has structure
	for file, step := range map[string]int{point.MarkerFile: everyByte, point.HowToFile: 11 * everyByte} {
		size := len(content(t, filepath.Join(d.path, file)))
		for at := 0; at < size; at += step {
			q := d.request()
			q.Shelf = flipping{Shelf: d.shelf, name: file, at: at, bit: byte(at % 8)}
			_, err := backup.Verify(t.Context(), q)
			if salon.KindOf(err) != salon.Damaged || !strings.Contains(err.Error(), file) {
				t.Fatalf("%s, byte %d: %v", file, at, err)
			}
		}
	}
}

func TestDamageInALargeFileIsLocated(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 9<<20))
	m := d.take().Point
	f, _ := m.File(point.DatabaseFile)
	if len(f.Pieces) < 3 {
		t.Fatalf("only %d pieces", len(f.Pieces))
	}
	path := d.file(m.ID, point.DatabaseFile)
	whole := content(t, path)
	for piece := range f.Pieces {
		at := min(piece*point.PieceBytes+777, len(whole)-1)
		alter(t, path, flipped(whole, at, 3), func() {
			_, err := backup.Verify(t.Context(), d.request())
			wantError(t, err, salon.Damaged, m.ID, fmt.Sprintf("in MiB %d of %d", piece+1, len(f.Pieces)))
			dest := filepath.Join(t.TempDir(), "salon.db")
			_, err = backup.Restore(t.Context(), d.request(), dest)
			wantError(t, err, salon.Damaged, m.ID, point.DatabaseFile, fmt.Sprintf("in MiB %d of %d", piece+1, len(f.Pieces)))
			if left := snapshotOf(t, filepath.Dir(dest)); len(left) != 0 {
				t.Errorf("the failed restore left %v", left)
			}
		})
	}
}

func TestEveryTruncationIsFoundAndNamed(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 300))
	id := d.take().Point.ID
	q := d.request()
	q.Point = id
	for _, file := range allFiles {
		path := d.file(id, file)
		whole := content(t, path)
		for n := 0; n < len(whole); n += 1 + len(whole)/97 {
			alter(t, path, whole[:n], func() {
				_, err := backup.Verify(t.Context(), q)
				wantDamage(t, err, fmt.Sprintf("%s cut to %d", file, n), id, file)
			})
		}
		alter(t, path, append(bytes.Clone(whole), 'x'), func() {
			_, err := backup.Verify(t.Context(), q)
			wantDamage(t, err, file+" with one byte more", id, file)
		})
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		_, err := backup.Verify(t.Context(), q)
		if file == point.SignatureFile {
			wantError(t, err, salon.Damaged, id, "interrupted")
		} else {
			wantDamage(t, err, file+" missing", id, file)
		}
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesOfTwoPointsCannotBeMixed(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	a := d.take().Point.ID
	d.o.Source = randomDatabase(2, 5000)
	b := d.take().Point.ID
	q := d.request()
	q.Point = a
	for _, file := range allFiles {
		if file == point.RecoveryFile {
			continue // the same everywhere, by design
		}
		alter(t, d.file(a, file), content(t, d.file(b, file)), func() {
			_, err := backup.Verify(t.Context(), q)
			wantDamage(t, err, file+" of another point", a, file)
		})
	}
	// both manifest and signature: a whole point under another's name
	alter(t, d.file(a, point.ManifestFile), content(t, d.file(b, point.ManifestFile)), func() {
		alter(t, d.file(a, point.SignatureFile), content(t, d.file(b, point.SignatureFile)), func() {
			_, err := backup.Verify(t.Context(), q)
			wantError(t, err, salon.Damaged, a)
		})
	})
}

func TestDamagedSealedIdentityDoesNotStopARestore(t *testing.T) {
	db := randomDatabase(1, 5000)
	d := newDesk(t, db)
	id := d.take().Point.ID
	path := d.file(id, point.RecoveryFile)
	alter(t, path, flipped(content(t, path), 40, 1), func() {
		dest := filepath.Join(t.TempDir(), "salon.db")
		r, err := backup.Restore(t.Context(), d.request(), dest)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Warnings) != 1 {
			t.Fatalf("warnings %v", r.Warnings)
		}
		wantError(t, r.Warnings[0], salon.Damaged, id, point.RecoveryFile)
		if !bytes.Equal(content(t, dest), db.image) {
			t.Error("other bytes came back")
		}
	})
}

func TestGroupsOpenEvenIfOneSealedIdentityIsDamaged(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	d.take()
	newest := d.take().Point.ID
	q := d.request()
	q.Kit = backup.Kit{Code: d.kit.Code}
	path := d.file(newest, point.RecoveryFile)
	alter(t, path, flipped(content(t, path), 40, 1), func() {
		r, err := backup.Preview(t.Context(), q)
		if err != nil || r.Point.ID != newest || r.Kit.Identity != d.kit.Identity {
			t.Errorf("point %s, kit %s: %v", r.Point.ID, r.Kit.ID, err)
		}
	})
}

func TestNewestGoodPointIsChosenAndTheOthersAreNamed(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	good := d.take().Point.ID
	broken := d.take().Point.ID
	cut := d.take().Point.ID
	path := d.file(broken, point.ManifestFile)
	if err := os.WriteFile(path, flipped(content(t, path), 50, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{point.SignatureFile, point.ManifestFile} {
		if err := os.Remove(d.file(cut, f)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := backup.List(t.Context(), d.shelf, d.key.Public())
	if err != nil || len(list) != 3 {
		t.Fatalf("listed %v, %v", list, err)
	}
	for i, want := range []struct {
		id    string
		state backup.State
	}{{cut, backup.Unfinished}, {broken, backup.Damaged}, {good, backup.Good}} {
		if list[i].ID != want.id || list[i].State != want.state || (list[i].Why == nil) != (want.state == backup.Good) {
			t.Errorf("number %d is %s %s (%v), want %s %s", i, list[i].ID, list[i].State, list[i].Why, want.id, want.state)
		}
	}
	r, err := backup.Verify(t.Context(), d.request())
	if err != nil || r.Point.ID != good || len(r.Warnings) != 2 {
		t.Errorf("chose %s with warnings %v, %v", r.Point.ID, r.Warnings, err)
	}
	// the next run sweeps the one that never was a point, and no other
	d.take()
	if _, err := os.Stat(d.file(cut, point.DatabaseFile)); !os.IsNotExist(err) {
		t.Error("the interrupted point is still there")
	}
	if _, err := os.Stat(d.file(broken, point.DatabaseFile)); err != nil {
		t.Error("the damaged point was taken away")
	}
}

func TestFolderWithoutPoints(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 50))
	_, err := backup.Verify(t.Context(), d.request())
	wantError(t, err, salon.Missing, d.path)
	q := d.request()
	for _, id := range []string{"20261124T024500Z-00000000", "../../etc", "x"} {
		q.Point = id
		_, err = backup.Verify(t.Context(), q)
		wantError(t, err, salon.Missing, id)
	}
	q = d.request()
	q.Shelf = shelf.NewFolder(filepath.Join(t.TempDir(), "nothing"), shelf.Options{})
	_, err = backup.Restore(t.Context(), q, filepath.Join(t.TempDir(), "salon.db"))
	wantError(t, err, salon.Unreachable, "nothing")
}
