package appliance

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// kept is a salon that was set up in a folder, with a clock that can be moved.
type kept struct {
	t     *testing.T
	dir   string
	clock *testClock
	p     *program
	f     folder
	kit   string
}

func newKept(t *testing.T) *kept {
	t.Helper()
	dir := t.TempDir()
	k := &kept{t: t, dir: dir, clock: &testClock{time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)}, kit: filepath.Join(dir, "kit.txt")}
	k.p = salonkeepOfTests()
	k.p.out, k.p.err, k.p.now, k.p.data = &bytes.Buffer{}, &bytes.Buffer{}, k.clock.now, filepath.Join(dir, "salon")
	var err error
	if k.f, err = k.p.folder(); err != nil {
		t.Fatal(err)
	}
	_, err = k.p.setup(context.Background(), salon.Founding{Salon: "Rowan", Owner: "Rowan", Email: "rowan@example.com", Password: "three plain words",
		Language: "en", Currency: "CAD", Timezone: "America/Toronto"}, k.kit)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens the salon as the running appliance does.
func (k *kept) open() *keeper {
	k.t.Helper()
	st, err := store.Open(context.Background(), k.f.database(), k.p.storeOptions())
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() {
		if err := st.Close(); err != nil {
			k.t.Error(err)
		}
	})
	return k.p.keeper(k.f, st, "nightly")
}

func (k *kept) target(keep *keeper, name string) string {
	k.t.Helper()
	dir := filepath.Join(k.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		k.t.Fatal(err)
	}
	if _, err := keep.enrol(context.Background(), keep.sc, name, fileURL(dir), ""); err != nil {
		k.t.Fatal(err)
	}
	return dir
}

// reasons are why the points of a target were taken, oldest first.
func (k *kept) reasons(keep *keeper, target string) string {
	k.t.Helper()
	state, err := keep.sc.Keep(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	var out []string
	for _, p := range state.Points {
		if p.Target == target {
			out = append([]string{p.Reason}, out...)
		}
	}
	return strings.Join(out, " ")
}

func (k *kept) round(keep *keeper, wait time.Duration) {
	k.t.Helper()
	k.clock.t = k.clock.t.Add(wait)
	if err := keep.round(context.Background()); err != nil {
		k.t.Fatal(err)
	}
}

func TestNightsAreKeptAndCaughtUp(t *testing.T) {
	k := newKept(t)
	keep := k.open()
	k.target(keep, "USB")
	k.round(keep, 0) // a new target wants its first point at once
	k.round(keep, time.Hour)
	if got := k.reasons(keep, "USB"); got != "catch-up" {
		t.Fatalf("points of the first day: %q", got)
	}
	// Through the night, minute by minute as the appliance looks.
	for range 24 * 6 {
		k.round(keep, 10*time.Minute)
	}
	if got := k.reasons(keep, "USB"); got != "catch-up nightly" {
		t.Fatalf("points after one night: %q", got)
	}
	// The PC is off for three days and makes up for them once.
	k.round(keep, 72*time.Hour)
	k.round(keep, 10*time.Minute)
	if got := k.reasons(keep, "USB"); got != "catch-up nightly catch-up" {
		t.Errorf("points after three days off: %q", got)
	}
	state, err := keep.sc.Keep(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if next := instant(state.NextRun); !next.After(k.clock.t) || next.Sub(k.clock.t) > 25*time.Hour {
		t.Errorf("the page says the next backup is at %s, it is %s", state.NextRun, k.clock.t)
	}
}

// A drive that is not there is somebody's trouble, never the other's.
func TestOneTargetDoesNotHoldUpAnother(t *testing.T) {
	k := newKept(t)
	keep := k.open()
	gone := k.target(keep, "Blue")
	k.target(keep, "Red")
	k.round(keep, 0)
	if err := os.Rename(gone, gone+"-unplugged"); err != nil {
		t.Fatal(err)
	}
	k.round(keep, 24*time.Hour)
	if blue, red := k.reasons(keep, "Blue"), k.reasons(keep, "Red"); blue != "catch-up" || red != "catch-up catch-up" {
		t.Errorf("Blue %q, Red %q", blue, red)
	}
	problem := func() string {
		t.Helper()
		list, err := keep.sc.Targets(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range list {
			if target.Name == "Blue" {
				return target.Problem
			}
		}
		return ""
	}
	if got := problem(); !strings.Contains(got, "Blue") {
		t.Errorf("the problem of the drive that is gone: %q", got)
	}
	// It comes back and is written to within the hour, without being asked.
	if err := os.Rename(gone+"-unplugged", gone); err != nil {
		t.Fatal(err)
	}
	k.round(keep, 10*time.Minute)
	if got := k.reasons(keep, "Blue"); got != "catch-up" {
		t.Errorf("tried again at once: %q", got)
	}
	k.round(keep, time.Hour)
	if got := k.reasons(keep, "Blue"); got != "catch-up catch-up" {
		t.Errorf("after an hour: %q", got)
	}
	if got := problem(); got != "" {
		t.Errorf("the problem is over and still told: %q", got)
	}
}

// A power cut in the middle of a backup leaves a run that says it is running.
func TestRunThatWasCutShortIsToldAndTakenAgain(t *testing.T) {
	ctx := context.Background()
	k := newKept(t)
	keep := k.open()
	k.target(keep, "USB")
	if _, err := keep.sc.AskBackup(ctx, "", "manual", "before the holiday"); err != nil {
		t.Fatal(err)
	}
	run, ok, err := keep.sc.NextRun(ctx)
	if err != nil || !ok || run.State != salon.RunRunning {
		t.Fatalf("%+v, %t, %v", run, ok, err)
	}
	k.round(keep, 2*time.Hour)
	state, err := keep.sc.Keep(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range state.Runs {
		if r.ID == run.ID && (r.State != salon.RunFailed || r.Say == "") {
			t.Errorf("the run that was cut short: %+v", r)
		}
	}
	if got := k.reasons(keep, "USB"); got != "catch-up" {
		t.Errorf("points after the power came back: %q", got)
	}
}
