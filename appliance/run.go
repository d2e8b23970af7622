package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"salonkeep/appliance/lan"
	"salonkeep/store/salon"
	"salonkeep/ui"
)

// defaultListen is free for everybody; the installed service asks for 443.
const defaultListen = ":8443"

// stopTime is how long a page that is being answered may take to end.
const stopTime = 10 * time.Second

func (p *program) cmdRun() *cobra.Command {
	var listen string
	var demo bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Serve the salon and take its backups",
		Long: "Serves the salon in the data folder over HTTPS, takes the backups that are asked for, and one every night. A folder\n" +
			"without a salon prints a one-time link that opens the first run. Stop it with Ctrl-C.",
		Example: "  salonkeep run --data ./salon-data\n  salonkeep run --demo",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.run(c.Context(), listen, demo)
		},
	}
	c.Flags().StringVar(&listen, "listen", defaultListen, "address to serve on")
	c.Flags().BoolVar(&demo, "demo", false, "serve an invented salon, with a sign-in for every role")
	return c
}

// run is the life of the appliance: lock, listen, open, serve, stop.
func (p *program) run(ctx context.Context, listen string, demo bool) error {
	f, err := p.folder()
	if err != nil {
		return err
	}
	if demo && f.founded() {
		return hint(salon.E(salon.NotEmpty, "The folder %s holds a salon. The invented one needs a folder of its own.", f), "salonkeep run --demo --data ./salon-data-demo")
	}
	if err := f.make(); err != nil {
		return err
	}
	held, got, err := tryLock(f.runLock())
	if err != nil {
		return err
	}
	if !got {
		return hint(salon.E(salon.InUse, "Salonkeep is already running on %s.", f), "salonkeep doctor --data %s", quoted(p.data))
	}
	defer held.release()
	h := newHost(p, f)
	if err := h.firstCertificate(); err != nil {
		return err
	}
	l, err := lan.Listen(listen, h.certs, h.hosts)
	if err != nil {
		return cannotListen(listen, err)
	}
	h.port = portOf(l.Addr())
	return h.serve(ctx, l, demo)
}

func cannotListen(listen string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return hint(salon.E(salon.InUse, "Another program serves on %s already.", listen).Because(err), "salonkeep run --listen :9443")
	}
	return hint(salon.E(salon.Invalid, "Salonkeep cannot serve on %s.", listen).Because(err), "salonkeep run --listen :9443")
}

func portOf(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok {
		return strconv.Itoa(t.Port)
	}
	return ""
}

// serve answers at once, with a page that says so while the records are still
// being opened.
func (h *host) serve(ctx context.Context, l net.Listener, demo bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	gate := &gate{}
	srv := &http.Server{
		Handler:           gate,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(quiet{h.p.log().Handler()}, slog.LevelWarn),
		// Pages that listen for changes never end by themselves.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	err := h.open(ctx, gate, demo)
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-served:
			err = fmt.Errorf("serve: %w", err)
		}
	}
	stop()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if e := srv.Shutdown(end); e != nil {
		_ = srv.Close() // whoever still waits has had their time
	}
	return errors.Join(err, h.close())
}

// open makes the appliance ready: the salon if there is one, else the first
// run.
func (h *host) open(ctx context.Context, gate *gate, demo bool) error {
	first := newFirstRun(ctx, h)
	pages, err := ui.New(ui.Options{
		Door: h.door, First: first, Places: places, AddTarget: h.addTarget, Addresses: h.addresses, Now: h.p.now, Hosts: h.hosts,
		Log: h.p.log(), Version: version, Secure: true,
	})
	if err != nil {
		return fmt.Errorf("prepare the pages: %w", err)
	}
	switch {
	case demo:
		logins, err := h.startDemo(ctx, "en")
		if err != nil {
			return err
		}
		h.announceDemo(logins)
	case h.f.founded():
		// A power cut right after the founding may have left some of it.
		if err := h.f.endFirstRun(); err != nil {
			return err
		}
		if err := h.adopt(ctx, h.f.database()); err != nil {
			return h.p.noSalon(err)
		}
		h.announce(ctx)
	default:
		if err := first.resume(); err != nil {
			return err
		}
		code, err := newClaim(h.f, h.p.now())
		if err != nil {
			return err
		}
		h.announceClaim(code)
		go h.watchFounding(ctx)
	}
	gate.open(pages)
	return nil
}

func (h *host) announce(ctx context.Context) {
	name := "the salon"
	if door, ok := h.door(); ok {
		if set, err := door.Settings(ctx); err == nil {
			name = set.Name
		}
	}
	fmt.Fprintf(h.p.out, "Salonkeep %s serves %s:\n\n", version, name)
	for _, a := range h.addresses() {
		fmt.Fprintf(h.p.out, "    %s\n", a)
	}
	fmt.Fprintln(h.p.out)
}

func (h *host) announceClaim(code string) {
	fmt.Fprintf(h.p.out, "Salonkeep %s. There is no salon in %s yet. Open this link, once, within an hour:\n\n    %s\n\n",
		version, h.f, claimLink(":"+h.port, code))
	for _, a := range h.addresses()[1:] {
		fmt.Fprintf(h.p.out, "On another device: %s/claim and the code %s\n", a, spaced(code))
	}
}

func (h *host) announceDemo(logins []ui.DemoLogin) {
	fmt.Fprintf(h.p.out, "Salonkeep %s serves an invented salon at %s. Sign in as:\n\n", version, h.addresses()[0])
	for _, l := range logins {
		fmt.Fprintf(h.p.out, "    %-11s %-22s %-34s %s\n", l.Role, l.Name, l.Email, l.Password)
	}
	fmt.Fprintln(h.p.out)
}

// claimLink is the one-time link on this PC. The code is behind the #, so that
// no browser sends it and no log keeps it.
func claimLink(listen, code string) string {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		port = "8443"
	}
	return "https://localhost:" + port + "/claim#" + code
}

// addresses are where this PC is reached, this PC itself first.
func (h *host) addresses() []string {
	out := []string{"https://localhost:" + h.port}
	for _, ip := range lan.Reachable(lan.Addresses()) {
		out = append(out, "https://"+netip.AddrPortFrom(ip, 0).Addr().String()+":"+h.port)
		if ip.Is6() {
			out[len(out)-1] = "https://[" + ip.String() + "]:" + h.port
		}
	}
	return out
}

// firstCertificate makes sure there is something to answer the first handshake
// with: of the last run, or of an appliance that has no salon yet.
func (h *host) firstCertificate() error {
	if h.f.founded() {
		if text, err := os.ReadFile(h.f.leaf()); err == nil {
			if err := h.certs.Resume(string(text)); err != nil {
				h.p.log().Warn("the certificate of the last run is of no use", "err", err)
			}
		}
		return nil
	}
	who, err := firstIdentity(h.f, h.p.now())
	if err != nil {
		return err
	}
	h.use(who)
	return nil
}
