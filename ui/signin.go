package ui

import (
	"net/http"
	"strings"

	"salonkeep/store/salon"
)

// signInPage asks for e-mail and password.
type signInPage struct {
	Page
	Email string
	Next  string
	Wrong string // why the last try failed
	Today salon.Day
	Clock salon.Clock
}

func (c call) signInPage() (*signInPage, error) {
	door, err := c.door()
	if err != nil {
		return nil, err
	}
	settings, err := door.Settings(c.ctx())
	if err != nil {
		return nil, err
	}
	if c.device.Lang == "" && c.Request().Header.Get("Accept-Language") == "" {
		c.words = c.s.words.in(settings.Language)
	}
	c.words = c.words.with(settings)
	p := &signInPage{Page: c.frame(""), Next: localPath(c.FormValue("next"))}
	p.Salon = settings.Name
	now := c.s.Now().In(c.words.location())
	p.Today, p.Clock = salon.DayOf(now), salon.Clock(now.Hour()*60+now.Minute())
	return p, nil
}

func getSignIn(c call) error {
	if _, err := c.s.enter(c.Context); err == nil {
		return redirect(localPath(c.QueryParam("next")))
	}
	p, err := c.signInPage()
	if err != nil {
		return err
	}
	if c.device.ID == "" {
		c.keepDevice(c.device)
	}
	c.words = p.words
	return c.show(http.StatusOK, "signin", p)
}

func postSignIn(c call) error {
	p, err := c.signInPage()
	if err != nil {
		return err
	}
	c.words = p.words
	p.Email = strings.TrimSpace(c.FormValue("email"))
	door, err := c.door()
	if err != nil {
		return err
	}
	token, err := door.SignIn(c.ctx(), p.Email, c.FormValue("password"), station(c.Request(), c.device))
	switch kind := salon.KindOf(err); {
	case err == nil:
		c.setCookie(sessionCookie, token, yearSeconds)
		return c.see(p.Next)
	case kind == salon.Auth || kind == salon.Closed || kind == salon.Invalid:
		p.Wrong = c.Say(err)
		return c.show(statusOf(kind), "signin", p)
	default:
		return err
	}
}

func postSignOut(d *desk) error {
	if err := d.scope.SignOut(d.ctx()); err != nil {
		return err
	}
	d.setCookie(sessionCookie, "", 0)
	return d.see("/signin")
}
