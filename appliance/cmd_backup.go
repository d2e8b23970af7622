package appliance

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"salonkeep/backup/point"
	"salonkeep/store"
	"salonkeep/store/salon"
)

type backupFacts struct {
	Run    string      `json:"run"`
	Good   bool        `json:"good"`
	Say    string      `json:"say"`
	Points []madePoint `json:"points"`
}

type madePoint struct {
	ID          string      `json:"id"`
	Target      string      `json:"target"`
	TakenAt     string      `json:"taken_at"`
	SealedBytes int64       `json:"sealed_bytes"`
	Proved      bool        `json:"proved"`
	Millis      int64       `json:"millis"`
	Facts       salon.Facts `json:"facts"`
}

func (p *program) cmdBackup() *cobra.Command {
	var target, label string
	c := &cobra.Command{
		Use:   "backup",
		Short: "Take a restore point now and prove it",
		Long: "Seals the whole salon onto one backup target or onto all of them, reads it back from there, opens it and counts the\n" +
			"records. Only then it is called good. The salon can go on working meanwhile.",
		Example: "  salonkeep backup --target 'USB Red'",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return p.withSalon(ctx, func(f folder, st *store.Store, sc *store.Scope) error {
				id := ""
				if target != "" {
					t, err := p.target(c, sc, target)
					if err != nil {
						return err
					}
					id = t.ID
				}
				run, err := p.keeper(f, st, commandLine).now(ctx, id, point.Manual, label)
				if err != nil {
					if salon.KindOf(err) == salon.Missing {
						return hint(err, "salonkeep target add USB file:///media/usb/salonkeep")
					}
					return err
				}
				return p.tellBackup(ctx, sc, run)
			})
		},
	}
	c.Flags().StringVar(&target, "target", "", "only this backup target; left out, all of them")
	c.Flags().StringVar(&label, "label", "", "a few words to find it by")
	return p.withJSON(c)
}

// now asks for a run and waits for its end: it does the work itself unless the
// running appliance does.
func (k *keeper) now(ctx context.Context, target string, why point.Reason, label string) (salon.Run, error) {
	id := ""
	for {
		work, got, err := tryLock(k.f.workLock())
		if err != nil {
			return salon.Run{}, err
		}
		if id == "" {
			if got {
				err = k.drain(ctx) // what is left of before, so that nothing stands in the way
			}
			if err == nil {
				id, err = k.sc.AskBackup(ctx, target, string(why), label)
			}
		}
		if got && err == nil {
			err = k.drain(ctx)
		}
		work.release()
		if err != nil {
			return salon.Run{}, err
		}
		run, err := k.sc.Run(ctx, id)
		if err != nil || run.State == salon.RunGood || run.State == salon.RunFailed {
			return run, err
		}
		select {
		case <-ctx.Done():
			return salon.Run{}, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (p *program) tellBackup(ctx context.Context, sc *store.Scope, run salon.Run) error {
	keep, err := sc.Keep(ctx)
	if err != nil {
		return err
	}
	facts := backupFacts{Run: run.ID, Good: run.State == salon.RunGood, Say: run.Say, Points: []madePoint{}}
	for _, pt := range keep.Points {
		// A point names the second it was taken in, a run the millisecond.
		if pt.TakenAt[:19] >= run.AskedAt[:19] && (run.TargetID == "" || run.TargetID == pt.TargetID) {
			facts.Points = append(facts.Points, madePoint{ID: pt.ID, Target: pt.Target, TakenAt: pt.TakenAt, SealedBytes: pt.SealedBytes,
				Proved: pt.Proved, Millis: pt.Millis, Facts: pt.Facts})
		}
	}
	if p.asJSON || facts.Good {
		if err := p.print(facts, func(w io.Writer) {
			fmt.Fprintln(w, run.Say)
			for _, pt := range facts.Points {
				fmt.Fprintf(w, "%s on %s\n", pt.ID, pt.Target)
			}
		}); err != nil {
			return err
		}
	}
	if facts.Good {
		return nil
	}
	return hint(salon.E(salon.Unreachable, "%s", run.Say), "salonkeep target list")
}
