package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// table is one file of the export whose heading was recognised.
type table struct {
	fsys    fs.FS
	file    string
	shape   shape
	as      charset
	comma   byte
	headRow int            // records before and with the heading
	head    []string       // headings as they are written
	cols    map[string]int // heading -> column
	extra   []int          // columns the shape does not know
	order   order
	decimal byte
	proof   proof
}

// proof counts what the cells of a file say about how it is written.
type proof struct {
	orders   map[order]int
	decimals map[byte]int
	firstFor map[order]int // line that proved it first, for the report
	numeric  map[int]int   // extra column -> cells that are numbers
	filled   map[int]int   // extra column -> cells that are not empty
	rows     int
}

// titleRows are how many records may stand above the heading.
const titleRows = 10

// open finds out what a file is. It returns nil without an error for a file
// that claims to be none of ours, with the reason why it was left alone.
func open(fsys fs.FS, file string) (t *table, left string, err error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", file, err)
	}
	defer f.Close()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, "", fmt.Errorf("read %s: %w", file, err)
	}
	head = head[:n]
	expected, claims := named(file)
	refuse := func(format string, args ...any) (*table, string, error) {
		if claims {
			return nil, "", salon.E(salon.Invalid, format, args...)
		}
		return nil, fmt.Sprintf(format, args...), nil
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return refuse("“%s” is empty. Export the report again.", file)
	}
	if what := notText(head[:min(len(head), sniffed)]); what != "" {
		return refuse("“%s” is %s and put that file here instead.", file, what)
	}
	t = &table{fsys: fsys, file: file, as: wide(head[:min(len(head), sniffed)])}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		t.as = utf8Text
	}
	found, err := t.findHeading(head)
	if err != nil {
		return nil, "", err
	}
	if !found {
		if claims {
			return refuse("“%s” does not have the headings of a %s file (%s). Export the report again.", file, expected.kind, strings.Join(expected.required, ", "))
		}
		return nil, fmt.Sprintf("“%s” was left alone: its headings belong to no report of this format.", file), nil
	}
	return t, "", t.checkHeading()
}

// findHeading looks for a heading in the first records, with each separator.
func (t *table) findHeading(head []byte) (bool, error) {
	for _, comma := range []byte{',', ';', '\t', '|'} {
		c := newCSVReader(decoded(bytes.NewReader(head), t.as), comma, 0)
		for n := 1; n <= titleRows; n++ {
			r, err := c.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return false, fmt.Errorf("read %s: %w", t.file, err)
			}
			if s, ok := recognise(r.Cells); ok {
				t.shape, t.comma, t.headRow, t.head = s, comma, n, r.Cells
				return true, nil
			}
		}
	}
	return false, nil
}

// checkHeading places the columns. A heading that stands there twice, or one
// that is missing, cannot be guessed.
func (t *table) checkHeading() error {
	t.cols = map[string]int{}
	s := t.shape
	for i, h := range t.head {
		name := heading(h)
		known := slices.Contains(s.required, name) || slices.Contains(s.optional, name) || slices.Contains(s.passed, name)
		if !known {
			t.extra = append(t.extra, i)
			continue
		}
		if _, twice := t.cols[name]; twice {
			return salon.E(salon.Invalid, "“%s” has two columns called “%s”. Export the report again, or remove the wrong one.", t.file, strings.TrimSpace(h))
		}
		t.cols[name] = i
	}
	for _, r := range s.required {
		if _, ok := t.cols[r]; !ok {
			return salon.E(salon.Invalid, "“%s” has no column “%s”, so its rows cannot be read. Export the report again with all its columns.", t.file, r)
		}
	}
	return nil
}

// records hands every record below the heading to fn, decoded.
func (t *table) records(fn func(row) error) error {
	f, err := t.fsys.Open(t.file)
	if err != nil {
		return fmt.Errorf("open %s: %w", t.file, err)
	}
	defer f.Close()
	return t.recordsFrom(decoded(f, t.as), fn)
}

func (t *table) recordsFrom(r io.Reader, fn func(row) error) error {
	c := newCSVReader(r, t.comma, 0)
	least := len(t.head)
	for least > 0 && strings.TrimSpace(t.head[least-1]) == "" {
		least-- // a heading of nothing is often a comma too many in the heading alone
	}
	for n := 1; ; n++ {
		rec, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", t.file, err)
		}
		if n == t.headRow {
			c.least, c.want = least, len(t.head)
		}
		if n > t.headRow {
			if err := fn(rec); err != nil {
				return err
			}
		}
	}
}

// prove reads the file once for what its cells say about encoding, dates and
// decimal signs.
func (t *table) prove() error {
	f, err := t.fsys.Open(t.file)
	if err != nil {
		return fmt.Errorf("open %s: %w", t.file, err)
	}
	defer f.Close()
	p := proof{orders: map[order]int{}, decimals: map[byte]int{}, firstFor: map[order]int{}, numeric: map[int]int{}, filled: map[int]int{}}
	var dates, numbers []int
	for _, d := range t.shape.dates {
		if c, ok := t.cols[d]; ok {
			dates = append(dates, c)
		}
	}
	for _, n := range t.shape.numbers {
		if c, ok := t.cols[n]; ok {
			numbers = append(numbers, c)
		}
	}
	m := &meter{r: f}
	text := decoded(m, t.as) // for one-byte encodings the separators are ASCII either way
	err = t.recordsFrom(text, func(r row) error {
		p.rows++
		if r.Bad != "" {
			return nil
		}
		p.look(r, dates, numbers, t.extra)
		return nil
	})
	if err != nil {
		return err
	}
	if t.as == "" {
		t.as = m.verdict()
		if err := t.decodeHeading(); err != nil {
			return err
		}
	}
	t.proof = p
	return nil
}

// decodeHeading reads the headings anew, now that it is known how: they were
// found before the encoding was.
func (t *table) decodeHeading() error {
	for i, h := range t.head {
		plain, err := io.ReadAll(decoded(strings.NewReader(h), t.as))
		if err != nil {
			return fmt.Errorf("read the headings of %s: %w", t.file, err)
		}
		t.head[i] = string(plain)
	}
	return nil
}

func (p *proof) look(r row, dates, numbers, extra []int) {
	for _, c := range dates {
		if o := dateProof(r.Cells[c]); o != "" {
			p.orders[o]++
			if p.firstFor[o] == 0 {
				p.firstFor[o] = r.Line
			}
		}
	}
	for _, c := range numbers {
		if d := decimalProof(r.Cells[c]); d != 0 {
			p.decimals[d]++
		}
	}
	for _, c := range extra {
		cell := strings.TrimSpace(r.Cells[c])
		if cell == "" {
			continue
		}
		p.filled[c]++
		d := decimalProof(cell)
		if _, bad := number(cell, cmp.Or(d, '.')); bad == "" {
			p.numeric[c]++
			if d != 0 {
				p.decimals[d]++
			}
		}
	}
}

// tables opens every file of the folder.
func tables(fsys fs.FS) (found []*table, left []salon.Problem, err error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, nil, salon.E(salon.Missing, "The folder with the files to import cannot be read. Check its name.").Because(err)
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "~$") {
			continue
		}
		t, why, err := open(fsys, e.Name())
		if err != nil {
			return nil, nil, err
		}
		if t == nil && plainNote(e.Name()) {
			continue
		}
		if t == nil {
			left = append(left, salon.Problem{File: e.Name(), Line: 1, Severity: salon.Reported, Text: why})
			continue
		}
		for _, other := range found {
			if other.shape.kind == t.shape.kind {
				return nil, nil, salon.E(salon.Invalid, "There are two %s files in this folder: “%s” and “%s”. Keep only the one to import.", t.shape.kind, other.file, t.file)
			}
		}
		found = append(found, t)
	}
	if len(found) == 0 {
		return nil, nil, salon.E(salon.Invalid, "There is no file of this format in the folder. It looks for CSV reports such as “Receipt Transactions0.csv” and “Future Bookings (All Clients)0.csv”.")
	}
	return found, left, nil
}

// plainNote are files that lie beside an export and need no word.
func plainNote(file string) bool {
	return slices.Contains([]string{".json", ".md", ".txt", ".ini"}, strings.ToLower(path.Ext(file)))
}
