package backup_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

func TestWrongKitIsNamedBesideTheRightOne(t *testing.T) {
	d, other := newDesk(t, randomDatabase(1, 5000)), newDesk(t, randomDatabase(2, 500))
	m := d.take().Point
	for name, text := range map[string]string{"file": other.kit.Text(), "qr": other.kit.QRText(), "identity": other.kit.Identity} {
		kit, err := backup.ParseKit(text)
		if err != nil {
			t.Fatal(err)
		}
		q := d.request()
		q.Kit = kit
		words := []string{other.kit.ID, d.kit.ID, m.ID}
		if name != "identity" {
			words = append(words, "from 2026-11-24")
		}
		_, err = backup.Verify(t.Context(), q)
		wantError(t, err, salon.WrongKey, words...)
		dest := filepath.Join(t.TempDir(), "salon.db")
		_, err = backup.Restore(t.Context(), q, dest)
		wantError(t, err, salon.WrongKey, words...)
		if left := snapshotOf(t, filepath.Dir(dest)); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
		// also where the target lost its marker
		if err := os.Rename(filepath.Join(d.path, point.MarkerFile), filepath.Join(d.path, "away")); err != nil {
			t.Fatal(err)
		}
		_, err = backup.Verify(t.Context(), q)
		wantError(t, err, salon.WrongKey, words...)
		if err := os.Rename(filepath.Join(d.path, "away"), filepath.Join(d.path, point.MarkerFile)); err != nil {
			t.Fatal(err)
		}
	}
	q := d.request()
	q.Kit = backup.Kit{Code: other.kit.Code}
	_, err := backup.Verify(t.Context(), q)
	wantError(t, err, salon.WrongKey, "another recovery kit")
}

func TestRestoreNeedsNoMarker(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	d.take()
	for _, f := range []string{point.MarkerFile, point.HowToFile} {
		if err := os.Remove(filepath.Join(d.path, f)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"file": d.kit.Text(), "identity": d.kit.Identity, "groups": d.kit.Code.String()} {
		kit, err := backup.ParseKit(text)
		if err != nil {
			t.Fatal(err)
		}
		q := d.request()
		q.Kit = kit
		r, err := backup.Restore(t.Context(), q, filepath.Join(t.TempDir(), "salon.db"))
		if err != nil || r.Vouched != (name != "identity") {
			t.Errorf("%s: vouched %v, %v", name, r.Vouched, err)
		}
	}
	list, err := backup.List(t.Context(), d.shelf)
	if err != nil || len(list) != 1 || list[0].State != backup.Unchecked {
		t.Errorf("listed %+v, %v", list, err)
	}
}

// forge makes a point of d's target anew, signed by key.
func forge(t *testing.T, d *desk, id string, key point.Key, change func(m *point.Manifest)) {
	t.Helper()
	var m point.Manifest
	if err := json.Unmarshal(content(t, d.file(id, point.ManifestFile)), &m); err != nil {
		t.Fatal(err)
	}
	change(&m)
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string][]byte{point.ManifestFile: b, point.SignatureFile: key.Sign(id, b)} {
		if err := os.WriteFile(d.file(id, name), bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPointByAnotherKeyIsRefusedThoughItNamesTheKit(t *testing.T) {
	d, other := newDesk(t, randomDatabase(1, 5000)), newDesk(t, randomDatabase(2, 500))
	id := d.take().Point.ID
	forge(t, d, id, other.key, func(*point.Manifest) {})
	_, err := backup.Verify(t.Context(), d.request())
	wantError(t, err, salon.Damaged, id, "not signed by this salon")
	// even if the marker was replaced as well
	for _, f := range []string{point.MarkerFile, point.HowToFile} {
		if err := os.WriteFile(filepath.Join(d.path, f), content(t, filepath.Join(other.path, f)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = backup.Verify(t.Context(), d.request())
	wantError(t, err, salon.Damaged, id, "forged")
}

func TestNewerPointsSayWhichVersionToInstall(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	id := d.take().Point.ID
	q := d.request()
	q.Schema = 2 // the point has 3
	_, err := backup.Verify(t.Context(), q)
	wantError(t, err, salon.Newer, id, "1.2.3")
	q.Schema = 3
	if _, err := backup.Verify(t.Context(), q); err != nil {
		t.Error(err)
	}
	forge(t, d, id, d.key, func(m *point.Manifest) { m.Format, m.Program = point.Format+1, "9.0.0" })
	_, err = backup.Verify(t.Context(), d.request())
	wantError(t, err, salon.Newer, id, "9.0.0")
	dest := filepath.Join(t.TempDir(), "salon.db")
	_, err = backup.Restore(t.Context(), d.request(), dest)
	wantError(t, err, salon.Newer, id, "9.0.0")
	if left := snapshotOf(t, filepath.Dir(dest)); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	list, err := backup.List(t.Context(), d.shelf, d.key.Public())
	if err != nil || len(list) != 1 || list[0].State != backup.Newer {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestAnotherSalonsTargetIsLeftAlone(t *testing.T) {
	d, other := newDesk(t, randomDatabase(1, 5000)), newDesk(t, randomDatabase(2, 500))
	other.take()
	before := snapshotOf(t, other.path)
	err := d.engine().Enrol(t.Context(), other.shelf)
	wantError(t, err, salon.Clash, other.path, "another salon")
	_, err = d.engine().Take(t.Context(), other.shelf, point.Nightly, "")
	wantError(t, err, salon.Clash, other.path, "another salon")
	if after := snapshotOf(t, other.path); len(after) != len(before) {
		t.Errorf("changed from %v to %v", before, after)
	}
}

func TestTargetWithoutMarkerIsNotWrittenTo(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	if err := os.RemoveAll(d.path); err != nil {
		t.Fatal(err)
	}
	_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
	wantError(t, err, salon.Unreachable, d.path, "Plug")
	// an unmounted drive leaves its empty folder
	if err := os.Mkdir(d.path, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
	wantError(t, err, salon.Unreachable, d.path, point.MarkerFile)
	if left := snapshotOf(t, d.path); len(left) != 0 {
		t.Errorf("something was written: %v", left)
	}
}

func TestDamagedMarkerIsNotOverwritten(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	path := filepath.Join(d.path, point.MarkerFile)
	alter(t, path, []byte("{}"), func() {
		err := d.engine().Enrol(t.Context(), d.shelf)
		wantError(t, err, salon.Damaged, point.MarkerFile, d.path)
		_, err = d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		wantError(t, err, salon.Damaged, point.MarkerFile)
		if string(content(t, path)) != "{}" {
			t.Error("the marker was overwritten")
		}
	})
}

func TestLostHowToIsWrittenAnewInTheSalonsLanguage(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	path := filepath.Join(d.path, point.HowToFile)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	d.take()
	english := content(t, path)
	d.o.Language = "zh-CN"
	d.take()
	chinese := content(t, path)
	if len(english) == 0 || len(chinese) == 0 || string(english) == string(chinese) {
		t.Errorf("texts of %d and %d bytes", len(english), len(chinese))
	}
	if _, err := backup.Verify(t.Context(), d.request()); err != nil {
		t.Error(err)
	}
}
