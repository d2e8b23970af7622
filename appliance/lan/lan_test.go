package lan

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var morning = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newAuthority(t *testing.T) *Authority {
	t.Helper()
	a, err := NewAuthority("7f3k", morning)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func addresses(list ...string) func() []netip.Addr {
	return func() []netip.Addr {
		var out []netip.Addr
		for _, s := range list {
			out = append(out, netip.MustParseAddr(s))
		}
		return out
	}
}

func trusts(a *Authority, leaf *tls.Certificate, name string, at time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(a.Root)
	for _, der := range leaf.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		between.AddCert(c)
	}
	_, err := leaf.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, Intermediates: between, CurrentTime: at})
	return err
}

func TestTabletThatInstalledTheRootTrustsEveryWayToReachUs(t *testing.T) {
	a := newAuthority(t)
	c := NewCertificates(Names("7f3k"), addresses("127.0.0.1", "192.168.1.20", "fd00::5", "fe80::1%eth0", "203.0.113.9"), func() time.Time { return morning })
	c.Use(a)
	leaf, err := c.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"salonkeep.local", "salonkeep-7f3k.local", "localhost", "127.0.0.1", "192.168.1.20", "[fd00::5]"} {
		if err := trusts(a, leaf, name, morning); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The public address is left out: with it the whole certificate would be
	// outside the authority's constraints.
	if err := trusts(a, leaf, "203.0.113.9", morning); err == nil {
		t.Error("a public address was certified")
	}
}

func TestAuthorityCannotSpeakForTheRestOfTheWorld(t *testing.T) {
	a := newAuthority(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []x509.Certificate{
		{DNSNames: []string{"bank.example"}},
		{DNSNames: []string{"local.example"}},
		{IPAddresses: []net.IP{net.ParseIP("203.0.113.9")}},
	} {
		forged.SerialNumber, forged.NotBefore, forged.NotAfter = big.NewInt(1), morning, morning.AddDate(0, 0, 1)
		forged.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		der, err := x509.CreateCertificate(rand.Reader, &forged, a.signer, &key.PublicKey, a.key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := trusts(a, &tls.Certificate{Leaf: leaf, Certificate: [][]byte{der, a.signer.Raw}}, "", morning); err == nil {
			t.Errorf("%v %v is trusted", forged.DNSNames, forged.IPAddresses)
		}
	}
}

func TestAuthorityComesBackFromItsText(t *testing.T) {
	a := newAuthority(t)
	text, err := a.Text()
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadAuthority(text)
	if err != nil {
		t.Fatal(err)
	}
	if a.Fingerprint() != b.Fingerprint() {
		t.Errorf("fingerprint %s became %s", a.Fingerprint(), b.Fingerprint())
	}
	leaf, err := b.sign([]string{"localhost"}, nil, morning)
	if err != nil {
		t.Fatal(err)
	}
	if err := trusts(a, leaf, "localhost", morning); err != nil {
		t.Errorf("signed by the one that came back: %v", err)
	}
	other, err := newAuthority(t).Text()
	if err != nil {
		t.Fatal(err)
	}
	key := text[strings.Index(text, "-----BEGIN PRIVATE"):]
	for name, bad := range map[string]string{
		"nothing":             "",
		"no key":              strings.TrimSuffix(text, key),
		"a key of another":    strings.TrimSuffix(text, key) + other[strings.Index(other, "-----BEGIN PRIVATE"):],
		"a certificate short": text[strings.Index(text[10:], "-----BEGIN")+10:],
	} {
		if _, err := ReadAuthority(bad); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestCertificateIsRenewedInTimeAndWhenTheAddressChanges(t *testing.T) {
	now := &clock{morning}
	list := []string{"192.168.1.20"}
	c := NewCertificates(Names("7f3k"), func() []netip.Addr { return addresses(list...)() }, now.now)
	if _, err := c.Get(nil); err == nil {
		t.Fatal("a certificate without an authority")
	}
	c.Use(newAuthority(t))
	get := func() *tls.Certificate {
		t.Helper()
		leaf, err := c.Get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return leaf
	}
	first := get()
	now.t = morning.Add(time.Hour)
	if get() != first {
		t.Error("renewed after an hour")
	}
	now.t = morning.AddDate(0, 0, 61)
	second := get()
	if second == first {
		t.Error("not renewed 29 days before its end")
	}
	if got := c.Until(); !got.Equal(second.Leaf.NotAfter) {
		t.Errorf("Until = %s, want %s", got, second.Leaf.NotAfter)
	}
	list = []string{"192.168.1.77"}
	now.t = now.t.Add(time.Minute)
	third := get()
	if !slices.ContainsFunc(third.Leaf.IPAddresses, net.IPv4(192, 168, 1, 77).Equal) {
		t.Errorf("the new address is not in %v", third.Leaf.IPAddresses)
	}
	// A PC whose clock was years ahead makes a certificate of the future; when
	// the clock comes right, tablets would refuse it.
	now.t = morning.AddDate(-2, 0, 0)
	if leaf := get(); leaf.Leaf.NotBefore.After(now.t) {
		t.Errorf("serves a certificate of the future: %s", leaf.Leaf.NotBefore)
	}
}

func TestCertificateOfTheLastRunBridgesTheStart(t *testing.T) {
	a := newAuthority(t)
	before := NewCertificates(Names("7f3k"), addresses("127.0.0.1"), func() time.Time { return morning })
	before.Use(a)
	leaf, err := before.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := before.Text()
	if err != nil {
		t.Fatal(err)
	}
	after := NewCertificates(Names("7f3k"), addresses("127.0.0.1"), func() time.Time { return morning })
	if err := after.Resume(text); err != nil {
		t.Fatal(err)
	}
	resumed, err := after.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !resumed.Leaf.Equal(leaf.Leaf) {
		t.Error("another certificate was resumed")
	}
	if err := trusts(a, resumed, "salonkeep.local", morning); err != nil {
		t.Error(err)
	}
	if err := after.Resume("nonsense"); err == nil {
		t.Error("nonsense was resumed")
	}
	late := NewCertificates(Names("7f3k"), addresses("127.0.0.1"), func() time.Time { return morning.AddDate(1, 0, 0) })
	if err := late.Resume(text); err == nil {
		t.Error("a certificate that has run out was resumed")
	}
}

func TestHosts(t *testing.T) {
	ours := Hosts(func() []string { return append(Names("7F3K"), "front-desk") })
	for host, want := range map[string]bool{
		"localhost:8443": true, "LOCALHOST": true, "salonkeep.local": true, "SalonKeep.Local.:8443": true,
		"salonkeep-7f3k.local": true, "192.168.1.20": true, "192.168.1.20:8443": true, "[::1]:8443": true, "[fd00::1]": true,
		"front-desk": true, "": false, "evil.example": false, "salonkeep.local.evil.example": false, "salonkeep.local@evil.example": false,
		"127.0.0.1.evil.example": false, "salonkeep-aaaa.local": false,
	} {
		if got := ours(host); got != want {
			t.Errorf("%q: %t, want %t", host, got, want)
		}
	}
}

// serve starts a real server on a loopback port.
func serve(t *testing.T) (address string, a *Authority) {
	t.Helper()
	a, err := NewAuthority("7f3k", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := NewCertificates(Names("7f3k"), addresses("127.0.0.1"), time.Now)
	c.Use(a)
	l, err := Listen("127.0.0.1:0", c, Hosts(func() []string { return Names("7f3k") }))
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello over %s", r.Proto)
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.Serve(l); err != http.ErrServerClosed {
			t.Errorf("serve: %v", err)
		}
	}()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return l.Addr().String(), a
}

func TestOnePortSpeaksTLSAndSendsPlainHTTPThere(t *testing.T) {
	address, a := serve(t)
	roots := x509.NewCertPool()
	roots.AddCert(a.Root)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	t.Cleanup(client.CloseIdleConnections)
	res, err := client.Get("https://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if string(body) != "hello over HTTP/2.0" {
		t.Errorf("got %q", body)
	}
	// The redirect is followed to the same page over TLS.
	res, err = client.Get("http://" + address + "/calendar?day=2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got, want := res.Request.URL.String(), "https://"+address+"/calendar?day=2026-11-24"; got != want {
		t.Errorf("arrived at %s, want %s", got, want)
	}
}

func TestPlainRequestsThatAreNotOurs(t *testing.T) {
	address, _ := serve(t)
	for request, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n":              "421",
		"GET / HTTP/1.0\r\n\r\n":                                    "421",
		"nonsense\r\n\r\n":                                          "400",
		"GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n":   "308",
		"POST /signin HTTP/1.1\r\nHost: salonkeep.local:80\r\n\r\n": "308",
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%q: %v", request, err)
			continue
		}
		if got := res.Status[:3]; got != want {
			t.Errorf("%q: %s, want %s", request, got, want)
		}
		if to := res.Header.Get("Location"); want == "308" && !strings.HasPrefix(to, "https://localhost/") && !strings.HasPrefix(to, "https://salonkeep.local:80/") {
			t.Errorf("%q: sent to %s", request, to)
		}
		res.Body.Close()
		c.Close()
	}
}
