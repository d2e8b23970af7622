package salon

// Act is something a person may or may not do, written object.verb.
type Act string

const (
	ViewClient    Act = "client.view"
	CreateClient  Act = "client.create"
	EditClient    Act = "client.edit"
	SeeContact    Act = "contact.view" // phone and e-mail in plain
	ViewCalendar  Act = "appointment.view"
	Book          Act = "appointment.create"
	MoveVisit     Act = "appointment.edit"
	SetVisit      Act = "appointment.status"
	CancelVisit   Act = "appointment.delete"
	ViewSales     Act = "sale.view"
	ViewReports   Act = "sale.statistics"
	ViewCatalogue Act = "catalogue.view"
	ViewStaff     Act = "staff.view"
	EditStaff     Act = "staff.edit"
	Import        Act = "import.run"
	ViewBackup    Act = "backup.view"
	RunBackup     Act = "backup.run"
	SetBackup     Act = "backup.configure"
	ViewAudit     Act = "audit.view"
	EditSettings  Act = "settings.edit"
	OwnAccount    Act = "account.own" // one's own language, password and sign-out
)

// Reach is on whose records an act may be done. A role without a grant for an
// act may not do it at all.
type Reach string

const (
	All    Reach = "all"
	Served Reach = "served" // clients this person has or had an appointment with
	Own    Reach = "own"    // this person's own appointments
)

// Roles every new salon starts with, in the order they are shown.
var Roles = []string{"owner", "manager", "admin", "reception", "beautician", "finance", "stock", "it"}

// DefaultGrants is the matrix a new salon starts with, before the owner edits
// it: role -> act -> reach. A missing entry means no.
func DefaultGrants() map[string]map[Act]Reach {
	everything := map[Act]Reach{}
	for _, a := range []Act{ViewClient, CreateClient, EditClient, SeeContact, ViewCalendar, Book, MoveVisit, SetVisit,
		CancelVisit, ViewSales, ViewReports, ViewCatalogue, ViewStaff, EditStaff, Import, ViewBackup, RunBackup,
		SetBackup, ViewAudit, EditSettings, OwnAccount} {
		everything[a] = All
	}
	return map[string]map[Act]Reach{
		"owner": everything,
		"manager": {ViewClient: All, CreateClient: All, EditClient: All, ViewCalendar: All, Book: All, MoveVisit: All,
			SetVisit: All, CancelVisit: All, ViewSales: All, ViewReports: All, ViewCatalogue: All, ViewStaff: All,
			ViewBackup: All, ViewAudit: All, OwnAccount: All},
		"admin": {ViewClient: All, SeeContact: All, ViewCalendar: All, ViewSales: All, ViewCatalogue: All, ViewStaff: All,
			EditStaff: All, ViewBackup: All, ViewAudit: All, OwnAccount: All},
		"reception": {ViewClient: All, CreateClient: All, EditClient: All, ViewCalendar: All, Book: All, MoveVisit: All,
			SetVisit: All, CancelVisit: All, ViewSales: All, ViewCatalogue: All, ViewStaff: All, ViewBackup: All, OwnAccount: All},
		"beautician": {ViewClient: Served, ViewCalendar: Own, SetVisit: Own, ViewCatalogue: All, ViewStaff: All,
			ViewBackup: All, OwnAccount: All},
		"finance": {ViewSales: All, ViewReports: All, ViewCatalogue: All, ViewBackup: All, OwnAccount: All},
		"stock":   {ViewCatalogue: All, OwnAccount: All},
		"it":      {ViewBackup: All, RunBackup: All, OwnAccount: All},
	}
}
