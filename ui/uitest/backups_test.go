package uitest_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"salonkeep/store/salon"
	"salonkeep/ui/uitest"
)

const instantLayout = "2006-01-02T15:04:05.000Z"

// target adds a place for backups.
func (s *stage) target(t *testing.T, name, url string) string {
	t.Helper()
	id, err := s.Store.As("test").AddTarget(context.Background(), name, url, "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// keep records a restore point as the backup loop does after it was proved. It
// holds everything the salon holds now.
func (s *stage) keep(t *testing.T, target, reason string, at time.Time, proved bool) {
	t.Helper()
	ctx, loop := context.Background(), s.Store.As("nightly")
	facts, err := s.facts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = loop.RecordPoint(ctx, salon.Point{ID: at.UTC().Format("20060102T150405Z") + "-" + target[len(target)-8:], TargetID: target,
		TakenAt: at.UTC().Format(instantLayout), Reason: reason, SealedBytes: 61_400_000, Proved: proved, Millis: 41_300, Epoch: facts.Epoch, Seq: facts.Seq, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
}

// history is half a year of nights on a stick and in a bucket: one night was
// missed, one was written and not tested.
func (s *stage) history(t *testing.T, usb, bucket string) {
	t.Helper()
	night := time.Date(2026, 11, 21, 2, 14, 0, 0, s.Now().Location()).Add(5 * time.Hour)
	for i := range 180 {
		if i == 9 || i > 20 && i%10 != 3 {
			continue
		}
		at := night.AddDate(0, 0, -i)
		s.keep(t, usb, "nightly", at, i != 4)
		if i < 60 {
			s.keep(t, bucket, "nightly", at.Add(17*time.Minute), i != 4)
		}
	}
	s.keep(t, usb, "manual", s.Now().Add(-4*time.Minute), true)
	s.keep(t, bucket, "manual", s.Now().Add(-3*time.Minute), true)
}

// loop takes what was asked for, stage by stage, with the store's own methods.
// It waits for a nod before each stage and ends with the test.
func (s *stage) loop(t *testing.T, nod <-chan bool) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.serveRuns(ctx, nod) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && ctx.Err() == nil {
			t.Errorf("backup loop: %v", err)
		}
	})
}

func (s *stage) serveRuns(ctx context.Context, nod <-chan bool) error {
	loop := s.Store.As("nightly")
	for {
		var good bool
		select {
		case <-ctx.Done():
			return nil
		case good = <-nod:
		}
		run, ok, err := loop.NextRun(ctx)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("nobody asked for a backup")
		}
		for _, stage := range []string{"sealing", "reading-back", "checking", "signing"} {
			for part := int64(0); part <= 2; part++ {
				if err := loop.Advance(ctx, run.ID, stage, part*30_700_000, 61_400_000); err != nil {
					return err
				}
				select {
				case <-ctx.Done():
					return nil
				case good = <-nod:
				}
			}
		}
		if err := s.finish(ctx, run, good); err != nil {
			return err
		}
	}
}

// finish ends a run on every target: proved, or out of reach.
func (s *stage) finish(ctx context.Context, run salon.Run, good bool) error {
	loop := s.Store.As("nightly")
	targets, err := loop.Targets(ctx)
	if err != nil {
		return err
	}
	facts, err := s.facts(ctx)
	if err != nil {
		return err
	}
	said := ""
	for _, t := range targets {
		if !good {
			said = fmt.Sprintf("The drive of the backup target %s is not connected. Plug it in and start the backup again.", t.Name)
			if err := loop.TargetProblem(ctx, t.ID, said); err != nil {
				return err
			}
			break // the others were not reached either
		}
		said = t.Name + ": sealed and proved, 61.4 MB in 41.3s."
		if err := loop.TargetProblem(ctx, t.ID, ""); err != nil {
			return err
		}
		if err := loop.RecordPoint(ctx, salon.Point{ID: s.Now().UTC().Format("20060102T150405Z") + "-" + run.ID[len(run.ID)-8:], TargetID: t.ID,
			TakenAt: s.Now().UTC().Format(instantLayout), Reason: run.Reason, SealedBytes: 61_400_000, Proved: true, Millis: 41_300, Epoch: facts.Epoch, Seq: facts.Seq, Facts: facts}); err != nil {
			return err
		}
	}
	return loop.FinishRun(ctx, run.ID, good, said)
}

// TestBackUpNow asks for a backup, watches it live, sees the proof, and later
// the trouble of a drive that was pulled.
func TestBackUpNow(t *testing.T) {
	s := set(t)
	s.target(t, "USB Red", "file:///media/usb/salonkeep")
	nod := make(chan bool)
	s.loop(t, nod)
	browser := uitest.New(t)
	tab, chair := browser.Tab(s.URL, uitest.Desk), browser.Tab(s.URL, uitest.Phone)
	s.signIn(t, tab, "owner")
	s.signIn(t, chair, "reception")
	tab.Click("Backups")
	tab.See("Not protected yet")
	tab.See("Everything")
	chair.Open("/backups")
	chair.See("Tell the owner.")
	if chair.Has("Back up now") {
		t.Error("reception may back up")
	}

	tab.Click("Back up now")
	tab.See("Starting")
	nod <- true
	tab.See("Sealing the records and writing them")
	nod <- true
	tab.See("30.7 MB of 61.4 MB")
	tab.Wait("the bar to follow", "document.querySelector('[role=progressbar]').getAttribute('aria-valuenow') === '20'")
	chair.See("20 %") // on the other device too, without a tap
	for range 2 {
		nod <- true
	}
	tab.See("Reading them back from there")
	tab.Open("/calendar")
	for range 3 {
		nod <- true
	}
	tab.Open("/backups") // it went on by itself
	tab.See("Opening the copy and checking every row")
	for range 6 {
		nod <- true
	}
	tab.See("Protected")
	tab.See("Last brought back and checked: Today 12:00, on USB Red.")
	tab.See("20 clients")
	tab.See("Every change is in a restore point that was checked.")
	chair.See("Protected")

	s.Tick(20 * time.Minute)
	tab.Click("Back up now")
	tab.See("Starting")
	for i := range 13 {
		nod <- i < 12
	}
	tab.See("One copy is away")
	tab.See("The drive of the backup target USB Red is not connected. Plug it in and start the backup again.")
	tab.See("The copies already there stay good, up to Today 12:00.")
	chair.See("One copy is away")
	tab.Click("Try again now")
	tab.See("Starting")
	for range 13 {
		nod <- true
	}
	tab.See("Last brought back and checked: Today 12:20, on USB Red.")
}

// facts are what the salon holds now.
func (s *stage) facts(ctx context.Context) (salon.Facts, error) {
	return s.Store.Snapshot(ctx, io.Discard)
}
