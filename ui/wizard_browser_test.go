package ui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"salonkeep/store/salon"
	"salonkeep/ui"
	"salonkeep/ui/uitest"
)

var shots = flag.String("shots", "", "folder for pictures of the first run's pages")

// drive is what is plugged into the PC in these tests.
var drive = ui.Place{Name: "USB Red", Folder: "/media/usb/red", Removable: true, FreeBytes: 31 << 30, TotalBytes: 32 << 30, Salon: "Rowan & Reed Hair", Points: 14}

// guest is a tab in front of the first run.
type guest struct {
	*uitest.Tab
	t *testing.T
}

// arrive opens the claim link.
func arrive(t *testing.T, url string) guest {
	t.Helper()
	g := guest{uitest.New(t).Tab(url, uitest.Desk), t}
	g.Open("/claim#" + claimCode)
	g.See("How would you like to begin?")
	return g
}

// look sets theme and language of this device.
func (g guest) look(theme, lang string) {
	g.t.Helper()
	js := fmt.Sprintf(`fetch('/device', {method: 'POST', body: new URLSearchParams({theme: '%s', lang: '%s', back: '/healthz'})}).then(r => r.ok)`, theme, lang)
	if !uitest.Eval[bool](g.Tab, js) {
		g.t.Fatal("the look was not taken")
	}
}

// examine looks at the page as it stands on all three screens.
func (g guest) examine(name string) {
	g.t.Helper()
	for _, size := range []uitest.Size{uitest.Portrait, uitest.Phone, uitest.Desk} {
		g.Resize(size)
		g.complain(name + "-" + size.Name)
	}
}

func (g guest) complain(where string) {
	g.t.Helper()
	for _, breach := range g.Axe() {
		g.t.Errorf("%s: axe: %s", where, breach)
	}
	for _, small := range g.Small() {
		g.t.Errorf("%s: too small: %s", where, small)
	}
	for _, wide := range g.Wide() {
		g.t.Errorf("%s: sticks out: %s", where, wide)
	}
	if *shots != "" {
		g.Shot(filepath.Join(*shots, where+".png"))
	}
}

// everyLook opens the page in both themes and languages, on the narrowest
// screen and with the largest letters.
func (g guest) everyLook(name, path string) {
	g.t.Helper()
	for _, look := range [][2]string{{"dark", "en"}, {"light", "zh-CN"}, {"dark", "zh-CN"}, {"light", "en"}} {
		g.look(look[0], look[1])
		g.Open(path)
		if look == [2]string{"light", "en"} || *shots != "" {
			g.examine(name + "-" + look[0] + "-" + look[1])
		} else {
			g.complain(name + "-" + look[0] + "-" + look[1])
		}
	}
	g.Resize(uitest.Size{Name: "narrow", Width: 320, Height: 640, Phone: true})
	g.complain(name + "-narrow")
	uitest.Eval[bool](g.Tab, "(document.documentElement.classList.add('text-125'), true)")
	for _, size := range []uitest.Size{uitest.Phone, uitest.Desk} {
		g.Resize(size)
		g.complain(name + "-large-" + size.Name)
	}
	g.Open(path)
}

func TestTheFoundingInTheBrowser(t *testing.T) {
	r, server := firstRun(t, drive)
	r.now(kept)
	g := arrive(t, server.URL)
	if at := g.Address(); at != "/welcome" {
		t.Errorf("the code of the link is still in the address: %s", at)
	}
	g.everyLook("10-welcome", "/welcome")
	g.Click("A new salon")
	g.See("Your salon")
	g.Wait("the device's own time zone", "document.querySelector('#f-timezone').value === Intl.DateTimeFormat().resolvedOptions().timeZone")
	g.Fill("Name of the salon", "Rowan & Reed")
	g.Fill("Time zone", "America/Toronto")
	g.Fill("Currency", "cad")
	g.Fill("Name of tax 1", "GST")
	g.Fill("Per cent", "five")
	g.Click("Continue")
	g.See("Write a name and the percentage as a number")
	g.examine("10-salon-complaint")
	g.Fill("Per cent", "5")
	g.Click("Continue")
	g.Fill("Your name", "Rowan")
	g.Fill("E-mail", "rowan@example.com")
	g.Fill("Password", "seven green doors")
	g.Click("Continue")
	g.See("Print your recovery kit")
	g.everyLook("10-salon", "/setup/salon")
	g.everyLook("10-owner", "/setup/owner")
	g.everyLook("10-kit", "/setup/kit")
	g.printed(uitest.Eval[string](g.Tab, "document.querySelector('.sheet').innerText"))
	g.readBack()
	g.See("Where backups go")
	g.everyLook("10-place", "/setup/place")

	// The way back and forth keeps what was typed.
	g.Click("Back")
	g.See("Print your recovery kit")
	uitest.Eval[bool](g.Tab, "(history.back(), true)")
	g.See("Where backups go")
	g.Click("A bucket in the cloud")
	g.See("Name of the bucket")
	g.examine("10-place-bucket")
	g.Click("USB Red")
	g.SeeNot("Name of the bucket")
	r.now(func(r *run) { r.trouble = salon.E(salon.Unreachable, "The backup target is full.") })
	g.Click("Found the salon")
	g.See("The backup target is full.")
	g.examine("10-place-trouble")
	r.now(func(r *run) { r.trouble = nil })
	g.Click("Found the salon")
	g.See("Rowan & Reed is open")
	g.everyLook("10-done", "/done")
	g.Click("Sign in")
	g.Fill("E-mail", "rowan@example.com")
	g.Fill("Password", "seven green doors")
	g.Click("Sign in")
	g.See("New booking")
}

// readBack answers the kit page from the paper, after a slip of the pen.
func (g guest) readBack() {
	g.t.Helper()
	asked := uitest.Eval[[]int](g.Tab, `[...document.querySelectorAll('.groupinput')].map(i => Number(i.name.replace('group', '')))`)
	for i, n := range asked {
		group := paper[n-1]
		if i == 0 {
			group = group[:3] + "U"
		}
		g.Fill(fmt.Sprintf("Group %d", n), strings.ToLower(group))
	}
	g.Click("Continue")
	g.See(fmt.Sprintf("Group %d does not match. Look at the last letter again.", asked[0]))
	g.examine("10-kit-slip")
	g.Fill(fmt.Sprintf("Group %d", asked[0]), paper[asked[0]-1])
	g.Click("Continue")
}

// printed demands that on paper the sheet stands alone, black on white, also
// when the screen is dark.
func (g guest) printed(sheet string) {
	g.t.Helper()
	for _, group := range paper {
		if !strings.Contains(sheet, group) {
			g.t.Errorf("the sheet lacks group %s", group)
		}
	}
	for _, tool := range []string{"age", "zstd", "sqlite3"} {
		if !strings.Contains(sheet, tool) {
			g.t.Errorf("the sheet does not say how to restore with %s", tool)
		}
	}
	g.look("dark", "en")
	g.Open("/setup/kit")
	g.Paper(true)
	others := uitest.Eval[[]string](g.Tab, `[...document.querySelectorAll('body *')].filter(e => {
		const r = e.getBoundingClientRect();
		return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility !== 'hidden' && !e.closest('.sheet') && !e.querySelector('.sheet');
	}).map(e => e.tagName + '.' + e.className)`)
	if len(others) > 0 {
		g.t.Errorf("beside the sheet there is printed %q", others)
	}
	colours := uitest.Eval[[]string](g.Tab, `[...new Set([...document.querySelectorAll('.sheet, .sheet *:not(svg):not(svg *)')].filter(e => e.innerText).map(e => getComputedStyle(e).color))]`)
	for _, c := range colours {
		var red, green, blue int
		if _, err := fmt.Sscanf(c, "rgb(%d, %d, %d)", &red, &green, &blue); err != nil || max(red, green, blue) > 110 {
			g.t.Errorf("the sheet is printed in %s", c)
		}
	}
	if *shots != "" {
		g.Shot(filepath.Join(*shots, "10-kit-paper.png"))
	}
	g.Paper(false)
	g.look("light", "en")
	g.Open("/setup/kit")
}

func TestTheRestoreInTheBrowser(t *testing.T) {
	r, server := firstRun(t, drive)
	r.now(kept)
	g := arrive(t, server.URL)
	g.Click("Bring my salon back")
	g.See("Where is your backup?")
	g.everyLook("05-restore-1-source", "/restore")
	g.Click("A bucket in the cloud")
	g.examine("05-restore-1-bucket")
	g.Click("USB Red")
	g.Click("Continue")
	g.See("Type or scan your recovery kit")
	g.everyLook("05-restore-2-kit", "/restore/kit")
	for i, group := range paper {
		if i == 5 {
			group = "8PVX"
		}
		g.Fill(fmt.Sprintf("Group %d", i+1), strings.ToLower(group))
		g.Press("Tab")
	}
	g.See("Group 6 does not match.")
	g.Wait("the wrong group to be marked", "document.querySelector('#g6[aria-invalid]') && document.querySelectorAll('.keybox [aria-invalid]').length === 1")
	g.examine("05-restore-2-slip")
	g.Fill("Group 6", paper[5])
	g.Press("Tab")
	g.See("8 groups read correctly.")
	g.examine("05-restore-2-good")
	r.now(func(r *run) { r.trouble = salon.E(salon.WrongKey, "This kit is of another salon.") })
	g.Click("Unlock")
	g.See("This kit is of another salon.")
	g.examine("05-restore-2-foreign")
	r.now(func(r *run) { r.trouble = nil })
	g.Click("Unlock")
	g.See("Choose the moment to go back to")
	g.everyLook("05-restore-3-moment", "/restore/point")
	g.Click("Look inside")
	g.See("This is what you get back")
	g.Click("Restore this")
	g.See("Switch the old PC off first, then tick this.")
	g.examine("05-restore-4-refused")
	g.everyLook("05-restore-4-look", "/restore/look?point=p2")
	g.Click("The old PC is off and stays off")
	g.Click("Restore this")
	g.follow(r)
	g.Click("Open the salon")
	g.See("Rowan & Reed Hair is open again")
	g.everyLook("05-restore-6-done", "/done?back=1")
}

// follow watches the restore, which the page asks about by itself.
func (g guest) follow(r *run) {
	g.t.Helper()
	g.See("Bringing your salon back")
	g.See("0 %")
	r.now(func(r *run) {
		r.progress.Stage, r.progress.Done, r.progress.Total, r.progress.Elapsed = ui.StageCopy, 30<<20, 60<<20, 41*time.Second
	})
	g.See("37 %") // without a tap
	g.See("31.5 MB of 62.9 MB")
	g.everyLook("05-restore-5-progress", "/restore/progress") // opened anew, it shows the same
	r.now(func(r *run) { r.progress.Err = salon.E(salon.Damaged, "The restore point is damaged.") })
	g.See("The restore point is damaged.")
	g.everyLook("05-restore-5-failed", "/restore/progress")
	r.now(func(r *run) { r.progress = ui.RestoreProgress{PointID: "p2", Stage: ui.StageAdopt} })
	g.Open("/restore/progress")
	g.See("75 %")
	r.now(func(r *run) { r.progress.Stage, r.progress.Finished = ui.StageReady, true })
	g.See("Your salon is back")
	g.everyLook("05-restore-5-ready", "/restore/progress")
}

// The whole kit comes as a picture of its QR code, as a file, or pasted.
func TestTheKitInOneGoInTheBrowser(t *testing.T) {
	r, server := firstRun(t, drive)
	r.now(kept)
	g := arrive(t, server.URL)
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	picture := func(text string) []byte {
		code, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		return code.PNG()
	}
	whole := "SALONKEEP-KIT:" + strings.Join(paper[:], "-")
	begin := func() {
		g.Open("/restore")
		g.Click("Continue")
		g.See("Type or scan your recovery kit")
	}
	const picked, loaded = "input[data-scan-into]", "input[name=file]"

	begin()
	g.Upload(picked, filepath.Join(sourceOf(t), "node_modules", "axe-core", "axe.min.js"))
	g.See("There is no readable QR code in this picture.")
	g.examine("05-restore-2-noqr")
	g.Upload(picked, file("menu.png", picture("https://example.com/menu")))
	g.See("This is not a recovery kit.")
	g.Upload(picked, file("kit.png", picture(whole)))
	g.See("Choose the moment to go back to")

	begin()
	g.Upload(loaded, file("kit.txt", []byte("# Recovery kit\n"+strings.Join(paper[:], "-"))))
	g.See("Choose the moment to go back to")

	begin()
	uitest.Eval[bool](g.Tab, `(() => {
		const data = new DataTransfer();
		data.setData('text', '`+strings.ToLower(strings.Join(paper[:], " "))+`');
		const field = document.querySelector('#g1');
		field.focus();
		return !field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
	})()`)
	g.See("8 groups read correctly.")
	g.Click("Unlock")
	g.See("Choose the moment to go back to")
}

func sourceOf(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd() // tests run in their package's folder
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheDemoInTheBrowser(t *testing.T) {
	_, server := firstRun(t)
	g := arrive(t, server.URL)
	g.Click("Try a demo")
	g.See("plum-river-stone")
	g.examine("10-demo")
}

func TestTheClaimPageInTheBrowser(t *testing.T) {
	_, server := firstRun(t)
	g := guest{uitest.New(t).Tab(server.URL, uitest.Desk), t}
	g.Open("/")
	g.everyLook("10-claim", "/claim")
	g.Fill("Code", "AAAAAAAA")
	g.Click("Continue")
	g.See("That is not the code.")
	g.examine("10-claim-wrong")
	g.Open("/claim#" + claimCode) // over the page it leads to
	g.See("How would you like to begin?")
}
