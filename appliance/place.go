package appliance

import (
	"net/url"
	"path/filepath"
	"strings"
)

// fileURL is the address of a folder as the shelves take it.
func fileURL(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/... on Windows
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}
