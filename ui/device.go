package ui

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
)

// Names of our cookies; cookieName adds the prefix that binds them to this host.
const (
	sessionCookie = "session"
	ticketCookie  = "ticket"
	deviceCookie  = "device"
)

const yearSeconds = 400 * 24 * 60 * 60 // the longest a browser keeps a cookie

// device is what a tablet remembers of itself, whoever is signed in.
type device struct {
	ID    string // a few letters that tell two tablets of the same make apart
	Theme string // light, dark or auto
	Text  string // 100, 112 or 125 per cent
	Lang  string // en or zh-CN, for the pages before sign-in; "" follows the browser
	Keys  string // "off" switches single-letter shortcuts off
}

func (s *Server) cookieName(name string) string { return cookieName(name, s.Secure) }

func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

func readCookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets or, with an empty value, removes one of our cookies.
func (c call) setCookie(name, value string, seconds int) {
	if value == "" {
		seconds = -1
	}
	c.SetCookie(&http.Cookie{
		Name: c.s.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: c.s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func oneOf(value string, allowed ...string) string {
	for _, a := range allowed {
		if value == a {
			return value
		}
	}
	return allowed[0]
}

func readDevice(r *http.Request, secure bool) device {
	v, _ := url.ParseQuery(readCookie(r, cookieName(deviceCookie, secure)))
	return device{
		ID:    v.Get("id"),
		Theme: oneOf(v.Get("theme"), "auto", "light", "dark"),
		Text:  oneOf(v.Get("text"), "100", "112", "125"),
		Lang:  oneOf(v.Get("lang"), "", "en", "zh-CN"),
		Keys:  oneOf(v.Get("keys"), "", "off"),
	}
}

func (c call) keepDevice(d device) {
	if d.ID == "" {
		d.ID = rand.Text()[:4]
	}
	v := url.Values{"id": {d.ID}, "theme": {d.Theme}, "text": {d.Text}}
	if d.Lang != "" {
		v.Set("lang", d.Lang)
	}
	if d.Keys != "" {
		v.Set("keys", d.Keys)
	}
	c.setCookie(deviceCookie, v.Encode(), yearSeconds)
}

// station names the device in the log of who did what: "iPad 7F2K".
func station(r *http.Request, d device) string {
	agent := r.UserAgent()
	kind := "Browser"
	for _, k := range []struct{ sign, name string }{
		{"iPad", "iPad"}, {"iPhone", "iPhone"}, {"Android", "Android"}, {"Windows", "Windows PC"},
		{"Macintosh", "Mac"}, {"Linux", "Linux PC"},
	} {
		if strings.Contains(agent, k.sign) {
			kind = k.name
			break
		}
	}
	if kind == "Android" && strings.Contains(agent, "Mobile") {
		kind = "Android phone"
	} else if kind == "Android" {
		kind = "Android tablet"
	}
	return strings.TrimSpace(kind + " " + d.ID)
}

// postDevice changes how this device shows things and goes back to where it
// was asked.
func postDevice(c call) error {
	d := c.device
	set := func(field *string, name string, allowed ...string) {
		if v := c.FormValue(name); v != "" {
			*field = oneOf(v, allowed...)
		}
	}
	set(&d.Theme, "theme", "auto", "light", "dark")
	set(&d.Text, "text", "100", "112", "125")
	set(&d.Lang, "lang", "en", "zh-CN")
	switch c.FormValue("keys") {
	case "on":
		d.Keys = ""
	case "off":
		d.Keys = "off"
	}
	c.keepDevice(d)
	return c.see(localPath(c.FormValue("back")))
}
