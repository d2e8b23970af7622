package ui

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// guarded is a handler that went through public, staff or first. Routes accept
// nothing else, so a page without a guard cannot be registered.
type guarded struct {
	guard string
	serve echo.HandlerFunc
}

// call is one request, whoever made it.
type call struct {
	echo.Context
	s *Server
	*words
	device device
}

// desk is one request of a signed-in person. All data is reached through scope.
type desk struct {
	call
	scope    *store.Scope
	settings salon.Settings
}

// wizard is one request of the person who holds the claim ticket.
type wizard struct {
	call
	ticket string
}

func (s *Server) call(c echo.Context) call {
	return call{Context: c, s: s, words: s.words.forRequest(c.Request()), device: readDevice(c.Request(), s.Secure)}
}

// ctx is the request's context: it ends when the browser leaves.
func (c call) ctx() context.Context { return c.Request().Context() }

// htmx tells whether only the page's desk block is wanted.
func (c call) htmx() bool { return c.Request().Header.Get("HX-Request") == "true" }

// public serves everybody, signed in or not, with or without a salon.
func (s *Server) public(h func(call) error) guarded {
	return guarded{"public", func(c echo.Context) error { return h(s.call(c)) }}
}

// staff serves people who are signed in. Whether they may do what they ask is
// decided by the scope, not here.
func (s *Server) staff(h func(*desk) error) guarded {
	return guarded{"staff", func(c echo.Context) error {
		d, err := s.enter(c)
		if err != nil {
			return err
		}
		return h(d)
	}}
}

// enter turns the session cookie into a desk.
func (s *Server) enter(c echo.Context) (*desk, error) {
	base := s.call(c)
	door, open := s.Door()
	if !open {
		return nil, redirect("/")
	}
	scope, err := door.Enter(base.ctx(), readCookie(c.Request(), s.cookieName(sessionCookie)))
	if salon.KindOf(err) == salon.Auth {
		return nil, redirect("/signin?next=" + url.QueryEscape(nextOf(c.Request())))
	}
	if err != nil {
		return nil, err
	}
	settings, err := scope.Settings(base.ctx())
	if err != nil {
		return nil, err
	}
	base.words = s.words.in(scope.Who().Language).with(settings)
	return &desk{call: base, scope: scope, settings: settings}, nil
}

// first serves the holder of the claim ticket while there is no salon yet.
func (s *Server) first(h func(*wizard) error) guarded {
	return guarded{"first", func(c echo.Context) error {
		if _, open := s.Door(); open {
			return redirect("/")
		}
		w := &wizard{call: s.call(c), ticket: readCookie(c.Request(), s.cookieName(ticketCookie))}
		w.words = w.words.with(salon.Settings{Timezone: s.Now().Location().String()}) // of this PC: there is no salon's clock yet
		if s.First == nil || !s.First.Holds(w.ticket) {
			return redirect("/claim")
		}
		// FormValue says nothing of a form that was cut off for its size.
		if err := parseForm(c.Request()); err != nil {
			return err
		}
		return h(w)
	}}
}

// parseForm reads a form of either kind and says when it was cut off for its
// size, which FormValue does not.
func parseForm(r *http.Request) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return r.ParseMultipartForm(maxBody)
	}
	return r.ParseForm()
}

// redirected is an error that sends the browser elsewhere.
type redirected struct{ to string }

func (r redirected) Error() string { return "go to " + r.to }

func redirect(to string) error { return redirected{to} }

// see answers a POST: the browser gets the page to look at next. htmx follows
// it and receives only the desk of that page.
func (c call) see(to string) error { return c.Redirect(http.StatusSeeOther, to) }

// nextOf is where to go after signing in: the page that was asked for, if it
// was a page.
func nextOf(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	return r.URL.RequestURI()
}

// localPath keeps a redirect inside this server.
func localPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
		return "/"
	}
	return to
}

// freshKey is the idempotency key of a form: sent twice, the form acts once.
func freshKey() string { return rand.Text() }
