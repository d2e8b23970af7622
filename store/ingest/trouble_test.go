package ingest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"salonkeep/store/salon"
)

const (
	receiptFile = "Receipt Transactions7.csv"
	bookingFile = "Future Bookings (All Clients)7.csv"
)

// Each damaged row is refused by its line, and the rows around it are stored.
func TestDamagedRowsAreRefusedByLine(t *testing.T) {
	for _, c := range []struct {
		file  string
		col   int
		cell  string
		field string
		words string
	}{
		{receiptFile, 0, "", "Receipt", "missing"},
		{receiptFile, 1, "31/02/2031", "Date", "no date when it is read day/month/year"},
		{receiptFile, 1, "03/14/2031", "Date", "no date when it is read day/month/year"},
		{receiptFile, 1, "", "Date", "missing"},
		{receiptFile, 5, "one", "Quantity", "no number"},
		{receiptFile, 5, "0.1234", "Quantity", "three decimals"},
		{receiptFile, 6, "", "Amount", "missing"},
		{receiptFile, 6, "12,50", "Amount", "no number"},
		{receiptFile, 6, "99999999999999999999", "Amount", "too large"},
		{receiptFile, 7, "none", "TPS", "no number"},
		{receiptFile, 2, "a\x00b", "", "NUL"},
		{receiptFile, 2, "a\x07b", "Description", "control characters"},
		{receiptFile, 2, "a\xffb", "Description", "no UTF-8"},
		{bookingFile, 1, " ", "Staff", "missing"},
		{bookingFile, 2, "", "Service", "missing"},
		{"Service Listing7.csv", 1, "CH", "Code", "already on line 3"},
		{"Service Listing7.csv", 1, "", "Code", "no code"},
		{"Service Listing7.csv", 4, "-5", "Price", "below zero"},
		{"Product Listing (Retail)7.csv", 12, "lots", "YTD", "no number"},
		{"Client Cancellations7.csv", 4, "soon", "Booking Date", "no date"},
		{"No-Show Report7.csv", 0, "2031-14-03", "Date", "no date"},
	} {
		f := smallSalon()
		rows := f[c.file]
		n := len(rows) - 1
		rows[n][c.col] = c.cell
		b := read(t, f.write(hand{}), Options{})
		var refused []salon.Problem
		for _, p := range b.Problems {
			if p.Severity == salon.Refused {
				refused = append(refused, p)
			}
		}
		if len(refused) != 1 || refused[0].File != c.file || refused[0].Line != n+1 || refused[0].Field != c.field || !strings.Contains(refused[0].Text, c.words) {
			t.Errorf("%s with %q in column %d: %+v, want line %d, field %q, %q", c.file, c.cell, c.col, refused, n+1, c.field, c.words)
		}
		for _, count := range b.Files {
			if want := len(f[count.File]) - 1; count.Read != want || (count.File == c.file) != (count.Refused == 1) {
				t.Errorf("%s with %q: %+v of %d rows", c.file, c.cell, count, want)
			}
		}
	}
}

// What can be stored is stored and said.
func TestOddRowsAreStoredAndSaid(t *testing.T) {
	for _, c := range []struct {
		file, words string
		col         int
		cell        string
		sev         salon.Severity
		check       func(salon.Batch) bool
	}{
		{receiptFile, "Nobody is named", 4, "", salon.Changed, func(b salon.Batch) bool { return lastSale(b).Staff == "HOUSE" }},
		{receiptFile, "stored as 1", 5, "", salon.Changed, func(b salon.Batch) bool { return lastSale(b).QuantityE3 == 1000 }},
		{receiptFile, "rounded to 7.26", 6, "7.255", salon.Changed, func(b salon.Batch) bool { return lastSale(b).NetCents == 726 }},
		{receiptFile, "counts as 0", 7, "", salon.Reported, func(b salon.Batch) bool { return lastSale(b).Taxes[0].ExactE8 == 0 }},
		{receiptFile, "TPS is 0.9 on 7.25", 7, "0.9", salon.Reported, func(b salon.Batch) bool { return lastSale(b).Taxes[0].Cents == 90 }},
		{receiptFile, "an inactive product was made", 2, "Gel =1+1", salon.Reported, func(b salon.Batch) bool { return lastSale(b).Product == "Gel =1+1" }},
		{receiptFile, "counts for the service with this code", 2, "CF", salon.Reported, func(b salon.Batch) bool { return lastSale(b).Service == "CF" }},
		{receiptFile, "does not go with an amount", 5, "0", salon.Reported, func(b salon.Batch) bool { return lastSale(b).QuantityE3 == 0 }},
		{receiptFile, "has a receipt but no booking", 3, "NEW*01", salon.Reported, func(b salon.Batch) bool { return lastSale(b).Client == "NEW*01" }},
		{receiptFile, "stored as “12 of 2031-03-15”", 1, "15/03/2031", salon.Reported, func(b salon.Batch) bool { return len(b.Sales) == 5 }},
		{bookingFile, "are not the same; 09:05 was stored", 5, "545", salon.Reported, nil},
		{bookingFile, "no time of day; 09:00", 4, "nine", salon.Reported, nil},
		{bookingFile, "stored by its time", 5, "9999", salon.Reported, nil},
		{bookingFile, "in no list; an inactive one was made", 2, "NEW", salon.Reported, func(b salon.Batch) bool { return len(b.Services) == 5 }},
		{bookingFile, "stored for an unknown client", 0, "WALK_IN", salon.Reported, nil},
		{"No-Show Report7.csv", "There is no booking for this no-show", 1, "TREB01", salon.Reported, func(b salon.Batch) bool { return len(b.Appointments) == 10 }},
		{"Client Cancellations7.csv", "Days says 9, the two dates give 0", 6, "9", salon.Reported, nil},
		{"Product Listing (Retail)7.csv", "neither TRUE nor FALSE", 0, "perhaps", salon.Reported, nil},
		{"Product Listing (Retail)7.csv", "more decimals than a count", 7, "1.5", salon.Changed, func(b salon.Batch) bool { return b.Products[1].Stock == 2 }},
		{"Product Listing (Retail)7.csv", "is not the 4 given as cost of goods", 11, "4", salon.Reported, nil},
		{"Product Listing (Retail)7.csv", "was sold for 99 this year by the product list, for 7.25", 12, "99", salon.Reported, nil},
		{"Product Listing (Retail)7.csv", "is a package", 13, "TRUE", salon.Reported, nil},
	} {
		f := smallSalon()
		rows := f[c.file]
		rows[len(rows)-1][c.col] = c.cell
		b := read(t, f.write(hand{}), Options{})
		found := said(b, c.file, c.words)
		if len(found) == 0 || found[0].Severity != c.sev || found[0].Line != len(rows) {
			t.Errorf("%s with %q in column %d: %+v", c.file, c.cell, c.col, found)
		}
		if c.check != nil && !c.check(b) {
			t.Errorf("%s with %q in column %d was stored otherwise: %+v", c.file, c.cell, c.col, lastSale(b))
		}
		for _, count := range b.Files {
			if count.Refused != 0 {
				t.Errorf("%s with %q: %+v", c.file, c.cell, count)
			}
		}
	}
}

// lastSale is the line the last row of the receipts became.
func lastSale(b salon.Batch) salon.BatchLine {
	for _, s := range b.Sales {
		for _, l := range s.Lines {
			if l.Line == 9 {
				return l
			}
		}
	}
	return salon.BatchLine{}
}

// A name that is a service and a product is told by what the product list says
// was sold.
func TestANameOfTwoThings(t *testing.T) {
	for ytd, want := range map[string]string{"105": "SH 250", "70": "CH"} {
		f := smallSalon()
		p := f["Product Listing (Retail)7.csv"][1]
		p[2], p[12] = "Coupe homme", ytd
		f[receiptFile][8][6] = "35" // nothing redeemed: 3 x 35
		f[receiptFile] = append(f[receiptFile][:7:7], f[receiptFile][8])
		b := read(t, f.write(hand{}), Options{})
		for _, s := range b.Sales {
			for _, l := range s.Lines {
				if l.Text == "Coupe homme" && l.Service+l.Product != want {
					t.Errorf("with sales of %s the name means %q, want %q", ytd, l.Service+l.Product, want)
				}
			}
		}
		if len(said(b, "Receipt", "is a service and a product")) != 1 {
			t.Error("nobody is told")
		}
	}
}

func TestFilesThatAreNotWhatTheySay(t *testing.T) {
	for content, words := range map[string]string{
		"PK\x03\x04rest":                      "Excel workbook",
		"\x89PNG\r\n\x1a\n":                   "picture",
		"%PDF-1.7":                            "PDF",
		"<!DOCTYPE html><html>":               "web page",
		"\xd0\xcf\x11\xe0\xa1\xb1":            "old Excel",
		"":                                    "is empty",
		"  \r\n\r\n":                          "is empty",
		"\x01\x02\x03\x04\x05\x06":            "not a text file",
		"Receipt,Date,Description,Amount\r\n": "no column “client”",
		"what,ever\r\n1,2":                    "does not have the headings",
		"Receipt,Date,Date,Description,Client,Staff,Quantity,Amount\r\n": "two columns called “Date”",
	} {
		fsys := smallSalon().write(hand{})
		fsys[receiptFile] = &fstest.MapFile{Data: []byte(content)}
		_, err := Salonbiz(fsys, Options{})
		if salon.KindOf(err) != salon.Invalid || !strings.Contains(fmt.Sprint(err), words) || !strings.Contains(fmt.Sprint(err), receiptFile) {
			t.Errorf("%.20q: %v, want %q", content, err, words)
		}
		// The same file under a name of no report is left alone and named.
		delete(fsys, receiptFile)
		fsys["holiday.csv"] = &fstest.MapFile{Data: []byte(content)}
		if !strings.HasPrefix(content, "Receipt,") {
			if b := read(t, fsys, Options{}); len(said(b, "holiday.csv", "holiday.csv")) != 1 {
				t.Errorf("%.20q: nobody is told of holiday.csv", content)
			}
		}
	}
}

func TestFolders(t *testing.T) {
	_, err := Salonbiz(fstest.MapFS{"notes.txt": {Data: []byte("hello")}}, Options{})
	if salon.KindOf(err) != salon.Invalid {
		t.Errorf("a folder without an export: %v", err)
	}
	fsys := smallSalon().write(hand{})
	fsys["Receipt Transactions8.csv"] = fsys[receiptFile]
	if _, err := Salonbiz(fsys, Options{}); salon.KindOf(err) != salon.Invalid || !strings.Contains(err.Error(), "two receipts files") {
		t.Errorf("two receipts files: %v", err)
	}
	delete(fsys, "Receipt Transactions8.csv")
	fsys["sales of march.CSV"] = fsys[receiptFile] // found by its headings
	delete(fsys, receiptFile)
	if b := read(t, fsys, Options{}); len(b.Sales) != 4 {
		t.Errorf("%d receipts in a file of another name", len(b.Sales))
	}
	for name := range smallSalon() {
		fsys := smallSalon().write(hand{})
		delete(fsys, name)
		b := read(t, fsys, Options{AsOf: "2031-03-20"})
		if len(said(b, "", "There is no ")) == 0 {
			t.Errorf("nobody is told that %s is missing", name)
		}
		checkCounts(t, b)
	}
	b := read(t, fstest.MapFS{receiptFile: fsys["sales of march.CSV"]}, Options{})
	if len(b.Sales) != 4 || len(b.Services)+len(b.Products) == 0 {
		t.Errorf("receipts alone give %d sales, %d services, %d products", len(b.Sales), len(b.Services), len(b.Products))
	}
	if _, err := Salonbiz(fstest.MapFS{bookingFile: smallSalon().write(hand{})[bookingFile]}, Options{}); salon.KindOf(err) != salon.Invalid {
		t.Errorf("bookings alone, nobody says the day: %v", err)
	}
}

func TestOrderOfDates(t *testing.T) {
	only := func(dates ...string) salonFolder {
		f := salonFolder{"No-Show Report0.csv": {{"Date", "Code", "Service", "Staff"}}}
		for i, d := range dates {
			f["No-Show Report0.csv"] = append(f["No-Show Report0.csv"], []string{d, fmt.Sprint("C", i), "S", "JJ"})
		}
		return f
	}
	for _, c := range []struct {
		dates []string
		asked string
		first salon.Day
		words string
	}{
		{[]string{"03/04/2018", "03/14/2018"}, "", "2018-03-04", ""},
		{[]string{"03/04/2018", "14/03/2018"}, "", "2018-04-03", ""},
		{[]string{"03/04/2018", "05/06/2018"}, "", "2018-03-04", "No date proves"},
		{[]string{"03/04/2018", "05/06/2018"}, "dmy", "2018-04-03", "as asked"},
		{[]string{"2018-03-04", "2018-12-31"}, "", "2018-03-04", ""},
		{[]string{"4.3.2018", "14.3.2018"}, "", "2018-03-04", ""},
	} {
		b := read(t, only(c.dates...).write(hand{}), Options{Dates: c.asked})
		for _, a := range b.Appointments {
			if a.Client == "C0" && a.Day != c.first {
				t.Errorf("%v asked %q: %s, want %s", c.dates, c.asked, a.Day, c.first)
			}
		}
		if c.words != "" && len(said(b, "No-Show", c.words)) != 1 {
			t.Errorf("%v: %q is not said", c.dates, c.words)
		}
	}
	// Files of one export share one order: what one proves holds for the other.
	f := smallSalon()
	f["No-Show Report7.csv"][1] = []string{"02/05/2031", "TREA01", "BAL", "ZOÉ"}
	b := read(t, f.write(hand{}), Options{AsOf: "2031-06-01"})
	if b.Appointments[len(b.Appointments)-1].Day != "2031-05-02" || len(said(b, "No-Show", "as the other files prove")) != 1 {
		t.Error("the order proved by the other files is not used")
	}
	mixed := only("03/14/2018", "03/15/2018", "03/16/2018", "14/03/2018", "15/03/2018", "16/03/2018", "01/02/2018")
	if _, err := Salonbiz(mixed.write(hand{}), Options{}); salon.KindOf(err) != salon.Invalid || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("dates in both orders: %v", err)
	}
	for _, o := range []Options{{Dates: "ydm"}, {AsOf: "yesterday"}} {
		if _, err := Salonbiz(only("03/14/2018").write(hand{}), o); salon.KindOf(err) != salon.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// checkCounts is the first promise: what was read was stored or refused, and
// each refusal is listed once.
func checkCounts(t interface{ Errorf(string, ...any) }, b salon.Batch) {
	refused := map[string]int{}
	for _, p := range b.Problems {
		if p.Severity == salon.Refused {
			refused[p.File]++
			if p.Line < 2 || p.Text == "" {
				t.Errorf("a refusal without line or reason: %+v", p)
			}
		}
	}
	stored := map[kind]int{}
	for _, f := range b.Files {
		if f.Read != f.Stored+f.Refused || refused[f.File] != f.Refused {
			t.Errorf("%+v, %d refusals listed", f, refused[f.File])
		}
		s, _ := named(f.File)
		stored[s.kind] += f.Stored
	}
	lines, unbooked := 0, len(said(b, "", "There is no booking for this no-show"))
	for _, s := range b.Sales {
		lines += len(s.Lines)
	}
	if lines != stored[receiptList] {
		t.Errorf("%d receipt lines of %d rows", lines, stored[receiptList])
	}
	if stored[bookingList] > 0 {
		if want := stored[bookingList] + stored[cancelledList] + unbooked; len(b.Appointments) != want {
			t.Errorf("%d appointments of %d rows", len(b.Appointments), want)
		}
	}
	origins := map[string]bool{}
	for _, a := range b.Appointments {
		if origins[a.Origin] {
			t.Errorf("two appointments have the origin %s", a.Origin)
		}
		origins[a.Origin] = true
	}
}

// Whatever is done to the cells, nothing disappears in silence.
func TestNothingIsDroppedInSilence(t *testing.T) {
	nasty := []string{"", " ", "0", "-1", "1e9", "NaN", "14/03/2031", "2031-03-14", "03/14/2031", "WALK_IN", "HOUSE", "=1+1", "a\nb", "\"", "é", "\x00", "\xff",
		"|", `\`, "9223372036854775807", "TREA01", "Coupe homme", strings.Repeat("x", 300)}
	rapid.Check(t, func(rt *rapid.T) {
		f := smallSalon()
		names := make([]string, 0, len(f))
		for n := range f {
			names = append(names, n)
		}
		slices.Sort(names)
		for range rapid.IntRange(0, 12).Draw(rt, "changes") {
			s := f[rapid.SampledFrom(names).Draw(rt, "file")]
			r := rapid.IntRange(1, len(s)-1).Draw(rt, "row")
			s[r][rapid.IntRange(0, len(s[0])-1).Draw(rt, "column")] = rapid.SampledFrom(nasty).Draw(rt, "cell")
		}
		for range rapid.IntRange(0, 3).Draw(rt, "copies") {
			n := rapid.SampledFrom(names).Draw(rt, "file")
			f[n] = append(f[n], slices.Clone(f[n][rapid.IntRange(1, len(f[n])-1).Draw(rt, "row")]))
		}
		seed := rapid.Uint64Range(1, 1<<40).Draw(rt, "seed")
		h := hand{eol: rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(rt, "eol"), final: rapid.Bool().Draw(rt, "final"), bom: rapid.Bool().Draw(rt, "bom")}
		b, err := Salonbiz(f.write(h), Options{AsOf: "2031-03-14"})
		if err != nil {
			rt.Fatalf("refused as a whole: %v", err)
		}
		checkCounts(rt, b)
		for _, c := range b.Files {
			if strings.ContainsRune(fmt.Sprint(f[c.File]), 0) || h.eol == "\r" {
				continue // NUL and line breaks in cells change how many rows there are
			}
			if c.Read < len(f[c.File])-1 && !emptyRow(f[c.File]) {
				rt.Errorf("%s: %d of %d rows were seen", c.File, c.Read, len(f[c.File])-1)
			}
		}
		// Cell noise and a few torn bytes must never bring it down either.
		fsys := f.write(h)
		rnd := rand.New(rand.NewPCG(seed, 1))
		for _, n := range names {
			data := fsys[n].Data
			for range rnd.IntN(3) {
				data[len(data)/2+rnd.IntN(len(data)/2)] = byte(rnd.IntN(256))
			}
		}
		if b, err := Salonbiz(fsys, Options{AsOf: "2031-03-14"}); err == nil {
			checkCounts(rt, b)
		} else if salon.KindOf(err) != salon.Invalid {
			rt.Errorf("torn files: %v", err)
		}
	})
}

func emptyRow(s sheet) bool {
	return slices.ContainsFunc(s, func(r []string) bool { return strings.TrimSpace(strings.Join(r, "")) == "" })
}

func FuzzReceipts(f *testing.F) {
	f.Add(hand{}.write(smallSalon()[receiptFile]))
	f.Add(hand{charset: utf16LE, bom: true}.write(smallSalon()[receiptFile]))
	f.Add([]byte("Receipt;Date;Description;Client;Staff;Quantity;Amount\n1;1.2.2020;x;y;z;1;1,5\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := Salonbiz(fstest.MapFS{"r.csv": {Data: in}}, Options{})
		if err != nil {
			if salon.KindOf(err) != salon.Invalid {
				t.Fatal(err)
			}
			return
		}
		for _, c := range b.Files {
			if c.Read != c.Stored+c.Refused {
				t.Fatalf("%+v", c)
			}
		}
	})
}
