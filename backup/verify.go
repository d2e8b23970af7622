package backup

import (
	"context"
	"errors"
	"path/filepath"

	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

// Verify reads a whole restore point from its target and opens it: signature,
// hashes of every file, database, facts; and last the files at the top of the
// target. Without an error everything is as it was when the point was taken.
//
// The error is salon.WrongKey if the kit does not open it, Damaged with point
// and file named, Newer with the version to install, Unreachable, or Missing.
func Verify(ctx context.Context, q Request) (Report, error) {
	o, err := q.open(ctx)
	if err != nil {
		return Report{}, err
	}
	if _, err := q.small(ctx, o.Point, point.RecoveryFile); err != nil {
		return o.Report, err
	}
	dir, done, err := workFolder(q.Scratch)
	if err != nil {
		return o.Report, err
	}
	defer done()
	if err := roomFor(dir, o.Point.DatabaseBytes); err != nil {
		return o.Report, err
	}
	db := filepath.Join(dir, "salon.db")
	err = q.step(&o.Report, Reading, func() error {
		f, _ := o.Point.File(point.DatabaseFile)
		err := unsealTo(ctx, db, source{s: q.Shelf, id: o.Point.ID, file: f, stage: Reading, progress: q.Progress}, o.opener, o.Point.DatabaseBytes)
		return q.unsealed(ctx, o, dir, err)
	})
	if err != nil {
		return o.Report, err
	}
	if err := q.step(&o.Report, Checking, func() error { return q.compare(ctx, o, db) }); err != nil {
		return o.Report, err
	}
	return o.Report, q.surroundings(ctx, o)
}

func (q Request) step(r *Report, stage Stage, do func() error) error {
	q.Progress.tell(stage, 0, 0)
	start := q.Now()
	err := do()
	r.Steps = append(r.Steps, Step{Stage: stage, Took: q.Now().Sub(start)})
	return err
}

// unsealed puts an error of opening the database file into words.
func (q Request) unsealed(ctx context.Context, o *opened, folder string, err error) error {
	if w := (*point.WriteError)(nil); errors.As(err, &w) {
		return hereFailed(folder, err)
	}
	if errors.Is(err, point.ErrWrongIdentity) {
		return wrongKit(o.Kit, o.Point)
	}
	return q.inWords(ctx, o.Point.ID, point.DatabaseFile, err)
}

// compare looks at the opened database and holds it against the facts.
func (q Request) compare(ctx context.Context, o *opened, db string) error {
	got, err := q.Check(ctx, db)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if salon.KindOf(err) == salon.Newer {
		return err
	}
	if err != nil {
		return salon.E(salon.Damaged, "The database in restore point %s on %s is not sound. Choose another restore point.", o.Point.ID, q.Shelf.String()).Because(err)
	}
	if d := differ(o.Facts, got); d != "" {
		return salon.E(salon.Damaged, "The database in restore point %s on %s is not what was sealed (%s). Choose another restore point.", o.Point.ID, q.Shelf.String(), d)
	}
	return nil
}

// surroundings checks the files at the top of the target. They are not needed
// to bring a salon back, but a stick that alters them will alter others.
func (q Request) surroundings(ctx context.Context, o *opened) error {
	m, err := ReadMarker(ctx, q.Shelf)
	if salon.KindOf(err) == salon.Missing {
		o.Warnings = append(o.Warnings, err)
		return nil
	}
	if err != nil {
		return err
	}
	text, err := read(ctx, q.Shelf, point.HowToFile, point.MaxMarkerBytes)
	switch kind := salon.KindOf(err); {
	case kind == salon.Unreachable || ctx.Err() != nil:
		return err
	case kind == salon.Missing:
		o.Warnings = append(o.Warnings, err)
		return nil
	case err != nil || point.Hash(text) != m.HowToSHA256:
		return salon.E(salon.Damaged, "Restore point %s is good, but the file %s on %s was altered. The next backup writes it anew; watch this drive.", o.Point.ID, point.HowToFile, q.Shelf.String()).Because(err)
	}
	return nil
}
