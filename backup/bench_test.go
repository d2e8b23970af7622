package backup_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// stream is a database of any size that is never in memory.
type stream struct{ bytes int64 }

func (s stream) Snapshot(_ context.Context, w io.Writer) (salon.Facts, error) {
	r := rand.New(rand.NewPCG(1, 1))
	h := sha256.New()
	buf := make([]byte, 64<<10)
	for left := s.bytes; left > 0; left -= int64(len(buf)) {
		for i := range buf {
			if i%64 == 0 {
				buf[i] = byte(r.Uint32())
			} else {
				buf[i] = byte(i * 7)
			}
		}
		h.Write(buf)
		if _, err := w.Write(buf); err != nil {
			return salon.Facts{}, err
		}
	}
	return salon.Facts{Digest: hex.EncodeToString(h.Sum(nil)), TakenAt: day.Format(time.RFC3339)}, nil
}

func streamCheck(_ context.Context, path string) (salon.Facts, error) {
	f, err := os.Open(path)
	if err != nil {
		return salon.Facts{}, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return salon.Facts{Digest: hex.EncodeToString(h.Sum(nil))}, err
}

// BenchmarkTakeAndRestore reports memory beside time: it must not grow with the
// database.
func BenchmarkTakeAndRestore(b *testing.B) {
	for name, size := range map[string]int64{"32MiB": 32 << 20, "256MiB": 256 << 20} {
		b.Run(name, func(b *testing.B) {
			d := benchDesk(b, size)
			b.SetBytes(size)
			for b.Loop() {
				if _, err := d.engine.Take(b.Context(), d.shelf, point.Nightly, ""); err != nil {
					b.Fatal(err)
				}
				dest := filepath.Join(b.TempDir(), "salon.db")
				if _, err := backup.Restore(b.Context(), d.request, dest); err != nil {
					b.Fatal(err)
				}
				if err := os.Remove(dest); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/1e6, "MB-from-system")
		})
	}
}

type bench struct {
	engine  *backup.Engine
	shelf   shelf.Shelf
	request backup.Request
}

func benchDesk(b *testing.B, size int64) bench {
	b.Helper()
	key, err := point.NewKey()
	if err != nil {
		b.Fatal(err)
	}
	kit, err := backup.NewKit("Bench", key.Public().String(), day)
	if err != nil {
		b.Fatal(err)
	}
	recovery, err := kit.Seal(testWork)
	if err != nil {
		b.Fatal(err)
	}
	s := shelf.NewFolder(filepath.Join(b.TempDir(), "blue"), shelf.Options{})
	e, err := backup.New(backup.Options{
		Source: stream{size}, Check: streamCheck, Recipients: []string{kit.Recipient()}, Recovery: recovery, SalonID: "s", Key: key,
		Now: time.Now, Scratch: b.TempDir(), Version: "1", Language: "en",
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Enrol(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	return bench{e, s, backup.Request{Shelf: s, Kit: kit, Check: streamCheck, Scratch: b.TempDir(), Now: time.Now}}
}
