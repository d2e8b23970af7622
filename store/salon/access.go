package salon

// Act is something a person may or may not do, written object.verb. What each
// one is called, and how it may be granted, stands in Acts.
type Act string

const (
	ViewClient   Act = "client.view"
	CreateClient Act = "client.create"
	EditClient   Act = "client.edit"
	DeleteClient Act = "client.delete"
	CountClients Act = "client.statistics"
	SeeContact   Act = "contact.view" // phone, e-mail and the other contact fields in plain
	SeeHealth    Act = "health.view"  // allergies and patch tests
	EditHealth   Act = "health.edit"
	SeeFormula   Act = "formula.view"
	EditFormula  Act = "formula.edit"
	SeePhoto     Act = "photo.view"
	TakePhoto    Act = "photo.create"
	SeeConsent   Act = "consent.view"
	TakeConsent  Act = "consent.create" // also its withdrawal
	EditConsent  Act = "consent.edit"   // the texts that are signed

	ViewCalendar Act = "appointment.view"
	Book         Act = "appointment.create"
	MoveVisit    Act = "appointment.edit"
	SetVisit     Act = "appointment.status"
	CancelVisit  Act = "appointment.delete"
	CountVisits  Act = "appointment.statistics"

	ViewSales      Act = "sale.view"
	Sell           Act = "sale.create"
	EditPrice      Act = "sale.edit"
	VoidSale       Act = "sale.delete"
	ViewReports    Act = "sale.statistics"
	GiveDiscount   Act = "discount.give"
	GiveRefund     Act = "refund.give"
	CloseTill      Act = "till.close"
	TillDifference Act = "till.difference"
	ViewPrepaid    Act = "prepaid.view"
	SellPrepaid    Act = "prepaid.create"
	EditPrepaid    Act = "prepaid.edit"
	CountPrepaid   Act = "prepaid.statistics"

	ViewCatalogue    Act = "catalogue.view"
	EditCatalogue    Act = "catalogue.edit"
	ViewStock        Act = "stock.view"
	UseStock         Act = "stock.use"
	OrderStock       Act = "stock.create"
	EditStock        Act = "stock.edit"
	ViewCommission   Act = "commission.view"
	EditCommission   Act = "commission.edit"
	CountCommissions Act = "commission.statistics"

	ExportPersonal Act = "export.personal"
	ExportMoney    Act = "export.money"
	ExportStock    Act = "export.stock"
	Import         Act = "import.run"

	ViewStaff    Act = "staff.view"
	EditStaff    Act = "staff.edit"
	ViewRoles    Act = "role.view"
	EditRoles    Act = "role.edit"
	EditMasking  Act = "mask.edit" // exceptions by person, and switching the mask on
	Unmask       Act = "mask.off"  // switching the mask off, or taking a field out of it
	ReviewRights Act = "permission.review"
	ViewDuties   Act = "duty.view"
	EditDuties   Act = "duty.edit"

	ViewDevices     Act = "device.view"
	EditDevices     Act = "device.edit"
	ViewAudit       Act = "audit.view"
	ViewAlerts      Act = "alert.view"
	ConfigureAlerts Act = "alert.configure"
	WriteIncident   Act = "incident.create"
	ViewIncidents   Act = "incident.view"
	CloseIncident   Act = "incident.edit"

	ViewBackup   Act = "backup.view"
	RunBackup    Act = "backup.run"
	SetBackup    Act = "backup.configure"
	AcceptNight  Act = "backup.accept" // a failed night
	Restore      Act = "restore.run"
	ViewSettings Act = "settings.view"
	EditSettings Act = "settings.edit" // the branch: name, taxes, hours
	ViewSync     Act = "sync.view"
	EditSync     Act = "sync.edit"
	ViewKeys     Act = "api.view"
	EditKeys     Act = "api.edit"

	ViewPrivacy   Act = "privacy.view"
	SubjectAccess Act = "privacy.export"
	Erase         Act = "privacy.erase"
	SetRetention  Act = "privacy.configure"

	OwnAccount Act = "account.own" // one's own language, password, lessons and sign-out
)

// Reach is on whose records an act may be done. A role without a grant for an
// act may not do it at all.
type Reach string

const (
	All       Reach = "all"
	Branch    Reach = "branch"    // records of this branch
	Served    Reach = "served"    // clients this person has or had an appointment with
	Own       Reach = "own"       // this person's own records
	Money     Reach = "money"     // of the log: what concerns money
	Technical Reach = "technical" // of the log: devices, backups, errors; no names of clients
)

// Answer is what a person hears who wants to do an act they have a grant for.
type Answer string

const (
	No   Answer = "no" // only of exceptions: takes away what the role gives
	Yes  Answer = "yes"
	Why  Answer = "why"  // say why: a reason must be given, and is logged
	Flag Answer = "flag" // only that something is on file; of clients: the name
	Ask  Answer = "ask"  // ask first: somebody who may do it approves it
	Two  Answer = "two"  // two people: a second person confirms at once
)

// Grant is what a role, or an exception, allows of one act. The zero Grant is no.
type Grant struct {
	Reach        Reach
	Answer       Answer
	LimitCents   int64  // up to here without asking; 0 is no limit
	LimitPercent int    // the same for discounts
	Need         string // why this role needs it
}

// Allows tells whether there is a grant at all.
func (g Grant) Allows() bool { return g.Answer != "" }

// Freely tells whether nobody has to be asked and nothing said first.
func (g Grant) Freely() bool { return g.Answer == Yes }

// Within tells whether an amount and a percentage need no approval.
func (g Grant) Within(cents int64, percent int) bool {
	return g.Allows() && (g.LimitCents == 0 || cents <= g.LimitCents) && (g.LimitPercent == 0 || percent <= g.LimitPercent)
}

// Covers tells whether whoever holds g may give other: nobody gives more than
// they hold.
func (g Grant) Covers(other Grant) bool {
	reach := g.Reach == other.Reach || g.Reach == All || g.Reach == Branch && other.Reach != All
	within := g.LimitCents == 0 || other.LimitCents > 0 && other.LimitCents <= g.LimitCents
	percent := g.LimitPercent == 0 || other.LimitPercent > 0 && other.LimitPercent <= g.LimitPercent
	return !other.Allows() || reach && freedom[g.Answer] >= freedom[other.Answer] && (other.Answer != Yes || within && percent)
}

var freedom = map[Answer]int{Flag: 1, Two: 2, Ask: 2, Why: 3, Yes: 4}

// Strength is how surely we know who holds a session.
type Strength string

const (
	Pin          Strength = "pin"
	Password     Strength = "password"
	SecondFactor Strength = "second-factor"
)

var strengths = map[Strength]int{Pin: 1, Password: 2, SecondFactor: 3}

// AtLeast compares two strengths. The zero Strength is less than any.
func (s Strength) AtLeast(min Strength) bool { return strengths[s] >= strengths[min] }
