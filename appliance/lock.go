package appliance

import (
	"context"
	"fmt"
	"os"
	"time"
)

// lock is a claim on a file that ends with the process, so that a crash leaves
// nothing to clear away.
type lock struct{ file *os.File }

// tryLock takes the lock or says that another process has it.
func tryLock(path string) (*lock, bool, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, fmt.Errorf("open the lock %s: %w", path, err)
	}
	got, err := lockFile(file)
	if err != nil || !got {
		_ = file.Close()
		if err != nil {
			return nil, false, fmt.Errorf("lock %s: %w", path, err)
		}
		return nil, false, nil
	}
	return &lock{file: file}, true, nil
}

// waitLock waits for the lock until ctx ends.
func waitLock(ctx context.Context, path string) (*lock, error) {
	for {
		l, got, err := tryLock(path)
		if err != nil || got {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for %s: %w", path, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// release gives the lock back. The file stays: removing it would let two
// processes lock two files of one name.
func (l *lock) release() {
	if l != nil {
		_ = l.file.Close()
	}
}
