package ingest

import (
	"fmt"
	"slices"
	"strconv"

	"salonkeep/store/salon"
)

// rateVotes collects what the lines say about the rate of one tax.
type rateVotes struct {
	pairs map[ratePair]*pairLines
	fine  bool // some taxes have more than two decimals: they are not rounded
}

type ratePair struct{ net, tax int64 } // in 1e-8

type pairLines struct {
	n     int
	lines []int // the first few
}

func newRateVotes() rateVotes { return rateVotes{pairs: map[ratePair]*pairLines{}} }

func (v *rateVotes) add(netCents, taxE8 int64, line int) {
	p := ratePair{netCents, taxE8}
	if v.pairs[p] == nil {
		v.pairs[p] = &pairLines{}
	}
	v.pairs[p].n++
	if len(v.pairs[p].lines) < quietAfter {
		v.pairs[p].lines = append(v.pairs[p].lines, line)
	}
	v.fine = v.fine || taxE8%e8Cent != 0
}

// slack is how far a tax may be from rate times amount and still be it, in
// 1e-8: half of the last decimal the file writes.
func (v *rateVotes) slack() float64 {
	if v.fine {
		return e8 / 20_000
	}
	return e8Cent / 2
}

// usual is the rate most lines agree with, in millionths, and how many lines
// that are of all with an amount. Rounded taxes allow a span of rates each;
// the rate that lies in most spans wins, and within the winning span the one
// with the fewest digits, for no government asks for 4.9987 %.
func (v *rateVotes) usual() (rateE6 int64, agree, all int) {
	type edge struct {
		at float64
		n  int // added from here on; negative: taken away
	}
	var edges []edge
	for p, ls := range v.pairs {
		if p.net == 0 {
			continue
		}
		all += ls.n
		net := float64(p.net) * e8Cent
		lo, hi := (float64(p.tax)-v.slack())/net, (float64(p.tax)+v.slack())/net
		edges = append(edges, edge{min(lo, hi), ls.n}, edge{max(lo, hi), -ls.n})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return b.n - a.n // spans that touch overlap
	})
	var now, best int
	var lo, hi float64
	for i, e := range edges {
		now += e.n
		if now > best && i+1 < len(edges) {
			best, lo, hi = now, e.at, edges[i+1].at
		}
	}
	return roundest(lo, hi), best, all
}

// roundest is the rate in [lo, hi] with the fewest digits, in millionths.
func roundest(lo, hi float64) int64 {
	for _, step := range []int64{10_000, 5_000, 2_500, 1_000, 500, 250, 100, 50, 10, 1} {
		n := int64((lo+hi)/2*1e6/float64(step) + 0.5)
		if lo+hi < 0 {
			n = int64((lo+hi)/2*1e6/float64(step) - 0.5)
		}
		if r := float64(n*step) / 1e6; r >= lo-1e-9 && r <= hi+1e-9 {
			return n * step
		}
	}
	return int64((lo + hi) / 2 * 1e6)
}

// checkRates finds lines whose tax is not the usual one. They are kept as they
// were written: what was charged was charged.
func (im *importer) checkRates() {
	t := im.files[receiptList]
	for i := range im.b.Taxes {
		v, tax := &im.rates[i], &im.b.Taxes[i]
		rate, agree, all := v.usual()
		if all == 0 || agree*2 <= all {
			continue // no usual rate: nothing is unusual
		}
		tax.RateE6 = rate
		sort := fmt.Sprintf("%s is not the usual %s %%", tax.Name, percent(rate))
		for p, ls := range v.pairs {
			due := float64(p.net) * float64(rate) // 1e-2 * 1e-6 = 1e-8
			if d := float64(p.tax) - due; d <= v.slack()+1 && -d <= v.slack()+1 {
				continue
			}
			for _, line := range ls.lines {
				im.reportSort(sort, t, line, tax.Name, fmt.Sprintf("%s is %s on %s, which is not the usual %s %%; it is kept as it is written.",
					tax.Name, exact{E8: p.tax}.text(), exact{E8: p.net * e8Cent}.text(), percent(rate)))
			}
		}
	}
}

func percent(rateE6 int64) string { return strconv.FormatFloat(float64(rateE6)/10_000, 'f', -1, 64) }

// checkStock compares each product's sales of the year with the receipts.
func (im *importer) checkStock() {
	t := im.files[productList]
	if t == nil || im.files[receiptList] == nil || im.b.AsOf == "" {
		return
	}
	sums := map[string]textSum{}
	for _, s := range im.b.Sales {
		for _, l := range s.Lines {
			if l.Product == "" {
				continue
			}
			sum := sums[l.Product]
			sum.all += l.NetCents
			if s.Day[:4] == im.b.AsOf[:4] {
				sum.year += l.NetCents
			}
			sums[l.Product] = sum
		}
	}
	for sku, c := range im.stock {
		if sum := sums[sku]; c.hasYTD && !sum.proves(c) {
			im.reportSort("YTD is not what the receipts give", t, c.line, "YTD",
				fmt.Sprintf("“%s” was sold for %s this year by the product list, for %s by the receipts.", sku, c.ytd.text(), exact{E8: sum.year * e8Cent}.text()))
		}
	}
}

// checkVisits compares appointments with receipts, client by client and day by
// day. Nobody knows whether an unknown client is the one on the receipt.
func (im *importer) checkVisits() {
	receipts, bookings := im.files[receiptList], im.files[bookingList]
	if receipts == nil || bookings == nil || len(im.b.Sales) == 0 {
		return
	}
	for _, s := range im.b.Sales {
		for _, l := range s.Lines {
			if !l.WalkIn && !im.bookedOn[clientDay{l.Client, s.Day}] {
				im.reportSort("the client has no booking that day", receipts, l.Line, "Client",
					fmt.Sprintf("%s has a receipt but no booking on %s.", someone(l.Client), s.Day))
			}
		}
	}
	missed, other := 0, 0
	for i, a := range im.b.Appointments {
		sold := a.Client != "" && im.soldOn[clientDay{a.Client, a.Day}]
		switch {
		case a.Day > im.b.AsOf:
		case a.Status == salon.NoShow && sold:
			im.reportNoShow(a)
		case a.Status == salon.NoShow:
			missed++
		case a.Status == salon.Done && !sold:
			other++
			im.reportUnpaid(a, im.visitLines[i])
		}
	}
	if missed+other > 0 {
		im.b.Problems = append(im.b.Problems, salon.Problem{File: bookings.file, Severity: salon.Reported,
			Text: fmt.Sprintf("Past bookings without a receipt of that client that day: %d, of which %d are no-shows.", missed+other, missed)})
	}
}

func (im *importer) reportNoShow(a salon.BatchAppointment) {
	m := im.missed[visitKey{a.Day, a.Client, a.Service, a.Staff}]
	im.reportAt(im.files[noShowList], m.lines[0], "Code", fmt.Sprintf("%s is listed as a no-show on %s but has a receipt that day; the no-show is kept.", someone(a.Client), a.Day))
}

func (im *importer) reportUnpaid(a salon.BatchAppointment, line int) {
	text := fmt.Sprintf("%s had %s with %s on %s but has no receipt that day", someone(a.Client), a.Service, a.Staff, a.Day)
	if n := im.cancelled[clientDay{a.Client, a.Day}]; n > 0 {
		text += fmt.Sprintf("; cancellations of that client for that day: %d", n)
	}
	im.reportSort("a past booking has no receipt", im.files[bookingList], line, "Code", text+".")
}

func someone(client string) string {
	if client == "" {
		return "An unknown client"
	}
	return client
}
