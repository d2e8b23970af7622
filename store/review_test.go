package store_test

import (
	"strings"
	"testing"
	"time"

	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

func linesOf(t *testing.T, sheet salon.ReviewSheet, name string) map[salon.Act]salon.ReviewLine {
	t.Helper()
	out := map[salon.Act]salon.ReviewLine{}
	for _, p := range sheet.People {
		if p.Name == name {
			for _, l := range p.Lines {
				out[l.Act] = l
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s is not up for review", name)
	}
	return out
}

// A review proposes to take away what nobody used for 90 days, decides line by
// line, takes effect at once, and is signed when everything is decided.
func TestReview(t *testing.T) {
	w := storetest.New(t)
	w.Seed(t)
	w.As(t, "reception")
	w.Tick(100 * 24 * time.Hour)
	for role := range map[string]bool{"owner": true, "reception": true, "admin": true} {
		_, err := w.Door.SignIn(ctx, role+"@example.com", storetest.Password, "tablet")
		ok(t, err)
	}
	w.Store.Close()
	w.Open(t)
	if day, over, err := w.As(t, "reception").ReviewDue(ctx); err != nil || !over || day != "2027-02-19" {
		t.Errorf("a salon that never reviewed is due %s, %v, %v", day, over, err)
	}
	_, err := w.As(t, "reception").Clients(ctx, "", 0, 5)
	ok(t, err)
	_, err = w.As(t, "reception").StartReview(ctx)
	kind(t, err, salon.Denied)
	id, err := w.As(t, "admin").StartReview(ctx)
	ok(t, err)
	again, err := w.As(t, "owner").StartReview(ctx)
	ok(t, err)
	if again != id {
		t.Error("a second review was opened beside the first")
	}
	sheet, err := w.As(t, "admin").Review(ctx, id)
	ok(t, err)
	rec := linesOf(t, sheet, "Person reception")
	if l := rec[salon.ViewClient]; l.Remove || l.LastUsed != "2027-03-01" {
		t.Errorf("what she used today is proposed as %+v", l)
	}
	refund := rec[salon.GiveRefund]
	if !refund.Remove || refund.LastUsed != "" {
		t.Errorf("what she never used is proposed as %+v", refund)
	}
	says(t, w.As(t, "admin").SignReview(ctx, id, "", ""), salon.Invalid, "have not been decided")
	ok(t, w.As(t, "admin").DecideReview(ctx, id, []salon.ReviewDecision{{LineID: refund.ID}}))
	if w.As(t, "reception").Can(salon.GiveRefund) {
		t.Error("what the review took away is still there")
	}
	if !w.As(t, "manager").Can(salon.GiveRefund) {
		t.Error("what the review took from one person is gone for others")
	}
	// Changing one's mind gives back no more than the reviewer holds.
	says(t, w.As(t, "admin").DecideReview(ctx, id, []salon.ReviewDecision{{LineID: refund.ID, Keep: true}}), salon.Denied, "")
	ok(t, w.As(t, "owner").DecideReview(ctx, id, []salon.ReviewDecision{{LineID: refund.ID, Keep: true}}))
	if !w.As(t, "reception").Can(salon.GiveRefund) {
		t.Error("kept after all, and not there")
	}
	own := linesOf(t, sheet, "Person admin")
	says(t, w.As(t, "admin").DecideReview(ctx, id, []salon.ReviewDecision{{LineID: own[salon.SeeContact].ID, Keep: true}}), salon.Denied, "Nobody can review their own rights")
	var all []salon.ReviewDecision
	for _, p := range sheet.People {
		for _, l := range p.Lines {
			all = append(all, salon.ReviewDecision{LineID: l.ID, Keep: true})
		}
	}
	ok(t, w.As(t, "owner").DecideReview(ctx, id, all))
	ok(t, w.As(t, "owner").SignReview(ctx, id, "All well.", ""))
	kind(t, w.As(t, "owner").DecideReview(ctx, id, all[:1]), salon.Missing)
	if day, over, err := w.As(t, "owner").ReviewDue(ctx); err != nil || over || day != "2027-05-30" {
		t.Errorf("the next one is due %s, %v, %v", day, over, err)
	}
	list, err := w.As(t, "owner").Reviews(ctx)
	ok(t, err)
	if len(list) != 1 || list[0].SignedBy != "Rowan" || list[0].Open != 0 {
		t.Errorf("kept as %+v", list)
	}
}

// Too much in one hand is named, and the score moves with what is opened.
func TestTooMuchAndTooOpen(t *testing.T) {
	w := storetest.New(t)
	hands, warnings, err := w.As(t, "owner").TooMuch(ctx)
	ok(t, err)
	if len(hands) != 0 {
		t.Errorf("a new salon begins with too much in one hand: %+v", hands)
	}
	if len(warnings) != 0 {
		for _, x := range warnings {
			t.Logf("a new salon warns: %s", x.Why)
		}
	}
	before, err := w.As(t, "owner").Openness(ctx)
	ok(t, err)
	mgr := roleOf(t, w, "manager")
	_, err = w.As(t, "owner").SaveRoles(ctx, []salon.RoleChange{{Role: "manager", Version: mgr.Version, Grants: map[salon.Act]salon.Grant{salon.ExportPersonal: {Reach: salon.All, Answer: salon.Yes, Need: "the attack"}}}})
	ok(t, err)
	hands, _, err = w.As(t, "owner").TooMuch(ctx)
	ok(t, err)
	if len(hands) != 1 || hands[0].Why.String() != "Person manager can refund, close the till and take the client list along." {
		t.Errorf("refund, till and export: %+v", hands)
	}
	ask := approved(t, w, "owner", "admin", salon.AskForm{Act: salon.Unmask, Detail: []byte(`{"mask":"off"}`)})
	ok(t, w.As(t, "owner").With(ask).SetMasking(ctx, false))
	after, err := w.As(t, "owner").Openness(ctx)
	ok(t, err)
	if after.Score < before.Score+30 || after.Score > 100 {
		t.Errorf("the score went from %d to %d", before.Score, after.Score)
	}
	if len(after.History) < 2 || after.History[0].Score != after.Score {
		t.Errorf("its history is %+v", after.History)
	}
	var why []string
	for _, p := range after.Parts {
		why = append(why, p.Why.String())
	}
	if !strings.Contains(strings.Join(why, " "), "Masking is switched off.") {
		t.Errorf("it says %v", why)
	}
}
