package ui_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"salonkeep/store"
	"salonkeep/store/storetest"
	"salonkeep/ui"
)

func (b *browser) request(method, path, body string, header map[string]string) (int, string, http.Header) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range header {
		if k == "Host" {
			r.Host = v
			continue
		}
		r.Header.Set(k, v)
	}
	return b.do(r)
}

func TestForeignNamesAreRefused(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	for _, host := range []string{"evil.example", "evil.example:80", "127.0.0.1.evil.example", ""} {
		status, body, _ := b.request("GET", "/clients", "", map[string]string{"Host": host})
		if host != "" && (status != http.StatusMisdirectedRequest || strings.Contains(body, "Amelia")) {
			t.Errorf("host %q: %d %s", host, status, body)
		}
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	form := url.Values{"name": {"Planted"}, "key": {"k"}}.Encode()
	for name, header := range map[string]map[string]string{
		"cross-site":   {"Sec-Fetch-Site": "cross-site"},
		"same-site":    {"Sec-Fetch-Site": "same-site"},
		"other origin": {"Origin": "https://evil.example"},
		"null origin":  {"Origin": "null"},
	} {
		if status, _, _ := b.request("POST", "/clients", form, header); status != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, status)
		}
	}
	if _, page := b.get("/clients"); strings.Contains(page, "Planted") {
		t.Error("a foreign form made a client")
	}
	if status, _, _ := b.request("POST", "/clients", form, map[string]string{"Sec-Fetch-Site": "same-origin"}); status != http.StatusSeeOther {
		t.Errorf("our own form: %d, want 303", status)
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	for _, path := range []string{"/calendar", "/signin", "/nowhere", "/healthz", "/ui/app.js"} {
		_, _, h := b.request("GET", path, "", nil)
		if got := h.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: policy %q", path, got)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", path, h)
		}
		wantStore := "no-store"
		if path == "/ui/app.js" {
			wantStore = "public, max-age=31536000, immutable"
		}
		if h.Get("Cache-Control") != wantStore {
			t.Errorf("%s: Cache-Control %q", path, h.Get("Cache-Control"))
		}
	}
}

func TestOversizedFormsAreRefused(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	status, body := b.post("/clients", url.Values{"name": {strings.Repeat("a", 300<<10)}})
	if status < 400 || status >= 500 {
		t.Errorf("a form of 300 KB: %d %.200s", status, body)
	}
}

func TestCookiesAreClosed(t *testing.T) {
	s := serve(t)
	b := s.browser(t)
	_, _, h := b.request("POST", "/signin", url.Values{"email": {"owner@example.com"}, "password": {"three plain words"}}.Encode(), nil)
	cookies := (&http.Response{Header: h}).Cookies()
	if len(cookies) == 0 {
		t.Fatal("signing in set no cookie")
	}
	for _, c := range cookies {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %+v", c)
		}
	}
}

func TestCookiesBelongToThisHostAlone(t *testing.T) {
	w := storetest.New(t)
	pages, err := ui.New(ui.Options{Door: func() (*store.Door, bool) { return w.Door, true }, Now: w.Now, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "https://salon.local/signin", strings.NewReader("email=owner%40example.com&password="+url.QueryEscape(storetest.Password)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	pages.ServeHTTP(answer, r)
	cookies := answer.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-session" || !cookies[0].Secure {
		t.Errorf("over HTTPS signing in sets %v", cookies)
	}
}

func TestStrangersAreSentToSignIn(t *testing.T) {
	s := serve(t)
	s.fill(t)
	b := s.browser(t)
	for _, path := range s.paths() {
		if path == "/nowhere" {
			continue
		}
		status, body, h := b.request("GET", path, "", nil)
		if status != http.StatusSeeOther || !strings.HasPrefix(h.Get("Location"), "/signin?next=") || strings.Contains(body, "Amelia") {
			t.Errorf("%s to a stranger: %d %s", path, status, h.Get("Location"))
		}
	}
	for _, path := range []string{"/clients", "/visits", "/visits/x/move", "/visits/x/status", "/undo", "/staff", "/language"} {
		status, _, h := b.request("POST", path, "name=x", nil)
		if status != http.StatusSeeOther || h.Get("Location") != "/signin?next=%2F" {
			t.Errorf("POST %s by a stranger: %d %s", path, status, h.Get("Location"))
		}
	}
}

func TestSignedOutIsOut(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	cookies := b.client.Jar.Cookies(mustURL(t, s.URL))
	if status, _ := b.post("/signout", url.Values{}); status != http.StatusSeeOther {
		t.Fatalf("sign out: %d", status)
	}
	b.client.Jar.SetCookies(mustURL(t, s.URL), cookies) // a copy of the cookie somebody kept
	if status, _ := b.get("/clients"); status != http.StatusSeeOther {
		t.Errorf("a kept cookie still opens pages: %d", status)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestWhatIsNotAllowedIsRefusedInWords(t *testing.T) {
	s := serve(t)
	s.fill(t)
	b := s.as(t, "beautician")
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/visits", url.Values{"who": {"walkin"}, "service": {s.ids["Cut & finish"]}, "staff": {s.ids["Mei"]}, "day": {"2026-11-21"}, "start": {"16:00"}, "key": {"k1"}}},
		{"/visits/" + s.ids["visit of Leo Grant"] + "/move", url.Values{"staff": {s.ids["Mei"]}, "day": {"2026-11-21"}, "start": {"16:00"}, "version": {"1"}}},
		{"/clients", url.Values{"name": {"Planted"}, "key": {"k2"}}},
		{"/staff", url.Values{"name": {"Planted"}}},
	} {
		for _, htmx := range []bool{false, true} {
			b.htmx = htmx
			status, page := b.post(step.path, step.form)
			if status != http.StatusForbidden || !strings.Contains(page, "You may not do that.") {
				t.Errorf("%s (htmx %v): %d %.300s", step.path, htmx, status, page)
			}
		}
	}
}

func TestTextOfPeopleStaysText(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	const nasty = `<img src=x onerror=alert(1)>"'{{.Who}}</textarea><script>alert(1)</script>`
	if status, page := b.post("/clients", url.Values{"name": {nasty}, "note": {nasty}, "key": {"k"}}); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, page)
	}
	for _, path := range []string{"/clients", "/clients?q=" + url.QueryEscape(nasty), "/find/clients?text=" + url.QueryEscape("<img"), "/clients?q=" + url.QueryEscape(nasty+"x")} {
		_, page := b.get(path)
		if strings.Contains(page, "<img src=x") || strings.Contains(page, "<script>alert") {
			t.Errorf("%s: text became HTML", path)
		}
	}
}
