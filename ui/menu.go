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
		m.item.Current = m.name == nav
		p.Menu = append(p.Menu, m.item)
	}
	return p
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
