package salon

// Opening is how contacts stand for one person.
type Opening string

const (
	AsRole    Opening = "role"   // as the role says
	Concealed Opening = "hidden" // not even the mask
	WithWhy   Opening = "why"    // masked; shown for a reason
	Unmasked  Opening = "open"
)

// Exception is how contacts stand for one person other than their role says.
type Exception struct {
	StaffID string
	Opens   Opening
	Ends    Day // last day; "" for no end, which Unmasked may not have
	Reason  string
}

// MaskPerson is one line of the list of exceptions. Only people who can sign
// in stand there.
type MaskPerson struct {
	Helper
	Role     string // id
	RoleName any    // an argument of a Sentence
	Opens    Opening
	Ends     Day
	ByRole   Show // what the role alone shows of a phone number
	Reach    Reach
	Locked   bool // the owner sees everything, and who sees no clients has nothing to see
	Reveals  int  // in the last 30 days
	Today    int
	Limit    int // a day
}

// MaskSheet is the page of the mask.
type MaskSheet struct {
	On      bool
	Covers  map[Field]bool
	People  []MaskPerson
	Seconds int // a revealed contact stays on screen
}

// Seen is what one person sees of one client, as far as the viewer may see it
// too.
type Seen struct {
	Helper
	Knows   bool // whether they may know of the client at all
	Serves  bool
	Client  Client
	Shows   map[Field]Show
	Reveals bool // whether they may have contacts shown for a reason
}

// Revealed is a contact shown for a moment.
type Revealed struct {
	Value string
	Until string // UTC, fixed width; a page takes it away then
	Used  int    // of today's allowance, this one included
	Limit int
}

// RevealState is what the page asks before it shows a contact.
type RevealState struct {
	May   bool // there is a way to see it
	Used  int
	Limit int
	Ask   bool // the allowance is used up: a manager has to approve
}
