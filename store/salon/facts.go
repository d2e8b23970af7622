package salon

import (
	"fmt"
	"maps"
	"slices"
)

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
	NextVisits    []FactVisit      `json:"next_visits"`    // up to three coming appointments; only when taken, not when checked
	LastChanges   []FactChange     `json:"last_changes"`   // up to three newest changes; only when taken, not when checked
	TakenAt       string           `json:"taken_at"`       // UTC, RFC 3339 with seconds
	DatabaseBytes int64            `json:"database_bytes"` // size of the database file
}

// FactVisit is a coming appointment the owner will recognise.
type FactVisit struct {
	Day     Day    `json:"day"`
	Start   string `json:"start"`
	Client  string `json:"client"`
	Service string `json:"service"`
}

// FactChange is something somebody did shortly before the copy was taken.
type FactChange struct {
	At  string `json:"at"` // UTC, fixed width
	Act Act    `json:"act"`
	By  string `json:"by"`
}

// Differences names every fact in which a copy, counted anew, is not what was
// taken. What depends on the moment of asking is left out. An empty Digest on
// either side means the database was too large to digest.
func (f Facts) Differences(copy Facts) []string {
	var out []string
	differ := func(name string, a, b any) {
		if a != b {
			out = append(out, fmt.Sprintf("%s: %v taken, %v found", name, a, b))
		}
	}
	differ("salon", f.Salon, copy.Salon)
	differ("schema", f.Schema, copy.Schema)
	differ("epoch", f.Epoch, copy.Epoch)
	differ("changes", f.Seq, copy.Seq)
	differ("net", f.NetCents, copy.NetCents)
	differ("last sale", f.LastSale, copy.LastSale)
	differ("database size", f.DatabaseBytes, copy.DatabaseBytes)
	if f.Digest != "" && copy.Digest != "" {
		differ("digest", f.Digest, copy.Digest)
	}
	tables := map[string]bool{}
	for t := range f.Rows {
		tables[t] = true
	}
	for t := range copy.Rows {
		tables[t] = true
	}
	for _, t := range slices.Sorted(maps.Keys(tables)) {
		differ("rows of "+t, f.Rows[t], copy.Rows[t])
	}
	return out
}
