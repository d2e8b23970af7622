//go:build unix

package shelf_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"salonkeep/backup/shelf"
)

func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "manifest.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "facts.age")); err != nil {
		t.Fatal(err)
	}
	s := blue(dir, shelf.Options{})
	for _, name := range []string{"manifest.json", "facts.age"} {
		if r, _, err := s.Open(t.Context(), name); err == nil {
			r.Close()
			t.Errorf("%s was opened", name)
		}
	}
	if list, err := s.List(t.Context(), ""); err != nil || len(list) != 0 {
		t.Errorf("listed %v, %v", list, err)
	}
}
