package ui

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"salonkeep/store/salon"
)

// banned are things that would let text of people become code: htmx and
// html/template know nothing of each other.
var banned = map[string]*regexp.Regexp{
	"hx-on evaluates text":                     regexp.MustCompile(`hx-on`),
	"hx-vals with a value from a template":     regexp.MustCompile(`hx-vals=["'][^"']*\{\{`),
	"hx-vals, hx-headers or a trigger as code": regexp.MustCompile(`js:|javascript:|hx-trigger="[^"]*\[`),
	"an inline script":                         regexp.MustCompile(`<script(?:[^>]*)>[^<]`),
	"an inline style sheet":                    regexp.MustCompile(`<style`),
	"an inline handler":                        regexp.MustCompile(`\son[a-z]+="`),
	"something from outside":                   regexp.MustCompile(`(?:src|href)="https?:`),
	"style with more than numbers":             regexp.MustCompile(`style="[^"]*(?:--[a-z]+:\{\{(?:\.Name|\.Text|\.Note|\.Client)|url\()`),
	"a value put into an attribute unquoted":   regexp.MustCompile(`\s[a-z-]+=\{\{`),
	"a template function that trusts its text": regexp.MustCompile(`safeHTML|safeJS|safeURL`),
}

func TestTemplatesCarryNoCode(t *testing.T) {
	err := fs.WalkDir(templateFiles, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templateFiles, name)
		if err != nil {
			return err
		}
		for why, pattern := range banned {
			if found := pattern.FindString(string(text)); found != "" {
				t.Errorf("%s: %s: %q", name, why, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTrustedHTMLIsDrawnInOnePlace: only render.go may call something HTML
// that was not escaped.
func TestTrustedHTMLIsDrawnInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "render.go" {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			if i.Path.Value == `"html/template"` {
				t.Errorf("%s imports html/template; drawing HTML is render.go's alone", name)
			}
		}
	}
}

// TestEveryRouteHasAGuard walks what the router serves and asks which guard
// each route went through. Public ones are named here, so that a new one is a
// decision and not an accident.
func TestEveryRouteHasAGuard(t *testing.T) {
	public := []string{
		"GET /", "GET /healthz", "GET /ui/*", "POST /device", "GET /signin", "POST /signin",
		"GET /claim", "POST /claim", "GET /done",
	}
	s := &Server{}
	seen := map[string]bool{}
	for _, r := range s.routes() {
		name := r.method + " " + r.path
		if seen[name] {
			t.Errorf("%s is registered twice", name)
		}
		seen[name] = true
		switch r.handler.guard {
		case "staff", "first":
		case "public":
			if !slices.Contains(public, name) {
				t.Errorf("%s is open to everybody and not on the list of what may be", name)
			}
		default:
			t.Errorf("%s has no guard", name)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d routes were walked", len(seen))
	}
}

func TestNoFrontEndNoServer(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "dist"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "dist", ".keep"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := loadAssets(os.DirFS(dir))
	if err == nil || !strings.Contains(err.Error(), "npm run build") {
		t.Errorf("an unbuilt front end says %v", err)
	}
}

func TestRedirectsStayHere(t *testing.T) {
	for to, want := range map[string]string{
		"/clients?q=a": "/clients?q=a", "": "/", "https://evil.example/": "/", "//evil.example/": "/", `/\evil.example`: "/", "clients": "/",
	} {
		if got := localPath(to); got != want {
			t.Errorf("localPath(%q) = %q, want %q", to, got, want)
		}
	}
}

func TestLanes(t *testing.T) {
	at := func(start, minutes int) block {
		b := block{}
		b.Start, b.Minutes = salon.Clock(start), minutes
		return b
	}
	blocks := []block{at(540, 60), at(560, 30), at(590, 30), at(700, 30)}
	layLanes(blocks)
	want := [][2]int{{0, 2}, {1, 2}, {1, 2}, {0, 1}}
	for i, b := range blocks {
		if [2]int{b.Lane, b.Lanes} != want[i] {
			t.Errorf("block %d is in lane %d of %d, want %v", i, b.Lane, b.Lanes, want[i])
		}
	}
}
