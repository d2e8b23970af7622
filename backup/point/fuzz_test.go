package point

import (
	"bytes"
	"io"
	"testing"

	"filippo.io/age"
)

func FuzzManifest(f *testing.F) {
	b, err := manifest(f).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"format": 2}`))
	f.Add([]byte(`{"format": 1, "files": [{}, {}, {}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		again, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseManifest(again); err != nil {
			t.Fatalf("accepted once, but not written again: %v", err)
		}
		for _, file := range m.Files {
			if _, _, ok := SplitPath(Path(m.ID, file.Name)); !ok {
				t.Fatalf("file %q of point %q leads elsewhere", file.Name, m.ID)
			}
		}
	})
}

func FuzzMarker(f *testing.F) {
	key, err := NewKey()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(NewMarker(key, "salon-1", nil).Encode())
	f.Add([]byte(`{"format": 2, "salon_id": "x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMarker(b)
		if err == nil && !bytes.Equal(m.Encode(), b) {
			t.Fatalf("accepted in another spelling: %q", b)
		}
	})
}

func FuzzSignature(f *testing.F) {
	key, err := NewKey()
	if err != nil {
		f.Fatal(err)
	}
	message := []byte("manifest")
	id := NewID(day)
	good := key.Sign(id, message)
	f.Add(good)
	f.Add([]byte("untrusted comment: x\nAAAA\ntrusted comment: y\nAAAA\n"))
	f.Fuzz(func(t *testing.T, s []byte) {
		if key.Public().Verify(id, message, s) && !bytes.Equal(s, good) {
			t.Fatalf("another signature verifies: %q", s)
		}
	})
}

// fixedRecipient belongs to an identity that every process of a fuzzing run
// shares; it opens nothing else.
func fixedRecipient(f *testing.F) (*age.HybridIdentity, []age.Recipient) {
	id, err := age.ParseHybridIdentity("AGE-SECRET-KEY-PQ-1TAXQ4RWUX99DCS3FDCDPDC3XFH0EA26XKCWARYN30SCD2QLWH4HSPC4E4N")
	if err != nil {
		f.Fatal(err)
	}
	return id, []age.Recipient{id.Recipient()}
}

// FuzzUnseal feeds a sealed file whose description fits it, as somebody who
// knows the recipient could make one.
func FuzzUnseal(f *testing.F) {
	id, rs := fixedRecipient(f)
	for _, n := range []int{0, 10, 5000} {
		b, _, _ := sealed(f, pattern(n), rs)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := NewDigest()
		_, _ = d.Write(b)
		const want = 100_000
		n := &counter{}
		_ = Unseal(n, bytes.NewReader(b), OpenWith(id), d.File(DatabaseFile, true), want)
		if n.bytes > want+1 {
			t.Fatalf("%d bytes were unpacked", n.bytes)
		}
	})
}

type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}

// FuzzUnpack reaches the decompressor behind the seal.
func FuzzUnpack(f *testing.F) {
	id, rs := fixedRecipient(f)
	f.Add([]byte("\x28\xb5\x2f\xfd\x24\x00\x01\x00\x00\x99\xe9\xd8\x51"), int64(0))
	f.Add([]byte("not zstd"), int64(8))
	f.Fuzz(func(t *testing.T, b []byte, want int64) {
		if want < 0 || want > 1<<20 {
			return
		}
		var out bytes.Buffer
		w, _, err := Encrypt(&out, rs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		d := NewDigest()
		_, _ = d.Write(out.Bytes())
		n := &counter{}
		err = Unseal(io.Writer(n), &out, OpenWith(id), d.File(DatabaseFile, true), want)
		if n.bytes > want+1 || (err == nil && n.bytes != want) {
			t.Fatalf("%d bytes were unpacked, want %d (%v)", n.bytes, want, err)
		}
	})
}
