package appliance

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"salonkeep/backup"
	"salonkeep/store"
	"salonkeep/store/salon"
)

type verifyFacts struct {
	Point    string           `json:"point"`
	Good     bool             `json:"good"`
	TakenAt  string           `json:"taken_at"`
	Kit      string           `json:"kit"`
	Vouched  bool             `json:"signed_by_the_key_on_the_kit"`
	Bytes    int64            `json:"sealed_bytes"`
	Millis   map[string]int64 `json:"millis"`
	Facts    salon.Facts      `json:"facts"`
	Warnings []string         `json:"warnings"`
}

// fromFlags are what verify and restore need to reach and open a point.
type fromFlags struct {
	from, kit, point, credentials string
}

func (f *fromFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.from, "from", "", "address of the place, file:///path or s3://bucket/prefix?endpoint=https://host")
	c.Flags().StringVar(&f.kit, "kit", "", "the recovery kit: its file, or a file with its groups or the text of its QR code")
	c.Flags().StringVar(&f.point, "point", "", "which restore point; left out, the newest good one")
	c.Flags().StringVar(&f.credentials, "credentials-file", "", "a file with the keys of the bucket")
	must(c, "from", "kit")
}

// request opens the place and reads the kit. The caller closes the shelf.
func (f *fromFlags) request(p *program, scratch string) (backup.Request, error) {
	text, err := os.ReadFile(f.kit)
	if err != nil {
		return backup.Request{}, salon.E(salon.Missing, "The recovery kit %s cannot be read.", f.kit).Because(err)
	}
	kit, err := backup.ParseKit(string(text))
	if err != nil {
		return backup.Request{}, err
	}
	secret, err := readCredentials(f.credentials)
	if err != nil {
		return backup.Request{}, err
	}
	s, err := p.shelf("", placeURL(f.from), secret)
	if err != nil {
		return backup.Request{}, err
	}
	return backup.Request{Shelf: s, Point: f.point, Kit: kit, Check: store.Inspect, Schema: store.NewestSchema(), Scratch: scratch, Now: p.now, At: p.at}, nil
}

// hintFrom adds the next command to what verify and restore may refuse.
func (f *fromFlags) hintFrom(err error) error {
	switch salon.KindOf(err) {
	case salon.WrongKey, salon.Missing, salon.Damaged, salon.Invalid:
		return hint(err, "salonkeep points --from %s   shows every restore point and the kit it wants", quoted(f.from))
	case salon.Newer:
		return hint(err, "salonkeep version")
	}
	return err
}

func (p *program) cmdVerify() *cobra.Command {
	var flags fromFlags
	c := &cobra.Command{
		Use:   "verify",
		Short: "Open a restore point and check everything in it",
		Long: "Reads a whole restore point, checks its signature and every hash, opens it with the recovery kit, asks the database\n" +
			"whether it is sound, and compares what is in it with what was sealed. Nothing is changed anywhere.",
		Example: "  salonkeep verify --from file:///media/usb/salonkeep --kit kit.txt",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.verify(c.Context(), &flags)
		},
	}
	flags.add(c)
	return p.withJSON(c)
}

func (p *program) verify(ctx context.Context, flags *fromFlags) error {
	// The copy is opened beside the salon if there is one, else where the
	// system keeps such files: verify needs no data folder.
	scratch, err := os.MkdirTemp(p.scratchParent(), "salonkeep-verify-")
	if err != nil {
		return fmt.Errorf("make a working folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // swept by the next run as well
	q, err := flags.request(p, scratch)
	if err != nil {
		return flags.hintFrom(err)
	}
	defer q.Shelf.Close()
	r, err := backup.Verify(ctx, q)
	if err != nil {
		return flags.hintFrom(err)
	}
	facts := verifyFacts{Point: r.Point.ID, Good: true, TakenAt: r.Point.TakenAt, Kit: r.Kit.ID, Vouched: r.Vouched, Bytes: r.Point.Bytes(),
		Millis: millis(r.Steps), Facts: r.Facts, Warnings: warnings(r.Warnings)}
	return p.print(facts, func(w io.Writer) {
		fmt.Fprintf(w, "%s is good: %s, %d clients, %d appointments, %d receipts, net %s %s.\n", r.Point.ID, r.Facts.Salon,
			r.Facts.Rows["client"], r.Facts.Rows["appointment"], r.Facts.Rows["sale"], cents(r.Facts.NetCents), r.Facts.Currency)
		for _, s := range facts.Warnings {
			fmt.Fprintln(w, s)
		}
	})
}

// scratchParent is the salon's working folder where there is one, else "" for
// the system's own.
func (p *program) scratchParent() string {
	f, err := p.folder()
	if err != nil || !f.founded() {
		return ""
	}
	dir, err := f.work()
	if err != nil {
		return ""
	}
	return dir
}

func millis(steps []backup.Step) map[string]int64 {
	out := map[string]int64{}
	for _, s := range steps {
		out[string(s.Stage)] = s.Took.Round(time.Millisecond).Milliseconds()
	}
	return out
}

func warnings(list []error) []string {
	out := []string{}
	for _, w := range list {
		out = append(out, sayOf(w))
	}
	return out
}
