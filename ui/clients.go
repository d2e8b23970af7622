package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

// listLength is how many rows a list shows at once.
const listLength = 50

// clientsPage is the list of clients, narrowed while one types.
type clientsPage struct {
	Page
	Text   string
	Rows   []salon.ClientRow
	Pager  pager
	MayAdd bool
	Sees   bool // phone numbers, so they can be searched
}

// cardLength is how many visits and receipts a card shows before it asks.
const cardLength = 8

// pager leads through a long list.
type pager struct {
	First, Last, Total int
	Back, On           string // addresses, "" at the ends
}

// newPager counts from 0 in and from 1 out. q is the list's own query.
func newPager(path string, q url.Values, from, shown, total int) pager {
	p := pager{First: from + 1, Last: from + shown, Total: total}
	at := func(n int) string {
		next := url.Values{}
		for k, v := range q {
			if k != "typed" && k != "from_row" {
				next[k] = v
			}
		}
		if n > 0 {
			next.Set("from_row", strconv.Itoa(n))
		}
		if len(next) == 0 {
			return path
		}
		return path + "?" + next.Encode()
	}
	if from > 0 {
		p.Back = at(max(from-listLength, 0))
	}
	if from+shown < total {
		p.On = at(from + listLength)
	}
	return p
}

// fromRow is where in a list to begin.
func (c call) fromRow() int {
	n, err := strconv.Atoi(c.QueryParam("from_row"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func getClients(d *desk) error {
	p := &clientsPage{Page: d.frame("clients"), Text: strings.TrimSpace(d.QueryParam("q")), MayAdd: d.scope.Can(salon.CreateClient), Sees: d.scope.Shows(salon.Phone) == salon.Visible}
	found, err := d.scope.Clients(d.ctx(), p.Text, d.fromRow(), listLength)
	if err != nil {
		return err
	}
	p.Rows = found.Rows
	p.Pager = newPager("/clients", d.QueryParams(), found.From, len(found.Rows), found.Total)
	return d.show(http.StatusOK, "clients", p)
}

// clientPage is everything of one client.
type clientPage struct {
	Page
	Fields
	Client      salon.ClientCard
	About       string  // since when, and the code
	Coming      []block // visits from today on, soonest first
	Past        []block // newest first, the newest few
	Earlier     []block
	Receipts    []salon.SaleRow // the newest few
	AllReceipts string          // the rest of them, "" if there are no more
	MayBook     bool
	MayEdit     bool
	Spent       string // what the client's own lines add up to, "" for who may not see money
	Text        string // a note being written
	Today       salon.Day
}

func (d *desk) clientPage(id string) (*clientPage, error) {
	card, err := d.scope.ClientCard(d.ctx(), id)
	if err != nil {
		return nil, err
	}
	now := d.s.Now().In(d.location())
	p := &clientPage{Page: d.frame("clients"), Client: card, MayBook: d.scope.Can(salon.Book), MayEdit: d.scope.Can(salon.EditClient), Today: salon.DayOf(now)}
	var about []string
	if card.Since != "" {
		about = append(about, d.T("Client since %s", d.Day(card.Since, "January 2006")))
	}
	if card.Code != "" && card.Code != card.Name {
		about = append(about, card.Code)
	}
	p.About = strings.Join(about, " · ")
	if d.scope.Can(salon.ViewSales) {
		p.Spent = d.Money(card.NetCents)
	}
	sheet := salon.DaySheet{Today: p.Today, Now: salon.Clock(now.Hour()*60 + now.Minute())}
	for _, v := range card.Visits { // newest first
		sheet.Day = v.Day
		b := d.block(v, sheet)
		if v.Day >= p.Today && v.Status.TakesChair() && v.Status != salon.Done {
			p.Coming = append([]block{b}, p.Coming...)
		} else {
			p.Past = append(p.Past, b)
		}
	}
	if len(p.Past) > cardLength {
		p.Past, p.Earlier = p.Past[:cardLength], p.Past[cardLength:]
	}
	p.Receipts = card.Sales
	if len(p.Receipts) > cardLength {
		p.Receipts = p.Receipts[:cardLength]
		p.AllReceipts = "/receipts?" + url.Values{"q": {card.Name}}.Encode()
	}
	return p, nil
}

func getClient(d *desk) error {
	p, err := d.clientPage(d.Param("id"))
	if err != nil {
		return err
	}
	p.Toast = d.toast(d.QueryParam("did"))
	if p.Toast != nil {
		p.Toast.Undo, _ = strconv.ParseInt(d.QueryParam("undo"), 10, 64)
		p.Toast.Back = "/clients/" + p.Client.ID
	}
	return d.show(http.StatusOK, "client", p)
}

func postClientNote(d *desk) error {
	id, text := d.Param("id"), d.FormValue("text")
	if err := d.scope.AddNote(d.ctx(), "client", id, text); err != nil {
		if salon.KindOf(err) != salon.Invalid {
			return err
		}
		p, again := d.clientPage(id)
		if again != nil {
			return again
		}
		p.Text, p.Wrong = text, d.Complaints(err)
		return d.show(http.StatusUnprocessableEntity, "client", p)
	}
	return d.see("/clients/" + id + "?did=note")
}

// clientFormPage is a new client or a changed one.
type clientFormPage struct {
	Page
	Fields
	ID             string // "" for a new client
	Version        int64
	Name, Note     string
	Phone, Email   string        // as typed
	OldPhone       salon.Contact // shown beside the field to who may not see it
	OldEmail       salon.Contact
	Key            string
	Action, Cancel string
	Sentence       string
}

func getNewClient(d *desk) error {
	p := &clientFormPage{Page: d.frame("clients"), Name: d.QueryParam("name"), Key: freshKey(), Action: "/clients", Cancel: "/clients"}
	if !d.scope.Can(salon.CreateClient) {
		// The store is asked, so that the refusal is logged and names who can help.
		_, err := d.scope.CreateClient(d.ctx(), "", salon.ClientForm{})
		return err
	}
	return d.show(http.StatusOK, "clientform", p)
}

func (d *desk) typedClient() *clientFormPage {
	return &clientFormPage{
		Page: d.frame("clients"), ID: d.Param("id"), Version: d.version(), Name: d.FormValue("name"), Note: d.FormValue("note"),
		Phone: d.FormValue("phone"), Email: d.FormValue("email"), Key: d.FormValue("key"),
	}
}

func postNewClient(d *desk) error {
	p := d.typedClient()
	p.Action, p.Cancel = "/clients", "/clients"
	id, err := d.scope.CreateClient(d.ctx(), p.Key, salon.ClientForm{Name: p.Name, Note: p.Note, Phone: &p.Phone, Email: &p.Email})
	if err != nil {
		return d.clientNotSaved(p, err)
	}
	return d.see("/clients/" + id + "?did=client")
}

func getEditClient(d *desk) error {
	card, err := d.scope.ClientCard(d.ctx(), d.Param("id"))
	if err != nil {
		return err
	}
	p := &clientFormPage{Page: d.frame("clients"), ID: card.ID, Version: card.Version, Name: card.Name, Note: card.Note}
	d.aboutClient(p, card)
	if !card.Phone.Masked() {
		p.Phone = card.Phone.String()
	}
	if !card.Email.Masked() {
		p.Email = card.Email.String()
	}
	return d.show(http.StatusOK, "clientform", p)
}

// aboutClient fills what the form says around its fields.
func (d *desk) aboutClient(p *clientFormPage, card salon.ClientCard) {
	p.Action, p.Cancel = "/clients/"+card.ID, "/clients/"+card.ID
	p.OldPhone, p.OldEmail = card.Phone, card.Email
}

func postEditClient(d *desk) error {
	p := d.typedClient()
	card, err := d.scope.ClientCard(d.ctx(), p.ID)
	if err != nil {
		return err
	}
	d.aboutClient(p, card)
	form := salon.ClientForm{Name: p.Name, Note: p.Note, Phone: replaced(card.Phone, p.Phone), Email: replaced(card.Email, p.Email)}
	undo, err := d.scope.EditClient(d.ctx(), p.ID, p.Version, form)
	if err != nil {
		return d.clientNotSaved(p, err)
	}
	return d.see("/clients/" + p.ID + "?did=saved&undo=" + strconv.FormatInt(undo, 10))
}

// replaced is the new value of a contact. Who sees only its mask gets an empty
// field, and leaving that empty leaves the value as it is.
func replaced(old salon.Contact, typed string) *string {
	if old.Masked() && strings.TrimSpace(typed) == "" {
		return nil
	}
	return &typed
}

func (d *desk) clientNotSaved(p *clientFormPage, err error) error {
	e, status := classify(err)
	if e.Kind != salon.Invalid && e.Kind != salon.Clash {
		return err
	}
	p.Wrong, p.Sentence = d.Complaints(err), d.Say(err)
	return d.show(status, "clientform", p)
}
