package appliance

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/ui/uitest"
)

var shots = flag.String("shots", "", "folder for pictures of what the browser tests see")

// served is a running appliance of its own, as a technician starts it.
type served struct {
	t     *testing.T
	data  string
	url   string
	claim string // path of the claim link, "" if there was none
	stop  func()
}

var links = regexp.MustCompile(`https://localhost:(\d+)(/claim#\w+)?`)

// serve runs `salonkeep run` on data until the test ends or stop is called.
func serve(t *testing.T, data string) *served {
	t.Helper()
	c := exec.Command("salonkeep", "run", "--data", data, "--listen", "127.0.0.1:0")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, data: data}
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("salonkeep run ended with %v", err)
		}
	}
	t.Cleanup(s.stop)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := links.FindStringSubmatch(lines.Text()); m != nil {
			s.url, s.claim = "https://localhost:"+m[1], m[2]
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.url == "" {
		t.Fatal("salonkeep run printed no address")
	}
	return s
}

// seen looks at a page as every page must be looked at: axe finds nothing, it
// fits the screen, the browser complained of nothing.
func seen(t *testing.T, tab *uitest.Tab, name string) {
	t.Helper()
	for _, theme := range []string{"dark", "light"} {
		// Colours fade into each other; axe must see where they arrive.
		uitest.Eval[bool](tab, `new Promise(done => { document.documentElement.dataset.theme = '`+theme+`'; setTimeout(() => done(true), 500); })`)
		for _, breach := range tab.Axe() {
			t.Errorf("%s, %s: axe: %s", name, theme, breach)
		}
		if theme == "dark" && *shots != "" {
			tab.Shot(filepath.Join(*shots, name+"-dark.png"))
		}
	}
	for _, wide := range tab.Wide() {
		t.Errorf("%s: wider than the screen: %s", name, wide)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: the browser says: %s", name, fault)
	}
	if *shots == "" {
		return
	}
	for _, size := range []uitest.Size{uitest.Portrait, uitest.Phone, uitest.Desk} {
		tab.Resize(size)
		for _, wide := range tab.Wide() {
			t.Errorf("%s on a %s: wider than the screen: %s", name, size.Name, wide)
		}
		tab.Shot(filepath.Join(*shots, name+"-"+size.Name+".png"))
	}
}

// The whole way in a real browser: a new salon with its kit, two tablets that
// see each other's bookings, a backup that is proved, a dead PC, and the same
// salon on a new one.
func TestFromFirstRunToRestoreInTheBrowser(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "usb"), 0o700); err != nil {
		t.Fatal(err)
	}
	old := serve(t, filepath.Join(dir, "old"))
	var kit []string
	t.Run("the old PC", func(t *testing.T) { // its tabs are closed before the PC dies
		browser := uitest.New(t)
		kit = foundInBrowser(t, browser.Tab(old.url, uitest.Desk), old, filepath.Join(dir, "usb"))
		bookOnTwoTablets(t, browser, old)
		backUpInBrowser(t, browser, old)
	})
	before := reportOf(t, old.data)
	old.stop()

	fresh := serve(t, filepath.Join(dir, "new"))
	bringBackInBrowser(t, uitest.New(t).Tab(fresh.url, uitest.Desk), fresh, filepath.Join(dir, "usb"), kit)
	if after := reportOf(t, fresh.data); after != before {
		t.Errorf("the salon that came back holds\n%s\nit held\n%s", after, before)
	}
}

var kitGroup = regexp.MustCompile(`^[0-9A-Z]{4}$`)

func foundInBrowser(t *testing.T, tab *uitest.Tab, s *served, usb string) (groups []string) {
	t.Helper()
	tab.Open("/")
	tab.See("Type the code from the salon PC")
	seen(t, tab, "10-claim")
	tab.Fill("Code", "AAAAAAAA")
	tab.Click("Continue")
	tab.Wait("a complaint", "document.querySelector('#err-code')")
	tab.Open(s.claim)
	tab.See("How would you like to begin?")
	seen(t, tab, "10-welcome")
	tab.Click("中文")
	tab.See("找回我的店")
	seen(t, tab, "10-welcome-zh")
	tab.Click("English")
	tab.Click("A new salon")
	tab.Fill("Name of the salon", "")
	tab.Click("Continue")
	tab.See("What is the salon called?")
	tab.Fill("Name of the salon", "Rowan & Reed")
	tab.Fill("Time zone", "America/Toronto")
	tab.Fill("Currency", "cad")
	tab.Fill("Name of tax 1", "GST")
	tab.Fill("Per cent", "5")
	seen(t, tab, "10-salon")
	tab.Click("Continue")
	tab.Fill("Your name", "Rowan")
	tab.Fill("E-mail", "rowan@example.com")
	tab.Fill("Password", "short")
	tab.Click("Continue")
	tab.See("Use at least 10 characters")
	tab.Fill("Password", "three plain words")
	seen(t, tab, "10-owner")
	tab.Click("Continue")
	tab.See("Print your recovery kit")
	groups = uitest.Eval[[]string](tab, `[...document.querySelectorAll('.sheet .groups span')].map(s => s.textContent)`)
	if len(groups) != 8 || !kitGroup.MatchString(groups[0]) {
		t.Fatalf("the kit's groups are %q", groups)
	}
	tab.Click("Continue") // without having read anything back
	tab.See("does not match")
	asked := uitest.Eval[[]int](tab, `[...document.querySelectorAll('.groupinput')].map(i => Number(i.name.replace('group', '')))`)
	for _, n := range asked {
		tab.Fill(fmt.Sprintf("Group %d", n), strings.ToLower(groups[n-1]))
	}
	seen(t, tab, "10-kit")
	tab.Click("Continue")
	tab.See("Where backups go")
	tab.Click("A USB drive or another folder")
	tab.Fill("Path of the folder", filepath.Join(usb, "keep"))
	seen(t, tab, "10-place")
	tab.Click("Found the salon")
	tab.See("Rowan & Reed is open")
	seen(t, tab, "10-done")
	return groups
}

func signIn(tab *uitest.Tab) {
	tab.Open("/signin")
	tab.Fill("E-mail", "rowan@example.com")
	tab.Fill("Password", "three plain words")
	tab.Click("Sign in")
	tab.See("New booking")
}

func bookOnTwoTablets(t *testing.T, browser *uitest.Browser, s *served) {
	t.Helper()
	st, err := store.Open(context.Background(), folder(s.data).database(), salonkeepOfTests().storeOptions())
	if err != nil {
		t.Fatal(err)
	}
	_, err = st.As("test").Import(context.Background(), salon.Batch{Source: "test", AsOf: salon.DayOf(time.Now()),
		Staff:    []salon.BatchStaff{{Code: "MEI", Name: "Mei", Person: true, Performs: true}},
		Services: []salon.Service{{Code: "CUT", Name: "Cut & finish", PriceCents: 5400, Minutes: 45, Active: true}},
		Clients:  []salon.BatchClient{{Code: "OKAA01", Name: "Amelia Okafor", Phone: "+14165550121"}}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	reception, chair := browser.Tab(s.url, uitest.Desk), browser.Tab(s.url, uitest.Portrait)
	signIn(reception)
	signIn(chair)
	chair.SeeNot("Amelia Okafor")
	reception.Click("New booking")
	reception.Fill("Client", "Amelia")
	reception.Click("Amelia Okafor")
	reception.Fill("Service", "Cut & finish")
	reception.Fill("With", "Mei")
	reception.Fill("Start", "10:30")
	reception.Click("Book it")
	reception.See("Amelia Okafor")
	chair.See("Amelia Okafor") // without a tap
}

func backUpInBrowser(t *testing.T, browser *uitest.Browser, s *served) {
	t.Helper()
	tab := browser.Tab(s.url, uitest.Desk)
	signIn(tab)
	tab.Click("Backups")
	tab.See("Protected") // the first one was taken while the wizard ended
	tab.See("1 booking")
	seen(t, tab, "04-backups-risk")
	tab.Click("Back up now")
	tab.See("Every change is in a restore point that was checked.")
	seen(t, tab, "04-backups")
	tab.Click("Add a place")
	tab.Fill("Path of the folder", "/nowhere/at/all")
	tab.Click("Try it and back up")
	tab.Wait("a complaint", "document.querySelector('.toast.bad')")
	seen(t, tab, "04-backups-add")
}

func bringBackInBrowser(t *testing.T, tab *uitest.Tab, s *served, usb string, kit []string) {
	t.Helper()
	start := time.Now()
	tab.Open(s.claim)
	tab.Click("Bring my salon back")
	tab.See("Where is your backup?")
	tab.Click("A USB drive or another folder")
	tab.Fill("Path of the folder", filepath.Join(usb, "nothing"))
	tab.Click("Continue")
	tab.See("is not there")
	tab.Fill("Path of the folder", filepath.Join(usb, "keep"))
	seen(t, tab, "05-restore-1-source")
	tab.Click("Continue")
	tab.See("Type or scan your recovery kit")
	for i, g := range kit {
		if i == 2 {
			g = g[:3] + "0" // a slip of the pen
			if g == kit[2] {
				g = g[:3] + "1"
			}
		}
		tab.Fill(fmt.Sprintf("Group %d", i+1), g)
	}
	tab.Click("Unlock")
	tab.See("Some groups are missing or wrong.")
	tab.Wait("the wrong group to be marked, and the page to listen", "document.querySelector('#g3[aria-invalid][data-htmx-powered]')")
	tab.Fill("Group 3", strings.ToLower(kit[2]))
	tab.Press("Tab")
	tab.See("8 groups read correctly.")
	seen(t, tab, "05-restore-2-kit")
	tab.Click("Unlock")
	tab.See("Choose the moment to go back to")
	seen(t, tab, "05-restore-3-moment")
	tab.Click("Look inside")
	tab.See("This is what you get back")
	tab.See("Amelia Okafor")
	tab.Click("Restore this")
	tab.See("Switch the old PC off first")
	tab.Click("The old PC is off and stays off")
	seen(t, tab, "05-restore-4-look")
	tab.Click("Restore this")
	tab.See("Your salon is back")
	seen(t, tab, "05-restore-5-progress")
	tab.Click("Open the salon")
	tab.See("Rowan & Reed is open again")
	seen(t, tab, "05-restore-6-done")
	tab.Click("Sign in")
	tab.Fill("E-mail", "rowan@example.com")
	tab.Fill("Password", "three plain words")
	tab.Click("Sign in")
	tab.See("Amelia Okafor")
	t.Logf("from the claim link to today's calendar in %s", time.Since(start).Round(100*time.Millisecond))
}

// reportOf is what the salon of a folder holds, in figures.
func reportOf(t *testing.T, data string) string {
	t.Helper()
	return bench{t, filepath.Dir(data)}.state(filepath.Base(data))
}
