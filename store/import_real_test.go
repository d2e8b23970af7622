package store_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"salonkeep/store"
	"salonkeep/store/ingest"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// sharedData finds the development data that is not part of the product.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("SALONKEEP_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(dir, "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real salon's files are not here (%s is missing): put them beside the module as ../shared or name their folder in SALONKEEP_SHARED", name)
	}
	return path
}

// sums are a group's figures in the description of the real salon.
type sums struct {
	Lines    int64 `json:"lines"`
	Receipts int64 `json:"receipts"`
	Net      int64 `json:"net_cents"`
	GST      int64 `json:"gst_cents_line_rounded"`
	PST      int64 `json:"pst_cents_line_rounded"`
}

func (s sums) row(key string) salon.ReportRow {
	return salon.ReportRow{Key: key, Lines: s.Lines, Receipts: s.Receipts, NetCents: s.Net, Tax: []salon.TaxCents{{Name: "GST", Cents: s.GST}, {Name: "PST", Cents: s.PST}}}
}

type realSalon struct {
	AsOf   salon.Day `json:"as_of_date"`
	Counts struct {
		Services, Products, Clients, Receipts int
		Staff                                 []string
		Visits                                map[string]int `json:"appointments_by_status"`
		Lines                                 int            `json:"receipt_lines"`
	} `json:"counts"`
	Total struct {
		Net int64 `json:"net_cents"`
		A   struct {
			GST int64 `json:"gst_cents"`
			PST int64 `json:"pst_cents"`
		} `json:"policy_A_round_each_line_half_up"`
	} `json:"grand_total"`
	Months map[string]sums `json:"by_month"`
	Days   map[string]sums `json:"sample_days"`
	JJ     sums            `json:"by_staff_JJ_only"`
}

// real is the real salon, imported.
type real struct {
	w     *storetest.World
	sc    *store.Scope
	want  realSalon
	files fs.FS
	batch salon.Batch
	res   salon.ImportResult
	empty []string // records before the import
}

func importReal(t *testing.T) *real {
	t.Helper()
	r := &real{files: os.DirFS(sharedData(t, "toronto-salon"))}
	raw, err := os.ReadFile(sharedData(t, "expected-public.json"))
	ok(t, err)
	ok(t, json.Unmarshal(raw, &r.want))
	r.w = storetest.New(t)
	r.sc = r.w.As(t, "owner")
	r.empty = records(t, r.w)
	r.batch, err = ingest.Salonbiz(r.files, ingest.Options{AsOf: r.want.AsOf})
	ok(t, err)
	r.res, err = r.sc.Import(ctx, r.batch, false)
	ok(t, err)
	return r
}

// problems are what the import said of a file, by words.
func (r *real) problems(file, words string) (lines []int) {
	for _, p := range r.res.Problems {
		if strings.Contains(p.File, file) && strings.Contains(p.Text, words) {
			lines = append(lines, p.Line)
		}
	}
	return lines
}

func (r *real) count(t *testing.T, query string) string { return texts1(t, r.w, query) }

// The fourteen checks an import of this salon must pass, one by one.
func TestTheRealSalonPassesAllChecks(t *testing.T) {
	r := importReal(t)
	for i, check := range []struct {
		name string
		do   func(*real, *testing.T)
	}{
		{"every row stored or refused", (*real).everyRow}, {"counts", (*real).counts}, {"net by everything", (*real).nets},
		{"one rule for taxes", (*real).taxes}, {"the tax that breaks the rate", (*real).oddTax}, {"equal lines and quantities", (*real).equalLines},
		{"negative and zero", (*real).negatives}, {"no-shows", (*real).noShows}, {"products agree with receipts", (*real).products},
		{"receipts and bookings", (*real).receiptsAndBookings}, {"days between", (*real).leads}, {"again, corrected, undone", (*real).againAndUndo},
		{"order of dates", (*real).dates}, {"out as it went in", (*real).out},
	} {
		t.Run(fmt.Sprintf("%02d %s", i+1, check.name), func(t *testing.T) { check.do(r, t) })
	}
}

func (r *real) everyRow(t *testing.T) {
	if len(r.res.Files) != 6 {
		t.Errorf("%d files", len(r.res.Files))
	}
	for _, f := range r.res.Files {
		if f.Read == 0 || f.Read != f.Stored+f.Refused || f.Refused != 0 {
			t.Errorf("%+v", f)
		}
	}
}

func (r *real) counts(t *testing.T) {
	new := map[string]int{}
	for _, c := range r.res.Counts {
		new[c.Kind] = c.New
	}
	want := map[string]int{"tax": 0, "staff": len(r.want.Counts.Staff), "service": r.want.Counts.Services, "product": r.want.Counts.Products,
		"client": r.want.Counts.Clients, "appointment": 2149, "sale": r.want.Counts.Receipts, "sale_line": r.want.Counts.Lines}
	if diff := cmp.Diff(want, new); diff != "" {
		t.Error(diff)
	}
	for status, n := range r.want.Counts.Visits {
		if got := r.count(t, `SELECT count(*) FROM appointment WHERE deleted = 0 AND status = '`+status+`'`); got != fmt.Sprint(n) {
			t.Errorf("%s are %s, want %d", got, status, n)
		}
	}
	if got := r.count(t, `SELECT group_concat(code) FROM (SELECT code FROM staff WHERE origin IS NOT NULL AND person = 1 ORDER BY code)`); got != "BECKY,JJ,JOANNE,KELLY,SINEAD,TANYA" {
		t.Errorf("people: %s", got)
	}
}

func (r *real) nets(t *testing.T) {
	all := reports(t, r.sc)
	for _, by := range []salon.ReportBy{salon.ByDay, salon.ByMonth, salon.ByStaff, salon.ByClient} {
		if got := all[by].Total; got.NetCents != r.want.Total.Net || got.Lines != 1934 || got.Receipts != 1436 {
			t.Errorf("total by %s: %+v", by, got)
		}
	}
	s, p := all[salon.ByService].Total, all[salon.ByProduct].Total
	if s.NetCents != 10_866_970 || p.NetCents != 713_933 {
		t.Errorf("services %d, products %d", s.NetCents, p.NetCents)
	}
	months := map[string]salon.ReportRow{}
	for key, m := range r.want.Months {
		months[key] = m.row(key)
	}
	got := map[string]salon.ReportRow{}
	for _, row := range all[salon.ByMonth].Rows {
		got[row.Key] = row
	}
	if diff := cmp.Diff(months, got); diff != "" {
		t.Error(diff)
	}
	for key, d := range r.want.Days {
		rep, err := r.sc.Report(ctx, salon.ByDay, salon.Day(key), salon.Day(key))
		ok(t, err)
		if diff := cmp.Diff([]salon.ReportRow{d.row(key)}, rep.Rows); diff != "" {
			t.Error(diff)
		}
	}
	i := slices.IndexFunc(all[salon.ByStaff].Rows, func(row salon.ReportRow) bool { return row.Key == "JJ" })
	if diff := cmp.Diff(r.want.JJ.row("JJ"), all[salon.ByStaff].Rows[i]); diff != "" {
		t.Error(diff)
	}
	if n := len(all[salon.ByDay].Rows); n != 106 {
		t.Errorf("%d days with receipts", n)
	}
	// Client and service, against the batch summed by hand.
	wantClient, wantService := map[string]int64{}, map[string]int64{}
	for _, s := range r.batch.Sales {
		for _, l := range s.Lines {
			key := l.Client
			if l.WalkIn {
				key = "WALK_IN"
			}
			wantClient[key] += l.NetCents
			if l.Service != "" {
				wantService[l.Service] += l.NetCents
			}
		}
	}
	if diff := cmp.Diff(wantClient, netsOf(all[salon.ByClient])); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantService, netsOf(all[salon.ByService])); diff != "" {
		t.Error(diff)
	}
}

func netsOf(r salon.Report) map[string]int64 {
	out := map[string]int64{}
	for _, row := range r.Rows {
		out[row.Key] = row.NetCents
	}
	return out
}

func (r *real) taxes(t *testing.T) {
	if r.res.TaxRule != salon.LineHalfUp {
		t.Errorf("rule %q", r.res.TaxRule)
	}
	for tax, want := range map[string][2]int64{"GST": {r.want.Total.A.GST, 578_845_150_000}, "PST": {r.want.Total.A.PST, 926_472_240_000}} {
		got := r.count(t, `SELECT sum(x.cents) || ' ' || sum(x.exact_e8) FROM sale_tax x JOIN tax t ON t.id = x.tax_id WHERE x.deleted = 0 AND t.name = '`+tax+`'`)
		if got != fmt.Sprintf("%d %d", want[0], want[1]) {
			t.Errorf("%s is %s, want %d", tax, got, want)
		}
	}
}

func (r *real) oddTax(t *testing.T) {
	if got := r.problems("Receipt", "is not the usual"); !slices.Equal(got, []int{942}) {
		t.Errorf("said of lines %v", got)
	}
	if got := r.count(t, `SELECT group_concat(x.exact_e8) FROM (SELECT x.exact_e8 FROM sale s JOIN sale_line l ON l.sale_id = s.id JOIN sale_tax x ON x.line_id = l.id JOIN tax t ON t.id = x.tax_id
		WHERE s.number = '1770' AND s.deleted = 0 ORDER BY t.sort) x`); got != "0,320000000" {
		t.Errorf("receipt 1770 has taxes %s", got)
	}
}

func (r *real) equalLines(t *testing.T) {
	if got := r.count(t, `SELECT count(*) FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.number = '1019' AND s.deleted = 0 AND l.text = 'Smart Bond'`); got != "2" {
		t.Errorf("receipt 1019 has Smart Bond %s times", got)
	}
	if got := r.count(t, `SELECT group_concat(l.net_cents) FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.number = '1304' AND s.deleted = 0 AND l.quantity_e3 = 2000`); got != "5000" {
		t.Errorf("two of receipt 1304 cost %s", got)
	}
	if got := r.count(t, `SELECT count(*) FROM appointment a JOIN client c ON c.id = a.client_id WHERE c.code = 'JACA01' AND a.status = 'cancelled' AND a.cancelled_on = '2018-07-10' AND a.deleted = 0`); got == "0" || got == "1" {
		t.Errorf("equal cancellations: %s", got)
	}
}

func (r *real) negatives(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT count(*) || ' ' || sum(net_cents) FROM sale_line WHERE deleted = 0 AND kind = 'return'`:                                                                "1 -5040",
		`SELECT count(*) FROM sale_line WHERE deleted = 0 AND kind = 'redemption'`:                                                                                     "70",
		`SELECT count(*) FROM sale_line WHERE deleted = 0 AND net_cents = 0`:                                                                                           "52",
		`SELECT count(*) FROM (SELECT sale_id FROM sale_line WHERE deleted = 0 GROUP BY sale_id HAVING sum(net_cents) = 0)`:                                            "89",
		`SELECT count(*) FROM (SELECT sale_id FROM sale_line WHERE deleted = 0 GROUP BY sale_id HAVING sum(net_cents) < 0)`:                                            "0",
		`SELECT sum(m.quantity) FROM stock_move m JOIN product p ON p.id = m.product_id WHERE p.name LIKE 'Shu cleansing oil sh400ml'`:                                 r.onHand("Shu cleansing oil sh400ml"),
		`SELECT count(*) FROM (SELECT s.id FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.deleted = 0 GROUP BY s.id HAVING count(DISTINCT l.client_id) > 1)`: "25",
	} {
		if got := r.count(t, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func (r *real) onHand(name string) string {
	for _, p := range r.batch.Products {
		if p.Name == name {
			return fmt.Sprint(p.Stock)
		}
	}
	return "no such product"
}

func (r *real) noShows(t *testing.T) {
	if got := r.count(t, `SELECT count(*) FROM appointment WHERE status = 'no_show' AND start_min IS NOT NULL AND deleted = 0`); got != "60" {
		t.Errorf("%s no-shows have a booking", got)
	}
	if got := r.problems("No-Show", "WONM02 is listed as a no-show on 2018-04-03"); len(got) != 1 {
		t.Errorf("said of lines %v", got)
	}
	if got := r.count(t, `SELECT a.status FROM appointment a JOIN client c ON c.id = a.client_id WHERE c.code = 'WONM02' AND a.day = '2018-04-03' AND a.deleted = 0`); got != "no_show" {
		t.Errorf("WONM02 is %s", got)
	}
}

func (r *real) products(t *testing.T) {
	if n := len(r.problems("Product", "was sold for")) + len(r.problems("Product", "cost of goods")); n != 0 {
		t.Errorf("%d products do not agree", n)
	}
	rep, err := r.sc.Report(ctx, salon.ByProduct, "", "")
	ok(t, err)
	if got := netsOf(rep)["MISC"]; got != 7272 {
		t.Errorf("the product without a name was sold for %d", got)
	}
}

func (r *real) receiptsAndBookings(t *testing.T) {
	if got := r.problems("Receipt", "no booking on"); len(got) != 0 {
		t.Errorf("lines %v are said to have no booking", got)
	}
	if got := r.count(t, `SELECT count(*) FROM sale_line l JOIN sale s ON s.id = l.sale_id WHERE l.deleted = 0 AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.client_id = l.client_id AND a.day = s.day AND a.status <> 'cancelled' AND a.deleted = 0)`); got != "37" {
		t.Errorf("%s lines without a booking", got)
	}
	if len(r.problems("Bookings", "60, of which 59")) != 1 || len(r.problems("Bookings", "JACA01")) != 1 {
		t.Error("the 60 bookings without a receipt are not said")
	}
}

func (r *real) leads(t *testing.T) {
	if len(r.problems("Cancellations", "Days is empty")) != 2 || len(r.problems("Cancellations", "37 days after")) != 1 {
		t.Error("blank and negative leads are not said")
	}
	if got := r.count(t, `SELECT group_concat(lead) FROM (SELECT CAST(julianday(day) - julianday(cancelled_on) AS INTEGER) AS lead FROM appointment WHERE status = 'cancelled' AND deleted = 0 AND lead < 0)`); got != "-37" {
		t.Errorf("negative leads: %s", got)
	}
}

// corrections are files with one cell of the real export corrected: the row
// begins with a text, and one cell of it becomes another. TestCorrections has
// more kinds on a batch that is quick to import.
var corrections = []struct{ file, row, from, to, kind string }{
	{"Receipt Transactions0.csv", "999,06/09/2018,Color touch up", ",70,3.5,5.6", ",75,3.75,6", "sale_line"},
	{"Receipt Transactions0.csv", "1001,06/09/2018", "1001,", "90001,", "sale"},
	{"Future Bookings (All Clients)0.csv", "JUNJ01,JJ,CON,03/14/2018", "3:50:00 PM,950", "4:50:00 PM,1010", "appointment"},
	{"Future Bookings (All Clients)0.csv", "KOOM01,JJ,SHCW,02/15/2019", "02/15/2019", "02/16/2019", "appointment"},
	{"Service Listing0.csv", "TRUE,SSUD", ",153,", ",155,", "service"},
}

func (r *real) againAndUndo(t *testing.T) {
	again, err := r.sc.Import(ctx, r.batch, false)
	ok(t, err)
	if n := changes(again); len(n) > 0 {
		t.Errorf("the same files changed %v", n)
	}
	mixed, err := ingest.Salonbiz(r.mixed(t), ingest.Options{AsOf: r.want.AsOf})
	ok(t, err)
	if again, err = r.sc.Import(ctx, mixed, false); err != nil || len(changes(again)) > 0 {
		t.Errorf("the same rows in another order changed %v: %v", changes(again), err)
	}
	stored, before := records(t, r.w), reports(t, r.sc)
	for _, c := range corrections {
		b, err := ingest.Salonbiz(r.corrected(t, c.file, c.row, c.from, c.to), ingest.Options{AsOf: r.want.AsOf})
		ok(t, err)
		res, err := r.sc.Import(ctx, b, false)
		ok(t, err)
		if diff := cmp.Diff(map[string][2]int{c.kind: {0, 1}}, changes(res)); diff != "" {
			t.Errorf("%s: %s", c.row, diff)
		}
		ok(t, r.sc.UndoImport(ctx, res.ID))
		if diff := unlike(stored, records(t, r.w)); diff != "" {
			t.Fatalf("%s: the undo is not exact: %s", c.row, diff)
		}
	}
	ok(t, r.sc.UndoImport(ctx, r.res.ID))
	if diff := unlike(r.empty, records(t, r.w)); diff != "" {
		t.Errorf("undo left something behind: %s", diff)
	}
	r.res, err = r.sc.Import(ctx, r.batch, false)
	ok(t, err)
	if diff := cmp.Diff(before, reports(t, r.sc)); diff != "" {
		t.Errorf("after undo and another import: %s", diff)
	}
}

// mixed are the same files with their rows in another order.
func (r *real) mixed(t *testing.T) fs.FS {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	out := fstest.MapFS{}
	for _, f := range r.res.Files {
		data, err := fs.ReadFile(r.files, f.File)
		ok(t, err)
		lines := strings.Split(string(data), "\r\n")
		rnd.Shuffle(len(lines)-1, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
		out[f.File] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
	}
	return out
}

func (r *real) corrected(t *testing.T, file, row, from, to string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, f := range r.res.Files {
		data, err := fs.ReadFile(r.files, f.File)
		ok(t, err)
		out[f.File] = &fstest.MapFile{Data: data}
	}
	text := string(out[file].Data)
	at := strings.Index(text, "\r\n"+row) + 2
	end := at + strings.Index(text[at:]+"\r\n", "\r\n")
	line := strings.Replace(text[at:end], from, to, 1)
	if at < 2 || line == text[at:end] {
		t.Fatalf("%s has no row %q with %q", file, row, from)
	}
	out[file] = &fstest.MapFile{Data: []byte(text[:at] + line + text[end:])}
	return out
}

func (r *real) dates(t *testing.T) {
	if got := r.count(t, `SELECT min(day) || ' ' || max(day) FROM appointment WHERE deleted = 0 AND status <> 'cancelled'`); got != "2018-03-14 2019-02-15" {
		t.Errorf("bookings from %s", got)
	}
	if _, err := ingest.Salonbiz(r.files, ingest.Options{Dates: "dmy"}); err != nil {
		t.Fatal(err)
	}
	b, err := ingest.Salonbiz(r.files, ingest.Options{Dates: "dmy", AsOf: r.want.AsOf})
	ok(t, err)
	for _, a := range b.Appointments {
		if strings.HasPrefix(string(a.Day), "2018-03-14") || a.Day == "2018-02-03" {
			t.Fatalf("14 March became %s", a.Day)
		}
	}
}

// out compares what is read back through the Scope, receipt by receipt, with
// what went in.
func (r *real) out(t *testing.T) {
	page, err := r.sc.Sales(ctx, "", "", "", 0, 5000)
	ok(t, err)
	type receipt struct {
		Day              salon.Day
		Lines            int
		Net, Taxes, Paid int64
	}
	want, got := map[string]receipt{}, map[string]receipt{}
	for _, s := range r.batch.Sales {
		x := receipt{Day: s.Day, Lines: len(s.Lines)}
		for _, l := range s.Lines {
			x.Net += l.NetCents
			for _, tax := range l.Taxes {
				x.Taxes += tax.Cents
			}
		}
		x.Paid = x.Net + x.Taxes
		want[s.Number] = x
	}
	for i, row := range page.Rows {
		x := receipt{Day: row.Day, Lines: row.Lines, Net: row.NetCents, Taxes: row.TaxCents, Paid: row.NetCents + row.TaxCents}
		if i%20 == 0 {
			sale, err := r.sc.Sale(ctx, row.ID)
			ok(t, err)
			if len(sale.Payments) != 1 || !sale.Imported || len(sale.Items) != row.Lines {
				t.Fatalf("receipt %s: %+v", row.Number, sale)
			}
			x.Paid = sale.Payments[0].Cents
		}
		got[row.Number] = x
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))) {
		t.Error("other receipts came out than went in")
	}
}
