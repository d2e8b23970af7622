package salon

// ActInfo is how an act is called and how it may be granted. The table of
// roles shows the acts in this order under their groups.
type ActInfo struct {
	Act      Act
	Group    string   // a catalogue key
	Say      string   // what is done, a catalogue key; follows "may"
	Reaches  []Reach  // the wider first
	Answers  []Answer // besides no
	Limit    bool     // has limits in money or percent
	Strength Strength // what a session must be to do it
	Weight   int      // 0 harmless … 3 the salon's secrets and money: for the "too open" score
}

// MayReach tells whether the act can be granted with this reach.
func (a ActInfo) MayReach(r Reach) bool { return has(a.Reaches, r) }

// MayAnswer tells whether the act can be granted with this answer.
func (a ActInfo) MayAnswer(x Answer) bool { return has(a.Answers, x) }

func has[T comparable](list []T, x T) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

// Groups of the table of roles.
const (
	groupClients  = "Clients"
	groupCalendar = "Calendar"
	groupMoney    = "Money"
	groupStock    = "Services and stock"
	groupPeople   = "People and rights"
	groupSystem   = "System"
)

var (
	everywhere = []Reach{All}
	ofClients  = []Reach{All, Served}
	ofOwn      = []Reach{All, Own}
	plain      = []Answer{Yes}
	asked      = []Answer{Yes, Why, Ask, Two} // for what is changed or taken out in one step
)

// Acts is every act there is, in the order of the table of roles.
func Acts() []ActInfo {
	var out []ActInfo
	for _, group := range [][]ActInfo{clientActs(), calendarActs(), moneyActs(), stockActs(), peopleActs(), systemActs()} {
		out = append(out, group...)
	}
	return out
}

// ActNamed is one act's entry. ok is false for what is not an act.
func ActNamed(a Act) (info ActInfo, ok bool) {
	for _, info := range Acts() {
		if info.Act == a {
			return info, true
		}
	}
	return ActInfo{}, false
}

func act(group string, a Act, say string, reaches []Reach, answers []Answer, min Strength, weight int) ActInfo {
	return ActInfo{Act: a, Group: group, Say: say, Reaches: reaches, Answers: answers, Strength: min, Weight: weight}
}

func limited(a ActInfo) ActInfo {
	a.Limit = true
	return a
}

func clientActs() []ActInfo {
	const g = groupClients
	return []ActInfo{
		act(g, ViewClient, "see clients", ofClients, []Answer{Yes, Flag}, Pin, 1),
		act(g, CreateClient, "add clients", everywhere, asked, Pin, 0),
		act(g, EditClient, "change clients", ofClients, asked, Pin, 1),
		act(g, DeleteClient, "delete clients", everywhere, asked, Pin, 3),
		act(g, CountClients, "see statistics of clients", everywhere, plain, Pin, 1),
		act(g, SeeContact, "see phone and e-mail", ofClients, []Answer{Yes, Why, Ask}, Pin, 3),
		act(g, SeeHealth, "see allergies and health", ofClients, []Answer{Yes, Flag}, Pin, 2),
		act(g, EditHealth, "write allergies and health", ofClients, asked, Pin, 1),
		act(g, SeeFormula, "see formulas", ofClients, []Answer{Yes, Flag}, Pin, 1),
		act(g, EditFormula, "write formulas", ofClients, asked, Pin, 1),
		act(g, SeePhoto, "see photos", ofClients, []Answer{Yes, Flag}, Pin, 2),
		act(g, TakePhoto, "add photos", ofClients, asked, Pin, 1),
		act(g, SeeConsent, "see consents", ofClients, []Answer{Yes, Flag}, Pin, 1),
		act(g, TakeConsent, "have consents signed or withdrawn", ofClients, asked, Pin, 0),
		act(g, EditConsent, "change the texts of consents", everywhere, asked, Password, 1),
	}
}

func calendarActs() []ActInfo {
	const g = groupCalendar
	return []ActInfo{
		act(g, ViewCalendar, "see the calendar", ofOwn, plain, Pin, 0),
		act(g, Book, "book", ofOwn, asked, Pin, 0),
		act(g, MoveVisit, "move bookings", ofOwn, asked, Pin, 0),
		act(g, SetVisit, "set how far a visit is", ofOwn, asked, Pin, 0),
		act(g, CancelVisit, "call off bookings", ofOwn, asked, Pin, 1),
		act(g, CountVisits, "see statistics of bookings", ofOwn, plain, Pin, 0),
	}
}

func moneyActs() []ActInfo {
	const g = groupMoney
	return []ActInfo{
		act(g, ViewSales, "see receipts", ofOwn, plain, Pin, 1),
		act(g, Sell, "take payments", everywhere, asked, Pin, 1),
		limited(act(g, EditPrice, "change a price at the till", everywhere, asked, Pin, 2)),
		limited(act(g, GiveDiscount, "give discounts", everywhere, asked, Pin, 2)),
		limited(act(g, GiveRefund, "give refunds", everywhere, asked, Pin, 3)),
		limited(act(g, VoidSale, "void receipts", everywhere, asked, Pin, 3)),
		act(g, CloseTill, "close the till", everywhere, asked, Pin, 2),
		limited(act(g, TillDifference, "accept a difference in the till", everywhere, asked, Pin, 3)),
		act(g, ViewReports, "see takings and reports", ofOwn, plain, Pin, 2),
		act(g, ViewPrepaid, "see prepaid cards and packages", ofClients, plain, Pin, 1),
		act(g, SellPrepaid, "sell and use prepaid cards and packages", everywhere, asked, Pin, 1),
		limited(act(g, EditPrepaid, "correct prepaid cards and packages", everywhere, asked, Pin, 3)),
		act(g, CountPrepaid, "see what the salon owes on prepaid cards", everywhere, plain, Pin, 2),
		act(g, ViewCommission, "see commission", ofOwn, plain, Pin, 1),
		act(g, EditCommission, "change commission", everywhere, asked, Password, 3),
		act(g, CountCommissions, "see statistics of commission", everywhere, plain, Pin, 2),
		act(g, ExportMoney, "export takings", everywhere, asked, Password, 2),
	}
}

func stockActs() []ActInfo {
	const g = groupStock
	return []ActInfo{
		act(g, ViewCatalogue, "see services and products", everywhere, plain, Pin, 0),
		act(g, EditCatalogue, "change services and prices", everywhere, asked, Pin, 2),
		act(g, ViewStock, "see stock", everywhere, plain, Pin, 0),
		act(g, UseStock, "take from stock", everywhere, asked, Pin, 0),
		act(g, OrderStock, "order stock", everywhere, asked, Pin, 1),
		act(g, EditStock, "count and correct stock", everywhere, asked, Pin, 1),
		act(g, ExportStock, "export stock", everywhere, asked, Password, 0),
	}
}

func peopleActs() []ActInfo {
	const g = groupPeople
	return []ActInfo{
		act(g, ViewStaff, "see who works here", everywhere, plain, Pin, 0),
		act(g, EditStaff, "add people and end their access", everywhere, asked, Password, 3),
		act(g, ViewRoles, "see roles", everywhere, plain, Pin, 0),
		act(g, EditRoles, "change roles", everywhere, asked, Password, 3),
		act(g, EditMasking, "decide for whom contacts are open", everywhere, asked, Password, 3),
		act(g, Unmask, "switch masking off", everywhere, []Answer{Ask, Two}, Password, 3),
		act(g, ReviewRights, "review rights", everywhere, plain, Password, 2),
		act(g, ViewDuties, "see who is responsible", everywhere, plain, Pin, 0),
		act(g, EditDuties, "say who is responsible", everywhere, asked, Password, 1),
		act(g, ViewDevices, "see devices", everywhere, plain, Pin, 0),
		act(g, EditDevices, "let devices in and lock them out", everywhere, asked, Password, 2),
		act(g, ViewAudit, "see the log", []Reach{All, Branch, Money, Technical, Own}, plain, Pin, 2),
		act(g, ViewAlerts, "see alerts", everywhere, plain, Pin, 1),
		act(g, ConfigureAlerts, "change alerts", everywhere, asked, Password, 2),
		act(g, WriteIncident, "report incidents", everywhere, plain, Pin, 0),
		act(g, ViewIncidents, "see incidents", ofOwn, plain, Pin, 0),
		act(g, CloseIncident, "close incidents", everywhere, asked, Pin, 0),
	}
}

func systemActs() []ActInfo {
	const g = groupSystem
	return []ActInfo{
		act(g, ViewBackup, "see backups and drills", everywhere, plain, Pin, 0),
		act(g, RunBackup, "run a backup", everywhere, asked, Pin, 0),
		act(g, SetBackup, "change where backups go", everywhere, asked, Password, 3),
		act(g, AcceptNight, "accept a night without a good backup", everywhere, asked, Password, 2),
		act(g, Restore, "run a restore", everywhere, asked, Password, 3),
		act(g, Import, "import from another program", everywhere, asked, Password, 2),
		act(g, ExportPersonal, "export clients", everywhere, asked, Password, 3),
		act(g, ViewSettings, "see the salon's settings", everywhere, plain, Pin, 0),
		act(g, EditSettings, "change the salon's settings", everywhere, asked, Password, 2),
		act(g, ViewSync, "see how branches exchange records", everywhere, plain, Pin, 0),
		act(g, EditSync, "change how branches exchange records", everywhere, asked, Password, 2),
		act(g, ViewKeys, "see keys of other programs", everywhere, plain, Password, 0),
		act(g, EditKeys, "make keys for other programs", everywhere, asked, Password, 3),
		act(g, ViewPrivacy, "see the privacy report", everywhere, plain, Pin, 1),
		act(g, SubjectAccess, "give a client their own record", everywhere, asked, Password, 3),
		act(g, Erase, "erase a client", everywhere, asked, Password, 3),
		act(g, SetRetention, "change how long records are kept", everywhere, asked, Password, 2),
		act(g, OwnAccount, "use their own account", everywhere, plain, Pin, 0),
	}
}
