package salon

// Roles every new salon starts with, in the order they are shown.
var Roles = []string{"owner", "manager", "admin", "reception", "beautician", "finance", "stock", "it"}

// Owner is the role that may everything, cannot be edited and always has a
// holder.
const Owner = "owner"

// grants is a shorthand for many acts with one grant.
func grants(g Grant, acts ...Act) map[Act]Grant {
	out := make(map[Act]Grant, len(acts))
	for _, a := range acts {
		out[a] = g
	}
	return out
}

func merge(parts ...map[Act]Grant) map[Act]Grant {
	out := map[Act]Grant{}
	for _, p := range parts {
		for a, g := range p {
			out[a] = g
		}
	}
	return out
}

var (
	yes    = Grant{Reach: All, Answer: Yes}
	ask    = Grant{Reach: All, Answer: Ask}
	two    = Grant{Reach: All, Answer: Two}
	flag   = Grant{Reach: All, Answer: Flag}
	own    = Grant{Reach: Own, Answer: Yes}
	served = Grant{Reach: Served, Answer: Yes}
)

// everybody is what each role has: one's own account, the list of who is
// responsible, and the right to report that something is broken.
func everybody() map[Act]Grant {
	return merge(grants(yes, OwnAccount, ViewDuties, WriteIncident), grants(own, ViewIncidents))
}

// DefaultGrants is the matrix a new salon starts with, before the owner edits
// it: role -> act -> grant. A missing entry means no.
func DefaultGrants() map[string]map[Act]Grant {
	return map[string]map[Act]Grant{
		Owner:        ownerGrants(),
		"manager":    managerGrants(),
		"admin":      adminGrants(),
		"reception":  receptionGrants(),
		"beautician": beauticianGrants(),
		"finance":    financeGrants(),
		"stock":      merge(everybody(), grants(yes, ViewCatalogue, ViewStock, UseStock, OrderStock, EditStock, ExportStock)),
		"it": merge(everybody(), grants(yes, ViewDevices, ViewBackup, RunBackup, ViewAlerts, ViewIncidents, CloseIncident, ViewSettings, ViewSync, ViewKeys),
			grants(ask, SetBackup, ConfigureAlerts, EditKeys), grants(two, Restore),
			grants(Grant{Reach: Technical, Answer: Yes}, ViewAudit)),
	}
}

// ownerGrants is everything, with a second person where one pair of eyes is
// not enough even for the owner.
func ownerGrants() map[Act]Grant {
	out := map[Act]Grant{}
	for _, a := range Acts() {
		out[a.Act] = yes
	}
	return merge(out, grants(two, ExportPersonal, Restore, Unmask, ConfigureAlerts))
}

func managerGrants() map[Act]Grant {
	return merge(everybody(),
		grants(yes, ViewClient, CreateClient, EditClient, CountClients, SeeHealth, EditHealth, SeeFormula, EditFormula,
			SeePhoto, TakePhoto, SeeConsent, TakeConsent, ViewCalendar, Book, MoveVisit, SetVisit, CancelVisit, CountVisits,
			ViewSales, Sell, ViewReports, CloseTill, ViewPrepaid, SellPrepaid, CountPrepaid, ViewCatalogue, EditCatalogue,
			ViewStock, UseStock, OrderStock, EditStock, ViewCommission, ViewStaff, ViewRoles, ViewDevices, ViewAlerts,
			ViewIncidents, CloseIncident, ViewBackup, ViewSettings, EditSettings, ViewPrivacy),
		grants(Grant{Reach: All, Answer: Why}, SeeContact),
		grants(Grant{Reach: All, Answer: Yes, LimitPercent: 30}, GiveDiscount, EditPrice),
		grants(Grant{Reach: All, Answer: Yes, LimitCents: 5000}, GiveRefund, VoidSale, TillDifference, EditPrepaid),
		grants(Grant{Reach: Branch, Answer: Yes}, ViewAudit),
		grants(ask, DeleteClient, ExportPersonal, EditStaff, EditRoles, EditMasking, Unmask, EditDevices, ConfigureAlerts, EditDuties, Erase, SubjectAccess))
}

func adminGrants() map[Act]Grant {
	return merge(everybody(),
		grants(yes, ViewClient, SeeContact, ViewCalendar, ViewCatalogue, ViewStaff, EditStaff, ViewRoles, EditRoles, EditMasking,
			ReviewRights, EditDuties, ViewDevices, EditDevices, ViewAudit, ViewAlerts, ViewIncidents, CloseIncident, ViewBackup,
			ViewSettings, ViewSync, ViewKeys, ViewPrivacy),
		grants(ask, ExportPersonal, Unmask, ConfigureAlerts, SubjectAccess, Erase))
}

func receptionGrants() map[Act]Grant {
	return merge(everybody(),
		grants(yes, ViewClient, CreateClient, EditClient, SeePhoto, TakePhoto, SeeConsent, TakeConsent,
			ViewCalendar, Book, MoveVisit, SetVisit, CancelVisit, ViewSales, Sell, CloseTill, ViewPrepaid, SellPrepaid,
			ViewCatalogue, ViewStock, ViewStaff, ViewBackup),
		grants(Grant{Reach: All, Answer: Why}, SeeContact),
		grants(flag, SeeHealth),
		grants(Grant{Reach: All, Answer: Yes, LimitPercent: 10}, GiveDiscount),
		grants(own, ViewCommission, ViewAudit),
		grants(ask, EditPrice, GiveRefund, VoidSale, TillDifference))
}

func beauticianGrants() map[Act]Grant {
	return merge(everybody(),
		grants(served, ViewClient, SeeHealth, EditHealth, SeeFormula, EditFormula, SeePhoto, TakePhoto, SeeConsent, TakeConsent, ViewPrepaid),
		grants(Grant{Reach: Served, Answer: Why}, SeeContact),
		grants(own, ViewCalendar, SetVisit, ViewCommission, ViewAudit),
		grants(yes, ViewCatalogue, UseStock, ViewStaff, ViewBackup))
}

func financeGrants() map[Act]Grant {
	return merge(everybody(),
		grants(flag, ViewClient),
		grants(yes, CountVisits, ViewSales, ViewReports, ViewPrepaid, CountPrepaid, ViewCatalogue, ViewStock, ViewCommission,
			EditCommission, CountCommissions, ExportMoney, ViewBackup, ViewSync, EditSync),
		grants(two, GiveRefund, VoidSale, TillDifference),
		grants(Grant{Reach: Money, Answer: Yes}, ViewAudit))
}

// DefaultShows is what of each field a role sees in a new salon where it sees
// the record at all. A missing entry means hidden.
func DefaultShows() map[string]map[Field]Show {
	all := func(s Show, fields ...Field) map[Field]Show {
		out := map[Field]Show{}
		for _, f := range fields {
			out[f] = s
		}
		return out
	}
	join := func(parts ...map[Field]Show) map[Field]Show {
		out := map[Field]Show{}
		for _, p := range parts {
			for f, s := range p {
				out[f] = s
			}
		}
		return out
	}
	contacts := []Field{Phone, Email, WeChat, Address, Birthday}
	return map[string]map[Field]Show{
		Owner:        all(Visible, Fields...),
		"manager":    join(all(Masked, contacts...), all(Visible, Photo, Allergy, Formula, Balance, Cost, Commission, PrivateNote)),
		"admin":      all(Visible, contacts...),
		"reception":  join(all(Masked, contacts...), all(Visible, Photo, Balance, Commission), all(Masked, Allergy)),
		"beautician": join(all(Masked, contacts...), all(Visible, Photo, Allergy, Formula, Commission, PrivateNote)),
		"finance":    all(Visible, Balance, Cost, Commission),
		"stock":      all(Visible, Cost),
		"it":         {},
	}
}
