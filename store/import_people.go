package store

import (
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// putTaxes finds the salon's taxes by name. One the salon does not have yet is
// added with the rate the files show.
func (im *importing) putTaxes() error {
	have, err := taxes(im.tx.ctx, im.tx)
	if err != nil {
		return err
	}
	var added []string
next:
	for _, t := range im.b.Taxes {
		for _, h := range have {
			if !strings.EqualFold(h.Name, t.Name) {
				continue
			}
			if t.RateE6 != 0 && t.RateE6 != h.RateE6 {
				im.note("%s is %s %% in the files and %s %% in the salon's settings. The receipts keep what was charged.", t.Name, percent(t.RateE6), percent(h.RateE6))
			}
			im.taxes = append(im.taxes, h.ID)
			continue next
		}
		id := newID()
		if err := im.tx.exec(`INSERT INTO tax (id, name, rate_e6, sort, branch_id) VALUES (?,?,?,(SELECT coalesce(max(sort), 0) + 1 FROM tax),?)`, id, t.Name, t.RateE6, im.tx.branch); err != nil {
			return err
		}
		im.taxes = append(im.taxes, id)
		added = append(added, fmt.Sprintf("%s %s %%", t.Name, percent(t.RateE6)))
	}
	im.counts = append(im.counts, salon.ImportCount{Kind: "tax", New: len(added), Unchanged: len(im.b.Taxes) - len(added)})
	if len(added) > 0 {
		im.note("Taxes added to the salon's settings: %s.", strings.Join(added, ", "))
	}
	if len(im.b.Taxes) > 0 {
		im.note("Taxes are rounded to cents line by line, halves away from zero (%s); the exact amounts are kept beside.", salon.LineHalfUp)
	}
	return nil
}

func percent(rateE6 int64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%04d", rateE6/10_000, rateE6%10_000), "0"), ".")
}

// putStaff stores who works here. Users of the old program who do nothing but
// cancel stay names on what they cancelled.
func (im *importing) putStaff() error {
	s, err := im.shelf("staff", "code", "name", "person", "performs")
	if err != nil {
		return err
	}
	if err := im.adoptStaff(s); err != nil {
		return err
	}
	var users []string
	for _, p := range im.b.Staff {
		if !p.Performs {
			users = append(users, p.Code)
			continue
		}
		unsaid := map[string]bool{"name": p.Name == p.Code}
		if im.staff[p.Code], err = s.put(p.Code, []any{p.Code, p.Name, bit(p.Person), bit(p.Performs)}, unsaid); err != nil {
			return fmt.Errorf("%s: %w", p.Code, err)
		}
	}
	if len(users) > 0 {
		im.note("Users of the old program who are no staff, kept as names on what they cancelled: %s.", strings.Join(users, ", "))
	}
	return nil
}

// adoptStaff takes people who were added here before the import for those of
// the import: by the code they have in the old program, or, where nobody gave
// them one, by their name.
func (im *importing) adoptStaff(s *shelf) error {
	rows, err := im.tx.QueryContext(im.tx.ctx, `SELECT id, code, name, person, performs FROM staff WHERE deleted = 0 AND origin IS NULL ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	byName := map[string]*known{}
	for rows.Next() {
		k := &known{vals: make([]any, 4)}
		var code, name string
		if err := rows.Scan(&k.id, &code, &name, &k.vals[2], &k.vals[3]); err != nil {
			return err
		}
		k.vals[0], k.vals[1] = code, name
		switch {
		case code == "":
			byName[strings.ToLower(name)] = k
		case s.known[code] == nil:
			s.known[code] = k
		}
	}
	for _, p := range im.b.Staff {
		if k := byName[strings.ToLower(p.Name)]; k != nil && s.known[p.Code] == nil && p.Performs {
			s.known[p.Code] = k
		}
	}
	return rows.Err()
}

func (im *importing) putServices() error {
	s, err := im.shelf("service", "code", "name", "category", "price_cents", "no_fixed_price", "charge_cents", "minutes", "minutes_assumed", "active")
	if err != nil {
		return err
	}
	var codes []string
	for _, v := range im.b.Services {
		codes = append(codes, v.Code)
	}
	s.alike(codes, func(k *known) string { return fmt.Sprint(k.vals[1]) }, func(i int) string { return im.b.Services[i].Name })
	assumed := 0
	for _, v := range im.b.Services {
		if v.Minutes == 0 {
			v.Minutes, v.MinutesAssumed = 30, true
		}
		if v.MinutesAssumed {
			assumed++
		}
		id, err := s.put(v.Code, []any{v.Code, v.Name, v.Category, v.PriceCents, bit(v.NoFixedPrice), v.ProductChargeCents, int64(v.Minutes), bit(v.MinutesAssumed), bit(v.Active)},
			map[string]bool{"minutes": v.MinutesAssumed, "minutes_assumed": v.MinutesAssumed})
		if err != nil {
			return fmt.Errorf("%s: %w", v.Code, err)
		}
		im.services[v.Code] = id
	}
	if assumed > 0 {
		im.note("The old program recorded no durations. The lengths of %d services are assumed from how its bookings follow each other, and marked so.", assumed)
	}
	return im.loadMinutes()
}

func (im *importing) loadMinutes() error {
	rows, err := im.tx.QueryContext(im.tx.ctx, `SELECT id, minutes FROM service`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var m int64
		if err := rows.Scan(&id, &m); err != nil {
			return err
		}
		im.minutes[id] = m
	}
	return rows.Err()
}

func (im *importing) putProducts() error {
	s, err := im.shelf("product", "sku", "name", "supplier", "brand", "category", "price_cents", "cost_milli", "reorder_min", "reorder_max", "active")
	if err != nil {
		return err
	}
	opening, err := im.openings()
	if err != nil {
		return err
	}
	var skus []string
	for _, p := range im.b.Products {
		skus = append(skus, p.SKU)
	}
	s.alike(skus, func(k *known) string { return fmt.Sprint(k.vals[1]) }, func(i int) string { return im.b.Products[i].Name })
	for _, p := range im.b.Products {
		before := *s.counted()
		id, err := s.put(p.SKU, []any{p.SKU, p.Name, p.Supplier, p.Brand, p.Category, p.PriceCents, p.CostMilli, p.ReorderMin, p.ReorderMax, bit(p.Active)}, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", p.SKU, err)
		}
		im.products[p.SKU] = id
		if by := p.Stock - opening[id]; by != 0 {
			if err := im.tx.exec(`INSERT INTO stock_move (id, product_id, quantity, kind, day, branch_id) VALUES (?,?,?,'opening',?,?)`, newID(), id, by, im.b.AsOf, im.tx.branch); err != nil {
				return err
			}
			if c := s.counted(); c.Unchanged > before.Unchanged {
				c.Unchanged--
				c.Changed++
			}
		}
	}
	return nil
}

// openings are the opening balances stored so far. A corrected balance is
// another movement, not another number: the shelf is a sum.
func (im *importing) openings() (map[string]int64, error) {
	rows, err := im.tx.QueryContext(im.tx.ctx, `SELECT product_id, sum(quantity) FROM stock_move WHERE kind = 'opening' AND deleted = 0 GROUP BY product_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var id string
		var n int64
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		out[id] = n
	}
	return out, rows.Err()
}

func (im *importing) putClients() error {
	s, err := im.shelf("client", "code", "name", "phone", "email", "note", "since")
	if err != nil {
		return err
	}
	unnamed, unread := 0, 0
	for _, c := range im.b.Clients {
		phone, ok := NormalPhone(c.Phone, im.country)
		if !ok {
			unread++
		}
		if c.Name == c.Code {
			unnamed++
		}
		id, err := s.put(c.Code, []any{c.Code, c.Name, phone, c.Email, c.Note, string(c.Since)},
			map[string]bool{"name": c.Name == c.Code, "phone": c.Phone == "", "email": c.Email == "", "note": c.Note == "", "since": c.Since == ""})
		if err != nil {
			return fmt.Errorf("%s: %w", c.Code, err)
		}
		im.clients[c.Code] = id
	}
	if unnamed > 0 {
		im.note("Clients whose name the files do not say are called by their code: %d.", unnamed)
	}
	if unread > 0 {
		im.note("Phone numbers that could not be read are kept as they were written: %d.", unread)
	}
	return nil
}
