package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// saleKey: a receipt number may come again when the counter of the old program
// was reset, so a receipt is known by its number and day.
type saleKey struct {
	number string
	day    salon.Day
}

// notTaxes are columns that some salons add beside the amount and that are no
// taxes. Every other column of numbers is one.
var notTaxes = []string{"total", "grandtotal", "gross", "net", "subtotal", "discount", "tip", "tips", "gratuity", "balance", "paid",
	"tendered", "payment", "price", "unitprice", "cost", "invoice", "id", "time", "notes", "comment", "register", "till"}

// taxColumns are the columns of taxes, in the order of the file.
func (im *importer) taxColumns(t *table) []int {
	if t.shape.kind != receiptList {
		return nil
	}
	var cols []int
	for _, c := range t.extra {
		filled := t.proof.filled[c]
		named := strings.TrimSpace(t.head[c]) != ""
		if named && filled > 0 && !slices.Contains(notTaxes, heading(t.head[c])) && t.proof.numeric[c]*2 >= filled {
			cols = append(cols, c)
		}
	}
	return cols
}

func (im *importer) readReceipts() error {
	t := im.files[receiptList]
	if t == nil {
		return nil
	}
	taxes := im.taxColumns(t)
	for _, c := range taxes {
		name := strings.TrimSpace(t.head[c])
		for n := 2; slices.ContainsFunc(im.b.Taxes, func(x salon.Tax) bool { return x.Name == name }); n++ {
			name = fmt.Sprintf("%s %d", strings.TrimSpace(t.head[c]), n)
		}
		im.b.Taxes = append(im.b.Taxes, salon.Tax{Name: name})
		im.rates = append(im.rates, newRateVotes())
	}
	return im.each(receiptList, func(r record) *refusal {
		number := r.text("receipt")
		if number == "" {
			return refuse(r.as("receipt"), "The receipt number is missing.")
		}
		day, why := r.day("date")
		if why != nil {
			return why
		}
		line, why := r.line(taxes)
		if why != nil {
			return why
		}
		im.lastFact.after(r, day)
		client, walkIn := im.client(r.text("client"))
		line.Client, line.WalkIn = client, walkIn
		im.worker(line.Staff, true)
		for i := range taxes {
			im.rates[i].add(line.NetCents, line.Taxes[i].ExactE8, r.Line)
		}
		key := saleKey{number, day}
		at, known := im.sales[key]
		if !known {
			at = len(im.b.Sales)
			im.sales[key] = at
			im.b.Sales = append(im.b.Sales, salon.BatchSale{Number: number, Day: day})
		}
		im.b.Sales[at].Lines = append(im.b.Sales[at].Lines, line)
		im.soldOn[clientDay{client, day}] = true
		return nil
	})
}

// line reads what one row of a receipt sold. What the words mean is decided
// when all are known.
func (r record) line(taxes []int) (salon.BatchLine, *refusal) {
	l := salon.BatchLine{Line: r.Line, Text: r.raw("description"), Staff: r.text("staff")}
	quantity, none, why := r.amount("quantity")
	if why != nil {
		return l, why
	}
	if none {
		quantity.E8 = e8
	}
	var off bool
	if l.QuantityE3, off = quantity.whole(e8 / 1000); off {
		return l, refuse(r.as("quantity"), "A quantity has three decimals at most, “%s” has more.", r.text("quantity"))
	}
	if r.text("amount") == "" {
		return l, refuse(r.as("amount"), "The amount is missing.")
	}
	if _, _, why = r.amount("amount"); why != nil {
		return l, why
	}
	if l.Taxes, why = r.taxes(taxes); why != nil {
		return l, why
	}
	l.NetCents, _ = r.units("amount", e8Cent, "the currency")
	if none {
		r.changed("quantity", "The quantity is missing; it was stored as 1.")
	}
	if l.Staff == "" {
		l.Staff = house
		r.changed("staff", "Nobody is named; the sale was stored for the house.")
	}
	if quantity.E8 < 0 && l.NetCents > 0 || quantity.E8 == 0 && l.NetCents != 0 {
		r.reported("quantity", "A quantity of %s does not go with an amount of %s.", quantity.text(), exact{E8: l.NetCents * e8Cent}.text())
	}
	return l, nil
}

// taxes reads the tax cells exactly and rounds each by the one rule.
func (r record) taxes(cols []int) ([]salon.TaxAmount, *refusal) {
	out := make([]salon.TaxAmount, len(cols))
	for i, c := range cols {
		name := r.im.b.Taxes[i].Name
		out[i].Name = name
		cell := strings.TrimSpace(r.Cells[c])
		if cell == "" {
			r.im.reportSort(name+" is empty", r.t, r.Line, name, "The tax is empty; it counts as 0.")
			continue
		}
		v, complaint := number(cell, r.t.decimal)
		if complaint != "" {
			return nil, refuse(name, "%s", complaint)
		}
		if v.Rounded {
			r.im.reportSort(name+" has more than eight decimals", r.t, r.Line, name, fmt.Sprintf("“%s” was kept with eight decimals.", cell))
		}
		out[i].ExactE8, out[i].Cents = v.E8, salon.LineHalfUp.Cents(v.E8)
	}
	return out, nil
}

// resolveItems decides what each text on a receipt means, and makes inactive
// records of what no list knows.
func (im *importer) resolveItems() {
	sums, first := map[string]textSum{}, map[string]int{}
	for _, s := range im.b.Sales {
		for _, l := range s.Lines {
			sum := sums[l.Text]
			sum.all += l.NetCents
			if s.Day[:4] == im.b.AsOf[:4] {
				sum.year += l.NetCents
			}
			sums[l.Text] = sum
			if first[l.Text] == 0 || l.Line < first[l.Text] {
				first[l.Text] = l.Line
			}
		}
	}
	texts := make([]string, 0, len(sums))
	for text := range sums {
		texts = append(texts, text)
	}
	slices.Sort(texts) // made records must not depend on the order of a map
	for _, text := range texts {
		im.named[text] = im.meaning(text, sums[text], first[text])
	}
	for i := range im.b.Sales {
		for j := range im.b.Sales[i].Lines {
			l := &im.b.Sales[i].Lines[j]
			it := im.named[l.Text]
			l.Service, l.Product = it.service, it.product
			l.Kind = lineKind(l, it)
			if strings.TrimSpace(l.Text) == "" {
				im.reportSort("the line has no description", im.files[receiptList], l.Line, "Description",
					fmt.Sprintf("The line has no description; it counts for “%s”.", cmp.Or(it.product, it.service)))
			}
		}
	}
}

// textSum is what all lines with one text come to.
type textSum struct{ all, year int64 }

// proves tells whether the product list's sales of the year are these.
func (s textSum) proves(c productCheck) bool {
	return c.hasYTD && (c.ytd.E8 == s.all*e8Cent || c.ytd.E8 == s.year*e8Cent)
}

// meaning decides for one text: the exact name of a service or product; where
// it is the name of both, the product whose sales of the year prove it, else
// the service; then a code; then a new record.
func (im *importer) meaning(text string, sum textSum, line int) item {
	t := im.files[receiptList]
	plain := strings.TrimSpace(text)
	if plain == "" {
		return im.wordless()
	}
	it := im.named[text]
	if !it.isService && !it.isProduct {
		it = im.named[plain]
	}
	switch {
	case it.isService && it.isProduct:
		if c := im.stock[it.product]; sum.all != 0 && sum.proves(c) {
			im.reportAt(t, line, "Description", fmt.Sprintf("“%s” is a service and a product; the product's sales of the year prove that it is the product.", plain))
			return item{product: it.product, isProduct: true}
		}
		im.reportAt(t, line, "Description", fmt.Sprintf("“%s” is a service and a product; it counts for the service.", plain))
		return item{service: it.service, isService: true}
	case it.isService || it.isProduct:
		return it
	}
	if _, ok := im.services[plain]; ok {
		im.reportAt(t, line, "Description", fmt.Sprintf("“%s” is no name; it counts for the service with this code.", plain))
		return item{service: plain, isService: true}
	}
	if _, ok := im.products[plain]; ok {
		im.reportAt(t, line, "Description", fmt.Sprintf("“%s” is no name; it counts for the product with this code.", plain))
		return item{product: plain, isProduct: true}
	}
	return im.makeItem(text, line)
}

// makeItem makes a record for a name no list knows. Retail lists lose what is
// sold out, service lists hardly ever lose a service: it becomes a product,
// unless there is a product list and no service list.
func (im *importer) makeItem(text string, line int) item {
	t, code := im.files[receiptList], im.word(strings.TrimSpace(text))
	if im.files[serviceList] == nil && im.files[productList] != nil {
		im.reportAt(t, line, "Description", fmt.Sprintf("“%s” is in no list; an inactive service was made.", code))
		im.makeService(code, text)
		return item{service: code, isService: true}
	}
	im.reportAt(t, line, "Description", fmt.Sprintf("“%s” is in no list; an inactive product was made.", code))
	im.makeProduct(code, text)
	return item{product: code, isProduct: true}
}

func (im *importer) makeProduct(sku, name string) {
	im.products[sku] = len(im.b.Products)
	im.b.Products = append(im.b.Products, salon.Product{SKU: sku, Name: name})
}

// wordless is what a receipt without a description sold: the one product that
// has no description either, else MISC.
func (im *importer) wordless() item {
	var unnamed []string
	for sku, c := range im.stock {
		if c.unnamed {
			unnamed = append(unnamed, sku)
		}
	}
	if len(unnamed) == 1 {
		return item{product: unnamed[0], isProduct: true}
	}
	if _, ok := im.products[fallbackItem]; ok {
		return item{product: fallbackItem, isProduct: true}
	}
	if _, ok := im.services[fallbackItem]; ok {
		return item{service: fallbackItem, isService: true}
	}
	im.makeProduct(fallbackItem, fallbackItem)
	return item{product: fallbackItem, isProduct: true}
}

// lineKind: a negative quantity is something brought back, a negative amount a
// package or voucher used up.
func lineKind(l *salon.BatchLine, it item) salon.LineKind {
	switch {
	case l.QuantityE3 < 0:
		return salon.ReturnLine
	case l.NetCents < 0:
		return salon.RedemptionLine
	case it.isProduct:
		return salon.ProductLine
	}
	return salon.ServiceLine
}

// settleSales puts lines in one order and gives receipts that share a number
// numbers of their own.
func (im *importer) settleSales() {
	earliest := map[string]salon.Day{}
	for _, s := range im.b.Sales {
		if d, ok := earliest[s.Number]; !ok || s.Day < d {
			earliest[s.Number] = s.Day
		}
	}
	for i := range im.b.Sales {
		s := &im.b.Sales[i]
		slices.SortStableFunc(s.Lines, compareLines)
		if s.Day != earliest[s.Number] {
			im.reportSort("a receipt number is used on another day", im.files[receiptList], s.Lines[0].Line, "Receipt",
				fmt.Sprintf("Receipt %s is on %s and on %s; this part is stored as “%s of %s”.", s.Number, earliest[s.Number], s.Day, s.Number, s.Day))
			s.Number = fmt.Sprintf("%s of %s", s.Number, s.Day)
		}
	}
}

// compareLines orders lines by all that is stored of them: what the order of
// the file was is not known when it went through a spreadsheet.
func compareLines(x, y salon.BatchLine) int {
	by := cmp.Or(cmp.Compare(x.Text, y.Text), cmp.Compare(x.Client, y.Client), cmp.Compare(x.Staff, y.Staff),
		cmp.Compare(x.QuantityE3, y.QuantityE3), cmp.Compare(x.NetCents, y.NetCents))
	for i := 0; by == 0 && i < len(x.Taxes); i++ {
		by = cmp.Compare(x.Taxes[i].ExactE8, y.Taxes[i].ExactE8)
	}
	return by
}
