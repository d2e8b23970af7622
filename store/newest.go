package store

import (
	"fmt"
	"io/fs"
)

// NewestSchema is the number of the newest migration this program knows: a
// copy with a higher one was made by a newer program.
func NewestSchema() int64 {
	var newest int64
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0 // only a malformed pattern
	}
	for _, name := range names {
		var n int64
		if _, err := fmt.Sscanf(name, "migrations/%d_", &n); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}
