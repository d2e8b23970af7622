package ingest

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salonkeep/store/salon"
)

// figures of the real salon, as its description gives them.
type expected struct {
	AsOf  salon.Day `json:"as_of_date"`
	Files map[string]struct {
		Rows int `json:"data_rows"`
	} `json:"files"`
	Counts struct {
		Services     int            `json:"services"`
		Products     int            `json:"products"`
		Clients      int            `json:"clients"`
		Staff        []string       `json:"staff"`
		Appointments map[string]int `json:"appointments_by_status"`
		Receipts     int            `json:"receipts"`
		Lines        int            `json:"receipt_lines"`
	} `json:"counts"`
	Total struct {
		Net int64  `json:"net_cents"`
		GST string `json:"gst_exact"`
		PST string `json:"pst_exact"`
		A   policy `json:"policy_A_round_each_line_half_up"`
		B   policy `json:"policy_B_round_each_receipt_half_up"`
		C   policy `json:"policy_C_round_grand_total"`
	} `json:"grand_total"`
}

type policy struct {
	GST int64 `json:"gst_cents"`
	PST int64 `json:"pst_cents"`
}

func loadExpected(t *testing.T) (e expected) {
	t.Helper()
	raw, err := os.ReadFile(shared(t, "expected-public.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheRealSalon(t *testing.T) {
	e := loadExpected(t)
	b := read(t, os.DirFS(shared(t, "toronto-salon")), Options{})
	if b.AsOf != e.AsOf {
		t.Errorf("exported on %s, want %s", b.AsOf, e.AsOf)
	}
	for _, f := range b.Files {
		if f.Read != e.Files[f.File].Rows || f.Stored != f.Read || f.Refused != 0 {
			t.Errorf("%+v, want %d rows, all stored", f, e.Files[f.File].Rows)
		}
	}
	if len(b.Files) != len(e.Files) {
		t.Errorf("%d files read, want %d", len(b.Files), len(e.Files))
	}
	lines := 0
	for _, s := range b.Sales {
		lines += len(s.Lines)
	}
	got := []int{len(b.Services), len(b.Products), len(b.Clients), len(b.Sales), lines}
	want := []int{e.Counts.Services, e.Counts.Products, e.Counts.Clients, e.Counts.Receipts, e.Counts.Lines}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services, products, clients, receipts, lines: %s", diff)
	}
	status := map[string]int{}
	for _, a := range b.Appointments {
		status[string(a.Status)]++
	}
	if diff := cmp.Diff(e.Counts.Appointments, status); diff != "" {
		t.Errorf("appointments: %s", diff)
	}
	var staff []string
	for _, p := range b.Staff {
		if p.Performs {
			staff = append(staff, p.Code)
		}
		if p.Person == (p.Code == "HOUSE") || p.Performs == (p.Code == "ADMIN") {
			t.Errorf("%+v", p)
		}
	}
	slices.Sort(staff)
	slices.Sort(e.Counts.Staff)
	if diff := cmp.Diff(e.Counts.Staff, staff); diff != "" {
		t.Errorf("staff: %s", diff)
	}
}

// One rule is chosen and named; the figures of the other rules show that it is
// this one and not another.
func TestTaxesOfTheRealSalonByEveryRule(t *testing.T) {
	e := loadExpected(t)
	b := read(t, os.DirFS(shared(t, "toronto-salon")), Options{})
	var net int64
	var stored, receipts, total policy
	var gst, pst int64
	for _, s := range b.Sales {
		var g, p int64
		for _, l := range s.Lines {
			net += l.NetCents
			stored.GST += l.Taxes[0].Cents
			stored.PST += l.Taxes[1].Cents
			g += l.Taxes[0].ExactE8
			p += l.Taxes[1].ExactE8
		}
		receipts.GST += salon.LineHalfUp.Cents(g)
		receipts.PST += salon.LineHalfUp.Cents(p)
		gst, pst = gst+g, pst+p
	}
	total = policy{salon.LineHalfUp.Cents(gst), salon.LineHalfUp.Cents(pst)}
	if net != e.Total.Net || stored != e.Total.A || receipts != e.Total.B || total != e.Total.C {
		t.Errorf("net %d, by line %v, by receipt %v, by total %v; want %d %v %v %v", net, stored, receipts, total, e.Total.Net, e.Total.A, e.Total.B, e.Total.C)
	}
	if g, p := (exact{E8: gst}).text(), (exact{E8: pst}).text(); g != e.Total.GST || p != e.Total.PST {
		t.Errorf("exact %s and %s, want %s and %s", g, p, e.Total.GST, e.Total.PST)
	}
	if b.Taxes[0].RateE6 != 50_000 || b.Taxes[1].RateE6 != 80_000 {
		t.Errorf("rates %v", b.Taxes)
	}
}

func TestWhatIsReportedOfTheRealSalon(t *testing.T) {
	b := read(t, os.DirFS(shared(t, "toronto-salon")), Options{})
	for _, c := range []struct {
		file, words string
		n           int
		sev         salon.Severity
	}{
		{"Receipt", "GST is 0 on 40", 1, salon.Reported},
		{"Receipt", "it counts for “MISC”", 3, salon.Reported},
		{"Receipt", "no booking", 0, salon.Reported},
		{"No-Show", "WONM02 is listed as a no-show on 2018-04-03 but has a receipt", 1, salon.Reported},
		{"No-Show", "no booking for this no-show", 0, salon.Reported},
		{"Bookings", "JACA01 had SHCW", 1, salon.Reported},
		{"Bookings", "60, of which 59 are no-shows", 1, salon.Reported},
		{"Cancellations", "Days is empty", 2, salon.Reported},
		{"Cancellations", "37 days after", 1, salon.Reported},
		{"Product", "was sold for", 0, salon.Reported},
		{"Product", "cost of goods", 0, salon.Reported},
		{"Product", "its code “MISC” serves as its name", 1, salon.Changed},
		{"Service", "its code “F&F” serves as its name", 1, salon.Changed},
		{"wrangled", "left alone", 1, salon.Reported},
	} {
		found := said(b, c.file, c.words)
		if len(found) != c.n || c.n > 0 && found[0].Severity != c.sev {
			t.Errorf("%s: %q is said %d times, want %d as %s", c.file, c.words, len(found), c.n, c.sev)
		}
	}
	if p := said(b, "Receipt", "GST is 0 on 40"); len(p) == 1 && p[0].Line != 942 {
		t.Errorf("receipt 1770 is said to be on line %d, want 942", p[0].Line)
	}
	for _, p := range b.Problems {
		if p.Severity == salon.Refused {
			t.Errorf("refused: %+v", p)
		}
	}
}

func TestAnotherSalon(t *testing.T) {
	b := read(t, smallSalon().write(hand{eol: "\n", bom: true, final: true, shuffle: 3}), Options{})
	var taxes []string
	for _, x := range b.Taxes {
		taxes = append(taxes, x.Name+" "+percent(x.RateE6))
	}
	slices.Sort(taxes)
	if diff := cmp.Diff([]string{"TPS 5", "TVQ 9.975", "Éco 0"}, taxes); diff != "" {
		t.Errorf("taxes: %s", diff)
	}
	var visits []string
	for _, a := range b.Appointments {
		visits = append(visits, strings.Join([]string{string(a.Day), a.Start.String(), a.Client, a.Staff, a.Service, string(a.Status)}, " "))
	}
	if diff := cmp.Diff([]string{
		"2031-03-14  TREB01 ZOÉ CH cancelled", "2031-03-14 09:00 TREA01 ZOÉ CF completed", "2031-03-14 10:00 .L01 ZOÉ CH completed",
		"2031-03-14 14:30 TREB01 MARC CH completed", "2031-03-14 15:15  MARC CF no_show", "2031-03-15  ?A01 MARC CF cancelled", "2031-03-15  ?A01 MARC CF cancelled",
		"2031-05-02 09:00 TREA01 ZOÉ BAL booked", "2031-05-02 09:00 TREA01 ZOÉ BAL booked"}, visits); diff != "" {
		t.Errorf("visits: %s", diff)
	}
	var sold []string
	for _, s := range b.Sales {
		for _, l := range s.Lines {
			sold = append(sold, strings.Join([]string{s.Number, string(l.Kind), l.Service + l.Product, l.Client, l.Staff, (exact{E8: l.NetCents * e8Cent}).text()}, " "))
		}
	}
	if diff := cmp.Diff([]string{
		"9 service CF TREA01 ZOÉ 62.5", "10 service CH .L01 ZOÉ 35", "10 service CH TREB01 MARC 35", "10 service CH TREB01 MARC 35",
		"11 return CRÈME  HOUSE -18.5", "11 product SH 250  HOUSE 24", "12 product MISC TREB01 MARC 7.25", "12 redemption CH TREB01 HOUSE -35"}, sold); diff != "" {
		t.Errorf("lines: %s", diff)
	}
	if s := b.Services[0]; s.Code != "BAL" || s.PriceCents != 125_000 || s.Active || s.ProductChargeCents != 1225 {
		t.Errorf("%+v", s)
	}
	if p := b.Products[2]; p.Name != "Shampoing  doux 250" || p.CostMilli != 11_125 || p.Stock != 3 {
		t.Errorf("%+v", p)
	}
	if n := len(said(b, "Product", "was sold for")) + len(said(b, "Product", "cost of goods")); n != 0 {
		t.Errorf("%d products do not agree with their receipts", n)
	}
}

// However the files are written, the salon is the same.
func TestTheWritingDecidesNothing(t *testing.T) {
	plain := read(t, smallSalon().write(hand{}), Options{})
	for name, h := range map[string]hand{
		"LF and BOM":   {eol: "\n", bom: true, final: true},
		"CR":           {eol: "\r", final: true},
		"quoted":       {quote: true},
		"semicolons":   {comma: ";"},
		"tabs":         {comma: "\t", final: true},
		"Windows-1252": {charset: windows1252},
		"UTF-16":       {charset: utf16LE, bom: true},
		"UTF-16, big":  {charset: utf16BE, bom: true, eol: "\n"},
		"without BOM":  {charset: utf16LE},
		"blank lines":  {eol: "\r\n\r\n", final: true},
		"shuffled":     {shuffle: 1},
		"again":        {shuffle: 99, quote: true, eol: "\n"},
	} {
		b := read(t, smallSalon().write(h), Options{})
		if h.shuffle > 0 {
			sortTaxes(&b)
		}
		if diff := cmp.Diff(withoutLines(plain), withoutLines(b)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// sortTaxes undoes what shuffled columns do to the order of the taxes.
func sortTaxes(b *salon.Batch) {
	slices.SortFunc(b.Taxes, func(x, y salon.Tax) int { return strings.Compare(x.Name, y.Name) })
	for _, s := range b.Sales {
		for _, l := range s.Lines {
			slices.SortFunc(l.Taxes, func(x, y salon.TaxAmount) int { return strings.Compare(x.Name, y.Name) })
		}
	}
}

// withoutLines is a batch without what may differ with the writing: where
// something stands and what was said about it.
func withoutLines(b salon.Batch) salon.Batch {
	b.Problems = nil
	b.Sales = slices.Clone(b.Sales)
	for i := range b.Sales {
		b.Sales[i].Lines = slices.Clone(b.Sales[i].Lines)
		for j := range b.Sales[i].Lines {
			b.Sales[i].Lines[j].Line = 0
		}
	}
	return b
}

func TestDecimalCommas(t *testing.T) {
	f := smallSalon()
	for name, s := range f {
		for _, r := range s[1:] {
			for i, c := range r {
				if strings.Trim(c, "-0123456789,.") == "" {
					r[i] = strings.NewReplacer(",", ".", ".", ",").Replace(c)
				}
			}
		}
		f[name] = s
	}
	b := read(t, f.write(hand{comma: ";"}), Options{})
	if diff := cmp.Diff(withoutLines(read(t, smallSalon().write(hand{}), Options{})), withoutLines(b)); diff != "" {
		t.Error(diff)
	}
	if len(said(b, "Receipt", "decimal comma")) != 1 {
		t.Error("nobody is told about the decimal commas")
	}
}
