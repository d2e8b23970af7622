package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/bojanz/currency"
	"github.com/nyaruka/phonenumbers"

	"salonkeep/store/salon"
)

// zone is where the salon is: its clock, its money, its country.
type zone struct {
	loc      *time.Location
	currency string
	country  string
}

// with is the same language in the salon's zone and currency.
func (w *words) with(s salon.Settings) *words {
	loc, err := time.LoadLocation(s.Timezone)
	if err != nil {
		loc = time.UTC
	}
	placed := *w
	placed.zone = zone{loc: loc, currency: s.Currency, country: s.Country}
	return &placed
}

// Money writes an amount of minor units in the salon's currency.
func (w *words) Money(cents int64) string {
	amount, err := currency.NewAmountFromInt64(cents, w.zone.currency)
	if err != nil {
		return fmt.Sprintf("%d.%02d", cents/100, cents%100)
	}
	base, _, _ := strings.Cut(w.Lang, "-")
	country := w.zone.country
	if base == "zh" {
		country = "CN"
	}
	formatter := currency.NewFormatter(currency.NewLocale(strings.TrimSuffix(base+"-"+country, "-")))
	formatter.CurrencyDisplay = currency.DisplaySymbol
	return formatter.Format(amount)
}

// weekdays in the order of time.Weekday.
var weekdays = [7]string{say("Sunday"), say("Monday"), say("Tuesday"), say("Wednesday"), say("Thursday"), say("Friday"), say("Saturday")}
var shortWeekdays = [7]string{say("Sun"), say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat")}

// Day writes a day by an English layout of package time, which is itself a
// sentence of the catalogue: "Monday 2 January" is "1月2日 Monday" in Chinese.
func (w *words) Day(d salon.Day, layout string) string {
	if d == "" {
		return ""
	}
	return w.date(d.Time(), layout)
}

// ShortDay writes a day in few letters, with its year if that is not today's.
func (w *words) ShortDay(d, today salon.Day) string {
	if d.Time().Year() == today.Time().Year() {
		return w.Day(d, "2 Jan")
	}
	return w.Day(d, "2 Jan 2006")
}

func (w *words) date(t time.Time, layout string) string {
	switch layout { // a weekday alone is a word, not a layout
	case "Monday":
		return w.T(weekdays[t.Weekday()])
	case "Mon":
		return w.T(shortWeekdays[t.Weekday()])
	}
	text := t.Format(w.T(layout))
	if w.Lang == "en" {
		return text
	}
	if long := t.Weekday().String(); strings.Contains(text, long) {
		return strings.ReplaceAll(text, long, w.T(weekdays[t.Weekday()]))
	}
	return strings.ReplaceAll(text, t.Weekday().String()[:3], w.T(shortWeekdays[t.Weekday()]))
}

// Instant reads a time of the store, UTC text, into the salon's zone.
func (w *words) Instant(utc string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05.000Z", time.RFC3339Nano, "2006-01-02 15:04:05.000"} {
		if t, err := time.Parse(layout, utc); err == nil {
			return t.In(w.location()), true
		}
	}
	return time.Time{}, false
}

func (w *words) location() *time.Location {
	if w.zone.loc == nil {
		return time.UTC
	}
	return w.zone.loc
}

// When writes an instant as people say it on the salon's clock: the time today,
// otherwise the day with it. now is the server's clock.
func (w *words) When(t, now time.Time) string {
	t, now = t.In(w.location()), now.In(w.location())
	switch {
	case t.IsZero():
		return ""
	case salon.DayOf(t) == salon.DayOf(now):
		return w.T("Today %s", t.Format("15:04"))
	case t.Year() == now.Year():
		return w.date(t, "Mon 2 Jan") + " " + t.Format("15:04")
	default:
		return w.date(t, "2 Jan 2006") + " " + t.Format("15:04")
	}
}

// Span writes a duration in minutes the way people say it.
func (w *words) Span(minutes int) string {
	switch {
	case minutes < 60:
		return w.T("%d min", minutes)
	case minutes%60 == 0:
		return w.T("%d h", minutes/60)
	default:
		return w.T("%d h %d min", minutes/60, minutes%60)
	}
}

// Bytes writes a size with one decimal where that says something.
func (w *words) Bytes(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f /= 1000
		i++
	}
	if i == 0 || f >= 100 {
		return fmt.Sprintf("%.0f %s", f, units[i])
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// initials are up to two letters that stand for a name in a circle.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first := []rune(words[0])
	if first[0] > 0x2E80 { // Chinese: the family name says enough
		return string(first[0])
	}
	out := string(first[0])
	if len(words) > 1 {
		out += string([]rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(out)
}

// hue gives a name its own colour, the same on every page.
func hue(name string) int {
	sum := 0
	for _, r := range name {
		sum = (sum*31 + int(r)) % 3600
	}
	return sum % 360
}

// phoneText writes a number with the gaps people read it by. A mask stays as
// it is: there is nothing in it to write.
func phoneText(c salon.Contact) string {
	if c.Masked() {
		return c.String()
	}
	number, err := phonenumbers.Parse(c.String(), "ZZ")
	if err != nil {
		return c.String()
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}
