package ui_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"salonkeep/store/salon"
)

// proved records a restore point on the target as the backup loop does.
func (s *salonServer) proved(t *testing.T, target string, ago time.Duration) {
	t.Helper()
	at := s.Now().Add(-ago).UTC()
	err := s.Store.As("test").RecordPoint(context.Background(), salon.Point{ID: at.Format("20060102T150405Z") + "-00000001", TargetID: target,
		TakenAt: at.Format("2006-01-02T15:04:05.000Z"), Reason: "nightly", SealedBytes: 1 << 20, Proved: true, Millis: 1500, Epoch: "another",
		Facts: salon.Facts{Rows: map[string]int64{"client": 2, "appointment": 1}}})
	if err != nil {
		t.Fatal(err)
	}
}

func wantText(t *testing.T, page string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

// The one word is green only for a point that was brought back and checked
// within a night, on every target.
func TestTheWordOfTheBackupsPage(t *testing.T) {
	s := serve(t)
	owner := s.as(t, "owner")
	_, page := owner.get("/backups")
	wantText(t, page, "Not protected", "There is no place for backups yet.")
	ctx := context.Background()
	usb, err := s.Store.As("test").AddTarget(ctx, "USB Red", "file:///media/usb", "")
	if err != nil {
		t.Fatal(err)
	}
	_, page = owner.get("/backups")
	wantText(t, page, "Not protected yet", "Everything", "Back up now")
	s.proved(t, usb, 60*time.Hour)
	_, page = owner.get("/backups")
	wantText(t, page, "Backups are overdue")
	s.proved(t, usb, 30*time.Hour)
	_, page = owner.get("/backups")
	wantText(t, page, "A night was missed", "30 h behind")
	s.proved(t, usb, time.Hour)
	_, page = owner.get("/backups")
	wantText(t, page, ">Protected<", "class=\"dot ok\"", "2 clients, 1 visit", "checked in 2 s")
	if err := s.Store.As("test").TargetProblem(ctx, usb, "The backup target is full."); err != nil {
		t.Fatal(err)
	}
	_, page = owner.get("/backups")
	wantText(t, page, "One copy is away", "The backup target is full.")

	// Reception sees the state, not where the copies lie or how to stop them.
	_, page = s.as(t, "reception").get("/backups")
	wantText(t, page, "One copy is away")
	for _, secret := range []string{"file:///media/usb", "Stop backing up", "Back up now", "Add a place"} {
		if strings.Contains(page, secret) {
			t.Errorf("reception is shown %q", secret)
		}
	}
}

func TestBackUpNowIsAskedOnce(t *testing.T) {
	s := serve(t)
	ctx := context.Background()
	if _, err := s.Store.As("test").AddTarget(ctx, "USB Red", "file:///media/usb", ""); err != nil {
		t.Fatal(err)
	}
	owner := s.as(t, "owner")
	for range 2 { // a double tap
		if status, _ := owner.post("/backups", url.Values{}); status != http.StatusSeeOther {
			t.Fatalf("back up now: %d", status)
		}
	}
	loop := s.Store.As("nightly")
	run, ok, err := loop.NextRun(ctx)
	if err != nil || !ok {
		t.Fatalf("nobody asked: %v", err)
	}
	if _, again, err := loop.NextRun(ctx); err != nil || again {
		t.Errorf("asked twice: %v", err)
	}
	if err := loop.Advance(ctx, run.ID, "reading-back", 50, 100); err != nil {
		t.Fatal(err)
	}
	_, page := owner.get("/backups")
	wantText(t, page, "Reading them back from there", "60 %")
	if err := loop.FinishRun(ctx, run.ID, false, "The backup target is full."); err != nil {
		t.Fatal(err)
	}
	_, page = owner.get("/backups")
	wantText(t, page, "Back up now", "The backup target is full.")
	if status, _ := s.as(t, "reception").post("/backups", url.Values{}); status != http.StatusForbidden {
		t.Errorf("reception may back up: %d", status)
	}
}
