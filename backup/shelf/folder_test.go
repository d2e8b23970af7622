package shelf_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"salonkeep/backup/shelf"
	"salonkeep/backup/shelf/shelftest"
	"salonkeep/store/salon"
)

func TestFolderIsAShelf(t *testing.T) {
	shelftest.Run(t, func(t *testing.T) shelf.Shelf {
		s, err := shelf.Open(shelf.FolderURL(filepath.Join(t.TempDir(), "Café #1, 50%20? & [x]")), shelf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func wantUnreachable(t *testing.T, err error, words ...string) {
	t.Helper()
	var e *salon.Error
	if !errors.As(err, &e) || e.Kind != salon.Unreachable {
		t.Fatalf("got %v, want Unreachable", err)
	}
	for _, w := range words {
		if !strings.Contains(e.Sentence(), w) {
			t.Errorf("the sentence %q does not name %q", e.Sentence(), w)
		}
	}
}

func blue(path string, o shelf.Options) *shelf.Folder {
	o.Name = "Blue"
	return shelf.NewFolder(path, o)
}

func TestFolderThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "media", "blue")
	s := blue(path, shelf.Options{})
	_, err := s.Put(t.Context(), "x", strings.NewReader("x"))
	wantUnreachable(t, err, `"Blue"`, path, "Plug the drive in")
	_, err = s.List(t.Context(), "")
	wantUnreachable(t, err, path)
	wantUnreachable(t, s.Prepare(t.Context()), path) // the folder above it is missing too
	if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
		t.Error("a folder was made where the drive should be")
	}
}

func TestFolderOnTheSystemDiskIsNotTheDrive(t *testing.T) {
	path := t.TempDir()
	device, err := shelf.Device(path)
	if err != nil {
		t.Fatal(err)
	}
	s := blue(path, shelf.Options{NotOnDevice: device})
	_, err = s.Put(t.Context(), "x", strings.NewReader("x"))
	wantUnreachable(t, err, `"Blue"`, "not connected")
	if left, _ := os.ReadDir(path); len(left) != 0 {
		t.Errorf("something was written: %v", left)
	}
	if _, err := blue(path, shelf.Options{NotOnDevice: device + 1}).Put(t.Context(), "x", strings.NewReader("x")); err != nil {
		t.Errorf("another device was refused: %v", err)
	}
}

func TestFolderThatIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := blue(path, shelf.Options{})
	wantUnreachable(t, s.Prepare(t.Context()), path)
	_, err := s.Put(t.Context(), "x", strings.NewReader("x"))
	wantUnreachable(t, err, path)
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Error("the file was changed")
	}
}

func TestLeftoversAreSweptAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"points/20261124T024500Z-0000000a/salon.db.zst.age.part", "salonkeep.json.part",
		"points/20261123T024500Z-0000000a/salon.db.zst.age", "holiday.part", "photos/beach.part",
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := blue(dir, shelf.Options{})
	left, err := s.Sweep(t.Context())
	if err != nil || len(left) != 2 {
		t.Fatalf("swept %v, %v", left, err)
	}
	for name, there := range map[string]bool{
		"points/20261124T024500Z-0000000a": false, "salonkeep.json.part": false,
		"points/20261123T024500Z-0000000a/salon.db.zst.age": true, "holiday.part": true, "photos/beach.part": true,
	} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != there {
			t.Errorf("%s: there is %v, want %v", name, err == nil, there)
		}
	}
}

func TestMomentsOfAPut(t *testing.T) {
	dir := t.TempDir()
	var seen []string
	s := blue(dir, shelf.Options{At: func(m string) {
		_, part := os.Stat(filepath.Join(dir, "a/x.part"))
		_, whole := os.Stat(filepath.Join(dir, "a/x"))
		if (m == "put x: written") != (part == nil && whole != nil) {
			t.Errorf("at %q: part %v, whole %v", m, part, whole)
		}
		seen = append(seen, m)
	}})
	if _, err := s.Put(t.Context(), "a/x", bytes.NewReader(shelftest.Pattern(9<<20, 0))); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 {
		t.Errorf("saw %v", seen)
	}
}

func TestFolderURLs(t *testing.T) {
	for target, ok := range map[string]bool{
		"file:///media/blue": true, "file://localhost/media/blue": true, "file:///": true,
		"file://media/blue": false, "file:media/blue": false, "file:///media?x=1": false, "file:///media#x": false,
		"file://u:p@localhost/media": false, "media/blue": false, "": false, "ftp://host/x": false, "file:///a%00b": false, "::": false,
	} {
		s, err := shelf.Open(target, shelf.Options{})
		if (err == nil) != ok {
			t.Errorf("%q: %v, %v", target, s, err)
		}
		if !ok && salon.KindOf(err) != salon.Invalid {
			t.Errorf("%q: kind %v, want Invalid", target, salon.KindOf(err))
		}
	}
}

func TestReadingStopsWithItsContext(t *testing.T) {
	s := blue(t.TempDir(), shelf.Options{})
	if _, err := s.Put(t.Context(), "x", bytes.NewReader(shelftest.Pattern(1<<20, 0))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := contextOf(t)
	r, _, err := s.Open(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	if _, err := io.ReadAll(r); !errors.Is(err, ctx.Err()) {
		t.Errorf("read: %v", err)
	}
}
