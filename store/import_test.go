package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salonkeep/store"
	"salonkeep/store/ingest"
	"salonkeep/store/salon"
	"salonkeep/store/storetest"
)

// tinyBatch has one of everything.
func tinyBatch() salon.Batch {
	line := salon.BatchLine{Kind: salon.ServiceLine, Service: "CUT", Text: "Cut", Client: "OKAA01", Staff: "MEI", QuantityE3: 1000, NetCents: 5000,
		Taxes: []salon.TaxAmount{{Name: "GST", Cents: 250, ExactE8: 250_000_000}, {Name: "PST", Cents: 400, ExactE8: 400_000_000}}}
	goods := salon.BatchLine{Kind: salon.ProductLine, Product: "WAX", Text: "Wax", WalkIn: true, Staff: "HOUSE", QuantityE3: 2000, NetCents: 1998,
		Taxes: []salon.TaxAmount{{Name: "GST", Cents: 100, ExactE8: 99_900_000}, {Name: "PST", Cents: 160, ExactE8: 159_840_000}}}
	return salon.Batch{
		Source: "tiny", AsOf: "2026-11-20", Taxes: []salon.Tax{{Name: "GST", RateE6: 50_000}, {Name: "PST", RateE6: 80_000}},
		Staff:    []salon.BatchStaff{{Code: "MEI", Name: "Mei", Person: true, Performs: true}, {Code: "HOUSE", Name: "HOUSE", Performs: true}, {Code: "ADMIN", Name: "ADMIN", Person: true}},
		Services: []salon.Service{{Code: "CUT", Name: "Cut", PriceCents: 5000, Minutes: 45, MinutesAssumed: true, Active: true}},
		Products: []salon.Product{{SKU: "WAX", Name: "Wax", PriceCents: 999, CostMilli: 4125, Stock: 7, Active: true}},
		Clients:  []salon.BatchClient{{Code: "OKAA01", Name: "OKAA01"}, {Code: "GRAL01", Name: "Leo Grant", Phone: "416 555 0177"}},
		Appointments: []salon.BatchAppointment{
			{Origin: "booking|2026-11-20|10:00|OKAA01|MEI|CUT|1", Client: "OKAA01", Staff: "MEI", Service: "CUT", Day: "2026-11-20", Start: 600, Status: salon.Done},
			{Origin: "booking|2026-11-28|10:00|GRAL01|MEI|CUT|1", Client: "GRAL01", Staff: "MEI", Service: "CUT", Day: "2026-11-28", Start: 600, Status: salon.Booked},
		},
		Sales: []salon.BatchSale{{Number: "17", Day: "2026-11-20", Lines: []salon.BatchLine{line, line, goods}}},
	}
}

// changes are the counts of an import that are not nought.
func changes(r salon.ImportResult) map[string][2]int {
	out := map[string][2]int{}
	for _, c := range r.Counts {
		if c.New+c.Changed > 0 {
			out[c.Kind] = [2]int{c.New, c.Changed}
		}
	}
	return out
}

// records are all rows that count, without what every write moves.
func records(t *testing.T, w *storetest.World) []string {
	t.Helper()
	var all []string
	for _, table := range store.Synced() {
		cols, err := store.Texts(w.Store, `SELECT name FROM pragma_table_info(?) WHERE name <> 'version'`, table)
		ok(t, err)
		rows, err := store.Texts(w.Store, fmt.Sprintf(`SELECT '%s ' || json_array(%s) FROM %s WHERE deleted = 0 ORDER BY 1`, table, strings.Join(cols, ", "), table))
		ok(t, err)
		all = append(all, rows...)
	}
	return all
}

// unlike is how two states of all records differ, "" if they do not. Comparing
// line by line is only for when it has something to say.
func unlike(want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

func reports(t *testing.T, sc *store.Scope) map[salon.ReportBy]salon.Report {
	t.Helper()
	out := map[salon.ReportBy]salon.Report{}
	for _, by := range []salon.ReportBy{salon.ByDay, salon.ByMonth, salon.ByStaff, salon.ByService, salon.ByProduct, salon.ByClient} {
		r, err := sc.Report(ctx, by, "", "")
		ok(t, err)
		out[by] = r
	}
	return out
}

func TestImportTwiceAndUndo(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	empty := records(t, w)
	dry, err := sc.Import(ctx, tinyBatch(), true)
	ok(t, err)
	if diff := unlike(empty, records(t, w)); diff != "" || dry.ID != "" || !dry.DryRun {
		t.Fatalf("a dry run left something behind: %s", diff)
	}
	first, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	want := map[string][2]int{"staff": {2, 0}, "service": {1, 0}, "product": {1, 0}, "client": {2, 0}, "appointment": {2, 0}, "sale": {1, 0}, "sale_line": {3, 0}}
	if diff := cmp.Diff(want, changes(first)); diff != "" {
		t.Errorf("first import: %s", diff)
	}
	if diff := cmp.Diff(changes(first), changes(dry)); diff != "" {
		t.Errorf("the dry run promised something else: %s", diff)
	}
	stored := records(t, w)
	again, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	if n := changes(again); len(n) > 0 || again.ID != "" {
		t.Errorf("the same batch changed %v", n)
	}
	if diff := unlike(stored, records(t, w)); diff != "" {
		t.Errorf("the same batch changed records: %s", diff)
	}
	list, err := sc.Imports(ctx)
	ok(t, err)
	if len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("imports: %v", list)
	}
	ok(t, sc.UndoImport(ctx, first.ID))
	if diff := unlike(empty, records(t, w)); diff != "" {
		t.Errorf("undo left something behind: %s", diff)
	}
	kind(t, sc.UndoImport(ctx, first.ID), salon.Clash)
	kind(t, sc.UndoImport(ctx, "no such"), salon.Missing)
	third, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	if diff := cmp.Diff(changes(first), changes(third)); diff != "" {
		t.Errorf("after the undo: %s", diff)
	}
}

// What people did since is neither overwritten by an import nor lost by an undo.
func TestImportsRespectPeople(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	first, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	page, err := sc.Clients(ctx, "OKAA01", 0, 1)
	ok(t, err)
	_, err = sc.EditClient(ctx, page.Rows[0].ID, 1, salon.ClientForm{Name: "Amelia Okafor"})
	ok(t, err)
	sheet, err := sc.Day(ctx, "2026-11-28")
	ok(t, err)
	var visit salon.Visit
	for _, c := range sheet.Columns {
		for _, v := range c.Visits {
			visit = v
		}
	}
	_, err = sc.SetStatus(ctx, visit.ID, visit.Version, salon.Cancelled)
	ok(t, err)
	b := tinyBatch()
	b.Clients[0].Name = "Amelia O."
	b.Clients[1].Name = "Leonard Grant"
	res, err := sc.Import(ctx, b, false)
	ok(t, err)
	if diff := cmp.Diff(map[string][2]int{"client": {0, 1}}, changes(res)); diff != "" {
		t.Errorf("import over people's changes: %s", diff)
	}
	if !strings.Contains(strings.Join(res.Notes, "\n"), "left as they are: ") {
		t.Errorf("nobody is told what was left: %v", res.Notes)
	}
	found, err := sc.Clients(ctx, "", 0, 10)
	ok(t, err)
	if found.Rows[0].Name != "Amelia Okafor" || found.Rows[1].Name != "Leonard Grant" {
		t.Errorf("clients are now %q and %q", found.Rows[0].Name, found.Rows[1].Name)
	}
	before := records(t, w)
	kind(t, sc.UndoImport(ctx, first.ID), salon.Clash)
	if diff := unlike(before, records(t, w)); diff != "" {
		t.Errorf("a refused undo changed records: %s", diff)
	}
	ok(t, sc.UndoImport(ctx, res.ID))
	found, err = sc.Clients(ctx, "Leo", 0, 10)
	ok(t, err)
	if found.Rows[0].Name != "Leo Grant" {
		t.Errorf("after undoing the second import: %q", found.Rows[0].Name)
	}
}

// A booking made for an imported client holds the import.
func TestUndoIsRefusedUnderNewRecords(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	first, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	sheet, err := sc.Day(ctx, "2026-11-20")
	ok(t, err)
	v := sheet.Columns[0].Visits[0]
	_, undo, err := sc.Book(ctx, salon.Booking{ClientID: v.ClientID, StaffID: v.StaffID, ServiceID: v.ServiceID, Day: "2026-12-01", Start: 600})
	ok(t, err)
	kind(t, sc.UndoImport(ctx, first.ID), salon.Clash)
	ok(t, sc.Undo(ctx, undo))
	ok(t, sc.UndoImport(ctx, first.ID))
}

// Later imports are undone first; then the earlier one can be, and all is as
// it was.
func TestImportsAreUndoneInTurn(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	empty := records(t, w)
	first, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	b := tinyBatch()
	b.Products[0].Stock = 9
	b.Sales[0].Lines[2].NetCents = 2000
	second, err := sc.Import(ctx, b, false)
	ok(t, err)
	kind(t, sc.UndoImport(ctx, first.ID), salon.Clash)
	ok(t, sc.UndoImport(ctx, second.ID))
	ok(t, sc.UndoImport(ctx, first.ID))
	if diff := unlike(empty, records(t, w)); diff != "" {
		t.Error(diff)
	}
}

// One corrected cell changes one record, even where the cell is part of what
// the record is known by.
func TestCorrections(t *testing.T) {
	for name, c := range map[string]struct {
		fix  func(*salon.Batch)
		want map[string][2]int
	}{
		"time of a booking": {func(b *salon.Batch) {
			b.Appointments[1].Start, b.Appointments[1].Origin = 630, "booking|2026-11-28|10:30|GRAL01|MEI|CUT|1"
		}, map[string][2]int{"appointment": {0, 1}}},
		"client of a booking": {func(b *salon.Batch) {
			b.Appointments[1].Client, b.Appointments[1].Origin = "OKAA01", "booking|2026-11-28|10:00|OKAA01|MEI|CUT|1"
		}, map[string][2]int{"appointment": {0, 1}}},
		"a booking was cancelled": {func(b *salon.Batch) {
			a := &b.Appointments[1]
			a.Origin, a.Status, a.Start, a.CancelledOn, a.CancelledBy = "cancellation|2026-11-28|GRAL01|MEI|CUT|2026-11-22|ADMIN|1", salon.Cancelled, salon.NoClock, "2026-11-22", "ADMIN"
		}, map[string][2]int{"appointment": {0, 1}}},
		"status":           {func(b *salon.Batch) { b.Appointments[0].Status = salon.NoShow }, map[string][2]int{"appointment": {0, 1}}},
		"amount":           {func(b *salon.Batch) { b.Sales[0].Lines[1].NetCents = 4000 }, map[string][2]int{"sale_line": {0, 1}}},
		"client of a line": {func(b *salon.Batch) { b.Sales[0].Lines[0].Client = "GRAL01" }, map[string][2]int{"sale_line": {0, 1}}},
		"tax":              {func(b *salon.Batch) { b.Sales[0].Lines[2].Taxes[1].ExactE8 = 0 }, map[string][2]int{"sale_line": {0, 1}}},
		"a line more":      {func(b *salon.Batch) { b.Sales[0].Lines = append(b.Sales[0].Lines, b.Sales[0].Lines[0]) }, map[string][2]int{"sale_line": {1, 0}}},
		"a line less":      {func(b *salon.Batch) { b.Sales[0].Lines = b.Sales[0].Lines[:2] }, map[string][2]int{"sale_line": {0, 1}}},
		"receipt number":   {func(b *salon.Batch) { b.Sales[0].Number = "71" }, map[string][2]int{"sale": {0, 1}}},
		"day of a receipt": {func(b *salon.Batch) { b.Sales[0].Day = "2026-11-19" }, map[string][2]int{"sale": {0, 1}}},
		"product code": {func(b *salon.Batch) { b.Products[0].SKU = "WAX2"; b.Sales[0].Lines[2].Product = "WAX2" },
			map[string][2]int{"product": {0, 1}}},
		"stock":       {func(b *salon.Batch) { b.Products[0].Stock = 5 }, map[string][2]int{"product": {0, 1}}},
		"price":       {func(b *salon.Batch) { b.Services[0].PriceCents = 6000 }, map[string][2]int{"service": {0, 1}}},
		"row is gone": {func(b *salon.Batch) { b.Appointments = b.Appointments[:1] }, map[string][2]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			w := storetest.New(t)
			sc := w.As(t, "owner")
			_, err := sc.Import(ctx, tinyBatch(), false)
			ok(t, err)
			before := records(t, w)
			b := tinyBatch()
			c.fix(&b)
			res, err := sc.Import(ctx, b, false)
			ok(t, err)
			if diff := cmp.Diff(c.want, changes(res)); diff != "" {
				t.Fatal(diff)
			}
			again, err := sc.Import(ctx, b, false)
			ok(t, err)
			if n := changes(again); len(n) > 0 {
				t.Errorf("the corrected batch changes %v a second time", n)
			}
			if res.ID == "" {
				return
			}
			ok(t, sc.UndoImport(ctx, res.ID))
			if diff := unlike(before, records(t, w)); diff != "" {
				t.Errorf("the undo is not exact: %s", diff)
			}
		})
	}
}

func TestPeopleAddedByHandAreFound(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	_, err := sc.AddStaff(ctx, salon.StaffForm{Name: "mei", Role: "beautician"})
	ok(t, err)
	res, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	if got := changes(res)["staff"]; got != [2]int{1, 1} {
		t.Errorf("staff new and changed: %v", got)
	}
	r, err := sc.Report(ctx, salon.ByStaff, "", "")
	ok(t, err)
	if r.Rows[1].Key != "MEI" {
		t.Errorf("rows %v", r.Rows)
	}
}

func TestContactsAreStoredAsTheSalonReadsThem(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	_, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	found, err := sc.Clients(ctx, "Leo", 0, 1)
	ok(t, err)
	if got := found.Rows[0].Phone.String(); got != "+14165550177" {
		t.Errorf("the number is %s", got)
	}
}

func TestReports(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	_, err := sc.Import(ctx, tinyBatch(), false)
	ok(t, err)
	tax := func(gst, pst int64) []salon.TaxCents {
		return []salon.TaxCents{{Name: "GST", Cents: gst}, {Name: "PST", Cents: pst}}
	}
	all := salon.ReportRow{Key: "total", Lines: 3, Receipts: 1, NetCents: 11998, Tax: tax(600, 960)}
	for by, want := range map[salon.ReportBy]salon.Report{
		salon.ByDay:     {Rows: []salon.ReportRow{{Key: "2026-11-20", Lines: 3, Receipts: 1, NetCents: 11998, Tax: tax(600, 960)}}, Total: all},
		salon.ByMonth:   {Rows: []salon.ReportRow{{Key: "2026-11", Lines: 3, Receipts: 1, NetCents: 11998, Tax: tax(600, 960)}}, Total: all},
		salon.ByStaff:   {Rows: []salon.ReportRow{{Key: "HOUSE", Lines: 1, Receipts: 1, NetCents: 1998, Tax: tax(100, 160)}, {Key: "MEI", Lines: 2, Receipts: 1, NetCents: 10000, Tax: tax(500, 800)}}, Total: all},
		salon.ByService: {Rows: []salon.ReportRow{{Key: "CUT", Lines: 2, Receipts: 1, NetCents: 10000, Tax: tax(500, 800)}}, Total: salon.ReportRow{Key: "total", Lines: 2, Receipts: 1, NetCents: 10000, Tax: tax(500, 800)}},
		salon.ByProduct: {Rows: []salon.ReportRow{{Key: "WAX", Lines: 1, Receipts: 1, NetCents: 1998, Tax: tax(100, 160)}}, Total: salon.ReportRow{Key: "total", Lines: 1, Receipts: 1, NetCents: 1998, Tax: tax(100, 160)}},
		salon.ByClient:  {Rows: []salon.ReportRow{{Key: "OKAA01", Lines: 2, Receipts: 1, NetCents: 10000, Tax: tax(500, 800)}, {Key: "WALK_IN", Lines: 1, Receipts: 1, NetCents: 1998, Tax: tax(100, 160)}}, Total: all},
	} {
		want.By, want.From, want.To, want.Rule = by, "2026-11-20", "2026-11-20", salon.LineHalfUp
		got, err := sc.Report(ctx, by, "2026-11-20", "2026-11-20")
		ok(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by %s: %s", by, diff)
		}
		none, err := sc.Report(ctx, by, "2026-11-21", "")
		ok(t, err)
		if len(none.Rows) != 0 || none.Total.Lines != 0 || len(none.Total.Tax) != 2 {
			t.Errorf("by %s after the last sale: %+v", by, none)
		}
	}
	for _, c := range []struct {
		by       salon.ReportBy
		from, to salon.Day
	}{{"weather", "", ""}, {salon.ByDay, "2026-11-21", "2026-11-20"}, {salon.ByDay, "yesterday", ""}, {salon.ByDay, "", "11/20/2026"}} {
		_, err := sc.Report(ctx, c.by, c.from, c.to)
		kind(t, err, salon.Invalid)
	}
}

// The invented salon goes in by the same door, and is there again unchanged.
func TestDemoIsImported(t *testing.T) {
	w := storetest.New(t)
	sc := w.As(t, "owner")
	b := ingest.Demo(w.Now().In(time.FixedZone("Toronto", -5*3600)), "en")
	res, err := sc.Import(ctx, b, false)
	ok(t, err)
	if n := changes(res)["appointment"]; n[0] != len(b.Appointments) || n[0] < 500 {
		t.Errorf("%d of %d appointments", n[0], len(b.Appointments))
	}
	sheet, err := sc.Day(ctx, "")
	ok(t, err)
	if len(sheet.Columns) < 6 {
		t.Errorf("%d columns today", len(sheet.Columns))
	}
	again, err := sc.Import(ctx, b, false)
	ok(t, err)
	if n := changes(again); len(n) > 0 {
		t.Errorf("the second time changed %v", n)
	}
}
