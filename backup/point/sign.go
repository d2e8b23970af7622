package point

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"aead.dev/minisign"
)

// Key is what signs a salon's points. The text forms are minisign's own.
type Key struct {
	private minisign.PrivateKey
}

// NewKey makes a signing key.
func NewKey() (Key, error) {
	_, private, err := minisign.GenerateKey(nil)
	if err != nil {
		return Key{}, fmt.Errorf("make a signing key: %w", err)
	}
	return Key{private: private}, nil
}

// ParseKey reads what Key.Text wrote.
func ParseKey(text string) (Key, error) {
	var k Key
	if err := k.private.UnmarshalText([]byte(text)); err != nil {
		return Key{}, fmt.Errorf("read the signing key: %w", err)
	}
	return k, nil
}

// Text is the private key as text. It is a secret.
func (k Key) Text() (string, error) {
	b, err := k.private.MarshalText()
	if err != nil {
		return "", fmt.Errorf("write the signing key: %w", err)
	}
	return string(b), nil
}

// Public is the key that verifies what k signs.
func (k Key) Public() PublicKey {
	return PublicKey{key: k.private.Public().(minisign.PublicKey)}
}

// Sign is the text of manifest.json.minisig for the point id.
func (k Key) Sign(id string, manifest []byte) []byte {
	return k.sign(manifest, trusted(id), untrusted(id))
}

// sign makes the pre-hashed kind of signature, which is the one that minisign
// itself makes today.
func (k Key) sign(message []byte, trusted, untrusted string) []byte {
	r := minisign.NewReader(bytes.NewReader(message))
	_, _ = io.Copy(io.Discard, r) // reading memory does not fail
	return r.SignWithComments(k.private, trusted, untrusted)
}

func trusted(id string) string   { return "point " + id }
func untrusted(id string) string { return "Salonkeep restore point " + id }

// PublicKey verifies signatures. The zero value verifies nothing.
type PublicKey struct {
	key minisign.PublicKey
}

// ParsePublicKey reads the one-line form of a minisign public key.
func ParsePublicKey(text string) (PublicKey, error) {
	var p PublicKey
	text = strings.TrimSpace(text)
	if err := p.key.UnmarshalText([]byte(text)); err != nil {
		return PublicKey{}, fmt.Errorf("read the public signing key: %w", err)
	}
	if p.String() != text {
		return PublicKey{}, fmt.Errorf("read the public signing key: %q is not in its usual form", text)
	}
	return p, nil
}

// String is the one-line form of the key, "" for the zero value.
func (p PublicKey) String() string {
	if p.IsZero() {
		return ""
	}
	return p.key.String()
}

// IsZero reports whether p holds no key.
func (p PublicKey) IsZero() bool { return p.key.Equal(minisign.PublicKey{}) }

// Equal reports whether p and q are the same key.
func (p PublicKey) Equal(q PublicKey) bool { return p.key.Equal(q.key) }

// Claims reports whether the signature says it was made by p, without saying
// that it is true.
func (p PublicKey) Claims(signature []byte) bool {
	var s minisign.Signature
	return s.UnmarshalText(signature) == nil && !p.IsZero() && s.KeyID == p.key.ID()
}

// Verify reports whether signature is the signature of manifest for the point
// id, to the last byte.
func (p PublicKey) Verify(id string, manifest, signature []byte) bool {
	return p.verify(manifest, signature, trusted(id), untrusted(id))
}

// verify also compares the comments and the exact text: minisign itself leaves
// the first line unsigned and accepts several spellings of one signature.
func (p PublicKey) verify(message, signature []byte, trusted, untrusted string) bool {
	var s minisign.Signature
	if p.IsZero() || s.UnmarshalText(signature) != nil {
		return false
	}
	text, err := s.MarshalText()
	if err != nil || !bytes.Equal(text, signature) {
		return false
	}
	if s.Algorithm != minisign.HashEdDSA || s.TrustedComment != trusted || s.UntrustedComment != untrusted {
		return false
	}
	return minisign.Verify(p.key, message, signature)
}
