package salon

// Facts are what a copy of the salon's database must agree with before it is
// called good: counted in the same read transaction the copy was taken in, and
// counted again in the restored copy. They describe the business, so they are
// kept only inside sealed files.
type Facts struct {
	Salon         string           `json:"salon"`
	Currency      string           `json:"currency"`       // ISO 4217
	Schema        int64            `json:"schema"`         // number of the last migration
	Epoch         string           `json:"epoch"`          // incarnation of the database
	Seq           int64            `json:"seq"`            // last change of that incarnation
	Rows          map[string]int64 `json:"rows"`           // table -> rows
	Digest        string           `json:"digest"`         // SHA-256 over every row of every table in key order, hex
	NetCents      int64            `json:"net_cents"`      // sum of all sale lines before tax
	LastSale      string           `json:"last_sale"`      // number and day of the newest sale, "" if none
	NextVisits    []string         `json:"next_visits"`    // up to three coming appointments in words
	LastChanges   []string         `json:"last_changes"`   // up to three newest changes in words
	TakenAt       string           `json:"taken_at"`       // UTC, RFC 3339 with seconds
	DatabaseBytes int64            `json:"database_bytes"` // size of the database file
}
