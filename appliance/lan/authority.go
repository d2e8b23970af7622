package lan

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

const (
	authorityYears = 10
	leafDays       = 90
	renewBefore    = 30 * 24 * time.Hour
	// clockSlack lets a tablet whose clock runs late accept a certificate made
	// a moment ago.
	clockSlack = 24 * time.Hour
)

// Authority signs the certificates of one appliance. It is an intermediate:
// the root that signed it exists only as a certificate, its key was thrown away
// in NewAuthority, so that nobody can ever sign for a name outside the
// constraints, not even with everything that lies on the box. (Old browsers
// ignored constraints on a root; all of them heed those on an intermediate.)
type Authority struct {
	Root *x509.Certificate // what a tablet installs

	signer *x509.Certificate
	key    *ecdsa.PrivateKey
}

// privateNets are the addresses a certificate of ours may name: never one that
// could belong to somebody else on the internet.
var privateNets = []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
	"::1/128", "fc00::/7", "fe80::/10"}

// NewAuthority makes the authority of a new appliance. id is the appliance's
// short id, shown in the authority's name so that two of them can be told
// apart in a tablet's settings.
func NewAuthority(id string, now time.Time) (*Authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the root key: %w", err)
	}
	// A root without a common name cannot be switched on in iOS.
	root, err := constrained("Salonkeep "+id+" root", now, 1)
	if err != nil {
		return nil, err
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	if err != nil {
		return nil, fmt.Errorf("sign the root certificate: %w", err)
	}
	if root, err = x509.ParseCertificate(rootDER); err != nil {
		return nil, fmt.Errorf("read back the root certificate: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the signing key: %w", err)
	}
	signer, err := constrained("Salonkeep "+id, now, 0)
	if err != nil {
		return nil, err
	}
	signerDER, err := x509.CreateCertificate(rand.Reader, signer, root, &key.PublicKey, rootKey)
	if err != nil {
		return nil, fmt.Errorf("sign the signing certificate: %w", err)
	}
	if signer, err = x509.ParseCertificate(signerDER); err != nil {
		return nil, fmt.Errorf("read back the signing certificate: %w", err)
	}
	return &Authority{Root: root, signer: signer, key: key}, nil
}

func constrained(name string, now time.Time, below int) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{
		SerialNumber:                serial,
		Subject:                     pkix.Name{CommonName: name, Organization: []string{"Salonkeep"}},
		NotBefore:                   now.Add(-clockSlack).UTC(),
		NotAfter:                    now.AddDate(authorityYears, 0, 0).UTC(),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLen:                  below,
		MaxPathLenZero:              below == 0,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{"local", "localhost"},
	}
	for _, s := range privateNets {
		_, n, err := net.ParseCIDR(s)
		if err != nil {
			return nil, fmt.Errorf("read the private range %s: %w", s, err)
		}
		c.PermittedIPRanges = append(c.PermittedIPRanges, n)
	}
	return c, nil
}

func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	return serial, nil
}

// Text is the authority as PEM: root certificate, signing certificate, signing
// key. It is a secret; the caller keeps it with the salon's records, so that a
// restored appliance is the one the tablets already trust.
func (a *Authority) Text() (string, error) {
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return "", fmt.Errorf("write the signing key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.signer.Raw})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})), nil
}

// ReadAuthority reads what Text wrote.
func ReadAuthority(text string) (*Authority, error) {
	var certs []*x509.Certificate
	a := &Authority{}
	for rest := []byte(text); ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		switch b.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(b.Bytes)
			if err != nil {
				return nil, fmt.Errorf("read certificate %d of the authority: %w", len(certs)+1, err)
			}
			certs = append(certs, c)
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(b.Bytes)
			if err != nil {
				return nil, fmt.Errorf("read the authority's key: %w", err)
			}
			ec, ok := key.(*ecdsa.PrivateKey)
			if !ok {
				return nil, fmt.Errorf("read the authority's key: it is a %T", key)
			}
			a.key = ec
		}
	}
	if len(certs) != 2 || a.key == nil {
		return nil, fmt.Errorf("read the authority: %d certificates and key %t, want 2 and true", len(certs), a.key != nil)
	}
	a.Root, a.signer = certs[0], certs[1]
	if !a.key.PublicKey.Equal(a.signer.PublicKey) {
		return nil, fmt.Errorf("read the authority: the key is not the one of the certificate")
	}
	return a, nil
}

// Fingerprint is the SHA-256 of the root certificate in groups of four
// hexadecimal digits: what a technician compares with the tablet's screen.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.Root.Raw)
	var out []byte
	for i, c := range fmt.Sprintf("%X", sum[:]) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, byte(c))
	}
	return string(out)
}

// RootPEM is the root certificate for installing on a tablet. It is no secret.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
}
