package ingest

import (
	"fmt"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// record is one readable row with the names of its cells.
type record struct {
	row
	t  *table
	im *importer
}

// refusal is why a row is not stored; nil stores it.
type refusal struct{ field, text string }

func refuse(field, format string, args ...any) *refusal {
	return &refusal{field, fmt.Sprintf(format, args...)}
}

// each reads every row of one kind of file, counts it, and lists those that
// fn refuses.
func (im *importer) each(k kind, fn func(record) *refusal) error {
	t := im.files[k]
	if t == nil {
		return nil
	}
	count := salon.FileCount{File: t.file}
	err := t.records(func(r row) error {
		count.Read++
		why := t.unfit(r)
		if why == nil {
			why = fn(record{row: r, t: t, im: im})
		}
		if why == nil {
			count.Stored++
			return nil
		}
		count.Refused++
		im.b.Problems = append(im.b.Problems, salon.Problem{File: t.file, Line: r.Line, Field: why.field, Severity: salon.Refused, Text: why.text})
		return nil
	})
	if err != nil {
		return err
	}
	im.b.Files = append(im.b.Files, count)
	if count.Read == 0 {
		im.reportAt(t, 1, "", "The file has headings and no rows.")
	}
	im.unread(t)
	return nil
}

// unfit is what can be wrong with a row of any file.
func (t *table) unfit(r row) *refusal {
	if r.Bad != "" {
		return refuse("", "%s", r.Bad)
	}
	for i, c := range r.Cells {
		if bad := unreadable(c, t.as); bad != "" {
			return refuse(strings.TrimSpace(t.head[i]), "%s", bad)
		}
	}
	if slices.Equal(r.Cells, t.head) {
		return refuse("", "The headings stand here a second time.")
	}
	return nil
}

// unread says which columns with something in them nobody reads.
func (im *importer) unread(t *table) {
	var names []string
	for _, c := range t.extra {
		if t.proof.filled[c] > 0 && !slices.Contains(im.taxColumns(t), c) {
			names = append(names, "“"+strings.TrimSpace(t.head[c])+"”")
		}
	}
	for _, p := range t.shape.passed {
		if c, ok := t.cols[p]; ok {
			names = append(names, "“"+strings.TrimSpace(t.head[c])+"”")
		}
	}
	if len(names) > 0 {
		im.b.Problems = append(im.b.Problems, salon.Problem{File: t.file, Line: 1, Severity: salon.Reported,
			Text: "Not stored, because there is no place for it yet: " + strings.Join(names, ", ") + "."})
	}
}

func (r record) has(col string) bool {
	_, ok := r.t.cols[col]
	return ok
}

// raw is a cell exactly as it is written, "" where the file has no such column.
func (r record) raw(col string) string {
	i, ok := r.t.cols[col]
	if !ok {
		return ""
	}
	return r.im.word(r.Cells[i])
}

// text is a cell without blanks around it. Blanks inside stay: two of them in
// a row may be what tells two products apart.
func (r record) text(col string) string { return strings.TrimSpace(r.raw(col)) }

// as is the heading of a column as the file writes it.
func (r record) as(col string) string {
	if i, ok := r.t.cols[col]; ok {
		return strings.TrimSpace(r.t.head[i])
	}
	return col
}

// word gives the same text in the same memory each time.
func (im *importer) word(s string) string {
	if w, ok := im.words[s]; ok {
		return w
	}
	im.words[s] = s
	return s
}

func (r record) day(col string) (salon.Day, *refusal) {
	cell := r.text(col)
	if cell == "" {
		return "", refuse(r.as(col), "The date is missing.")
	}
	key := string(r.t.order) + cell
	if d, ok := r.im.days[key]; ok {
		return d, nil
	}
	d, complaint := readDay(cell, r.t.order)
	if complaint != "" {
		return "", refuse(r.as(col), "%s", complaint)
	}
	r.im.days[key] = d
	return d, nil
}

// amount reads a number; an empty cell is zero and none tells so.
func (r record) amount(col string) (v exact, none bool, why *refusal) {
	cell := r.text(col)
	if cell == "" {
		return exact{}, true, nil
	}
	v, complaint := number(cell, r.t.decimal)
	if complaint != "" {
		return exact{}, false, refuse(r.as(col), "%s", complaint)
	}
	return v, false, nil
}

// units reads a number in whole units of size and says when it had to round.
func (r record) units(col string, size int64, what string) (int64, *refusal) {
	v, _, why := r.amount(col)
	if why != nil {
		return 0, why
	}
	n, off := v.whole(size)
	if off {
		r.changed(col, "“%s” has more decimals than %s has; it was rounded to %s.", r.text(col), what, exact{E8: n * size}.text())
	}
	return n, nil
}

// changed lists that the row was stored otherwise than it was written.
func (r record) changed(col, format string, args ...any) {
	r.im.b.Problems = append(r.im.b.Problems, salon.Problem{File: r.t.file, Line: r.Line, Field: r.as(col), Severity: salon.Changed, Text: fmt.Sprintf(format, args...)})
}

// reported lists that someone should look at the row.
func (r record) reported(col, format string, args ...any) {
	r.im.reportAt(r.t, r.Line, r.as(col), fmt.Sprintf(format, args...))
}

func (im *importer) reportAt(t *table, line int, field, text string) {
	im.b.Problems = append(im.b.Problems, salon.Problem{File: t.file, Line: line, Field: field, Severity: salon.Reported, Text: text})
}

// quietAfter bounds how many reports of one sort are listed one by one: a
// salon that never booked its walk-ins has thousands, and they would bury the
// rest. Refused and changed rows are always listed.
const quietAfter = 200

// reportSort is reportAt for reports that may come in thousands.
func (im *importer) reportSort(sort string, t *table, line int, field, text string) {
	key := t.file + "\x00" + sort
	im.quiet[key]++
	if im.quiet[key] <= quietAfter {
		im.reportAt(t, line, field, text)
	}
}

func (im *importer) sumUpQuiet() {
	for key, n := range im.quiet {
		if n > quietAfter {
			file, sort, _ := strings.Cut(key, "\x00")
			im.b.Problems = append(im.b.Problems, salon.Problem{File: file, Severity: salon.Reported,
				Text: fmt.Sprintf("%d more rows of this sort are not listed: %s.", n-quietAfter, sort)})
		}
	}
}

// yes reads an IsActive cell; an empty or unknown one counts as yes.
func (r record) yes(col string) bool {
	switch strings.ToLower(r.text(col)) {
	case "false", "f", "no", "n", "0", "faux", "falsch", "falso", "non", "nein", "inactive":
		return false
	case "", "true", "t", "yes", "y", "1", "-1", "vrai", "wahr", "verdadero", "vero", "oui", "ja", "active":
		return true
	}
	r.reported(col, "“%s” is neither TRUE nor FALSE; the record counts as active.", r.text(col))
	return true
}

// walkInCode stands on receipts in place of a client's code when the sale was
// anonymous.
const walkInCode = "WALK_IN"

// client registers a client's code. Nobody is "" and no client.
func (im *importer) client(code string) (key string, walkIn bool) {
	if code == "" {
		return "", false
	}
	if heading(code) == heading(walkInCode) {
		return "", true
	}
	if _, known := im.clients[code]; !known {
		im.clients[code] = len(im.b.Clients)
		im.b.Clients = append(im.b.Clients, salon.BatchClient{Code: code, Name: code})
	}
	return code, false
}

// house is the salon itself where a name of a person is expected.
const house = "HOUSE"

// worker registers who did something. A code that only ever cancels is a user
// of the old program, not a stylist.
func (im *importer) worker(code string, performs bool) string {
	i, known := im.staff[code]
	if !known {
		i = len(im.b.Staff)
		im.staff[code] = i
		im.b.Staff = append(im.b.Staff, salon.BatchStaff{Code: code, Name: code, Person: !strings.EqualFold(code, house)})
	}
	im.b.Staff[i].Performs = im.b.Staff[i].Performs || performs
	return code
}
