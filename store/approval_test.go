package store_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

func approvalOf(t *testing.T, w *storetest.World, role, id string) salon.Approval {
	t.Helper()
	a, err := w.As(t, role).Approval(ctx, id)
	ok(t, err)
	return a
}

// The manager asks before a role is changed; the owner reads the sentences and
// approves just that; it is done once.
func TestAskFirst(t *testing.T) {
	w := storetest.New(t)
	rec := roleOf(t, w, "reception")
	change := []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.CancelVisit: {Reach: salon.All, Answer: salon.Ask}}}}
	_, err := w.As(t, "manager").SaveRoles(ctx, change)
	says(t, err, salon.Denied, "Ask Person admin / Rowan first")
	detail, err := json.Marshal(change)
	ok(t, err)
	id, err := w.As(t, "manager").AskApproval(ctx, salon.AskForm{Act: salon.EditRoles, AboutKind: "role", AboutID: "reception", Detail: detail, Reason: "Two no-shows were called off by mistake."})
	ok(t, err)
	// What was asked for is not done, and nobody else's scope can do it.
	_, err = w.As(t, "manager").With(id).SaveRoles(ctx, change)
	says(t, err, salon.Denied, "Ask again")
	for _, role := range []string{"manager", "reception", "finance"} {
		if err := w.As(t, role).AnswerApproval(ctx, id, salon.AnswerForm{Grant: true}); err == nil {
			t.Errorf("%s could approve it", role)
		}
	}
	sheet, err := w.As(t, "owner").Approvals(ctx)
	ok(t, err)
	if len(sheet.ToAnswer) != 1 || len(sheet.ToAnswer[0].Sentences) != 1 || sheet.ToAnswer[0].Sentences[0].String() != "reception asks before they call off bookings: everybody's." {
		t.Fatalf("the owner reads %+v", sheet.ToAnswer)
	}
	ok(t, w.As(t, "owner").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true, Note: "Good."}))
	says(t, w.As(t, "admin").AnswerApproval(ctx, id, salon.AnswerForm{}), salon.Clash, "answered already")
	_, err = w.As(t, "reception").With(id).SaveRoles(ctx, change)
	kind(t, err, salon.Denied)
	other := []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.ViewReports: {Reach: salon.All, Answer: salon.Yes, Need: "x"}}}}
	_, err = w.As(t, "manager").With(id).SaveRoles(ctx, other)
	says(t, err, salon.Denied, "given for something else")
	said, err := w.As(t, "manager").With(id).SaveRoles(ctx, change)
	ok(t, err)
	if len(said) != 1 || w.As(t, "reception").Grant(salon.CancelVisit).Answer != salon.Ask {
		t.Errorf("saved %v", said)
	}
	change[0].Version++
	_, err = w.As(t, "manager").With(id).SaveRoles(ctx, change)
	says(t, err, salon.Denied, "was used")
	if a := approvalOf(t, w, "owner", id); a.State != salon.Used || a.AnsweredBy != "Rowan" {
		t.Errorf("it stands as %+v", a)
	}
	says(t, w.As(t, "owner").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true}), salon.Clash, "answered already")
	logged, err := store.Texts(w.Store, `SELECT act || ' ' || actor FROM audit WHERE kind = 'approval' ORDER BY seq`)
	ok(t, err)
	if got := strings.Join(logged, ", "); got != "approval.ask Person manager, approval.answer Rowan, role.edit Person manager" {
		t.Errorf("logged as %s", got)
	}
}

// Two tablets use one approval at once: it counts once.
func TestAnApprovalIsUsedOnce(t *testing.T) {
	w := storetest.New(t)
	rec := roleOf(t, w, "reception")
	_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.CreateClient: {Reach: salon.All, Answer: salon.Ask}}}})
	ok(t, err)
	id := approved(t, w, "reception", "manager", salon.AskForm{Act: salon.CreateClient})
	sc := w.As(t, "reception").With(id)
	var wg sync.WaitGroup
	errs := make(chan error, 6)
	for range 6 {
		wg.Go(func() {
			_, err := sc.CreateClient(ctx, "", salon.ClientForm{Name: "Once"})
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	made := 0
	for err := range errs {
		if err == nil {
			made++
		} else {
			kind(t, err, salon.Denied)
		}
	}
	page, err := w.As(t, "owner").Clients(ctx, "Once", 0, 10)
	ok(t, err)
	if made != 1 || page.Total != 1 {
		t.Errorf("%d of 6 were made, %d cards are there", made, page.Total)
	}
	// Nothing a booking does beside it makes a card without an approval.
	_, _, err = w.As(t, "reception").Book(ctx, salon.Booking{NewClient: "Twice", Day: "2026-11-21", Start: 600})
	says(t, err, salon.Denied, "first")
}

// An approval that names a record is for that record, runs out, can be taken
// back, and one that was declined is none.
func TestApprovalsAreNarrow(t *testing.T) {
	w := storetest.New(t)
	ids := w.Seed(t)
	rec := roleOf(t, w, "reception")
	_, err := w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "reception", Version: rec.Version, Grants: map[salon.Act]salon.Grant{salon.EditClient: {Reach: salon.All, Answer: salon.Ask}}}})
	ok(t, err)
	edit := func(ask, name string) error {
		_, err := w.As(t, "reception").With(ask).EditClient(ctx, ids[name], 1, salon.ClientForm{Name: name + " II"})
		return err
	}
	about := salon.AskForm{Act: salon.EditClient, AboutKind: "client", AboutID: ids["Leo Grant"]}
	id := approved(t, w, "reception", "manager", about)
	says(t, edit(id, "Amelia Okafor"), salon.Denied, "given for something else")
	w.Tick(3 * time.Hour)
	says(t, edit(id, "Leo Grant"), salon.Denied, "has ended")
	if a := approvalOf(t, w, "reception", id); a.State != salon.Expired {
		t.Errorf("after three hours it stands as %s", a.State)
	}
	// Without a record it is good for making something, not for changing anything.
	says(t, edit(approved(t, w, "reception", "manager", salon.AskForm{Act: salon.EditClient}), "Leo Grant"), salon.Denied, "given for something else")
	about.Reason = "typo"
	id, err = w.As(t, "reception").AskApproval(ctx, about)
	ok(t, err)
	kind(t, w.As(t, "manager").AnswerApproval(ctx, id, salon.AnswerForm{}), salon.Invalid) // no without a why
	ok(t, w.As(t, "manager").AnswerApproval(ctx, id, salon.AnswerForm{Note: "It is spelt like this."}))
	kind(t, edit(id, "Leo Grant"), salon.Denied)
	id, err = w.As(t, "reception").AskApproval(ctx, about)
	ok(t, err)
	kind(t, w.As(t, "manager").WithdrawApproval(ctx, id), salon.Missing)
	ok(t, w.As(t, "reception").WithdrawApproval(ctx, id))
	says(t, w.As(t, "manager").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true}), salon.Clash, "answered already")
	id, err = w.As(t, "reception").AskApproval(ctx, about)
	ok(t, err)
	w.Tick(25 * time.Hour)
	says(t, w.As(t, "manager").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true}), salon.Clash, "run out of time")
	ok(t, edit(approved(t, w, "reception", "manager", about), "Leo Grant"))
}

// A limit decides who may approve: the manager up to 50, beyond that the owner.
func TestLimitsDecideWhoApproves(t *testing.T) {
	w := storetest.New(t)
	for cents, want := range map[int64]string{5000: "Person manager, Rowan", 5001: "Rowan"} {
		id, err := w.As(t, "reception").AskApproval(ctx, salon.AskForm{Act: salon.GiveRefund, AmountCents: cents, Reason: "The colour faded."})
		ok(t, err)
		var names []string
		for _, h := range approvalOf(t, w, "reception", id).Helpers {
			names = append(names, h.Name)
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("a refund of %d is approved by %s, want %s", cents, got, want)
		}
		err = w.As(t, "manager").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true})
		if (err == nil) != (cents <= 5000) {
			t.Errorf("the manager approves %d: %v", cents, err)
		}
	}
}

// Nobody asks about a record they may not know of: the request would show its
// name.
func TestARequestTellsNoName(t *testing.T) {
	w := storetest.New(t)
	leo := w.Seed(t)["Leo Grant"]
	_, err := w.As(t, "beautician").AskApproval(ctx, salon.AskForm{Act: salon.SeeContact, AboutKind: "client", AboutID: leo, Reason: "x"})
	kind(t, err, salon.Missing)
	_, err = w.As(t, "stock").AskApproval(ctx, salon.AskForm{Act: salon.EditStock, AboutKind: "client", AboutID: leo, Reason: "x"})
	kind(t, err, salon.Missing)
	_, err = w.As(t, "stock").AskApproval(ctx, salon.AskForm{Act: salon.DeleteClient, Reason: "x"})
	kind(t, err, salon.Denied)
}

// From a refusal to access: asked with a reason, answered with an end, gone by
// itself; never more than the answerer holds.
func TestAskForAccess(t *testing.T) {
	w := storetest.New(t)
	_, err := w.As(t, "reception").Report(ctx, salon.ByDay, "", "")
	kind(t, err, salon.Denied)
	_, err = w.As(t, "reception").AskAccess(ctx, salon.ViewReports, " ")
	kind(t, err, salon.Invalid)
	_, err = w.As(t, "reception").AskAccess(ctx, salon.Book, "x")
	kind(t, err, salon.Invalid)
	id, err := w.As(t, "reception").AskAccess(ctx, salon.ViewReports, "Month's end while Hill & Co are away.")
	ok(t, err)
	give := func(role string, until salon.Day) error {
		return w.As(t, role).AnswerApproval(ctx, id, salon.AnswerForm{Grant: true, Until: until})
	}
	kind(t, give("manager", "2026-11-30"), salon.Denied) // holds it, and decides about no rights
	kind(t, give("admin", "2026-11-30"), salon.Denied)   // decides about rights, and does not hold it
	kind(t, give("reception", "2026-11-30"), salon.Denied)
	kind(t, give("owner", ""), salon.Invalid)
	kind(t, give("owner", "2027-03-30"), salon.Invalid)
	ok(t, give("owner", "2026-11-30"))
	_, err = w.As(t, "reception").Report(ctx, salon.ByDay, "", "")
	ok(t, err)
	list, err := w.As(t, "owner").Exceptions(ctx)
	ok(t, err)
	if len(list) != 1 || list[0].EndsAt != "2026-12-01T05:00:00.000Z" || list[0].By != "Rowan" {
		t.Errorf("given as %+v", list)
	}
	w.Tick(10 * 24 * time.Hour)
	_, err = w.As(t, "reception").Report(ctx, salon.ByDay, "", "")
	kind(t, err, salon.Denied)
	// A contact asked for is given with a reason each time, not in the open.
	id, err = w.As(t, "finance").AskAccess(ctx, salon.ViewReports, "x")
	kind(t, err, salon.Invalid)
	if id != "" {
		t.Error("a refused request has an id")
	}
	id, err = w.As(t, "reception").ReportWrong(ctx, salon.CancelVisit, "I call off bookings by mistake; better ask first.")
	ok(t, err)
	if a := approvalOf(t, w, "admin", id); !a.Answerable || a.Kind != salon.ReportWrong {
		t.Errorf("feedback stands as %+v", a)
	}
	ok(t, w.As(t, "admin").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true, Note: "Changed today."}))
}

// An exception given for a time can be ended before it, by hand.
func TestAnExceptionIsEndedByHand(t *testing.T) {
	w := storetest.New(t)
	id, err := w.As(t, "reception").AskAccess(ctx, salon.ViewReports, "x")
	ok(t, err)
	ok(t, w.As(t, "owner").AnswerApproval(ctx, id, salon.AnswerForm{Grant: true, Until: "2026-12-30"}))
	rec := staffOf(t, w, "Person reception").ID
	kind(t, w.As(t, "reception").EndException(ctx, rec, salon.ViewReports), salon.Denied)
	ok(t, w.As(t, "admin").EndException(ctx, rec, salon.ViewReports))
	kind(t, w.As(t, "admin").EndException(ctx, rec, salon.ViewReports), salon.Missing)
	_, err = w.As(t, "reception").Report(ctx, salon.ByDay, "", "")
	kind(t, err, salon.Denied)
}

// The owner of a very small salon confirms alone, with the password, and the
// log says so; in a larger one there is no such way.
func TestASmallSalon(t *testing.T) {
	w := storetest.New(t)
	off := salon.AskForm{Act: salon.Unmask, Detail: []byte(`{"mask":"off"}`), Reason: "One chair, one person."}
	says(t, w.As(t, "owner").SetSmallSalon(ctx, true), salon.Invalid, "There are 8 people")
	id, err := w.As(t, "owner").AskApproval(ctx, off)
	ok(t, err)
	says(t, w.As(t, "owner").ConfirmAlone(ctx, id, storetest.Password), salon.Denied, "a second person")
	for _, role := range []string{"manager", "admin", "reception", "finance", "stock"} {
		ok(t, w.As(t, "owner").TakeLogin(ctx, staffOf(t, w, "Person "+role).ID))
	}
	says(t, w.As(t, "owner").ConfirmAlone(ctx, id, storetest.Password), salon.Denied, "a second person")
	ok(t, w.As(t, "owner").SetSmallSalon(ctx, true))
	kind(t, w.As(t, "owner").ConfirmAlone(ctx, id, "wrong password"), salon.Auth)
	ok(t, w.As(t, "owner").ConfirmAlone(ctx, id, storetest.Password))
	ok(t, w.As(t, "owner").With(id).SetMasking(ctx, false))
	logged, err := store.Texts(w.Store, `SELECT actor || ' ' || reason FROM audit WHERE act = 'approval.alone'`)
	ok(t, err)
	if len(logged) != 1 || logged[0] != "Rowan One chair, one person." {
		t.Errorf("logged as %v", logged)
	}
	// As soon as there are more people again, a second one is asked.
	for _, name := range []string{"A", "B"} {
		_, err := w.As(t, "owner").AddStaff(ctx, salon.StaffForm{Name: name, Role: "reception", Email: name + "@example.com", Password: storetest.Password})
		ok(t, err)
	}
	id, err = w.As(t, "owner").AskApproval(ctx, off)
	ok(t, err)
	says(t, w.As(t, "owner").ConfirmAlone(ctx, id, storetest.Password), salon.Denied, "a second person")
}

// Guessing the password behind ConfirmAlone meets the same wait as signing in.
func TestConfirmingAloneIsNoOracle(t *testing.T) {
	w := storetest.New(t)
	for range 5 {
		kind(t, w.As(t, "owner").ConfirmAlone(ctx, "x", "guess"), salon.Auth)
	}
	says(t, w.As(t, "owner").ConfirmAlone(ctx, "x", storetest.Password), salon.Auth, "Wait")
}
