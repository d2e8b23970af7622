package appliance

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"
)

type versionFacts struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
	System   string `json:"system"`
}

func (p *program) cmdVersion() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use:     "version",
		Short:   "Say which version this is",
		Example: "  salonkeep version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			facts := versionFacts{Version: version, Revision: revision(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
			return p.print(facts, func(w io.Writer) {
				fmt.Fprintf(w, "salonkeep %s %s %s\n", facts.Version, facts.System, facts.Go)
			})
		},
	})
}
