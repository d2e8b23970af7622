package shelf

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriteBack and dropCache are advice: where the kernel or the file system
// does not take it, the flush and the reading still are what they are.

func startWriteBack(f *os.File, from, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), from, n, unix.SYNC_FILE_RANGE_WRITE)
}

func dropCache(f *os.File) {
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}
