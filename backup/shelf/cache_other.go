//go:build !linux

package shelf

import "os"

// Only Linux takes this advice.

func startWriteBack(*os.File, int64, int64) {}

func dropCache(*os.File) {}
