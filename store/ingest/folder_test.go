package ingest

import (
	"encoding/binary"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"salonkeep/store/salon"
)

// shared finds a file of the development data that is not part of the product.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("SALONKEEP_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(dir, "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real salon's files are not here (%s is missing): put them beside the module as ../shared or name their folder in SALONKEEP_SHARED", name)
	}
	return path
}

// sheet is one file to be: its rows, the heading first.
type sheet [][]string

// salonFolder is an export to be, by file name.
type salonFolder map[string]sheet

// hand is the way a program or a person writes files.
type hand struct {
	eol, comma string
	bom, final bool
	quote      bool // every cell
	charset    charset
	shuffle    uint64 // 0: as they are; rows and columns
}

func (f salonFolder) write(h hand) fstest.MapFS {
	out := fstest.MapFS{}
	for name, s := range f {
		out[name] = &fstest.MapFile{Data: h.write(s)}
	}
	return out
}

func (h hand) write(s sheet) []byte {
	if h.eol == "" {
		h.eol = "\r\n"
	}
	if h.comma == "" {
		h.comma = ","
	}
	if h.shuffle > 0 {
		s = shuffled(s, h.shuffle)
	}
	var lines []string
	for _, r := range s {
		cells := make([]string, len(r))
		for i, c := range r {
			if cells[i] = c; h.quote || strings.ContainsAny(c, "\"\r\n"+h.comma) {
				cells[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
		}
		lines = append(lines, strings.Join(cells, h.comma))
	}
	text := strings.Join(lines, h.eol)
	if h.final {
		text += h.eol
	}
	if h.bom {
		text = "\ufeff" + text
	}
	return h.encode(text)
}

func (h hand) encode(text string) []byte {
	switch h.charset {
	case windows1252:
		b, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			panic(err)
		}
		return []byte(b)
	case utf16LE, utf16BE:
		var out []byte
		for _, u := range utf16.Encode([]rune(text)) {
			if h.charset == utf16LE {
				out = binary.LittleEndian.AppendUint16(out, u)
			} else {
				out = binary.BigEndian.AppendUint16(out, u)
			}
		}
		return out
	}
	return []byte(text)
}

// shuffled puts rows and columns in another order.
func shuffled(s sheet, seed uint64) sheet {
	rnd := rand.New(rand.NewPCG(seed, 7))
	cols := rnd.Perm(len(s[0]))
	rows := rnd.Perm(len(s) - 1)
	out := sheet{}
	for i := range s {
		from := s[0]
		if i > 0 {
			from = s[1+rows[i-1]]
		}
		r := make([]string, len(cols))
		for to, c := range cols {
			r[to] = from[c]
		}
		out = append(out, r)
	}
	return out
}

// smallSalon is an invented salon in Québec: dates with the day first, other
// taxes, accents, a comma and quotes in names, two equal lines, a family, a
// package used up, something brought back.
func smallSalon() salonFolder {
	return salonFolder{
		"Service Listing7.csv": {
			{"IsActive", "Code", "Desc", "Cate", "Price", "Cost"},
			{"TRUE", "CF", "Coupe femme, séchage", "COIFFURE", "62.5", "3"},
			{"TRUE", "CH", "Coupe homme", "COIFFURE", "0", "0"},
			{"FALSE", "BAL", "Balayage “été”", "COULEUR", "1,250.00", "12.25"},
			{"TRUE", "F+A", "", "DIVERS", "", ""},
		},
		"Product Listing (Retail)7.csv": {
			{"IsActive", "Code", "Description", "Supplier", "Brand", "Category", "Price", "On Hand", "Minimum", "Maximum", "Cost", "COG", "YTD", "Package"},
			{"TRUE", "SH 250", "Shampoing  doux 250", "Nord", "N", "DÉTAIL", "24", "3", "1", "4", "11.125", "33.38", "24", "FALSE"},
			{"TRUE", "CRÈME", "Crème à 50 %", "", "", "", "18.5", "-1", "0", "0", "9", "-9", "-18.5", "FALSE"},
			{"TRUE", "MISC", "", "", "", "", "0", "0", "0", "0", "0", "0", "7.25", "FALSE"},
		},
		"Future Bookings (All Clients)7.csv": {
			{"Code", "Staff", "Service", "Date", "Time", "TimeInt"},
			{"TREA01", "ZOÉ", "CF", "14/03/2031", "9:00:00 AM", "540"},
			{".L01", "ZOÉ", "CH", "14/03/2031", "10:00:00 AM", "600"},
			{"TREB01", "MARC", "CH", "14/03/2031", "14:30", "870"},
			{"", "MARC", "CF", "14/03/2031", "3:15:00 PM", "915"},
			{"TREA01", "ZOÉ", "BAL", "02/05/2031", "9:00:00 AM", "540"},
			{"TREA01", "ZOÉ", "BAL", "02/05/2031", "9:00:00 AM", "540"},
		},
		"Client Cancellations7.csv": {
			{"Cancel Date", "Code", "Service", "Staff", "Booking Date", "Canceled By", "Days"},
			{"13/03/2031", "?A01", "CF", "MARC", "15/03/2031", "ADMIN", "2"},
			{"13/03/2031", "?A01", "CF", "MARC", "15/03/2031", "ADMIN", "2"},
			{"14/03/2031", "TREB01", "CH", "ZOÉ", "14/03/2031", "ZOÉ", ""},
		},
		"No-Show Report7.csv": {
			{"Date", "Code", "Service", "Staff"},
			{"14/03/2031", "", "CF", "MARC"},
		},
		"Receipt Transactions7.csv": {
			{"Receipt", "Date", "Description", "Client", "Staff", "Quantity", "Amount", "TPS", "TVQ", "Éco"},
			{"9", "14/03/2031", "Coupe femme, séchage", "TREA01", "ZOÉ", "1", "62.5", "3.125", "6.234375", "0"},
			{"10", "14/03/2031", "Coupe homme", "TREB01", "MARC", "1", "35", "1.75", "3.49125", "0"},
			{"10", "14/03/2031", "Coupe homme", ".L01", "ZOÉ", "1", "35", "1.75", "3.49125", "0"},
			{"10", "14/03/2031", "Coupe homme", "TREB01", "MARC", "1", "35", "1.75", "3.49125", "0"},
			{"11", "14/03/2031", "Shampoing  doux 250", "WALK_IN", "HOUSE", "1", "24", "1.2", "2.394", "0.25"},
			{"11", "14/03/2031", "Crème à 50 %", "WALK_IN", "HOUSE", "-1", "-18.5", "-0.925", "-1.845375", "0"},
			{"12", "14/03/2031", "Coupe homme", "TREB01", "HOUSE", "1", "-35", "-1.75", "-3.49125", "0"},
			{"12", "14/03/2031", "", "TREB01", "MARC", "1", "7.25", "0.3625", "0.7231875", "0"},
		},
	}
}

func read(t testing.TB, fsys fs.FS, o Options) salon.Batch {
	t.Helper()
	b, err := Salonbiz(fsys, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// said finds problems whose text holds some words.
func said(b salon.Batch, file string, words string) []salon.Problem {
	var out []salon.Problem
	for _, p := range b.Problems {
		if strings.Contains(p.File, file) && strings.Contains(p.Text, words) {
			out = append(out, p)
		}
	}
	return out
}
