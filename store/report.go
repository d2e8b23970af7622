package store

import (
	"context"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// reportKeys are what a line belongs to in each report, as SQL over l (the
// line), s (the receipt) and the tables joined below, and which lines count.
var reportKeys = map[salon.ReportBy]struct{ key, only string }{
	salon.ByDay:     {key: "s.day", only: "1"},
	salon.ByMonth:   {key: "substr(s.day, 1, 7)", only: "1"},
	salon.ByStaff:   {key: "coalesce(nullif(st.code, ''), st.name)", only: "1"},
	salon.ByService: {key: "coalesce(nullif(v.code, ''), v.name)", only: "l.service_id IS NOT NULL"},
	salon.ByProduct: {key: "coalesce(nullif(p.sku, ''), p.name)", only: "l.product_id IS NOT NULL"},
	salon.ByClient:  {key: "CASE WHEN l.walk_in = 1 THEN 'WALK_IN' WHEN c.id IS NULL THEN '' ELSE coalesce(nullif(c.code, ''), c.name) END", only: "1"},
}

// Report sums the sale lines from one day to another, both included and ""
// open, in the order of their keys. Clients nobody knows have the key "",
// anonymous sales the key WALK_IN.
func (sc *Scope) Report(ctx context.Context, by salon.ReportBy, from, to salon.Day) (salon.Report, error) {
	if err := sc.may(ctx, salon.ViewReports); err != nil {
		return salon.Report{}, err
	}
	k, ok := reportKeys[by]
	if !ok {
		return salon.Report{}, salon.E(salon.Invalid, "There is no sales report by “%s”. Choose day, month, staff, service, product or client.", string(by))
	}
	for _, d := range []salon.Day{from, to} {
		if d == "" {
			continue
		}
		if _, err := salon.ParseDay(string(d)); err != nil {
			return salon.Report{}, err
		}
	}
	if from != "" && to != "" && from > to {
		return salon.Report{}, salon.E(salon.Invalid, "The report would end on %s, before it begins on %s.", string(to), string(from))
	}
	where, args := "s.deleted = 0 AND l.deleted = 0 AND "+k.only, []any{}
	if sc.grants[salon.ViewReports].Reach != salon.All {
		where, args = where+" AND l.staff_id = ?", append(args, sc.who.StaffID)
	}
	if from != "" {
		where, args = where+" AND s.day >= ?", append(args, from)
	}
	if to != "" {
		where, args = where+" AND s.day <= ?", append(args, to)
	}
	r := &reporting{sc: sc, key: k.key, where: where, args: args, at: map[string]int{}}
	r.out = salon.Report{By: by, From: from, To: to, Rule: salon.LineHalfUp, Rows: []salon.ReportRow{}}
	// One reading transaction, so that rows and taxes are of one moment.
	tx, err := sc.s.r.BeginTx(ctx, nil)
	if err != nil {
		return salon.Report{}, asSalonError(fmt.Errorf("begin report: %w", err))
	}
	defer tx.Rollback()
	if err := r.read(ctx, tx); err != nil {
		return salon.Report{}, asSalonError(fmt.Errorf("report by %s: %w", by, err))
	}
	return r.out, nil
}

type reporting struct {
	sc         *Scope
	key, where string
	args       []any
	out        salon.Report
	at         map[string]int // key -> row
}

const reportFrom = ` FROM sale s JOIN sale_line l ON l.sale_id = s.id
	LEFT JOIN staff st ON st.id = l.staff_id LEFT JOIN service v ON v.id = l.service_id
	LEFT JOIN product p ON p.id = l.product_id LEFT JOIN client c ON c.id = l.client_id `

func (r *reporting) read(ctx context.Context, q queryer) error {
	names, err := r.taxNames(ctx, q)
	if err != nil {
		return err
	}
	zero := func() []salon.TaxCents {
		t := make([]salon.TaxCents, len(names))
		for i, n := range names {
			t[i].Name = n
		}
		return t
	}
	rows, err := q.QueryContext(ctx, `SELECT `+r.key+` AS k, count(*), count(DISTINCT s.id), sum(l.net_cents)`+reportFrom+`WHERE `+r.where+` GROUP BY k ORDER BY k`, r.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.out.Total.Key, r.out.Total.Tax = "total", zero()
	for rows.Next() {
		row := salon.ReportRow{Tax: zero()}
		if err := rows.Scan(&row.Key, &row.Lines, &row.Receipts, &row.NetCents); err != nil {
			return err
		}
		r.at[row.Key] = len(r.out.Rows)
		r.out.Rows = append(r.out.Rows, row)
		r.out.Total.Lines += row.Lines
		r.out.Total.NetCents += row.NetCents
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := q.QueryRowContext(ctx, `SELECT count(DISTINCT s.id)`+reportFrom+`WHERE `+r.where, r.args...).Scan(&r.out.Total.Receipts); err != nil {
		return err
	}
	return r.readTaxes(ctx, q, names)
}

func (r *reporting) readTaxes(ctx context.Context, q queryer, names []string) error {
	at := map[string]int{}
	for i, n := range names {
		at[n] = i
	}
	from := strings.Replace(reportFrom, "LEFT JOIN staff", "JOIN sale_tax x ON x.line_id = l.id AND x.deleted = 0 JOIN tax t ON t.id = x.tax_id LEFT JOIN staff", 1)
	rows, err := q.QueryContext(ctx, `SELECT `+r.key+` AS k, t.name, sum(x.cents)`+from+`WHERE `+r.where+` GROUP BY k, t.name`, r.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, name string
		var cents int64
		if err := rows.Scan(&key, &name, &cents); err != nil {
			return err
		}
		r.out.Rows[r.at[key]].Tax[at[name]].Cents += cents
		r.out.Total.Tax[at[name]].Cents += cents
	}
	return rows.Err()
}

// taxNames are the salon's taxes and those its receipts carry, in their order.
func (r *reporting) taxNames(ctx context.Context, q queryer) ([]string, error) {
	return texts(ctx, q, `SELECT name FROM tax t WHERE t.deleted = 0 OR EXISTS (SELECT 1 FROM sale_tax x JOIN sale_line l ON l.id = x.line_id WHERE x.tax_id = t.id AND x.deleted = 0)
		GROUP BY name ORDER BY min(sort), min(id)`)
}
