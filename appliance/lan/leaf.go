package lan

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Certificates hands out the certificate the appliance serves and makes a new
// one when the old one nears its end or the PC got another address.
type Certificates struct {
	names     []string
	addresses func() []netip.Addr
	now       func() time.Time

	mu        sync.Mutex
	authority *Authority
	leaf      *tls.Certificate
	covers    []netip.Addr
	lookedAt  time.Time
}

// addressesEvery is how often a handshake looks whether the PC's addresses
// changed: a router that hands out a new address is noticed within this time.
const addressesEvery = 10 * time.Second

// NewCertificates serves names (such as Names(id)) and the addresses that
// addresses returns. It serves nothing until Use gave it an authority or
// Resume gave it a certificate from the run before.
func NewCertificates(names []string, addresses func() []netip.Addr, now func() time.Time) *Certificates {
	return &Certificates{names: names, addresses: addresses, now: now}
}

// Use signs with a from now on.
func (c *Certificates) Use(a *Authority) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.authority == nil || c.authority.Root.Equal(a.Root) {
		c.authority = a
		return
	}
	c.authority, c.leaf = a, nil
}

// Rename replaces the names of the next certificates: a salon that was brought
// back answers to the names of the PC it came from.
func (c *Certificates) Rename(names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.names, names) {
		c.names, c.leaf = names, nil
	}
}

// Get is the hook for tls.Config.GetCertificate.
func (c *Certificates) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if c.authority == nil {
		if c.leaf == nil {
			return nil, fmt.Errorf("no certificate yet: the salon's records are still being opened")
		}
		return c.leaf, nil
	}
	if c.leaf != nil && now.Add(renewBefore).Before(c.leaf.Leaf.NotAfter) && !now.Before(c.leaf.Leaf.NotBefore) {
		// A clock that jumped back asks again as well.
		if age := now.Sub(c.lookedAt); age >= 0 && age < addressesEvery {
			return c.leaf, nil
		}
		c.lookedAt = now
		if current := certifiable(c.addresses()); slices.Equal(current, c.covers) {
			return c.leaf, nil
		}
	}
	current := certifiable(c.addresses())
	leaf, err := c.authority.sign(c.names, current, now)
	if err != nil {
		return nil, err
	}
	c.leaf, c.covers, c.lookedAt = leaf, current, now
	return leaf, nil
}

// Text is the certificate now in use with its key, for Resume; "" before the
// first one. It is a secret, though a short-lived one.
func (c *Certificates) Text() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaf == nil {
		return "", nil
	}
	key, err := x509.MarshalPKCS8PrivateKey(c.leaf.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("write the certificate's key: %w", err)
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	for _, der := range c.leaf.Certificate {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return string(out), nil
}

// Resume serves the certificate that Text wrote before the last stop, so that
// tablets get an answer while the records are still being opened. A text that
// cannot be read or has run out is no certificate: the records bring a new one.
func (c *Certificates) Resume(text string) error {
	leaf, err := tls.X509KeyPair([]byte(text), []byte(text))
	if err != nil {
		return fmt.Errorf("read the certificate of the last run: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().After(leaf.Leaf.NotAfter) {
		return fmt.Errorf("the certificate of the last run ended on %s", leaf.Leaf.NotAfter.Format("2006-01-02"))
	}
	c.leaf, c.covers = &leaf, nil
	return nil
}

// Until is when the certificate in use ends; the zero time before the first.
func (c *Certificates) Until() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaf == nil {
		return time.Time{}
	}
	return c.leaf.Leaf.NotAfter
}

func (a *Authority) sign(names []string, addresses []netip.Addr, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the certificate's key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: names[0], Organization: []string{"Salonkeep"}},
		NotBefore:    now.Add(-clockSlack).UTC(),
		NotAfter:     now.AddDate(0, 0, leafDays).UTC(),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     names,
	}
	if t.NotAfter.After(a.signer.NotAfter) {
		t.NotAfter = a.signer.NotAfter
	}
	for _, ip := range addresses {
		t.IPAddresses = append(t.IPAddresses, ip.AsSlice())
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.signer, &key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate for %v %v: %w", names, addresses, err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read back the certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.signer.Raw, a.Root.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// certifiable keeps the addresses inside the authority's constraints, in a
// fixed order: one public address in a certificate would make all of it
// invalid.
func certifiable(addresses []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, ip := range addresses {
		ip = ip.Unmap().WithZone("")
		if isPrivate(ip) && !slices.Contains(out, ip) {
			out = append(out, ip)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

func isPrivate(ip netip.Addr) bool {
	return slices.ContainsFunc(privateNets, func(s string) bool { return netip.MustParsePrefix(s).Contains(ip) })
}
