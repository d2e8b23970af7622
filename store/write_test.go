package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// Of many receptionists who want one chair at once, exactly one gets it.
func TestOneChairIsWonOnce(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := w.As(t, "reception")
	var wg sync.WaitGroup
	results := make(chan error, 8)
	for range 8 {
		wg.Go(func() {
			_, _, err := rec.Book(ctx, salon.Booking{ClientID: ids["Leo Grant"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 600})
			results <- err
		})
	}
	wg.Wait()
	close(results)
	won := 0
	for err := range results {
		if err == nil {
			won++
		} else {
			kind(t, err, salon.Clash)
		}
	}
	if won != 1 {
		t.Errorf("%d of 8 got the chair", won)
	}
}

// The log names the first row that somebody changed behind our back, and
// carries digests, never contacts.
func TestTheLogShowsThatItWasAltered(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	owner := w.As(t, "owner")
	phone := "+1 416 555 0199"
	_, err := owner.EditClient(ctx, ids["Leo Grant"], 1, salon.ClientForm{Name: "Leo Grant", Phone: &phone})
	ok(t, err)
	_, err = owner.ClientCard(ctx, ids["Leo Grant"])
	ok(t, err)
	rows, err := owner.Soundness(ctx)
	ok(t, err)
	if rows < 3 {
		t.Fatalf("only %d rows in the log", rows)
	}
	details, err := store.Texts(w.Store, `SELECT detail FROM audit WHERE kind = 'client' AND tx > 0`)
	ok(t, err)
	if len(details) != 1 || !strings.Contains(details[0], `"phone":["#`) || strings.Contains(details[0], "5550199") {
		t.Errorf("the log of a changed number reads %v", details)
	}
	views, err := store.Texts(w.Store, `SELECT actor FROM audit WHERE act = 'client.view' AND about_id = ?`, ids["Leo Grant"])
	ok(t, err)
	if len(views) != 1 || views[0] != "Rowan" {
		t.Errorf("the view of the card is logged as %v", views)
	}
	ok(t, store.Exec(w.Store, `UPDATE audit SET actor = 'Somebody else' WHERE seq = 3`))
	_, err = owner.Soundness(ctx)
	kind(t, err, salon.Damaged)
	if !strings.Contains(err.Error(), "row 3") {
		t.Errorf("the altered row is not named: %v", err)
	}
}

func TestRefusalsAreLogged(t *testing.T) {
	w := storetest.New(t)
	_, err := w.As(t, "beautician").Report(ctx, salon.ByDay, "", "")
	kind(t, err, salon.Denied)
	who, err := store.Texts(w.Store, `SELECT actor FROM audit WHERE act = 'refused' AND about_id = 'sale.statistics'`)
	ok(t, err)
	if len(who) != 1 || who[0] != "Person beautician" {
		t.Errorf("the refusal is logged as %v", who)
	}
}

// Snapshots taken while two people work are each whole: what a snapshot's
// facts say is what is in its image.
func TestSnapshotsUnderLoad(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := w.As(t, "reception")
	busy, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			for n := 0; busy.Err() == nil; n++ {
				day := salon.Day("2027-01-01").Add(2*n + i)
				_, _, err := rec.Book(busy, salon.Booking{ClientID: ids["Leo Grant"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: day, Start: 600})
				if err != nil && !errors.Is(err, context.Canceled) && busy.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	dir := t.TempDir()
	var last int64
	for i := range 5 {
		time.Sleep(50 * time.Millisecond) // let them work between two snapshots
		var image bytes.Buffer
		facts, err := w.Store.Snapshot(ctx, &image)
		ok(t, err)
		path := filepath.Join(dir, "copy.db")
		ok(t, os.WriteFile(path, image.Bytes(), 0o600))
		found, err := store.Inspect(ctx, path)
		ok(t, err)
		if d := facts.Differences(found); d != nil {
			t.Fatalf("snapshot %d: %v", i, d)
		}
		if facts.Rows["appointment"] <= last {
			t.Errorf("snapshot %d holds %d appointments, the one before %d: nobody worked meanwhile", i, facts.Rows["appointment"], last)
		}
		last = facts.Rows["appointment"]
		ok(t, os.Remove(path))
	}
	stop()
	wg.Wait()
}

// A change on one tablet is told to the others after it is committed, and so
// is one that another process made.
func TestChangesAreTold(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	live, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	events := w.Door.Events(live)
	_, _, err := w.As(t, "reception").Book(ctx, salon.Booking{ClientID: ids["Leo Grant"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 600})
	ok(t, err)
	for e := range events {
		if e.Kind == "appointment" && e.Day == "2026-11-21" && e.By == "Person reception" {
			break
		}
	}
	other, err := store.Open(ctx, w.Path, w.Options())
	ok(t, err)
	defer other.Close()
	_, err = other.As("command line").AddStaff(ctx, salon.StaffForm{Name: "Ade"})
	ok(t, err)
	for e := range events {
		if e.Kind == "" {
			return
		}
	}
	t.Fatal("nobody told of the other process's change")
}
