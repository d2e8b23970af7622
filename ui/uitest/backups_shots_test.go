package uitest_test

import (
	"context"
	"testing"
	"time"

	"salonkeep/ui/uitest"
)

// TestBackupShots looks at the backups page in each of its states, as TestShots
// looks at the others.
func TestBackupShots(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	ctx, loop := context.Background(), s.Store.As("nightly")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// each look signs in anew: language is the person's, the theme the device's.
	look := func(name, path, role string) {
		t.Helper()
		for i, l := range [][2]string{{"light", "en"}, {"dark", "en"}, {"light", "zh-CN"}, {"dark", "zh-CN"}} {
			tab.Open("/signin")
			s.look(t, tab, l[0], l[1])
			s.enter(t, tab, role, l[1])
			tab.Open(path)
			s.examine(t, tab, name, l[0], l[1])
			if i == 0 {
				examineReflow(t, tab, name)
				tab.Resize(uitest.Desk)
			}
			Leave(tab)
		}
	}

	look("04-backups-none", "/backups", "owner")
	usb, bucket := s.target(t, "USB Red Kingston", "file:///media/usb/salonkeep"), s.target(t, "Bucket eu-1", "s3://rr-keep/salon?endpoint=https%3A%2F%2Fs3.eu-1.example.net&region=eu-1")
	look("04-backups-unproved", "/backups", "owner")
	s.history(t, usb, bucket)
	s.Tick(4 * time.Minute)
	must(s.As(t, "owner").AddNote(ctx, "client", s.ids["Amelia Okafor"], "Window chair."))
	look("04-backups", "/backups", "owner")
	look("04-backups-reception", "/backups", "reception")
	look("04-backups-add", "/backups?add=1", "owner")
	run, err := loop.AskBackup(ctx, "", "manual", "")
	must(err)
	_, _, err = loop.NextRun(ctx)
	must(err)
	must(loop.Advance(ctx, run, "reading-back", 30_700_000, 61_400_000))
	look("04-backups-running", "/backups", "owner")
	said := "The drive of the backup target USB Red Kingston is not connected. Plug it in and start the backup again."
	must(loop.TargetProblem(ctx, usb, said))
	must(loop.FinishRun(ctx, run, false, said))
	look("04-backups-attention", "/backups", "owner")
	s.Tick(72 * time.Hour)
	look("04-backups-overdue", "/backups", "owner")
}
