// Package backup takes restore points of the salon's database, proves them by
// reading them back, lists them, and brings a salon back from one. It knows the
// recovery kit. It does not know the database's tables: a Source gives it an
// image, a Check looks at one.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"filippo.io/age"

	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// Source gives consistent images of the database while it is in use.
type Source interface {
	// Snapshot writes one image to w and says what is in it, both as of the
	// same instant.
	Snapshot(ctx context.Context, w io.Writer) (salon.Facts, error)
}

// Check looks at a database file, whole and with every index, and says what is
// in it. A file that is not sound is an error.
type Check func(ctx context.Context, path string) (salon.Facts, error)

// Progress is told how far a stage is, in bytes; total is 0 if it is not known.
type Progress func(stage Stage, done, total int64)

// Stage is a step that takes time and can be shown.
type Stage string

// The stages of taking a point, in order, and then those of a restore.
const (
	Sealing  Stage = "sealing"      // image -> target
	Reading  Stage = "reading-back" // target -> opened copy
	Checking Stage = "checking"     // looking at the opened copy
	Signing  Stage = "signing"      // manifest and signature
	Fetching Stage = "fetching"     // target -> this computer
	Opening  Stage = "opening"      // sealed copy -> database
	Placing  Stage = "placing"      // database -> its folder
)

// Options make an Engine.
type Options struct {
	Source     Source
	Check      Check
	Recipients []string  // public halves of the kits that shall open the points
	Recovery   []byte    // recovery.age, laid beside every point
	SalonID    string    // names the salon in public
	Key        point.Key // signs the points
	Now        func() time.Time
	Scratch    string              // folder for the copy that is opened for the proof; one database must fit
	Version    string              // of this program
	Language   string              // of HOW-TO-RESTORE.txt: "en" or "zh-CN"
	Effort     point.Effort        // of the compressor
	At         func(moment string) // called at named moments, so that a test can end the program there; may be nil
	Progress   Progress            // may be nil
}

// Engine takes restore points of one salon.
type Engine struct {
	o          Options
	recipients []age.Recipient
	kits       []string
}

// New makes an Engine, and first seals and opens a few bytes, so that a
// computer that computes wrongly is found before it makes a point.
func New(o Options) (*Engine, error) {
	rs, err := point.ParseRecipients(o.Recipients)
	if err != nil {
		return nil, fmt.Errorf("prepare the backup: %w", err)
	}
	if err := point.SelfTest(rs); err != nil {
		return nil, fmt.Errorf("prepare the backup: %w", err)
	}
	if len(o.Recovery) == 0 || o.SalonID == "" || o.Scratch == "" {
		return nil, errors.New("prepare the backup: the sealed kit, the salon's id or the working folder is missing")
	}
	e := &Engine{o: o, recipients: rs}
	for _, r := range o.Recipients {
		e.kits = append(e.kits, KitID(r))
	}
	return e, nil
}

func (e *Engine) at(moment string) {
	if e.o.At != nil {
		e.o.At(moment)
	}
}

// tell reports progress if somebody listens.
func (p Progress) tell(stage Stage, done, total int64) {
	if p != nil {
		p(stage, done, total)
	}
}

// metered tells p how much was read of r.
func (p Progress) metered(r io.Reader, stage Stage, total int64) io.Reader {
	if p == nil {
		return r
	}
	return &meter{r: r, p: p, stage: stage, total: total}
}

type meter struct {
	r           io.Reader
	p           Progress
	stage       Stage
	done, total int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.done += int64(n)
	m.p(m.stage, m.done, m.total)
	return n, err
}

// differ names the first fact in which a copy does not agree with what was
// noted when it was taken, "" if they agree. Facts that depend on the day they
// are asked for are left out.
func differ(want, got salon.Facts) string {
	say := func(what string, w, g any) string { return fmt.Sprintf("%s: %v instead of %v", what, g, w) }
	switch {
	case want.Schema != got.Schema:
		return say("schema", want.Schema, got.Schema)
	case want.Epoch != got.Epoch:
		return say("epoch", want.Epoch, got.Epoch)
	case want.Seq != got.Seq:
		return say("last change", want.Seq, got.Seq)
	case want.NetCents != got.NetCents:
		return say("sales in cents", want.NetCents, got.NetCents)
	case want.LastSale != got.LastSale:
		return say("last sale", want.LastSale, got.LastSale)
	}
	tables := slices.Sorted(maps.Keys(want.Rows))
	for _, t := range tables {
		if want.Rows[t] != got.Rows[t] {
			return say("rows of "+t, want.Rows[t], got.Rows[t])
		}
	}
	if len(want.Rows) != len(got.Rows) {
		return say("number of tables", len(want.Rows), len(got.Rows))
	}
	if want.Digest != got.Digest {
		return say("digest", want.Digest, got.Digest)
	}
	return ""
}

// read takes a small file from a shelf whole; more than most bytes are an
// error.
func read(ctx context.Context, s shelf.Shelf, name string, most int64) ([]byte, error) {
	r, size, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > most {
		return nil, fmt.Errorf("%s has %d bytes", name, size)
	}
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("%s has more than %d bytes", name, most)
	}
	return b, nil
}
