package appliance

import (
	"context"
	"fmt"
	"sync"
	"time"

	"salonkeep/appliance/lan"
	"salonkeep/store"
	"salonkeep/store/salon"
)

// host is the running appliance: at most one open salon and what serves it.
type host struct {
	p      *program
	f      folder
	claims *claims
	certs  *lan.Certificates
	hosts  func(string) bool
	port   string

	mu      sync.Mutex
	who     identity
	st      *store.Store
	stop    context.CancelFunc // ends the keeping of st
	kept    chan struct{}      // closed when it has ended
	savedAs string             // the certificate that lies in the folder
}

func newHost(p *program, f folder) *host {
	h := &host{p: p, f: f}
	h.certs = lan.NewCertificates(lan.Names(""), lan.Addresses, p.now)
	h.hosts = lan.Hosts(h.names)
	h.claims = newClaims(f, p.now, h.announceClaim)
	return h
}

func (h *host) names() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return lan.Names(h.who.id)
}

// use answers to the names of who and signs with its authority.
func (h *host) use(who identity) {
	h.mu.Lock()
	h.who = who
	h.mu.Unlock()
	h.certs.Rename(lan.Names(who.id))
	h.certs.Use(who.authority)
}

// door is the salon, false while there is none.
func (h *host) door() (*store.Door, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.st == nil {
		return nil, false
	}
	return h.st.Door(), true
}

// adopt opens the salon at path, takes over its identity and keeps it from now
// on. A host that already has one keeps that.
func (h *host) adopt(ctx context.Context, path string) error {
	if _, ok := h.door(); ok {
		return nil
	}
	st, err := store.Open(ctx, path, h.p.storeOptions())
	if err != nil {
		return err
	}
	who, err := savedIdentity(ctx, st.As("start"))
	if err != nil {
		_ = st.Close() // the first error is the one to tell
		return err
	}
	h.mu.Lock()
	if h.st != nil {
		h.mu.Unlock()
		return st.Close()
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.st, h.stop, h.kept = st, stop, make(chan struct{})
	h.mu.Unlock()
	h.use(who)
	h.claims.drop()
	go h.keep(keeping, st, h.kept)
	return nil
}

// close ends the keeping and closes the salon.
func (h *host) close() error {
	h.mu.Lock()
	st, stop, kept := h.st, h.stop, h.kept
	h.st = nil
	h.mu.Unlock()
	if st == nil {
		return nil
	}
	stop()
	<-kept
	if err := st.Close(); err != nil {
		return fmt.Errorf("close the salon: %w", err)
	}
	return nil
}

// watchFounding notices a salon that `salonkeep setup` or `salonkeep restore`
// put into the folder while the first run was waiting.
func (h *host) watchFounding(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, ok := h.door(); ok {
			return
		}
		if !h.f.founded() {
			continue
		}
		if err := h.adopt(ctx, h.f.database()); err != nil {
			h.p.log().Error("the new salon could not be opened", "err", err)
			continue
		}
		h.announce(ctx)
		return
	}
}

const (
	keepEvery = 30 * time.Second
	retrySoon = 5 * time.Second
)

// keep takes backups until ctx ends: those that are asked for, at once, and
// those that are due.
func (h *host) keep(ctx context.Context, st *store.Store, ended chan struct{}) {
	defer close(ended)
	k := h.p.keeper(h.f, st, "nightly")
	events := st.Door().Events(ctx)
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-events:
			if !ok {
				return
			}
			if e.Kind != "backup" && e.Kind != "" {
				continue
			}
			drainEvents(events)
		case <-wait.C:
		}
		h.saveLeaf()
		next := keepEvery
		if err := k.round(ctx); err != nil && ctx.Err() == nil {
			h.p.log().Error("the backups could not be looked after", "err", err)
			next = retrySoon
		}
		wait.Reset(next)
	}
}

// drainEvents forgets what a burst of progress left in the channel.
func drainEvents(events <-chan salon.Event) {
	for {
		select {
		case _, ok := <-events:
			if !ok {
				return
			}
		default:
			return
		}
	}
}

// saveLeaf keeps the certificate in use for the next start.
func (h *host) saveLeaf() {
	if _, err := h.certs.Get(nil); err != nil {
		h.p.log().Error("no certificate", "err", err)
		return
	}
	text, err := h.certs.Text()
	h.mu.Lock()
	same := text == h.savedAs
	h.savedAs = text
	h.mu.Unlock()
	if err == nil && !same {
		err = writeFile(h.f.leaf(), []byte(text))
	}
	if err != nil {
		h.p.log().Warn("the certificate was not kept for the next start", "err", err)
	}
}

// round looks once: asks for what is due and does what was asked. Another
// process that is at work is left alone; it does the same.
func (k *keeper) round(ctx context.Context) error {
	work, got, err := tryLock(k.f.workLock())
	if err != nil || !got {
		return err
	}
	defer work.release()
	if err := k.askDue(ctx); err != nil {
		return err
	}
	return k.drain(ctx)
}

// askDue asks for a run on every target whose night has passed without one.
func (k *keeper) askDue(ctx context.Context) error {
	set, err := k.sc.Settings(ctx)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(set.Timezone)
	if err != nil {
		return fmt.Errorf("find the salon's time zone: %w", err)
	}
	now := k.p.now().In(zone)
	keep, err := k.sc.Keep(ctx)
	if err != nil {
		return err
	}
	for _, t := range keep.Targets {
		why, is := due(now, lastNight(set.ID, now), instant(t.Newest), lastTry(keep.Runs, t.ID))
		if !is {
			continue
		}
		if _, err := k.sc.AskBackup(ctx, t.ID, string(why), ""); err != nil && salon.KindOf(err) != salon.Clash {
			return err
		}
	}
	next := nextNight(set.ID, now).UTC().Format("2006-01-02T15:04:05.000Z")
	if keep.NextRun == next {
		return nil
	}
	return k.sc.SetMachine(ctx, keyNextBackup, next)
}

// lastTry is when the newest run for a target was asked for.
func lastTry(runs []salon.Run, target string) time.Time {
	for _, r := range runs { // newest first
		if r.TargetID == target || r.TargetID == "" {
			return instant(r.AskedAt)
		}
	}
	return time.Time{}
}

// instant reads an instant of the database; the zero time for none.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
