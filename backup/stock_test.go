package backup_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf/shelftest"
)

// shell runs a command line as somebody would type it, with the stock tools in
// the PATH.
func shell(t *testing.T, dir, path, line string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// stockPath is a PATH in which the stock tools are found.
func stockPath(t *testing.T) string {
	t.Helper()
	age := shelftest.Tool(t, "age", "SALONKEEP_AGE")
	for _, name := range []string{"zstd", "sqlite3"} {
		shelftest.Installed(t, name)
	}
	return filepath.Dir(age) + string(os.PathListSeparator) + os.Getenv("PATH")
}

// realDatabase makes a small SQLite file with the stock sqlite3.
func realDatabase(t *testing.T, path string, clients int) *database {
	t.Helper()
	dir := t.TempDir()
	shell(t, dir, path, fmt.Sprintf(`sqlite3 salon.db "CREATE TABLE client (id INTEGER PRIMARY KEY, name TEXT) STRICT;
		CREATE TABLE sale (id INTEGER PRIMARY KEY, cents INTEGER) STRICT;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d) INSERT INTO client SELECT i, 'Client ' || i FROM n;
		INSERT INTO sale SELECT id, id * 100 FROM client;"`, clients))
	return &database{image: content(t, filepath.Join(dir, "salon.db"))}
}

// TestTheFourCommandsOfTheManual takes the commands out of the text that lies
// on the target, and types them.
func TestTheFourCommandsOfTheManual(t *testing.T) {
	path := stockPath(t)
	for _, language := range []string{"en", "zh-CN"} {
		db := realDatabase(t, path, 30_000)
		d := newDesk(t, db)
		d.o.Language = language
		id := d.take().Point.ID
		// the kit file stands in the target's folder for the test only
		if err := os.WriteFile(filepath.Join(d.path, "KIT.txt"), []byte(d.kit.Text()), 0o600); err != nil {
			t.Fatal(err)
		}
		var commands []string
		for line := range strings.Lines(string(content(t, filepath.Join(d.path, point.HowToFile)))) {
			for _, c := range backup.Commands("KIT.txt", "points/POINT") {
				if strings.TrimSpace(line) == c {
					commands = append(commands, c)
				}
			}
		}
		if len(commands) != 4 {
			t.Fatalf("%s: the text holds the commands %v", language, commands)
		}
		var out []string
		for _, c := range commands {
			out = append(out, shell(t, d.path, path, strings.ReplaceAll(c, "POINT", id)))
		}
		if strings.TrimSpace(out[2]) != "ok" || !strings.Contains(out[3], "client") || !strings.Contains(out[3], "sale") {
			t.Errorf("%s: the commands said %q", language, out)
		}
		if string(content(t, filepath.Join(d.path, "salon.db"))) != string(db.image) {
			t.Errorf("%s: the stock tools brought other bytes", language)
		}
		counts := shell(t, d.path, path, `sqlite3 salon.db "SELECT count(*), sum(cents) FROM sale"`)
		if strings.TrimSpace(counts) != "30000|45001500000" {
			t.Errorf("%s: the stock sqlite3 counts %s", language, counts)
		}
	}
}

func TestStockToolsOpenThePipelineAndTheFacts(t *testing.T) {
	path := stockPath(t)
	db := randomDatabase(1, 5<<20+17)
	d := newDesk(t, db)
	d.o.Effort = point.Thorough
	id := d.take().Point.ID
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kit"), []byte(d.kit.Text()), 0o600); err != nil {
		t.Fatal(err)
	}
	shell(t, dir, path, fmt.Sprintf("age -d -i kit '%s' | zstd -d > out", d.file(id, point.DatabaseFile)))
	if string(content(t, filepath.Join(dir, "out"))) != string(db.image) {
		t.Error("other bytes came out of the pipe")
	}
	facts := shell(t, dir, path, fmt.Sprintf("age -d -i kit '%s'", d.file(id, point.FactsFile)))
	if !strings.Contains(facts, factsOf(db.image).Digest) {
		t.Errorf("the facts are %s", facts)
	}
}

// TestStockAgeOpensTheSealedIdentityWithTheGroups types the groups at stock
// age's prompt, as HOW-TO-RESTORE.txt says.
func TestStockAgeOpensTheSealedIdentityWithTheGroups(t *testing.T) {
	path := stockPath(t)
	script := shelftest.Installed(t, "script") // types at a prompt; part of util-linux
	d := newDesk(t, randomDatabase(1, 5000))
	id := d.take().Point.ID
	dir := t.TempDir()
	cmd := exec.Command(script, "-q", "-e", "-c", fmt.Sprintf("age -d -o KIT.txt '%s'", d.file(id, point.RecoveryFile)), "/dev/null")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path)
	cmd.Stdin = strings.NewReader(d.kit.Code.String() + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shell(t, dir, path, fmt.Sprintf("age -d -i KIT.txt -o facts '%s'", d.file(id, point.FactsFile)))
	if kit, err := backup.ParseKit(string(content(t, filepath.Join(dir, "KIT.txt")))); err != nil || kit.ID != d.kit.ID {
		t.Errorf("kit %s, %v", kit.ID, err)
	}
}
