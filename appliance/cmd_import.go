package appliance

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"salonkeep/store"
	"salonkeep/store/ingest"
	"salonkeep/store/salon"
)

func (p *program) cmdImport() *cobra.Command {
	c := &cobra.Command{
		Use:   "import",
		Short: "Take over another system's records",
		Long: "Takes over the records that another system exported: all of it in one step or nothing. The same files again change\n" +
			"nothing; after a correction in the files, only what was corrected changes.",
	}
	for _, format := range ingest.Formats() {
		c.AddCommand(p.cmdImportFormat(format))
	}
	c.AddCommand(p.cmdImportList(), p.cmdImportUndo())
	return c
}

func (p *program) cmdImportFormat(format ingest.Format) *cobra.Command {
	var asOf, dates string
	var dry bool
	c := &cobra.Command{
		Use:     format.Name + " DIR",
		Aliases: format.Aliases,
		Short:   "Read " + format.Says,
		Example: fmt.Sprintf("  salonkeep import %s ./export --as-of 2018-07-29 --dry-run", format.Name),
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			options := ingest.Options{Dates: dates}
			if asOf != "" {
				day, err := salon.ParseDay(asOf)
				if err != nil {
					return err
				}
				options.AsOf = day
			}
			return p.runImport(c.Context(), format, args[0], options, dry)
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "the day the files were exported; left out, the files tell")
	c.Flags().StringVar(&dates, "dates", "", "order of the dates, mdy, dmy or ymd; left out, the files prove it")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would happen and change nothing")
	return p.withJSON(c)
}

func (p *program) runImport(ctx context.Context, format ingest.Format, dir string, o ingest.Options, dry bool) error {
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return hint(salon.E(salon.Missing, "There is no folder %s.", dir).Because(err), "salonkeep import %s --help", format.Name)
	}
	return p.withSalon(ctx, func(_ folder, _ *store.Store, sc *store.Scope) error {
		batch, err := format.Read(os.DirFS(dir), o)
		if err != nil {
			return hint(err, "salonkeep import %s --help", format.Name)
		}
		result, err := sc.Import(ctx, batch, dry)
		if err != nil {
			return err
		}
		return p.print(result, func(w io.Writer) { printImport(w, result) })
	})
}

// shownProblems is how many problems are printed; --json has them all.
const shownProblems = 20

func printImport(w io.Writer, r salon.ImportResult) {
	if r.DryRun {
		fmt.Fprintln(w, "A rehearsal: nothing was changed.")
	}
	for _, f := range r.Files {
		fmt.Fprintf(w, "%-45s %8d rows, %d stored, %d refused\n", f.File, f.Read, f.Stored, f.Refused)
	}
	for _, k := range r.Counts {
		fmt.Fprintf(w, "%-15s %8d new, %d changed, %d unchanged\n", k.Kind, k.New, k.Changed, k.Unchanged)
	}
	for i, problem := range r.Problems {
		if i == shownProblems {
			fmt.Fprintf(w, "and %d more; --json lists them all\n", len(r.Problems)-i)
			break
		}
		where := problem.File
		if problem.Line > 0 {
			where += fmt.Sprintf(", line %d", problem.Line)
		}
		if problem.Field != "" {
			where += ", " + problem.Field
		}
		fmt.Fprintf(w, "%s: %s: %s\n", problem.Severity, where, problem.Text)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(w, note)
	}
	if r.ID != "" {
		fmt.Fprintf(w, "To take it back: salonkeep import undo %s\n", r.ID)
	}
}

func (p *program) cmdImportList() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use:     "list",
		Short:   "List the imports that can be taken back",
		Example: "  salonkeep import list",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withSalon(c.Context(), func(_ folder, _ *store.Store, sc *store.Scope) error {
				list, err := sc.Imports(c.Context())
				if err != nil {
					return err
				}
				return p.print(list, func(w io.Writer) {
					if len(list) == 0 {
						fmt.Fprintln(w, "Nothing has been imported.")
					}
					for _, r := range list {
						counts := make([]string, 0, len(r.Counts))
						for _, k := range r.Counts {
							counts = append(counts, fmt.Sprintf("%s %d new %d changed", k.Kind, k.New, k.Changed))
						}
						fmt.Fprintf(w, "%s  %s as of %s: %s\n", r.ID, r.Source, r.AsOf, strings.Join(counts, ", "))
					}
				})
			})
		},
	})
}

func (p *program) cmdImportUndo() *cobra.Command {
	return &cobra.Command{
		Use:     "undo ID",
		Short:   "Take an import back",
		Example: "  salonkeep import undo 01934b7e-...",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withSalon(c.Context(), func(_ folder, _ *store.Store, sc *store.Scope) error {
				if err := sc.UndoImport(c.Context(), args[0]); err != nil {
					return hint(err, "salonkeep import list")
				}
				fmt.Fprintln(p.out, "The import was taken back.")
				return nil
			})
		},
	}
}
