package uitest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"salonkeep/store/storetest"
	"salonkeep/ui/uitest"
)

// view is one page in one state, looked at by one role.
type view struct{ name, path, role string }

func (s *stage) views() []view {
	visit := "/calendar?visit=" + s.ids["visit of Amelia Okafor"]
	return []view{
		{"01-calendar", "/calendar", "owner"},
		{"01-calendar-visit", visit, "owner"},
		{"01-calendar-move", "/calendar?move=1&visit=" + s.ids["visit of Leo Grant"], "owner"},
		{"01-calendar-book", "/calendar?new=1&start=15:00&client=" + s.ids["Maya Sen"], "owner"},
		{"01-calendar-apart", "/calendar?apart=cancelled", "owner"},
		{"01-calendar-reception", visit, "reception"},
		{"01-calendar-empty", "/calendar?day=2026-12-24", "owner"},
		{"02-clients", "/clients", "reception"},
		{"02-clients-none", "/clients?q=zzz", "reception"},
		{"02-client", "/clients/" + s.ids["Amelia Okafor"], "reception"},
		{"02-client-owner", "/clients/" + s.ids["Amelia Okafor"], "owner"},
		{"02-client-edit", "/clients/" + s.ids["Amelia Okafor"] + "/edit", "reception"},
		{"02-client-new", "/clients/new", "reception"},
		{"03-receipts", "/receipts", "owner"},
		{"03-receipt", "/receipts/" + s.ids["receipt"], "owner"},
		{"08-more", "/more", "owner"},
		{"08-more-add", "/more?add=1", "owner"},
		{"09-problem-404", "/clients/nobody", "owner"},
		{"09-problem-403", "/clients/new", "beautician"},
	}
}

// TestShots looks at every page: axe finds nothing, nothing sticks out, and
// every control is large enough for a finger. With -shots it writes a picture
// of each page at each size, in both themes and both languages.
func TestShots(t *testing.T) {
	s := set(t)
	if err := s.As(t, "owner").AddNote(context.Background(), "client", s.ids["Amelia Okafor"], "Prefers the window chair. Oat flat white."); err != nil {
		t.Fatal(err)
	}
	browser := uitest.New(t)
	looks := []struct{ theme, lang string }{{"light", "en"}, {"dark", "en"}, {"light", "zh-CN"}, {"dark", "zh-CN"}}
	tab := browser.Tab(s.URL, uitest.Desk)
	for _, look := range looks {
		tab.Open("/signin")
		s.look(t, tab, look.theme, look.lang)
		s.examine(t, tab, "09-signin", look.theme, look.lang)
		reflow := look == looks[0]
		role := ""
		for _, v := range s.views() {
			if !strings.HasPrefix(v.name, *only) {
				continue
			}
			if v.role != role {
				s.enter(t, tab, v.role, look.lang)
				role = v.role
			}
			tab.Open(v.path)
			s.examine(t, tab, v.name, look.theme, look.lang)
			if reflow {
				examineReflow(t, tab, v.name)
			}
		}
		Leave(tab)
	}
}

// Leave signs out, whatever the language.
func Leave(tab *uitest.Tab) {
	tab.Open("/more")
	uitest.Eval[bool](tab, "(document.querySelector('main form[action=\"/signout\"]').requestSubmit(), true)")
	tab.Wait("the sign-in page", "location.pathname === '/signin'")
}

func (s *stage) look(t *testing.T, tab *uitest.Tab, theme, lang string) {
	t.Helper()
	js := fmt.Sprintf(`fetch('/device', {method: 'POST', body: new URLSearchParams({theme: '%s', lang: '%s', back: '/healthz'})}).then(r => r.ok)`, theme, lang)
	if !uitest.Eval[bool](tab, js) {
		t.Fatal("the look was not taken")
	}
	tab.Open("/signin")
}

// enter signs a role in through the form's own request, in any language.
func (s *stage) enter(t *testing.T, tab *uitest.Tab, role, lang string) {
	t.Helper()
	js := fmt.Sprintf(`fetch('/signin', {method: 'POST', body: new URLSearchParams({email: '%s@example.com', password: '%s', next: '/healthz'})})
		.then(() => fetch('/language', {method: 'POST', body: new URLSearchParams({lang: '%s'})})).then(r => r.ok)`, role, storetest.Password, lang)
	if !uitest.Eval[bool](tab, js) {
		t.Fatalf("%s could not sign in", role)
	}
}

// examineReflow looks for what sticks out on the narrowest screen and with the
// largest letters.
func examineReflow(t *testing.T, tab *uitest.Tab, name string) {
	t.Helper()
	tab.Resize(uitest.Size{Name: "narrow", Width: 320, Height: 640, Phone: true})
	for _, wide := range tab.Wide() {
		t.Errorf("%s at 320 px: sticks out: %s", name, wide)
	}
	if *shots != "" {
		tab.Shot(filepath.Join(*shots, name+"-narrow.png"))
	}
	uitest.Eval[bool](tab, "(document.documentElement.classList.add('text-125'), true)")
	for _, size := range []uitest.Size{uitest.Phone, uitest.Desk} {
		tab.Resize(size)
		for _, wide := range tab.Wide() {
			t.Errorf("%s with large letters on %s: sticks out: %s", name, size.Name, wide)
		}
		if *shots != "" {
			tab.Shot(filepath.Join(*shots, name+"-large-"+size.Name+".png"))
		}
	}
}

// examine looks at one page on all three screens.
func (s *stage) examine(t *testing.T, tab *uitest.Tab, name, theme, lang string) {
	t.Helper()
	for _, size := range []uitest.Size{uitest.Desk, uitest.Portrait, uitest.Phone} {
		if *shots == "" && size != uitest.Desk && (theme != "light" || lang != "en") {
			continue // without pictures the other looks are tried on one screen
		}
		tab.Resize(size)
		where := strings.Join([]string{name, size.Name, theme, lang}, " ")
		for _, breach := range tab.Axe() {
			t.Errorf("%s: axe: %s", where, breach)
		}
		for _, small := range tab.Small() {
			t.Errorf("%s: too small: %s", where, small)
		}
		for _, wide := range tab.Wide() {
			t.Errorf("%s: sticks out: %s", where, wide)
		}
		if *shots != "" {
			tab.Shot(filepath.Join(*shots, strings.Join([]string{name, size.Name, theme, lang}, "-")+".png"))
		}
	}
	tab.Resize(uitest.Desk)
	tab.Faults() // refused pages are asked for on purpose
}
