package salon

// Openness is how open the salon's rights are, 0 to 100, and why.
type Openness struct {
	Score   int
	Parts   []OpennessPart
	History []OpennessAt // newest first
}

// OpennessPart is one reason for the score.
type OpennessPart struct {
	Score int
	Why   Sentence
}

// OpennessAt is the score as it was after a change.
type OpennessAt struct {
	At    string
	Score int
}

// Hand is somebody who holds rights that should not be in one hand.
type Hand struct {
	Helper
	Acts []Act
	Why  Sentence
}

// Apart are rights that should not be in one hand, and why. The owner of a
// salon holds all of them.
type Apart struct {
	Acts    []Act
	Limited bool   // even where they are held only up to a limit
	Why     string // a catalogue key
}

// KeptApart are the rights nobody but an owner should hold together.
func KeptApart() []Apart {
	return []Apart{
		{[]Act{GiveRefund, CloseTill, ExportPersonal}, true, "%s can refund, close the till and take the client list along."},
		{[]Act{VoidSale, CloseTill, TillDifference}, false, "%s can void receipts and accept the missing money as well."},
		{[]Act{EditRoles, ExportPersonal}, false, "%s can give themselves the way to the client list."},
		{[]Act{EditStaff, EditCommission}, false, "%s can make people and pay them."},
		{[]Act{OrderStock, EditStock, EditPrice}, false, "%s can order goods, count them away and sell them cheaper."},
		{[]Act{SetBackup, Restore, EditRoles}, false, "%s can change where backups go, bring an old state back and change who may."},
	}
}

// Warning is something about rights an owner should know.
type Warning struct {
	Act Act
	Why Sentence
}

// Critical are rights of which a salon needs at least two holders, so that one
// person's holiday stops nothing.
var Critical = []Act{RunBackup, EditStaff, EditRoles, CloseTill, EditDevices}

// ReviewLine is one right of one person under review.
type ReviewLine struct {
	ID        string
	Act       Act
	Say       string
	Grant     Grant
	LastUsed  Day // "" for never
	Remove    bool
	Decision  string // "", keep, remove
	DecidedBy string
	Note      string
	Weight    int
}

// ReviewPerson is one person under review.
type ReviewPerson struct {
	Helper
	RoleName any
	Self     bool // the viewer: somebody else has to decide
	Lines    []ReviewLine
	Hands    []Hand
}

// Review is one review of everybody's rights.
type Review struct {
	ID        string
	StartedBy string
	StartedAt string
	SignedBy  string
	SignedAt  string
	Note      string
	NextOn    Day
	Open      int // lines without a decision
	Removed   int
}

// ReviewSheet is a review person by person.
type ReviewSheet struct {
	Review
	People   []ReviewPerson
	Warnings []Warning
	Openness Openness
}

// ReviewDecision is what is to become of one line.
type ReviewDecision struct {
	LineID string
	Keep   bool
	Note   string
}
