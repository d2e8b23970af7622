package shelf_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"salonkeep/backup/shelf"
	"salonkeep/backup/shelf/shelftest"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func TestBucketIsAShelf(t *testing.T) {
	server := shelftest.StartServer(t)
	for _, prefix := range []string{"", "salons/lumiere"} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			n := 0
			shelftest.Run(t, func(t *testing.T) shelf.Shelf {
				n++
				bucket := fmt.Sprintf("bucket-%d-%d", len(prefix), n)
				server.NewBucket(t, bucket)
				return server.Open(t, bucket, prefix)
			})
		})
	}
}

func TestPrefixesOfOneBucketDoNotMix(t *testing.T) {
	server := shelftest.StartServer(t)
	server.NewBucket(t, "shared")
	a, b := server.Open(t, "shared", "a"), server.Open(t, "shared", "ab")
	if _, err := a.Put(t.Context(), "points/x/y", strings.NewReader("a")); err != nil {
		t.Fatal(err)
	}
	if list, err := b.List(t.Context(), ""); err != nil || len(list) != 0 {
		t.Errorf("the neighbour lists %v, %v", list, err)
	}
	if list, err := a.List(t.Context(), "points/"); err != nil || len(list) != 1 || list[0].Name != "points/x/y" {
		t.Errorf("listed %v, %v", list, err)
	}
}

func TestBucketTroublesInWords(t *testing.T) {
	server := shelftest.StartServer(t)
	server.NewBucket(t, "mine")
	wrongKeys := server.Credentials
	wrongKeys.SecretKey = "something-else"
	stranger := shelf.Credentials{AccessKey: "nobody", SecretKey: "nothing"}
	for _, c := range []struct {
		name   string
		target string
		keys   shelf.Credentials
		words  []string
	}{
		{"no bucket", server.URL("yours", "p"), server.Credentials, []string{"no bucket", "s3://yours/p"}},
		{"wrong secret", server.URL("mine", "p"), wrongKeys, []string{"keys", "not accepted", "s3://mine/p"}},
		{"unknown key", server.URL("mine", "p"), stranger, []string{"keys", "not accepted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := shelf.Open(c.target, shelf.Options{Credentials: c.keys})
			if err != nil {
				t.Fatal(err)
			}
			wantUnreachable(t, s.Prepare(t.Context()), c.words...)
			_, err = s.List(t.Context(), "")
			wantUnreachable(t, err, c.words...)
			_, _, err = s.Open(t.Context(), "x")
			wantUnreachable(t, err, c.words...)
			_, err = s.Put(t.Context(), "x", strings.NewReader("x"))
			wantUnreachable(t, err, c.words...)
		})
	}
}

func TestServerThatDoesNotAnswer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	s, err := shelf.Open("s3://mine/p?path-style=true&endpoint=http://"+address, shelf.Options{Name: "Cloud"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Put(t.Context(), "x", strings.NewReader("x"))
	wantUnreachable(t, err, `"Cloud"`, address, "does not answer")
}

func TestServerWithAnUnknownCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about us, as it should
	server.StartTLS()
	defer server.Close()
	s, err := shelf.Open("s3://mine/p?path-style=true&endpoint="+server.URL, shelf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.List(t.Context(), "")
	wantUnreachable(t, err, "certificate", strings.TrimPrefix(server.URL, "https://"))
}

// cutting passes connections on to address; while cuts are left, it ends a
// connection after that many bytes of answers.
func cutting(t *testing.T, address string, after int64, cuts *atomic.Int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", address)
			if err != nil {
				in.Close()
				return
			}
			go func() { _, _ = io.Copy(out, in); out.Close() }()
			go func() {
				defer in.Close()
				if n, _ := io.CopyN(in, out, after); n == after && cuts.Add(-1) >= 0 {
					return
				}
				_, _ = io.Copy(in, out)
			}()
		}
	}()
	return l.Addr().String()
}

func TestBrokenConnectionsAreTakenUpAgain(t *testing.T) {
	server := shelftest.StartServer(t)
	server.NewBucket(t, "mine")
	want := shelftest.Pattern(5<<20, 3)
	direct := server.Open(t, "mine", "")
	if _, err := direct.Put(t.Context(), "x", bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	var cuts atomic.Int64
	proxied := *server
	proxied.Address = cutting(t, server.Address, 1<<20, &cuts)
	cuts.Store(3)
	r, _, err := proxied.Open(t, "mine", "").Open(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if cuts.Load() > 0 {
		t.Errorf("only %d connections were cut", 3-cuts.Load())
	}
	cuts.Store(1000)
	r, _, err = proxied.Open(t, "mine", "").Open(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = io.ReadAll(r)
	wantUnreachable(t, err, "does not answer")
}

func TestInterruptedUploadsAreSwept(t *testing.T) {
	server := shelftest.StartServer(t)
	server.NewBucket(t, "mine")
	client, err := minio.NewCore(server.Address, &minio.Options{
		Creds: credentials.NewStaticV4(server.Credentials.AccessKey, server.Credentials.SecretKey, ""), Region: "us-east-1",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"p/points/a/salon.db.zst.age", "other/points/a/salon.db.zst.age"} {
		id, err := client.NewMultipartUpload(t.Context(), "mine", key, minio.PutObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		part := shelftest.Pattern(5<<20, 1)
		if _, err := client.PutObjectPart(t.Context(), "mine", key, id, 1, bytes.NewReader(part), int64(len(part)), minio.PutObjectPartOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	s := server.Open(t, "mine", "p")
	left, err := s.Sweep(t.Context())
	if err != nil || len(left) != 1 || left[0] != "p/points/a/salon.db.zst.age" {
		t.Errorf("swept %v, %v", left, err)
	}
	if left, err := s.Sweep(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("swept again %v, %v", left, err)
	}
}

func TestObjectsAreWhatWasPut(t *testing.T) {
	server := shelftest.StartServer(t)
	server.NewBucket(t, "mine")
	want := shelftest.Pattern(10<<20, 5)
	if _, err := server.Open(t, "mine", "deep/er").Put(t.Context(), "points/a/x", bytes.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(server.Buckets, "mine", "deep", "er", "points", "a", "x"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the server stored %d bytes, %v", len(got), err)
	}
}
