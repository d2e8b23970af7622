package ingest

import (
	"strings"

	"salonkeep/store/salon"
)

// item is what a text on a receipt can mean.
type item struct {
	service, product     string // codes, "" for none
	isService, isProduct bool
}

// productCheck is what the product list says that can be proved elsewhere.
type productCheck struct {
	line    int
	ytd     exact
	hasYTD  bool
	unnamed bool // no description: receipts that say nothing mean this one
}

// fallbackItem is where a receipt line without any words goes.
const fallbackItem = "MISC"

func (im *importer) readServices() error {
	lines := map[string]int{}
	return im.each(serviceList, func(r record) *refusal {
		code := r.text("code")
		if code == "" {
			return refuse(r.as("code"), "The service has no code, so no booking can mean it.")
		}
		if at := lines[code]; at > 0 {
			return refuse(r.as("code"), "The service “%s” is already on line %d.", code, at)
		}
		s := salon.Service{Code: code, Name: r.raw("desc"), Category: r.text("cate"), MinutesAssumed: true}
		var why *refusal
		if s.PriceCents, why = r.units("price", e8Cent, "the currency"); why != nil {
			return why
		}
		if s.ProductChargeCents, why = r.units("cost", e8Cent, "the currency"); why != nil {
			return why
		}
		if s.PriceCents < 0 || s.ProductChargeCents < 0 {
			return refuse(r.as("price"), "A service cannot have a price or cost below zero.")
		}
		s.NoFixedPrice = s.PriceCents == 0
		s.Active = r.yes("isactive")
		if strings.TrimSpace(s.Name) == "" {
			s.Name = code
			r.changed("desc", "The service has no description; its code “%s” serves as its name.", code)
		}
		lines[code] = r.Line
		im.services[code] = len(im.b.Services)
		im.b.Services = append(im.b.Services, s)
		if other := im.named[s.Name]; other.isService {
			r.reported("desc", "The services “%s” and “%s” have the same name; receipts with it count for the first of the two codes in the alphabet.", other.service, code)
		}
		im.nameService(s.Name, code)
		return nil
	})
}

func (im *importer) nameService(text, code string) {
	it := im.named[text]
	// Of two services with one name the one with the smaller code is meant,
	// so that the order of the rows decides nothing.
	if !it.isService || code < it.service {
		it.service, it.isService = code, true
	}
	im.named[text] = it
}

func (im *importer) nameProduct(text, sku string) {
	it := im.named[text]
	if !it.isProduct || sku < it.product {
		it.product, it.isProduct = sku, true
	}
	im.named[text] = it
}

func (im *importer) readProducts() error {
	lines := map[string]int{}
	return im.each(productList, func(r record) *refusal {
		sku := r.text("code")
		if sku == "" {
			return refuse(r.as("code"), "The product has no code.")
		}
		if at := lines[sku]; at > 0 {
			return refuse(r.as("code"), "The product “%s” is already on line %d.", sku, at)
		}
		p := salon.Product{SKU: sku, Name: r.raw("description"), Supplier: r.text("supplier"), Brand: r.text("brand"), Category: r.text("category")}
		for _, f := range []struct {
			col  string
			size int64
			what string
			to   *int64
		}{{"price", e8Cent, "the currency", &p.PriceCents}, {"cost", e8Milli, "a cost", &p.CostMilli}, {"onhand", e8, "a count", &p.Stock},
			{"minimum", e8, "a count", &p.ReorderMin}, {"maximum", e8, "a count", &p.ReorderMax}} {
			n, why := r.units(f.col, f.size, f.what)
			if why != nil {
				return why
			}
			*f.to = n
		}
		check, why := r.productCheck()
		if why != nil {
			return why
		}
		p.Active = r.yes("isactive")
		if r.has("package") && r.text("package") != "" && r.yes("package") {
			r.reported("package", "“%s” is a package in the old program; it is stored as an ordinary product.", sku)
		}
		if strings.TrimSpace(p.Name) == "" {
			check.unnamed = true
			p.Name = sku
			r.changed("description", "The product has no description; its code “%s” serves as its name.", sku)
		} else {
			if other := im.named[p.Name]; other.isProduct {
				r.reported("description", "The products “%s” and “%s” have the same name; receipts with it count for the first of the two codes in the alphabet.", other.product, sku)
			}
			im.nameProduct(p.Name, sku)
		}
		lines[sku] = r.Line
		im.products[sku] = len(im.b.Products)
		im.b.Products = append(im.b.Products, p)
		im.stock[sku] = check
		return nil
	})
}

// productCheck reads COG and YTD. They are proofs, not data: a wrong COG is
// reported here, YTD is compared with the receipts later.
func (r record) productCheck() (productCheck, *refusal) {
	ytd, noYTD, why := r.amount("ytd")
	if why != nil {
		return productCheck{}, why
	}
	cog, noCOG, why := r.amount("cog")
	if why != nil {
		return productCheck{}, why
	}
	cost, _, _ := r.amount("cost")
	count, _, _ := r.amount("onhand")
	if n, off := count.whole(e8); !noCOG && !off {
		// The product of both may have more decimals than the program wrote.
		value, fits := times(cost.E8, n)
		if !fits || abs(value-cog.E8) > e8Cent/2 {
			r.reported("cog", "Cost %s times %d on hand is not the %s given as cost of goods.", cost.text(), n, cog.text())
		}
	}
	return productCheck{line: r.Line, ytd: ytd, hasYTD: !noYTD}, nil
}

func times(a, b int64) (int64, bool) {
	p := a * b
	return p, a == 0 || (p/a == b && (a != -1 || b != -1<<63))
}

func abs(a int64) int64 {
	if a < 0 {
		return -a
	}
	return a
}

// readClients reads a list of clients, where a salon has one: the usual export
// knows clients by their codes alone.
func (im *importer) readClients() error {
	lines := map[string]int{}
	return im.each(clientList, func(r record) *refusal {
		code := r.text("code")
		if code == "" || heading(code) == heading(walkInCode) {
			return refuse(r.as("code"), "The client has no code of their own.")
		}
		if at := lines[code]; at > 0 {
			return refuse(r.as("code"), "The client “%s” is already on line %d.", code, at)
		}
		since := salon.Day("")
		if r.text("created") != "" {
			var why *refusal
			if since, why = r.day("created"); why != nil {
				return why
			}
		}
		lines[code] = r.Line
		im.client(code)
		c := &im.b.Clients[im.clients[code]]
		c.Name = strings.TrimSpace(r.text("firstname") + " " + r.text("lastname"))
		if c.Name == "" {
			c.Name = code
		}
		c.Phone, c.Email, c.Note, c.Since = r.text("mobile"), r.text("email"), r.text("notes"), since
		if c.Phone == "" {
			c.Phone = r.text("phone")
		}
		return nil
	})
}
