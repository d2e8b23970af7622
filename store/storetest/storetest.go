// Package storetest makes real salons for tests: a founded database in a
// temporary folder, a clock that stands still, and one person per role.
package storetest

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// Password is everybody's password.
const Password = "three plain words"

// Cheap is a password cost for tests alone.
var Cheap = store.Cost{MemoryKiB: 64, Passes: 1}

// World is one salon with its people.
type World struct {
	Store *store.Store
	Door  *store.Door
	Path  string

	mu    sync.Mutex
	now   time.Time
	token map[string]string
}

// Start is the moment every World begins: a Saturday noon in Toronto.
var Start = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

// New founds a salon and signs nobody in yet.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{Path: filepath.Join(t.TempDir(), "salon.db"), now: Start, token: map[string]string{}}
	ctx := context.Background()
	err := store.Found(ctx, w.Path, salon.Founding{
		Salon: "Rowan & Reed Hair", Owner: "Rowan", Email: "owner@example.com", Password: Password,
		Language: "en", Currency: "CAD", Timezone: "America/Toronto",
		Taxes: []salon.Tax{{Name: "GST", RateE6: 50000}, {Name: "PST", RateE6: 80000}},
	}, w.Options())
	if err != nil {
		t.Fatal(err)
	}
	w.Open(t)
	t.Cleanup(func() { w.Store.Close() })
	for _, role := range salon.Roles[1:] {
		if _, err := w.Store.As("test").AddStaff(ctx, salon.StaffForm{Name: "Person " + role, Role: role, Email: role + "@example.com", Password: Password}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// Options are what the world's store runs with.
func (w *World) Options() store.Options { return store.Options{Now: w.Now, Cost: Cheap} }

// Open opens the salon again, after a test closed it.
func (w *World) Open(t testing.TB) {
	t.Helper()
	s, err := store.Open(context.Background(), w.Path, w.Options())
	if err != nil {
		t.Fatal(err)
	}
	w.Store, w.Door, w.token = s, s.Door(), map[string]string{}
}

// Now is the world's clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Tick moves the clock.
func (w *World) Tick(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// As is the person of a role with the rights they have now. They sign in once;
// a session that was ended is not begun anew.
func (w *World) As(t testing.TB, role string) *store.Scope {
	t.Helper()
	ctx := context.Background()
	if w.token[role] == "" {
		token, err := w.Door.SignIn(ctx, role+"@example.com", Password, "tablet of "+role)
		if err != nil {
			t.Fatal(err)
		}
		w.token[role] = token
	}
	sc, err := w.Door.Enter(ctx, w.token[role])
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// Token is the session's cookie of a role that signed in with As.
func (w *World) Token(role string) string { return w.token[role] }

// Pin is everybody's PIN, once they have been given one.
const Pin = "739184"

// Tablet lets a shared tablet in, the way people do it, and gives its cookie.
func (w *World) Tablet(t testing.TB, name string) string {
	t.Helper()
	return w.letIn(t, salon.PairingForm{Name: name, Kind: salon.SharedDevice})
}

// Phone lets in the own phone of the person of a role.
func (w *World) Phone(t testing.TB, role string) string {
	t.Helper()
	return w.letIn(t, salon.PairingForm{Name: "phone of " + role, Kind: salon.OwnDevice, StaffID: w.As(t, role).Who().StaffID})
}

func (w *World) letIn(t testing.TB, f salon.PairingForm) string {
	t.Helper()
	ctx := context.Background()
	owner := w.As(t, "owner")
	p, err := owner.StartPairing(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	j, err := w.Door.JoinPairing(ctx, p.Code, salon.Newcomer{Name: "Galaxy Tab A9", Browser: "Chrome 142", Address: "192.168.1.47"})
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.ApprovePairing(ctx, p.ID, f); err != nil {
		t.Fatal(err)
	}
	c, err := w.Door.CollectDevice(ctx, j.Secret)
	if err != nil || c.Token == "" {
		t.Fatalf("collected %+v, %v", c, err)
	}
	return c.Token
}

// On is the person of a role on a device, signed in by PIN. They set one with
// their password if they have none yet.
func (w *World) On(t testing.TB, device, role string) *store.Scope {
	t.Helper()
	token := w.PinToken(t, device, role)
	sc, err := w.Door.At(device).Enter(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// PinToken is On's cookie.
func (w *World) PinToken(t testing.TB, device, role string) string {
	t.Helper()
	ctx := context.Background()
	sc := w.As(t, role)
	f, err := sc.Factors(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !f.HasPin {
		if err := sc.SetPin(ctx, salon.PinForm{Proof: Password, Pin: Pin}); err != nil {
			t.Fatal(err)
		}
	}
	token, err := w.Door.At(device).PinSignIn(ctx, sc.Who().StaffID, Pin)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// Seed adds two services, two stylists and two clients with contacts, and
// gives their ids by name.
func (w *World) Seed(t testing.TB) map[string]string {
	t.Helper()
	ctx := context.Background()
	ids := map[string]string{}
	_, err := w.Store.As("test").Import(ctx, salon.Batch{
		Source: "test", AsOf: salon.DayOf(Start),
		Staff: []salon.BatchStaff{{Code: "MEI", Name: "Mei", Person: true, Performs: true}, {Code: "SOFIA", Name: "Sofia", Person: true, Performs: true}},
		Services: []salon.Service{{Code: "CUT", Name: "Cut & finish", Category: "STYLE", PriceCents: 5400, Minutes: 45, Active: true},
			{Code: "FOIL", Name: "Half head foils", Category: "COLOR", PriceCents: 12000, Minutes: 150, Active: true}},
		Clients: []salon.BatchClient{{Code: "OKAA01", Name: "Amelia Okafor", Phone: "+14165550121", Email: "amelia@example.com"},
			{Code: "GRAL01", Name: "Leo Grant", Phone: "+14165550177"}},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	sc := w.As(t, "owner")
	page, err := sc.Clients(ctx, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range page.Rows {
		ids[c.Name] = c.ID
	}
	services, err := sc.Services(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range services {
		ids[v.Name] = v.ID
	}
	staff, err := sc.Staff(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range staff {
		ids[st.Name] = st.ID
	}
	return ids
}
