package store_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// staffOf is one person of the salon as the owner sees them.
func staffOf(t *testing.T, w *storetest.World, name string) salon.Staff {
	t.Helper()
	list, err := w.As(t, "owner").Staff(ctx)
	ok(t, err)
	for _, st := range list {
		if st.Name == name {
			return st
		}
	}
	t.Fatalf("nobody is called %s", name)
	return salon.Staff{}
}

func roleOf(t *testing.T, w *storetest.World, id string) salon.RoleSheet {
	t.Helper()
	list, err := w.As(t, "owner").Roles(ctx)
	ok(t, err)
	for _, r := range list {
		if r.ID == id || r.Name == id {
			return r
		}
	}
	t.Fatalf("there is no role %s", id)
	return salon.RoleSheet{}
}

// says fails unless err is a refusal whose sentence holds text.
func says(t *testing.T, err error, want salon.Kind, text string) {
	t.Helper()
	kind(t, err, want)
	if !strings.Contains(err.Error(), text) {
		t.Fatalf("said %q, want %q in it", err, text)
	}
}

// The default matrix as the requirements have it, one line per statement.
func TestTheDefaultMatrix(t *testing.T) {
	w := storetest.New(t)
	for _, c := range []struct {
		role   string
		act    salon.Act
		answer salon.Answer
		reach  salon.Reach
	}{
		{"owner", salon.EditRoles, salon.Yes, salon.All}, {"owner", salon.ExportPersonal, salon.Two, salon.All}, {"owner", salon.Restore, salon.Two, salon.All},
		{"manager", salon.SeeContact, salon.Why, salon.All}, {"manager", salon.DeleteClient, salon.Ask, salon.All}, {"manager", salon.ExportPersonal, salon.Ask, salon.All},
		{"manager", salon.EditRoles, salon.Ask, salon.All}, {"manager", salon.ViewAudit, salon.Yes, salon.Branch}, {"manager", salon.Restore, "", ""},
		{"admin", salon.SeeContact, salon.Yes, salon.All}, {"admin", salon.EditRoles, salon.Yes, salon.All}, {"admin", salon.ViewSales, "", ""}, {"admin", salon.SeeHealth, "", ""},
		{"reception", salon.ViewClient, salon.Yes, salon.All}, {"reception", salon.SeeContact, salon.Why, salon.All}, {"reception", salon.SeeHealth, salon.Flag, salon.All},
		{"reception", salon.GiveRefund, salon.Ask, salon.All}, {"reception", salon.ViewReports, "", ""}, {"reception", salon.ViewCommission, salon.Yes, salon.Own},
		{"reception", salon.SeeFormula, "", ""}, {"reception", salon.ExportPersonal, "", ""}, {"reception", salon.ViewAudit, salon.Yes, salon.Own},
		{"beautician", salon.ViewClient, salon.Yes, salon.Served}, {"beautician", salon.SeeHealth, salon.Yes, salon.Served}, {"beautician", salon.ViewSales, "", ""},
		{"beautician", salon.ViewCalendar, salon.Yes, salon.Own}, {"beautician", salon.ViewReports, "", ""}, {"beautician", salon.SeeContact, salon.Why, salon.Served},
		{"finance", salon.ViewClient, salon.Flag, salon.All}, {"finance", salon.SeeHealth, "", ""}, {"finance", salon.ViewReports, salon.Yes, salon.All},
		{"finance", salon.GiveRefund, salon.Two, salon.All}, {"finance", salon.ViewAudit, salon.Yes, salon.Money}, {"finance", salon.SeeContact, "", ""},
		{"stock", salon.EditStock, salon.Yes, salon.All}, {"stock", salon.ViewClient, "", ""}, {"stock", salon.ViewBackup, "", ""}, {"stock", salon.ViewSales, "", ""},
		{"it", salon.RunBackup, salon.Yes, salon.All}, {"it", salon.Restore, salon.Two, salon.All}, {"it", salon.ViewClient, "", ""}, {"it", salon.ViewAudit, salon.Yes, salon.Technical},
		{"it", salon.ConfigureAlerts, salon.Ask, salon.All}, {"it", salon.EditKeys, salon.Ask, salon.All},
	} {
		g := w.As(t, c.role).Grant(c.act)
		if g.Answer != c.answer || g.Reach != c.reach {
			t.Errorf("%s, %s: %q %q, want %q %q", c.role, c.act, g.Answer, g.Reach, c.answer, c.reach)
		}
	}
	rec := w.As(t, "reception").Grant(salon.GiveDiscount)
	if !rec.Within(0, 10) || rec.Within(0, 11) {
		t.Error("reception's limit for discounts is not 10 %")
	}
	if m := w.As(t, "manager").Grant(salon.GiveRefund); !m.Within(5000, 0) || m.Within(5001, 0) {
		t.Error("the manager's limit for refunds is not 50")
	}
	// Every act of the matrix is one the owner can find on the page.
	for role, acts := range salon.DefaultGrants() {
		for a, g := range acts {
			info, known := salon.ActNamed(a)
			if !known || !info.MayReach(g.Reach) || !info.MayAnswer(g.Answer) && role != salon.Owner {
				t.Errorf("%s: %s as %s %s cannot be given on the page", role, a, g.Answer, g.Reach)
			}
		}
	}
}

// The owner makes a role, reads the change back, and it is in force with the
// next tap of who has it.
func TestARoleIsMadeReadBackAndInForce(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	change := []salon.RoleChange{{Name: "Junior", CopyOf: "reception", Grants: map[salon.Act]salon.Grant{
		salon.GiveDiscount: {Reach: salon.All, Answer: salon.Ask}, salon.CancelVisit: {}}, Fields: map[salon.Field]salon.Show{salon.Balance: salon.Hidden}}}
	said, err := owner.PreviewRoles(ctx, change)
	ok(t, err)
	var lines []string
	for _, s := range said {
		lines = append(lines, s.String())
	}
	want := []string{"New role: Junior. It begins as reception.", "Junior may no longer call off bookings.", "Junior asks before they give discounts.", "Junior does not see balances."}
	if strings.Join(lines, "|") != strings.Join(want, "|") {
		t.Errorf("read back as %q, want %q", lines, want)
	}
	_, err = owner.SaveRoles(ctx, change)
	ok(t, err)
	id := roleOf(t, w, "Junior").ID
	st := staffOf(t, w, "Person reception")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: st.ID, Version: st.Version, Role: id}))
	rec := w.As(t, "reception")
	if rec.Can(salon.CancelVisit) || rec.Grant(salon.GiveDiscount).Answer != salon.Ask || !rec.Can(salon.Book) {
		t.Error("the new role is not in force on the session that was open")
	}
	// And a change of the role takes effect the same way.
	sheet := roleOf(t, w, id)
	none := map[salon.Act]salon.Grant{salon.Book: {}}
	_, err = owner.SaveRoles(ctx, []salon.RoleChange{{Role: id, Version: sheet.Version, Grants: none}})
	ok(t, err)
	if w.As(t, "reception").Can(salon.Book) {
		t.Error("a right taken away is still there")
	}
	_, err = owner.SaveRoles(ctx, []salon.RoleChange{{Role: id, Version: sheet.Version, Grants: none}})
	kind(t, err, salon.Clash)
	logged, err := store.Texts(w.Store, `SELECT detail FROM audit WHERE act = 'role.change' ORDER BY seq DESC LIMIT 1`)
	ok(t, err)
	if len(logged) != 1 || !strings.Contains(logged[0], `"appointment.create":[{"Reach":"all","Answer":"yes"`) {
		t.Errorf("the log does not hold old and new: %v", logged)
	}
}

// A wider right needs a reason, and rights that make no sense are refused.
func TestAWiderRightNeedsAReason(t *testing.T) {
	w := storetest.New(t)
	rec := roleOf(t, w, "reception")
	save := func(g salon.Grant) error {
		_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.ViewReports: g}}})
		return err
	}
	kind(t, save(salon.Grant{Reach: salon.All, Answer: salon.Yes}), salon.Invalid)
	kind(t, save(salon.Grant{Reach: salon.Technical, Answer: salon.Yes, Need: "x"}), salon.Invalid)
	kind(t, save(salon.Grant{Reach: salon.All, Answer: salon.Two, Need: "x"}), salon.Invalid)
	kind(t, save(salon.Grant{Reach: salon.All, Answer: salon.Yes, LimitCents: 5, Need: "x"}), salon.Invalid)
	ok(t, save(salon.Grant{Reach: salon.Own, Answer: salon.Yes, Need: "Lucy does the month's end."}))
	if g := w.As(t, "reception").Grant(salon.ViewReports); g.Need != "Lucy does the month's end." || g.Reach != salon.Own {
		t.Errorf("stored as %+v", g)
	}
}

// Nobody gives more than they hold, nobody changes their own rights, the
// owner's role is not edited, and the last owner stays.
func TestNobodyClimbs(t *testing.T) {
	w := storetest.New(t)
	admin, owner := w.As(t, "admin"), w.As(t, "owner")
	rec, adm := roleOf(t, w, "reception"), roleOf(t, w, "admin")
	_, err := admin.SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.ViewReports: {Reach: salon.All, Answer: salon.Yes, Need: "x"}}}})
	says(t, err, salon.Denied, "Ask Rowan first")
	_, err = admin.SaveRoles(ctx, []salon.RoleChange{{Role: "admin", Version: adm.Version, Grants: map[salon.Act]salon.Grant{salon.ViewStaff: {}}}})
	says(t, err, salon.Denied, "Nobody can change their own rights")
	for _, c := range []salon.RoleChange{{Role: "owner", Version: 1, Name: "Boss"}, {Name: "Twin", CopyOf: "owner"}} {
		_, err = owner.SaveRoles(ctx, []salon.RoleChange{c})
		says(t, err, salon.Denied, "The owner's role cannot be")
	}
	// A copy of a role that may more than its maker is more as well.
	_, err = admin.SaveRoles(ctx, []salon.RoleChange{{Name: "Second manager", CopyOf: "manager"}})
	says(t, err, salon.Denied, "Ask Rowan first")
	_, err = admin.SaveRoles(ctx, []salon.RoleChange{{Name: "Watcher", Fields: map[salon.Field]salon.Show{salon.Allergy: salon.Visible}}})
	says(t, err, salon.Denied, "Ask Rowan first")
	rowan, self := staffOf(t, w, "Rowan"), staffOf(t, w, "Person admin")
	says(t, admin.SetStaffRole(ctx, salon.RoleMove{StaffID: self.ID, Version: self.Version, Role: "manager"}), salon.Denied, "Nobody can change their own rights")
	says(t, admin.SetStaffRole(ctx, salon.RoleMove{StaffID: rowan.ID, Version: rowan.Version, Role: "stock"}), salon.Denied, "Only an owner")
	says(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: rowan.ID, Version: rowan.Version, Role: "stock"}), salon.Denied, "Nobody can change their own rights")
	mach := w.Store.As("command line")
	says(t, mach.SetStaffRole(ctx, salon.RoleMove{StaffID: rowan.ID, Version: rowan.Version, Role: "stock"}), salon.Denied, "The salon needs an owner")
	_, err = mach.Leave(ctx, salon.LeaveForm{StaffID: rowan.ID, Version: rowan.Version})
	says(t, err, salon.Denied, "The salon needs an owner")
	says(t, mach.TakeLogin(ctx, rowan.ID), salon.Denied, "The salon needs an owner")
	// With a second owner the first may go, but not when the second is to stop being one.
	mgr := staffOf(t, w, "Person manager")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: mgr.ID, Version: mgr.Version, Role: "owner"}))
	mgr = staffOf(t, w, "Person manager")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: mgr.ID, Version: mgr.Version, Role: "manager", From: "2026-12-01"}))
	says(t, mach.TakeLogin(ctx, rowan.ID), salon.Denied, "The salon needs an owner")
}

// A trial time ends by the clock, a planned role begins by it, and what was
// excepted for somebody ends with their role.
func TestRolesBeginAndEndByTime(t *testing.T) {
	w := storetest.New(t)
	owner := w.As(t, "owner")
	id, err := owner.Join(ctx, salon.JoinForm{StaffForm: salon.StaffForm{Name: "Ade", Role: "reception", Email: "ade@example.com", Password: storetest.Password}, Ends: "2026-11-30"})
	ok(t, err)
	token, err := w.Door.SignIn(ctx, "ade@example.com", storetest.Password, "tablet")
	ok(t, err)
	ade, err := w.Door.Enter(ctx, token)
	ok(t, err)
	if !ade.Can(salon.Book) {
		t.Fatal("Ade cannot book in his trial time")
	}
	w.Tick(9*24*time.Hour + 11*time.Hour) // 1 December, 04:00 UTC: still 30 November in Toronto
	ade, err = w.Door.Enter(ctx, token)
	ok(t, err)
	if !ade.Can(salon.Book) {
		t.Error("the trial time ends before its last day is over")
	}
	w.Tick(2 * time.Hour)
	ade, err = w.Door.Enter(ctx, token)
	ok(t, err)
	if ade.Can(salon.Book) || ade.Who().Role != "" || !ade.Can(salon.OwnAccount) {
		t.Error("the trial time does not end")
	}
	st := staffOf(t, w, "Ade")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: id, Version: st.Version, Role: "reception"}))
	ok(t, owner.SetExceptions(ctx, []salon.Exception{{StaffID: id, Opens: salon.Unmasked, Ends: "2027-01-31"}}))
	st = staffOf(t, w, "Ade")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: id, Version: st.Version, Role: "beautician", From: "2026-12-10"}))
	if st = staffOf(t, w, "Ade"); st.Role != "reception" || st.NextRole != "beautician" || st.NextFrom != "2026-12-10" {
		t.Errorf("planned as %+v", st)
	}
	w.Tick(9 * 24 * time.Hour)
	ade, err = w.Door.Enter(ctx, token)
	ok(t, err)
	if ade.Who().Role != "beautician" || ade.Can(salon.Book) {
		t.Errorf("on 10 December Ade is %q", ade.Who().Role)
	}
	if ade.Shows(salon.Phone) != salon.Masked {
		t.Error("what was excepted for a receptionist is open to a beautician")
	}
	st = staffOf(t, w, "Ade")
	ok(t, owner.SetStaffRole(ctx, salon.RoleMove{StaffID: id, Version: st.Version, Role: "manager"}))
	left, err := owner.Exceptions(ctx)
	ok(t, err)
	if len(left) != 0 {
		t.Errorf("after a job change there are exceptions: %v", left)
	}
}

// What each role may not even try is refused the same way, with who can help.
func TestMyRightsSayWhoCanHelp(t *testing.T) {
	w := storetest.New(t)
	list, err := w.As(t, "reception").MyRights(ctx)
	ok(t, err)
	at := map[salon.Act]salon.Right{}
	for _, r := range list {
		at[r.Act] = r
	}
	if len(at) != len(salon.Acts()) {
		t.Errorf("%d of %d rights are explained", len(at), len(salon.Acts()))
	}
	names := func(a salon.Act) string {
		var out []string
		for _, h := range at[a].Helpers {
			out = append(out, h.Name)
		}
		return strings.Join(out, ", ")
	}
	if got := names(salon.ViewReports); got != "Person finance, Person manager, Rowan" {
		t.Errorf("takings: %q", got)
	}
	if got := names(salon.GiveRefund); got != "Person manager, Rowan" {
		t.Errorf("refund: %q", got)
	}
	if got := names(salon.Book); got != "" {
		t.Errorf("for what she may do there is help from %q", got)
	}
}

// A session begun with a PIN does not reach what a borrowed tablet must not do.
func TestAPinIsNotEnough(t *testing.T) {
	w := storetest.New(t)
	w.As(t, "owner")
	ok(t, store.Exec(w.Store, `UPDATE session SET strength = 'pin'`))
	owner := w.As(t, "owner")
	_, err := owner.SaveRoles(ctx, []salon.RoleChange{{Name: "X"}})
	says(t, err, salon.Denied, "A PIN is not enough")
	says(t, owner.SetMasking(ctx, true), salon.Denied, "A PIN is not enough")
	_, err = owner.Staff(ctx)
	ok(t, err)
}

// What a newer program knows and an older salon does not gets its default,
// and nothing the owner decided is touched.
func TestAnOlderSalonLearnsNewActs(t *testing.T) {
	w := storetest.New(t)
	rec := roleOf(t, w, "reception")
	_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.CancelVisit: {}}}})
	ok(t, err)
	w.Store.Close()
	w.Open(t)
	if w.As(t, "reception").Can(salon.CancelVisit) {
		t.Error("what was taken away is back after a restart")
	}
	ok(t, store.Exec(w.Store, `DROP TRIGGER cap_role_grant_d`))
	ok(t, store.Exec(w.Store, `DELETE FROM role_grant WHERE act = 'incident.create'`))
	w.Store.Close()
	w.Open(t)
	if !w.As(t, "reception").Can(salon.WriteIncident) || w.As(t, "reception").Can(salon.CancelVisit) {
		t.Error("a new act has no default, or an old decision was lost")
	}
}

// A grant is read back in words for every act, answer and reach it can have.
func TestEveryGrantCanBeSaid(t *testing.T) {
	for _, info := range salon.Acts() {
		for _, reach := range info.Reaches {
			for _, answer := range append(info.Answers, "") {
				for _, s := range salon.SayGrant(salon.Word("reception"), info, salon.Grant{Reach: reach, Answer: answer, LimitPercent: 10, LimitCents: 500}) {
					if text := s.String(); strings.Contains(text, "%!") || strings.Contains(text, "  ") {
						t.Errorf("%s %s %s: %q", info.Act, answer, reach, text)
					}
					raw, err := json.Marshal(s)
					ok(t, err)
					var back salon.Sentence
					ok(t, json.Unmarshal(raw, &back))
					if fmt.Sprintf("%#v", back) != fmt.Sprintf("%#v", s) {
						t.Errorf("%#v came back from JSON as %#v", s, back)
					}
				}
			}
		}
	}
}

// A salon of the first schema keeps what its owner decided, is masked, and gets
// the defaults of what it did not know.
func TestASalonOfTheFirstSchema(t *testing.T) {
	w := storetest.New(t)
	w.Store.Close()
	w.Path = filepath.Join(t.TempDir(), "old.db")
	ok(t, store.FirstSchema(w.Path))
	w.Open(t)
	rec, owner := w.As(t, "reception"), w.As(t, "owner")
	if g := rec.Grant(salon.ViewClient); g.Answer != salon.Yes || g.Reach != salon.All {
		t.Errorf("an old grant reads %+v", g)
	}
	if rec.Can(salon.CancelVisit) || rec.Can(salon.SeeContact) {
		t.Error("an act the old salon knew, and did not grant, is granted")
	}
	if !rec.Can(salon.WriteIncident) || owner.Grant(salon.Unmask).Answer != salon.Two {
		t.Error("acts the old salon did not know have no default")
	}
	if got := phoneSeen(t, w, "reception", "c1"); got != masked {
		t.Errorf("reception sees %q", got)
	}
	if got := phoneSeen(t, w, "owner", "c1"); got != ameliasPhone {
		t.Errorf("the owner sees %q", got)
	}
	page, err := owner.MaskSettings(ctx)
	ok(t, err)
	if !page.On {
		t.Error("an older salon is not masked")
	}
	logged, err := store.Texts(w.Store, `SELECT actor FROM audit WHERE act = 'role.edit'`)
	ok(t, err)
	if len(logged) != 1 || logged[0] != "upgrade" {
		t.Errorf("the new defaults are logged as by %v", logged)
	}
}

// seedAccess makes a row in every table that keeps who may what.
func seedAccess(t *testing.T, w *storetest.World) {
	t.Helper()
	owner, rec := w.As(t, "owner"), staffOf(t, w, "Person reception").ID
	ok(t, owner.SetExceptions(ctx, []salon.Exception{{StaffID: rec, Opens: salon.Unmasked, Ends: "2026-12-01"}}))
	_, err := w.As(t, "reception").AskAccess(ctx, salon.ViewReports, "Month's end.")
	ok(t, err)
	ok(t, owner.SetDuty(ctx, salon.Alerts, rec, ""))
	_, err = owner.AddAbsence(ctx, rec, "2026-12-01", "2026-12-02")
	ok(t, err)
	_, err = owner.StartReview(ctx)
	ok(t, err)
	ok(t, w.As(t, "reception").FinishLesson(ctx, "contacts", 0))
	ok(t, owner.SetHours(ctx, rec, []salon.Hours{{Weekday: 6, From: 540, To: 1080}}))
}
