package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// Sales are up to n receipts from index start, newest first, whose number or
// client holds text, between two days inclusive ("" is open).
func (sc *Scope) Sales(ctx context.Context, text string, from, to salon.Day, start, n int) (salon.Page[salon.SaleRow], error) {
	page := salon.Page[salon.SaleRow]{From: start}
	if err := sc.may(ctx, salon.ViewSales); err != nil {
		return page, err
	}
	reach, args := sc.saleReach()
	where := []string{reach}
	if from != "" {
		where, args = append(where, "s.day >= ?"), append(args, from)
	}
	if to != "" {
		where, args = append(where, "s.day <= ?"), append(args, to)
	}
	if text = strings.TrimSpace(text); text != "" {
		like := "%" + escapeLike(text) + "%"
		where = append(where, `(s.number LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM sale_line l JOIN client c ON c.id = l.client_id
			WHERE l.sale_id = s.id AND (c.name LIKE ? ESCAPE '\' OR c.code LIKE ? ESCAPE '\')))`)
		args = append(args, like, like, like)
	}
	cond := strings.Join(where, " AND ")
	if err := sc.s.r.QueryRowContext(ctx, `SELECT count(*) FROM sale s WHERE `+cond, args...).Scan(&page.Total); err != nil {
		return page, asSalonError(fmt.Errorf("count receipts: %w", err))
	}
	var err error
	page.Rows, err = sc.saleRows(ctx, cond, n, start, args...)
	return page, err
}

// saleReach is the condition that keeps a person to the receipts they may see,
// as SQL over s and its arguments.
func (sc *Scope) saleReach() (string, []any) {
	if sc.grants[salon.ViewSales].Reach == salon.All {
		return "s.deleted = 0", nil
	}
	return "s.deleted = 0 AND EXISTS (SELECT 1 FROM sale_line o WHERE o.sale_id = s.id AND o.staff_id = ? AND o.deleted = 0)", []any{sc.who.StaffID}
}

// saleRows are receipts under a condition over s, newest first. The caller has
// asked whether this person may see receipts at all.
func (sc *Scope) saleRows(ctx context.Context, cond string, n, start int, args ...any) ([]salon.SaleRow, error) {
	reach, reachArgs := sc.saleReach()
	args = append(reachArgs, args...)
	rows, err := sc.s.r.QueryContext(ctx, `SELECT s.id, s.number, s.day,
			coalesce((SELECT group_concat(name, ', ') FROM (SELECT DISTINCT c.name FROM sale_line l JOIN client c ON c.id = l.client_id WHERE l.sale_id = s.id AND l.deleted = 0 ORDER BY c.name)), ''),
			coalesce((SELECT group_concat(name, ', ') FROM (SELECT DISTINCT st.name FROM sale_line l JOIN staff st ON st.id = l.staff_id WHERE l.sale_id = s.id AND l.deleted = 0 ORDER BY st.name)), ''),
			(SELECT count(*) FROM sale_line l WHERE l.sale_id = s.id AND l.deleted = 0),
			(SELECT coalesce(sum(l.net_cents), 0) FROM sale_line l WHERE l.sale_id = s.id AND l.deleted = 0),
			(SELECT coalesce(sum(t.cents), 0) FROM sale_line l JOIN sale_tax t ON t.line_id = l.id WHERE l.sale_id = s.id AND l.deleted = 0 AND t.deleted = 0)
		FROM sale s WHERE `+reach+` AND `+cond+` ORDER BY s.day DESC, length(s.number) DESC, s.number DESC, s.id LIMIT ? OFFSET ?`, append(args, n, start)...)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("list receipts: %w", err))
	}
	defer rows.Close()
	var out []salon.SaleRow
	for rows.Next() {
		var r salon.SaleRow
		if err := rows.Scan(&r.ID, &r.Number, &r.Day, &r.Clients, &r.Staff, &r.Lines, &r.NetCents, &r.TaxCents); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Sale is one receipt with everything on it.
func (sc *Scope) Sale(ctx context.Context, id string) (salon.Sale, error) {
	var sale salon.Sale
	if err := sc.may(ctx, salon.ViewSales); err != nil {
		return sale, err
	}
	rows, err := sc.saleRows(ctx, `s.id = ?`, 1, 0, id)
	if err != nil {
		return sale, err
	}
	if len(rows) == 0 {
		return sale, missing("receipt")
	}
	sale.SaleRow = rows[0]
	var origin sql.NullString
	if err := sc.s.r.QueryRowContext(ctx, `SELECT tax_rule, origin FROM sale WHERE id = ?`, id).Scan(&sale.Rule, &origin); err != nil {
		return sale, asSalonError(err)
	}
	sale.Imported = origin.Valid
	if err := sc.saleItems(ctx, &sale); err != nil {
		return sale, err
	}
	if err := sc.salePayments(ctx, &sale); err != nil {
		return sale, err
	}
	sale.Notes, err = sc.notes(ctx, "sale", id)
	return sale, err
}

func (sc *Scope) saleItems(ctx context.Context, sale *salon.Sale) error {
	rows, err := sc.s.r.QueryContext(ctx, `SELECT l.id, l.kind, coalesce(v.name, ''), coalesce(p.name, ''), l.text, coalesce(c.id, ''), coalesce(c.name, ''), l.walk_in,
			st.name, l.quantity_e3, l.net_cents, t.name, x.cents, x.exact_e8
		FROM sale_line l JOIN staff st ON st.id = l.staff_id
		LEFT JOIN service v ON v.id = l.service_id LEFT JOIN product p ON p.id = l.product_id LEFT JOIN client c ON c.id = l.client_id
		LEFT JOIN sale_tax x ON x.line_id = l.id AND x.deleted = 0 LEFT JOIN tax t ON t.id = x.tax_id
		WHERE l.sale_id = ? AND l.deleted = 0 ORDER BY l.pos, l.id, t.sort, t.id`, sale.ID)
	if err != nil {
		return asSalonError(fmt.Errorf("read receipt lines: %w", err))
	}
	defer rows.Close()
	sums := map[string]int{}
	for rows.Next() {
		var l salon.SaleLine
		var tax sql.NullString
		var cents, exact sql.NullInt64
		if err := rows.Scan(&l.ID, &l.Kind, &l.Service, &l.Product, &l.Text, &l.ClientID, &l.Client, &l.WalkIn, &l.Staff, &l.QuantityE3, &l.NetCents, &tax, &cents, &exact); err != nil {
			return err
		}
		if n := len(sale.Items); n == 0 || sale.Items[n-1].ID != l.ID {
			sale.Items = append(sale.Items, l)
		}
		if !tax.Valid {
			continue
		}
		amount := salon.TaxAmount{Name: tax.String, Cents: cents.Int64, ExactE8: exact.Int64}
		line := &sale.Items[len(sale.Items)-1]
		line.Taxes = append(line.Taxes, amount)
		i, ok := sums[amount.Name]
		if !ok {
			i = len(sale.Taxes)
			sums[amount.Name] = i
			sale.Taxes = append(sale.Taxes, salon.TaxAmount{Name: amount.Name})
		}
		sale.Taxes[i].Cents += amount.Cents
		sale.Taxes[i].ExactE8 += amount.ExactE8
	}
	return rows.Err()
}

func (sc *Scope) salePayments(ctx context.Context, sale *salon.Sale) error {
	rows, err := sc.s.r.QueryContext(ctx, `SELECT method, cents FROM payment WHERE sale_id = ? AND deleted = 0 ORDER BY id`, sale.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return asSalonError(fmt.Errorf("read payments: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var p salon.Payment
		if err := rows.Scan(&p.Method, &p.Cents); err != nil {
			return err
		}
		sale.Payments = append(sale.Payments, p)
	}
	return rows.Err()
}
