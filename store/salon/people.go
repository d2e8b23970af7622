package salon

import "strings"

// Contact is a phone number or e-mail address as one person may see it. Where
// it is masked the plain value is not in it, so nothing that holds a masked
// Contact (a page, a report, a log line) can give it away.
type Contact struct {
	text   string
	masked bool
}

// PlainContact is a contact its viewer may see.
func PlainContact(s string) Contact { return Contact{text: s} }

// MaskPhone keeps the last four digits of numbers long enough for that to say
// nothing, and none of shorter ones.
func MaskPhone(s string) Contact {
	if s == "" {
		return Contact{}
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(digits) < 8 {
		return Contact{text: "••••", masked: true}
	}
	return Contact{text: "•••• " + digits[len(digits)-4:], masked: true}
}

// MaskEmail keeps nothing but the fact that there is an address.
func MaskEmail(s string) Contact {
	if s == "" {
		return Contact{}
	}
	return Contact{text: "••••@••••", masked: true}
}

// String is what may be shown: the value, or its mask, or "" if there is none.
func (c Contact) String() string { return c.text }

// Masked tells whether String is a mask.
func (c Contact) Masked() bool { return c.masked }

// Client is a person the salon serves, as one member of staff may see them.
type Client struct {
	ID      string
	Version int64
	Code    string // the code of the system the client came from, or ours
	Name    string
	Phone   Contact
	Email   Contact
	WeChat  Contact
	Address Contact
	// Birthday is a Day; its mask leaves the day and the month.
	Birthday Contact
	Note     string  // what the whole team may read; health notes are their own records
	Private  Contact // what only some may read; masked or hidden like a contact
	Since    Day     // first visit or the day the card was made
}

// ClientForm is what reception types about a client. A nil pointer means
// "leave as it is": a person who sees only the mask cannot overwrite the value
// by saving the form.
type ClientForm struct {
	Name, Note                                       string
	Phone, Email, WeChat, Address, Birthday, Private *string
}

// ClientRow is one line of the client list.
type ClientRow struct {
	Client
	LastVisit Day
	Visits    int
}

// ClientCard is everything of one client on one page.
type ClientCard struct {
	Client
	Visits   []Visit // newest first, at most 200
	Sales    []SaleRow
	Notes    []Note
	NoShows  int
	Done     int
	NetCents int64 // sum of the client's own sale lines before tax; 0 when the viewer may not see money
}

// Note is something written about a record inside the system.
type Note struct {
	ID     string
	Text   string
	Author string
	At     string // UTC, fixed width
}

// Staff is a person who works in the salon, or the house itself.
type Staff struct {
	ID      string
	Version int64
	Code    string
	Name    string
	Role    string // id of a role, "" for people who never sign in
	Person  bool   // false: the house, which sells but is nobody
	Active  bool
	Login   string // e-mail address used to sign in, "" if none; only for who may edit staff

	RoleEnds Day    // last day of a trial time, "" for no end
	NextRole string // id of the role that begins on NextFrom, "" for none
	NextFrom Day
	Joined   Day // "" where nobody noted it
	Left     Day
}

// StaffForm is a new member of staff. Email and Password together make a
// login; both empty make someone who never signs in.
type StaffForm struct {
	Name, Code, Role, Email, Password, Language string
}

// Who is the signed-in person a Scope acts for.
type Who struct {
	StaffID  string
	Name     string
	Role     string
	Language string // en or zh-CN
	Station  string // the device, as it named itself
}
