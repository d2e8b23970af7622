package point

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Names of the files at the top of a target.
const (
	MarkerFile = "salonkeep.json"
	HowToFile  = "HOW-TO-RESTORE.txt"
)

// MaxMarkerBytes bounds what is read of a marker.
const MaxMarkerBytes = 16 << 10

// Marker says whose target a folder or bucket is.
type Marker struct {
	Format      int    `json:"format"`
	SalonID     string `json:"salon_id"`
	SigningKey  string `json:"signing_key"` // public half, one line
	HowToSHA256 string `json:"how_to_sha256"`
	Signature   string `json:"signature"` // by that key, over the same JSON with this field empty
}

const (
	markerTrusted   = "target"
	markerUntrusted = "Salonkeep backup target"
)

// NewMarker makes the signed marker of a salon's target; howTo is the text of
// HOW-TO-RESTORE.txt.
func NewMarker(k Key, salonID string, howTo []byte) Marker {
	m := Marker{Format: Format, SalonID: salonID, SigningKey: k.Public().String(), HowToSHA256: Hash(howTo)}
	m.Signature = string(k.sign(m.unsigned(), markerTrusted, markerUntrusted))
	return m
}

func (m Marker) unsigned() []byte {
	m.Signature = ""
	return m.Encode()
}

// Encode is the text of salonkeep.json.
func (m Marker) Encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(m) // a struct of an int and strings always encodes
	return b.Bytes()
}

// Key is the key that the marker names.
func (m Marker) Key() PublicKey {
	p, err := ParsePublicKey(m.SigningKey)
	if err != nil {
		return PublicKey{}
	}
	return p
}

// ParseMarker reads a marker and verifies that it is whole: that it was signed
// by the key it names, and not one byte changed. A later format is a
// *NewerError.
func ParseMarker(b []byte) (Marker, error) {
	if len(b) > MaxMarkerBytes {
		return Marker{}, errors.New("the marker is too long")
	}
	var m Marker
	if err := json.Unmarshal(b, &m); err != nil {
		return Marker{}, fmt.Errorf("the marker is not JSON: %w", err)
	}
	if m.SalonID == "" {
		return Marker{}, errors.New("the marker names no salon")
	}
	key, err := ParsePublicKey(m.SigningKey)
	if err != nil {
		return Marker{}, err
	}
	whole := bytes.Equal(m.Encode(), b)
	if !whole && m.Format > Format {
		return Marker{}, &NewerError{Format: m.Format}
	}
	if !whole {
		return Marker{}, errors.New("the marker was altered")
	}
	if !key.verify(m.unsigned(), []byte(m.Signature), markerTrusted, markerUntrusted) {
		return Marker{}, errors.New("the marker's signature does not match")
	}
	if m.Format > Format {
		return Marker{}, &NewerError{Format: m.Format}
	}
	return m, nil
}
