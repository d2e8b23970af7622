package ui

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// Options is what the pages need from the program around them.
type Options struct {
	// Door is the salon; false while this PC has none, which is first-run mode.
	Door func() (*store.Door, bool)
	// First does the work of first-run mode.
	First FirstRun
	// Places lists folders and drives found by themselves; nil finds none.
	Places func(context.Context) ([]Place, error)
	// AddTarget tries a place, makes it this salon's and adds it for the person
	// of the scope. The errors are the store's and the place's own.
	AddTarget func(context.Context, *store.Scope, PlaceForm) error
	// Addresses are the https addresses of this PC for tablets, best first.
	Addresses func() []string
	// Now is the clock.
	Now func() time.Time
	// Hosts tells whether a request may name this host (without port). Others
	// are refused, so that a foreign page cannot reach us under its own name.
	Hosts func(host string) bool
	// Log takes the causes of faults; people see only sentences.
	Log *slog.Logger
	// Version of the program, for the More page.
	Version string
	// Secure marks cookies as HTTPS-only with the __Host- prefix.
	Secure bool
}

// Server answers every request of a browser.
type Server struct {
	Options
	assets  *assets
	words   *catalogue
	pages   *pages
	handler http.Handler
	draft   draft // of the first run
}

// New prepares the pages. It fails when the front end was not built, when a
// template does not parse or when a catalogue does not load.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Places == nil {
		o.Places = func(context.Context) ([]Place, error) { return nil, nil }
	}
	if o.Addresses == nil {
		o.Addresses = func() []string { return nil }
	}
	s := &Server{Options: o}
	var err error
	if s.assets, err = loadAssets(distFiles); err != nil {
		return nil, err
	}
	if s.words, err = loadWords(); err != nil {
		return nil, err
	}
	if s.pages, err = loadPages(s.words, s.assets, func() salon.Day { return salon.DayOf(s.Now()) }); err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner = true
	e.HidePort = true
	e.HTTPErrorHandler = s.fail
	for _, r := range s.routes() {
		e.Add(r.method, r.path, r.handler.serve)
	}
	s.handler = s.guard(e)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
