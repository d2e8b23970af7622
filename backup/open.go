package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// Request says which restore point is meant and what opens it. Shelf, Kit and
// Now are always needed, Check by Verify and Restore.
type Request struct {
	Shelf    shelf.Shelf
	Point    string // id, "" for the newest good one; damaged ones that are passed over become warnings
	Kit      Kit    // may be Locked: then the sealed identity beside the points is opened with its groups
	Check    Check
	Schema   int64  // the newest schema this program knows, 0 for any
	Scratch  string // for Verify: folder for the copy that is opened
	Now      func() time.Time
	Progress Progress
	At       func(moment string)
}

func (q Request) at(moment string) {
	if q.At != nil {
		q.At(moment)
	}
}

// Report says what was found in a restore point.
type Report struct {
	Point    point.Manifest
	Facts    salon.Facts
	Kit      Kit     // unlocked
	Vouched  bool    // the signature is by the key printed on the kit; false if the kit was given without it
	Warnings []error // *salon.Error: what was wrong but did not stop the work
	Steps    []Step
}

// Preview opens only the facts of a point: what the salon was at that time.
func Preview(ctx context.Context, q Request) (Report, error) {
	o, err := q.open(ctx)
	if err != nil {
		return Report{}, err
	}
	return o.Report, nil
}

// opened is a point whose manifest is verified and whose facts were read.
type opened struct {
	Report
	opener *point.Opener
}

// open does everything that needs no large file: choose, unlock, verify the
// signature, compare kit and versions, read the facts.
func (q Request) open(ctx context.Context) (*opened, error) {
	if q.Point != "" && !point.ValidID(q.Point) {
		return nil, salon.E(salon.Missing, "%q is not the name of a restore point. Look at the list of restore points.", oneLine(q.Point))
	}
	o := &opened{}
	id, err := q.choose(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.Kit, err = q.unlock(ctx, id); err != nil {
		return nil, err
	}
	keys, err := withMarker(ctx, q.Shelf, []point.PublicKey{o.Kit.publicKey()})
	if err != nil {
		return nil, err
	}
	m, signer, err := load(ctx, q.Shelf, id, keys)
	if errors.Is(err, errForeign) || len(keys) == 0 {
		err = q.perhapsWrongKit(ctx, id, o.Kit, err)
	}
	if err != nil {
		return nil, err
	}
	o.Point = m
	if !slices.Contains(m.Kits, o.Kit.ID) {
		return nil, wrongKit(o.Kit, m)
	}
	own := o.Kit.publicKey()
	o.Vouched = !own.IsZero() && own.Equal(signer)
	if !own.IsZero() && !o.Vouched {
		return nil, salon.E(salon.Damaged, "Restore point %s on %s is not signed by the salon of this kit; it may be forged. Choose another restore point.", id, q.Shelf.String())
	}
	if q.Schema > 0 && m.Schema > q.Schema {
		return nil, tooNew(q.Shelf, id, m.Program, fmt.Errorf("schema %d, known up to %d", m.Schema, q.Schema))
	}
	if o.opener, err = o.Kit.opener(); err != nil {
		return nil, err
	}
	return o, q.readFacts(ctx, o)
}

// choose settles which point is meant. A newer one that was passed over is a
// warning.
func (q Request) choose(ctx context.Context, o *opened) (string, error) {
	if q.Point != "" {
		all, err := folders(ctx, q.Shelf)
		if err != nil {
			return "", err
		}
		files, ok := all[q.Point]
		if !ok {
			return "", salon.E(salon.Missing, "There is no restore point %s on %s. Look at the list of restore points.", q.Point, q.Shelf.String())
		}
		if !has(files, q.Point, point.SignatureFile) {
			return "", salon.E(salon.Damaged, "Restore point %s on %s was interrupted before it was finished. Choose another restore point.", q.Point, q.Shelf.String())
		}
		return q.Point, nil
	}
	list, err := List(ctx, q.Shelf, q.Kit.publicKey())
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", salon.E(salon.Missing, "There is no restore point on %s. Check the drive or the address.", q.Shelf.String())
	}
	for _, l := range list {
		if l.State == Good || l.State == Unchecked || l.State == Newer {
			return l.ID, nil // opening a newer one says what to install: an older one is for the person to choose
		}
		o.Warnings = append(o.Warnings, l.Why)
	}
	return list[0].ID, nil // opening it says what is wrong with it
}

// unlock turns groups into a whole kit, with the sealed identity beside the
// point, or, if that is damaged, beside another: they are all the same.
func (q Request) unlock(ctx context.Context, id string) (Kit, error) {
	if !q.Kit.Locked() {
		return q.Kit, nil
	}
	all, err := folders(ctx, q.Shelf)
	if err != nil {
		return Kit{}, err
	}
	ids := []string{id}
	for other := range all {
		if other != id {
			ids = append(ids, other)
		}
	}
	slices.Sort(ids[1:])
	slices.Reverse(ids[1:])
	tried := map[string]bool{}
	var first error
	for _, id := range ids {
		b, err := readPart(ctx, q.Shelf, id, point.RecoveryFile)
		if salon.KindOf(err) == salon.Unreachable || ctx.Err() != nil {
			return Kit{}, err
		}
		if err == nil {
			if tried[point.Hash(b)] {
				continue // a try costs a second
			}
			tried[point.Hash(b)] = true
			var k Kit
			if k, err = q.Kit.Unlock(b); err == nil {
				return k, nil
			}
		}
		if first == nil {
			first = err
		}
		if len(tried) >= maxTries {
			break
		}
	}
	return Kit{}, first
}

// maxTries bounds how many different sealed identities are tried with one code.
const maxTries = 5

// perhapsWrongKit looks into a manifest that no expected key signed: if it says
// it is for another kit, that is the better thing to tell.
func (q Request) perhapsWrongKit(ctx context.Context, id string, k Kit, err error) error {
	m, _, unverified := load(ctx, q.Shelf, id, nil)
	if unverified == nil && !slices.Contains(m.Kits, k.ID) {
		return wrongKit(k, m)
	}
	return err
}

// wrongKit names both kits, so that the right one can be fetched.
func wrongKit(k Kit, m point.Manifest) error {
	if k.Made == "" {
		return salon.E(salon.WrongKey, "This kit is %s; restore point %s was sealed for kit %s. Fetch that kit.", k.ID, m.ID, kitNames(m.Kits))
	}
	return salon.E(salon.WrongKey, "This kit is %s from %s; restore point %s was sealed for kit %s. Fetch that kit.", k.ID, k.Made, m.ID, kitNames(m.Kits))
}

// maxSmallBytes bounds facts.age and recovery.age.
const maxSmallBytes = 4 << 20

// readChecked reads a small file of a point and compares it with its
// description.
func readChecked(ctx context.Context, s shelf.Shelf, id string, f point.File) ([]byte, error) {
	if f.Bytes > maxSmallBytes {
		return nil, &point.DamageError{File: f.Name, What: "it is too long"}
	}
	r, _, err := s.Open(ctx, point.Path(id, f.Name))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(point.Checked(r, f))
}

// small reads a small file of the point, with its damage put into words.
func (q Request) small(ctx context.Context, m point.Manifest, file string) ([]byte, error) {
	f, _ := m.File(file)
	b, err := readChecked(ctx, q.Shelf, m.ID, f)
	return b, q.inWords(ctx, m.ID, file, err)
}

// inWords turns an error of reading a point's file into a sentence.
func (q Request) inWords(ctx context.Context, id, file string, err error) error {
	switch kind := salon.KindOf(err); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case kind == salon.Missing:
		return salon.E(salon.Damaged, "The file %s of restore point %s on %s is missing. Choose another restore point.", file, id, q.Shelf.String()).Because(err)
	case kind == salon.Unreachable:
		return err
	}
	return damaged(q.Shelf, id, file, err)
}

func (q Request) readFacts(ctx context.Context, o *opened) error {
	b, err := q.small(ctx, o.Point, point.FactsFile)
	if err != nil {
		return err
	}
	plain, err := o.opener.Decrypt(bytes.NewReader(b))
	if err == nil {
		b, err = io.ReadAll(plain)
	}
	if err == nil {
		err = json.Unmarshal(b, &o.Facts)
	}
	if errors.Is(err, point.ErrWrongIdentity) {
		return wrongKit(o.Kit, o.Point)
	}
	if err != nil {
		return damaged(q.Shelf, o.Point.ID, point.FactsFile, err)
	}
	return nil
}

// source is a sealed database file to be opened.
type source struct {
	s        shelf.Shelf
	id       string
	file     point.File
	stage    Stage
	progress Progress
}

// unsealTo opens the sealed file into a new file at path.
func unsealTo(ctx context.Context, path string, src source, o *point.Opener, bytes int64) error {
	r, _, err := src.s.Open(ctx, point.Path(src.id, src.file.Name))
	if err != nil {
		return err
	}
	defer r.Close()
	return unsealFrom(path, src.progress.metered(r, src.stage, src.file.Bytes), src.file, o, bytes)
}

// unsealFrom opens the sealed file that r gives into a new file at path. An
// error of the disk of path is a *point.WriteError.
func unsealFrom(path string, r io.Reader, f point.File, o *point.Opener, bytes int64) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return &point.WriteError{Err: err}
	}
	defer out.Close()
	if err := point.Unseal(out, r, o, f, bytes); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return &point.WriteError{Err: err}
	}
	return nil
}
