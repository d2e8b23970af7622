//go:build unix

package backup_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// crashVariable holds, in a child process, what it shall do and when it shall
// die.
const crashVariable = "SALONKEEP_TEST_CRASH"

// plan is what a child process is told.
type plan struct {
	Do         string // "backup" or "restore"
	Die        int    // the number of the moment at which to die, 0 for never
	Seed, Size int    // of the database
	Path       string // of the target
	Scratch    string
	Dest       string
	Key, Kit   string
	Recovery   []byte
	Limit      uint64 // no file may grow beyond it, 0 for any size
}

func TestMain(m *testing.M) {
	if text := os.Getenv(crashVariable); text != "" {
		os.Exit(child(text))
	}
	os.Exit(m.Run())
}

// child does its work and prints each moment it comes through.
func child(text string) int {
	var p plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return 2
	}
	n := 0
	at := func(moment string) {
		n++
		fmt.Println(moment)
		if n == p.Die {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill() // SIGKILL: nothing is cleaned up, as in a power cut
			}
			fmt.Println("not killed:", err)
			select {}
		}
	}
	if err := p.limit(); err != nil {
		return 2
	}
	if err := p.run(at); err != nil {
		fmt.Println("error:", salon.KindOf(err) == salon.Unreachable, err)
		return 1
	}
	return 0
}

// limit makes the kernel refuse writes as a full disk does.
func (p plan) limit() error {
	if p.Limit == 0 {
		return nil
	}
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: p.Limit, Max: p.Limit})
}

func (p plan) run(at func(string)) error {
	kit, err := backup.ParseKit(p.Kit)
	if err != nil {
		return err
	}
	s := shelf.NewFolder(p.Path, shelf.Options{Name: "Blue", At: at})
	if p.Do == "restore" {
		q := backup.Request{Shelf: s, Kit: kit, Check: check, Scratch: p.Scratch, Now: time.Now, At: at}
		_, err := backup.Restore(context.Background(), q, p.Dest)
		return err
	}
	key, err := point.ParseKey(p.Key)
	if err != nil {
		return err
	}
	e, err := backup.New(backup.Options{
		Source: randomDatabase(uint64(p.Seed), p.Size), Check: check, Recipients: []string{kit.Recipient()}, Recovery: p.Recovery,
		SalonID: "salon-1", Key: key, Now: time.Now, Scratch: p.Scratch, Version: "1.2.3", Language: "en", Effort: point.Quick, At: at,
	})
	if err != nil {
		return err
	}
	_, err = e.Take(context.Background(), s, point.Nightly, "")
	return err
}

func (d *desk) plan(do string) plan {
	d.t.Helper()
	key, err := d.key.Text()
	if err != nil {
		d.t.Fatal(err)
	}
	return plan{Do: do, Seed: 2, Size: 2 << 20, Path: d.path, Scratch: d.scratch, Key: key, Kit: d.kit.Text(), Recovery: d.o.Recovery}
}

// start runs a child to its end or death, and returns the moments it came
// through.
func start(t *testing.T, p plan) (moments []string, err error) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashVariable+"="+string(text))
	out, err := cmd.Output()
	return strings.Split(strings.TrimSpace(string(out)), "\n"), err
}

func TestKilledAtAnyMomentOfABackup(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 5000))
	d.take()
	moments, err := start(t, d.plan("backup"))
	if err != nil || len(moments) < 15 {
		t.Fatalf("moments %v, %v", moments, err)
	}
	for i, moment := range moments {
		d := newDesk(t, randomDatabase(1, 5000))
		old := d.take().Point.ID
		before := snapshotOf(t, d.path)
		p := d.plan("backup")
		p.Die = i + 1
		if got, err := start(t, p); err == nil || len(got) != i+1 {
			t.Fatalf("%s: it did not die there, but at %v (%v)", moment, got, err)
		}
		for name, what := range before {
			if snapshotOf(t, d.path)[name] != what {
				t.Errorf("%s: %s changed", moment, name)
			}
		}
		signed := false
		list, err := backup.List(t.Context(), d.shelf, d.key.Public())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			if l.ID != old && l.State == backup.Good {
				signed = true
			}
			if l.ID == old && l.State != backup.Good || l.State == backup.Damaged {
				t.Errorf("%s: point %s is %s: %v", moment, l.ID, l.State, l.Why)
			}
		}
		if want := i >= index(moments, "put manifest.json.minisig: named"); signed != want {
			t.Errorf("%s: the new point counts: %v, want %v", moment, signed, want)
		}
		if _, err := backup.Verify(t.Context(), d.request()); err != nil {
			t.Errorf("%s: %v", moment, err)
		}
		// the next run puts everything in order
		d.o.Now = func() time.Time { return time.Now().Add(time.Hour) }
		d.take()
		for name := range snapshotOf(t, d.path) {
			if strings.HasSuffix(name, ".part") {
				t.Errorf("%s: %s is still there", moment, name)
			}
		}
		if left, _ := os.ReadDir(d.scratch); len(left) != 1 {
			t.Errorf("%s: the working folder still holds %v", moment, left)
		}
		if r, err := backup.Verify(t.Context(), d.request()); err != nil || r.Facts.DatabaseBytes != 5000 {
			t.Errorf("%s: %v", moment, err)
		}
	}
}

func index(all []string, one string) int {
	for i, s := range all {
		if s == one {
			return i
		}
	}
	return -1
}

func TestKilledAtAnyMomentOfARestore(t *testing.T) {
	db := randomDatabase(1, 2<<20)
	d := newDesk(t, db)
	d.take()
	before := snapshotOf(t, d.path)
	p := d.plan("restore")
	p.Dest = filepath.Join(t.TempDir(), "salon.db")
	moments, err := start(t, p)
	if err != nil || len(moments) < 5 {
		t.Fatalf("moments %v, %v", moments, err)
	}
	for i, moment := range moments {
		p.Dest = filepath.Join(t.TempDir(), "salon.db")
		p.Die = i + 1
		if got, err := start(t, p); err == nil || len(got) != i+1 {
			t.Fatalf("%s: it did not die there, but at %v (%v)", moment, got, err)
		}
		_, err := os.Stat(p.Dest)
		if placed := err == nil; placed != (moment == "restore: placed") {
			t.Errorf("%s: there is a salon: %v", moment, placed)
		}
		_, err = backup.Restore(t.Context(), d.request(), p.Dest)
		if moment == "restore: placed" {
			wantError(t, err, salon.NotEmpty)
		} else if err != nil {
			t.Errorf("%s: %v", moment, err)
		}
		if string(content(t, p.Dest)) != string(db.image) {
			t.Errorf("%s: other bytes", moment)
		}
		if left := snapshotOf(t, filepath.Dir(p.Dest)); len(left) != 1 {
			t.Errorf("%s: left %v", moment, left)
		}
		wantAsBefore(t, d, before)
	}
}

func TestFileThatMayNotGrow(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 3<<20))
	d.take()
	before := snapshotOf(t, d.path)
	p := d.plan("backup")
	p.Size, p.Limit = 3<<20, 1<<20
	said, err := start(t, p)
	if last := said[len(said)-1]; err == nil || !strings.Contains(last, "error: true") || !strings.Contains(last, `"Blue"`) || !strings.Contains(last, "cannot hold a file as large") {
		t.Errorf("the backup said %q, %v", said, err)
	}
	wantAsBefore(t, d, before)
	p.Do, p.Dest = "restore", filepath.Join(t.TempDir(), "salon.db")
	said, err = start(t, p)
	if last := said[len(said)-1]; err == nil || !strings.Contains(last, "error: true") || !strings.Contains(last, filepath.Dir(p.Dest)) {
		t.Errorf("the restore said %q, %v", said, err)
	}
	if left := snapshotOf(t, filepath.Dir(p.Dest)); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
