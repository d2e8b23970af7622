package salon

// Service is something done for a client.
type Service struct {
	ID                 string
	Version            int64
	Code               string
	Name               string
	Category           string
	PriceCents         int64
	NoFixedPrice       bool // the price is agreed with the stylist, it is not free
	ProductChargeCents int64
	Minutes            int
	MinutesAssumed     bool // the system it came from recorded no duration
	Active             bool
}

// Product is something sold over the counter.
type Product struct {
	ID         string
	Version    int64
	SKU        string
	Name       string // exact text: other systems' receipts refer to it
	Supplier   string
	Brand      string
	Category   string
	PriceCents int64
	CostMilli  int64 // thousandths of the currency's major unit: costs carry three decimals
	Stock      int64 // sum of the stock movements
	ReorderMin int64
	ReorderMax int64
	Active     bool
}

// Tax is a named tax of the branch, for example GST 5 %.
type Tax struct {
	ID     string
	Name   string
	RateE6 int64 // millionths: 5 % is 50000
}
