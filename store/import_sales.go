package store

import (
	"fmt"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// methodImported is the payment made up for a sale whose old program exported
// no payments.
const methodImported = "imported"

// lineCols are the columns of a receipt line that an import compares.
var lineCols = []string{"kind", "service_id", "product_id", "text", "client_id", "walk_in", "staff_id", "quantity_e3", "net_cents"}

// soldLine is one line of a receipt, as it is stored or as it is to be.
type soldLine struct {
	id    string
	vals  []any // lineCols
	taxes []soldTax
}

type soldTax struct {
	id, tax      string // of the row, and of the tax it is
	cents, exact int64
}

// of is what the line has of one tax; ok is false when it has none.
func (l *soldLine) of(tax string) (t soldTax, ok bool) {
	i := slices.IndexFunc(l.taxes, func(t soldTax) bool { return t.tax == tax })
	if i < 0 {
		return soldTax{}, false
	}
	return l.taxes[i], true
}

// same counts in how many fields two lines agree; whole tells that it is all.
func (l *soldLine) same(o *soldLine) (n int, whole bool) {
	whole = len(l.taxes) == len(o.taxes)
	for i := range l.vals {
		if l.vals[i] == o.vals[i] {
			n++
		} else {
			whole = false
		}
	}
	for _, t := range l.taxes {
		if ot, ok := o.of(t.tax); ok && ot.cents == t.cents && ot.exact == t.exact {
			n++
		} else {
			whole = false
		}
	}
	return n, whole
}

// sign is a line as text: equal lines sign alike.
func (l *soldLine) sign() string {
	var b strings.Builder
	for _, v := range l.vals {
		fmt.Fprintf(&b, "%v\x00", v)
	}
	for _, t := range slices.SortedFunc(slices.Values(l.taxes), func(x, y soldTax) int { return strings.Compare(x.tax, y.tax) }) {
		fmt.Fprintf(&b, "%s=%d\x00", t.tax, t.exact)
	}
	return b.String()
}

func signAll(day string, lines []*soldLine) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.sign())
	}
	slices.Sort(all)
	return day + "\n" + strings.Join(all, "\n")
}

// payment is the made-up payment of one sale.
type payment struct {
	id    string
	cents int64
}

// sales is what putSales works on.
type sales struct {
	im       *importing
	shelf    *shelf
	lines    map[string][]*soldLine // sale id -> stored lines
	payments map[string]payment
	count    int // index of the lines' count
}

func (im *importing) putSales() error {
	s, err := im.shelf("sale", "series", "number", "day", "client_id", "tax_rule")
	if err != nil {
		return err
	}
	p := &sales{im: im, shelf: s, count: len(im.counts)}
	im.counts = append(im.counts, salon.ImportCount{Kind: "sale_line"})
	if err := p.load(); err != nil {
		return err
	}
	var keys []string
	for _, sale := range im.b.Sales {
		keys = append(keys, sale.Number)
	}
	s.alike(keys, func(k *known) string { return signAll(k.vals[2].(string), p.lines[k.id]) }, func(i int) string {
		lines, err := im.wanted(im.b.Sales[i])
		if err != nil {
			return "" // said when the sale is stored
		}
		return signAll(string(im.b.Sales[i].Day), lines)
	})
	for _, sale := range im.b.Sales {
		lines, err := im.wanted(sale)
		if err == nil {
			err = p.put(sale, lines)
		}
		if err != nil {
			return fmt.Errorf("receipt %s: %w", sale.Number, err)
		}
	}
	if n := s.left(); n > 0 {
		im.note("Receipts of an earlier import that are not in these files were left as they are: %d.", n)
	}
	if len(im.b.Sales) > 0 {
		im.note("The old program exported no payments. Each sale has one made-up payment called “%s” over its whole amount with taxes.", methodImported)
	}
	return nil
}

// wanted are the lines of one sale as they are to be stored.
func (im *importing) wanted(sale salon.BatchSale) ([]*soldLine, error) {
	if len(sale.Lines) == 0 {
		return nil, fmt.Errorf("no lines")
	}
	out := make([]*soldLine, len(sale.Lines))
	for i, l := range sale.Lines {
		var err error
		if out[i], err = im.line(l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// line turns a line of the batch into what is stored.
func (im *importing) line(l salon.BatchLine) (*soldLine, error) {
	staff, service, product, client := im.staff[l.Staff], im.services[l.Service], im.products[l.Product], im.clients[l.Client]
	if staff == "" || (l.Service != "" && service == "") || (l.Product != "" && product == "") || (l.Client != "" && client == "") {
		return nil, fmt.Errorf("line %d names staff %q, service %q, product %q or client %q that the batch has not", l.Line, l.Staff, l.Service, l.Product, l.Client)
	}
	out := &soldLine{vals: []any{string(l.Kind), ref(service), ref(product), l.Text, ref(client), bit(l.WalkIn), staff, l.QuantityE3, l.NetCents},
		taxes: make([]soldTax, len(l.Taxes))}
	for i, t := range l.Taxes {
		out.taxes[i] = soldTax{tax: im.taxes[i], cents: t.Cents, exact: t.ExactE8}
	}
	return out, nil
}

// load reads what is stored of the receipts of this source.
func (p *sales) load() error {
	p.lines, p.payments = map[string][]*soldLine{}, map[string]payment{}
	if len(p.shelf.known) == 0 {
		return nil
	}
	byID := map[string]*soldLine{}
	lo, hi := p.im.b.Source+":", p.im.b.Source+";"
	rows, err := p.im.tx.QueryContext(p.im.tx.ctx, `SELECT l.sale_id, l.id, l.`+strings.Join(lineCols, ", l.")+`
		FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.deleted = 0 AND l.deleted = 0 AND s.origin >= ? AND s.origin < ? ORDER BY l.sale_id, l.pos, l.id`, lo, hi)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		l := &soldLine{vals: make([]any, len(lineCols))}
		var sale string
		into := []any{&sale, &l.id}
		for i := range l.vals {
			into = append(into, &l.vals[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		p.lines[sale], byID[l.id] = append(p.lines[sale], l), l
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := p.loadTaxes(byID, lo, hi); err != nil {
		return err
	}
	return p.loadPayments(lo, hi)
}

func (p *sales) loadTaxes(lines map[string]*soldLine, lo, hi string) error {
	rows, err := p.im.tx.QueryContext(p.im.tx.ctx, `SELECT x.line_id, x.tax_id, x.id, x.cents, x.exact_e8
		FROM sale s JOIN sale_line l ON l.sale_id = s.id JOIN sale_tax x ON x.line_id = l.id
		WHERE s.deleted = 0 AND l.deleted = 0 AND x.deleted = 0 AND s.origin >= ? AND s.origin < ?`, lo, hi)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		var t soldTax
		if err := rows.Scan(&line, &t.tax, &t.id, &t.cents, &t.exact); err != nil {
			return err
		}
		lines[line].taxes = append(lines[line].taxes, t)
	}
	return rows.Err()
}

func (p *sales) loadPayments(lo, hi string) error {
	rows, err := p.im.tx.QueryContext(p.im.tx.ctx, `SELECT s.id, y.id, y.cents FROM sale s JOIN payment y ON y.sale_id = s.id
		WHERE s.deleted = 0 AND y.deleted = 0 AND y.method = ? AND s.origin >= ? AND s.origin < ?`, methodImported, lo, hi)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sale string
		var y payment
		if err := rows.Scan(&sale, &y.id, &y.cents); err != nil {
			return err
		}
		p.payments[sale] = y
	}
	return rows.Err()
}

// put stores one receipt. Its client is the one of all its lines, and nobody
// when the lines differ: families share a receipt.
func (p *sales) put(sale salon.BatchSale, wanted []*soldLine) error {
	client, gross := wanted[0].vals[4], int64(0)
	for _, l := range wanted {
		if l.vals[4] != client {
			client = nil
		}
		gross += l.vals[8].(int64)
		for _, t := range l.taxes {
			gross += t.cents
		}
	}
	k := p.shelf.known[sale.Number]
	id, err := p.shelf.put(sale.Number, []any{p.im.b.Source, sale.Number, string(sale.Day), client, string(salon.LineHalfUp)}, map[string]bool{"client_id": true})
	if err != nil {
		return err
	}
	if k != nil && k.vals[3] != client { // follows from the lines, and is no change of its own
		if err := p.im.tx.exec(`UPDATE sale SET client_id = ?, version = version + 1 WHERE id = ?`, client, id); err != nil {
			return err
		}
	}
	if err := p.putLines(id, wanted); err != nil {
		return err
	}
	y, paid := p.payments[id]
	switch {
	case !paid:
		return p.im.insert("payment", []string{"sale_id", "method", "cents"}, newID(), id, methodImported, gross)
	case y.cents != gross:
		return p.im.tx.exec(`UPDATE payment SET cents = ?, version = version + 1 WHERE id = ?`, gross, y.id)
	}
	return nil
}

// putLines makes a receipt's stored lines those of the batch. Lines that are
// wholly alike are the same line; of the others, those that agree most are one
// line before and after a correction.
func (p *sales) putLines(sale string, wanted []*soldLine) error {
	left := slices.Clone(p.lines[sale])
	count := &p.im.counts[p.count]
	var open []*soldLine
	for _, w := range wanted {
		i := slices.IndexFunc(left, func(l *soldLine) bool { _, whole := l.same(w); return whole })
		if i < 0 {
			open = append(open, w)
			continue
		}
		left = slices.Delete(left, i, i+1)
		count.Unchanged++
	}
	pos := len(p.lines[sale])
	for _, w := range open {
		best, at := 0, -1
		for i, l := range left {
			if n, _ := l.same(w); n > best {
				best, at = n, i
			}
		}
		if at < 0 {
			if err := p.insertLine(sale, pos, w); err != nil {
				return err
			}
			pos++
			count.New++
			continue
		}
		if err := p.updateLine(left[at], w); err != nil {
			return err
		}
		left = slices.Delete(left, at, at+1)
		count.Changed++
	}
	for _, l := range left {
		if err := p.dropLine(l); err != nil {
			return err
		}
		count.Changed++
	}
	return nil
}

func (p *sales) insertLine(sale string, pos int, l *soldLine) error {
	id := newID()
	if err := p.im.insert("sale_line", append([]string{"sale_id", "pos"}, lineCols...), id, append([]any{sale, pos}, l.vals...)...); err != nil {
		return err
	}
	for _, t := range l.taxes {
		if err := p.im.insertTax(id, t); err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) insertTax(line string, t soldTax) error {
	return im.insert("sale_tax", []string{"line_id", "tax_id", "cents", "exact_e8"}, newID(), line, t.tax, t.cents, t.exact)
}

func (p *sales) updateLine(old, now *soldLine) error {
	var set []string
	var args []any
	for i, c := range lineCols {
		if old.vals[i] != now.vals[i] {
			set, args = append(set, c+" = ?"), append(args, now.vals[i])
		}
	}
	if set != nil {
		if err := p.im.tx.exec(`UPDATE sale_line SET `+strings.Join(set, ", ")+`, version = version + 1 WHERE id = ?`, append(args, old.id)...); err != nil {
			return err
		}
	}
	for _, t := range now.taxes {
		was, ok := old.of(t.tax)
		var err error
		switch {
		case !ok:
			err = p.im.insertTax(old.id, t)
		case was.cents != t.cents || was.exact != t.exact:
			err = p.im.tx.exec(`UPDATE sale_tax SET cents = ?, exact_e8 = ?, version = version + 1 WHERE id = ?`, t.cents, t.exact, was.id)
		}
		if err != nil {
			return err
		}
	}
	for _, t := range old.taxes {
		if _, still := now.of(t.tax); !still {
			if err := p.im.tx.exec(`UPDATE sale_tax SET deleted = 1, version = version + 1 WHERE id = ?`, t.id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *sales) dropLine(l *soldLine) error {
	for _, t := range l.taxes {
		if err := p.im.tx.exec(`UPDATE sale_tax SET deleted = 1, version = version + 1 WHERE id = ?`, t.id); err != nil {
			return err
		}
	}
	return p.im.tx.exec(`UPDATE sale_line SET deleted = 1, version = version + 1 WHERE id = ?`, l.id)
}
