package ui

import (
	"net/http"

	"salonkeep/store"
)

// getHome sends everybody to where they begin: the wizard on a PC without a
// salon, the sign-in page, or the first page this person may open.
func getHome(c call) error {
	if _, open := c.s.Door(); !open {
		ticket := readCookie(c.Request(), c.s.cookieName(ticketCookie))
		if c.s.First != nil && c.s.First.Holds(ticket) {
			return redirect("/welcome")
		}
		return redirect("/claim")
	}
	d, err := c.s.enter(c.Context)
	if err != nil {
		return err
	}
	return redirect(d.home())
}

// health is what /healthz answers.
type health struct {
	OK      bool   `json:"ok"`
	Founded bool   `json:"founded"`
	Version string `json:"version"`
}

func getHealth(c call) error {
	_, open := c.s.Door()
	return c.JSON(http.StatusOK, health{OK: true, Founded: open, Version: c.s.Version})
}

// door is the salon for pages before sign-in.
func (c call) door() (*store.Door, error) {
	door, open := c.s.Door()
	if !open {
		return nil, redirect("/")
	}
	return door, nil
}
