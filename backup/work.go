package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

const (
	workPrefix = "proof-"
	lockName   = "lock"
	takingLock = "taking.lock"
)

// workFolder makes a folder below scratch for one opened copy of the database,
// and first removes those that a power cut left behind: they hold the salon's
// records in the clear. Folders of processes that are alive stay.
func workFolder(scratch string) (path string, done func(), err error) {
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return "", nil, hereFailed(scratch, err)
	}
	if err := sweepWork(scratch); err != nil {
		return "", nil, hereFailed(scratch, err)
	}
	dir, err := os.MkdirTemp(scratch, workPrefix)
	if err != nil {
		return "", nil, hereFailed(scratch, err)
	}
	lock, ok, err := lockFile(filepath.Join(dir, lockName))
	if err == nil && !ok {
		err = errors.New("a new folder is locked already")
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", nil, hereFailed(scratch, err)
	}
	return dir, func() {
		_ = lock.Close()
		_ = os.RemoveAll(dir)
	}, nil
}

func sweepWork(scratch string) error {
	entries, err := os.ReadDir(scratch)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), workPrefix) {
			continue
		}
		dir := filepath.Join(scratch, e.Name())
		lock, ok, err := lockFile(filepath.Join(dir, lockName))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went away meanwhile
		}
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		_ = lock.Close()
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// onlyOne keeps a second run, also of another process, from sweeping away what
// the first is writing.
func onlyOne(scratch string) (done func(), err error) {
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return nil, hereFailed(scratch, err)
	}
	lock, ok, err := lockFile(filepath.Join(scratch, takingLock))
	if err != nil {
		return nil, hereFailed(scratch, err)
	}
	if !ok {
		return nil, salon.E(salon.InUse, "A backup is running already. Wait until it is finished, then try again.")
	}
	return func() { _ = lock.Close() }, nil
}

// hereFailed puts an error of this computer's own disk into words.
func hereFailed(folder string, err error) error {
	if e := (*salon.Error)(nil); errors.As(err, &e) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) {
		return salon.E(salon.Unreachable, "There is not enough room in %s on this computer. Make room there and try again.", folder).Because(err)
	}
	return salon.E(salon.Unreachable, "Salonkeep could not work in the folder %s of this computer. Check that it may write there.", folder).Because(err)
}

// roomFor refuses to begin what would fill the disk.
func roomFor(folder string, bytes int64) error {
	free, err := shelf.Free(folder)
	if err != nil {
		return hereFailed(folder, err)
	}
	if free < bytes {
		return salon.E(salon.Unreachable, "There is not enough room in %s on this computer: %s are needed, %s are free. Make room there and try again.",
			folder, megabytes(bytes), megabytes(free))
	}
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+999_999)/1_000_000) }
