package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
	"salonkeep/ui"
)

// claimCode is what stands on the screen of the PC in these tests.
const claimCode = "K7M29QXR"

// paper is the kit of these tests. The last letter of a group is its check
// letter.
var paper = [8]string{"4K7Q", "M2XD", "9TRA", "C3HW", "ZB6N", "8PVY", "J5EG", "RS0F"}

// run is an appliance of which a test can say where it stands: in the middle of
// a restore, in front of a full drive, with a kit that opens nothing. What the
// real one does with keys and files is tested where it lives; founding is real
// here too.
type run struct {
	t    *testing.T
	path string

	mu     sync.Mutex
	ticket string
	st     *store.Store
	kits   int // how many were made
	found  salon.Founding
	groups map[int]string
	place  *ui.PlaceForm
	spoken string // the language the demo was asked for in

	trouble  error // what the next place, point or restore answers
	points   []ui.PointRow
	facts    salon.Facts
	unlocked bool
	progress ui.RestoreProgress
}

func (r *run) check(ticket string) error {
	if r.ticket == "" || ticket != r.ticket {
		return salon.E(salon.Denied, "The first run belongs to another browser.")
	}
	return nil
}

func (r *run) Claim(_ context.Context, code, _ string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if code != claimCode {
		return "", salon.E(salon.Auth, "That is not the code.")
	}
	r.ticket = fmt.Sprintf("ticket-%d", len(r.ticket)+1)
	return r.ticket, nil
}

func (r *run) Holds(ticket string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.check(ticket) == nil
}

func (r *run) Begin(_ context.Context, ticket string, f salon.Founding) (ui.Kit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return ui.Kit{}, err
	}
	if err := store.CheckFounding(f); err != nil {
		return ui.Kit{}, err
	}
	if r.found.Salon == "" {
		r.kits++
	}
	r.found = f
	return ui.Kit{Groups: paper, QR: "SALONKEEP-KIT:" + strings.Join(paper[:], "-"), File: "# Recovery kit of " + f.Salon + "\nAGE-SECRET-KEY-TEST\n",
		Commands: []string{"age -d -i KIT -o salon.db.zst ./salon.db.zst.age", "zstd -d salon.db.zst", `sqlite3 salon.db "PRAGMA integrity_check"`, `sqlite3 salon.db ".tables"`},
		Salon:    f.Salon, MadeOn: salon.DayOf(storetest.Start)}, nil
}

func (r *run) Finish(ctx context.Context, ticket string, groups map[int]string, target *ui.PlaceForm) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return err
	}
	for n, g := range groups {
		if g != paper[n-1] {
			return salon.E(salon.Invalid, "What was typed is not what stands on the kit.")
		}
	}
	if r.trouble != nil && target != nil {
		return r.trouble
	}
	r.groups, r.place = groups, target
	return r.openLocked(ctx)
}

// openLocked founds the salon with what was typed and opens it.
func (r *run) openLocked(ctx context.Context) error {
	o := store.Options{Now: func() time.Time { return storetest.Start }, Cost: storetest.Cheap}
	if err := store.Found(ctx, r.path, r.found, o); err != nil {
		return err
	}
	st, err := store.Open(ctx, r.path, o)
	if err != nil {
		return err
	}
	r.st, r.ticket = st, ""
	return nil
}

func (r *run) Demo(_ context.Context, ticket, language string) ([]ui.DemoLogin, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return nil, err
	}
	r.spoken = language
	return []ui.DemoLogin{{Name: "Rowan", Role: "owner", Email: "owner@demo.example", Password: "plum-river-stone"},
		{Name: "Lucy", Role: "reception", Email: "reception@demo.example", Password: "lamp-cedar-cloud"}}, nil
}

func (r *run) Points(_ context.Context, ticket string, from *ui.PlaceForm) ([]ui.PointRow, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return nil, err
	}
	if r.trouble != nil {
		return nil, r.trouble
	}
	if from != nil {
		r.place = from
	}
	if r.place == nil {
		return nil, salon.E(salon.Closed, "Say first where your backups are.")
	}
	return r.points, nil
}

func (r *run) CheckKit(_ context.Context, ticket string, f ui.KitForm) (ui.KitState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var k ui.KitState
	if err := r.check(ticket); err != nil {
		return k, err
	}
	if f.Whole != "" {
		if !strings.HasSuffix(f.Whole, strings.Join(paper[:], "-")) {
			return k, salon.E(salon.WrongKey, "This is not a recovery kit.")
		}
		f.Groups = paper
	}
	good := 0
	for i, g := range f.Groups {
		k.Groups[i] = strings.ToUpper(strings.TrimSpace(g))
		switch k.Groups[i] {
		case "":
		case paper[i]:
			k.State[i] = ui.GroupGood
			good++
		default:
			k.State[i] = ui.GroupBad
		}
	}
	if good == len(paper) && r.trouble != nil {
		return k, r.trouble
	}
	r.unlocked = r.unlocked || good == len(paper)
	k.Opens = good == len(paper)
	return k, nil
}

func (r *run) Preview(_ context.Context, ticket, pointID string) (salon.Facts, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return salon.Facts{}, err
	}
	if !r.unlocked {
		return salon.Facts{}, salon.E(salon.Closed, "The recovery kit comes first. Go back one step.")
	}
	if r.trouble != nil {
		return salon.Facts{}, r.trouble
	}
	return r.facts, nil
}

func (r *run) Restore(_ context.Context, ticket, pointID string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return err
	}
	if r.trouble != nil {
		return r.trouble
	}
	r.progress = ui.RestoreProgress{PointID: pointID, Stage: ui.StageUnlock}
	return nil
}

func (r *run) Progress(_ context.Context, ticket string) (ui.RestoreProgress, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress, r.check(ticket)
}

func (r *run) Open(ctx context.Context, ticket string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.check(ticket); err != nil {
		return err
	}
	r.found = salon.Founding{Salon: "Rowan & Reed Hair", Owner: "Rowan", Email: "owner@example.com", Password: storetest.Password, Language: "en", Currency: "CAD", Timezone: "America/Toronto"}
	return r.openLocked(ctx)
}

// now changes where the appliance stands.
func (r *run) now(change func(*run)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

func (r *run) door() (*store.Door, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.st == nil {
		return nil, false
	}
	return r.st.Door(), true
}

// firstRun serves a PC without a salon; drives are the ones plugged in.
func firstRun(t *testing.T, drives ...ui.Place) (*run, *httptest.Server) {
	t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, path: filepath.Join(t.TempDir(), "salon.db")}
	pages, err := ui.New(ui.Options{
		Door: r.door, First: r, Version: "test", Secure: true,
		Now:       func() time.Time { return storetest.Start.In(zone) },
		Places:    func(context.Context) ([]ui.Place, error) { return drives, nil },
		Hosts:     func(host string) bool { return host == "127.0.0.1" },
		Addresses: func() []string { return []string{"https://salon.local:8443"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(pages)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if r.st != nil {
			r.st.Close()
		}
	})
	return r, server
}

// visitor is a browser in front of that PC that has not claimed it.
func visitor(t *testing.T, server *httptest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	return &browser{t: t, base: server.URL, client: &http.Client{Transport: client.Transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}
