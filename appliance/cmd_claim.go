package appliance

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"salonkeep/store/salon"
)

type claimFacts struct {
	Code string `json:"code"`
	Link string `json:"link"`
}

func (p *program) cmdClaim() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use:   "claim",
		Short: "Make a new one-time link for the first run",
		Long: "Makes a new one-time link for the first run, in place of the last one. It is good for an hour and for one browser;\n" +
			"a first run that is under way in another browser ends.",
		Example: "  salonkeep claim --data /var/lib/salonkeep",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := p.folder()
			if err != nil {
				return err
			}
			if f.founded() {
				return hint(salon.E(salon.NotEmpty, "The folder %s already holds a salon: there is nothing to claim.", f),
					"salonkeep run --data %s", quoted(p.data))
			}
			if err := f.make(); err != nil {
				return err
			}
			code, err := newClaim(f, p.now())
			if err != nil {
				return err
			}
			facts := claimFacts{Code: code, Link: claimLink(defaultListen, code)}
			return p.print(facts, func(w io.Writer) {
				fmt.Fprintf(w, "The first run opens with this link, once, within an hour:\n\n    %s\n\nOn another device put this PC's address in place of localhost. The code alone is %s.\n", facts.Link, spaced(code))
			})
		},
	})
}

// spaced writes a code so that it can be read out.
func spaced(code string) string { return code[:4] + " " + code[4:] }
