package point

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 11, 24, 2, 45, 0, 0, time.UTC)

func recipient(t testing.TB) (*age.HybridIdentity, []age.Recipient) {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	rs, err := ParseRecipients([]string{" " + id.Recipient().String() + "\n"})
	if err != nil {
		t.Fatal(err)
	}
	return id, rs
}

func sealed(t testing.TB, image []byte, rs []age.Recipient) ([]byte, File, *Opener) {
	t.Helper()
	var out bytes.Buffer
	s, o, err := NewSealer(&out, rs, Quick)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for rest := image; len(rest) > 0; {
		n := min(len(rest), 1+r.IntN(300_000))
		if _, err := s.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.DatabaseBytes() != int64(len(image)) {
		t.Errorf("counted %d bytes of %d", s.DatabaseBytes(), len(image))
	}
	return out.Bytes(), s.File(), o
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i % 251)
	}
	return b
}

func TestTheTapOpensOneFileUntilItForgets(t *testing.T) {
	id, rs := recipient(t)
	image := pattern(3<<20 + 5)
	a, fa, oa := sealed(t, image, rs)
	b, fb, _ := sealed(t, image, rs)
	for name, o := range map[string]*Opener{"tap": oa, "owner": OpenWith(id)} {
		var out bytes.Buffer
		if err := Unseal(&out, bytes.NewReader(a), o, fa, int64(len(image))); err != nil || !bytes.Equal(out.Bytes(), image) {
			t.Errorf("%s: %d bytes, %v", name, out.Len(), err)
		}
	}
	if err := Unseal(io.Discard, bytes.NewReader(b), oa, fb, int64(len(image))); err == nil {
		t.Error("the tap of one file opened another")
	}
	oa.Forget()
	if err := Unseal(io.Discard, bytes.NewReader(a), oa, fa, int64(len(image))); err == nil {
		t.Error("the tap still opens the file")
	}
}

func TestSealedFileHasTheOwnersStanzaOnly(t *testing.T) {
	_, rs := recipient(t)
	b, _, _ := sealed(t, pattern(10), rs)
	head, _, _ := strings.Cut(string(b), "\n---")
	if n := strings.Count(head, "\n-> "); n != 1 || !strings.Contains(head, "-> mlkem768x25519 ") {
		t.Errorf("%d stanzas: %s", n, head)
	}
}

func TestSeveralKitsOpenOnePoint(t *testing.T) {
	a, ra := recipient(t)
	b, rb := recipient(t)
	stranger, _ := recipient(t)
	image := pattern(1000)
	bytesOf, f, tapped := sealed(t, image, append(ra, rb...))
	for _, o := range []*Opener{OpenWith(a), OpenWith(b), tapped} {
		if err := Unseal(io.Discard, bytes.NewReader(bytesOf), o, f, 1000); err != nil {
			t.Error(err)
		}
	}
	if err := Unseal(io.Discard, bytes.NewReader(bytesOf), OpenWith(stranger), f, 1000); !errors.Is(err, ErrWrongIdentity) {
		t.Errorf("a stranger got %v", err)
	}
}

func TestClassicRecipientsAreRefused(t *testing.T) {
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []string{classic.Recipient().String(), "", "age1pq1", "x"} {
		if _, err := ParseRecipients([]string{r}); err == nil {
			t.Errorf("%q was accepted", r)
		}
	}
	// and the tap's labels keep age from mixing the two
	_, rs := recipient(t)
	if _, _, err := Encrypt(io.Discard, append(rs, classic.Recipient())); err == nil {
		t.Error("a classic recipient was mixed in")
	}
}

func TestUnsealSaysWhoFailed(t *testing.T) {
	id, rs := recipient(t)
	image := pattern(6 << 20)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range image {
		image[i] = byte(r.Uint32())
	}
	b, f, _ := sealed(t, image, rs)
	want := int64(len(image))

	broken := errors.New("the disk broke")
	var w *WriteError
	if err := Unseal(failingWriter{broken}, bytes.NewReader(b), OpenWith(id), f, want); !errors.As(err, &w) || !errors.Is(err, broken) {
		t.Errorf("a failing disk: %v", err)
	}
	gone := errors.New("the drive is gone")
	err := Unseal(io.Discard, io.MultiReader(bytes.NewReader(b[:2<<20]), failingReader{gone}), OpenWith(id), f, want)
	if !errors.Is(err, gone) {
		t.Errorf("a failing drive: %v", err)
	}
	var d *DamageError
	for piece := range f.Pieces {
		bad := bytes.Clone(b)
		bad[min(piece<<20+9999, len(bad)-1)] ^= 4
		if err := Unseal(io.Discard, bytes.NewReader(bad), OpenWith(id), f, want); !errors.As(err, &d) || d.Piece != piece+1 || d.Of != len(f.Pieces) {
			t.Errorf("piece %d: %v", piece+1, err)
		}
	}
	for _, size := range []int64{0, want - 1, want + 1} {
		if err := Unseal(io.Discard, bytes.NewReader(b), OpenWith(id), f, size); !errors.As(err, &d) {
			t.Errorf("%d bytes wanted: %v", size, err)
		}
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func TestASealerWhoseTargetFailsDoesNotHang(t *testing.T) {
	_, rs := recipient(t)
	full := errors.New("full")
	s, _, err := NewSealer(&fullAfter{n: 3 << 20, err: full}, rs, Quick)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	chunk := make([]byte, 1<<20)
	for range 20 {
		for i := range chunk {
			chunk[i] = byte(r.Uint32())
		}
		if _, err = s.Write(chunk); err != nil {
			break
		}
	}
	if err == nil || !errors.Is(err, full) {
		t.Errorf("writing on: %v", err)
	}
	if err := s.Close(); !errors.Is(err, full) {
		t.Errorf("closing: %v", err)
	}
}

type fullAfter struct {
	n   int
	err error
}

func (f *fullAfter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestSelfTest(t *testing.T) {
	_, rs := recipient(t)
	if err := SelfTest(rs); err != nil {
		t.Error(err)
	}
	if err := SelfTest([]age.Recipient{wrongRecipient{rs[0]}}); err == nil {
		t.Error("a recipient that wraps another key passed")
	}
}

// wrongRecipient wraps a key that is not the file's, as a broken computer
// might.
type wrongRecipient struct{ age.Recipient }

func (w wrongRecipient) Wrap(key []byte) ([]*age.Stanza, error) {
	key[0] ^= 1
	return w.Recipient.Wrap(key)
}

func manifest(t testing.TB) Manifest {
	t.Helper()
	return Manifest{
		Format: 1, ID: NewID(day), SalonID: "salon-1", Program: "1.2.3", Schema: 3, TakenAt: "2026-11-24T02:45:00Z",
		Reason: Nightly, Label: `"<é> & 沙龙"`, Epoch: "e1", Seq: 7, Kits: []string{"ABCD-EFGH"}, DatabaseBytes: 5, PieceBytes: PieceBytes,
		Files: []File{
			{Name: DatabaseFile, Bytes: 3, SHA256: Hash([]byte("abc")), Pieces: []string{Hash([]byte("abc"))}},
			{Name: FactsFile, Bytes: 1, SHA256: Hash([]byte("f"))},
			{Name: RecoveryFile, Bytes: 1, SHA256: Hash([]byte("r"))},
		},
	}
}

func TestManifestSurvives(t *testing.T) {
	m := manifest(t)
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseManifest(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
	if got.Bytes() != 5 || !got.Taken().Equal(day) {
		t.Errorf("%d bytes at %v", got.Bytes(), got.Taken())
	}
	later := bytes.Replace(b, []byte(`"seq"`), []byte(`"something_new": {}, "seq"`), 1)
	if _, err := ParseManifest(later); err != nil {
		t.Errorf("a field of a later program of this format: %v", err)
	}
}

func TestManifestsThatCannotBe(t *testing.T) {
	for what, change := range map[string]func(*Manifest){
		"format 0":        func(m *Manifest) { m.Format = 0 },
		"no id":           func(m *Manifest) { m.ID = "" },
		"a path as id":    func(m *Manifest) { m.ID = "../../etc" },
		"a bad day":       func(m *Manifest) { m.ID = "20261399T024500Z-00000000" },
		"a bad previous":  func(m *Manifest) { m.Previous = "x" },
		"no salon":        func(m *Manifest) { m.SalonID = "" },
		"no time":         func(m *Manifest) { m.TakenAt = "yesterday" },
		"no kit":          func(m *Manifest) { m.Kits = nil },
		"negative size":   func(m *Manifest) { m.DatabaseBytes = -1 },
		"other pieces":    func(m *Manifest) { m.PieceBytes = 1 },
		"a file less":     func(m *Manifest) { m.Files = m.Files[:2] },
		"a file twice":    func(m *Manifest) { m.Files[2] = m.Files[1] },
		"a negative file": func(m *Manifest) { m.Files[1].Bytes = -1 },
		"a short hash":    func(m *Manifest) { m.Files[1].SHA256 = "00" },
		"a loud hash":     func(m *Manifest) { m.Files[1].SHA256 = strings.ToUpper(m.Files[1].SHA256) },
		"a piece more":    func(m *Manifest) { m.Files[0].Pieces = append(m.Files[0].Pieces, m.Files[0].SHA256) },
		"no pieces":       func(m *Manifest) { m.Files[0].Pieces = nil },
		"a bad piece":     func(m *Manifest) { m.Files[0].Pieces[0] = "zz" },
		"huge":            func(m *Manifest) { m.Files[0].Bytes = 1 << 62 },
	} {
		m := manifest(t)
		change(&m)
		b, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseManifest(b); err == nil {
			t.Errorf("%s was accepted: %+v", what, got)
		}
	}
	m := manifest(t)
	m.Format, m.Program, m.Files = 2, "9.9", nil
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var newer *NewerError
	if _, err := ParseManifest(b); !errors.As(err, &newer) || newer.Program != "9.9" {
		t.Errorf("format 2: %v", err)
	}
}

func TestSignatureCoversEveryByteOfBothFiles(t *testing.T) {
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKey(text)
	if err != nil || !again.Public().Equal(key.Public()) {
		t.Fatalf("the key changed on its way through text (%v)", err)
	}
	public, err := ParsePublicKey(key.Public().String() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	m := manifest(t)
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s := again.Sign(m.ID, b)
	if !public.Verify(m.ID, b, s) || other.Public().Verify(m.ID, b, s) || (PublicKey{}).Verify(m.ID, b, s) || public.Verify(NewID(day), b, s) {
		t.Error("the wrong ones verify")
	}
	if !public.Claims(s) || other.Public().Claims(s) || (PublicKey{}).Claims(s) {
		t.Error("the wrong ones claim")
	}
	for i := range s {
		for bit := range 8 {
			bad := bytes.Clone(s)
			bad[i] ^= 1 << bit
			if public.Verify(m.ID, b, bad) {
				t.Fatalf("bit %d of byte %d of the signature does not matter", bit, i)
			}
		}
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1
		if public.Verify(m.ID, bad, s) {
			t.Fatalf("byte %d of the manifest does not matter", i)
		}
	}
	if public.Verify(m.ID, b, bytes.ReplaceAll(s, []byte("\n"), []byte("\r\n"))) {
		t.Error("other line ends verify")
	}
}

func TestMarker(t *testing.T) {
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	m := NewMarker(key, "salon-1", []byte("how to"))
	got, err := ParseMarker(m.Encode())
	if err != nil || got != m || !got.Key().Equal(key.Public()) || got.HowToSHA256 != Hash([]byte("how to")) {
		t.Fatalf("%+v, %v", got, err)
	}
	b := m.Encode()
	for i := range b {
		for bit := range 8 {
			bad := bytes.Clone(b)
			bad[i] ^= 1 << bit
			var newer *NewerError
			if _, err := ParseMarker(bad); err == nil || errors.As(err, &newer) {
				t.Fatalf("bit %d of byte %d: %v", bit, i, err)
			}
		}
	}
	later := bytes.Replace(bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 2`), 1), []byte(`"salon_id"`), []byte(`"new": 1, "salon_id"`), 1)
	var newer *NewerError
	if _, err := ParseMarker(later); !errors.As(err, &newer) {
		t.Errorf("a later marker: %v", err)
	}
}

func TestIDsAndPaths(t *testing.T) {
	a, b := NewID(day), NewID(day.Add(time.Second).In(time.FixedZone("", 3600)))
	if !ValidID(a) || !ValidID(b) || a >= b || !strings.HasPrefix(a, "20261124T024500Z-") || !strings.HasPrefix(b, "20261124T024501Z-") {
		t.Errorf("ids %s and %s", a, b)
	}
	id, file, ok := SplitPath(Path(a, FactsFile))
	if id != a || file != FactsFile || !ok {
		t.Errorf("split to %s, %s, %v", id, file, ok)
	}
	for _, bad := range []string{"", a, "points/" + a, "points/" + a + "/", "points/x/y", "points/" + a + "/x/y", "other/" + a + "/x"} {
		if _, _, ok := SplitPath(bad); ok {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestCheckedReadsInAnyPortions(t *testing.T) {
	b := pattern(2<<20 + 77)
	d := NewDigest()
	_, _ = d.Write(b)
	f := d.File("x", true)
	for _, step := range []int{1 << 10, 65537, 1 << 20, 3 << 20} {
		got, err := io.ReadAll(Checked(&portions{b: b, n: step}, f))
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("portions of %d: %d bytes, %v", step, len(got), err)
		}
	}
}

type portions struct {
	b []byte
	n int
}

func (p *portions) Read(out []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	n := copy(out[:min(len(out), p.n)], p.b)
	p.b = p.b[n:]
	return n, nil
}
