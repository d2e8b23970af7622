package salon

// TaxRule names how tax becomes whole cents. It is stored with every sale.
type TaxRule string

// LineHalfUp rounds each line's tax by itself, halves away from zero. It is
// the rule of every sale today; another would be another name.
const LineHalfUp TaxRule = "line-half-up"

// LineKind is what a line of a receipt is.
type LineKind string

const (
	ServiceLine    LineKind = "service"
	ProductLine    LineKind = "product"
	RedemptionLine LineKind = "redemption" // a package or voucher used: negative amount, positive quantity
	ReturnLine     LineKind = "return"     // something brought back: negative quantity
)

// TaxAmount is one tax of one line or of a sum of lines.
type TaxAmount struct {
	Name    string
	Cents   int64 // rounded by the sale's rule
	ExactE8 int64 // as the source wrote it, in 1e-8 of the major unit
}

// SaleLine is one line of a receipt. The client belongs to the line: families
// share one receipt.
type SaleLine struct {
	ID         string
	Kind       LineKind
	Service    string // name, "" for products
	Product    string
	Text       string // the words on the receipt
	ClientID   string
	Client     string
	WalkIn     bool
	Staff      string
	QuantityE3 int64
	NetCents   int64 // before tax, whole line
	Taxes      []TaxAmount
}

// Payment is how a sale was paid. Method "imported" is one made up for a sale
// whose old system exported no payments.
type Payment struct {
	Method string
	Cents  int64
}

// SaleRow is one line of the list of receipts.
type SaleRow struct {
	ID       string
	Number   string
	Day      Day
	Clients  string // names, joined
	Staff    string
	Lines    int
	NetCents int64
	TaxCents int64
}

// Sale is one closed receipt.
type Sale struct {
	SaleRow
	Rule     TaxRule
	Items    []SaleLine
	Taxes    []TaxAmount
	Payments []Payment
	Notes    []Note
	Imported bool
}

// ReportBy is what a sales report is grouped by.
type ReportBy string

const (
	ByDay     ReportBy = "day"
	ByMonth   ReportBy = "month"
	ByStaff   ReportBy = "staff"
	ByService ReportBy = "service"
	ByProduct ReportBy = "product"
	ByClient  ReportBy = "client"
)

// ReportRow is one group of a sales report. Key is an ISO day or month, or the
// code of the service, product, staff member or client.
type ReportRow struct {
	Key      string     `json:"key"`
	Lines    int64      `json:"lines"`
	Receipts int64      `json:"receipts"`
	NetCents int64      `json:"net_cents"`
	Tax      []TaxCents `json:"tax"`
}

// TaxCents is a tax total of a report.
type TaxCents struct {
	Name  string `json:"name"`
	Cents int64  `json:"cents"`
}

// Report is a sales report. Total is the sum of all lines that have a key of
// this kind; its Receipts counts each receipt once.
type Report struct {
	By    ReportBy    `json:"by"`
	From  Day         `json:"from,omitempty"`
	To    Day         `json:"to,omitempty"`
	Rule  TaxRule     `json:"tax_rule"`
	Rows  []ReportRow `json:"rows"`
	Total ReportRow   `json:"total"`
}

// Page is a slice of a longer list.
type Page[T any] struct {
	Rows  []T
	Total int // rows in the whole list
	From  int // index of Rows[0]
}
