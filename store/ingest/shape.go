package ingest

import (
	"slices"
	"strings"
	"unicode"
)

// kind is one of the reports a salon exports.
type kind string

const (
	serviceList   kind = "services"
	productList   kind = "products"
	clientList    kind = "clients"
	noShowList    kind = "no-shows"
	bookingList   kind = "bookings"
	cancelledList kind = "cancellations"
	receiptList   kind = "receipts"
)

// shape is what a report of one kind looks like. Columns are named by their
// heading in small letters without blanks and signs.
type shape struct {
	kind     kind
	file     string   // words a file's name has when it is this report
	marks    []string // headings that together are of no other kind
	required []string // headings without which nothing can be stored
	optional []string // headings that are read when they are there
	passed   []string // headings whose cells are looked at by no import
	dates    []string
	numbers  []string
	missing  string // what is said when there is no such file
}

// shapes in the order in which a heading is compared with them: the no-show
// report has no heading of its own and must come last.
func shapes() []shape {
	return []shape{
		{kind: receiptList, file: "receipt transactions", marks: []string{"receipt", "description", "amount"},
			required: []string{"receipt", "date", "description", "client", "staff", "quantity", "amount"},
			dates:    []string{"date"}, numbers: []string{"quantity", "amount"},
			missing: "There is no receipts file in this folder, so no sales were read."},
		{kind: cancelledList, file: "client cancellations", marks: []string{"canceldate", "bookingdate"},
			required: []string{"canceldate", "code", "service", "staff", "bookingdate"}, optional: []string{"canceledby", "days"},
			dates:   []string{"canceldate", "bookingdate"},
			missing: "There is no cancellations file in this folder, so no cancelled appointments were read."},
		{kind: bookingList, file: "future bookings", marks: []string{"code", "staff", "service", "date", "time"},
			required: []string{"code", "staff", "service", "date"}, optional: []string{"time", "timeint"}, dates: []string{"date"},
			missing: "There is no bookings file in this folder, so no appointments were read."},
		{kind: productList, file: "product listing", marks: []string{"code", "description", "onhand"},
			required: []string{"code", "description", "price"},
			optional: []string{"isactive", "supplier", "brand", "category", "onhand", "minimum", "maximum", "cost", "cog", "ytd", "package"},
			numbers:  []string{"price", "onhand", "minimum", "maximum", "cost", "cog", "ytd"},
			missing:  "There is no product list in this folder: products are known only by what the receipts call them."},
		{kind: serviceList, file: "service listing", marks: []string{"code", "desc", "price"},
			required: []string{"code", "desc", "price"}, optional: []string{"isactive", "cate", "cost"}, numbers: []string{"price", "cost"},
			missing: "There is no service list in this folder: services are known only by what bookings and receipts call them."},
		{kind: clientList, file: "client listing", marks: []string{"code", "lastname"},
			required: []string{"code", "lastname"}, optional: []string{"firstname", "mobile", "phone", "email", "created", "notes"},
			passed: []string{"birthday", "gender", "marketing"}, dates: []string{"created"}},
		{kind: noShowList, file: "no-show report", marks: []string{"date", "code", "service", "staff"},
			required: []string{"date", "code", "service", "staff"}, dates: []string{"date"},
			missing: "There is no no-show report in this folder: past bookings nobody came to cannot be told from completed ones."},
	}
}

// heading makes a column's name comparable: “Canceled By” is canceledby.
func heading(s string) string {
	plain := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
	if same, ok := map[string]string{"cancelledby": "canceledby", "canceldate": "canceldate", "cancelleddate": "canceldate",
		"canceleddate": "canceldate", "cate": "cate", "min": "minimum", "max": "maximum", "receiptnumber": "receipt", "receiptno": "receipt",
		"qty": "quantity"}[plain]; ok {
		return same
	}
	return plain
}

// recognise tells which report has these headings.
func recognise(cells []string) (shape, bool) {
	var have []string
	for _, c := range cells {
		have = append(have, heading(c))
	}
	if slices.Contains(have, "timeint") && !slices.Contains(have, "time") {
		have = append(have, "time")
	}
	for _, s := range shapes() {
		all := true
		for _, m := range s.marks {
			all = all && slices.Contains(have, m)
		}
		if all {
			return s, true
		}
	}
	return shape{}, false
}

// named tells which report a file's name says it is. “No-Show Report0.csv” and
// “no show report (2).CSV” are the same.
func named(file string) (shape, bool) {
	plain := heading(file)
	for _, s := range shapes() {
		if strings.Contains(plain, heading(s.file)) {
			return s, true
		}
	}
	return shape{}, false
}
