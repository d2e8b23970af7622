package salon

// Pending is a sign-in whose second factor is still to come.
type Pending struct {
	Name    string
	Code    bool // by a code of an app
	Passkey bool
	Codes   int // recovery codes left
}

// Locked is who is behind a locked screen.
type Locked struct {
	Helper
	HasPin bool
}

// Factors are the ways one person signs in.
type Factors struct {
	HasPin    bool
	PinSetAt  string
	PinGiven  bool // by somebody else; it has to be changed
	Code      bool // an app makes codes
	Passkeys  []Passkey
	Codes     int  // recovery codes left
	Due       bool // this person ought to have a second factor and has none
	Strength  Strength
	ChangedAt string // when the password was last changed
}

// Passkey is one of a person's passkeys.
type Passkey struct {
	ID     string
	Name   string
	MadeAt string
	UsedAt string // "" if never
}

// CodeStart is what an app that makes codes is set up with.
type CodeStart struct {
	Secret string // to be typed where no camera is
	URL    string // otpauth://, for a QR code
}

// Site is the address a browser knows the salon by. A passkey is bound to it.
type Site struct {
	Host   string // salonkeep.local
	Origin string // https://salonkeep.local
}

// Ceremony is the first half of making or using a passkey: Options go to the
// browser as they are, ID comes back with its answer.
type Ceremony struct {
	ID      string
	Options []byte // JSON
}

// Session is one place a person is signed in.
type Session struct {
	ID       string // names it; opens nothing
	Station  string
	Strength Strength
	MadeAt   string
	SeenAt   string
	Here     bool
}

// PinForm sets one's own PIN. Proof is the password, or the PIN so far.
type PinForm struct {
	Proof, Pin string
}
