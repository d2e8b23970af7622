package store_test

import (
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

var newcomer = salon.Newcomer{Name: "Galaxy Tab A9", Browser: "Chrome 142", Address: "192.168.1.47"}

func TestATabletJoins(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	p, err := owner.StartPairing(ctx, salon.PairingForm{})
	ok(t, err)
	if len(p.Code) < 26 {
		t.Errorf("the code %q has less than 128 bits", p.Code)
	}
	j, err := w.Door.JoinPairing(ctx, p.Code, newcomer)
	ok(t, err)
	_, err = w.Door.JoinPairing(ctx, p.Code, newcomer)
	says(t, err, salon.Auth, "was used")
	c, err := w.Door.CollectDevice(ctx, j.Secret)
	ok(t, err)
	if !c.Waiting || c.Token != "" {
		t.Fatalf("before anybody let it in: %+v", c)
	}
	waiting, err := owner.Pairings(ctx)
	ok(t, err)
	if len(waiting) != 1 || !waiting[0].Asks || waiting[0].Check != j.Check || waiting[0].Name != "Galaxy Tab A9" || waiting[0].Code != "" {
		t.Fatalf("waiting: %+v, its screen shows %s", waiting, j.Check)
	}
	ok(t, owner.ApprovePairing(ctx, p.ID, salon.PairingForm{Name: " Reception  1 "}))
	c, err = w.Door.CollectDevice(ctx, j.Secret)
	ok(t, err)
	if c.Token == "" || c.Device.Name != "Reception 1" || c.Device.State != salon.Joined {
		t.Fatalf("collected %+v", c)
	}
	again, err := w.Door.CollectDevice(ctx, j.Secret)
	ok(t, err)
	if again.Token != "" {
		t.Error("the cookie was given twice")
	}
	for _, secret := range []string{p.Code, j.Secret, c.Token} {
		found, err := store.Texts(w.Store, `SELECT 1 FROM pairing WHERE code = ?1 OR secret = ?1 UNION SELECT 1 FROM device WHERE token = ?1`, secret)
		ok(t, err)
		if len(found) > 0 {
			t.Error("a secret stands in the database as it is")
		}
	}
	log, err := store.Texts(w.Store, `SELECT reason FROM audit WHERE act = 'device.pair' ORDER BY seq`)
	ok(t, err)
	if got := strings.Join(log, ", "); got != "code shown, let in, joined" {
		t.Errorf("the log says %s", got)
	}
}

func TestADeviceThatComesTooLateOrUninvited(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	p, err := owner.StartPairing(ctx, salon.PairingForm{})
	ok(t, err)
	w.Tick(2*time.Minute + time.Second)
	_, err = w.Door.JoinPairing(ctx, p.Code, newcomer)
	says(t, err, salon.Auth, "run out")
	p, err = owner.StartPairing(ctx, salon.PairingForm{})
	ok(t, err)
	j, err := w.Door.JoinPairing(ctx, p.Code, newcomer)
	ok(t, err)
	ok(t, owner.RefusePairing(ctx, p.ID))
	c, err := w.Door.CollectDevice(ctx, j.Secret)
	ok(t, err)
	if !c.Refused {
		t.Errorf("refused: %+v", c)
	}
	says(t, owner.ApprovePairing(ctx, p.ID, salon.PairingForm{Name: "Tablet"}), salon.Clash, "no longer")
	_, err = w.Door.CollectDevice(ctx, "")
	kind(t, err, salon.Auth)
	for _, role := range []string{"manager", "reception", "beautician", "finance", "it"} {
		_, err := w.As(t, role).StartPairing(ctx, salon.PairingForm{})
		kind(t, err, salon.Denied)
		_, err = w.As(t, role).TypePairing(ctx, "ABCDEF")
		kind(t, err, salon.Denied)
	}
}

// Where no camera is, the tablet shows letters and somebody types them on a
// device that is in. Until then nobody hears of it.
func TestADeviceJoinsByLetters(t *testing.T) {
	w := storetest.New(t)
	admin := w.As(t, "admin")
	j, err := w.Door.AskPairing(ctx, newcomer)
	ok(t, err)
	if len(j.Code) != 6 {
		t.Fatalf("shows %q", j.Code)
	}
	waiting, err := admin.Pairings(ctx)
	ok(t, err)
	if len(waiting) != 0 {
		t.Fatal("a device nobody typed the letters of is shown")
	}
	for range 5 {
		_, err = admin.TypePairing(ctx, "000000")
		kind(t, err, salon.Invalid)
	}
	_, err = admin.TypePairing(ctx, j.Code)
	says(t, err, salon.Auth, "Wait 30 seconds")
	w.Tick(31 * time.Second)
	p, err := admin.TypePairing(ctx, strings.ToLower(j.Code[:3]+" "+j.Code[3:]))
	ok(t, err)
	if p.Check != j.Check {
		t.Errorf("checks %s and %s", p.Check, j.Check)
	}
	ok(t, admin.ApprovePairing(ctx, p.ID, salon.PairingForm{Name: "Colour bar"}))
	c, err := w.Door.CollectDevice(ctx, j.Secret)
	ok(t, err)
	if c.Device.Name != "Colour bar" {
		t.Errorf("collected %+v", c)
	}
	for range 20 {
		_, err = w.Door.AskPairing(ctx, newcomer)
	}
	says(t, err, salon.Auth, "Too many")
}

func TestDevicesAreRenamedAndLockedOut(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	w.Tablet(t, "Colour bar")
	token := w.PinToken(t, tablet, "reception")
	owner := w.As(t, "owner")
	devices, err := owner.Devices(ctx)
	ok(t, err)
	if len(devices) != 2 || devices[1].Name != "Reception 1" || devices[1].SeenBy != "Person reception" || devices[1].JoinedBy != "Rowan" {
		t.Fatalf("devices %+v", devices)
	}
	id := devices[1].ID
	says(t, owner.RenameDevice(ctx, id, "colour bar"), salon.Invalid, "cannot be named")
	ok(t, owner.RenameDevice(ctx, id, "Front desk"))
	sc, err := w.Door.At(tablet).Enter(ctx, token)
	ok(t, err)
	if sc.Who().Station != "Front desk" {
		t.Errorf("is at %q", sc.Who().Station)
	}
	ok(t, owner.RevokeDevice(ctx, id, "sold"))
	_, err = w.Door.At(tablet).Enter(ctx, token)
	kind(t, err, salon.Auth)
	_, err = w.Door.At(tablet).PinSignIn(ctx, sc.Who().StaffID, storetest.Pin)
	says(t, err, salon.Auth, "locked out")
	_, err = w.Door.At(tablet).SignIn(ctx, "owner@example.com", storetest.Password, "tablet")
	says(t, err, salon.Auth, "locked out")
	st, err := w.Door.At(tablet).Station(ctx)
	ok(t, err)
	if st.State != salon.Revoked {
		t.Errorf("the tablet hears %q", st.State)
	}
	kind(t, owner.RevokeDevice(ctx, id, ""), salon.Missing)
	kind(t, w.As(t, "it").RevokeDevice(ctx, devices[0].ID, ""), salon.Denied)
}

// The cookie of a session, copied from a tablet, opens nothing on another
// device, and is worth nothing from then on.
func TestAttackStolenCookie(t *testing.T) {
	w := storetest.New(t)
	tablet, other := w.Tablet(t, "Reception 1"), w.Tablet(t, "Colour bar")
	for name, thief := range map[string]*store.Door{"a laptop": w.Door, "another tablet": w.Door.At(other), "a forged device": w.Door.At("no such device")} {
		token := w.PinToken(t, tablet, "reception")
		_, err := w.Door.At(tablet).Enter(ctx, token)
		ok(t, err)
		_, err = thief.Enter(ctx, token)
		kind(t, err, salon.Auth)
		_, err = w.Door.At(tablet).Enter(ctx, token)
		if err == nil {
			t.Errorf("%s: the copied session goes on", name)
		}
	}
	log, err := store.Texts(w.Store, `SELECT actor FROM audit WHERE act = 'session.foreign'`)
	ok(t, err)
	if len(log) != 3 || log[0] != "Person reception" {
		t.Errorf("the log names %v", log)
	}
}

// A session is always a new one, so nobody can be made to sign in to a session
// somebody else knows.
func TestAttackFixation(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	before := w.PinToken(t, tablet, "reception")
	after := w.PinToken(t, tablet, "reception")
	if before == after {
		t.Error("signing in again gives the same session")
	}
	_, err := w.Door.At(tablet).Enter(ctx, before)
	kind(t, err, salon.Auth)
}

// Two hours of guessing PINs, from two tablets at once, at the pace the salon
// allows.
func TestAttackPinBruteForce(t *testing.T) {
	w := storetest.New(t)
	tablets := []string{w.Tablet(t, "Reception 1"), w.Tablet(t, "Colour bar")}
	rec := w.As(t, "reception")
	ok(t, rec.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: storetest.Pin}))
	start, tried := w.Now(), 0
	for guess := 0; w.Now().Sub(start) < 2*time.Hour; guess++ {
		_, err := w.Door.At(tablets[guess%2]).PinSignIn(ctx, rec.Who().StaffID, "4096")
		if err == nil {
			t.Fatal("a wrong PIN opened the salon")
		}
		if strings.Contains(err.Error(), "not the right PIN") {
			tried++
		}
		w.Tick(5 * time.Second)
	}
	if tried > 40 {
		t.Errorf("%d guesses in two hours, of a million and of ten thousand", tried)
	}
	if tried < 15 {
		t.Errorf("only %d tries in two hours: nobody with clumsy fingers could work", tried)
	}
	_, err := w.Door.At(tablets[0]).PinSignIn(ctx, rec.Who().StaffID, storetest.Pin)
	says(t, err, salon.Auth, "Too many")
	w.Store.Close()
	w.Open(t)
	_, err = w.Door.At(tablets[0]).PinSignIn(ctx, rec.Who().StaffID, storetest.Pin)
	says(t, err, salon.Auth, "Too many") // a restart ends no wait
	w.Tick(16 * time.Minute)
	_, err = w.Door.At(tablets[0]).PinSignIn(ctx, rec.Who().StaffID, storetest.Pin)
	ok(t, err)
}

// Many guesses at the same instant are no more guesses than one by one.
func TestAttackPinsAllAtOnce(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	rec := w.As(t, "reception")
	ok(t, rec.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: storetest.Pin}))
	answers := make(chan error, 60)
	for range 60 {
		go func() {
			_, err := w.Door.At(tablet).PinSignIn(ctx, rec.Who().StaffID, "4096")
			answers <- err
		}()
	}
	tried := 0
	for range 60 {
		if err := <-answers; strings.Contains(err.Error(), "not the right PIN") {
			tried++
		}
	}
	if tried > 5 {
		t.Errorf("%d of 60 guesses at once were looked at", tried)
	}
}

func TestAScreenLocks(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	at := w.Door.At(tablet)
	token := w.PinToken(t, tablet, "reception")
	for range 10 { // ten minutes of work, a tap a minute
		w.Tick(time.Minute)
		_, err := at.Enter(ctx, token)
		ok(t, err)
	}
	w.Tick(time.Minute)
	_, err := at.Watch(ctx, token) // a page that listens is no hand on the screen
	ok(t, err)
	w.Tick(time.Minute)
	_, err = at.Enter(ctx, token)
	says(t, err, salon.Auth, "locked")
	_, err = at.Enter(ctx, token)
	says(t, err, salon.Auth, "locked")
	behind, err := at.Locked(ctx, token)
	ok(t, err)
	if behind.Name != "Person reception" || !behind.HasPin {
		t.Errorf("behind the lock: %+v", behind)
	}
	if stranger, err := w.Door.Locked(ctx, token); err != nil || stranger.Name != "" {
		t.Errorf("another browser learns %+v, %v", stranger, err)
	}
	sc, err := at.Enter(ctx, w.PinToken(t, tablet, "reception"))
	ok(t, err)
	ok(t, sc.Lock(ctx))
	_, err = at.Enter(ctx, token)
	kind(t, err, salon.Auth)
	// After a restart a screen may be locked early, never late.
	token = w.PinToken(t, tablet, "reception")
	w.Tick(90 * time.Second)
	_, err = at.Enter(ctx, token)
	ok(t, err)
	w.Store.Close()
	w.Open(t)
	w.Tick(2 * time.Minute)
	_, err = w.Door.At(tablet).Enter(ctx, token)
	says(t, err, salon.Auth, "locked")
}

func TestTheLockScreenNamesNoClient(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	tablet := w.Tablet(t, "Reception 1")
	beau := w.As(t, "beautician").Who().StaffID
	_, _, err := w.As(t, "reception").Book(ctx, salon.Booking{ClientID: ids["Leo Grant"], StaffID: beau, ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 11*60 + 45})
	ok(t, err)
	w.PinToken(t, tablet, "beautician")
	tiles, err := w.Door.At(tablet).Tiles(ctx)
	ok(t, err)
	if len(tiles) != len(salon.Roles) || tiles[0].StaffID != beau || !tiles[0].LastHere || !tiles[0].HasPin || tiles[0].Doing.String() != "In service to 12:30" {
		t.Errorf("tiles %+v", tiles)
	}
	for _, tile := range tiles {
		if strings.Contains(tile.Doing.String(), "Leo") {
			t.Errorf("a client stands on the lock screen: %s", tile.Doing)
		}
	}
	if none, err := w.Door.Tiles(ctx); err != nil || len(none) != 0 {
		t.Errorf("a browser that never joined learns %v, %v", none, err)
	}
	mine, err := w.Door.At(w.Phone(t, "manager")).Tiles(ctx)
	ok(t, err)
	if len(mine) != 1 || mine[0].Name != "Person manager" {
		t.Errorf("an own phone shows %+v", mine)
	}
}

func TestAnOwnPhoneIsBoundToOnePerson(t *testing.T) {
	w := storetest.New(t)
	phone := w.Phone(t, "manager")
	w.On(t, phone, "manager")
	rec := w.As(t, "reception")
	ok(t, rec.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: storetest.Pin}))
	_, err := w.Door.At(phone).PinSignIn(ctx, rec.Who().StaffID, storetest.Pin)
	says(t, err, salon.Auth, "belongs to somebody else")
	_, err = w.Door.At(phone).SignIn(ctx, "reception@example.com", storetest.Password, "")
	says(t, err, salon.Auth, "belongs to somebody else")
	// When its person goes, it goes with them.
	_, err = w.As(t, "owner").Leave(ctx, salon.LeaveForm{StaffID: w.As(t, "manager").Who().StaffID, Version: 1})
	ok(t, err)
	st, err := w.Door.At(phone).Station(ctx)
	ok(t, err)
	if st.State != salon.Revoked {
		t.Errorf("the leaver's phone is %q", st.State)
	}
	left, err := store.Texts(w.Store, `SELECT staff_id FROM pin WHERE staff_id NOT IN (SELECT staff_id FROM login)`)
	ok(t, err)
	if len(left) > 0 {
		t.Error("a leaver's PIN stays")
	}
}

func TestOnlyPairedDevices(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	rules, err := owner.Access(ctx)
	ok(t, err)
	rules.PairedOnly = true
	says(t, owner.SetAccess(ctx, rules), salon.Invalid, "cannot be saved")
	tablet := w.Tablet(t, "Office")
	token, err := w.Door.At(tablet).SignIn(ctx, "owner@example.com", storetest.Password, "whatever it says of itself")
	ok(t, err)
	here, err := w.Door.At(tablet).Enter(ctx, token)
	ok(t, err)
	if here.Who().Station != "Office" {
		t.Errorf("is at %q", here.Who().Station)
	}
	rec := w.As(t, "reception")
	ok(t, here.SetAccess(ctx, rules))
	_, err = w.Door.Enter(ctx, w.Token("reception")) // a session of before, on a laptop
	says(t, err, salon.Auth, "own devices")
	_, err = w.Door.SignIn(ctx, "reception@example.com", storetest.Password, "laptop")
	says(t, err, salon.Auth, "own devices")
	_, err = w.Door.At(tablet).SignIn(ctx, "reception@example.com", storetest.Password, "")
	ok(t, err)
	log, err := store.Texts(w.Store, `SELECT detail FROM audit WHERE act = 'access.change'`)
	ok(t, err)
	if len(log) != 1 || log[0] != `{"access.paired":["no","yes"]}` {
		t.Errorf("the log says %v", log)
	}
	kind(t, rec.SetAccess(ctx, rules), salon.Denied)
}

func TestOnlyOnShift(t *testing.T) {
	w := storetest.New(t) // Saturday, noon
	owner := w.As(t, "owner")
	rules := salon.DefaultAccess()
	rules.ShiftOnly = true
	says(t, owner.SetAccess(ctx, rules), salon.Invalid, "Enter the hours of Person admin, ")
	staff, err := owner.Hours(ctx)
	ok(t, err)
	for _, p := range staff {
		ok(t, owner.SetHours(ctx, p.StaffID, []salon.Hours{{Weekday: 6, From: 9 * 60, To: 18 * 60}}))
	}
	w.As(t, "reception")
	ok(t, owner.SetAccess(ctx, rules))
	w.As(t, "reception")
	w.Tick(6*time.Hour + 29*time.Minute) // 18:29
	w.As(t, "reception")
	w.Tick(2 * time.Minute)
	_, err = w.Door.Enter(ctx, w.Token("reception"))
	says(t, err, salon.Auth, "not on shift")
	_, err = w.Door.SignIn(ctx, "beautician@example.com", storetest.Password, "tablet")
	says(t, err, salon.Auth, "not on shift")
	w.As(t, "owner")
	w.Tick(14 * time.Hour) // Sunday, 8:31
	_, err = w.Door.Enter(ctx, w.Token("reception"))
	kind(t, err, salon.Auth)
	w.Tick(6*24*time.Hour + time.Minute) // the next Saturday
	w.As(t, "reception")
	_, err = owner.AddAbsence(ctx, staffOf(t, w, "Person reception").ID, "2026-11-28", "2026-11-28")
	ok(t, err)
	_, err = w.Door.Enter(ctx, w.Token("reception"))
	says(t, err, salon.Auth, "not on shift")
}
