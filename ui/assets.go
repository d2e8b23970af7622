package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"salonkeep/store/salon"
)

// dist is what `npm run build` makes; the committed .keep lets the package
// compile before the first build.
//
//go:embed all:dist
var distFiles embed.FS

// assets are the built files with their content hashes, kept in memory twice:
// as they are and gzipped.
type assets struct{ files map[string]asset }

type asset struct {
	kind         string
	plain, small []byte
	hash         string
}

var assetKinds = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

func loadAssets(files fs.FS) (*assets, error) {
	a := &assets{files: map[string]asset{}}
	err := fs.WalkDir(files, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || assetKinds[path.Ext(name)] == "" {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		f := asset{kind: assetKinds[path.Ext(name)], plain: content, hash: hex.EncodeToString(sum[:6])}
		if path.Ext(name) != ".woff2" {
			if f.small, err = squeeze(content); err != nil {
				return err
			}
		}
		a.files[strings.TrimPrefix(name, "dist/")] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the built front end: %w", err)
	}
	for _, needed := range []string{"app.js", "calendar.js", "style.css", "icons.svg"} {
		if len(a.files[needed].plain) == 0 {
			return nil, errors.New("the front end was not built: " + needed + " is missing; run `npm ci --ignore-scripts && npm run build` in ui/")
		}
	}
	return a, nil
}

func squeeze(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// url is the address of a built file; it changes whenever the content does.
func (a *assets) url(name string) string {
	return "/ui/" + name + "?v=" + a.files[name].hash
}

// getAsset serves a built file. Its address carries the hash of its content, so
// browsers keep it for ever.
func getAsset(c call) error {
	f, ok := c.s.assets.files[c.Param("*")]
	if !ok {
		return salon.E(salon.Missing, "There is no page at this address. It may have moved, or the link was cut short.")
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Etag", `"`+f.hash+`"`)
	if c.Request().Header.Get("If-None-Match") == `"`+f.hash+`"` {
		return c.NoContent(http.StatusNotModified)
	}
	if f.small != nil && strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		h.Set(echo.HeaderContentEncoding, "gzip")
		return c.Blob(http.StatusOK, f.kind, f.small)
	}
	return c.Blob(http.StatusOK, f.kind, f.plain)
}
