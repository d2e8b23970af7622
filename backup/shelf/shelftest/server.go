package shelftest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"salonkeep/backup/shelf"
)

// Server is a real S3 server for one test.
type Server struct {
	Address     string // host:port on this machine
	Credentials shelf.Credentials
	Buckets     string // folder whose sub-folders are the buckets, and whose files are the objects
}

// startTime bounds the wait for the server.
const startTime = 20 * time.Second

// StartServer runs versitygw until the test ends. Without the program the test
// is skipped, or fails where CI=true.
func StartServer(t *testing.T) *Server {
	t.Helper()
	program := Tool(t, "versitygw", "SALONKEEP_VERSITYGW")
	dir := t.TempDir()
	s := &Server{
		Credentials: shelf.Credentials{AccessKey: "salonkeep-test", SecretKey: "not-a-secret-only-a-test"},
		Buckets:     filepath.Join(dir, "buckets"),
	}
	for _, d := range []string{s.Buckets, filepath.Join(dir, "about")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.Address = freeAddress(t)
	cmd := exec.Command(program, "--quiet", "--port", s.Address, "--region", "us-east-1",
		"posix", "--sidecar", filepath.Join(dir, "about"), s.Buckets)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+s.Credentials.AccessKey, "ROOT_SECRET_ACCESS_KEY="+s.Credentials.SecretKey)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed in the end; if it ended before, its log says why
		close(gone)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-gone
		_ = log.Close()
	})
	s.await(t, gone, log.Name())
	return s
}

func (s *Server) await(t *testing.T, gone <-chan struct{}, log string) {
	t.Helper()
	patience := time.NewTimer(startTime)
	defer patience.Stop()
	for {
		conn, err := net.Dial("tcp", s.Address)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-gone:
			text, _ := os.ReadFile(log)
			t.Fatalf("the S3 server ended at once:\n%s", text)
		case <-patience.C:
			t.Fatalf("the S3 server did not answer on %s", s.Address)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// NewBucket makes an empty bucket.
func (s *Server) NewBucket(t *testing.T, name string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(s.Buckets, name), 0o700); err != nil {
		t.Fatal(err)
	}
}

// URL is the address of a target in a bucket, for shelf.Open.
func (s *Server) URL(bucket, prefix string) string {
	q := url.Values{"endpoint": {"http://" + s.Address}, "region": {"us-east-1"}, "path-style": {"true"}}
	return fmt.Sprintf("s3://%s/%s?%s", bucket, prefix, q.Encode())
}

// Open opens the shelf at that address with the server's keys.
func (s *Server) Open(t *testing.T, bucket, prefix string) shelf.Shelf {
	t.Helper()
	b, err := shelf.Open(s.URL(bucket, prefix), shelf.Options{Credentials: s.Credentials})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Tool finds a program that scripts/tools/build made: where the variable says,
// or in scripts/tools/bin. Without it the test is skipped, or fails where
// CI=true, so that nothing is left out unseen.
func Tool(t testing.TB, name, variable string) string {
	t.Helper()
	if p := os.Getenv(variable); p != "" {
		return p
	}
	for dir := "."; len(dir) < 60; dir = filepath.Join("..", dir) {
		if p := filepath.Join(dir, "scripts", "tools", "bin", name); isFile(p) {
			abs, err := filepath.Abs(p)
			if err != nil {
				t.Fatal(err)
			}
			return abs
		}
		if isFile(filepath.Join(dir, "go.mod")) {
			break
		}
	}
	without(t, fmt.Sprintf("%s is not here: run scripts/tools/build, or set %s", name, variable))
	return ""
}

// Installed finds a program of the system; without it the same happens.
func Installed(t testing.TB, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		without(t, name+" is not installed: run scripts/setup")
	}
	return p
}

func without(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED: " + what)
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}
