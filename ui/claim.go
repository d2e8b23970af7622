package ui

import (
	"net/http"

	"salonkeep/store/salon"
)

// ticketSeconds is how long a first run may take before its link is typed
// again.
const ticketSeconds = 24 * 60 * 60

// claimPage asks for the code that the salon PC shows.
type claimPage struct {
	Page
	Fields
	Code string
}

func getClaim(c call) error {
	if _, open := c.s.Door(); open {
		return redirect("/")
	}
	return c.show(http.StatusOK, "claim", &claimPage{Page: c.frame("")})
}

func postClaim(c call) error {
	if _, open := c.s.Door(); open || c.s.First == nil {
		return redirect("/")
	}
	p := &claimPage{Page: c.frame(""), Code: c.FormValue("code")}
	ticket, err := c.s.First.Claim(c.ctx(), p.Code, c.RealIP())
	switch kind := salon.KindOf(err); {
	case err == nil:
		c.setCookie(ticketCookie, ticket, ticketSeconds)
		return c.see("/welcome")
	case kind == salon.Auth || kind == salon.Closed || kind == salon.Invalid:
		p.Wrong = map[string]string{"code": c.Say(err)}
		return c.show(statusOf(kind), "claim", p)
	default:
		return err
	}
}
