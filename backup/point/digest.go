package point

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Hash is the SHA-256 of b in hex.
func Hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Digest hashes what is written to it, as a whole and piece by piece.
type Digest struct {
	whole  hash.Hash
	piece  hash.Hash
	in     int64 // bytes in the open piece
	bytes  int64
	pieces []string
}

// NewDigest makes an empty Digest.
func NewDigest() *Digest {
	return &Digest{whole: sha256.New(), piece: sha256.New()}
}

// Write never fails.
func (d *Digest) Write(p []byte) (int, error) {
	n := len(p)
	d.whole.Write(p)
	for len(p) > 0 {
		k := min(int64(len(p)), PieceBytes-d.in)
		d.piece.Write(p[:k])
		d.in += k
		d.bytes += k
		p = p[k:]
		if d.in == PieceBytes {
			d.closePiece()
		}
	}
	return n, nil
}

func (d *Digest) closePiece() {
	d.pieces = append(d.pieces, hex.EncodeToString(d.piece.Sum(nil)))
	d.piece.Reset()
	d.in = 0
}

// File describes what was written under the given name. Call it once, after
// the last Write.
func (d *Digest) File(name string, pieces bool) File {
	f := File{Name: name, Bytes: d.bytes, SHA256: hex.EncodeToString(d.whole.Sum(nil))}
	if pieces {
		if d.in > 0 {
			d.closePiece()
		}
		f.Pieces = d.pieces
	}
	return f
}

// DamageError says where a file is not what its manifest describes.
type DamageError struct {
	File  string
	Piece int // 1 for the first mebibyte, 0 if the place is not known
	Of    int // number of pieces
	What  string
}

func (e *DamageError) Error() string {
	if e.Piece > 0 {
		return fmt.Sprintf("%s: %s in piece %d of %d", e.File, e.What, e.Piece, e.Of)
	}
	return e.File + ": " + e.What
}

// Checked reads r and compares it with the description f while it is read. It
// ends with io.EOF only if every byte was there and right; otherwise with a
// *DamageError, or with r's own error.
func Checked(r io.Reader, f File) io.Reader {
	return &checked{r: r, want: f, got: NewDigest()}
}

type checked struct {
	r    io.Reader
	want File
	got  *Digest
	seen int // pieces compared
	err  error
}

func (c *checked) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p)
	_, _ = c.got.Write(p[:n])
	if bad := c.compare(); bad != nil {
		c.err = bad
		return 0, bad
	}
	if errors.Is(err, io.EOF) {
		err = c.end()
	}
	if err != nil {
		c.err = err
	}
	return n, err
}

// compare looks at the pieces that became complete.
func (c *checked) compare() error {
	if c.got.bytes > c.want.Bytes {
		return c.damage("it is longer than it was", 0)
	}
	if c.want.Pieces == nil {
		return nil
	}
	for ; c.seen < len(c.got.pieces); c.seen++ {
		if c.got.pieces[c.seen] != c.want.Pieces[c.seen] {
			return c.damage("it was altered", c.seen+1)
		}
	}
	return nil
}

func (c *checked) end() error {
	if c.got.bytes < c.want.Bytes {
		return c.damage(fmt.Sprintf("it ends after %d of %d bytes", c.got.bytes, c.want.Bytes), 0)
	}
	got := c.got.File(c.want.Name, c.want.Pieces != nil)
	if bad := c.compare(); bad != nil {
		return bad
	}
	if got.SHA256 != c.want.SHA256 {
		return c.damage("it was altered", 0)
	}
	return io.EOF
}

func (c *checked) damage(what string, piece int) error {
	return &DamageError{File: c.want.Name, Piece: piece, Of: len(c.want.Pieces), What: what}
}
