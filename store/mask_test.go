package store_test

import (
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// approved asks for an approval as role and has it granted by another.
func approved(t *testing.T, w *storetest.World, role, by string, f salon.AskForm) string {
	t.Helper()
	if f.Reason == "" {
		f.Reason = "it has to be"
	}
	id, err := w.As(t, role).AskApproval(ctx, f)
	ok(t, err)
	ok(t, w.As(t, by).AnswerApproval(ctx, id, salon.AnswerForm{Grant: true}))
	return id
}

func phoneSeen(t *testing.T, w *storetest.World, role, client string) string {
	t.Helper()
	card, err := w.As(t, role).ClientCard(ctx, client)
	ok(t, err)
	return card.Phone.String()
}

const ameliasPhone, masked = "+14165550121", "•••• 0121"

// S1 as a play: on from the first day, off only by approval, and then on again
// for everybody's next tap.
func TestTheSwitch(t *testing.T) {
	w := storetest.New(t)
	amelia := w.Seed(t)["Amelia Okafor"]
	sheet, err := w.As(t, "owner").MaskSettings(ctx)
	ok(t, err)
	if !sheet.On || !sheet.Covers[salon.Phone] || !sheet.Covers[salon.Email] {
		t.Fatal("a new salon is not masked")
	}
	err = w.As(t, "owner").SetMasking(ctx, false)
	says(t, err, salon.Denied, "This needs a second person: Person admin / Person manager")
	says(t, w.As(t, "reception").SetMasking(ctx, false), salon.Denied, "You may not do that")
	off := []byte(`{"mask": "off"}`)
	id := approved(t, w, "owner", "manager", salon.AskForm{Act: salon.Unmask, Detail: off})
	ok(t, w.As(t, "owner").With(id).SetMasking(ctx, false))
	for _, role := range []string{"manager", "reception"} {
		if got := phoneSeen(t, w, role, amelia); got != ameliasPhone {
			t.Errorf("with the mask off %s sees %q", role, got)
		}
	}
	page, err := w.As(t, "finance").Clients(ctx, "Amelia", 0, 10)
	ok(t, err)
	if got := page.Rows[0].Phone.String(); got != "" {
		t.Errorf("with the mask off finance sees %q: their role shows no contacts at all", got)
	}
	ok(t, w.As(t, "owner").SetMasking(ctx, true))
	says(t, w.As(t, "owner").With(id).SetMasking(ctx, false), salon.Denied, "was used")
	if got := phoneSeen(t, w, "reception", amelia); got != masked {
		t.Errorf("with the mask on again reception sees %q", got)
	}
	logged, err := store.Texts(w.Store, `SELECT detail FROM audit WHERE act = 'mask.switch' ORDER BY seq`)
	ok(t, err)
	if strings.Join(logged, " ") != `{"mask":["on","off"]} {"mask":["off","on"]}` {
		t.Errorf("logged as %v", logged)
	}
}

// The list of exceptions holds only people who can sign in; an exception ends
// by the clock, by hand, and with the login; and it is in force at once.
func TestTheListOfExceptions(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	owner, amelia := w.As(t, "owner"), ids["Amelia Okafor"]
	on := func() map[string]salon.MaskPerson {
		sheet, err := owner.MaskSettings(ctx)
		ok(t, err)
		out := map[string]salon.MaskPerson{}
		for _, p := range sheet.People {
			out[p.Name] = p
		}
		return out
	}
	if _, there := on()["Mei"]; there || len(on()) != len(salon.Roles) {
		t.Fatalf("the list is %v", on())
	}
	err := owner.SetExceptions(ctx, []salon.Exception{{StaffID: ids["Mei"], Opens: salon.Unmasked, Ends: "2026-12-01"}})
	says(t, err, salon.Invalid, "Only people who can sign in")
	mei := staffOf(t, w, "Mei")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: mei.ID, Version: mei.Version, Role: "reception"}))
	ok(t, owner.GiveLogin(ctx, mei.ID, "mei@example.com", storetest.Password))
	if _, there := on()["Mei"]; !there {
		t.Error("Mei can sign in and is not on the list")
	}
	ok(t, owner.SetExceptions(ctx, []salon.Exception{{StaffID: mei.ID, Opens: salon.Unmasked, Ends: "2026-12-01"}}))
	ok(t, owner.TakeLogin(ctx, mei.ID))
	ok(t, owner.GiveLogin(ctx, mei.ID, "mei@example.com", storetest.Password))
	if p := on()["Mei"]; p.Opens != salon.AsRole {
		t.Errorf("after her login was taken and given again Mei is %q", p.Opens)
	}

	rec := staffOf(t, w, "Person reception").ID
	set := func(o salon.Opening, ends salon.Day) error {
		return owner.SetExceptions(ctx, []salon.Exception{{StaffID: rec, Opens: o, Ends: ends}})
	}
	kind(t, set(salon.Unmasked, ""), salon.Invalid)
	kind(t, set(salon.Unmasked, "2026-11-20"), salon.Invalid)
	ok(t, set(salon.Unmasked, "2026-12-01"))
	if got := phoneSeen(t, w, "reception", amelia); got != ameliasPhone {
		t.Errorf("an open exception shows %q", got)
	}
	if p := on()["Person reception"]; p.Opens != salon.Unmasked || p.Ends != "2026-12-01" || p.ByRole != salon.Masked {
		t.Errorf("the list says %+v", p)
	}
	found, err := w.As(t, "reception").Clients(ctx, "5550121", 0, 5)
	ok(t, err)
	if found.Total != 1 {
		t.Error("whoever sees numbers cannot search by them")
	}
	ok(t, set(salon.Concealed, ""))
	if got := phoneSeen(t, w, "reception", amelia); got != "" {
		t.Errorf("hidden shows %q", got)
	}
	_, err = w.As(t, "reception").Reveal(ctx, amelia, salon.Phone, "running late")
	kind(t, err, salon.Denied)
	ok(t, set(salon.AsRole, ""))
	if got := phoneSeen(t, w, "reception", amelia); got != masked {
		t.Errorf("as the role shows %q", got)
	}
	ok(t, set(salon.Unmasked, "2026-11-22"))
	w.Tick(37 * time.Hour) // 01:00 on the 23rd in Toronto
	if got := phoneSeen(t, w, "reception", amelia); got != masked {
		t.Errorf("after its last day an exception shows %q", got)
	}
}

// Nobody excepts themselves, opens more than they see, or excepts whom there is
// nothing to except.
func TestWhoMayExcept(t *testing.T) {
	w := storetest.New(t)
	w.Seed(t)
	id := func(name string) string { return staffOf(t, w, name).ID }
	open := func(by, name string) error {
		return w.As(t, by).SetExceptions(ctx, []salon.Exception{{StaffID: id(name), Opens: salon.Unmasked, Ends: "2026-12-01"}})
	}
	ok(t, open("admin", "Person reception"))
	says(t, open("admin", "Person admin"), salon.Denied, "Nobody can change their own rights")
	says(t, open("owner", "Rowan"), salon.Denied, "Nobody can change their own rights")
	says(t, open("admin", "Rowan"), salon.Invalid, "The owner sees contacts")
	says(t, open("owner", "Person it"), salon.Invalid, "sees no clients")
	says(t, open("owner", "Person finance"), salon.Invalid, "sees no clients")
	says(t, open("reception", "Person beautician"), salon.Denied, "You may not do that")
	says(t, open("manager", "Person beautician"), salon.Denied, "Ask Person admin / Rowan first")
	// With an approval the approver's rights count, for just that list.
	list := `[{"StaffID":"` + id("Person beautician") + `","Opens":"open","Ends":"2026-12-01","Reason":""}]`
	ask := approved(t, w, "manager", "admin", salon.AskForm{Act: salon.EditMasking, Detail: []byte(list)})
	err := w.As(t, "manager").With(ask).SetExceptions(ctx, []salon.Exception{{StaffID: id("Person beautician"), Opens: salon.Unmasked, Ends: "2027-06-01"}})
	says(t, err, salon.Denied, "given for something else")
	ok(t, w.As(t, "manager").With(ask).SetExceptions(ctx, []salon.Exception{{StaffID: id("Person beautician"), Opens: salon.Unmasked, Ends: "2026-12-01"}}))
}

// A reveal needs a reason, is counted and logged in one step, lasts a minute,
// and beyond the day's allowance takes a manager.
func TestReveal(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	amelia, leo := ids["Amelia Okafor"], ids["Leo Grant"]
	_, err := w.As(t, "reception").Reveal(ctx, amelia, salon.Phone, "  ")
	kind(t, err, salon.Invalid)
	got, err := w.As(t, "reception").Reveal(ctx, amelia, salon.Phone, "Confirm a booking")
	ok(t, err)
	if got.Value != ameliasPhone || got.Used != 1 || got.Limit != 10 || got.Until != "2026-11-21T17:01:00.000Z" {
		t.Errorf("revealed %+v", got)
	}
	logged, err := store.Texts(w.Store, `SELECT actor || '|' || station || '|' || reason || '|' || detail FROM audit WHERE act = 'contact.reveal'`)
	ok(t, err)
	if len(logged) != 1 || logged[0] != `Person reception|tablet of reception|Confirm a booking|{"field":"phone"}` {
		t.Errorf("logged as %v", logged)
	}
	for range 9 {
		_, err := w.As(t, "reception").Reveal(ctx, leo, salon.Phone, "Running late")
		ok(t, err)
	}
	st, err := w.As(t, "reception").Reveals(ctx, salon.Phone)
	ok(t, err)
	if !st.May || !st.Ask || st.Used != 10 {
		t.Errorf("after ten: %+v", st)
	}
	_, err = w.As(t, "reception").Reveal(ctx, amelia, salon.Phone, "Running late")
	says(t, err, salon.Denied, "Ask Person admin / Person manager / Rowan first")
	ask := approved(t, w, "reception", "manager", salon.AskForm{Act: salon.SeeContact, AboutKind: "client", AboutID: amelia})
	_, err = w.As(t, "reception").With(ask).Reveal(ctx, leo, salon.Phone, "Running late")
	says(t, err, salon.Denied, "given for something else")
	_, err = w.As(t, "reception").With(ask).Reveal(ctx, amelia, salon.Email, "Running late")
	ok(t, err)
	_, err = w.As(t, "reception").With(ask).Reveal(ctx, amelia, salon.Phone, "Running late")
	says(t, err, salon.Denied, "was used")
	w.Tick(13 * time.Hour) // past midnight in the salon
	_, err = w.As(t, "reception").Reveal(ctx, amelia, salon.Phone, "Running late")
	ok(t, err)
	// A stylist reveals contacts of whom they serve, and of nobody else.
	_, err = w.As(t, "beautician").Reveal(ctx, leo, salon.Phone, "Running late")
	kind(t, err, salon.Missing)
	_, err = w.As(t, "finance").Reveal(ctx, leo, salon.Phone, "Running late")
	kind(t, err, salon.Denied)
	_, err = w.As(t, "reception").Reveal(ctx, amelia, salon.PrivateNote, "Running late")
	kind(t, err, salon.Invalid)
	_, err = w.As(t, "reception").Reveal(ctx, amelia, salon.Field("name FROM client; --"), "Running late")
	kind(t, err, salon.Invalid)
}

// A caller is matched by the whole number, ten times an hour, and nothing but
// yes or no is learnt.
func TestMatchCaller(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := w.As(t, "reception")
	match := func(number string, want bool) {
		t.Helper()
		known, err := w.As(t, "reception").MatchCaller(ctx, number)
		ok(t, err)
		if known != want {
			t.Errorf("%s: %v", number, known)
		}
	}
	match("(416) 555-0121", true)
	match("+1 416 555 0122", false)
	for _, part := range []string{"0121", "555 0121", "416555012", "%", "+1416555012_", ""} {
		_, err := rec.MatchCaller(ctx, part)
		kind(t, err, salon.Invalid)
	}
	// A stylist learns of the clients they serve alone.
	known, err := w.As(t, "beautician").MatchCaller(ctx, "+14165550121")
	ok(t, err)
	if known {
		t.Error("a stylist learns that the salon knows a number")
	}
	_, _, err = rec.Book(ctx, salon.Booking{ClientID: ids["Amelia Okafor"], StaffID: staffOf(t, w, "Person beautician").ID, ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 900})
	ok(t, err)
	known, err = w.As(t, "beautician").MatchCaller(ctx, "+14165550121")
	ok(t, err)
	if !known {
		t.Error("a stylist cannot match their own client")
	}
	for range 8 {
		match("+1 416 555 0122", false)
	}
	_, err = rec.MatchCaller(ctx, "+1 416 555 0121")
	says(t, err, salon.Denied, "10 callers within an hour")
	w.Tick(61 * time.Minute)
	match("+1 416 555 0121", true)
	logged, err := store.Texts(w.Store, `SELECT about_id || detail FROM audit WHERE act = 'contact.match'`)
	ok(t, err)
	for _, l := range logged {
		if strings.Contains(l, "555") {
			t.Errorf("the log holds a number: %s", l)
		}
	}
}

// What they see is shown live, and nobody sees more by another's eyes.
func TestMaskPreview(t *testing.T) {
	w := storetest.New(t)
	amelia := w.Seed(t)["Amelia Okafor"]
	id := func(name string) string { return staffOf(t, w, name).ID }
	seen, err := w.As(t, "owner").MaskPreview(ctx, id("Person reception"), amelia)
	ok(t, err)
	if !seen.Knows || !seen.Reveals || seen.Client.Phone.String() != masked || seen.Shows[salon.Phone] != salon.Masked {
		t.Errorf("reception sees %+v", seen)
	}
	seen, err = w.As(t, "owner").MaskPreview(ctx, id("Person beautician"), amelia)
	ok(t, err)
	if seen.Knows || seen.Client.Name != "" {
		t.Errorf("a stylist who never served her sees %+v", seen)
	}
	seen, err = w.As(t, "owner").MaskPreview(ctx, id("Person admin"), amelia)
	ok(t, err)
	if seen.Client.Phone.String() != ameliasPhone {
		t.Errorf("admin sees %q", seen.Client.Phone)
	}
	seen, err = w.As(t, "manager").MaskPreview(ctx, id("Person admin"), amelia)
	ok(t, err)
	if seen.Client.Phone.String() != masked || seen.Shows[salon.Phone] != salon.Visible {
		t.Errorf("by the admin's eyes the manager sees %q", seen.Client.Phone)
	}
}

// Each field has its own mask.
func TestEachFieldHasItsMask(t *testing.T) {
	w := storetest.New(t)
	w.Seed(t)
	text := func(s string) *string { return &s }
	id, err := w.As(t, "owner").CreateClient(ctx, "", salon.ClientForm{Name: "Ella Thornton", Phone: text("416 555 0188"), Email: text("ella@example.com"), WeChat: text("ella_wx"),
		Address: text("12 Elm Street"), Birthday: text("1988-06-12"), Private: text("pays late")})
	ok(t, err)
	for role, want := range map[string][6]string{
		"owner":     {"+14165550188", "ella@example.com", "ella_wx", "12 Elm Street", "1988-06-12", "pays late"},
		"manager":   {"•••• 0188", "••••@••••", "••••", "••••", "••••-06-12", "pays late"},
		"reception": {"•••• 0188", "••••@••••", "••••", "••••", "••••-06-12", ""},
		"admin":     {"+14165550188", "ella@example.com", "ella_wx", "12 Elm Street", "1988-06-12", ""},
	} {
		c, err := w.As(t, role).ClientCard(ctx, id)
		ok(t, err)
		got := [6]string{c.Phone.String(), c.Email.String(), c.WeChat.String(), c.Address.String(), c.Birthday.String(), c.Private.String()}
		if got != want {
			t.Errorf("%s sees %q, want %q", role, got, want)
		}
	}
	// What is hidden cannot be overwritten; what is masked can be replaced.
	_, err = w.As(t, "reception").EditClient(ctx, id, 1, salon.ClientForm{Name: "Ella Thornton", Private: text("x")})
	kind(t, err, salon.Invalid)
	_, err = w.As(t, "reception").EditClient(ctx, id, 1, salon.ClientForm{Name: "Ella Thornton", Phone: text("416 555 0189")})
	ok(t, err)
	// The owner takes the birthday out of the mask, with an approval.
	keep := []salon.Field{salon.WeChat, salon.Address}
	kind(t, w.As(t, "owner").SetMaskFields(ctx, keep), salon.Denied)
	ask := approved(t, w, "owner", "admin", salon.AskForm{Act: salon.Unmask, Detail: []byte(`{"mask.open":"birthday"}`)})
	ok(t, w.As(t, "owner").With(ask).SetMaskFields(ctx, keep))
	c, err := w.As(t, "reception").ClientCard(ctx, id)
	ok(t, err)
	if c.Birthday.String() != "1988-06-12" || c.Phone.String() != "•••• 0189" {
		t.Errorf("birthday %q, phone %q", c.Birthday, c.Phone)
	}
	ok(t, w.As(t, "admin").SetMaskFields(ctx, salon.Contacts))
}

// A role that may see contacts of the clients they serve sees the others'
// masked, in the list, on the card and in the calendar.
func TestOwnClientsInPlain(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := roleOf(t, w, "reception")
	_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version,
		Grants: map[salon.Act]salon.Grant{salon.SeeContact: {Reach: salon.Served, Answer: salon.Yes, Need: "They call their own clients."}},
		Fields: map[salon.Field]salon.Show{salon.Phone: salon.Visible}}})
	ok(t, err)
	_, _, err = w.As(t, "owner").Book(ctx, salon.Booking{ClientID: ids["Amelia Okafor"], StaffID: staffOf(t, w, "Person reception").ID, ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 900})
	ok(t, err)
	_, _, err = w.As(t, "owner").Book(ctx, salon.Booking{ClientID: ids["Leo Grant"], StaffID: ids["Mei"], ServiceID: ids["Cut & finish"], Day: "2026-11-21", Start: 900})
	ok(t, err)
	page, err := w.As(t, "reception").Clients(ctx, "", 0, 10)
	ok(t, err)
	if a, l := page.Rows[0].Phone.String(), page.Rows[1].Phone.String(); a != ameliasPhone || l != "•••• 0177" {
		t.Errorf("list: %q and %q", a, l)
	}
	if l := phoneSeen(t, w, "reception", ids["Leo Grant"]); l != "•••• 0177" {
		t.Errorf("card: %q", l)
	}
	sheet, err := w.As(t, "reception").Day(ctx, "2026-11-21")
	ok(t, err)
	for _, c := range sheet.Columns {
		for _, v := range c.Visits {
			if want := map[string]string{"Amelia Okafor": ameliasPhone, "Leo Grant": "•••• 0177"}[v.Client]; v.Phone.String() != want {
				t.Errorf("calendar: %s %q, want %q", v.Client, v.Phone, want)
			}
		}
	}
	found, err := w.As(t, "reception").Clients(ctx, "5550177", 0, 5)
	ok(t, err)
	if found.Total != 0 {
		t.Error("a number they do not see finds its client")
	}
	found, err = w.As(t, "reception").Clients(ctx, "5550121", 0, 5)
	ok(t, err)
	if found.Total != 1 {
		t.Error("a number they see does not find its client")
	}
}
