// Package uitest drives a real Chromium through the pages the way a person
// does: it clicks what a label says and reads what stands on the screen. It
// knows nothing of how the pages are made.
package uitest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a step waits for what it expects before it fails. It is
// never a measure of speed.
const patience = 20 * time.Second

// Browser is one Chromium with a fresh profile. It ends with the test.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Tab is one tablet or phone: its own cookies, its own screen.
type Tab struct {
	t      testing.TB
	ctx    context.Context
	base   string
	mu     sync.Mutex
	faults []string
}

// New starts Chromium. scripts/setup installs it; without it the test fails,
// because a skipped browser test proves nothing.
func New(t testing.TB) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("Chromium is not installed; scripts/setup installs it")
	}
	// The browser's children still write for a moment after it ended, so its
	// profile is not t.TempDir.
	profile, err := os.MkdirTemp("", "salonkeep-browser-")
	if err != nil {
		t.Fatal(err)
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.IgnoreCertErrors}
	for _, flag := range []string{"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "no-default-browser-check", "hide-scrollbars", "disable-dev-shm-usage"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	opts = append(opts, chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(func() {
		stop()
		stopAlloc()
		for range 50 {
			if os.RemoveAll(profile) == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return &Browser{t: t, ctx: ctx}
}

// Size is a screen in CSS pixels.
type Size struct {
	Name          string
	Width, Height int64
	Phone         bool
}

// The three screens every page is made for.
var (
	Desk     = Size{"desk", 1280, 800, false}
	Portrait = Size{"portrait", 800, 1280, false}
	Phone    = Size{"phone", 390, 844, true}
)

// Tab opens a new device on the server at base. A script error, a failed
// request or a breach of the content policy on it fails the test.
func (b *Browser) Tab(base string, size Size) *Tab {
	b.t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: b.t, ctx: ctx, base: strings.TrimSuffix(base, "/")}
	if err := chromedp.Listen(ctx, tab.hear); err != nil {
		b.t.Fatalf("open a tab: %v", err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, struct{}{}); err != nil {
		b.t.Fatalf("open a tab: %v", err)
	}
	tab.Resize(size)
	b.t.Cleanup(func() {
		stop()
		for _, fault := range tab.Faults() {
			b.t.Errorf("in the browser: %s", fault)
		}
	})
	return tab
}

// In lets a subtest speak for the tab from now on.
func (tab *Tab) In(t testing.TB) { tab.t = t }

// hear collects what goes wrong inside the page.
func (tab *Tab) hear(event any) {
	fault := ""
	switch e := event.(type) {
	case *cdpruntime.EventExceptionThrown:
		fault = "script error: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		// A refused form is a 4xx, which Chromium reports as a failed load.
		refused := e.Entry.Source == log.EntrySourceNetwork && strings.Contains(e.Entry.Text, "status of 4")
		if e.Entry.Level == log.EntryLevelError && !refused {
			fault = string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL
		}
	}
	if fault == "" {
		return
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.faults = append(tab.faults, fault)
}

// Faults gives what went wrong inside the page so far, and forgets it.
func (tab *Tab) Faults() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	out := tab.faults
	tab.faults = nil
	return out
}

// Resize changes the screen.
func (tab *Tab) Resize(s Size) {
	tab.t.Helper()
	opts := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if s.Phone {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	tab.do(chromedp.EmulateViewport(s.Width, s.Height, opts...))
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tab.t.Fatalf("in the browser at %s: %v", tab.Address(), err)
	}
}

// Open goes to a path of the server and waits until the page is ready.
func (tab *Tab) Open(path string) {
	tab.t.Helper()
	tab.do(chromedp.Navigate(tab.base + path))
}

// Address is where the tab is, without the server.
func (tab *Tab) Address() string {
	return strings.TrimPrefix(Eval[string](tab, "location.href"), tab.base)
}

// Eval runs an expression in the page; a promise is awaited.
func Eval[T any](tab *Tab, js string) T {
	tab.t.Helper()
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("evaluate %.80s: %v", js, err)
	}
	return v
}

// try is Eval that reports failure: a page that is being left has no answer.
func try[T any](tab *Tab, js string) (T, error) {
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

// Wait waits until the expression is true.
func (tab *Tab) Wait(what, js string) {
	tab.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ok, err := try[bool](tab, "Boolean("+js+")")
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			text := strings.Join(strings.Fields(tab.Text()), " ")
			tab.t.Fatalf("waited for %s at %s; the screen says: %.900s", what, tab.Address(), text)
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// Text is what stands on the screen.
func (tab *Tab) Text() string {
	tab.t.Helper()
	text, err := try[string](tab, "document.body ? document.body.innerText : ''")
	if err != nil {
		return err.Error()
	}
	return text
}

// See waits until the words stand on the screen.
func (tab *Tab) See(words string) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf("%q", words), "document.body && document.body.innerText.includes("+quote(words)+")")
}

// SeeNot waits until the words are gone from the screen.
func (tab *Tab) SeeNot(words string) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf("%q to be gone", words), "document.body && !document.body.innerText.includes("+quote(words)+")")
}

func quote(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(out)
}

// sourceDir is the folder of this file, from where ui/node_modules is found.
func sourceDir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}
