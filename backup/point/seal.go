package point

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Effort is how hard the compressor tries.
type Effort int

// Thorough is for points that are kept for months. Quick takes two thirds of
// the time and a few per cent more room.
const (
	Thorough Effort = iota
	Quick
)

func (e Effort) level() zstd.EncoderLevel {
	if e == Quick {
		return zstd.SpeedFastest
	}
	return zstd.SpeedDefault
}

// ParseRecipients reads hybrid age recipients ("age1pq1..."). Others are
// refused: what lies in a bucket for years must not be opened by tomorrow's
// computers.
func ParseRecipients(texts []string) ([]age.Recipient, error) {
	if len(texts) == 0 {
		return nil, errors.New("there is no recipient to seal to")
	}
	var rs []age.Recipient
	for _, s := range texts {
		r, err := age.ParseHybridRecipient(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("read the recipient: %w", err)
		}
		rs = append(rs, r)
	}
	return rs, nil
}

// tap is a recipient that keeps the file key in memory, so that the very file
// a plain "age -r owner" would make can be read back and opened once without
// the owner's identity. As an identity it hands that key out; age then checks
// the header's MAC, which covers the owner's own stanza.
type tap struct {
	age.Recipient
	key []byte
}

// Wrap keeps the file key and leaves the wrapping to the owner's recipient.
func (t *tap) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	t.key = bytes.Clone(fileKey)
	return t.Recipient.Wrap(fileKey)
}

// WrapWithLabels keeps the owner's labels: without them age would let a hybrid
// recipient be mixed with weaker ones.
func (t *tap) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	t.key = bytes.Clone(fileKey)
	if r, ok := t.Recipient.(age.RecipientWithLabels); ok {
		return r.WrapWithLabels(fileKey)
	}
	s, err := t.Recipient.Wrap(fileKey)
	return s, nil, err
}

func (t *tap) Unwrap([]*age.Stanza) ([]byte, error) {
	if len(t.key) == 0 {
		return nil, errors.New("the key of this file was forgotten")
	}
	return bytes.Clone(t.key), nil
}

// Opener opens sealed files: an identity of the owner's, or the memory of the
// file just sealed. Forget ends the latter.
type Opener struct {
	ids []age.Identity
	tap *tap
}

// OpenWith makes an Opener of identities.
func OpenWith(ids ...age.Identity) *Opener { return &Opener{ids: ids} }

// Forget wipes a file key that was kept; identities are not touched.
func (o *Opener) Forget() {
	if o.tap != nil {
		clear(o.tap.key)
		o.tap.key = nil
	}
}

// ErrWrongIdentity says that a sealed file is for somebody else.
var ErrWrongIdentity = errors.New("sealed for another identity")

// Decrypt reads the sealed file r. The plaintext must be read to io.EOF before
// it is trusted: only the last chunk shows that nothing was cut off.
func (o *Opener) Decrypt(r io.Reader) (io.Reader, error) {
	ids := o.ids
	if o.tap != nil {
		ids = []age.Identity{o.tap}
	}
	plain, err := age.Decrypt(r, ids...)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return nil, ErrWrongIdentity
	}
	if err != nil {
		return nil, fmt.Errorf("open the seal: %w", err)
	}
	return plain, nil
}

// Encrypt seals what is written to the result, and returns an Opener that
// remembers the key of this one file.
func Encrypt(dst io.Writer, recipients []age.Recipient) (io.WriteCloser, *Opener, error) {
	if len(recipients) == 0 {
		return nil, nil, errors.New("there is no recipient to seal to")
	}
	t := &tap{Recipient: recipients[0]}
	all := append([]age.Recipient{t}, recipients[1:]...)
	w, err := age.Encrypt(dst, all...)
	if err != nil {
		return nil, nil, fmt.Errorf("seal: %w", err)
	}
	return w, &Opener{tap: t}, nil
}

// Sealer turns a database image that is written to it into a sealed database
// file.
type Sealer struct {
	frames *frames
	sealed io.WriteCloser
	digest *Digest
	bytes  int64
}

// NewSealer starts a sealed database file on dst.
func NewSealer(dst io.Writer, recipients []age.Recipient, effort Effort) (*Sealer, *Opener, error) {
	s := &Sealer{digest: NewDigest()}
	sealed, opener, err := Encrypt(io.MultiWriter(dst, s.digest), recipients)
	if err != nil {
		return nil, nil, err
	}
	s.sealed = sealed
	if s.frames, err = newFrames(sealed, effort.level()); err != nil {
		return nil, nil, err
	}
	return s, opener, nil
}

func (s *Sealer) Write(p []byte) (int, error) {
	n, err := s.frames.Write(p)
	s.bytes += int64(n)
	return n, err
}

// Close finishes the file. It must be called once, also after an error.
func (s *Sealer) Close() error {
	if err := s.frames.Close(); err != nil {
		return err
	}
	if err := s.sealed.Close(); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return nil
}

// File describes the sealed file, once, after Close.
func (s *Sealer) File() File { return s.digest.File(DatabaseFile, true) }

// DatabaseBytes is how much was written to s.
func (s *Sealer) DatabaseBytes() int64 { return s.bytes }

// WriteError says that it was the destination that failed, not the sealed file.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return e.Err.Error() }

// Unwrap is the destination's own error.
func (e *WriteError) Unwrap() error { return e.Err }

type marked struct{ w io.Writer }

func (m marked) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	if err != nil {
		err = &WriteError{Err: err}
	}
	return n, err
}

// errDrain stops the opening but not the reading, so that damage is located.
var errDrain = errors.New("the rest is read for its hash only")

// Unseal writes the database image inside the sealed file r to dst. It reads r
// to its end and compares it with the description f. The image must have
// exactly want bytes; more is refused as soon as it shows, so that a crafted
// file cannot fill the disk.
//
// The error is a *WriteError if dst failed, a *DamageError if r is not what f
// describes, r's own error, or ErrWrongIdentity. What was written before an
// error must not be used.
func Unseal(dst io.Writer, r io.Reader, o *Opener, f File, want int64) error {
	out, in := io.Pipe()
	reading := make(chan error, 1)
	go func() {
		c := Checked(r, f)
		buf := make([]byte, 256<<10)
		_, err := io.CopyBuffer(in, c, buf)
		if errors.Is(err, errDrain) {
			_, err = io.CopyBuffer(onlyWriter{io.Discard}, c, buf)
		}
		_ = in.CloseWithError(err) // nil is the end of the file
		reading <- err
	}()
	opening := unpack(marked{dst}, out, o, want)
	stop := errDrain
	if w := (*WriteError)(nil); errors.As(opening, &w) {
		stop = w
	}
	_ = out.CloseWithError(stop)
	if err := <-reading; err != nil {
		return err
	}
	return opening
}

// onlyWriter hides io.Discard's ReadFrom, whose buffer is small.
type onlyWriter struct{ io.Writer }

func unpack(dst io.Writer, sealed io.Reader, o *Opener, want int64) error {
	plain, err := o.Decrypt(sealed)
	if err != nil {
		return err
	}
	dec, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(workers), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return fmt.Errorf("start the decompressor: %w", err)
	}
	defer dec.Close()
	n, err := io.Copy(dst, io.LimitReader(dec, want+1))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if n != want {
		return &DamageError{File: DatabaseFile, What: fmt.Sprintf("it unpacks to %d bytes or more instead of %d", n, want)}
	}
	return nil
}

// SelfTest seals, opens and compares a few bytes for each recipient and for a
// throw-away identity, so that a machine that computes wrongly stops before it
// makes a point that nobody can open.
func SelfTest(recipients []age.Recipient) error {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	want := []byte("salonkeep self-test")
	for i, r := range append([]age.Recipient{id.Recipient()}, recipients...) {
		var sealed bytes.Buffer
		w, o, err := Encrypt(&sealed, []age.Recipient{r})
		if err != nil {
			return fmt.Errorf("self-test: %w", err)
		}
		if _, err := w.Write(want); err != nil {
			return fmt.Errorf("self-test: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("self-test: %w", err)
		}
		openers := []*Opener{o}
		if i == 0 {
			openers = append(openers, OpenWith(id))
		}
		for _, o := range openers {
			if err := opensTo(want, sealed.Bytes(), o); err != nil {
				return fmt.Errorf("self-test: %w", err)
			}
		}
		o.Forget()
	}
	return nil
}

func opensTo(want, sealed []byte, o *Opener) error {
	plain, err := o.Decrypt(bytes.NewReader(sealed))
	if err != nil {
		return err
	}
	got, err := io.ReadAll(plain)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return errors.New("what was sealed is not what came out")
	}
	return nil
}
