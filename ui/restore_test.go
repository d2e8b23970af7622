package ui_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"salonkeep/store/salon"
	"salonkeep/store/storetest"
	"salonkeep/ui"
)

// kept is what lies on the drive of these tests.
func kept(r *run) {
	taken := storetest.Start.Add(-13 * time.Hour)
	r.points = []ui.PointRow{
		{ID: "p3", TakenAt: taken.Add(time.Hour), Reason: "manual", SealedBytes: 2 << 20, Problem: "This restore point was made by a newer Salonkeep."},
		{ID: "p2", TakenAt: taken, Reason: "nightly", SealedBytes: 2 << 20, Proved: true},
		{ID: "p1", TakenAt: taken.AddDate(0, 0, -1), Reason: "before-import", Label: "Toronto", SealedBytes: 1 << 20, Proved: true},
	}
	r.facts = salon.Facts{Salon: "Rowan & Reed Hair", Currency: "CAD", Rows: map[string]int64{"client": 1284, "appointment": 9321, "sale": 6207}, NetCents: 48210550,
		LastSale: "20260459 · 2026-11-20", TakenAt: taken.Format(time.RFC3339),
		NextVisits:  []salon.FactVisit{{Day: "2026-11-21", Start: "10:30", Client: "Amelia Okafor", Service: "Cut & finish"}},
		LastChanges: []salon.FactChange{{At: "2026-11-21T03:55:00.000Z", Act: salon.MoveVisit, By: "Lucy"}}}
}

// groupsOf is the form with the eight groups of the paper.
func groupsOf() url.Values {
	form := url.Values{}
	for i, g := range paper {
		form.Set("g"+strconv.Itoa(i+1), g)
	}
	return form
}

// toMoment leads a claimed browser to the choice of a point.
func toMoment(t *testing.T) (*run, *browser) {
	t.Helper()
	r, b := claimed(t)
	r.now(kept)
	b.lead("/restore", url.Values{"how": {"folder"}, "folder": {"/media/usb/keep"}}, "/restore/kit")
	b.lead("/restore/kit", groupsOf(), "/restore/point")
	return r, b
}

func TestASalonIsBroughtBack(t *testing.T) {
	r, b := toMoment(t)
	_, page := b.get("/restore/point")
	wantText(t, page, "Every night", "Before an import · Toronto", "newer Salonkeep", `value="p3" disabled`, `value="p2" checked`)
	_, page = b.get("/restore/look?point=p2")
	wantText(t, page, "Rowan &amp; Reed Hair, Fri 20 Nov 23:00", "1,284", "9,321", "6,207", "482,105.50", "20260459 · 20 Nov", "Amelia Okafor", "10:30", "Booking moved, Lucy", "Fri 20 Nov 22:55")

	page = b.refused("/restore/start", url.Values{"point": {"p2"}}, "Switch the old PC off first, then tick this.")
	if !strings.Contains(page, `value="p2"`) || r.progress.PointID != "" {
		t.Error("it began with the old PC on")
	}
	b.lead("/restore/start", url.Values{"point": {"p2"}, "off": {"yes"}}, "/restore/progress")
	for _, step := range []struct {
		stage       ui.Stage
		done, total int64
		want        []string
	}{
		{ui.StageUnlock, 0, 0, []string{"0 %"}},
		{ui.StageCopy, 50 << 20, 100 << 20, []string{"37 %", "52.4 MB", "105 MB"}},
		{ui.StageCheck, 0, 0, []string{"50 %"}},
		{ui.StageAdopt, 0, 0, []string{"75 %"}},
	} {
		r.now(func(r *run) { r.progress.Stage, r.progress.Done, r.progress.Total = step.stage, step.done, step.total })
		_, page := b.get("/restore/progress")
		wantText(t, page, append(step.want, `hx-get="/restore/progress"`, `hx-trigger="every 1s"`)...)
		if strings.Contains(page, "/restore/open") {
			t.Errorf("%s: the salon can be opened already", step.stage)
		}
	}
	// Whoever comes back to the wizard finds the restore that is going on.
	if status, _, h := b.request("GET", "/restore", "", nil); status != http.StatusSeeOther || h.Get("Location") != "/restore/progress" {
		t.Errorf("GET /restore meanwhile: %d to %q", status, h.Get("Location"))
	}
	_, page = b.get("/welcome")
	wantText(t, page, "A salon is being brought back on this PC")

	r.now(func(r *run) {
		r.progress.Stage, r.progress.Finished, r.progress.Elapsed = ui.StageReady, true, 83*time.Second
	})
	_, page = b.get("/restore/progress")
	wantText(t, page, "Your salon is back", "1 min 23 s", "100 %")
	if strings.Contains(page, "every 1s") {
		t.Error("the finished page goes on asking")
	}
	b.lead("/restore/open", nil, "/done?back=1")
	_, page = b.get("/done?back=1")
	wantText(t, page, "Rowan &amp; Reed Hair is open again", "Keep the old PC off")
	b.lead("/signin", url.Values{"email": {"owner@example.com"}, "password": {storetest.Password}}, "/")
}

func TestARestoreThatFailsSaysWhatIsSafe(t *testing.T) {
	r, b := toMoment(t)
	b.lead("/restore/start", url.Values{"point": {"p2"}, "off": {"yes"}}, "/restore/progress")
	r.now(func(r *run) {
		r.progress.Stage, r.progress.Err = ui.StageCheck, salon.E(salon.Damaged, "The restore point of %s is damaged.", "21 November")
	})
	_, page := b.get("/restore/progress")
	wantText(t, page, "The restore point of 21 November is damaged.", "Nothing is lost", `href="/restore/point"`)
	if strings.Contains(page, "every 1s") || strings.Contains(page, "/restore/open") {
		t.Error("the failed restore goes on")
	}
	if status, _ := b.get("/restore"); status != http.StatusOK {
		t.Errorf("another place cannot be chosen: %d", status)
	}
}

func TestStepsOfTheRestoreCannotBeSkipped(t *testing.T) {
	r, b := claimed(t)
	r.now(kept)
	want := func(path, to string) {
		t.Helper()
		if status, _, h := b.request("GET", path, "", nil); status != http.StatusSeeOther || h.Get("Location") != to {
			t.Errorf("GET %s too early: %d to %q, want %s", path, status, h.Get("Location"), to)
		}
	}
	want("/restore/kit", "/restore")
	want("/restore/point", "/restore")
	want("/restore/progress", "/restore")
	b.lead("/restore", url.Values{"how": {"folder"}, "folder": {"/media/usb/keep"}}, "/restore/kit")
	want("/restore/look?point=p2", "/restore/kit")
}

func TestAPlaceWithoutBackupsIsSaid(t *testing.T) {
	r, b := claimed(t, ui.Place{Name: "Empty drive", Folder: "/media/usb/empty"}, ui.Place{Name: "USB Red", Folder: "/media/usb/red", Salon: "Rowan & Reed", Points: 14})
	_, page := b.get("/restore")
	wantText(t, page, "USB Red", "Rowan &amp; Reed", "14 restore points", `value="place:/media/usb/red" checked`)
	if strings.Contains(page, "Empty drive") {
		t.Error("a drive without restore points is offered")
	}
	b.refused("/restore", url.Values{"how": {"folder"}, "folder": {" "}}, `id="err-folder"`)
	b.refused("/restore", url.Values{"how": {"folder"}, "folder": {"/media/x"}}, "There is no restore point there.", `value="/media/x"`)
	r.now(func(r *run) { r.trouble = salon.E(salon.Unreachable, "The backup target is not there.") })
	b.refused("/restore", url.Values{"how": {"place:/media/usb/red"}}, "The backup target is not there.")
	r.now(func(r *run) { r.trouble = nil; kept(r) })
	b.lead("/restore", url.Values{"how": {"place:/media/usb/red"}}, "/restore/kit")
	if r.place.Folder != "/media/usb/red" {
		t.Errorf("the place is %+v", r.place)
	}
	b.lead("/restore", url.Values{"how": {"bucket"}, "bucket": {"salon"}, "endpoint": {"http://127.0.0.1:9"}, "secret": {"very-secret-key"}}, "/restore/kit")
	_, page = b.get("/restore")
	wantText(t, page, `value="salon"`, `value="bucket" checked`)
	if strings.Contains(page, "very-secret-key") {
		t.Error("the secret key was put back into the page")
	}
}

func TestTheKitChecksItselfGroupByGroup(t *testing.T) {
	r, b := claimed(t)
	r.now(kept)
	b.lead("/restore", url.Values{"how": {"folder"}, "folder": {"/media/usb/keep"}}, "/restore/kit")
	b.htmx = true
	status, part := b.post("/restore/check?group=3", url.Values{"g1": {paper[0]}, "g3": {"9trb"}})
	if status != http.StatusOK || strings.Contains(part, "<html") {
		t.Fatalf("%d\n%s", status, part)
	}
	wantText(t, part, `id="g3"`, `value="9TRB"`, `aria-invalid="true"`, "Group 3 does not match.")
	_, part = b.post("/restore/check?group=3", url.Values{"g1": {paper[0]}, "g3": {strings.ToLower(paper[2])}})
	wantText(t, part, `id="g3"`, "data-ok", "2 groups read correctly.")
	for _, group := range []string{"0", "9", "x", ""} {
		if status, page := b.post("/restore/check?group="+group, url.Values{"g1": {paper[0]}}); status >= 500 {
			t.Errorf("group %q: %d\n%s", group, status, page)
		}
	}
	b.htmx = false
	page := b.refused("/restore/kit", but(groupsOf(), "g3", "9TRB"), "Some groups are missing or wrong.", `value="9TRB"`, `value="`+paper[7]+`"`)
	if strings.Count(page, `aria-invalid="true"`) != 1 {
		t.Error("not just the wrong group is marked")
	}
	r.now(func(r *run) { r.trouble = salon.E(salon.WrongKey, "This kit is of another salon.") })
	b.refused("/restore/kit", groupsOf(), "This kit is of another salon.", `value="`+paper[7]+`"`)
	r.now(func(r *run) { r.trouble = nil })
	b.refused("/restore/kit", url.Values{"whole": {"https://example.com/menu"}}, "This is not a recovery kit.")
	b.lead("/restore/kit", url.Values{"whole": {"SALONKEEP-KIT:" + strings.Join(paper[:], "-")}}, "/restore/point")
}

func TestTheKitComesAsAFile(t *testing.T) {
	r, b := claimed(t)
	r.now(kept)
	b.lead("/restore", url.Values{"how": {"folder"}, "folder": {"/media/usb/keep"}}, "/restore/kit")
	send := func(text string) (int, string, string) {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "recovery-kit.txt")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		status, page, h := b.request("POST", "/restore/kit", body.String(), map[string]string{"Content-Type": form.FormDataContentType()})
		return status, page, h.Get("Location")
	}
	status, page, _ := send("a shopping list")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("another file: %d", status)
	}
	wantText(t, page, "This is not a recovery kit.")
	if status, page, _ := send(strings.Repeat("x", 100<<10)); status < 400 || status >= 500 {
		t.Errorf("a large file: %d\n%.300s", status, page)
	}
	if status, page, to := send("# Recovery kit\n" + strings.Join(paper[:], "-")); status != http.StatusSeeOther || to != "/restore/point" {
		t.Errorf("the kit file: %d to %q\n%s", status, to, page)
	}
}

func TestAPointThatWillNotOpenIsSaid(t *testing.T) {
	r, b := toMoment(t)
	r.now(func(r *run) { r.trouble = salon.E(salon.Damaged, "This restore point is damaged.") })
	if status, page := b.get("/restore/look?point=p2"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "This restore point is damaged.") {
		t.Errorf("%d\n%s", status, page)
	}
	b.refused("/restore/start", url.Values{"point": {"p2"}, "off": {"yes"}}, "This restore point is damaged.")
}
