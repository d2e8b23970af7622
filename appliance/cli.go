package appliance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // Windows has no time zones of its own that Go could read

	"github.com/spf13/cobra"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// program is one run of the command line and what it takes from the world
// around it, so that tests can hand in their own.
type program struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	at       func(moment string) // the crash harness pulls the plug here; nil in the product
	cost     store.Cost          // of password hashes; zero is the real one
	sealCost int                 // of the kit's groups; zero is the real one

	data   string
	asJSON bool
}

// Main runs the command in args and returns the exit code for it.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	return (&program{in: in, out: out, err: errOut, now: time.Now}).main(args)
}

func (p *program) main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := p.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var code exitStatus
	if errors.As(err, &code) {
		return int(code)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = salon.E(salon.Closed, "Stopped before it was finished. Nothing is half done; type the command again.")
	}
	tell(p.err, err, "")
	return codeOf(err)
}

// exitStatus ends a command that has said everything itself.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "salonkeep",
		Short:         "The back office of a salon: records, pages, proved backups",
		Long:          "Salonkeep keeps a salon's records on this PC, serves pages to the tablets in the salon, and seals a copy every night.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.PersistentFlags().StringVar(&p.data, "data", "./salon-data", "the folder that holds the salon")
	root.AddCommand(p.cmdRun(), p.cmdSetup(), p.cmdClaim(), p.cmdStaff(), p.cmdImport(), p.cmdTarget(), p.cmdBackup(),
		p.cmdPoints(), p.cmdVerify(), p.cmdRestore(), p.cmdReport(), p.cmdDoctor(), p.cmdVersion(), helpExitCodes())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usage(c, err) })
	wrapUsage(root)
	return root
}

// wrapUsage makes wrong arguments and missing flags of any command an Invalid
// error with a hint, like wrong flags.
func wrapUsage(c *cobra.Command) {
	if c.HasSubCommands() && !c.Runnable() {
		// Left alone, cobra answers a mistyped subcommand with help and 0.
		c.Args = cobra.NoArgs
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage(c, err)
			}
			// cobra asks for these later, with an error of its own.
			if err := c.ValidateRequiredFlags(); err != nil {
				return usage(c, err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapUsage(sub)
	}
}

func usage(c *cobra.Command, err error) error {
	return hint(salon.E(salon.Invalid, "%s", sentence(err.Error())), "%s --help", c.CommandPath())
}

// sentence makes a library's complaint start and end like one of ours.
func sentence(s string) string {
	s = strings.TrimSpace(strings.SplitN(s, "\n", 2)[0])
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}

// withJSON gives a command its --json flag.
func (p *program) withJSON(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.asJSON, "json", false, "print the facts as JSON")
	return c
}

// print writes a result: as JSON if that was asked for, else as text.
func (p *program) print(facts any, text func(w io.Writer)) error {
	if !p.asJSON {
		text(p.out)
		return nil
	}
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(facts); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func (p *program) folder() (folder, error) {
	abs, err := filepath.Abs(p.data)
	if err != nil {
		return "", fmt.Errorf("find the folder %s: %w", p.data, err)
	}
	return folder(abs), nil
}

func (p *program) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func (p *program) storeOptions() store.Options {
	return store.Options{Now: p.now, Cost: p.cost, At: p.at, Log: p.log()}
}

func (p *program) moment(name string) {
	if p.at != nil {
		p.at(name)
	}
}

// commandLine is the name the audit log gives to what is typed on the PC.
const commandLine = "command line"

// withSalon opens the salon of the data folder for one command and closes it
// again. It may be open in a running appliance at the same time.
func (p *program) withSalon(ctx context.Context, do func(f folder, st *store.Store, sc *store.Scope) error) error {
	f, err := p.folder()
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, f.database(), p.storeOptions())
	if err != nil {
		return p.noSalon(err)
	}
	err = do(f, st, st.As(commandLine))
	return errors.Join(err, st.Close())
}

// noSalon adds the way out of a folder that cannot be opened.
func (p *program) noSalon(err error) error {
	switch salon.KindOf(err) {
	case salon.Missing:
		return hint(err, "salonkeep run --data %s   opens the first run in a browser", quoted(p.data))
	case salon.Damaged:
		return hint(err, "salonkeep restore --from URL --kit FILE --data NEW-FOLDER")
	case salon.Newer:
		return hint(err, "salonkeep version")
	}
	return err
}

// quoted writes an argument so that a shell takes it as one.
func quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func helpExitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesText()}
}
