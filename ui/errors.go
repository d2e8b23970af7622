package ui

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"salonkeep/store/salon"
)

// brokenSentence stands for every fault of ours: the cause is in the log only.
var brokenSentence = say("Something went wrong on the salon PC. What was saved before is safe. Try again, and tell the owner if it happens again.")

// statuses is the one place where an error's kind becomes an HTTP status. All
// but Broken are below 500, because htmx shows those and not the others.
func statusOf(kind salon.Kind) int {
	switch kind {
	case salon.Invalid, salon.WrongKey, salon.Damaged:
		return http.StatusUnprocessableEntity
	case salon.Missing:
		return http.StatusNotFound
	case salon.Clash, salon.NotEmpty, salon.InUse, salon.Newer:
		return http.StatusConflict
	case salon.Denied:
		return http.StatusForbidden
	case salon.Auth:
		return http.StatusUnauthorized
	case salon.Closed:
		return http.StatusLocked
	case salon.Unreachable:
		return http.StatusFailedDependency
	default:
		return http.StatusInternalServerError
	}
}

// classify makes a salon.Error of what came up, and its status.
func classify(err error) (*salon.Error, int) {
	var known *salon.Error
	if errors.As(err, &known) {
		return known, statusOf(known.Kind)
	}
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return salon.E(salon.Invalid, "That was more than one form may hold. Shorten it and try again.").Because(err), http.StatusRequestEntityTooLarge
	}
	var routing *echo.HTTPError
	if errors.As(err, &routing) {
		switch routing.Code {
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			return salon.E(salon.Missing, "There is no page at this address. It may have moved, or the link was cut short.").Because(err), http.StatusNotFound
		case http.StatusRequestEntityTooLarge:
			return salon.E(salon.Invalid, "That was more than one form may hold. Shorten it and try again.").Because(err), routing.Code
		}
	}
	return salon.E(salon.Broken, brokenSentence).Because(err), http.StatusInternalServerError
}

// problemPage says what happened, what is safe and what to do.
type problemPage struct {
	Page
	Icon   string
	Title  string
	What   string
	Safe   string
	Do     string
	Code   string // for the log, under Details
	Return string // where the button leads
}

// fail is echo's error handler: the rim where errors are logged and said.
func (s *Server) fail(err error, ec echo.Context) {
	if ec.Response().Committed {
		s.Log.Error("answer broke off", "path", ec.Path(), "err", err)
		return
	}
	c := s.call(ec)
	var elsewhere redirected
	if errors.As(err, &elsewhere) {
		s.elsewhere(c, elsewhere.to)
		return
	}
	known, status := classify(err)
	if status >= http.StatusInternalServerError {
		s.Log.Error("page failed", "method", ec.Request().Method, "path", ec.Path(), "err", err)
	} else {
		s.Log.Debug("page refused", "method", ec.Request().Method, "path", ec.Path(), "err", err)
	}
	var d *desk
	if status != http.StatusUnauthorized {
		d, _ = s.enter(ec) // the frame around the page, for people who are signed in
	}
	if err := s.showProblem(c, d, known, status); err != nil {
		s.Log.Error("error page failed", "path", ec.Path(), "err", err)
		s.plain(ec.Response(), ec.Request(), status, brokenSentence)
	}
}

// elsewhere redirects; htmx is told to load the whole page, because what it
// would swap in belongs to another frame.
func (s *Server) elsewhere(c call, to string) {
	if c.htmx() {
		c.Response().Header().Set("HX-Redirect", to)
		c.Response().WriteHeader(http.StatusNoContent)
		return
	}
	c.Response().Header().Set("Location", to)
	c.Response().WriteHeader(http.StatusSeeOther)
}

func (s *Server) showProblem(c call, d *desk, e *salon.Error, status int) error {
	p := problemPage{Page: c.frame(""), Code: strings.TrimSpace(c.Request().Method + " " + c.Path()), Return: "/"}
	if d != nil {
		c = d.call
		p.Page = d.frame("")
	}
	p.What = c.Say(e)
	p.Icon, p.Title, p.Safe, p.Do = problemWords(e.Kind)
	if c.htmx() {
		return s.toastOnly(c, status, Toast{Text: p.What, Bad: true})
	}
	return c.show(status, "problem", &p)
}

// problemWords is what an error page says around the sentence of the error.
func problemWords(kind salon.Kind) (icon, title, safe, do string) {
	switch kind {
	case salon.Missing:
		return iconName("map-search"), say("Nothing here"), say("Nothing was changed."), say("Go back, or look for it from the calendar.")
	case salon.Denied:
		return iconName("lock"), say("This is not yours to open"), say("Nothing was changed, and nothing was shown."), ""
	case salon.Clash, salon.InUse:
		return iconName("arrows-exchange"), say("Somebody was there first"), say("Nothing was changed."), say("Go back, look at it as it is now, and do it again if it still needs doing.")
	case salon.Closed:
		return iconName("clock-pause"), say("Not right now"), say("What was saved before is safe."), say("Wait a moment and try again.")
	case salon.Broken:
		return iconName("alert-triangle"), say("Something broke"), say("What was saved before is safe. What you just sent may not have been saved."), say("Go back and look whether it is there before you send it again.")
	default:
		return iconName("alert-circle"), say("That did not work"), say("Nothing was changed."), say("Go back, put it right and try again.")
	}
}
