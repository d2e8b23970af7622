package ui

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
)

// maxBody is the largest form a browser may send, in bytes.
const maxBody = 256 << 10

// policy allows our own files and nothing else. style-src-attr is for numeric
// custom properties in style attributes; text of people never goes there.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what every request passes before it meets a route: the name it
// asked for, where it came from, how much it may send, and the headers of
// every answer.
func (s *Server) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.plain(w, r, http.StatusForbidden, say("This form came from another website, so it was not accepted. Open the salon's own address and try again."))
	}))
	protected := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		defer s.survive(w, r)
		if s.Hosts != nil && !s.Hosts(hostOnly(r.Host)) {
			s.plain(w, r, http.StatusMisdirectedRequest, say("This PC does not go by that name. Use the address shown on its own screen."))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		protected.ServeHTTP(w, r)
	})
}

// survive turns a panic into a logged fault, so that one request never takes
// the salon down.
func (s *Server) survive(w http.ResponseWriter, r *http.Request) {
	fault := recover()
	if fault == nil {
		return
	}
	if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(fault)
	}
	s.Log.Error("page panicked", "path", r.URL.Path, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
	s.plain(w, r, http.StatusInternalServerError, brokenSentence)
}

// plain answers with one sentence and no page: for requests that must not
// learn anything about the salon.
func (s *Server) plain(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, s.words.forRequest(r).T(sentence))
}

func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}
