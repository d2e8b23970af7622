package point

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Format is the number of the format this program writes, and the newest that
// it reads.
const Format = 1

// Names of a point's files, in the order in which they are written.
const (
	DatabaseFile  = "salon.db.zst.age"
	FactsFile     = "facts.age"
	RecoveryFile  = "recovery.age"
	ManifestFile  = "manifest.json"
	SignatureFile = "manifest.json.minisig"
)

// Folder is the folder of a target that holds the points.
const Folder = "points"

// PieceBytes is the length of the stretch of a sealed file that has a hash of
// its own.
const PieceBytes = 1 << 20

// MaxManifestBytes bounds what is read of a manifest before it is known to be
// one; it is enough for a sealed database of 60 GB.
const MaxManifestBytes = 4 << 20

// Reason says why a point was taken.
type Reason string

// The reasons there are.
const (
	Manual        Reason = "manual"
	Nightly       Reason = "nightly"
	BeforeImport  Reason = "before-import"
	BeforeUpgrade Reason = "before-upgrade"
	CatchUp       Reason = "catch-up"
)

// Valid reports whether r is one of the known reasons.
func (r Reason) Valid() bool {
	switch r {
	case Manual, Nightly, BeforeImport, BeforeUpgrade, CatchUp:
		return true
	}
	return false
}

// Manifest is the public description of a restore point.
type Manifest struct {
	Format        int      `json:"format"`
	ID            string   `json:"id"`
	SalonID       string   `json:"salon_id"`
	Program       string   `json:"program"` // version of the program that wrote it
	Schema        int64    `json:"schema"`  // number of the database's last migration
	TakenAt       string   `json:"taken_at"`
	Reason        Reason   `json:"reason"`
	Label         string   `json:"label"`
	Epoch         string   `json:"epoch"`
	Seq           int64    `json:"seq"`
	Kits          []string `json:"kits"`           // ids of the kits that open it
	Previous      string   `json:"previous"`       // id of the point before it on this target, "" if none
	DatabaseBytes int64    `json:"database_bytes"` // size once unpacked
	PieceBytes    int64    `json:"piece_bytes"`
	Files         []File   `json:"files"`
}

// File describes one sealed file of a point.
type File struct {
	Name   string   `json:"name"`
	Bytes  int64    `json:"bytes"`
	SHA256 string   `json:"sha256"`           // hex
	Pieces []string `json:"pieces,omitempty"` // SHA-256 of each piece, the database only
}

// File is the description of the file with that name.
func (m Manifest) File(name string) (File, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Bytes is the sum of the sizes of the sealed files.
func (m Manifest) Bytes() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.Bytes
	}
	return n
}

// Taken is when the point was taken; the zero time if the manifest does not say.
func (m Manifest) Taken() time.Time {
	t, err := time.Parse(time.RFC3339, m.TakenAt)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Encode is the text of manifest.json.
func (m Manifest) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("encode manifest of point %s: %w", m.ID, err)
	}
	return b.Bytes(), nil
}

// NewerError says that a manifest is sound but of a later format.
type NewerError struct {
	Format  int
	Program string // version that wrote it
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("restore point format %d, written by version %s", e.Format, e.Program)
}

// ParseManifest reads a manifest whose signature has been verified. A later
// format is a *NewerError.
func ParseManifest(b []byte) (Manifest, error) {
	if len(b) > MaxManifestBytes {
		return Manifest{}, errors.New("the manifest is too long")
	}
	var head struct {
		Format  int    `json:"format"`
		Program string `json:"program"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Manifest{}, fmt.Errorf("the manifest is not JSON: %w", err)
	}
	if head.Format > Format {
		return Manifest{}, &NewerError{Format: head.Format, Program: head.Program}
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("the manifest is not JSON: %w", err)
	}
	if err := m.check(); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

func (m Manifest) check() error {
	switch {
	case m.Format < 1:
		return fmt.Errorf("format %d does not exist", m.Format)
	case !ValidID(m.ID):
		return fmt.Errorf("%q is not the id of a point", m.ID)
	case m.Previous != "" && !ValidID(m.Previous):
		return fmt.Errorf("%q is not the id of a point", m.Previous)
	case m.SalonID == "":
		return errors.New("the salon's id is missing")
	case m.Taken().IsZero():
		return fmt.Errorf("%q is not a time", m.TakenAt)
	case len(m.Kits) == 0:
		return errors.New("no kit opens it")
	case m.DatabaseBytes < 0:
		return errors.New("the size of the database is negative")
	case m.PieceBytes != PieceBytes:
		return fmt.Errorf("pieces of %d bytes", m.PieceBytes)
	case len(m.Files) != 3:
		return fmt.Errorf("%d files instead of 3", len(m.Files))
	}
	for _, name := range []string{DatabaseFile, FactsFile, RecoveryFile} {
		f, ok := m.File(name)
		if !ok {
			return fmt.Errorf("%s is not listed", name)
		}
		if err := f.check(name == DatabaseFile); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (f File) check(pieces bool) error {
	if f.Bytes < 0 {
		return errors.New("negative size")
	}
	if !validHash(f.SHA256) {
		return fmt.Errorf("%q is not a hash", f.SHA256)
	}
	want := int64(0)
	if pieces {
		want = f.Bytes / PieceBytes
		if f.Bytes%PieceBytes != 0 {
			want++
		}
	}
	if int64(len(f.Pieces)) != want {
		return fmt.Errorf("%d piece hashes instead of %d", len(f.Pieces), want)
	}
	for _, p := range f.Pieces {
		if !validHash(p) {
			return fmt.Errorf("%q is not a hash", p)
		}
	}
	return nil
}

func validHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == strings.ToLower(s)
}

const idTime = "20060102T150405Z"

var idForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$`)

// NewID makes the id of a point taken at t.
func NewID(t time.Time) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return t.UTC().Format(idTime) + "-" + hex.EncodeToString(b[:])
}

// ValidID reports whether s has the form of a point's id.
func ValidID(s string) bool {
	if !idForm.MatchString(s) {
		return false
	}
	_, err := time.Parse(idTime, s[:len(idTime)])
	return err == nil
}

// Path is the name on a target of one of a point's files.
func Path(id, file string) string { return Folder + "/" + id + "/" + file }

// SplitPath is the reverse of Path; ok is false for any other name.
func SplitPath(name string) (id, file string, ok bool) {
	rest, found := strings.CutPrefix(name, Folder+"/")
	if !found {
		return "", "", false
	}
	id, file, found = strings.Cut(rest, "/")
	if !found || !ValidID(id) || file == "" || strings.Contains(file, "/") {
		return "", "", false
	}
	return id, file, true
}
