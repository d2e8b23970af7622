package appliance

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store"
	"salonkeep/store/salon"
)

type pointFacts struct {
	ID          string   `json:"id"`
	Target      string   `json:"target"`
	State       string   `json:"state"`
	TakenAt     string   `json:"taken_at,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Label       string   `json:"label,omitempty"`
	SealedBytes int64    `json:"sealed_bytes"`
	Program     string   `json:"program,omitempty"`
	Kits        []string `json:"kits"`
	Why         string   `json:"why,omitempty"`
}

// pointsFacts are the points and the targets that could not be asked.
type pointsFacts struct {
	Points   []pointFacts   `json:"points"`
	Problems []pointProblem `json:"problems"`
}

type pointProblem struct {
	Target string `json:"target"`
	Say    string `json:"say"`
}

func (p *program) cmdPoints() *cobra.Command {
	var from, credentials string
	c := &cobra.Command{
		Use:   "points",
		Short: "List the restore points",
		Long: "Lists the restore points that lie on the salon's backup targets, or at one address without needing a salon. It reads\n" +
			"the open manifests only; verify opens a point.",
		Example: "  salonkeep points --from file:///media/usb/salonkeep",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			if from != "" {
				secret, err := readCredentials(credentials)
				if err != nil {
					return err
				}
				from = placeURL(from)
				list, err := p.listPoints(ctx, "", from, secret)
				if err != nil {
					return hint(err, "salonkeep points --help")
				}
				return p.printPoints(pointsFacts{Points: list, Problems: []pointProblem{}})
			}
			return p.withSalon(ctx, func(f folder, st *store.Store, sc *store.Scope) error {
				facts, err := p.everyPoint(ctx, sc)
				if err != nil {
					return err
				}
				return p.printPoints(facts)
			})
		},
	}
	c.Flags().StringVar(&from, "from", "", "address of one place; left out, the salon's own backup targets")
	c.Flags().StringVar(&credentials, "credentials-file", "", "a file with the keys of the bucket")
	return p.withJSON(c)
}

// everyPoint asks every target. One that does not answer hides none of the
// others.
func (p *program) everyPoint(ctx context.Context, sc *store.Scope) (pointsFacts, error) {
	facts := pointsFacts{Points: []pointFacts{}, Problems: []pointProblem{}}
	targets, err := sc.Targets(ctx)
	if err != nil {
		return facts, err
	}
	signing, err := sc.Machine(ctx, keySigning)
	if err != nil {
		return facts, err
	}
	key, err := point.ParseKey(signing)
	if err != nil {
		return facts, err
	}
	for _, t := range targets {
		list, err := p.listPoints(ctx, t.Name, t.URL, t.Secret, key.Public())
		if ctx.Err() != nil {
			return facts, ctx.Err()
		}
		if err != nil {
			facts.Problems = append(facts.Problems, pointProblem{Target: t.Name, Say: sayOf(err)})
		}
		facts.Points = append(facts.Points, list...)
	}
	return facts, nil
}

func (p *program) listPoints(ctx context.Context, name, url, secret string, keys ...point.PublicKey) ([]pointFacts, error) {
	s, err := p.shelf(name, url, secret)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list, err := backup.List(ctx, s, keys...)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = url
	}
	out := []pointFacts{}
	for _, l := range list {
		f := pointFacts{ID: l.ID, Target: name, State: string(l.State), TakenAt: l.Point.TakenAt, Reason: string(l.Point.Reason), Label: l.Point.Label,
			SealedBytes: l.Point.Bytes(), Program: l.Point.Program, Kits: l.Point.Kits}
		if f.Kits == nil {
			f.Kits = []string{}
		}
		if l.Why != nil {
			f.Why = sayOf(l.Why)
		}
		out = append(out, f)
	}
	return out, nil
}

func (p *program) printPoints(facts pointsFacts) error {
	err := p.print(facts, func(w io.Writer) {
		if len(facts.Points) == 0 && len(facts.Problems) == 0 {
			fmt.Fprintln(w, "There is no restore point yet. Take one: salonkeep backup")
		}
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, pt := range facts.Points {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", pt.ID, pt.Target, pt.State, pt.Reason, megabytes(pt.SealedBytes), pt.Label+pt.Why)
		}
		_ = tw.Flush()
		for _, problem := range facts.Problems {
			fmt.Fprintln(w, problem.Say)
		}
	})
	if err != nil {
		return err
	}
	if len(facts.Problems) > 0 {
		return hint(salon.E(salon.Unreachable, "%d of the backup targets could not be asked.", len(facts.Problems)), "salonkeep target list")
	}
	return nil
}
