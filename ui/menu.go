package ui

import "salonkeep/store/salon"

// frame is the page around what a signed-in person looks at: the navigation
// holds only what this person may open.
func (d *desk) frame(nav string) Page {
	p := d.call.frame(nav)
	p.Salon = d.settings.Name
	p.Currency = d.settings.Currency
	p.Who = d.scope.Who()
	p.Live = true
	for _, m := range []struct {
		act  salon.Act
		name string
		item MenuItem
	}{
		{salon.ViewCalendar, "calendar", MenuItem{Href: "/calendar", Icon: "calendar-event", Label: say("Calendar")}},
		{salon.ViewClient, "clients", MenuItem{Href: "/clients", Icon: "users", Label: say("Clients")}},
		{salon.ViewSales, "receipts", MenuItem{Href: "/receipts", Icon: "receipt", Label: say("Receipts")}},
		{salon.ViewBackup, "backups", MenuItem{Href: "/backups", Icon: "shield", Label: say("Backups"), Foot: true}},
		{salon.OwnAccount, "more", MenuItem{Href: "/more", Icon: "settings", Label: say("More"), Foot: true}},
	} {
		if !d.scope.Can(m.act) {
			continue
		}
		m.item.Label = d.T(m.item.Label)
		if m.act == salon.ViewBackup {
			m.item.Dot, m.item.DotLabel = d.backupDot()
		}
		m.item.Current = m.name == nav
		p.Menu = append(p.Menu, m.item)
	}
	return p
}

// backupDot is the state of the backups in one colour and a few words, the
// same as on their page. Nobody has to remember to look.
func (d *desk) backupDot() (dot, label string) {
	copies, err := d.scope.Copies(d.ctx())
	if err != nil {
		d.s.Log.Error("backup state for the home bar", "err", err)
		return "", ""
	}
	guard := d.judge(copies, d.s.Now())
	return guard.Tone, guard.Title
}

// home is the first page this person may open.
func (d *desk) home() string {
	for _, m := range []struct {
		act  salon.Act
		path string
	}{{salon.ViewCalendar, "/calendar"}, {salon.ViewSales, "/receipts"}, {salon.ViewBackup, "/backups"}} {
		if d.scope.Can(m.act) {
			return m.path
		}
	}
	return "/more"
}
