package appliance

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"salonkeep/backup"
	"salonkeep/store/salon"
	"salonkeep/ui"
)

// newPC is an appliance without a salon whose first run was claimed.
func newPC(t *testing.T, ctx context.Context, p *program, dir string) (*firstRun, string) {
	t.Helper()
	q := *p
	q.data = dir
	f, err := q.folder()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.make(); err != nil {
		t.Fatal(err)
	}
	h := newHost(&q, f)
	if err := h.firstCertificate(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	r := newFirstRun(ctx, h)
	if err := r.resume(); err != nil {
		t.Fatal(err)
	}
	code, err := newClaim(f, q.now())
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := r.Claim(ctx, code, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return r, ticket
}

// ended waits until a restore stands still.
func ended(t *testing.T, r *firstRun, ticket string) ui.RestoreProgress {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		p, err := r.Progress(context.Background(), ticket)
		if err != nil {
			t.Fatal(err)
		}
		if p.Finished || p.Err != nil {
			return p
		}
	}
	t.Fatal("the restore does not end")
	return ui.RestoreProgress{}
}

// sealed is a salon with one point on a drive, and the text of its kit.
func sealed(t *testing.T) (k *kept, usb *ui.PlaceForm, kit string) {
	t.Helper()
	k = newKept(t)
	keep := k.open()
	usb = &ui.PlaceForm{Name: "USB", Folder: k.target(keep, "USB")}
	k.round(keep, 0)
	text, err := os.ReadFile(k.kit)
	if err != nil {
		t.Fatal(err)
	}
	return k, usb, string(text)
}

func TestRestoreInTheWizardGoesOnAfterPowerCuts(t *testing.T) {
	k, usb, kitText := sealed(t)
	dir := filepath.Join(k.dir, "new")
	background := context.Background()

	// The PC loses its power while the copy is being opened.
	first := *k.p
	cut, pull := context.WithCancel(background)
	first.at = func(moment string) {
		if moment == "restore: fetched" {
			pull()
		}
	}
	r, ticket := newPC(t, cut, &first, dir)
	rows, err := r.Points(background, ticket, usb)
	if err != nil || len(rows) != 1 || !rows[0].Proved {
		t.Fatalf("points: %+v, %v", rows, err)
	}
	if err := r.Restore(background, ticket, rows[0].ID); salon.KindOf(err) != salon.Closed {
		t.Errorf("a restore without a kit: %v", err)
	}
	if state, err := r.CheckKit(background, ticket, ui.KitForm{Whole: kitText}); err != nil || !state.Opens {
		t.Fatalf("kit: %+v, %v", state, err)
	}
	if err := r.Restore(background, ticket, rows[0].ID); err != nil {
		t.Fatal(err)
	}
	if p := ended(t, r, ticket); p.Finished {
		t.Fatal("it was finished before the power was cut")
	}
	if exists(folder(dir).database()) {
		t.Fatal("half a salon has its place")
	}

	// The next start says so, knows the place, and does not know the kit.
	r, ticket = newPC(t, background, k.p, dir)
	if p := ended(t, r, ticket); p.Err == nil || p.PointID != rows[0].ID {
		t.Fatalf("after the cut: %+v", p)
	}
	if again, err := r.Points(background, ticket, nil); err != nil || len(again) != 1 {
		t.Fatalf("the place was forgotten: %+v, %v", again, err)
	}
	if _, err := r.Preview(background, ticket, rows[0].ID); salon.KindOf(err) != salon.Closed {
		t.Errorf("the kit survived on the disk: %v", err)
	}
	kit, err := backup.ParseKit(kitText)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := r.CheckKit(background, ticket, ui.KitForm{Groups: kit.Code}); err != nil || !state.Opens {
		t.Fatalf("groups: %+v, %v", state, err)
	}
	if err := r.Restore(background, ticket, rows[0].ID); err != nil {
		t.Fatal(err)
	}
	if p := ended(t, r, ticket); p.Err != nil || p.Facts.Salon != "Rowan" {
		t.Fatalf("the second try: %+v", p)
	}

	// And once more, before the last tap: the whole copy waits for its place.
	r, ticket = newPC(t, background, k.p, dir)
	if p := ended(t, r, ticket); !p.Finished || p.Stage != ui.StageReady || p.Facts.Salon != "Rowan" {
		t.Fatalf("the finished copy was forgotten: %+v", p)
	}
	for range 2 { // a double tap
		if err := r.Open(background, ticket); err != nil {
			t.Fatal(err)
		}
	}
	door, ok := r.h.door()
	if !ok {
		t.Fatal("no salon is served")
	}
	if set, err := door.Settings(background); err != nil || set.Name != "Rowan" {
		t.Errorf("%+v, %v", set, err)
	}
	if exists(folder(dir).firstRun()) || exists(folder(dir).claim()) {
		t.Error("the first run left something behind")
	}
}

func TestFirstRunBelongsToWhoClaimedIt(t *testing.T) {
	k, usb, kitText := sealed(t)
	ctx := context.Background()
	r, ticket := newPC(t, ctx, k.p, filepath.Join(k.dir, "new"))
	founding := salon.Founding{Salon: "Reed", Owner: "Reed", Email: "reed@example.com", Password: "three plain words", Language: "en", Currency: "CAD", Timezone: "America/Toronto"}
	stranger := ticket[1:] + "0"
	for name, err := range map[string]error{
		"Begin":    second(r.Begin(ctx, stranger, founding)),
		"Finish":   r.Finish(ctx, stranger, nil, nil),
		"Demo":     second(r.Demo(ctx, stranger, "en")),
		"Points":   second(r.Points(ctx, stranger, usb)),
		"CheckKit": second(r.CheckKit(ctx, stranger, ui.KitForm{Whole: kitText})),
		"Preview":  second(r.Preview(ctx, stranger, "x")),
		"Restore":  r.Restore(ctx, stranger, "x"),
		"Progress": second(r.Progress(ctx, stranger)),
		"Open":     r.Open(ctx, stranger),
	} {
		if salon.KindOf(err) != salon.Denied {
			t.Errorf("%s by a stranger: %v", name, err)
		}
	}

	// The kit cannot be passed by.
	sheet, err := r.Begin(ctx, ticket, founding)
	if err != nil {
		t.Fatal(err)
	}
	for name, groups := range map[string]map[int]string{
		"nothing read back": nil,
		"one group":         {3: sheet.Groups[2]},
		"a mistyped group":  {3: sheet.Groups[2], 5: "0000"},
		"a wrong place":     {3: sheet.Groups[4], 5: sheet.Groups[2]},
		"no such group":     {3: sheet.Groups[2], 9: "0000"},
	} {
		if err := r.Finish(ctx, ticket, groups, nil); salon.KindOf(err) != salon.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Another salon's drive stops it before anything is founded.
	good := map[int]string{3: sheet.Groups[2], 8: sheet.Groups[7]}
	if err := r.Finish(ctx, ticket, good, usb); salon.KindOf(err) != salon.Clash || r.h.f.founded() {
		t.Errorf("another salon's drive: %v, founded %t", err, r.h.f.founded())
	}
	if err := r.Finish(ctx, ticket, good, nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.h.door(); !ok || r.Holds(ticket) {
		t.Error("the salon is founded: it is served, and the ticket is over")
	}
}

func second[T any](_ T, err error) error { return err }
