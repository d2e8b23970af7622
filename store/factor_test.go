package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

func TestEasyPinsAreRefused(t *testing.T) {
	w := storetest.New(t)
	rec := w.As(t, "reception")
	for _, pin := range []string{"", "123", "1234567", "12a4", "1234", "4321", "7890", "0000", "1122", "1212", "123123", "1988", "2580", "210688", "199912", "061288", "121212", "111112"} {
		err := rec.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: pin})
		if salon.KindOf(err) != salon.Invalid {
			t.Errorf("PIN %q: %v", pin, err)
		}
	}
	for _, pin := range []string{"7391", "48205", "739184"} {
		ok(t, rec.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: pin}))
	}
	says(t, rec.SetPin(ctx, salon.PinForm{Proof: "wrong password", Pin: "5830"}), salon.Auth, "does not match")
	log, err := store.Texts(w.Store, `SELECT detail FROM audit WHERE act = 'account.secret'`)
	ok(t, err)
	if strings.Contains(strings.Join(log, ""), "7391") {
		t.Error("the log holds a PIN")
	}
}

// A PIN opens the day's work and nothing an owner's password protects.
func TestAPinIsNotEnoughForWhatCounts(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	owner := w.On(t, tablet, "owner")
	_, err := owner.Clients(ctx, "", 0, 10)
	ok(t, err)
	_, err = owner.StartPairing(ctx, salon.PairingForm{})
	says(t, err, salon.Denied, "A PIN is not enough")
	_, err = owner.SaveRoles(ctx, []salon.RoleChange{{CopyOf: "reception", Name: "Junior"}})
	says(t, err, salon.Denied, "A PIN is not enough")
	_, err = owner.AddTarget(ctx, "usb", "file:///mnt/usb", "")
	says(t, err, salon.Denied, "A PIN is not enough")
	_, err = owner.GivePin(ctx, staffOf(t, w, "Person reception").ID)
	says(t, err, salon.Denied, "A PIN is not enough")
	says(t, owner.ChangePassword(ctx, storetest.Pin, "four quite plain words"), salon.Auth, "not your password")
	_, err = owner.StartCode(ctx, storetest.Pin)
	says(t, err, salon.Auth, "not your password")
}

func TestAForgottenPin(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	w.On(t, tablet, "reception")
	rec := staffOf(t, w, "Person reception").ID
	pin, err := w.As(t, "admin").GivePin(ctx, rec)
	ok(t, err)
	_, err = w.Door.At(tablet).PinSignIn(ctx, rec, storetest.Pin)
	kind(t, err, salon.Auth)
	token, err := w.Door.At(tablet).PinSignIn(ctx, rec, pin)
	ok(t, err)
	sc, err := w.Door.At(tablet).Enter(ctx, token)
	ok(t, err)
	_, err = sc.Clients(ctx, "", 0, 10) // a PIN somebody else knows opens nothing
	kind(t, err, salon.Denied)
	f, err := sc.Factors(ctx)
	ok(t, err)
	if !f.PinGiven {
		t.Errorf("the page cannot ask for an own PIN: %+v", f)
	}
	says(t, sc.SetPin(ctx, salon.PinForm{Proof: pin, Pin: pin}), salon.Invalid, "cannot be used")
	ok(t, sc.SetPin(ctx, salon.PinForm{Proof: pin, Pin: "48205"}))
	sc, err = w.Door.At(tablet).Enter(ctx, token)
	ok(t, err)
	_, err = sc.Clients(ctx, "", 0, 10)
	ok(t, err)
	_, err = w.As(t, "admin").GivePin(ctx, w.As(t, "owner").Who().StaffID)
	says(t, err, salon.Denied, "Only an owner")
	_, err = w.As(t, "owner").GivePin(ctx, w.Seed(t)["Mei"])
	says(t, err, salon.Invalid, "Only people who can sign in")
}

func TestASecondPersonOnTheSpot(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	ids := w.Seed(t)
	manager := w.As(t, "manager")
	ok(t, manager.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: "48205"}))
	rec := w.On(t, tablet, "reception")
	ask := salon.AskForm{Act: salon.GiveRefund, AboutKind: "client", AboutID: ids["Leo Grant"], AmountCents: 4000, Reason: "Colour came out wrong."}
	_, err := rec.SecondPerson(ctx, rec.Who().StaffID, storetest.Pin, ask)
	says(t, err, salon.Denied, "own request")
	_, err = rec.SecondPerson(ctx, manager.Who().StaffID, "48206", ask)
	says(t, err, salon.Auth, "not the right PIN")
	id, err := rec.SecondPerson(ctx, manager.Who().StaffID, "48205", ask)
	ok(t, err)
	a, err := rec.Approval(ctx, id)
	ok(t, err)
	if a.State != salon.Granted || a.AnsweredBy != "Person manager" || a.AmountCents != 4000 {
		t.Errorf("approval %+v", a)
	}
	ask.AmountCents = 9000 // beyond what the manager may give
	_, err = rec.SecondPerson(ctx, manager.Who().StaffID, "48205", ask)
	says(t, err, salon.Denied, "cannot approve")
	beau := w.As(t, "beautician")
	ok(t, beau.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: "48205"}))
	_, err = rec.SecondPerson(ctx, beau.Who().StaffID, "48205", ask)
	kind(t, err, salon.Denied)
	// What a PIN does not open, a PIN does not approve.
	exp := salon.AskForm{Act: salon.ExportPersonal, Reason: "The accountant asks."}
	admin, owner := w.As(t, "admin"), w.As(t, "owner")
	ok(t, owner.SetPin(ctx, salon.PinForm{Proof: storetest.Password, Pin: "48205"}))
	_, err = admin.SecondPerson(ctx, owner.Who().StaffID, "48205", exp)
	says(t, err, salon.Auth, "password")
	_, err = admin.SecondPerson(ctx, owner.Who().StaffID, storetest.Password, exp)
	ok(t, err)
	// Off the salon's devices a PIN is no proof.
	ask.AmountCents = 100
	_, err = w.As(t, "reception").SecondPerson(ctx, manager.Who().StaffID, "48205", ask)
	says(t, err, salon.Denied, "own devices")
}

func TestCommonPasswordsAreRefused(t *testing.T) {
	w := storetest.New(t)
	rec := w.As(t, "reception")
	for _, p := range []string{"short", "password123", "qwertyuiop", "1234567890", "Password1!", "reception1", "aaaaaaaaaaaa", "iloveyou123", "2026-11-21", strings.Repeat("x", 1001)} {
		err := rec.ChangePassword(ctx, storetest.Password, p)
		if salon.KindOf(err) != salon.Invalid {
			t.Errorf("password %q: %v", p[:min(len(p), 20)], err)
		}
	}
	says(t, rec.ChangePassword(ctx, "wrong", "four quite plain words"), salon.Auth, "not your password")
	other, err := w.Door.SignIn(ctx, "reception@example.com", storetest.Password, "another browser")
	ok(t, err)
	ok(t, rec.ChangePassword(ctx, storetest.Password, "four quite plain words"))
	_, err = w.Door.Enter(ctx, other)
	kind(t, err, salon.Auth) // a changed password signs out everywhere else
	w.As(t, "reception")
	_, err = w.Door.SignIn(ctx, "reception@example.com", storetest.Password, "tablet")
	kind(t, err, salon.Auth)
}

func TestSessionsElsewhere(t *testing.T) {
	w := storetest.New(t)
	rec := w.As(t, "reception")
	one, err := w.Door.SignIn(ctx, "reception@example.com", storetest.Password, "laptop")
	ok(t, err)
	two, err := w.Door.SignIn(ctx, "reception@example.com", storetest.Password, "kiosk")
	ok(t, err)
	list, err := rec.MySessions(ctx)
	ok(t, err)
	if len(list) != 3 {
		t.Fatalf("sessions %+v", list)
	}
	for _, x := range list {
		if x.Station == "laptop" {
			ok(t, rec.EndSessions(ctx, x.ID))
		}
	}
	_, err = w.Door.Enter(ctx, one)
	kind(t, err, salon.Auth)
	_, err = w.Door.Enter(ctx, two)
	ok(t, err)
	kind(t, rec.EndSessions(ctx, "0000000000000000"), salon.Missing)
	ok(t, rec.EndSessions(ctx, ""))
	_, err = w.Door.Enter(ctx, two)
	kind(t, err, salon.Auth)
	w.As(t, "reception")
}

func TestCodesOfAnApp(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	f, err := owner.Factors(ctx)
	ok(t, err)
	if !f.Due {
		t.Error("the owner is not asked for a second factor")
	}
	start, err := owner.StartCode(ctx, storetest.Password)
	ok(t, err)
	if !strings.HasPrefix(start.URL, "otpauth://totp/") {
		t.Errorf("the app reads %s", start.URL)
	}
	code := func() string {
		c, err := totp.GenerateCode(start.Secret, w.Now())
		ok(t, err)
		return c
	}
	_, err = owner.ConfirmCode(ctx, "000000")
	kind(t, err, salon.Invalid)
	recovery, err := owner.ConfirmCode(ctx, code())
	ok(t, err)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	// From now on the password alone opens nothing.
	token, err := w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "office")
	ok(t, err)
	_, err = w.Door.Enter(ctx, token)
	kind(t, err, salon.Auth)
	p, err := w.Door.Pending(ctx, token)
	ok(t, err)
	if !p.Code || p.Passkey || p.Codes != 10 || p.Name != "Rowan" {
		t.Errorf("pending %+v", p)
	}
	_, err = w.Door.Code(ctx, token, code()) // the code that was typed once already
	says(t, err, salon.Auth, "does not match")
	w.Tick(30 * time.Second)
	full, err := w.Door.Code(ctx, token, code())
	ok(t, err)
	sc, err := w.Door.Enter(ctx, full)
	ok(t, err)
	if f, err := sc.Factors(ctx); err != nil || f.Strength != salon.SecondFactor || f.Due {
		t.Errorf("factors %+v, %v", f, err)
	}
	_, err = w.Door.Code(ctx, token, code())
	kind(t, err, salon.Auth) // the half session is used up
	// A phone that fell into the basin.
	token, err = w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "office")
	ok(t, err)
	_, err = w.Door.Code(ctx, token, strings.ToLower(recovery[3]))
	ok(t, err)
	token, err = w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "office")
	ok(t, err)
	_, err = w.Door.Code(ctx, token, recovery[3])
	kind(t, err, salon.Auth)
	used, err := store.Texts(w.Store, `SELECT actor FROM audit WHERE act = 'account.recover'`)
	ok(t, err)
	if len(used) != 1 || used[0] != "Rowan" {
		t.Errorf("recovery is logged as %v", used)
	}
	fresh, err := sc.NewRecoveryCodes(ctx, storetest.Password)
	ok(t, err)
	if len(fresh) != 10 || fresh[0] == recovery[0] {
		t.Errorf("new codes %v", fresh)
	}
	ok(t, sc.EndCode(ctx, storetest.Password))
	token, err = w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "office")
	ok(t, err)
	_, err = w.Door.Enter(ctx, token)
	ok(t, err)
}

// Half an hour of guessing codes with the right password.
func TestAttackCodeBruteForce(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	start, err := owner.StartCode(ctx, storetest.Password)
	ok(t, err)
	c, err := totp.GenerateCode(start.Secret, w.Now())
	ok(t, err)
	_, err = owner.ConfirmCode(ctx, c)
	ok(t, err)
	tried := 0
	for range 360 {
		token, err := w.Door.SignIn(ctx, "owner@example.com", storetest.Password, "office")
		ok(t, err)
		_, err = w.Door.Code(ctx, token, "000000")
		if err == nil {
			t.Fatal("guessed")
		}
		if strings.Contains(err.Error(), "does not match") {
			tried++
		}
		w.Tick(5 * time.Second)
	}
	if tried > 15 {
		t.Errorf("%d codes tried in half an hour", tried)
	}
}

func TestASecondFactorCanBeDemanded(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	rules := salon.DefaultAccess()
	rules.NeedFactor = true
	ok(t, owner.SetAccess(ctx, rules))
	_, err := w.As(t, "admin").Staff(ctx)
	kind(t, err, salon.Denied)
	_, err = w.As(t, "reception").Clients(ctx, "", 0, 10)
	ok(t, err)
	admin := w.As(t, "admin")
	start, err := admin.StartCode(ctx, storetest.Password)
	ok(t, err)
	c, err := totp.GenerateCode(start.Secret, w.Now())
	ok(t, err)
	_, err = admin.ConfirmCode(ctx, c)
	ok(t, err)
	_, err = w.As(t, "admin").Staff(ctx)
	ok(t, err)
}

func TestPasskeys(t *testing.T) {
	w := storetest.New(t)
	admin := w.As(t, "admin")
	site := salon.Site{Host: "salonkeep.local", Origin: "https://salonkeep.local"}
	rp := virtualwebauthn.RelyingParty{Name: "Rowan & Reed Hair", ID: site.Host, Origin: site.Origin}
	auth := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(admin.Who().StaffID)})
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)

	_, err := admin.StartPasskey(ctx, site, "wrong password")
	kind(t, err, salon.Auth)
	begun, err := admin.StartPasskey(ctx, site, storetest.Password)
	ok(t, err)
	wish, err := virtualwebauthn.ParseAttestationOptions(string(begun.Options))
	ok(t, err)
	answer := []byte(virtualwebauthn.CreateAttestationResponse(rp, auth, key, *wish))
	codes, err := admin.FinishPasskey(ctx, site, begun.ID, "my phone", answer)
	ok(t, err)
	if len(codes) != 10 {
		t.Errorf("%d recovery codes", len(codes))
	}
	_, err = admin.FinishPasskey(ctx, site, begun.ID, "my phone", answer)
	kind(t, err, salon.Auth) // once
	auth.AddCredential(key)

	use := func(rp virtualwebauthn.RelyingParty) (string, error) {
		t.Helper()
		begun, err := w.Door.StartPasskey(ctx, site)
		ok(t, err)
		wish, err := virtualwebauthn.ParseAssertionOptions(string(begun.Options))
		ok(t, err)
		return w.Door.FinishPasskey(ctx, site, begun.ID, []byte(virtualwebauthn.CreateAssertionResponse(rp, auth, key, *wish)), "office")
	}
	token, err := use(rp)
	ok(t, err)
	sc, err := w.Door.Enter(ctx, token)
	ok(t, err)
	if f, err := sc.Factors(ctx); err != nil || f.Strength != salon.SecondFactor || len(f.Passkeys) != 1 || f.Passkeys[0].UsedAt == "" {
		t.Errorf("factors %+v, %v", f, err)
	}
	// A page of another name that looks the same.
	_, err = use(virtualwebauthn.RelyingParty{ID: "salonkeep.example", Origin: "https://salonkeep.example"})
	kind(t, err, salon.Auth)
	ok(t, sc.EndPasskey(ctx, sc2passkey(t, sc), storetest.Password))
	_, err = use(rp)
	kind(t, err, salon.Auth)
	_, err = w.Door.StartPasskey(ctx, salon.Site{})
	kind(t, err, salon.Invalid)
}

func sc2passkey(t *testing.T, sc *store.Scope) string {
	t.Helper()
	f, err := sc.Factors(ctx)
	ok(t, err)
	return f.Passkeys[0].ID
}

func TestLostFactors(t *testing.T) {
	w := storetest.New(t)
	owner, admin := w.As(t, "owner"), w.As(t, "admin")
	start, err := admin.StartCode(ctx, storetest.Password)
	ok(t, err)
	c, err := totp.GenerateCode(start.Secret, w.Now())
	ok(t, err)
	_, err = admin.ConfirmCode(ctx, c)
	ok(t, err)
	says(t, admin.DropFactors(ctx, admin.Who().StaffID), salon.Denied, "themselves")
	kind(t, admin.DropFactors(ctx, owner.Who().StaffID), salon.Denied)
	ok(t, owner.DropFactors(ctx, admin.Who().StaffID))
	token, err := w.Door.SignIn(ctx, "admin@example.com", storetest.Password, "office")
	ok(t, err)
	_, err = w.Door.Enter(ctx, token)
	ok(t, err)
}

func TestWhatWasHalfTypedIsKept(t *testing.T) {
	w := storetest.New(t)
	tablet := w.Tablet(t, "Reception 1")
	rec := w.On(t, tablet, "reception")
	bill, err := json.Marshal(map[string]int{"cut": 5400})
	ok(t, err)
	ok(t, rec.KeepDraft(ctx, "bill", string(bill)))
	_, err = w.On(t, tablet, "manager").Draft(ctx, "bill")
	ok(t, err)
	if text, err := w.On(t, tablet, "manager").Draft(ctx, "bill"); err != nil || text != "" {
		t.Errorf("somebody else sees %q, %v", text, err)
	}
	rec = w.On(t, tablet, "reception")
	text, err := rec.Draft(ctx, "bill")
	ok(t, err)
	if text != string(bill) {
		t.Errorf("kept %q", text)
	}
	keys, err := rec.Drafts(ctx)
	ok(t, err)
	if len(keys) != 1 {
		t.Errorf("drafts %v", keys)
	}
	w.Tick(25 * time.Hour)
	ok(t, w.Store.As("nightly").Sweep(ctx))
	n, err := store.Texts(w.Store, `SELECT count(*) FROM draft`)
	ok(t, err)
	if n[0] != "0" {
		t.Error("a day later it is still there")
	}
}
