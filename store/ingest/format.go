package ingest

import (
	"io/fs"
	"strings"

	"salonkeep/store/salon"
)

// Options are what a person may say about the files when the files themselves
// cannot, or when they are wrong.
type Options struct {
	AsOf  salon.Day // the day of the export; "" takes the last day on which something was sold or missed
	Dates string    // order of dates: mdy, dmy or ymd; "" lets the files prove it
}

// Format is one program's way of exporting a salon.
type Format struct {
	Name    string
	Aliases []string
	Says    string // what it reads, in a few words
	Read    func(fs.FS, Options) (salon.Batch, error)
}

// Formats are all formats there are, in the order they are shown.
func Formats() []Format {
	return []Format{{
		Name:    salonbizName,
		Aliases: []string{"toronto", "salonbiz"},
		Says:    "a folder of CSV reports: services, products, bookings, cancellations, no-shows, receipts",
		Read:    Salonbiz,
	}}
}

// FormatNamed finds a format by its name or one of its aliases, in any case.
// An unknown name is salon.Invalid and the sentence lists the known ones.
func FormatNamed(name string) (Format, error) {
	var known []string
	for _, f := range Formats() {
		for _, n := range append([]string{f.Name}, f.Aliases...) {
			if strings.EqualFold(n, name) {
				return f, nil
			}
		}
		known = append(known, f.Name)
	}
	return Format{}, salon.E(salon.Invalid, "There is no import format “%s”. Known formats: %s.", name, strings.Join(known, ", "))
}
