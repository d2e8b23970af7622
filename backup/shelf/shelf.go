// Package shelf knows where restore points lie: a folder, a drive, a bucket.
// It keeps named files and gives them back; what is in them it does not know.
package shelf

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strings"

	"salonkeep/store/salon"
)

// Shelf is one place for restore points. Names are slash-separated and
// relative. A Shelf may be used by several goroutines at once.
//
// Errors that a person can do something about are *salon.Error: Unreachable if
// the place is full, gone, read-only or does not answer, Missing if there is no
// file of that name.
type Shelf interface {
	// String names the place in sentences.
	String() string
	// Prepare makes the place ready to be used for the first time. It creates
	// a folder only if the folder above it exists.
	Prepare(ctx context.Context) error
	// Put stores what r gives under name, all of it or nothing, replacing what
	// was there. When it returns, the bytes are on the medium. An error of r
	// is returned as it is.
	Put(ctx context.Context, name string, r io.Reader) (int64, error)
	// Open reads a file from the medium, not from a cache of this machine
	// where that can be avoided. The number is its size.
	Open(ctx context.Context, name string) (io.ReadCloser, int64, error)
	// List names the files whose names begin with prefix, sorted. A place that
	// holds none gives an empty list.
	List(ctx context.Context, prefix string) ([]Entry, error)
	// Remove deletes a file. A backup never needs it.
	Remove(ctx context.Context, name string) error
	// Sweep removes what interrupted writes left behind, and says what.
	Sweep(ctx context.Context) ([]string, error)
	// Free is the room that is left in bytes, -1 if the place cannot tell.
	Free(ctx context.Context) (int64, error)
	// Close lets go of the place.
	Close() error
}

// Entry is one file on a shelf.
type Entry struct {
	Name  string
	Bytes int64
}

// Options say what a URL does not.
type Options struct {
	// Name is what the people of the salon call this target, "" if it has no
	// name yet.
	Name string
	// NotOnDevice refuses a folder that lies on this device: a drive that is
	// not plugged in leaves an empty folder on the system disk behind. 0 means
	// any device will do. See Device.
	NotOnDevice uint64
	// Credentials are the keys of a bucket.
	Credentials Credentials
	// At is called at named moments of a write, so that a test can end the
	// program there. It may be nil.
	At func(moment string)
}

func (o Options) at(moment string) {
	if o.At != nil {
		o.At(moment)
	}
}

// title is how sentences name the target.
func (o Options) title(where string) string {
	if o.Name == "" {
		return where
	}
	return fmt.Sprintf("%q (%s)", o.Name, where)
}

// Open makes a Shelf of a URL: file:///path for a folder or drive,
// s3://bucket/prefix?endpoint=https://host:port&region=name&path-style=true for
// a bucket. It does not yet touch the place. A URL that cannot be one is a
// salon.Invalid error.
func Open(target string, o Options) (Shelf, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, salon.E(salon.Invalid, "%q is not a backup target. Give file:///folder or s3://bucket/folder?endpoint=https://host.", target).Because(err)
	}
	switch u.Scheme {
	case "file":
		path, err := folderPath(u)
		if err != nil {
			return nil, err
		}
		return NewFolder(path, o), nil
	case "s3":
		b, err := ParseBucket(target)
		if err != nil {
			return nil, err
		}
		return NewBucket(b, o)
	}
	return nil, salon.E(salon.Invalid, "%q is not a backup target. Give file:///folder or s3://bucket/folder?endpoint=https://host.", target)
}

// checkName refuses names that could leave the place or collide with what a
// write in progress is called.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\:\x00") || strings.HasSuffix(name, partSuffix) {
		return fmt.Errorf("%q is not a name for a shelf", name)
	}
	return nil
}

// partSuffix ends the name of a file that is being written.
const partSuffix = ".part"

func missing(name, where string) error {
	return salon.E(salon.Missing, "There is no file %s on %s.", name, where)
}
