package ingest

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// charset is how the text of a file is written as bytes.
type charset string

const (
	utf8Text    charset = "UTF-8"
	utf16LE     charset = "UTF-16LE"
	utf16BE     charset = "UTF-16BE"
	windows1252 charset = "Windows-1252"
)

const sniffed = 4096 // bytes at the beginning of a file that tell what it is

// foreign are files that people rename or save in place of a CSV file, with
// what to say about them.
var foreign = []struct{ magic, says string }{
	{"PK\x03\x04", "a zip archive or an Excel workbook. Unpack it, or save it as CSV"},
	{"PK\x05\x06", "an empty zip archive. Export the report again as CSV"},
	{"\xd0\xcf\x11\xe0", "an old Excel workbook. Save it as CSV"},
	{"\x89PNG", "a picture. Export the report as CSV"},
	{"\xff\xd8\xff", "a picture. Export the report as CSV"},
	{"GIF8", "a picture. Export the report as CSV"},
	{"%PDF", "a PDF document. Export the report as CSV"},
	{"{\\rtf", "a text document. Export the report as CSV"},
	{"SQLite format 3", "a database. Export the report as CSV"},
	{"\x1f\x8b", "a compressed file. Unpack it first"},
	{"7z\xbc\xaf", "a compressed archive. Unpack it first"},
	{"Rar!", "a compressed archive. Unpack it first"},
}

// notText says what a file is instead of text, "" if it may be text.
func notText(head []byte) string {
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.says
		}
	}
	start := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))))
	for _, tag := range []string{"<!doctype", "<html", "<table", "<?xml", "<head", "<body"} {
		if strings.HasPrefix(start, tag) {
			return "a web page or XML. Export the report as CSV"
		}
	}
	if wide(head) != "" {
		return ""
	}
	odd := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' {
			odd++
		}
	}
	if odd*10 > len(head) {
		return "not a text file. Export the report as CSV"
	}
	return ""
}

// wide tells whether text is written in two bytes a character, "" if not.
func wide(head []byte) charset {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16LE
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16BE
	}
	var even, odd int
	for i, b := range head {
		if b == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	// Headings are ASCII in every export, so that half of all bytes are NUL.
	switch n := len(head) / 2; {
	case n < 8:
	case odd > n*6/10 && even < n/10:
		return utf16LE
	case even > n*6/10 && odd < n/10:
		return utf16BE
	}
	return ""
}

// decoded turns a file's bytes into UTF-8 without a byte order mark.
func decoded(r io.Reader, as charset) io.Reader {
	switch as {
	case utf16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case utf16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case windows1252:
		return charmap.Windows1252.NewDecoder().Reader(r)
	}
	br := bufio.NewReader(r)
	if b, _ := br.Peek(3); bytes.Equal(b, []byte("\ufeff")) {
		_, _ = br.Discard(3)
	}
	return br
}

// meter counts what can tell UTF-8 from a one-byte encoding in the bytes that
// pass through it.
type meter struct {
	r         io.Reader
	rest      []byte
	good, bad int // characters outside ASCII; bytes that are no UTF-8
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	b := append(m.rest, p[:n]...)
	for len(b) > 0 && (utf8.FullRune(b) || err != nil) {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		c, size := utf8.DecodeRune(b)
		if c == utf8.RuneError && size == 1 {
			m.bad++
		} else {
			m.good++
		}
		b = b[size:]
	}
	m.rest = append(m.rest[:0:0], b...)
	return n, err
}

// verdict: a file with one damaged character among good ones is UTF-8 with one
// row to refuse, not Windows-1252 with every name spoilt.
func (m *meter) verdict() charset {
	if m.bad > m.good {
		return windows1252
	}
	return utf8Text
}

// unreadable says why a cell cannot be stored as text, "" if it can.
func unreadable(cell string, as charset) string {
	if !utf8.ValidString(cell) {
		return "The row holds bytes that are no " + string(as) + " text."
	}
	for _, c := range cell {
		switch {
		case c < 0x20 && c != '\t' && c != '\n', c >= 0x7f && c < 0xa0:
			return "The row holds control characters: the file is damaged here."
		case c == utf8.RuneError && as != utf8Text:
			return "The row holds bytes that are no " + string(as) + " text."
		}
	}
	return ""
}
