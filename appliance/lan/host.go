package lan

import (
	"net"
	"net/netip"
	"strings"
)

// NiceName is the host name that is easy to say.
const NiceName = "salonkeep.local"

// UniqueName is the host name of one appliance, whatever else is on its
// network.
func UniqueName(id string) string { return "salonkeep-" + strings.ToLower(id) + ".local" }

// Names are the host names an appliance answers to.
func Names(id string) []string { return []string{NiceName, UniqueName(id), "localhost"} }

// Addresses are the addresses this PC has now, loopback included.
func Addresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()}
	}
	var out []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out
}

// Reachable are the addresses of list a tablet could type: private, not
// loopback, not the self-assigned kind.
func Reachable(list []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, ip := range list {
		if isPrivate(ip) && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			out = append(out, ip)
		}
	}
	return out
}

// Hosts tells which Host headers are ours. A page of some other site whose
// name was made to point at this PC (DNS rebinding) arrives with that site's
// name and is turned away. An address is always ours: no site can own one, and
// the address a tablet typed may be one a router translated.
func Hosts(names func() []string) func(host string) bool {
	return func(host string) bool {
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
		if _, err := netip.ParseAddr(host); err == nil {
			return true
		}
		for _, n := range names() {
			if host == n {
				return true
			}
		}
		return false
	}
}
