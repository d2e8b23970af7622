package backup

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

// restoreMargin is room that a restore leaves free.
const restoreMargin = 16 << 20

// Restore brings the database of a restore point to dest, which must not exist.
// The sealed file is fetched whole and compared with the manifest, opened, the
// database looked at and compared with its facts, and only then given its
// name: dest is either absent or complete. It works in dest+".part". After an
// error nothing is left; after a power cut what was fetched is used again.
//
// The errors are Verify's, NotEmpty if dest exists, and InUse if another
// restore to dest is under way.
func Restore(ctx context.Context, q Request, dest string) (Report, error) {
	if _, err := os.Lstat(dest); err == nil {
		sweepRestore(dest)
		return Report{}, salon.E(salon.NotEmpty, "There is a salon in %s already. Restore into an empty folder.", filepath.Dir(dest))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Report{}, hereFailed(filepath.Dir(dest), err)
	}
	o, err := q.open(ctx)
	if err != nil {
		return Report{}, err
	}
	if _, err := q.small(ctx, o.Point, point.RecoveryFile); salon.KindOf(err) == salon.Damaged {
		o.Warnings = append(o.Warnings, err) // the kit opened the point without it
	} else if err != nil {
		return Report{}, err
	}
	r := restoring{q: q, o: o, dest: dest, dir: dest + ".part"}
	done, err := r.begin()
	if err != nil {
		return Report{}, err
	}
	err = r.run(ctx)
	done()
	if err != nil {
		return Report{}, err
	}
	return o.Report, nil
}

// restoring is one run.
type restoring struct {
	q    Request
	o    *opened
	dest string
	dir  string
}

func (r restoring) sealedPath() string { return filepath.Join(r.dir, point.DatabaseFile) }
func (r restoring) openPath() string   { return filepath.Join(r.dir, "salon.db") }

// begin takes hold of the working folder. done removes it.
func (r restoring) begin() (done func(), err error) {
	if err := os.Mkdir(r.dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, hereFailed(filepath.Dir(r.dest), err)
	}
	lock, ok, err := lockFile(filepath.Join(r.dir, lockName))
	if err != nil {
		return nil, hereFailed(r.dir, err)
	}
	if !ok {
		return nil, salon.E(salon.InUse, "A restore into %s is running already. Wait until it is finished.", filepath.Dir(r.dest))
	}
	return func() {
		_ = lock.Close()
		_ = os.RemoveAll(r.dir)
	}, nil
}

// sweepRestore removes what is left of a restore that a power cut ended just
// after the database had its name.
func sweepRestore(dest string) {
	if lock, ok, err := lockFile(filepath.Join(dest+".part", lockName)); err == nil && ok {
		_ = lock.Close()
		_ = os.RemoveAll(dest + ".part")
	}
}

func (r restoring) run(ctx context.Context) error {
	// what a power cut left half opened is of no use
	for _, p := range append(sideFiles(r.openPath()), r.openPath()) {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return hereFailed(r.dir, err)
		}
	}
	f, _ := r.o.Point.File(point.DatabaseFile)
	r.q.at("restore: begun")
	if !r.spooled(f) {
		if err := roomFor(r.dir, f.Bytes+r.o.Point.DatabaseBytes+restoreMargin); err != nil {
			return err
		}
		if err := r.q.step(&r.o.Report, Fetching, func() error { return r.fetch(ctx, f) }); err != nil {
			return err
		}
	}
	r.q.at("restore: fetched")
	if err := roomFor(r.dir, r.o.Point.DatabaseBytes+restoreMargin); err != nil {
		return err
	}
	if err := r.q.step(&r.o.Report, Opening, func() error { return r.unseal(ctx, f) }); err != nil {
		return err
	}
	r.q.at("restore: opened")
	if err := r.q.step(&r.o.Report, Checking, func() error { return r.q.compare(ctx, r.o, r.openPath()) }); err != nil {
		return err
	}
	r.q.at("restore: checked")
	return r.q.step(&r.o.Report, Placing, r.place)
}

// spooled reports whether the sealed file is already here, whole.
func (r restoring) spooled(f point.File) bool {
	in, err := os.Open(r.sealedPath())
	if err != nil {
		return false
	}
	defer in.Close()
	_, err = io.Copy(io.Discard, point.Checked(in, f))
	return err == nil
}

func (r restoring) fetch(ctx context.Context, f point.File) error {
	in, _, err := r.q.Shelf.Open(ctx, point.Path(r.o.Point.ID, f.Name))
	if err != nil {
		return r.q.inWords(ctx, r.o.Point.ID, f.Name, err)
	}
	defer in.Close()
	out, err := os.Create(r.sealedPath())
	if err != nil {
		return hereFailed(r.dir, err)
	}
	defer out.Close()
	if err := copyInto(out, r.q.Progress.metered(point.Checked(in, f), Fetching, f.Bytes)); err != nil {
		if w := (*point.WriteError)(nil); errors.As(err, &w) {
			return hereFailed(r.dir, err)
		}
		return r.q.inWords(ctx, r.o.Point.ID, f.Name, err)
	}
	if err := out.Close(); err != nil {
		return hereFailed(r.dir, err)
	}
	return nil
}

// copyInto tells an error of w from one of r.
func copyInto(w io.Writer, r io.Reader) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if _, werr := w.Write(buf[:n]); werr != nil {
				return &point.WriteError{Err: werr}
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r restoring) unseal(ctx context.Context, f point.File) error {
	in, err := os.Open(r.sealedPath())
	if err != nil {
		return hereFailed(r.dir, err)
	}
	defer in.Close()
	err = unsealFrom(r.openPath(), r.q.Progress.metered(interruptible{ctx, in}, Opening, f.Bytes), f, r.o.opener, r.o.Point.DatabaseBytes)
	return r.q.unsealed(ctx, r.o, r.dir, err)
}

// interruptible ends a local read when the context ends.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// sideFiles are what SQLite may have left beside a database that was only
// looked at.
func sideFiles(db string) []string {
	return []string{db + "-wal", db + "-shm", db + "-journal"}
}

// place gives the database its name: the one moment from which there is a
// salon.
func (r restoring) place() error {
	for _, p := range append(sideFiles(r.openPath()), r.sealedPath()) {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return hereFailed(r.dir, err)
		}
	}
	if err := flush(r.openPath(), os.O_RDWR); err != nil {
		return hereFailed(r.dir, err)
	}
	if _, err := os.Lstat(r.dest); err == nil {
		return salon.E(salon.NotEmpty, "There is a salon in %s already. Restore into an empty folder.", filepath.Dir(r.dest))
	}
	if err := os.Rename(r.openPath(), r.dest); err != nil {
		return hereFailed(filepath.Dir(r.dest), err)
	}
	r.q.at("restore: placed")
	if runtime.GOOS == "windows" {
		return nil // folders cannot be flushed there
	}
	if err := flush(filepath.Dir(r.dest), os.O_RDONLY); err != nil {
		return hereFailed(filepath.Dir(r.dest), err)
	}
	return nil
}

func flush(path string, mode int) error {
	f, err := os.OpenFile(path, mode, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
