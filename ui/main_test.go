package ui_test

import (
	"flag"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"salonkeep/store"
	"salonkeep/store/storetest"
	"salonkeep/ui"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// salonServer is a real salon behind real pages.
type salonServer struct {
	*storetest.World
	*httptest.Server
	ids map[string]string
}

func serve(t *testing.T) *salonServer {
	t.Helper()
	w := storetest.New(t)
	s := &salonServer{World: w, ids: w.Seed(t)}
	pages, err := ui.New(ui.Options{
		Door: func() (*store.Door, bool) { return w.Door, true },
		Now:  w.Now, Version: "test",
		Hosts:     func(host string) bool { return host == "127.0.0.1" },
		Addresses: func() []string { return []string{"https://salon.local:8443"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(pages)
	t.Cleanup(s.Close)
	return s
}

// browser keeps cookies and does not follow redirects by itself.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
	htmx   bool
}

func (s *salonServer) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: s.URL, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs in a person of that role and returns their browser.
func (s *salonServer) as(t *testing.T, role string) *browser {
	t.Helper()
	b := s.browser(t)
	status, body := b.post("/signin", url.Values{"email": {role + "@example.com"}, "password": {storetest.Password}})
	if status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: status %d\n%s", role, status, body)
	}
	return b
}

func (b *browser) do(r *http.Request) (int, string, http.Header) {
	b.t.Helper()
	if b.htmx {
		r.Header.Set("HX-Request", "true")
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	status, body, _ := b.do(r)
	return status, body
}

func (b *browser) post(path string, form url.Values) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, _ := b.do(r)
	return status, body
}
