package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"

	"rsc.io/qr"

	"salonkeep/store/salon"
)

//go:embed templates
var templateFiles embed.FS

// Page is the frame around every page's own content: each page's struct embeds
// one, made by frame.
type Page struct {
	Lang     string
	Theme    string
	Text     string
	Keys     string
	Path     string // of this page, to come back to
	Salon    string // its name, "" in first-run mode
	Currency string
	Who      salon.Who
	Menu     []MenuItem
	Live     bool   // whether changes by others are streamed
	Key      string // idempotency key for this page's form
	Toast    *Toast
	Version  string
	words    *words
}

// MenuItem is one entry of the navigation.
type MenuItem struct {
	Href, Icon, Label string
	Current           bool
	Foot              bool   // at the bottom of the rail
	Wide              bool   // left out of the phone's bottom bar
	Dot               string // ok, warn or danger: a coloured dot with DotLabel
	DotLabel          string
}

// Toast is one sentence that appears for ten seconds.
type Toast struct {
	Text string
	Bad  bool
	Undo int64  // offers Undo when not 0
	Back string // where Undo returns to
	// Action is another way on, as a link.
	Action, Href string
}

func (p *Page) page() *Page { return p }

// Money writes minor units in the salon's currency.
func (p *Page) Money(cents int64) string { return p.words.Money(cents) }

// When writes an instant of the store, UTC text, on the salon's clock.
func (p *Page) When(utc string) string {
	t, ok := p.words.Instant(utc)
	if !ok {
		return ""
	}
	return p.words.date(t, "2 Jan 2006") + " " + t.Format("15:04")
}

// pages are the parsed templates: language -> page -> template.
type pages struct {
	byLang map[string]map[string]*template.Template
}

func loadPages(all *catalogue, built *assets, today func() salon.Day) (*pages, error) {
	names, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{byLang: map[string]map[string]*template.Template{}}
	for lang, w := range all.languages {
		base, err := template.New("base").Funcs(functions(w, built, today)).ParseFS(templateFiles, "templates/layouts/*.html", "templates/partials/*.html")
		if err != nil {
			return nil, fmt.Errorf("parse layouts: %w", err)
		}
		p.byLang[lang] = map[string]*template.Template{}
		for _, name := range names {
			t, err := template.Must(base.Clone()).ParseFS(templateFiles, name)
			if err != nil {
				return nil, fmt.Errorf("parse page %s: %w", name, err)
			}
			p.byLang[lang][strings.TrimSuffix(path.Base(name), ".html")] = t
		}
	}
	return p, nil
}

// functions are what templates may call. t and n translate; the rest draws.
func functions(w *words, built *assets, today func() salon.Day) template.FuncMap {
	f := template.FuncMap{
		"t":        w.T,
		"n":        w.N,
		"day":      w.Day,
		"span":     w.Span,
		"bytes":    w.Bytes,
		"clock":    func(c salon.Clock) string { return c.String() },
		"hhmm":     func(minutes int) string { return salon.Clock(minutes).String() },
		"initials": initials,
		"hue":      hue,
		"asset":    built.url,
		"add":      func(a, b int) int { return a + b },
		"int":      func(n int64) int { return int(n) },
		"date":     func(d salon.Day) string { return w.ShortDay(d, today()) },
		"phone":    phoneText,
		"qr":       qrCode,
		"icon": func(name string, class ...string) template.HTML {
			// Both parts are written by us: an icon's name and fixed classes.
			return template.HTML(`<svg class="` + strings.Join(append([]string{"i"}, class...), " ") +
				`" aria-hidden="true"><use href="` + built.url("icons.svg") + "#" + name + `"/></svg>`)
		},
		"role":   func(role string) string { return w.T(roleWord(role)) },
		"paid":   func(method string) string { return w.T(paymentWord(method)) },
		"status": func(s salon.Status) string { return w.T(statusWord(s)) },
	}
	maps.Copy(f, fieldFunctions())
	return f
}

// qrCode draws a QR code as one path, so that it prints sharply and needs no image.
func qrCode(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw a QR code of %d bytes: %w", len(text), err)
	}
	var b strings.Builder
	side := code.Size + 4
	fmt.Fprintf(&b, `<svg class="qr" viewBox="-2 -2 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`, side, side, template.HTMLEscapeString(label))
	fmt.Fprintf(&b, `<path fill="#fff" d="M-2-2h%dv%dh-%dz"/><path fill="#111" d="`, side, side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

// frame is the part of a page that does not depend on who looks at it.
func (c call) frame(nav string) Page {
	return Page{
		Lang: c.Lang, Theme: c.device.Theme, Text: c.device.Text, Keys: c.device.Keys, Path: c.Request().URL.RequestURI(),
		Key: freshKey(), Version: c.s.Version, words: c.words,
	}
}

// framed is any page's struct.
type framed interface{ page() *Page }

// show renders the page: whole for a browser, its desk alone for htmx. It is
// rendered to memory first, so that a fault gives an error page and no half page.
func (c call) show(status int, name string, p framed) error {
	t, ok := c.s.pages.byLang[c.Lang][name]
	if !ok {
		return fmt.Errorf("no page named %s", name)
	}
	block := "layout"
	if c.htmx() {
		block = "swap"
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, p); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	c.Response().Header().Add("Vary", "HX-Request")
	if block == "swap" && status == http.StatusOK {
		c.keepAddress()
	}
	return c.HTMLBlob(status, b.Bytes())
}

// keepAddress tells htmx which address the desk it receives stands for, so
// that reload, back and live updates ask for the same. What was just done is
// not part of it. Going somewhere is a step of the history; typing a search
// and coming back from a form is not.
func (c call) keepAddress() {
	u := *c.Request().URL
	q := u.Query()
	header := "HX-Push-Url"
	if q.Has("did") || q.Has("typed") {
		header = "HX-Replace-Url"
	}
	for _, passing := range []string{"did", "on", "undo", "from", "typed"} {
		q.Del(passing)
	}
	u.RawQuery = q.Encode()
	here, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
	if err == nil && here.Path == u.Path && here.Query().Encode() == u.RawQuery {
		return
	}
	c.Response().Header().Set(header, u.RequestURI())
}

// part renders one named block of a page, for a region that asks for itself.
func (c call) part(status int, name, block string, data any) error {
	var b bytes.Buffer
	if err := c.s.pages.byLang[c.Lang][name].ExecuteTemplate(&b, block, data); err != nil {
		return fmt.Errorf("render %s of page %s: %w", block, name, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// toastOnly answers htmx with a sentence and leaves the page as it is.
func (s *Server) toastOnly(c call, status int, toast Toast) error {
	p := c.frame("")
	p.Toast = &toast
	var b bytes.Buffer
	if err := s.pages.byLang[c.Lang]["problem"].ExecuteTemplate(&b, "toasts", &p); err != nil {
		return fmt.Errorf("render a toast: %w", err)
	}
	c.Response().Header().Set("HX-Reswap", "none")
	return c.HTMLBlob(status, b.Bytes())
}

// Fields is embedded by pages with a form: what was complained about, by field.
type Fields struct{ Wrong map[string]string }

// Bad is the complaint about one field, "" if there is none.
func (f Fields) Bad(field string) string { return f.Wrong[field] }

// Total is what a receipt comes to with its taxes.
func (p *Page) Total(r salon.SaleRow) string { return p.Money(r.NetCents + r.TaxCents) }
