package ui

import (
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"salonkeep/store"
	"salonkeep/store/salon"
)

// salonPage asks for the salon's name, money, clock and taxes.
type salonPage struct {
	wizardPage
	Name, Currency, Timezone string
	Taxes                    [3]taxForm
	Guess                    bool // the browser may fill in the time zone
	Zones, Currencies        []string
}

type taxForm struct{ Name, Rate string }

// zones and currencies are suggestions; any other may be typed.
var (
	zones = []string{"America/Toronto", "America/Vancouver", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
		"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Kuala_Lumpur", "Australia/Sydney", "Australia/Melbourne",
		"Europe/London", "Europe/Dublin", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Pacific/Auckland"}
	currencies = []string{"CAD", "USD", "CNY", "HKD", "TWD", "SGD", "MYR", "AUD", "NZD", "GBP", "EUR"}
)

func (w *wizard) salonPage() *salonPage {
	p := &salonPage{wizardPage: w.setupFrame(2), Zones: zones, Currencies: currencies}
	w.s.draft.with(w.ticket, func(d *draft) {
		p.Name, p.Currency, p.Timezone, p.Guess = d.found.Salon, d.found.Currency, d.found.Timezone, !d.typed
		for i, t := range d.found.Taxes {
			p.Taxes[i] = taxForm{t.Name, strconv.FormatFloat(float64(t.RateE6)/1e4, 'f', -1, 64)}
		}
	})
	if p.Currency == "" {
		p.Currency = map[string]string{"zh-CN": "CNY"}[w.Lang]
	}
	return p
}

func getSetupSalon(w *wizard) error { return w.show(http.StatusOK, "salon", w.salonPage()) }

func postSetupSalon(w *wizard) error {
	p := w.salonPage()
	p.Name, p.Currency, p.Timezone = strings.TrimSpace(w.FormValue("salon")), strings.ToUpper(strings.TrimSpace(w.FormValue("currency"))), strings.TrimSpace(w.FormValue("timezone"))
	p.Guess = false
	bad := salon.E(salon.Invalid, "Something is missing here.")
	var taxes []salon.Tax
	for i := range p.Taxes {
		p.Taxes[i] = taxForm{strings.TrimSpace(w.FormValue(fmt.Sprintf("tax%d", i))), strings.TrimSpace(w.FormValue(fmt.Sprintf("rate%d", i)))}
		tax, given, err := p.Taxes[i].read()
		if err != nil {
			bad.On(fmt.Sprintf("rate%d", i), say("Write a name and the percentage as a number, for example GST and 5."))
		} else if given {
			taxes = append(taxes, tax)
		}
	}
	// The rest of the founding is asked for on the next page: only what this
	// page asks for is complained about here.
	try := salon.Founding{Salon: p.Name, Owner: "x", Email: "x@example.com", Password: "0123456789", Language: w.Lang, Currency: p.Currency, Timezone: p.Timezone, Taxes: taxes}
	if err := store.CheckFounding(try); err != nil {
		for field, complaint := range complaintsOf(err) {
			bad.On(field, complaint)
		}
	}
	if bad.Field != nil {
		status, fault := w.complain(&p.wizardPage, bad)
		if fault != nil {
			return fault
		}
		return w.show(status, "salon", p)
	}
	w.s.draft.with(w.ticket, func(d *draft) {
		d.found.Salon, d.found.Currency, d.found.Timezone, d.found.Taxes, d.typed = p.Name, p.Currency, p.Timezone, taxes, true
	})
	return w.see("/setup/owner")
}

// read is the tax a row of the form means; given is false for an empty row.
func (f taxForm) read() (tax salon.Tax, given bool, err error) {
	if f.Name == "" && f.Rate == "" {
		return tax, false, nil
	}
	rate, err := strconv.ParseFloat(strings.TrimSuffix(strings.ReplaceAll(f.Rate, ",", "."), "%"), 64)
	if err != nil || f.Name == "" || rate < 0 || rate > 100 {
		return tax, false, salon.E(salon.Invalid, "This tax cannot be read.")
	}
	return salon.Tax{Name: f.Name, RateE6: int64(math.Round(rate * 1e4))}, true, nil
}

// ownerPage asks for the owner's sign-in.
type ownerPage struct {
	wizardPage
	Name, Email string
	Again       bool // a kit was made already: the password is typed again
}

func (w *wizard) ownerPage() *ownerPage {
	p := &ownerPage{wizardPage: w.setupFrame(3)}
	w.s.draft.with(w.ticket, func(d *draft) { p.Name, p.Email, p.Again = d.found.Owner, d.found.Email, d.found.Password != "" })
	return p
}

func getSetupOwner(w *wizard) error {
	ready := false
	w.s.draft.with(w.ticket, func(d *draft) { ready = d.typed })
	if !ready {
		return redirect("/setup/salon")
	}
	return w.show(http.StatusOK, "owner", w.ownerPage())
}

func postSetupOwner(w *wizard) error {
	p := w.ownerPage()
	p.Name, p.Email = strings.TrimSpace(w.FormValue("owner")), strings.TrimSpace(w.FormValue("email"))
	var found salon.Founding
	w.s.draft.with(w.ticket, func(d *draft) {
		d.found.Owner, d.found.Email, d.found.Password, d.found.Language = p.Name, p.Email, w.FormValue("password"), w.Lang
		found = d.found
	})
	kit, err := w.s.First.Begin(w.ctx(), w.ticket, found)
	if err != nil {
		status, fault := w.complain(&p.wizardPage, err)
		if fault != nil {
			return fault
		}
		return w.show(status, "owner", p)
	}
	w.s.draft.with(w.ticket, func(d *draft) {
		d.kit = kit
		d.ask()
	})
	return w.see("/setup/kit")
}

// kitPage shows the sheet and asks for two of its groups, read from paper.
type kitPage struct {
	wizardPage
	Kit   Kit
	Asked [2]int
	Typed [2]string
}

func (w *wizard) kitPage() (*kitPage, bool) {
	p := &kitPage{wizardPage: w.setupFrame(4)}
	w.s.draft.with(w.ticket, func(d *draft) {
		p.Kit, p.Asked = d.kit, d.asked
		for i, n := range d.asked {
			p.Typed[i] = d.groups[n]
		}
	})
	return p, p.Kit.File != ""
}

func getSetupKit(w *wizard) error {
	p, ready := w.kitPage()
	if !ready {
		return redirect("/setup/owner")
	}
	return w.show(http.StatusOK, "kit", p)
}

// getKitFile is the kit as a text file, to save on a stick.
func getKitFile(w *wizard) error {
	p, ready := w.kitPage()
	if !ready {
		return redirect("/setup/owner")
	}
	w.Response().Header().Set("Content-Disposition", `attachment; filename="recovery-kit.txt"`)
	return w.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(p.Kit.File))
}

func postSetupKit(w *wizard) error {
	p, ready := w.kitPage()
	if !ready {
		return redirect("/setup/owner")
	}
	wrong := map[string]string{}
	groups := map[int]string{}
	for i, n := range p.Asked {
		p.Typed[i] = tidyGroup(w.FormValue(fmt.Sprintf("group%d", n)))
		groups[n] = p.Typed[i]
		switch want := p.Kit.Groups[n-1]; {
		case p.Typed[i] == want:
		case len(p.Typed[i]) == len(want) && p.Typed[i][:len(want)-1] == want[:len(want)-1]:
			wrong[fmt.Sprintf("group%d", n)] = w.T("Group %d does not match. Look at the last letter again.", n)
		default:
			wrong[fmt.Sprintf("group%d", n)] = w.T("Group %d does not match. Read it from the paper once more.", n)
		}
	}
	if len(wrong) > 0 {
		p.Wrong = wrong
		return w.show(http.StatusUnprocessableEntity, "kit", p)
	}
	w.s.draft.with(w.ticket, func(d *draft) { d.groups = groups })
	return w.see("/setup/place")
}

// tidyGroup reads a group the way people write it: small letters, O for 0.
func tidyGroup(s string) string {
	return strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "").Replace(strings.ToUpper(strings.TrimSpace(s)))
}

// placePage asks where backups go.
type placePage struct {
	wizardPage
	Places []Place
	Form   PlaceForm
	How    string // place:<n>, folder, bucket or later
}

func (w *wizard) placePage() (*placePage, bool, error) {
	p := &placePage{wizardPage: w.setupFrame(5), How: "folder"}
	ready := false
	w.s.draft.with(w.ticket, func(d *draft) { ready = d.groups != nil })
	places, err := w.s.Places(w.ctx())
	p.Places = places
	if len(places) > 0 {
		p.How = "place:0"
	}
	return p, ready, err
}

func getSetupPlace(w *wizard) error {
	p, ready, err := w.placePage()
	if err != nil {
		return err
	}
	if !ready {
		return redirect("/setup/kit")
	}
	return w.show(http.StatusOK, "place", p)
}

func postSetupPlace(w *wizard) error {
	p, ready, err := w.placePage()
	if err != nil {
		return err
	}
	if !ready {
		return redirect("/setup/kit")
	}
	p.How = w.FormValue("how")
	p.Form = w.placeForm(p.How, p.Places)
	var groups map[int]string
	w.s.draft.with(w.ticket, func(d *draft) { groups = d.groups })
	target := &p.Form
	if p.How == "later" {
		target = nil
	}
	err = w.place(target)
	if err == nil {
		err = w.s.First.Finish(w.ctx(), w.ticket, groups, target)
	}
	if err != nil {
		status, fault := w.complain(&p.wizardPage, err)
		if fault != nil {
			return fault
		}
		return w.show(status, "place", p)
	}
	w.s.draft.with("", func(*draft) {}) // nothing of it is needed any more
	if target == nil {
		return w.see("/done?later=1")
	}
	return w.see("/done")
}

// place refuses a form that names no place.
func (c call) place(f *PlaceForm) error {
	if f == nil {
		return nil
	}
	bad := salon.E(salon.Invalid, "Say where your backups are.")
	switch {
	case f.Folder == "" && f.Bucket == "" && c.FormValue("how") == "bucket":
		bad.On("bucket", "What is the bucket called?")
	case f.Folder == "" && f.Bucket == "":
		bad.On("folder", "Type the whole path of the folder, for example /media/usb/salonkeep.")
	case f.Bucket != "" && f.Endpoint == "":
		bad.On("endpoint", "Type the address of the storage, for example https://s3.example.com.")
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}

// placeForm reads where backups go or come from: a place that was found, a
// typed folder, or a bucket.
func (c call) placeForm(how string, places []Place) PlaceForm {
	if n, found := strings.CutPrefix(how, "place:"); found {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(places) {
			return PlaceForm{Name: places[i].Name, Folder: places[i].Folder}
		}
		return PlaceForm{}
	}
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	if how == "bucket" {
		f := PlaceForm{Name: value("bucket"), Bucket: value("bucket"), Prefix: value("prefix"), Endpoint: value("endpoint"), Region: value("region"),
			AccessKey: value("access"), SecretKey: value("secret")}
		if f.Endpoint != "" && !strings.Contains(f.Endpoint, "://") {
			f.Endpoint = "https://" + f.Endpoint
		}
		return f
	}
	f := PlaceForm{Folder: value("folder")}
	if f.Folder != "" {
		f.Folder = filepath.Clean(f.Folder)
	}
	f.Name = lastPart(f.Folder)
	return f
}

// lastPart is a folder's own name, of a path of either system.
func lastPart(path string) string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	if len(parts) == 0 {
		return path
	}
	return parts[len(parts)-1]
}
