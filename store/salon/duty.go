package salon

// Control is something somebody has to answer for.
type Control string

const (
	SystemHealth     Control = "system health"
	BranchSetup      Control = "branch setup"
	UserPermission   Control = "user permission"
	BackupStatus     Control = "backup status"
	SyncRule         Control = "sync rule"
	APIConnection    Control = "api connection"
	Alerts           Control = "alerts"
	PermissionReview Control = "permission review"
)

// ControlInfo is a control with what whoever answers for it must be able to do.
type ControlInfo struct {
	Control Control // also the catalogue key of its name
	Role    string  // whose it is unless the salon says otherwise
	Needs   Act
}

// Controls in the order they are shown.
func Controls() []ControlInfo {
	return []ControlInfo{
		{SystemHealth, "owner", ViewBackup}, {BranchSetup, "manager", EditSettings}, {UserPermission, "admin", EditRoles},
		{BackupStatus, "it", RunBackup}, {SyncRule, "finance", EditSync}, {APIConnection, "it", ViewKeys},
		{Alerts, "manager", ViewAlerts}, {PermissionReview, "admin", ReviewRights},
	}
}

// Duty is a control with who answers for it.
type Duty struct {
	ControlInfo
	Owner    Helper // zero: nobody
	Deputy   Helper
	Acting   Helper // the owner, or the deputy while the owner is away
	OwnerOff Day    // last day of the owner's absence, "" if they are here
	Warnings []Sentence
}

// Absence is when somebody is not there. Both days are included.
type Absence struct {
	ID   string
	Who  Helper
	From Day
	To   Day
}
