package store

import (
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

func (im *importing) putAppointments() error {
	s, err := im.shelf("appointment", "client_id", "staff_id", "service_id", "day", "start_min", "minutes", "minutes_assumed", "status", "cancelled_on", "cancelled_by", "note")
	if err != nil {
		return err
	}
	im.correctVisits(s)
	for _, a := range im.b.Appointments {
		vals, unsaid, err := im.visit(a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Origin, err)
		}
		if _, err := s.put(a.Origin, vals, unsaid); err != nil {
			return fmt.Errorf("%s: %w", a.Origin, err)
		}
	}
	if n := s.left(); n > 0 {
		im.note("Appointments of an earlier import that are not in these files were left as they are: %d.", n)
	}
	return nil
}

func (im *importing) visit(a salon.BatchAppointment) (vals []any, unsaid map[string]bool, err error) {
	client, ok := im.clients[a.Client]
	if a.Client != "" && !ok {
		return nil, nil, fmt.Errorf("no client %q in the batch", a.Client)
	}
	staff, service := im.staff[a.Staff], im.services[a.Service]
	if staff == "" || service == "" {
		return nil, nil, fmt.Errorf("no staff %q or service %q in the batch", a.Staff, a.Service)
	}
	minutes, assumed := int64(a.Minutes), false
	if minutes == 0 {
		minutes, assumed = im.minutes[service], true
	}
	var start any
	if a.Start >= 0 {
		start = int64(a.Start)
	}
	return []any{ref(client), staff, service, string(a.Day), start, minutes, bit(assumed), string(a.Status), string(a.CancelledOn), a.CancelledBy, a.Note},
		map[string]bool{"start_min": a.Start < 0, "minutes": assumed, "minutes_assumed": assumed, "note": a.Note == ""}, nil
}

// correctVisits finds appointments that one corrected cell gave another key.
// An origin is the parts of a row, so that two that differ in one part are the
// same row before and after a correction, unless several could be; and a
// booking that is gone while a cancellation of it is new was cancelled.
func (im *importing) correctVisits(s *shelf) {
	var keys []string
	parts := map[string][]string{}
	for _, a := range im.b.Appointments {
		keys = append(keys, a.Origin)
		if s.known[a.Origin] == nil {
			parts[a.Origin] = originParts(a.Origin)
		}
	}
	if len(s.known) == 0 || len(parts) == 0 {
		return
	}
	old := func(k *known) []string { return originParts(k.origin) }
	for p := 1; p <= 6; p++ {
		s.alike(keys, func(k *known) string { return without(old(k), p) }, func(i int) string { return without(parts[keys[i]], p) })
	}
	s.alike(keys, func(k *known) string { return cancelled(old(k)) }, func(i int) string { return cancellation(parts[keys[i]]) })
}

// originParts takes an origin apart and leaves out the running number. Parts
// are separated by |, and \ stands before one that is meant.
func originParts(origin string) []string {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(origin); i++ {
		switch c := origin[i]; {
		case c == '\\' && i+1 < len(origin):
			i++
			b.WriteByte(origin[i])
		case c == '|':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return parts
}

// without is an origin with its p-th part left open, "" if it has none.
func without(parts []string, p int) string {
	if p >= len(parts) {
		return ""
	}
	var b strings.Builder
	for i, s := range parts {
		if i != p {
			fmt.Fprintf(&b, "%d:%d:%s", i, len(s), s)
		}
	}
	return b.String()
}

// cancelled and cancellation are what a booking and its cancellation have in
// common: day, client, staff and service.
func cancelled(parts []string) string {
	if len(parts) != 6 || parts[0] != "booking" {
		return ""
	}
	return strings.Join([]string{parts[1], parts[3], parts[4], parts[5]}, "\x00")
}

func cancellation(parts []string) string {
	if len(parts) != 7 || parts[0] != "cancellation" {
		return ""
	}
	return strings.Join(parts[1:5], "\x00")
}
