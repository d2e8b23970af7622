// Package shelftest says what every shelf must do, as tests that run over each
// kind of shelf, and starts a real S3 server for them. It is for tests only.
package shelftest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// Run holds the shelves that open makes, each new and empty, against the rules.
func Run(t *testing.T, open func(t *testing.T) shelf.Shelf) {
	rules := []struct {
		name string
		rule func(t *testing.T, s shelf.Shelf)
	}{
		{"what is put comes back", comesBack},
		{"put replaces", replaces},
		{"a missing file is missing", isMissing},
		{"a source that fails leaves nothing", sourceFails},
		{"a source that fails leaves what was there", sourceFailsOverOld},
		{"an ended context stores nothing", ended},
		{"list is sorted and keeps to the prefix", lists},
		{"names that lead elsewhere are refused", badNames},
		{"remove removes one file", removes},
		{"sweep leaves finished files", sweeps},
		{"several at once do not mix", several},
		{"prepare may be repeated", prepares},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			s := open(t)
			if err := s.Prepare(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			r.rule(t, s)
		})
	}
}

// Pattern is size bytes that repeat with a period no buffer has.
func Pattern(size int, seed byte) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i%251) ^ byte(i>>16) ^ seed
	}
	return b
}

func put(t *testing.T, s shelf.Shelf, name string, b []byte) {
	t.Helper()
	n, err := s.Put(t.Context(), name, bytes.NewReader(b))
	if err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
	if n != int64(len(b)) {
		t.Fatalf("put %s: %d bytes, want %d", name, n, len(b))
	}
}

func wantContent(t *testing.T, s shelf.Shelf, name string, want []byte) {
	t.Helper()
	r, size, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	if err := r.Close(); err != nil {
		t.Fatalf("close %s: %v", name, err)
	}
	if size != int64(len(want)) || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes announced, %d came, want %d and the same", name, size, len(got), len(want))
	}
}

func wantNames(t *testing.T, s shelf.Shelf, prefix string, want ...string) {
	t.Helper()
	entries, err := s.List(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("list %q: %v, want %v", prefix, got, want)
	}
}

func comesBack(t *testing.T, s shelf.Shelf) {
	for i, size := range []int{0, 1, 4095, 1 << 20, 8<<20 - 1, 8 << 20, 8<<20 + 1, 19 << 20} {
		b := Pattern(size, byte(i))
		name := fmt.Sprintf("points/p%d/data.age", i)
		put(t, s, name, b)
		wantContent(t, s, name, b)
		entries, err := s.List(t.Context(), name)
		if err != nil || len(entries) != 1 || entries[0].Bytes != int64(size) {
			t.Errorf("list %s: %v, %v, want %d bytes", name, entries, err, size)
		}
	}
}

func replaces(t *testing.T, s shelf.Shelf) {
	put(t, s, "note.txt", []byte("a longer first text"))
	put(t, s, "note.txt", []byte("second"))
	wantContent(t, s, "note.txt", []byte("second"))
	wantNames(t, s, "", "note.txt")
}

func isMissing(t *testing.T, s shelf.Shelf) {
	put(t, s, "points/a/x", []byte("x"))
	for _, name := range []string{"nothing", "points/a/y", "points/b/x"} {
		_, _, err := s.Open(t.Context(), name)
		if salon.KindOf(err) != salon.Missing {
			t.Errorf("open %s: %v, want Missing", name, err)
		}
	}
}

var errSource = errors.New("the source broke")

// broken gives n bytes and then fails.
func broken(n int) io.Reader {
	return io.MultiReader(bytes.NewReader(Pattern(n, 9)), &failing{})
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errSource }

func sourceFails(t *testing.T, s shelf.Shelf) {
	for _, n := range []int{0, 1000, 8 << 20, 17 << 20} {
		if _, err := s.Put(t.Context(), "points/a/x", broken(n)); !errors.Is(err, errSource) {
			t.Errorf("after %d bytes: %v, want the source's error", n, err)
		}
	}
	wantNames(t, s, "")
	if left, err := s.Sweep(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("a failed put left %v (%v)", left, err)
	}
}

func sourceFailsOverOld(t *testing.T, s shelf.Shelf) {
	put(t, s, "points/a/x", []byte("old"))
	if _, err := s.Put(t.Context(), "points/a/x", broken(9<<20)); !errors.Is(err, errSource) {
		t.Errorf("got %v, want the source's error", err)
	}
	wantContent(t, s, "points/a/x", []byte("old"))
}

func ended(t *testing.T, s shelf.Shelf) {
	ctx, cancel := context.WithCancel(t.Context())
	stopping := io.MultiReader(bytes.NewReader(Pattern(9<<20, 1)), &calls{cancel}, bytes.NewReader(Pattern(9<<20, 2)))
	if _, err := s.Put(ctx, "points/a/x", stopping); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v, want it cancelled", err)
	}
	wantNames(t, s, "")
	if _, err := s.List(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v, want it cancelled", err)
	}
}

// calls does something when it is read, and gives nothing.
type calls struct{ do func() }

func (c *calls) Read([]byte) (int, error) {
	c.do()
	return 0, io.EOF
}

func lists(t *testing.T, s shelf.Shelf) {
	wantNames(t, s, "")
	wantNames(t, s, "points/")
	for _, name := range []string{"points/b/2", "points/b/1", "points/a/1", "points-old/x", "salonkeep.json"} {
		put(t, s, name, []byte(name))
	}
	wantNames(t, s, "", "points-old/x", "points/a/1", "points/b/1", "points/b/2", "salonkeep.json")
	wantNames(t, s, "points/", "points/a/1", "points/b/1", "points/b/2")
	wantNames(t, s, "points/b/", "points/b/1", "points/b/2")
	wantNames(t, s, "nothing/")
}

func badNames(t *testing.T, s shelf.Shelf) {
	for _, name := range []string{"", ".", "..", "../x", "a/../../x", "/etc/x", "a//b", "a/", `a\b`, "c:x", "x.part", "a\x00b"} {
		if _, err := s.Put(t.Context(), name, strings.NewReader("x")); err == nil {
			t.Errorf("put %q was accepted", name)
		}
		if _, _, err := s.Open(t.Context(), name); err == nil {
			t.Errorf("open %q was accepted", name)
		}
		if err := s.Remove(t.Context(), name); err == nil {
			t.Errorf("remove %q was accepted", name)
		}
	}
	wantNames(t, s, "")
}

func removes(t *testing.T, s shelf.Shelf) {
	put(t, s, "points/a/1", []byte("1"))
	put(t, s, "points/a/2", []byte("2"))
	for range 2 {
		if err := s.Remove(t.Context(), "points/a/1"); err != nil {
			t.Error(err)
		}
	}
	wantNames(t, s, "", "points/a/2")
}

func sweeps(t *testing.T, s shelf.Shelf) {
	put(t, s, "points/a/1", []byte("1"))
	put(t, s, "salonkeep.json", []byte("{}"))
	if left, err := s.Sweep(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("swept %v, %v", left, err)
	}
	wantNames(t, s, "", "points/a/1", "salonkeep.json")
}

func several(t *testing.T, s shelf.Shelf) {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			name := fmt.Sprintf("points/p%d/x", i)
			if _, err := s.Put(t.Context(), name, bytes.NewReader(Pattern(300_000, byte(i)))); err != nil {
				t.Errorf("put %s: %v", name, err)
			}
		})
	}
	wg.Wait()
	for i := range 4 {
		wantContent(t, s, fmt.Sprintf("points/p%d/x", i), Pattern(300_000, byte(i)))
	}
}

func prepares(t *testing.T, s shelf.Shelf) {
	put(t, s, "a", []byte("a"))
	if err := s.Prepare(t.Context()); err != nil {
		t.Error(err)
	}
	if free, err := s.Free(t.Context()); err != nil || free < -1 {
		t.Errorf("free: %d, %v", free, err)
	}
	wantNames(t, s, "", "a")
}
