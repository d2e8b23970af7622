package appliance

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"salonkeep/store"
	"salonkeep/store/salon"
)

type targetFacts struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	URL     string `json:"url"`
	AddedAt string `json:"added_at"`
	Points  int    `json:"points"`
	Newest  string `json:"newest"`
	Problem string `json:"problem"`
}

func (p *program) cmdTarget() *cobra.Command {
	c := &cobra.Command{Use: "target", Short: "The places backups go"}
	c.AddCommand(p.cmdTargetAdd(), p.cmdTargetList(), p.cmdTargetRemove())
	return c
}

func (p *program) cmdTargetAdd() *cobra.Command {
	var credentials string
	c := &cobra.Command{
		Use:   "add NAME URL",
		Short: "Add a folder, a drive or a bucket",
		Long: "Adds a place for backups and marks it as this salon's. URL is file:///path for a folder or drive, or\n" +
			"s3://bucket/prefix?endpoint=https://host&region=name for a bucket, with its keys in a file that holds\n" +
			"aws_access_key_id = ... and aws_secret_access_key = ...",
		Example: "  salonkeep target add 'USB Red' file:///media/usb/salonkeep\n" +
			"  salonkeep target add Cloud 's3://my-salon/backups?endpoint=https://s3.example.com&region=ca' --credentials-file keys.txt",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			name, url := strings.TrimSpace(args[0]), placeURL(args[1])
			secret, err := readCredentials(credentials)
			if err != nil {
				return err
			}
			return p.withSalon(c.Context(), func(f folder, st *store.Store, sc *store.Scope) error {
				k := p.keeper(f, st, commandLine)
				id, err := k.enrol(c.Context(), k.sc, name, url, secret)
				if err != nil {
					return hint(err, "salonkeep target add --help")
				}
				return p.print(targetFacts{ID: id, Name: name, URL: url}, func(w io.Writer) {
					fmt.Fprintf(w, "Backups go to %s (%s) from now on. Take the first one:\n\n    salonkeep backup --data %s\n", name, url, quoted(p.data))
				})
			})
		},
	}
	c.Flags().StringVar(&credentials, "credentials-file", "", "a file with the keys of the bucket")
	return p.withJSON(c)
}

func (p *program) cmdTargetList() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use:     "list",
		Short:   "List the places backups go",
		Example: "  salonkeep target list --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withSalon(c.Context(), func(_ folder, _ *store.Store, sc *store.Scope) error {
				list, err := sc.Targets(c.Context())
				if err != nil {
					return err
				}
				facts := []targetFacts{}
				for _, t := range list {
					facts = append(facts, targetFacts{ID: t.ID, Name: t.Name, URL: t.URL, AddedAt: t.AddedAt, Points: t.Points, Newest: t.Newest, Problem: t.Problem})
				}
				return p.print(facts, func(w io.Writer) { printTargets(w, facts) })
			})
		},
	})
}

func printTargets(w io.Writer, list []targetFacts) {
	if len(list) == 0 {
		fmt.Fprintln(w, "Backups go nowhere yet. Add a place: salonkeep target add USB file:///media/usb/salonkeep")
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, t := range list {
		newest := "no restore point yet"
		if t.Newest != "" {
			newest = fmt.Sprintf("%d restore points, the newest of %s", t.Points, t.Newest)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", t.Name, t.URL, newest, t.Problem)
	}
	_ = tw.Flush()
}

func (p *program) cmdTargetRemove() *cobra.Command {
	return &cobra.Command{
		Use:     "remove NAME",
		Short:   "Send no more backups to a place",
		Long:    "Sends no more backups to a place. The restore points that lie there stay there.",
		Example: "  salonkeep target remove 'USB Red'",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withSalon(c.Context(), func(_ folder, _ *store.Store, sc *store.Scope) error {
				t, err := p.target(c, sc, args[0])
				if err != nil {
					return err
				}
				if err := sc.RemoveTarget(c.Context(), t.ID); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "No more backups go to %s. The restore points there stay.\n", t.Name)
				return nil
			})
		},
	}
}

// target finds a target by its name or id.
func (p *program) target(c *cobra.Command, sc *store.Scope, name string) (salon.Target, error) {
	list, err := sc.Targets(c.Context())
	if err != nil {
		return salon.Target{}, err
	}
	for _, t := range list {
		if t.ID == name || strings.EqualFold(t.Name, name) {
			return t, nil
		}
	}
	return salon.Target{}, hint(salon.E(salon.Missing, "There is no backup target named %s.", name), "salonkeep target list")
}

// readCredentials is the text of a credentials file, "" without one.
func readCredentials(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", salon.E(salon.Missing, "The credentials file %s cannot be read.", path).Because(err)
	}
	return string(text), nil
}

// placeURL lets a person type a plain path where a URL belongs.
func placeURL(s string) string {
	if strings.Contains(s, "://") || !filepath.IsAbs(s) {
		return s
	}
	return fileURL(s)
}
