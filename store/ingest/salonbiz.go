package ingest

import (
	"cmp"
	"io/fs"
	"slices"

	"salonkeep/store/salon"
)

// salonbizName is what the format is called in batches and on the command
// line. The files themselves name no maker.
const salonbizName = "salonbiz-csv"

// Salonbiz reads the report files of one salon from the top level of fsys. A
// folder without any of them, a file that is not what its name says, two files
// of one kind and dates in two orders are salon.Invalid; everything else is in
// the batch's Problems.
//
// Without Options.AsOf the day of the export is taken to be the last day on
// which something was sold or missed, and the batch says so.
func Salonbiz(fsys fs.FS, o Options) (salon.Batch, error) {
	if err := o.check(); err != nil {
		return salon.Batch{}, err
	}
	found, left, err := tables(fsys)
	if err != nil {
		return salon.Batch{}, err
	}
	for _, t := range found {
		if err := t.prove(); err != nil {
			return salon.Batch{}, err
		}
	}
	said, err := settle(found, o.Dates)
	if err != nil {
		return salon.Batch{}, err
	}
	im := newImporter(o, found)
	im.b.Problems = append(left, said...)
	for _, read := range []func() error{im.readServices, im.readProducts, im.readClients, im.readNoShows, im.readBookings, im.readCancellations, im.readReceipts} {
		if err := read(); err != nil {
			return salon.Batch{}, err
		}
	}
	if err := im.finish(); err != nil {
		return salon.Batch{}, err
	}
	return im.b, nil
}

func (o Options) check() error {
	if o.AsOf != "" {
		if _, err := salon.ParseDay(string(o.AsOf)); err != nil {
			return err
		}
	}
	if !slices.Contains([]order{"", monthDay, dayMonth, yearDay}, order(o.Dates)) {
		return salon.E(salon.Invalid, "“%s” is no order of dates. Say mdy, dmy or ymd.", o.Dates)
	}
	return nil
}

// importer holds what is known while the files are read one after the other.
type importer struct {
	o     Options
	files map[kind]*table
	b     salon.Batch
	words map[string]string // each distinct text once: a large salon repeats few of them
	days  map[string]salon.Day

	services map[string]int // code -> index in b.Services
	products map[string]int
	staff    map[string]int
	clients  map[string]int
	named    map[string]item // text of receipts -> what it can mean
	stock    map[string]productCheck

	visitLines []int // line of each of b.Appointments

	missed    map[visitKey]*missing
	equal     map[string]int // origin without its number -> how many so far
	bookedOn  map[clientDay]bool
	cancelled map[clientDay]int
	lastFact  fact // newest sale or no-show
	lastOff   fact // newest cancellation

	sales  map[saleKey]int
	soldOn map[clientDay]bool
	rates  []rateVotes
	quiet  map[string]int // reports of one sort so far
}

// fact is a day on which something is known to have happened, and where it
// says so.
type fact struct {
	day  salon.Day
	file string
}

type clientDay struct {
	client string
	day    salon.Day
}

func newImporter(o Options, found []*table) *importer {
	im := &importer{o: o, files: map[kind]*table{}, words: map[string]string{}, days: map[string]salon.Day{},
		services: map[string]int{}, products: map[string]int{}, staff: map[string]int{}, clients: map[string]int{},
		named: map[string]item{}, stock: map[string]productCheck{}, missed: map[visitKey]*missing{}, equal: map[string]int{},
		bookedOn: map[clientDay]bool{}, cancelled: map[clientDay]int{}, sales: map[saleKey]int{}, soldOn: map[clientDay]bool{},
		quiet: map[string]int{}}
	im.b.Source = salonbizName
	for _, t := range found {
		im.files[t.shape.kind] = t
	}
	return im
}

// finish does what needs all files: the day of the export, what the receipts
// mean, the checks between files, and one order for everything.
func (im *importer) finish() error {
	if err := im.settleAsOf(); err != nil {
		return err
	}
	for _, s := range shapes() {
		if im.files[s.kind] == nil && s.missing != "" {
			im.b.Problems = append(im.b.Problems, salon.Problem{Severity: salon.Reported, Text: s.missing})
		}
	}
	im.setStatuses()
	im.resolveItems()
	im.settleSales()
	im.checkRates()
	im.checkStock()
	im.checkVisits()
	im.assumeMinutes()
	im.sumUpQuiet()
	im.sortBatch()
	return nil
}

// settleAsOf decides which bookings lie in the past. Sales and no-shows cannot
// be written down before their day; the date of a cancellation is second best.
func (im *importer) settleAsOf() error {
	im.b.AsOf = im.o.AsOf
	if im.b.AsOf != "" {
		return nil
	}
	last := im.lastFact
	if last.day == "" {
		last = im.lastOff
	}
	if last.day == "" && len(im.b.Appointments) > 0 {
		return salon.E(salon.Invalid, "The files do not show on which day they were exported, so past and coming bookings cannot be told apart. Say the day, written year-month-day.")
	}
	if im.b.AsOf = last.day; last.day != "" {
		im.b.Problems = append(im.b.Problems, salon.Problem{File: last.file, Severity: salon.Reported,
			Text: "The day of the export was taken to be " + string(last.day) + ", the last day on which something happened: later bookings are still to come."})
	}
	return nil
}

// after notes that the export was made on day or later.
func (f *fact) after(r record, day salon.Day) {
	if day > f.day {
		f.day, f.file = day, r.t.file
	}
}

// sortBatch makes the batch the same whatever the order of the rows was.
func (im *importer) sortBatch() {
	b := &im.b
	slices.SortFunc(b.Staff, func(x, y salon.BatchStaff) int { return cmp.Compare(x.Code, y.Code) })
	slices.SortFunc(b.Services, func(x, y salon.Service) int { return cmp.Compare(x.Code, y.Code) })
	slices.SortFunc(b.Products, func(x, y salon.Product) int { return cmp.Compare(x.SKU, y.SKU) })
	slices.SortFunc(b.Clients, func(x, y salon.BatchClient) int { return cmp.Compare(x.Code, y.Code) })
	slices.SortFunc(b.Appointments, func(x, y salon.BatchAppointment) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Start, y.Start), cmp.Compare(x.Origin, y.Origin))
	})
	slices.SortFunc(b.Sales, func(x, y salon.BatchSale) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(len(x.Number), len(y.Number)), cmp.Compare(x.Number, y.Number))
	})
	slices.SortFunc(b.Files, func(x, y salon.FileCount) int { return cmp.Compare(x.File, y.File) })
	slices.SortStableFunc(b.Problems, func(x, y salon.Problem) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Field, y.Field), cmp.Compare(x.Text, y.Text))
	})
}
