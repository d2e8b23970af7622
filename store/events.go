package store

import (
	"context"
	"sync"
	"time"

	"salonkeep/store/salon"
)

// hub tells pages what changed, after the commit and never before.
type hub struct {
	mu     sync.Mutex
	subs   map[chan salon.Event]bool
	lastTx int64
	stop   context.CancelFunc
}

func (h *hub) publish(e salon.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.subs {
		select {
		case ch <- e:
		default: // a page that does not keep up learns from the next event
		}
	}
}

func (h *hub) committed(tx int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lastTx = max(h.lastTx, tx)
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		h.stop()
	}
	for ch := range h.subs {
		close(ch)
	}
	h.subs = nil
}

// foreignPoll is how often we look whether another process, such as an import
// on the command line, has changed the file.
const foreignPoll = 500 * time.Millisecond

// Events are the changes from now until ctx ends. The channel is closed when
// the store is.
func (d *Door) Events(ctx context.Context) <-chan salon.Event {
	h := &d.s.events
	ch := make(chan salon.Event, 64)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[chan salon.Event]bool{}
	}
	if h.stop == nil {
		watch, stop := context.WithCancel(context.Background())
		h.stop = stop
		go d.s.watchForeign(watch)
	}
	h.subs[ch] = true
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.subs[ch] {
			delete(h.subs, ch)
			close(ch)
		}
	})
	return ch
}

func (s *Store) watchForeign(ctx context.Context) {
	tick := time.NewTicker(foreignPoll)
	defer tick.Stop()
	if tx, err := s.lastTx(ctx); err == nil {
		s.events.committed(tx)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		tx, err := s.lastTx(ctx)
		s.events.mu.Lock()
		foreign := err == nil && tx > s.events.lastTx
		s.events.lastTx = max(s.events.lastTx, tx)
		s.events.mu.Unlock()
		if foreign {
			s.events.publish(salon.Event{})
		}
	}
}

func (s *Store) lastTx(ctx context.Context) (tx int64, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT tx FROM sync_ctx`).Scan(&tx)
	return tx, err
}
