package ui_test

import (
	"net/http"
	"testing"
)

func TestPagesOpen(t *testing.T) {
	s := serve(t)
	b := s.as(t, "owner")
	for _, path := range []string{"/calendar", "/calendar?new=1", "/clients", "/clients/new", "/clients/" + s.ids["Leo Grant"], "/clients/" + s.ids["Leo Grant"] + "/edit", "/receipts", "/more", "/more?add=1", "/find/clients?text=leo"} {
		if status, body := b.get(path); status != http.StatusOK {
			t.Errorf("%s: %d\n%s", path, status, body)
		}
	}
}
