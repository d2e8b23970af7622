package salon

// DeviceKind is who uses a device.
type DeviceKind string

const (
	SharedDevice DeviceKind = "shared" // a tablet at reception or at a chair; people switch by PIN
	OwnDevice    DeviceKind = "own"    // one person's phone or PC
)

// DeviceState is whether a device may be used.
type DeviceState string

const (
	Unpaired DeviceState = "" // a browser that never joined
	Joined   DeviceState = "joined"
	Revoked  DeviceState = "revoked"
	Lost     DeviceState = "lost"
)

// Device is one tablet, phone or PC of the salon.
type Device struct {
	ID       string
	Name     string
	Kind     DeviceKind
	Person   Helper // whose own one it is; zero for a shared one
	Browser  string
	Address  string // on the salon's network, when it joined
	JoinedAt string // UTC, fixed width
	JoinedBy string
	SeenAt   string
	SeenBy   string // who is signed in on it, "" for nobody
	State    DeviceState
	EndedAt  string
	Here     bool // the viewer is using it now
}

// Station is what the pages before sign-in may know of the device they are on.
type Station struct {
	ID     string
	Name   string
	Kind   DeviceKind
	Person Helper
	State  DeviceState
	Access Access
}

// Tile is one person on the lock screen. It names no client.
type Tile struct {
	Helper
	Role     any      // a Word where the role is one of the salon's first ones
	HasPin   bool     // false: this person signs in with their password
	OnShift  bool     // may be used now, where that is asked for
	Doing    Sentence // "In service to 12:45"; zero if there is nothing to say
	LastHere bool     // was the last to use this device
}

// Pairing is a device on its way in.
type Pairing struct {
	ID        string
	Code      string // what the QR code carries; only in the answer of StartPairing
	ExpiresAt string
	Asks      bool // a device has come and waits to be let in
	Kind      DeviceKind
	Person    Helper
	Name      string
	Browser   string
	Address   string
	Check     string // both screens must show it, "418 902"
}

// PairingForm is what a device is let in as.
type PairingForm struct {
	Name    string
	Kind    DeviceKind
	StaffID string // of an own device
}

// Newcomer is what a device that wants to join says of itself.
type Newcomer struct {
	Name    string // "Galaxy Tab A9"; the salon may call it something else
	Browser string
	Address string
}

// Joining is what a device that wants to join gets: it shows Check, and Code
// where it came without one, and collects its cookie with Secret.
type Joining struct {
	Secret    string
	Check     string
	Code      string // six letters that somebody types on a device that is in; "" after a QR code
	ExpiresAt string
}

// Collected is the answer to a device that asks whether it is in. Token is its
// cookie; it is given once.
type Collected struct {
	Waiting bool
	Refused bool
	Token   string
	Device  Station
}

// Access is from where and when the salon may be used.
type Access struct {
	PairedOnly bool // nobody signs in on a device that has not joined
	ShiftOnly  bool // nobody but the owner outside their hours
	Grace      int  // minutes before and after a shift that still count
	LockShared int  // seconds without a touch after which a shared tablet locks
	LockOwn    int  // the same for somebody's own device; 0 is never
	NeedFactor bool // owner and admin users can do nothing before they have a second factor
}

// DefaultAccess is what a salon starts with.
func DefaultAccess() Access { return Access{Grace: 30, LockShared: 120, LockOwn: 600} }

// Hours are one stretch of a person's week.
type Hours struct {
	Weekday  int // 1 is Monday, 7 is Sunday
	From, To Clock
}

// PersonHours are a person's week; without any they are on no shift.
type PersonHours struct {
	Helper
	Hours []Hours
}
