//go:build unix

package shelf

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"salonkeep/store/salon"
)

func TestWhatTheKernelSaysIsPutIntoWords(t *testing.T) {
	f := NewFolder("/media/blue", Options{Name: "Blue"})
	for n, want := range map[syscall.Errno]string{
		syscall.ENOSPC: "is full", syscall.EDQUOT: "is full", syscall.EFBIG: "as large as this backup", syscall.EROFS: "write-protected",
		syscall.ENOENT: "is not there", syscall.ENODEV: "is not there", syscall.ENXIO: "is not there", syscall.ESTALE: "is not there",
		syscall.EACCES: "may not use", syscall.EPERM: "may not use", syscall.EIO: "does not answer properly", syscall.EINVAL: "could not be used",
	} {
		err := f.refuse("write x", fmt.Errorf("deep: %w", &fs.PathError{Op: "write", Path: "x", Err: n}))
		var e *salon.Error
		if !errors.As(err, &e) || e.Kind != salon.Unreachable || !strings.Contains(e.Sentence(), want) || !strings.Contains(e.Sentence(), `"Blue" (/media/blue)`) {
			t.Errorf("%v: %v", n, err)
		}
		if !strings.Contains(err.Error(), n.Error()) {
			t.Errorf("%v: the cause is lost in %v", n, err)
		}
	}
}
