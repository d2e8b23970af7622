package appliance

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"salonkeep/backup/shelf"
	"salonkeep/store"
	"salonkeep/store/salon"
)

// health is what a check found.
type health string

const (
	healthy   health = "ok"
	attention health = "attention"
	problem   health = "problem"
)

type checkFacts struct {
	Name  string `json:"name"`
	State health `json:"state"`
	Say   string `json:"say"`
	Next  string `json:"next,omitempty"` // the command that helps
}

type doctorFacts struct {
	OK     bool         `json:"ok"`
	Checks []checkFacts `json:"checks"`
}

const (
	amberAge = 26 * time.Hour // since the newest proved point
	redAge   = 50 * time.Hour
	lowDisk  = 1 << 30 // bytes
)

func (p *program) cmdDoctor() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use:   "doctor",
		Short: "Check the salon's records, backups and this PC",
		Long: "Looks at everything that could keep the salon from working or from coming back: the database, the log of changes, the\n" +
			"backup targets, the disk, the certificates. It changes nothing. The exit code is 12 if anything needs attention.",
		Example: "  salonkeep doctor --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withSalon(c.Context(), func(f folder, st *store.Store, sc *store.Scope) error {
				facts := p.examine(c.Context(), f, sc)
				if err := c.Context().Err(); err != nil {
					return err
				}
				err := p.print(facts, func(w io.Writer) {
					for _, k := range facts.Checks {
						fmt.Fprintf(w, "%-10s %-13s %s\n", k.State, k.Name, k.Say)
						if k.Next != "" {
							fmt.Fprintf(w, "%24s hint: %s\n", "", k.Next)
						}
					}
				})
				if err == nil && !facts.OK {
					return exitStatus(exitAttention)
				}
				return err
			})
		},
	})
}

func (p *program) examine(ctx context.Context, f folder, sc *store.Scope) doctorFacts {
	checks := []checkFacts{p.checkRunning(f), p.checkRecords(ctx, sc), p.checkDisk(f), p.checkAuthority(ctx, sc)}
	checks = append(checks, p.checkBackups(ctx, sc)...)
	facts := doctorFacts{OK: true, Checks: checks}
	for _, k := range checks {
		facts.OK = facts.OK && k.State == healthy
	}
	return facts
}

func (p *program) checkRunning(f folder) checkFacts {
	held, free, err := tryLock(f.runLock())
	if err != nil {
		return checkFacts{"appliance", problem, err.Error(), ""}
	}
	held.release()
	if free {
		return checkFacts{"appliance", attention, "Nothing serves this folder: the tablets cannot reach the salon, and no backup is taken at night.", "salonkeep run --data " + quoted(p.data)}
	}
	return checkFacts{"appliance", healthy, "It is running.", ""}
}

func (p *program) checkRecords(ctx context.Context, sc *store.Scope) checkFacts {
	n, err := sc.Soundness(ctx)
	if err != nil {
		return checkFacts{"records", problem, sayOf(err), "salonkeep points"}
	}
	return checkFacts{"records", healthy, fmt.Sprintf("The database is sound, and the chain of its %d log entries is whole.", n), ""}
}

func (p *program) checkDisk(f folder) checkFacts {
	free, err := shelf.Free(string(f))
	if err != nil {
		return checkFacts{"disk", problem, err.Error(), ""}
	}
	if free < lowDisk {
		return checkFacts{"disk", problem, fmt.Sprintf("Only %s are free on the disk of this PC.", megabytes(free)), ""}
	}
	return checkFacts{"disk", healthy, fmt.Sprintf("%s are free.", megabytes(free)), ""}
}

func (p *program) checkAuthority(ctx context.Context, sc *store.Scope) checkFacts {
	who, err := savedIdentity(ctx, sc)
	if err != nil {
		return checkFacts{"certificate", problem, err.Error(), ""}
	}
	until := who.authority.Root.NotAfter
	if until.Sub(p.now()) < 365*24*time.Hour {
		return checkFacts{"certificate", attention, fmt.Sprintf("The certificate authority that the tablets trust ends on %s.", until.Format(time.DateOnly)), ""}
	}
	return checkFacts{"certificate", healthy, fmt.Sprintf("The authority is good until %s. Its fingerprint is %s.", until.Format(time.DateOnly), who.authority.Fingerprint()), ""}
}

func (p *program) checkBackups(ctx context.Context, sc *store.Scope) []checkFacts {
	targets, err := sc.Targets(ctx)
	if err != nil {
		return []checkFacts{{"backups", problem, err.Error(), ""}}
	}
	if len(targets) == 0 {
		return []checkFacts{{"backups", problem, "Backups go nowhere: if this PC died now, everything would be lost.", "salonkeep target add USB file:///media/usb/salonkeep"}}
	}
	var out []checkFacts
	newest := ""
	for _, t := range targets {
		newest = max(newest, t.Newest)
		out = append(out, p.checkTarget(ctx, t))
	}
	return append([]checkFacts{p.checkAge(newest)}, out...)
}

func (p *program) checkAge(newest string) checkFacts {
	taken, err := time.Parse(time.RFC3339, newest)
	if newest == "" || err != nil {
		return checkFacts{"backups", problem, "There is no proved restore point yet.", "salonkeep backup"}
	}
	age := p.now().Sub(taken)
	say := fmt.Sprintf("The newest proved restore point is %s old.", age.Round(time.Minute))
	switch {
	case age < -time.Hour:
		return checkFacts{"backups", attention, fmt.Sprintf("The newest restore point is of %s, which is in the future: one of the clocks was wrong.", newest), "salonkeep backup"}
	case age > redAge:
		return checkFacts{"backups", problem, say, "salonkeep backup"}
	case age > amberAge:
		return checkFacts{"backups", attention, say, "salonkeep backup"}
	}
	return checkFacts{"backups", healthy, say, ""}
}

func (p *program) checkTarget(ctx context.Context, t salon.Target) checkFacts {
	name := "target " + t.Name
	list, err := p.listPoints(ctx, t.Name, t.URL, t.Secret)
	if err != nil {
		return checkFacts{name, problem, sayOf(err), "salonkeep target list"}
	}
	good, bad := 0, ""
	for _, pt := range list {
		if pt.State == "good" {
			good++
		} else if pt.State == "damaged" {
			bad = pt.Why
		}
	}
	switch {
	case bad != "":
		return checkFacts{name, problem, bad, "salonkeep points"}
	case t.Problem != "":
		return checkFacts{name, attention, "It answers now, but the last backup there failed: " + t.Problem, "salonkeep backup"}
	case good == 0:
		return checkFacts{name, attention, "It answers, and there is no good restore point on it.", "salonkeep backup"}
	}
	return checkFacts{name, healthy, fmt.Sprintf("It answers, with %d good restore points.", good), ""}
}
