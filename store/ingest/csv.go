package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxRowBytes = 256 << 10 // a longer row is no row of a salon
	maxRowLines = 200       // a cell may hold line breaks, but not half the file
)

// row is one record of a CSV file. Where Bad is not empty it is the reason why
// the record cannot be read, and Cells is nil.
type row struct {
	Line  int // the first line it stands on, 1 being the first of the file
	Cells []string
	Bad   string
}

// csvReader reads records and survives broken ones. The reader of the standard
// library gives up or swallows the rest of the file at a stray quote; this one
// refuses the line the quote stands on and goes on with the next line, because
// one bad row must not cost the salon the others.
type csvReader struct {
	br          *bufio.Reader
	comma       byte
	least, want int // cells a record must have and gets; 0 takes any number
	line        int // lines handed out so far
	behind      []textLine
}

type textLine struct {
	text []byte
	long bool // longer than maxRowBytes: text is only its beginning
}

func newCSVReader(r io.Reader, comma byte, want int) *csvReader {
	return &csvReader{br: bufio.NewReaderSize(r, 64<<10), comma: comma, least: want, want: want}
}

// next gives the next record and io.EOF after the last. Lines of nothing but
// blanks and commas are no records: spreadsheets leave them below the last. Any other error is the underlying reader's.
func (c *csvReader) next() (row, error) {
	for {
		l, err := c.take()
		if err != nil {
			return row{}, err
		}
		at := c.line
		if !l.long && len(bytes.Trim(l.text, " \t\v\f\ufeff"+string(rune(c.comma)))) == 0 {
			continue
		}
		cells, bad, err := c.record(l)
		if err != nil {
			return row{}, err
		}
		return row{Line: at, Cells: cells, Bad: bad}, nil
	}
}

// record splits the record that starts on first, taking more lines while a
// quote is open. When that leads nowhere the further lines are given back, so
// that only the first is lost.
func (c *csvReader) record(first textLine) (cells []string, bad string, err error) {
	text, taken := first.text, []textLine(nil)
	giveBack := func() {
		c.behind = append(taken, c.behind...)
		c.line -= len(taken)
	}
	if first.long {
		return nil, fmt.Sprintf("The line is longer than %d characters.", maxRowBytes), nil
	}
	for {
		cells, open, bad := splitRecord(text, c.comma)
		if bad == "" && !open && c.want > 0 {
			cells, bad = c.fit(cells)
		}
		if !open {
			if bad != "" {
				giveBack()
				return nil, bad, nil
			}
			return cells, "", nil
		}
		l, err := c.take()
		if errors.Is(err, io.EOF) || (err == nil && (l.long || len(taken) >= maxRowLines || len(text)+len(l.text) > maxRowBytes)) {
			if err == nil {
				taken = append(taken, l)
			}
			giveBack()
			return nil, "A quotation mark opens a cell and none closes it.", nil
		}
		if err != nil {
			return nil, "", err
		}
		taken = append(taken, l)
		text = append(append(bytes.Clone(text), '\n'), l.text...)
	}
}

// fit makes a record as wide as the heading. Empty cells too many are what
// spreadsheets leave behind; anything else would shift the columns.
func (c *csvReader) fit(cells []string) ([]string, string) {
	for len(cells) > c.want && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) > c.want:
		return nil, fmt.Sprintf("The row has %d cells instead of %d. A cell that holds a “%c” must stand in quotation marks.", len(cells), c.want, c.comma)
	case len(cells) < c.least:
		return nil, fmt.Sprintf("The row has %d cells instead of %d.", len(cells), c.want)
	}
	for len(cells) < c.want {
		cells = append(cells, "")
	}
	return cells, ""
}

// splitRecord cuts text into cells. open tells that a quoted cell has not
// ended yet. Quotation marks anywhere but around a whole cell are refused:
// what they were meant to say cannot be known.
func splitRecord(text []byte, comma byte) (cells []string, open bool, bad string) {
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, false, "The row holds NUL bytes: the file is damaged here."
	}
	for {
		if len(text) > 0 && text[0] == '"' {
			cell, rest, state := quotedCell(text[1:], comma)
			switch state {
			case cellOpen:
				return nil, true, ""
			case cellStray:
				return nil, false, "A quotation mark stands in the middle of a cell."
			}
			cells = append(cells, cell)
			if rest == nil {
				return cells, false, ""
			}
			text = rest
			continue
		}
		end := bytes.IndexByte(text, comma)
		cell := text
		if end >= 0 {
			cell = text[:end]
		}
		if bytes.IndexByte(cell, '"') >= 0 {
			return nil, false, "A quotation mark stands in the middle of a cell."
		}
		cells = append(cells, string(cell))
		if end < 0 {
			return cells, false, ""
		}
		text = text[end+1:]
	}
}

type cellState int

const (
	cellDone  cellState = iota
	cellOpen            // no closing quotation mark yet
	cellStray           // something other than a comma follows the closing one
)

// quotedCell reads a cell after its opening quotation mark. rest is nil when
// the cell was the last.
func quotedCell(text []byte, comma byte) (cell string, rest []byte, state cellState) {
	var b strings.Builder
	for {
		q := bytes.IndexByte(text, '"')
		if q < 0 {
			return "", nil, cellOpen
		}
		b.Write(text[:q])
		text = text[q+1:]
		switch {
		case len(text) == 0:
			return b.String(), nil, cellDone
		case text[0] == comma:
			return b.String(), text[1:], cellDone
		case text[0] == '"':
			b.WriteByte('"')
			text = text[1:]
		default:
			return "", nil, cellStray
		}
	}
}

// take gives the next line without its end, which may be LF, CR LF or CR.
func (c *csvReader) take() (textLine, error) {
	if len(c.behind) > 0 {
		l := c.behind[0]
		c.behind = c.behind[1:]
		c.line++
		return l, nil
	}
	var l textLine
	some := false
	for {
		_, err := c.br.Peek(1)
		if err != nil {
			if errors.Is(err, io.EOF) && some {
				c.line++
				return l, nil
			}
			return textLine{}, err
		}
		some = true
		chunk, _ := c.br.Peek(c.br.Buffered())
		end := bytes.IndexAny(chunk, "\r\n")
		part := chunk
		if end >= 0 {
			part = chunk[:end]
		}
		if len(l.text)+len(part) > maxRowBytes {
			l.long = true
		} else {
			l.text = append(l.text, part...)
		}
		if end < 0 {
			_, _ = c.br.Discard(len(chunk))
			continue
		}
		cr := chunk[end] == '\r'
		_, _ = c.br.Discard(end + 1)
		if cr {
			if n, err := c.br.Peek(1); err == nil && n[0] == '\n' {
				_, _ = c.br.Discard(1)
			}
		}
		c.line++
		return l, nil
	}
}
