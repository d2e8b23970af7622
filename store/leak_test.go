package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// secrets are the contacts of the seeded clients in every form in which they
// could be read.
var secrets = []string{"4165550121", "416-555-0121", "416 555 0121", "amelia@example.com", "4165550177", "ella_wx", "12 Elm Street", "1988-06-12"}

func leaks(text string) string {
	for _, s := range secrets {
		if strings.Contains(text, s) {
			return s
		}
	}
	return ""
}

// seedSecrets adds a client with every contact to the seeded ones, and a visit
// and a note for each.
func seedSecrets(t *testing.T, w *storetest.World) map[string]string {
	t.Helper()
	ids := w.Seed(t)
	text := func(s string) *string { return &s }
	id, err := w.As(t, "owner").CreateClient(ctx, "", salon.ClientForm{Name: "Ella Thornton", WeChat: text("ella_wx"), Address: text("12 Elm Street"), Birthday: text("1988-06-12")})
	ok(t, err)
	ids["Ella Thornton"] = id
	for i, name := range []string{"Amelia Okafor", "Leo Grant", "Ella Thornton"} {
		visit, _, err := w.As(t, "owner").Book(ctx, salon.Booking{ClientID: ids[name], StaffID: staffOf(t, w, "Person beautician").ID, ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: salon.Clock(600 + 60*i)})
		ok(t, err)
		ids["visit of "+name] = visit
	}
	return ids
}

// Whatever a role that sees only masks calls, and whatever it calls it with,
// no contact comes back: not in a list, a card, a calendar, a report, an
// approval, a preview or the text of an error. Methods are found by
// reflection, so one that is added is tried as well. Reveal is the one way.
func TestNoMethodGivesAContactAway(t *testing.T) {
	w := storetest.New(t)
	ids := seedSecrets(t, w)
	words := []string{"", "+14165550121", ids["Amelia Okafor"], ids["Ella Thornton"], ids["visit of Amelia Okafor"]}
	typ := reflect.TypeOf(w.As(t, "owner"))
	for _, role := range []string{"manager", "reception", "beautician", "finance", "stock", "it"} {
		calls, sc := 0, w.As(t, role)
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			if m.Name == "Reveal" || m.Type.NumOut() < 2 || m.Type.NumIn() < 2 {
				continue
			}
			for _, word := range words {
				calls++
				out := call(sc, m, word)
				if s := leaks(out); s != "" && !strings.Contains(word, s) {
					t.Fatalf("%s gives %s to %s when asked for %q:\n%s", m.Name, s, role, word, out)
				}
			}
		}
		if calls < 150 {
			t.Errorf("%s: only %d calls were tried", role, calls)
		}
	}
}

// call calls a method with a word for every text and a whole range for
// everything else, and gives all that came back as text, hidden fields and all.
func call(sc *store.Scope, m reflect.Method, word string) string {
	args := []reflect.Value{reflect.ValueOf(sc)}
	for j := 1; j < m.Type.NumIn(); j++ {
		in := m.Type.In(j)
		v := reflect.New(in).Elem()
		switch {
		case in == reflect.TypeFor[salon.Day]():
			v.SetString("2026-11-21")
		case in == reflect.TypeFor[salon.Act]():
			v.SetString(string(salon.ViewClient))
		case in == reflect.TypeFor[salon.Field]():
			v.SetString(string(salon.Phone))
		case in == reflect.TypeFor[salon.ReportBy]():
			v.SetString(string(salon.ByClient))
		case in.Kind() == reflect.String:
			v.SetString(word)
		case in.Kind() == reflect.Int:
			v.SetInt(int64(25 * (j % 2)))
		case j == 1:
			v = reflect.ValueOf(ctx)
		}
		args = append(args, v)
	}
	var b strings.Builder
	for _, v := range m.Func.Call(args) {
		if err, is := v.Interface().(error); is {
			fmt.Fprintf(&b, "%v\n", err)
			continue
		}
		fmt.Fprintf(&b, "%+v\n", v.Interface())
	}
	return b.String()
}

// The leak list of the requirements as attacks, each named after the peer that
// failed it.

// Fresha: masked staff search by number, so the search tells which numbers the
// salon knows.
func TestFreshaSearchIsNoOracle(t *testing.T) {
	w := storetest.New(t)
	seedSecrets(t, w)
	for _, role := range []string{"manager", "reception", "beautician", "finance"} {
		for _, q := range []string{"0121", "+14165550121", "416 555", "amelia@", "example.com", "ella_wx", "Elm", "1988"} {
			page, err := w.As(t, role).Clients(ctx, q, 0, 10)
			ok(t, err)
			if page.Total != 0 {
				t.Errorf("%s finds somebody by %q", role, q)
			}
			sales, err := w.As(t, "reception").Sales(ctx, q, "", "", 0, 10)
			ok(t, err)
			if sales.Total != 0 {
				t.Errorf("receipts are found by %q", q)
			}
		}
	}
}

// Rosy: a second permission overrides the mask.
func TestRosyNoOtherRightOverridesTheMask(t *testing.T) {
	w := storetest.New(t)
	ids := seedSecrets(t, w)
	all := map[salon.Act]salon.Grant{}
	for _, a := range salon.Acts() {
		if a.Act != salon.SeeContact && a.MayAnswer(salon.Yes) {
			all[a.Act] = salon.Grant{Reach: a.Reaches[0], Answer: salon.Yes, Need: "the attack"}
		}
	}
	rec := roleOf(t, w, "reception")
	_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: all}})
	ok(t, err)
	card, err := w.As(t, "reception").ClientCard(ctx, ids["Amelia Okafor"])
	ok(t, err)
	if s := leaks(fmt.Sprintf("%+v", card)); s != "" {
		t.Errorf("with every right but one reception reads %s", s)
	}
	// Nor does showing the field open what needs a reason.
	rec = roleOf(t, w, "reception")
	_, err = w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Fields: map[salon.Field]salon.Show{salon.Phone: salon.Visible}}})
	ok(t, err)
	if got := phoneSeen(t, w, "reception", ids["Amelia Okafor"]); got != masked {
		t.Errorf("a visible field without a free right shows %q", got)
	}
}

// Square: the picker at the till shows contacts to whoever may sell.
func TestSquarePickerIsMasked(t *testing.T) {
	w := storetest.New(t)
	seedSecrets(t, w)
	page, err := w.As(t, "reception").Clients(ctx, "Amelia", 0, 10)
	ok(t, err)
	if page.Total != 1 || page.Rows[0].Phone.String() != masked || !page.Rows[0].Phone.Masked() {
		t.Errorf("the picker shows %+v", page.Rows)
	}
}

// MioSalon: an import, a downgrade or a restore from before unmasks.
func TestMioSalonImportAndRestoreDoNotUnmask(t *testing.T) {
	w := storetest.New(t)
	ids := seedSecrets(t, w)
	ask := approved(t, w, "owner", "manager", salon.AskForm{Act: salon.Unmask, Detail: []byte(`{"mask":"off"}`)})
	ok(t, w.As(t, "owner").With(ask).SetMasking(ctx, false))
	ok(t, w.As(t, "owner").SetExceptions(ctx, []salon.Exception{{StaffID: staffOf(t, w, "Person manager").ID, Opens: salon.Unmasked, Ends: "2026-12-31"}}))
	unused := approved(t, w, "owner", "manager", salon.AskForm{Act: salon.Unmask, Detail: []byte(`{"mask":"off"}`)})
	var image bytes.Buffer
	_, err := w.Store.Snapshot(ctx, &image)
	ok(t, err)
	ok(t, w.As(t, "owner").SetMasking(ctx, true))
	_, err = w.As(t, "owner").Import(ctx, salon.Batch{Source: "attack", AsOf: "2026-11-21", Clients: []salon.BatchClient{{Code: "X1", Name: "Priya Shah", Phone: "+14165550144"}}}, false)
	ok(t, err)
	page, err := w.As(t, "reception").Clients(ctx, "Priya", 0, 1)
	ok(t, err)
	if got := page.Rows[0].Phone.String(); got != "•••• 0144" {
		t.Errorf("an imported number shows as %q", got)
	}
	path := filepath.Join(t.TempDir(), "restored.db")
	ok(t, os.WriteFile(path, image.Bytes(), 0o600))
	ok(t, store.Reincarnate(ctx, path, w.Options()))
	w.Store.Close()
	w.Path = path
	w.Open(t)
	w.Tick(time.Minute)
	for _, role := range []string{"manager", "reception"} {
		if got := phoneSeen(t, w, role, ids["Amelia Okafor"]); got != masked {
			t.Errorf("after a restore from an open time %s sees %q", role, got)
		}
	}
	says(t, w.As(t, "owner").With(unused).SetMasking(ctx, false), salon.Denied, "Ask again")
	if st, err := w.As(t, "owner").MaskSettings(ctx); err != nil || !st.On {
		t.Errorf("the page says %v, %v", st.On, err)
	}
}

// A missing or damaged setting is masked, not open.
func TestALostSettingIsMasked(t *testing.T) {
	w := storetest.New(t)
	ids := seedSecrets(t, w)
	ok(t, w.As(t, "owner").SetMasking(ctx, true))
	ok(t, store.Exec(w.Store, `UPDATE business_setting SET value = 'OFF?' WHERE key = 'mask'`))
	if got := phoneSeen(t, w, "reception", ids["Amelia Okafor"]); got != masked {
		t.Errorf("with a damaged setting reception sees %q", got)
	}
}

// The log, the change log's old and new values as the audit shows them, and
// what pages are told of a change hold no contact.
func TestTheLogAndEventsHoldNoContact(t *testing.T) {
	w := storetest.New(t)
	ids := seedSecrets(t, w)
	events := w.Door.Events(t.Context())
	phone, wechat := "+1 416 555 0133", "other_wx"
	_, err := w.As(t, "owner").EditClient(ctx, ids["Amelia Okafor"], 1, salon.ClientForm{Name: "Amelia Okafor", Phone: &phone, WeChat: &wechat})
	ok(t, err)
	_, err = w.As(t, "reception").Reveal(ctx, ids["Ella Thornton"], salon.Address, "Lost property")
	ok(t, err)
	_, err = w.As(t, "reception").MatchCaller(ctx, "+1 416 555 0121")
	ok(t, err)
	rows, err := store.Texts(w.Store, `SELECT actor || kind || about_id || reason || detail FROM audit`)
	ok(t, err)
	for _, r := range rows {
		if s := leaks(r); s != "" || strings.Contains(r, "0133") || strings.Contains(r, "other_wx") {
			t.Errorf("the log holds a contact: %s", r)
		}
	}
	e := <-events
	if s := leaks(fmt.Sprintf("%+v", e)); s != "" || e.Kind != "client" {
		t.Errorf("a page is told %+v", e)
	}
}

// Undo is no way around an approval: what decides who sees what is not taken
// back with one tap, and neither is the use of an approval.
func TestUndoDoesNotUnmask(t *testing.T) {
	w := storetest.New(t)
	ids := seedSecrets(t, w)
	ask := approved(t, w, "owner", "manager", salon.AskForm{Act: salon.Unmask, Detail: []byte(`{"mask":"off"}`)})
	ok(t, w.As(t, "owner").With(ask).SetMasking(ctx, false))
	ok(t, w.As(t, "owner").SetMasking(ctx, true))
	txs, err := store.Texts(w.Store, `SELECT CAST(tx AS TEXT) FROM audit WHERE act IN ('mask.switch', 'approval.answer', 'mask.off')`)
	ok(t, err)
	for _, n := range txs {
		var tx int64
		fmt.Sscan(n, &tx)
		for _, role := range []string{"owner", "manager"} {
			if err := w.As(t, role).Undo(ctx, tx); err == nil {
				t.Errorf("%s took back change %s", role, n)
			}
		}
	}
	if got := phoneSeen(t, w, "reception", ids["Amelia Okafor"]); got != masked {
		t.Errorf("reception sees %q", got)
	}
	// Changes under an act of the matrix are refused for what they touched.
	ok(t, w.As(t, "owner").SetDuty(ctx, salon.Alerts, staffOf(t, w, "Person manager").ID, ""))
	_, err = w.As(t, "owner").AddStaff(ctx, salon.StaffForm{Name: "Ade"})
	ok(t, err)
	txs, err = store.Texts(w.Store, `SELECT CAST(tx AS TEXT) FROM audit WHERE tx > 0 ORDER BY seq DESC LIMIT 2`)
	ok(t, err)
	for _, n := range txs {
		var tx int64
		fmt.Sscan(n, &tx)
		says(t, w.As(t, "owner").Undo(ctx, tx), salon.Clash, "with one tap")
	}
}
