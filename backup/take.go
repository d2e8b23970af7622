package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// Result is a restore point that was taken and proved.
type Result struct {
	Point point.Manifest
	Facts salon.Facts
	Steps []Step
}

// Step says how long a stage took.
type Step struct {
	Stage Stage
	Took  time.Duration
}

// Take seals one image of the database onto a target, reads it back from there,
// opens it, looks at the database, compares it with what was noted when the
// image was taken, and only then signs it. Without an error the point is good.
// After an error there is no new point, and the others are as they were.
//
// The error is salon.Unreachable if the target or this computer's disk is full
// or gone, Clash if the target is another salon's, Damaged if what was read
// back is not what was written, InUse if another run is under way.
func (e *Engine) Take(ctx context.Context, s shelf.Shelf, reason point.Reason, label string) (Result, error) {
	if !reason.Valid() {
		return Result{}, fmt.Errorf("take a restore point: %q is no reason", reason)
	}
	done, err := onlyOne(e.o.Scratch)
	if err != nil {
		return Result{}, err
	}
	defer done()
	if err := e.guard(ctx, s); err != nil {
		return Result{}, err
	}
	if _, err := s.Sweep(ctx); err != nil {
		return Result{}, err
	}
	before, err := folders(ctx, s)
	if err != nil {
		return Result{}, err
	}
	now := e.o.Now()
	t := &taking{Engine: e, s: s, id: point.NewID(now)}
	t.m = point.Manifest{
		Format: point.Format, ID: t.id, SalonID: e.o.SalonID, Program: e.o.Version, TakenAt: now.UTC().Format(time.RFC3339),
		Reason: reason, Label: oneLine(label), Kits: e.kits, Previous: newestSigned(before), PieceBytes: point.PieceBytes,
	}
	defer t.forget()
	if err := t.run(ctx); err != nil {
		t.undo(ctx)
		return Result{}, err
	}
	t.tidy(ctx, before)
	return Result{Point: t.m, Facts: t.facts, Steps: t.steps}, nil
}

// taking is one run.
type taking struct {
	*Engine
	s     shelf.Shelf
	id    string
	m     point.Manifest
	facts salon.Facts
	note  []byte // facts as they were sealed
	steps []Step
	image *point.Opener // opens the database file of this run
	paper *point.Opener // opens facts.age of this run
	put   []string      // files that this run may have left on the target
}

func (t *taking) run(ctx context.Context) error {
	t.at("backup: begun")
	if err := t.step(Sealing, func() error { return t.seal(ctx) }); err != nil {
		return err
	}
	t.at("backup: sealed")
	if err := t.prove(ctx); err != nil {
		return err
	}
	t.at("backup: proved")
	if err := t.step(Signing, func() error { return t.sign(ctx) }); err != nil {
		return err
	}
	t.at("backup: signed")
	return nil
}

func (t *taking) step(stage Stage, do func() error) error {
	t.o.Progress.tell(stage, 0, 0)
	start := t.o.Now()
	err := do()
	t.steps = append(t.steps, Step{Stage: stage, Took: t.o.Now().Sub(start)})
	return err
}

func (t *taking) forget() {
	for _, o := range []*point.Opener{t.image, t.paper} {
		if o != nil {
			o.Forget()
		}
	}
}

func (t *taking) store(ctx context.Context, file string, r io.Reader) error {
	t.put = append(t.put, point.Path(t.id, file))
	_, err := t.s.Put(ctx, point.Path(t.id, file), r)
	return err
}

// seal writes the three sealed files.
func (t *taking) seal(ctx context.Context) error {
	if err := t.sealDatabase(ctx); err != nil {
		return err
	}
	note, err := json.Marshal(t.facts)
	if err != nil {
		return fmt.Errorf("note the facts of point %s: %w", t.id, err)
	}
	t.note = note
	var sealed bytes.Buffer
	w, opener, err := point.Encrypt(&sealed, t.recipients)
	if err != nil {
		return err
	}
	t.paper = opener
	if _, err := w.Write(note); err != nil {
		return fmt.Errorf("seal the facts of point %s: %w", t.id, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("seal the facts of point %s: %w", t.id, err)
	}
	for _, f := range []struct {
		name  string
		bytes []byte
	}{{point.FactsFile, sealed.Bytes()}, {point.RecoveryFile, t.o.Recovery}} {
		if err := t.store(ctx, f.name, bytes.NewReader(f.bytes)); err != nil {
			return err
		}
		t.m.Files = append(t.m.Files, point.File{Name: f.name, Bytes: int64(len(f.bytes)), SHA256: point.Hash(f.bytes)})
	}
	return nil
}

// sealDatabase streams the image to the target: nothing of it touches this
// computer's disk.
func (t *taking) sealDatabase(ctx context.Context) error {
	out, in := io.Pipe()
	sealed := make(chan error, 1)
	var file point.File
	go func() {
		f, err := t.pour(ctx, in)
		_ = in.CloseWithError(err) // nil is the end of the file
		file = f
		sealed <- err
	}()
	err := t.store(ctx, point.DatabaseFile, out)
	_ = out.CloseWithError(errStopped)
	// if both failed, the target's error is the cause of the other, or the
	// other itself, which came through the pipe
	if failed := <-sealed; err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	t.m.Files = append(t.m.Files, file)
	return nil
}

// pour seals one image into w.
func (t *taking) pour(ctx context.Context, w io.Writer) (point.File, error) {
	sealer, opener, err := point.NewSealer(w, t.recipients, t.o.Effort)
	if err != nil {
		return point.File{}, err
	}
	t.image = opener
	facts, err := t.o.Source.Snapshot(ctx, &written{w: sealer, p: t.o.Progress})
	if closing := sealer.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return point.File{}, err
	}
	t.facts = facts
	t.m.Schema, t.m.Epoch, t.m.Seq, t.m.DatabaseBytes = facts.Schema, facts.Epoch, facts.Seq, sealer.DatabaseBytes()
	return sealer.File(), nil
}

var errStopped = errors.New("the target takes no more")

// written tells how much of the image has been sealed.
type written struct {
	w    io.Writer
	p    Progress
	done int64
}

func (w *written) Write(b []byte) (int, error) {
	n, err := w.w.Write(b)
	w.done += int64(n)
	w.p.tell(Sealing, w.done, 0)
	return n, err
}

// sign writes the manifest and its signature, and reads both back.
func (t *taking) sign(ctx context.Context) error {
	manifest, err := t.m.Encode()
	if err != nil {
		return err
	}
	if _, err := point.ParseManifest(manifest); err != nil {
		return fmt.Errorf("write manifest of point %s: %w", t.id, err)
	}
	signature := t.o.Key.Sign(t.id, manifest)
	for _, f := range []struct {
		name  string
		bytes []byte
	}{{point.ManifestFile, manifest}, {point.SignatureFile, signature}} {
		if err := t.store(ctx, f.name, bytes.NewReader(f.bytes)); err != nil {
			return err
		}
		t.at("backup: wrote " + f.name)
		got, err := read(ctx, t.s, point.Path(t.id, f.name), point.MaxManifestBytes)
		if err == nil && !bytes.Equal(got, f.bytes) {
			err = errors.New("other bytes came back")
		}
		if err != nil {
			return t.orEnd(ctx, t.notAsWritten(f.name, err))
		}
	}
	return nil
}

// undoTime bounds the cleaning up after a failed run: a target that does not
// answer must not hold the program.
const undoTime = 20 * time.Second

// undo takes away what a failed run wrote, signature first. What cannot be
// removed now does no harm: without a signature it counts for nothing.
func (t *taking) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	for i := len(t.put) - 1; i >= 0; i-- {
		if t.s.Remove(ctx, t.put[i]) != nil {
			return
		}
	}
}

// tidy removes what earlier runs that were cut off have left: folders of points
// with neither manifest nor signature. It is a courtesy, so errors do not count.
func (t *taking) tidy(ctx context.Context, before map[string][]shelf.Entry) {
	for id, files := range before {
		if id >= t.id || has(files, id, point.ManifestFile) || has(files, id, point.SignatureFile) {
			continue
		}
		for _, f := range files {
			if t.s.Remove(ctx, f.Name) != nil {
				return
			}
		}
	}
}
