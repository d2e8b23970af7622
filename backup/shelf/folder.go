package shelf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"

	"salonkeep/store/salon"
)

// Folder is a shelf in a folder: on a drive, on a disk of this machine, on a
// share.
type Folder struct {
	path string
	o    Options

	mu     sync.Mutex
	device uint64 // where the folder was first seen; 0 before
}

// NewFolder makes a shelf of the folder at path, which must be absolute.
func NewFolder(path string, o Options) *Folder {
	return &Folder{path: filepath.Clean(path), o: o}
}

func folderPath(u *url.URL) (string, error) {
	p := u.Path
	// file:///C:/x has the path /C:/x
	if runtime.GOOS == "windows" && len(p) > 2 && p[0] == '/' && p[2] == ':' {
		p = p[1:]
	}
	p = filepath.FromSlash(p)
	if (u.Host != "" && u.Host != "localhost") || u.RawQuery != "" || u.Fragment != "" || u.User != nil || !filepath.IsAbs(p) || strings.ContainsRune(p, 0) {
		return "", salon.E(salon.Invalid, "%q is not a folder. A folder is given as file:/// and its whole path, for example file:///media/backup.", u.String())
	}
	return p, nil
}

// FolderURL is the URL that Open takes for the folder at an absolute path.
func FolderURL(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/x
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// Path is where the folder lies.
func (f *Folder) Path() string { return f.path }

func (f *Folder) String() string { return f.o.title(f.path) }

// Close does nothing: a folder is held only while it is being worked on, so
// that a drive can be unplugged at any other time.
func (f *Folder) Close() error { return nil }

// Prepare creates the folder if only its last part is missing.
func (f *Folder) Prepare(ctx context.Context) error {
	if err := os.Mkdir(f.path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return f.refuse("create the folder", err)
	}
	root, err := f.open(ctx)
	if err != nil {
		return err
	}
	return root.Close()
}

// open takes hold of the folder and makes sure that it is still the one that
// was meant.
func (f *Folder) open(ctx context.Context) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, f.refuse("open the folder", err)
	}
	if err := f.guard(root); err != nil {
		_ = root.Close()
		return nil, err
	}
	return root, nil
}

func (f *Folder) guard(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return f.refuse("open the folder", err)
	}
	defer dir.Close()
	device, err := deviceOf(dir)
	if err != nil {
		return f.refuse("look at the folder", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.device == 0 {
		f.device = device
	}
	if device != f.device || (f.o.NotOnDevice != 0 && device == f.o.NotOnDevice) {
		return salon.E(salon.Unreachable, "The drive of the backup target %s is not connected. Plug it in and start the backup again.", f.String())
	}
	return nil
}

// Put writes name+".part", flushes it as it goes, and renames it.
func (f *Folder) Put(ctx context.Context, name string, r io.Reader) (int64, error) {
	if err := checkName(name); err != nil {
		return 0, err
	}
	root, err := f.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = root.Close() }()
	if err := f.makeFolder(root, path.Dir(name)); err != nil {
		return 0, err
	}
	part := name + partSuffix
	n, err := f.write(ctx, root, part, r)
	if err != nil {
		_ = root.Remove(part) // if even that fails, Sweep finds it
		return n, err
	}
	f.o.at("put " + path.Base(name) + ": written")
	if err := root.Rename(part, name); err != nil {
		_ = root.Remove(part)
		return n, f.refuse("name "+name, err)
	}
	f.o.at("put " + path.Base(name) + ": named")
	if err := syncFolder(root, path.Dir(name)); err != nil {
		return n, f.refuse("flush the folder of "+name, err)
	}
	return n, nil
}

// makeFolder creates dir and flushes the folders above it, so that a power cut
// cannot take a finished file's folder away.
func (f *Folder) makeFolder(root *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	if err := f.makeFolder(root, path.Dir(dir)); err != nil {
		return err
	}
	err := root.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = syncFolder(root, path.Dir(dir))
	}
	if err != nil {
		return f.refuse("create the folder "+dir, err)
	}
	return nil
}

// rollBytes is how much may be written before the kernel is told to start
// bringing it to the medium: otherwise a slow stick owes everything at the
// last flush, and the salon's own disk waits behind it.
const rollBytes = 4 << 20

func (f *Folder) write(ctx context.Context, root *os.Root, name string, r io.Reader) (int64, error) {
	out, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, f.refuse("create "+name, err)
	}
	defer out.Close()
	var n, rolled int64
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, rerr := r.Read(buf)
		if k > 0 {
			w, err := out.Write(buf[:k])
			n += int64(w)
			if err != nil {
				return n, f.refuse("write "+name, err)
			}
		}
		if n-rolled >= rollBytes {
			startWriteBack(out, rolled, n-rolled)
			rolled = n
		}
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			return n, rerr
		}
	}
	if err := out.Sync(); err != nil {
		return n, f.refuse("flush "+name, err)
	}
	if err := out.Close(); err != nil {
		return n, f.refuse("close "+name, err)
	}
	return n, nil
}

func syncFolder(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be flushed there; the rename is in NTFS's journal
	}
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !cannotFlush(err) {
		return err
	}
	return nil
}

// Open drops the file from the page cache first: a check that reads this
// machine's memory proves nothing about the drive.
func (f *Folder) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := checkName(name); err != nil {
		return nil, 0, err
	}
	root, err := f.open(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = root.Close() }()
	st, err := root.Lstat(name) // before opening: a named pipe would never open
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, missing(name, f.String())
	}
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", name)
	}
	if err != nil {
		return nil, 0, f.refuse("open "+name, err)
	}
	in, err := root.Open(name)
	if err != nil {
		return nil, 0, f.refuse("open "+name, err)
	}
	dropCache(in)
	return &folderFile{ctx: ctx, f: f, name: name, in: in}, st.Size(), nil
}

// folderFile puts read errors into words.
type folderFile struct {
	ctx  context.Context
	f    *Folder
	name string
	in   *os.File
}

func (r *folderFile) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.in.Read(p)
	if err != nil && err != io.EOF {
		return n, r.f.refuse("read "+r.name, err)
	}
	return n, err
}

func (r *folderFile) Close() error { return r.in.Close() }

// List walks the folder. Symbolic links are not followed.
func (f *Folder) List(ctx context.Context, prefix string) ([]Entry, error) {
	var all []Entry
	err := f.walk(ctx, prefix, func(name string, d fs.DirEntry) error {
		if strings.HasSuffix(name, partSuffix) {
			return nil
		}
		st, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		all = append(all, Entry{Name: name, Bytes: st.Size()})
		return nil
	})
	if err != nil {
		return nil, err
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// walk visits the regular files whose names begin with prefix. It enters no
// folder that cannot hold such a file, so a drive full of the owner's pictures
// costs nothing.
func (f *Folder) walk(ctx context.Context, prefix string, visit func(name string, d fs.DirEntry) error) error {
	root, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case name == ".":
			return err
		case !strings.HasPrefix(name, prefix) && !strings.HasPrefix(prefix, name+"/"):
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case err != nil:
			return err
		case !d.Type().IsRegular():
			return nil
		}
		return visit(name, d)
	})
	if err != nil && ctx.Err() == nil {
		return f.refuse("list the folder", err)
	}
	return err
}

// Remove deletes a file, and its folder if that is empty then.
func (f *Folder) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	root, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return f.remove(root, name)
}

func (f *Folder) remove(root *os.Root, name string) error {
	err := root.Remove(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.refuse("remove "+name, err)
	}
	if dir := path.Dir(name); dir != "." {
		_ = root.Remove(dir) // works only on an empty folder, which is what is wanted
	}
	return nil
}

// Sweep removes every ".part" below the folder "points" and at the top.
func (f *Folder) Sweep(ctx context.Context) ([]string, error) {
	var left []string
	for _, prefix := range []string{"points/", "salonkeep.json", "HOW-TO-RESTORE.txt"} {
		err := f.walk(ctx, prefix, func(name string, _ fs.DirEntry) error {
			if strings.HasSuffix(name, partSuffix) {
				left = append(left, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	root, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	for i, name := range left {
		if err := f.remove(root, name); err != nil {
			return left[:i], err
		}
	}
	return left, nil
}

// Free is what the file system of the folder still has room for.
func (f *Folder) Free(ctx context.Context) (int64, error) {
	root, err := f.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = root.Close() }()
	n, err := Free(f.path)
	if err != nil {
		return 0, f.refuse("ask for the room left", err)
	}
	return n, nil
}

// refuse puts what the operating system says into a sentence that names the
// target and the next step.
func (f *Folder) refuse(doing string, err error) error {
	if e := (*salon.Error)(nil); errors.As(err, &e) {
		return err
	}
	cause := fmt.Errorf("%s: %w", doing, err)
	switch trouble(err) {
	case isFull:
		return salon.E(salon.Unreachable, "The backup target %s is full. Make room on it or use a bigger drive, then start the backup again.", f.String()).Because(cause)
	case isTooLarge:
		return salon.E(salon.Unreachable, "The drive of the backup target %s cannot hold a file as large as this backup. Use a drive that is formatted as exFAT, NTFS or ext4.", f.String()).Because(cause)
	case isReadOnly:
		return salon.E(salon.Unreachable, "The backup target %s is write-protected. Check the drive's switch, or use another drive.", f.String()).Because(cause)
	case isGone:
		return salon.E(salon.Unreachable, "The backup target %s is not there. Plug the drive in, or correct the folder, and try again.", f.String()).Because(cause)
	case isForbidden:
		return salon.E(salon.Unreachable, "This computer may not use the folder of the backup target %s. Give Salonkeep the right to read and write there.", f.String()).Because(cause)
	case isBroken:
		return salon.E(salon.Unreachable, "The drive of the backup target %s does not answer properly. Unplug it and plug it in again; if it happens again, replace it.", f.String()).Because(cause)
	}
	return salon.E(salon.Unreachable, "The backup target %s could not be used. Check the drive and try again.", f.String()).Because(cause)
}
