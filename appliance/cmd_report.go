package appliance

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// reportKeys are what a sales report can be grouped by.
var reportKeys = []salon.ReportBy{salon.ByDay, salon.ByMonth, salon.ByStaff, salon.ByService, salon.ByProduct, salon.ByClient}

func (p *program) cmdReport() *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Figures of the salon"}
	c.AddCommand(p.cmdReportSales())
	return c
}

func (p *program) cmdReportSales() *cobra.Command {
	var by, from, to string
	c := &cobra.Command{
		Use:     "sales",
		Short:   "Sales by day, month, staff, service, product or client",
		Example: "  salonkeep report sales --by month --from 2018-01-01 --to 2018-12-31 --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains(reportKeys, salon.ReportBy(by)) {
				return hint(salon.E(salon.Invalid, "A report is by day, month, staff, service, product or client, not by “%s”.", by), "salonkeep report sales --by month")
			}
			var days [2]salon.Day
			for i, s := range []string{from, to} {
				if s == "" {
					continue
				}
				var err error
				if days[i], err = salon.ParseDay(s); err != nil {
					return err
				}
			}
			if days[0] != "" && days[1] != "" && days[0] > days[1] {
				return salon.E(salon.Invalid, "The first day, %s, is after the last, %s.", from, to)
			}
			return p.withSalon(c.Context(), func(_ folder, _ *store.Store, sc *store.Scope) error {
				r, err := sc.Report(c.Context(), salon.ReportBy(by), days[0], days[1])
				if err != nil {
					return err
				}
				set, err := sc.Settings(c.Context())
				if err != nil {
					return err
				}
				return p.print(r, func(w io.Writer) { printReport(w, r, set.Currency) })
			})
		},
	}
	c.Flags().StringVar(&by, "by", "", "day, month, staff, service, product or client")
	c.Flags().StringVar(&from, "from", "", "first day, 2018-01-31")
	c.Flags().StringVar(&to, "to", "", "last day")
	must(c, "by")
	return p.withJSON(c)
}

func printReport(w io.Writer, r salon.Report, currency string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "%s\tlines\treceipts\tnet %s", r.By, currency)
	for _, t := range r.Total.Tax {
		fmt.Fprintf(tw, "\t%s", t.Name)
	}
	fmt.Fprint(tw, "\t\n")
	for _, row := range append(slices.Clone(r.Rows), total(r.Total)) {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%s", row.Key, row.Lines, row.Receipts, cents(row.NetCents))
		for _, t := range row.Tax {
			fmt.Fprintf(tw, "\t%s", cents(t.Cents))
		}
		fmt.Fprint(tw, "\t\n")
	}
	_ = tw.Flush()
}

func total(r salon.ReportRow) salon.ReportRow {
	r.Key = "total"
	return r
}

// cents writes an amount of a currency with two decimals, 1234567 as 12,345.67.
func cents(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	whole := fmt.Sprint(n / 100)
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return fmt.Sprintf("%s%s.%02d", sign, b.String(), n%100)
}
