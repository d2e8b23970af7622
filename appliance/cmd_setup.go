package appliance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"salonkeep/store"
	"salonkeep/store/salon"
)

type setupFacts struct {
	Salon   string `json:"salon"`
	Data    string `json:"data"`
	Kit     string `json:"kit"`
	KitFile string `json:"kit_file"`
}

func (p *program) cmdSetup() *cobra.Command {
	var f salon.Founding
	var passwordFile, kitFile string
	var taxes []string
	c := &cobra.Command{
		Use:   "setup",
		Short: "Set up a new salon without a browser",
		Long: "Sets up a new salon in an empty folder and writes its recovery kit. The kit alone opens the salon's backups: print it,\n" +
			"keep it away from this PC, and delete the file.",
		Example: "  salonkeep setup --salon 'Shear Delight' --owner 'Rowan Ash' --email rowan@example.com \\\n" +
			"      --password-file owner.txt --kit kit.txt --currency CAD --timezone America/Toronto --tax GST=5 --tax PST=8",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if f.Taxes, err = parseTaxes(taxes); err != nil {
				return hint(err, "salonkeep setup --tax GST=5 ...")
			}
			if f.Password, err = readSecret(passwordFile, "password file"); err != nil {
				return err
			}
			facts, err := p.setup(c.Context(), f, kitFile)
			if err != nil {
				return err
			}
			return p.print(facts, func(w io.Writer) {
				fmt.Fprintf(w, "%s is set up in %s.\nThe recovery kit %s is in %s: print it, keep it away from this PC, and delete the file.\n"+
					"Next, say where backups go:\n\n    salonkeep target add USB file:///media/usb/salonkeep --data %s\n",
					facts.Salon, facts.Data, facts.Kit, facts.KitFile, quoted(p.data))
			})
		},
	}
	c.Flags().StringVar(&f.Salon, "salon", "", "what the salon is called")
	c.Flags().StringVar(&f.Owner, "owner", "", "the owner's name")
	c.Flags().StringVar(&f.Email, "email", "", "the address the owner signs in with")
	c.Flags().StringVar(&passwordFile, "password-file", "", "a file whose first line is the owner's password")
	c.Flags().StringVar(&kitFile, "kit", "", "where the recovery kit is written; the file must not exist")
	c.Flags().StringVar(&f.Language, "language", "en", "en or zh-CN")
	c.Flags().StringVar(&f.Currency, "currency", "CAD", "ISO code of the currency")
	c.Flags().StringVar(&f.Timezone, "timezone", "America/Toronto", "time zone of the salon")
	c.Flags().StringArrayVar(&taxes, "tax", nil, "a tax with its rate in percent, NAME=5; again for each tax")
	must(c, "salon", "owner", "email", "password-file", "kit")
	return p.withJSON(c)
}

func (p *program) setup(ctx context.Context, f salon.Founding, kitFile string) (setupFacts, error) {
	dir, err := p.folder()
	if err != nil {
		return setupFacts{}, err
	}
	if err := dir.checkEmpty(); err != nil {
		return setupFacts{}, hint(err, "salonkeep setup --data NEW-FOLDER ...")
	}
	if err := dir.make(); err != nil {
		return setupFacts{}, err
	}
	work, err := waitLock(ctx, dir.workLock())
	if err != nil {
		return setupFacts{}, err
	}
	defer work.release()
	who, err := firstIdentity(dir, p.now())
	if err != nil {
		return setupFacts{}, err
	}
	k, err := newKeys(f.Salon, p.now(), p.sealCost)
	if err != nil {
		return setupFacts{}, err
	}
	// The kit comes first: a salon whose kit was lost on the way could never
	// be opened from its backups, a kit without a salon is waste paper.
	if err := writeKit(kitFile, k.kit.Text()); err != nil {
		return setupFacts{}, err
	}
	p.moment("setup: kit written")
	if err := p.found(ctx, dir, f, k, who); err != nil {
		return setupFacts{}, hint(errors.Join(err, os.Remove(kitFile)), "salonkeep setup --help")
	}
	return setupFacts{Salon: f.Salon, Data: string(dir), Kit: k.kit.ID, KitFile: kitFile}, nil
}

// found makes the salon. The caller holds the work lock.
func (p *program) found(ctx context.Context, dir folder, f salon.Founding, k keys, who identity) error {
	machine, err := k.machine(who)
	if err != nil {
		return err
	}
	f.Machine = machine
	if err := store.Found(ctx, dir.database(), f, p.storeOptions()); err != nil {
		return err
	}
	p.moment("found: named")
	return dir.endFirstRun()
}

// endFirstRun removes what only a folder without a salon needs. What a power
// cut leaves of it does no harm.
func (f folder) endFirstRun() error {
	if err := os.Remove(f.claim()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("end the first run: %w", err)
	}
	if err := os.RemoveAll(f.firstRun()); err != nil {
		return fmt.Errorf("end the first run: %w", err)
	}
	return nil
}

// writeKit makes the kit file for the owner alone and never overwrites one: it
// might be the only copy.
func writeKit(path, text string) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return salon.E(salon.NotEmpty, "The file %s is there already. A recovery kit never replaces a file; name another.", path)
	}
	if err != nil {
		return salon.E(salon.Invalid, "The recovery kit cannot be written to %s. Name another file.", path).Because(err)
	}
	_, err = io.WriteString(out, text)
	if err == nil {
		err = out.Sync()
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(path)
		return salon.E(salon.Unreachable, "The recovery kit could not be written to %s whole. Name a file on another drive.", path).Because(err)
	}
	return nil
}

// parseTaxes reads NAME=5 or NAME=9.975, exactly, as millionths.
func parseTaxes(list []string) ([]salon.Tax, error) {
	var out []salon.Tax
	for _, s := range list {
		name, rate, ok := strings.Cut(s, "=")
		name = strings.TrimSpace(name)
		percent, good := new(big.Rat).SetString(strings.TrimSuffix(strings.TrimSpace(rate), "%"))
		if !ok || name == "" || !good || percent.Sign() < 0 || percent.Cmp(big.NewRat(100, 1)) > 0 || strings.ContainsAny(rate, "/eE_xX") {
			return nil, salon.E(salon.Invalid, "“%s” is not a tax. Write its name and its rate in percent, for example GST=5.", s)
		}
		percent.Mul(percent, big.NewRat(10000, 1))
		if !percent.IsInt() {
			return nil, salon.E(salon.Invalid, "The rate of “%s” has more than four decimals.", s)
		}
		out = append(out, salon.Tax{Name: name, RateE6: percent.Num().Int64()})
	}
	return out, nil
}
