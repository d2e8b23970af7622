package shelf_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"salonkeep/backup/shelf"
	"salonkeep/backup/shelf/shelftest"
)

// cachedPages is how many pages of a file lie in the page cache.
func cachedPages(t *testing.T, path string) (in, of int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := unix.Mmap(int(f.Fd()), 0, int(st.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(m) }()
	pages := make([]byte, (len(m)+os.Getpagesize()-1)/os.Getpagesize())
	if _, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&m[0])), uintptr(len(m)), uintptr(unsafe.Pointer(&pages[0]))); errno != 0 {
		t.Fatal(errno)
	}
	for _, p := range pages {
		in += int(p & 1)
	}
	return in, len(pages)
}

// TestReadingBackReadsTheDrive: what was just written lies in memory, and
// comparing memory with memory would prove nothing.
func TestReadingBackReadsTheDrive(t *testing.T) {
	dir := t.TempDir()
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	if fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.OVERLAYFS_SUPER_MAGIC {
		t.Skip("SKIPPED: the temporary folder is not on a disk of its own")
	}
	s := shelf.NewFolder(dir, shelf.Options{})
	want := shelftest.Pattern(9<<20, 0)
	if _, err := s.Put(t.Context(), "x", bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "x")
	if in, of := cachedPages(t, path); in < of/2 {
		t.Skipf("SKIPPED: only %d of %d pages were in memory to begin with", in, of)
	}
	r, _, err := s.Open(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if in, of := cachedPages(t, path); in > of/100 {
		t.Errorf("%d of %d pages are still in memory", in, of)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
