package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// One call ends everything somebody has, moves what is to come, keeps what was,
// and tells what they did beside the others.
func TestLeave(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	beau := staffOf(t, w, "Person beautician")
	book := func(client, staff string, day salon.Day, start salon.Clock) string {
		t.Helper()
		id, _, err := w.As(t, "owner").Book(ctx, salon.Booking{ClientID: ids[client], StaffID: staff, ServiceID: ids["Cut & finish"], Day: day, Start: start})
		ok(t, err)
		return id
	}
	past := book("Amelia Okafor", beau.ID, "2026-11-20", 600)
	coming := book("Amelia Okafor", beau.ID, "2026-11-25", 600)
	taken := book("Amelia Okafor", beau.ID, "2026-11-26", 600)
	book("Leo Grant", ids["Mei"], "2026-11-26", 610)
	for range 4 {
		_, err := w.As(t, "beautician").ClientCard(ctx, ids["Amelia Okafor"])
		ok(t, err)
	}
	_, err := w.As(t, "beautician").Reveal(ctx, ids["Amelia Okafor"], salon.Phone, "Confirm a booking")
	ok(t, err)
	ok(t, w.As(t, "owner").SetDuty(ctx, salon.BranchSetup, staffOf(t, w, "Person manager").ID, beau.ID))
	ok(t, w.As(t, "owner").SetExceptions(ctx, []salon.Exception{{StaffID: beau.ID, Opens: salon.Unmasked, Ends: "2026-12-01"}}))
	_, err = w.As(t, "beautician").AskAccess(ctx, salon.ViewReports, "x")
	ok(t, err)
	token := w.Token("beautician")

	_, err = w.As(t, "reception").LeaveSheet(ctx, beau.ID)
	kind(t, err, salon.Denied)
	sheet, err := w.As(t, "admin").LeaveSheet(ctx, beau.ID)
	ok(t, err)
	if !sheet.Login || sheet.Sessions != 1 || sheet.Exceptions != 1 || sheet.Waiting != 1 || len(sheet.Coming) != 2 || len(sheet.Duties) != 1 {
		t.Errorf("what would end: %+v", sheet)
	}
	conduct := map[string]salon.ConductLine{}
	for _, l := range sheet.Conduct.Lines {
		conduct[l.What] = l
	}
	if l := conduct["Client cards opened"]; l.N != 4 || l.Peers != 0 {
		t.Errorf("cards: %+v", l)
	}
	if l := conduct["Contacts shown"]; l.N != 1 {
		t.Errorf("reveals: %+v", l)
	}
	if sheet.Conduct.Strange != 0 {
		t.Errorf("%d clients she never served", sheet.Conduct.Strange)
	}
	beau = staffOf(t, w, "Person beautician")
	_, err = w.As(t, "admin").Leave(ctx, salon.LeaveForm{StaffID: beau.ID, Version: beau.Version + 1})
	kind(t, err, salon.Clash)
	done, err := w.As(t, "admin").Leave(ctx, salon.LeaveForm{StaffID: beau.ID, Version: beau.Version, MoveTo: ids["Mei"], Note: "Moves to Vancouver."})
	ok(t, err)
	if done.Moved != 1 || len(done.Coming) != 1 || done.Coming[0].ID != taken {
		t.Errorf("moved %d, left %+v", done.Moved, done.Coming)
	}
	_, err = w.Door.Enter(ctx, token)
	kind(t, err, salon.Auth)
	_, err = w.Door.SignIn(ctx, "beautician@example.com", storetest.Password, "tablet")
	kind(t, err, salon.Auth)
	for id, want := range map[string]string{past: "Person beautician", coming: "Mei", taken: "Person beautician"} {
		v, err := w.As(t, "owner").Visit(ctx, id)
		ok(t, err)
		if v.Staff != want {
			t.Errorf("a visit stands under %s, want %s", v.Staff, want)
		}
	}
	if st := staffOf(t, w, "Person beautician"); st.Active || st.Left != "2026-11-21" || st.Login != "" || st.Role != "" {
		t.Errorf("the leaver stands as %+v", st)
	}
	if d := dutyOf(t, w, salon.BranchSetup); d.Deputy.StaffID != "" {
		t.Error("a leaver is still a deputy")
	}
	who, err := store.Texts(w.Store, `SELECT DISTINCT actor FROM audit WHERE act = 'client.view'`)
	ok(t, err)
	if len(who) != 1 || who[0] != "Person beautician" {
		t.Errorf("the log names %v", who)
	}
	_, err = w.As(t, "admin").Leave(ctx, salon.LeaveForm{StaffID: beau.ID})
	kind(t, err, salon.Missing)
	_, err = w.As(t, "admin").Leave(ctx, salon.LeaveForm{StaffID: staffOf(t, w, "Person admin").ID, Version: 1})
	kind(t, err, salon.Denied)
}

// A manager ends somebody's time only with an approval, for that person.
func TestLeavingIsApproved(t *testing.T) {
	w := storetest.New(t)
	rec, stock := staffOf(t, w, "Person reception"), staffOf(t, w, "Person stock")
	leave := func(sc *store.Scope, st salon.Staff) error {
		_, err := sc.Leave(ctx, salon.LeaveForm{StaffID: st.ID, Version: st.Version})
		return err
	}
	kind(t, leave(w.As(t, "manager"), rec), salon.Denied)
	detail, err := json.Marshal(map[string]string{"leave": rec.ID, "move_to": ""})
	ok(t, err)
	id := approved(t, w, "manager", "admin", salon.AskForm{Act: salon.EditStaff, AboutKind: "staff", AboutID: rec.ID, Detail: detail})
	kind(t, leave(w.As(t, "manager").With(id), stock), salon.Denied)
	ok(t, leave(w.As(t, "manager").With(id), rec))
}

// A new person begins with a role, learns what it takes, and hears when their
// rights change.
func TestLessons(t *testing.T) {
	w := storetest.New(t)
	list, err := w.As(t, "reception").MyLessons(ctx)
	ok(t, err)
	if len(list) < 3 {
		t.Fatalf("reception has %d lessons", len(list))
	}
	for _, l := range list {
		if l.Right != -1 {
			t.Errorf("the answer of %s is sent along", l.Key)
		}
	}
	kind(t, w.As(t, "reception").FinishLesson(ctx, "contacts", 1), salon.Invalid)
	kind(t, w.As(t, "reception").FinishLesson(ctx, "machines", 1), salon.Missing)
	ok(t, w.As(t, "reception").FinishLesson(ctx, "contacts", 0))
	report := func() salon.LessonRow {
		rows, err := w.As(t, "owner").LessonReport(ctx)
		ok(t, err)
		for _, r := range rows {
			if r.Name == "Person reception" {
				return r
			}
		}
		t.Fatal("reception is not in the report")
		return salon.LessonRow{}
	}
	if r := report(); r.Done != 1 || r.All != len(list) {
		t.Errorf("reported as %+v", r)
	}
	change := func(g salon.Grant) {
		t.Helper()
		w.Tick(time.Hour)
		rec := roleOf(t, w, "reception")
		_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.CancelVisit: g}}})
		ok(t, err)
	}
	change(salon.Grant{Reach: salon.All, Answer: salon.Ask})
	list, err = w.As(t, "reception").MyLessons(ctx)
	ok(t, err)
	last := list[len(list)-1]
	if last.Key != salon.ChangesLesson || last.DoneAt != "" || len(last.Changes) != 1 || !strings.Contains(last.Changes[0].String(), "asks before they call off bookings") {
		t.Fatalf("after a change of her role she reads %+v", last)
	}
	ok(t, w.As(t, "reception").FinishLesson(ctx, salon.ChangesLesson, 0))
	if r := report(); r.Done != 2 {
		t.Errorf("reported as %+v", r)
	}
	change(salon.Grant{})
	if r := report(); r.Done != 1 || r.Missing[len(r.Missing)-1] != "What changed in your rights" {
		t.Errorf("after the next change reported as %+v", r)
	}
	// Every role has lessons, and every lesson one right answer.
	for _, role := range append(salon.Roles, "a role of their own") {
		for _, l := range salon.Lessons(role) {
			if l.Right < 0 || l.Right >= len(l.Answers) || len(l.Answers) < 2 || len(l.Points) == 0 {
				t.Errorf("%s: lesson %s cannot be answered", role, l.Key)
			}
		}
	}
}
