package ui

import (
	"net/http"

	"salonkeep/store/salon"
)

// morePage is one's own language, the device's looks, the people of the salon
// and the way out.
type morePage struct {
	Page
	Fields
	Addresses []string
	Staff     []salon.Staff // only for who may see them
	MayAdd    bool
	Roles     []string
	Form      salon.StaffForm
	Adding    bool // the form for a new person is open
}

func (d *desk) morePage() (*morePage, error) {
	p := &morePage{Page: d.frame("more"), Addresses: d.s.Addresses(), MayAdd: d.scope.Can(salon.EditStaff), Roles: salon.Roles}
	p.Form.Language = d.Lang
	if !d.scope.Can(salon.ViewStaff) {
		return p, nil
	}
	everyone, err := d.scope.Staff(d.ctx())
	if err != nil {
		return nil, err
	}
	for _, person := range everyone {
		if person.Person && person.Active {
			p.Staff = append(p.Staff, person)
		}
	}
	return p, nil
}

func getMore(d *desk) error {
	p, err := d.morePage()
	if err != nil {
		return err
	}
	p.Adding = d.QueryParam("add") != ""
	p.Toast = d.toast(d.QueryParam("did"))
	return d.show(http.StatusOK, "more", p)
}

// postLanguage changes the language of the signed-in person, and of this
// device's pages before sign-in.
func postLanguage(d *desk) error {
	lang := oneOf(d.FormValue("lang"), "en", "zh-CN")
	if err := d.scope.SetLanguage(d.ctx(), lang); err != nil {
		return err
	}
	d.device.Lang = lang
	d.keepDevice(d.device)
	return d.see("/more")
}

func postStaff(d *desk) error {
	form := salon.StaffForm{
		Name: d.FormValue("name"), Code: d.FormValue("code"), Role: d.FormValue("role"),
		Email: d.FormValue("email"), Password: d.FormValue("password"), Language: d.FormValue("language"),
	}
	if _, err := d.scope.AddStaff(d.ctx(), form); err != nil {
		if salon.KindOf(err) != salon.Invalid {
			return err
		}
		p, again := d.morePage()
		if again != nil {
			return again
		}
		form.Password = ""
		p.Form, p.Adding, p.Wrong = form, true, d.Complaints(err)
		p.Toast = &Toast{Text: d.Say(err), Bad: true}
		return d.show(http.StatusUnprocessableEntity, "more", p)
	}
	return d.see("/more?did=staff")
}

// roleWord is the name of a role.
func roleWord(role string) string {
	switch role {
	case "owner":
		return say("Owner")
	case "manager":
		return say("Manager")
	case "admin":
		return say("Administrator")
	case "reception":
		return say("Reception")
	case "beautician":
		return say("Stylist")
	case "finance":
		return say("Bookkeeping")
	case "stock":
		return say("Stock")
	case "it":
		return say("Technician")
	case "":
		return say("Does not sign in")
	}
	return role
}
