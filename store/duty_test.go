package store_test

import (
	"strings"
	"testing"
	"time"

	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

func dutyOf(t *testing.T, w *storetest.World, c salon.Control) salon.Duty {
	t.Helper()
	list, err := w.As(t, "reception").Duties(ctx)
	ok(t, err)
	for _, d := range list {
		if d.Control == c {
			return d
		}
	}
	t.Fatalf("there is no control %s", c)
	return salon.Duty{}
}

func warns(d salon.Duty) string {
	var out []string
	for _, s := range d.Warnings {
		out = append(out, s.String())
	}
	return strings.Join(out, " ")
}

// Every control has an owner and a deputy; an absence hands over to the deputy
// for its days; what is missing is a warning; somebody always answers.
func TestDuties(t *testing.T) {
	w := storetest.New(t)
	id := func(role string) string { return staffOf(t, w, "Person "+role).ID }
	d := dutyOf(t, w, salon.BackupStatus)
	if d.Acting.Name != "Rowan" || !strings.Contains(warns(d), "Nobody answers for this") || !strings.Contains(warns(d), "Choose a deputy") {
		t.Errorf("unassigned: %s acts, %q", d.Acting.Name, warns(d))
	}
	kind(t, w.As(t, "reception").SetDuty(ctx, salon.BackupStatus, id("it"), id("manager")), salon.Denied)
	kind(t, w.As(t, "admin").SetDuty(ctx, salon.BackupStatus, id("it"), id("it")), salon.Invalid)
	kind(t, w.As(t, "admin").SetDuty(ctx, "no such control", id("it"), ""), salon.Missing)
	ok(t, w.As(t, "admin").SetDuty(ctx, salon.BackupStatus, id("it"), id("manager")))
	d = dutyOf(t, w, salon.BackupStatus)
	if d.Acting.Name != "Person it" || warns(d) != "Person manager answers for this and has no right to do it: backup status." {
		t.Errorf("assigned: %s acts, %q", d.Acting.Name, warns(d))
	}
	// Everybody may note their own absence, and nobody else's.
	_, err := w.As(t, "it").AddAbsence(ctx, id("manager"), "2026-11-22", "2026-11-23")
	kind(t, err, salon.Denied)
	_, err = w.As(t, "it").AddAbsence(ctx, id("it"), "2026-11-23", "2026-11-22")
	kind(t, err, salon.Invalid)
	away, err := w.As(t, "it").AddAbsence(ctx, id("it"), "2026-11-22", "2026-11-23")
	ok(t, err)
	if d = dutyOf(t, w, salon.BackupStatus); d.Acting.Name != "Person it" {
		t.Errorf("the day before the absence %s acts", d.Acting.Name)
	}
	w.Tick(24 * time.Hour)
	if d = dutyOf(t, w, salon.BackupStatus); d.Acting.Name != "Person manager" || d.OwnerOff != "2026-11-23" {
		t.Errorf("during the absence %s acts until %s", d.Acting.Name, d.OwnerOff)
	}
	mine, err := w.As(t, "manager").MyDuties(ctx)
	ok(t, err)
	if len(mine) != 1 || mine[0] != salon.BackupStatus {
		t.Errorf("the manager answers for %v", mine)
	}
	_, err = w.As(t, "admin").AddAbsence(ctx, id("manager"), "2026-11-22", "2026-11-22")
	ok(t, err)
	if d = dutyOf(t, w, salon.BackupStatus); d.Acting.Name != "Rowan" || !strings.Contains(warns(d), "is away and nobody stands in") {
		t.Errorf("with both away %s acts, %q", d.Acting.Name, warns(d))
	}
	kind(t, w.As(t, "reception").RemoveAbsence(ctx, away), salon.Denied)
	ok(t, w.As(t, "it").RemoveAbsence(ctx, away))
	if d = dutyOf(t, w, salon.BackupStatus); d.Acting.Name != "Person it" {
		t.Errorf("back early, and %s acts", d.Acting.Name)
	}
	w.Tick(48 * time.Hour)
	kind(t, w.As(t, "admin").RemoveAbsence(ctx, away), salon.Missing)
}
