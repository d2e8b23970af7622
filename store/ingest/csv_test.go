package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func allRows(t testing.TB, text string, comma byte, want int) []row {
	t.Helper()
	c := newCSVReader(strings.NewReader(text), comma, want)
	var out []row
	for {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
}

func TestRecords(t *testing.T) {
	long := strings.Repeat("x", maxRowBytes+1)
	for name, c := range map[string]struct {
		in   string
		want []row
	}{
		"no final line end": {"a,b\r\nc,d", []row{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"three line ends":   {"a,b\nc,d\re,f\r\n", []row{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}, {3, []string{"e", "f"}, ""}}},
		"blank lines":       {"\n\na,b\n  \n,\nc,d\n\n", []row{{3, []string{"a", "b"}, ""}, {6, []string{"c", "d"}, ""}}},
		"quoted":            {"\"a,1\",\"say \"\"hi\"\"\"\n", []row{{1, []string{"a,1", `say "hi"`}, ""}}},
		"line in a cell":    {"a,\"1\n2\"\nc,d", []row{{1, []string{"a", "1\n2"}, ""}, {3, []string{"c", "d"}, ""}}},
		"empty cells":       {",b\na,\n", []row{{1, []string{"", "b"}, ""}, {2, []string{"a", ""}, ""}}},
		"cells too many":    {"a,b,,\na,b,c\na\n", []row{{1, []string{"a", "b"}, ""}, {2, nil, "3 cells"}, {3, nil, "1 cells"}}},
		"stray quote":       {"a,5\" heels\nc,d\n\"x\"y,z\n", []row{{1, nil, "middle"}, {2, []string{"c", "d"}, ""}, {3, nil, "middle"}}},
		"unclosed quote":    {"a,\"b\nc,d\ne,f", []row{{1, nil, "none closes"}, {2, []string{"c", "d"}, ""}, {3, []string{"e", "f"}, ""}}},
		"closed by another": {"a,\"b\nc,\"d\"\ne,f", []row{{1, nil, "middle"}, {2, []string{"c", "d"}, ""}, {3, []string{"e", "f"}, ""}}},
		"shifted by quotes": {"a,\"b\nc,d\",e,g\nh,i", []row{{1, nil, "4 cells"}, {2, nil, "middle"}, {3, []string{"h", "i"}, ""}}},
		"NUL":               {"a,b\x00\nc,d", []row{{1, nil, "NUL"}, {2, []string{"c", "d"}, ""}}},
		"endless line":      {"a," + long + "\nc,d", []row{{1, nil, "longer than"}, {2, []string{"c", "d"}, ""}}},
	} {
		got := allRows(t, c.in, ',', 2)
		for i := range got {
			if i < len(c.want) && got[i].Bad != "" && c.want[i].Bad != "" && strings.Contains(got[i].Bad, c.want[i].Bad) {
				got[i].Bad = c.want[i].Bad
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A quote that swallows hundreds of lines must not, and the lines after it are
// read as if it had not been there.
func TestAnOpenQuoteCostsOneLine(t *testing.T) {
	text := "a,\"b\n" + strings.Repeat("c,d\n", 3*maxRowLines)
	rows := allRows(t, text, ',', 2)
	if len(rows) != 3*maxRowLines+1 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		if (r.Bad != "") != (i == 0) || r.Line != i+1 {
			t.Fatalf("row %d stands on line %d: %s", i, r.Line, r.Bad)
		}
	}
}

// FuzzRecords compares the reader with the standard library's, which is
// stricter about what it accepts, and checks that no line is lost or read twice.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{"a,b\nc,d", "\"a\",\"b\nc\"\r\n", "a,\"b\nc,d", "\"\"\"\",x", ",,\n\n", "a\x00,b\n", "\r\r\n", "a,\"b\"c\n\"d\",e"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		rows := allRows(t, string(in), ',', 0)
		lines := 1 + bytes.Count(in, []byte("\n")) + bytes.Count(in, []byte("\r"))
		last := 0
		for _, r := range rows {
			if r.Line <= last || r.Line > lines {
				t.Fatalf("line %d after %d of %d", r.Line, last, lines)
			}
			last = r.Line
			if (r.Bad == "") == (r.Cells == nil) {
				t.Fatalf("line %d: %q and %v", r.Line, r.Bad, r.Cells)
			}
		}
		std := csv.NewReader(bytes.NewReader(in))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || bytes.ContainsAny(in, "\r\x00") || len(in) > maxRowBytes || bytes.Count(in, []byte("\n")) > maxRowLines {
			return
		}
		// Rows of blanks are no records here and may be some there.
		filled := func(cells []string) bool { return strings.Trim(strings.Join(cells, ""), " \t\v\f\ufeff") != "" }
		var full, got [][]string
		for _, w := range want {
			if filled(w) {
				full = append(full, w)
			}
		}
		for _, r := range rows {
			if r.Bad != "" {
				t.Fatalf("line %d is refused (%s) and the standard library reads it", r.Line, r.Bad)
			}
			if filled(r.Cells) {
				got = append(got, r.Cells)
			}
		}
		if diff := cmp.Diff(full, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
