package appliance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// bookOnce is a program of the tests: one booking and nothing else, in the
// salon of the folder named by its first argument.
func bookOnce() {
	p := salonkeepOfTests()
	p.data = os.Args[1]
	err := p.withSalon(context.Background(), func(_ folder, _ *store.Store, sc *store.Scope) error {
		staff, err := sc.Staff(context.Background())
		if err != nil {
			return err
		}
		services, err := sc.Services(context.Background())
		if err != nil {
			return err
		}
		_, _, err = sc.Book(context.Background(), salon.Booking{Key: "the form", NewClient: "Leo Grant", StaffID: staff[0].ID, ServiceID: services[0].ID, Day: "2026-11-28", Start: 600})
		return err
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bench is a place where programs are run and killed.
type bench struct {
	t   *testing.T
	dir string
}

// run runs a program of this test binary and gives its exit code, -1 if it was
// killed at the moment crash.
func (b bench) run(crash string, args ...string) (int, string) {
	b.t.Helper()
	c := exec.Command(args[0], args[1:]...)
	c.Dir = b.dir
	c.Env = append(os.Environ(), crashVariable+"="+crash)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

func (b bench) must(args ...string) string {
	b.t.Helper()
	code, out := b.run("", args...)
	if code != 0 {
		b.t.Fatalf("%v: exit %d\n%s", args, code, out)
	}
	return out
}

// killed demands that the moment comes and that the program dies there.
func (b bench) killed(moment string, args ...string) {
	b.t.Helper()
	if code, out := b.run(moment, args...); code != -1 {
		b.t.Fatalf("%v was not killed at %q: exit %d\n%s", args, moment, code, out)
	}
}

// state is what the salon in a folder holds, without what only the backup page
// remembers. The folder must hold a sound salon.
func (b bench) state(folder string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, folder, "salon.db")
	st, err := store.Open(context.Background(), path, salonkeepOfTests().storeOptions())
	if err != nil {
		b.t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.As("test").Soundness(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	f, err := store.Inspect(context.Background(), path)
	if err != nil {
		b.t.Fatal(err)
	}
	parts := []string{f.Salon}
	for _, table := range []string{"client", "appointment", "service", "product", "sale", "sale_line", "staff", "import_batch"} {
		parts = append(parts, fmt.Sprintf("%s %d", table, f.Rows[table]))
	}
	return strings.Join(append(parts, fmt.Sprintf("net %d", f.NetCents)), ", ")
}

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{t, t.TempDir()}
	for name, text := range map[string]string{
		"password":                        "three plain words\n",
		"files/Service Listing0.csv":      "IsActive,Code,Desc,Cate,Price,Cost\nTRUE,CUT,Cut,STYLE,54,0\n",
		"files/Receipt Transactions0.csv": "Receipt,Date,Description,Client,Staff,Quantity,Amount,GST\n1,05/22/2026,Cut,GRAL01,MEI,1,54,2.7\n2,05/23/2026,Cut,OKAA01,MEI,1,54,2.7\n",
	} {
		path := filepath.Join(b.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b bench) setup(folder string) []string {
	return []string{"salonkeep", "setup", "--data", folder, "--salon", "Rowan", "--owner", "Rowan", "--email", "rowan@example.com",
		"--password-file", "password", "--kit", folder + ".kit", "--currency", "CAD", "--timezone", "America/Toronto"}
}

// A salon is killed at every named moment of what it does. Afterwards it holds
// what it held before or what it should hold now, it is sound, and the same
// command brings it to its end.
func TestKilledAtEveryMoment(t *testing.T) {
	imported := func(b bench) {
		b.must(b.setup("salon")...)
		b.must("salonkeep", "import", "toronto", "files", "--data", "salon")
	}
	withPoint := func(b bench) {
		imported(b)
		b.must("salonkeep", "target", "add", "USB", "file://"+b.dir+"/usb", "--data", "salon")
		b.must("salonkeep", "backup", "--data", "salon")
	}
	put := func(file string) []string { return []string{"put " + file + ": written", "put " + file + ": named"} }
	moments := func(lists ...[]string) (all []string) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	for _, work := range []struct {
		name    string
		before  func(bench)
		command func(bench) []string
		folder  string
		moments []string
	}{
		{"setup", func(bench) {}, func(b bench) []string { return b.setup("salon") }, "salon",
			[]string{"setup: kit written", "staff:before-login", "found:before-rename", "found: named"}},
		{"import", func(b bench) { b.must(b.setup("salon")...) },
			func(bench) []string { return []string{"salonkeep", "import", "toronto", "files", "--data", "salon"} }, "salon",
			[]string{"import:taxes", "import:staff", "import:services", "import:products", "import:clients", "import:appointments", "import:sales",
				"write:import.run:before-commit", "write:import.run:after-commit"}},
		{"booking", imported, func(bench) []string { return []string{"bookonce", "salon"} }, "salon",
			[]string{"write:appointment.create:before-commit", "write:appointment.create:after-commit"}},
		{"backup", withPoint, func(bench) []string { return []string{"salonkeep", "backup", "--data", "salon"} }, "salon",
			moments([]string{"run: started", "backup: begun", "snapshot:frozen", "backup: sealed", "backup: read back", "backup: proved", "backup: signed", "run: taken", "run: before record"},
				put("salon.db.zst.age"), put("facts.age"), put("recovery.age"), put("manifest.json"), put("manifest.json.minisig"))},
		{"restore", withPoint, func(b bench) []string {
			return []string{"salonkeep", "restore", "--from", "file://" + b.dir + "/usb", "--kit", "salon.kit", "--data", "back"}
		}, "back", []string{"restore: begun", "restore: fetched", "restore: opened", "restore: checked", "restore: placed", "restore: adopted", "restore: in place"}},
	} {
		t.Run(work.name, func(t *testing.T) {
			t.Parallel()
			whole := newBench(t)
			work.before(whole)
			old := "nothing"
			if exists(filepath.Join(whole.dir, work.folder, "salon.db")) {
				old = whole.state(work.folder)
			}
			whole.must(work.command(whole)...)
			done := whole.state(work.folder)
			for _, moment := range work.moments {
				t.Run(moment, func(t *testing.T) {
					b := newBench(t)
					work.before(b)
					b.killed(moment, work.command(b)...)
					got := "nothing"
					if exists(filepath.Join(b.dir, work.folder, "salon.db")) {
						got = b.state(work.folder)
					}
					if got != old && got != done {
						t.Fatalf("the salon holds neither the old nor the new:\n got %s\n old %s\n new %s", got, old, done)
					}
					b.again(work.name, got == done, work.command(b))
					if got := b.state(work.folder); got != done {
						t.Errorf("after the second try the salon holds\n%s, want\n%s", got, done)
					}
					if work.name == "backup" || work.name == "restore" {
						b.must("salonkeep", "verify", "--from", "file://"+b.dir+"/usb", "--kit", "salon.kit")
					}
				})
			}
		})
	}
}

// again types the same command once more. What a first try finished may be
// refused as done, and a kit that was written is asked for by another name.
func (b bench) again(work string, finished bool, command []string) {
	b.t.Helper()
	if work == "setup" && !finished {
		if err := os.Remove(filepath.Join(b.dir, "salon.kit")); err != nil && !errors.Is(err, os.ErrNotExist) {
			b.t.Fatal(err)
		}
	}
	code, out := b.run("", command...)
	if code != 0 && !(finished && code == 4 && (work == "setup" || work == "restore")) {
		b.t.Fatalf("the second try ended with %d:\n%s", code, out)
	}
}
