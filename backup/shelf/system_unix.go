//go:build unix

package shelf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Device is the number of the device that holds path.
func Device(path string) (uint64, error) {
	d, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	return deviceOf(d)
}

func deviceOf(f *os.File) (uint64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, fmt.Errorf("the device of %s is not known", f.Name())
	}
	return uint64(sys.Dev), nil //nolint:unconvert // the type differs between systems
}

// Free is the room in bytes that an ordinary user has left where path lies.
func Free(path string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: path, Err: err}
	}
	return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // the types differ between systems
}

type ailment int

const (
	isOther ailment = iota
	isFull
	isTooLarge
	isReadOnly
	isGone
	isForbidden
	isBroken
)

func trouble(err error) ailment {
	var n syscall.Errno
	if !errors.As(err, &n) {
		return isOther
	}
	switch n {
	case syscall.ENOSPC, syscall.EDQUOT:
		return isFull
	case syscall.EFBIG:
		return isTooLarge
	case syscall.EROFS:
		return isReadOnly
	case syscall.ENOENT, syscall.ENODEV, syscall.ENXIO, syscall.ENOTDIR, syscall.ESTALE, syscall.ENOTCONN:
		return isGone
	case syscall.EACCES, syscall.EPERM:
		return isForbidden
	case syscall.EIO, syscall.ETIMEDOUT:
		return isBroken
	}
	return isOther
}

// cannotFlush says that a file system has nothing to flush for a folder: shares
// answer so.
func cannotFlush(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP)
}
