package store

import (
	"context"
	"fmt"

	"salonkeep/store/salon"
)

// Services are what the salon does, by category and name, active ones first.
func (sc *Scope) Services(ctx context.Context) ([]salon.Service, error) {
	if err := sc.may(ctx, salon.ViewCatalogue); err != nil {
		return nil, err
	}
	rows, err := sc.s.r.QueryContext(ctx, `SELECT id, version, code, name, category, price_cents, no_fixed_price, charge_cents, minutes, minutes_assumed, active
		FROM service WHERE deleted = 0 ORDER BY active DESC, category, name COLLATE NOCASE, id`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list services: %w", err))
	}
	defer rows.Close()
	var out []salon.Service
	for rows.Next() {
		var v salon.Service
		if err := rows.Scan(&v.ID, &v.Version, &v.Code, &v.Name, &v.Category, &v.PriceCents, &v.NoFixedPrice, &v.ProductChargeCents, &v.Minutes, &v.MinutesAssumed, &v.Active); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Products are what the salon sells, with what is on the shelf. The cost is
// for whose role shows it.
func (sc *Scope) Products(ctx context.Context) ([]salon.Product, error) {
	if err := sc.may(ctx, salon.ViewCatalogue); err != nil {
		return nil, err
	}
	rows, err := sc.s.r.QueryContext(ctx, `SELECT p.id, p.version, p.sku, p.name, p.supplier, p.brand, p.category, p.price_cents, p.cost_milli,
			(SELECT coalesce(sum(m.quantity), 0) FROM stock_move m WHERE m.product_id = p.id AND m.deleted = 0),
			p.reorder_min, p.reorder_max, p.active
		FROM product p WHERE p.deleted = 0 ORDER BY p.active DESC, p.name COLLATE NOCASE, p.id`)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list products: %w", err))
	}
	defer rows.Close()
	var out []salon.Product
	for rows.Next() {
		var p salon.Product
		if err := rows.Scan(&p.ID, &p.Version, &p.SKU, &p.Name, &p.Supplier, &p.Brand, &p.Category, &p.PriceCents, &p.CostMilli, &p.Stock, &p.ReorderMin, &p.ReorderMax, &p.Active); err != nil {
			return nil, err
		}
		if sc.Shows(salon.Cost) != salon.Visible {
			p.CostMilli = 0
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
