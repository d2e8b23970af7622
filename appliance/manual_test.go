package appliance

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write the manual's page of commands anew")

// The manual's page of commands is what the commands say of themselves.
func TestManualSaysWhatTheCommandsSay(t *testing.T) {
	page := filepath.Join("..", "packaging", "manual", "commands.md")
	want := commandsPage((&program{}).root())
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("packaging/manual/commands.md is out of date; run this test with -update\n%s", d)
	}
}

// Every command that does something shows how, and the page has it.
func TestEveryCommandHasAnExample(t *testing.T) {
	everyCommand((&program{}).root(), func(c *cobra.Command) {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
	})
}

// everyCommand visits the commands that do something, without cobra's own.
func everyCommand(root *cobra.Command, visit func(*cobra.Command)) {
	for _, c := range root.Commands() {
		switch {
		case c.HasSubCommands():
			everyCommand(c, visit)
		case c.Runnable() && c.Name() != "help":
			visit(c)
		}
	}
}

func commandsPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nEvery command takes `--data DIR` (default `./salon-data`), works while the appliance runs and while it is stopped, and prints\n" +
		"JSON with `--json` where it prints facts. `salonkeep help COMMAND` prints what stands here.\n\n## Exit codes\n\n| code | meaning |\n|---|---|\n")
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", c.code, c.meaning)
	}
	everyCommand(root, func(c *cobra.Command) {
		var out bytes.Buffer
		c.SetOut(&out)
		_ = c.Help() // to a buffer, which takes everything
		text, _, _ := strings.Cut(out.String(), "\nGlobal Flags:")
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n", strings.TrimPrefix(c.CommandPath(), "salonkeep "), strings.TrimSpace(text))
	})
	return b.String()
}
