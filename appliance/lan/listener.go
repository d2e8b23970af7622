package lan

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// handshakeTime is how long a connection may take to show whether it speaks
// TLS: without a limit, idle connections would pile up.
const handshakeTime = 10 * time.Second

// Listener accepts TLS connections on one port and answers plain HTTP on the
// same port with a redirect, so that a person who typed http:// still arrives.
type Listener struct {
	net.Listener
	config *tls.Config
	hosts  func(string) bool

	conns  chan net.Conn
	failed chan error
	done   chan struct{}
	once   sync.Once
}

// Listen opens address, such as ":8443".
func Listen(address string, certs *Certificates, hosts func(string) bool) (*Listener, error) {
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	l := &Listener{
		Listener: inner,
		config:   &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certs.Get, NextProtos: []string{"h2", "http/1.1"}},
		hosts:    hosts,
		conns:    make(chan net.Conn),
		failed:   make(chan error, 1),
		done:     make(chan struct{}),
	}
	go l.accept()
	return l, nil
}

func (l *Listener) accept() {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.failed <- err
			return
		}
		go l.sort(c)
	}
}

// sort looks at the first byte: 0x16 begins every TLS handshake, and no HTTP
// method starts with it.
func (l *Listener) sort(c net.Conn) {
	_ = c.SetDeadline(deadline(handshakeTime))
	r := bufio.NewReader(c)
	first, err := r.Peek(1)
	if err != nil {
		_ = c.Close()
		return
	}
	if first[0] != 0x16 {
		l.redirect(c, r)
		return
	}
	_ = c.SetDeadline(time.Time{})
	select {
	case l.conns <- tls.Server(&peeked{Conn: c, r: r}, l.config):
	case <-l.done:
		_ = c.Close()
	}
}

// redirect answers one plain request. A Host that is not ours gets a sentence
// instead: a redirect to any name a stranger sends would be an open door.
func (l *Listener) redirect(c net.Conn, r *bufio.Reader) {
	defer c.Close()
	req, err := http.ReadRequest(r)
	if err != nil {
		_, _ = fmt.Fprint(c, plainAnswer("400 Bad Request", "", "This is Salonkeep. Open it with https:// in front of the address.\n"))
		return
	}
	if !l.hosts(req.Host) {
		_, _ = fmt.Fprint(c, plainAnswer("421 Misdirected Request", "", "This address is not one of Salonkeep's. Open it by the address on the salon's card.\n"))
		return
	}
	to := "https://" + req.Host + req.URL.RequestURI()
	if strings.ContainsAny(to, "\r\n") {
		to = "https://" + req.Host + "/"
	}
	_, _ = fmt.Fprint(c, plainAnswer("308 Permanent Redirect", to, "Salonkeep is served at "+to+"\n"))
}

func plainAnswer(status, location, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: %d\r\n", status, len(text))
	if location != "" {
		fmt.Fprintf(&b, "Location: %s\r\n", location)
	}
	return b.String() + "\r\n" + text
}

// Accept returns the next TLS connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case err := <-l.failed:
		l.failed <- err // for whoever asks again
		return nil, err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close stops listening.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// peeked is a connection whose first bytes were already looked at.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// deadline is on the machine's clock, never on an injected one: it is compared
// by the operating system.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }
