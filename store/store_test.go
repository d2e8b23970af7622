package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

var ctx = context.Background()

func kind(t *testing.T, err error, want salon.Kind) {
	t.Helper()
	if err == nil || salon.KindOf(err) != want {
		t.Fatalf("got %v (kind %d), want kind %d", err, salon.KindOf(err), want)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A person with a session but no grant at all gets nothing from any method,
// whatever it is called with; and no method is forgotten, because they are
// found by reflection.
func TestStrangersGetNothing(t *testing.T) {
	w := storetest.New(t)
	w.Seed(t)
	stranger := store.Stranger(w.Store)
	// These say only who one is and what one may, or carry what a change needs.
	free := map[string]bool{"Who": true, "Can": true, "Grant": true, "Shows": true, "With": true, "Because": true}
	typ := reflect.TypeOf(stranger)
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if free[m.Name] {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(stranger), reflect.ValueOf(ctx)}
		for j := 2; j < m.Type.NumIn(); j++ {
			args = append(args, reflect.Zero(m.Type.In(j)))
		}
		out := m.Func.Call(args)
		err, _ := out[len(out)-1].Interface().(error)
		if err == nil || salon.KindOf(err) != salon.Denied {
			t.Errorf("%s as a stranger: %v, want a refusal", m.Name, err)
		}
		for _, v := range out[:len(out)-1] {
			if !v.IsZero() && !strings.HasPrefix(v.Type().String(), "salon.Page") {
				t.Errorf("%s gave a stranger %v", m.Name, v.Interface())
			}
		}
	}
}

func TestADayInTheCalendar(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := w.As(t, "reception")
	b := salon.Booking{Key: "form-1", ClientID: ids["Amelia Okafor"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 600}
	id, undo, err := rec.Book(ctx, b)
	ok(t, err)
	again, _, err := rec.Book(ctx, b)
	ok(t, err)
	if again != id {
		t.Errorf("a double tap booked twice: %s and %s", id, again)
	}
	b.Key, b.Start = "form-2", 630
	_, _, err = rec.Book(ctx, b)
	kind(t, err, salon.Clash)
	if !strings.Contains(err.Error(), "Mei has Amelia Okafor from 10:00 to 10:45") {
		t.Errorf("the clash does not say who has whom: %v", err)
	}
	b.StaffID = ids["Sofia"]
	other, _, err := rec.Book(ctx, b)
	ok(t, err)
	v, err := rec.Visit(ctx, other)
	ok(t, err)
	_, err = rec.Move(ctx, other, v.Version, ids["Mei"], "2026-11-21", 620)
	kind(t, err, salon.Clash)
	_, err = rec.Move(ctx, other, v.Version+5, ids["Mei"], "2026-11-21", 700)
	kind(t, err, salon.Clash)
	back, err := rec.Move(ctx, other, v.Version, ids["Mei"], "2026-11-22", 700)
	ok(t, err)
	ok(t, rec.Undo(ctx, back))
	v, err = rec.Visit(ctx, other)
	ok(t, err)
	if v.Day != "2026-11-21" || v.Start != 630 || v.Staff != "Sofia" {
		t.Errorf("undo left the visit at %s %s %s", v.Day, v.Start, v.Staff)
	}
	ok(t, rec.Undo(ctx, undo))
	_, err = rec.Visit(ctx, id)
	kind(t, err, salon.Missing)
	w.Tick(11 * time.Minute)
	_, err = rec.SetStatus(ctx, other, v.Version, salon.Arrived)
	ok(t, err)
	kind(t, rec.Undo(ctx, back), salon.Clash)
}

// An undone move must not push out whoever took the old place meanwhile.
func TestUndoDoesNotTakeATakenChair(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := w.As(t, "reception")
	b := salon.Booking{ClientID: ids["Leo Grant"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 600}
	id, _, err := rec.Book(ctx, b)
	ok(t, err)
	undo, err := rec.Move(ctx, id, 1, ids["Sofia"], "2026-11-21", 600)
	ok(t, err)
	_, _, err = w.As(t, "owner").Book(ctx, b)
	ok(t, err)
	kind(t, rec.Undo(ctx, undo), salon.Clash)
}

func TestContactsAreMasked(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	for role, plain := range map[string]bool{"owner": true, "admin": true, "manager": false, "reception": false} {
		sc := w.As(t, role)
		card, err := sc.ClientCard(ctx, ids["Amelia Okafor"])
		ok(t, err)
		if got := card.Phone.String() == "+14165550121" && card.Email.String() == "amelia@example.com"; got != plain {
			t.Errorf("%s sees %q and %q", role, card.Phone, card.Email)
		}
		found, err := sc.Clients(ctx, "416 555 0121", 0, 10)
		ok(t, err)
		if got := found.Total == 1; got != plain {
			t.Errorf("%s finds %d clients by number", role, found.Total)
		}
	}
	// The last digits that the mask shows must not open the search either.
	found, err := w.As(t, "reception").Clients(ctx, "0121", 0, 10)
	ok(t, err)
	if found.Total != 0 {
		t.Error("reception finds a client by the digits of the mask")
	}
	// Whoever sees a mask cannot write it back over the number.
	rec := w.As(t, "reception")
	_, err = rec.EditClient(ctx, ids["Amelia Okafor"], 1, salon.ClientForm{Name: "Amelia Okafor-Hale"})
	ok(t, err)
	card, err := w.As(t, "owner").ClientCard(ctx, ids["Amelia Okafor"])
	ok(t, err)
	if card.Phone.String() != "+14165550121" || card.Name != "Amelia Okafor-Hale" {
		t.Errorf("after the edit: %q %q", card.Name, card.Phone)
	}
}

func TestABeauticianSeesOnlyWhomTheyServe(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	beau := w.As(t, "beautician")
	page, err := beau.Clients(ctx, "", 0, 10)
	ok(t, err)
	if page.Total != 0 {
		t.Fatalf("sees %d clients before serving any", page.Total)
	}
	_, err = beau.ClientCard(ctx, ids["Leo Grant"])
	kind(t, err, salon.Missing)
	_, _, err = w.As(t, "reception").Book(ctx, salon.Booking{ClientID: ids["Leo Grant"], StaffID: beau.Who().StaffID, ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 600})
	ok(t, err)
	card, err := beau.ClientCard(ctx, ids["Leo Grant"])
	ok(t, err)
	if len(card.Sales) != 0 || card.NetCents != 0 {
		t.Error("a beautician sees money")
	}
	sheet, err := beau.Day(ctx, "2026-11-21")
	ok(t, err)
	if len(sheet.Columns) != 1 {
		t.Errorf("sees %d columns, want only their own", len(sheet.Columns))
	}
}

func TestASnapshotShowsItsFacts(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	_, _, err := w.As(t, "reception").Book(ctx, salon.Booking{ClientID: ids["Leo Grant"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: "2026-11-23", Start: 600})
	ok(t, err)
	var image bytes.Buffer
	facts, err := w.Store.Snapshot(ctx, &image)
	ok(t, err)
	if len(facts.NextVisits) != 1 || facts.NextVisits[0].Client != "Leo Grant" {
		t.Errorf("next visits %v", facts.NextVisits)
	}
	copyPath := filepath.Join(t.TempDir(), "copy #1.db")
	ok(t, os.WriteFile(copyPath, image.Bytes(), 0o600))
	found, err := store.Inspect(ctx, copyPath)
	ok(t, err)
	if d := facts.Differences(found); d != nil {
		t.Fatalf("the copy differs: %v", d)
	}
	ok(t, store.Reincarnate(ctx, copyPath, w.Options()))
	born, err := store.Inspect(ctx, copyPath)
	ok(t, err)
	if born.Epoch == facts.Epoch {
		t.Error("a restored copy goes on in the old epoch")
	}
	// One changed byte in a row must show.
	raw := bytes.Replace(image.Bytes(), []byte("Leo Grant"), []byte("Leo Grand"), 1)
	ok(t, os.WriteFile(copyPath, raw, 0o600))
	found, err = store.Inspect(ctx, copyPath)
	if err == nil && facts.Differences(found) == nil {
		t.Error("an altered copy passes")
	}
}

func TestSignIn(t *testing.T) {
	w := storetest.New(t)
	for range 5 {
		_, err := w.Door.SignIn(ctx, "owner@example.com", "wrong password", "tablet")
		kind(t, err, salon.Auth)
	}
	_, err := w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "other tablet")
	if err == nil || !strings.Contains(err.Error(), "Wait 30 seconds") {
		t.Fatalf("no wait after five wrong passwords: %v", err)
	}
	w.Store.Close()
	w.Open(t) // a restart does not end the wait
	_, err = w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "other tablet")
	kind(t, err, salon.Auth)
	w.Tick(31 * time.Second)
	token, err := w.Door.SignIn(ctx, "Owner@Example.com ", storetest.Password, "other tablet")
	ok(t, err)
	sc, err := w.Door.Enter(ctx, token)
	ok(t, err)
	ok(t, sc.SignOut(ctx))
	_, err = w.Door.Enter(ctx, token)
	kind(t, err, salon.Auth)
	token, err = w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "other tablet")
	ok(t, err)
	w.Tick(31 * 24 * time.Hour)
	_, err = w.Door.Enter(ctx, token)
	kind(t, err, salon.Auth)
}

func TestNobodyGivesMoreThanTheyMay(t *testing.T) {
	w := storetest.New(t)
	_, err := w.As(t, "admin").AddStaff(ctx, salon.StaffForm{Name: "Eve", Role: "owner", Email: "eve@example.com", Password: storetest.Password})
	kind(t, err, salon.Denied)
	_, err = w.As(t, "reception").AddStaff(ctx, salon.StaffForm{Name: "Eve"})
	kind(t, err, salon.Denied)
	if !strings.Contains(err.Error(), "Ask Person admin / Rowan") {
		t.Errorf("the refusal does not say who can help: %v", err)
	}
}

// Another user of the PC may read neither the database nor its log.
func TestTheFileIsPrivate(t *testing.T) {
	w := storetest.New(t)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(w.Path + suffix)
		ok(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is readable by others: %v", suffix, info.Mode())
		}
	}
}

func TestForeignFilesAreNamedAndLeftAlone(t *testing.T) {
	w := storetest.New(t)
	dir := t.TempDir()
	for name, content := range map[string]string{"empty": "", "text": strings.Repeat("not a database ", 100)} {
		path := filepath.Join(dir, name)
		ok(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := store.Open(ctx, path, w.Options())
		kind(t, err, salon.Damaged)
		after, err := os.ReadFile(path)
		ok(t, err)
		if string(after) != content {
			t.Errorf("%s was changed", name)
		}
	}
	_, err := store.Open(ctx, filepath.Join(dir, "none"), w.Options())
	kind(t, err, salon.Missing)
	kind(t, store.Found(ctx, w.Path, salon.Founding{}, w.Options()), salon.NotEmpty)
}
