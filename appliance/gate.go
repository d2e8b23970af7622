package appliance

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
)

// gate answers while the appliance is starting, then hands over to the pages.
type gate struct{ pages atomic.Pointer[http.Handler] }

func (g *gate) open(h http.Handler) { g.pages.Store(&h) }

const startingPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Salonkeep</title>
<p>Salonkeep is starting. This page tries again by itself.</p>
<p lang="zh-CN">Salonkeep 正在启动，本页会自动重试。</p>
</html>
`

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := g.pages.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Refresh", "2")
	w.Header().Set("Retry-After", "2")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, startingPage)
}

// quiet leaves out of the log what every tablet that does not trust the
// certificate yet causes with every connection.
type quiet struct{ slog.Handler }

// Handle passes on what is worth a line.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "TLS handshake error") {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}
