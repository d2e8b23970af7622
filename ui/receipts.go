package ui

import (
	"net/http"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

// receiptsPage is the list of closed sales.
type receiptsPage struct {
	Page
	Text     string
	From, To string
	Sentence string // why the days were not taken
	Rows     []salon.SaleRow
	Pager    pager
	Clear    bool // something narrows the list
}

func getReceipts(d *desk) error {
	q := d.QueryParams()
	p := &receiptsPage{Page: d.frame("receipts"), Text: strings.TrimSpace(q.Get("q")), From: q.Get("from_day"), To: q.Get("to_day")}
	p.Clear = p.Text != "" || p.From != "" || p.To != ""
	days := [2]salon.Day{}
	for i, text := range []string{p.From, p.To} {
		if text == "" {
			continue
		}
		day, err := salon.ParseDay(text)
		if err != nil {
			p.Sentence = d.Say(err)
			return d.show(http.StatusUnprocessableEntity, "receipts", p)
		}
		days[i] = day
	}
	found, err := d.scope.Sales(d.ctx(), p.Text, days[0], days[1], d.fromRow(), listLength)
	if err != nil {
		return err
	}
	p.Rows = found.Rows
	p.Pager = newPager("/receipts", q, found.From, len(found.Rows), found.Total)
	return d.show(http.StatusOK, "receipts", p)
}

// receiptPage is one receipt.
type receiptPage struct {
	Page
	Sale       salon.Sale
	Lines      []receiptLine
	TotalCents int64
	OpenClient bool // client names lead to their cards
}

type receiptLine struct {
	salon.SaleLine
	Quantity string // "" for one
	Kind     string // in words, "" for an ordinary service or product
}

func getReceipt(d *desk) error {
	sale, err := d.scope.Sale(d.ctx(), d.Param("id"))
	if err != nil {
		return err
	}
	p := &receiptPage{Page: d.frame("receipts"), Sale: sale, TotalCents: sale.NetCents + sale.TaxCents, OpenClient: d.scope.Can(salon.ViewClient)}
	for _, item := range sale.Items {
		p.Lines = append(p.Lines, receiptLine{SaleLine: item, Quantity: quantity(item.QuantityE3), Kind: d.T(lineWord(item.Kind))})
	}
	return d.show(http.StatusOK, "receipt", p)
}

// quantity writes thousandths without trailing zeros; "" for exactly one.
func quantity(e3 int64) string {
	if e3 == 1000 {
		return ""
	}
	return strconv.FormatFloat(float64(e3)/1000, 'f', -1, 64)
}

func lineWord(k salon.LineKind) string {
	switch k {
	case salon.RedemptionLine:
		return say("Prepaid, used")
	case salon.ReturnLine:
		return say("Returned")
	}
	return ""
}

// paymentWord is the name of a way to pay.
func paymentWord(method string) string {
	switch method {
	case "imported":
		return say("Paid, how was not recorded")
	case "cash":
		return say("Cash")
	case "card":
		return say("Card")
	}
	return method
}
