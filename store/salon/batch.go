package salon

// Batch is what was read from another system's files, before it is stored.
// Records refer to each other by the source's own keys, never by our ids.
type Batch struct {
	Source       string // name of the format, for example salonbiz-csv
	AsOf         Day    // the day the files were exported
	Taxes        []Tax  // names in the order of the columns; RateE6 0 where the files do not say
	Staff        []BatchStaff
	Services     []Service // keyed by Code
	Products     []Product // keyed by SKU; Stock is the opening balance
	Clients      []BatchClient
	Appointments []BatchAppointment
	Sales        []BatchSale
	Files        []FileCount
	Problems     []Problem
}

// BatchStaff is keyed by Code.
type BatchStaff struct {
	Code, Name string
	Person     bool // false: the house
	Performs   bool // false: only a user of the old system, not a stylist
}

// BatchClient is keyed by Code. Phone and Email are plain: a batch never
// leaves the import.
type BatchClient struct {
	Code, Name, Phone, Email, Note string
	Since                          Day
}

// BatchAppointment's Origin is its key: the same row of the same export gives
// the same Origin, equal rows are told apart by a running number. Where a
// source numbers nothing, it is the parts of the row with | between them and
// the running number last, so that a corrected row can be seen to be the same.
type BatchAppointment struct {
	Origin                 string
	Client, Staff, Service string // codes; Client "" for unknown
	Day                    Day
	Start                  Clock
	Minutes                int // 0: not recorded
	Status                 Status
	CancelledOn            Day
	CancelledBy            string
	Note                   string
}

// BatchSale is keyed by Number within the source.
type BatchSale struct {
	Number string
	Day    Day
	Lines  []BatchLine
}

// BatchLine names its service or product by code.
type BatchLine struct {
	Line             int // line of the file, for reports only
	Kind             LineKind
	Service, Product string
	Text             string
	Client           string
	WalkIn           bool
	Staff            string
	QuantityE3       int64
	NetCents         int64
	Taxes            []TaxAmount // in the order of Batch.Taxes
}

// FileCount says what became of the rows of one file: Read = Stored + Refused.
type FileCount struct {
	File    string `json:"file"`
	Read    int    `json:"rows_read"`
	Stored  int    `json:"rows_stored"`
	Refused int    `json:"rows_refused"`
}

// Severity of a Problem.
type Severity string

const (
	Refused  Severity = "refused"  // the row was not stored
	Changed  Severity = "changed"  // the row was stored, but not as it was written
	Reported Severity = "reported" // the row was stored as it was written, and someone should look at it
)

// Problem is something a person should know about one row of one file.
type Problem struct {
	File     string   `json:"file"`
	Line     int      `json:"line"` // of the file, the header being line 1
	Field    string   `json:"field,omitempty"`
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`
}

// ImportCount is what an import did to one kind of record.
type ImportCount struct {
	Kind      string `json:"kind"`
	New       int    `json:"new"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
}

// ImportResult is the report of one import.
type ImportResult struct {
	ID       string        `json:"id,omitempty"` // for undo; "" after a dry run or when nothing changed
	Source   string        `json:"source"`
	DryRun   bool          `json:"dry_run"`
	AsOf     Day           `json:"as_of"`
	TaxRule  TaxRule       `json:"tax_rule"`
	Files    []FileCount   `json:"files"`
	Counts   []ImportCount `json:"counts"`
	Problems []Problem     `json:"problems"`
	Notes    []string      `json:"notes"` // what the import made up because the source does not say
}
