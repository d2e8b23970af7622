package salon

// LeaveForm ends a person's time at the salon.
type LeaveForm struct {
	StaffID string
	Version int64
	MoveTo  string // who takes the coming visits; "" leaves them listed
	Note    string
}

// Leaving is what ending a person's time would do, or has done.
type Leaving struct {
	Helper
	RoleName   any
	Login      bool
	Sessions   int
	Exceptions int
	Duties     []Control // that need somebody else now
	Waiting    int       // requests of theirs that nobody has answered
	Coming     []Visit   // before: all that are to come; after: those that could not be moved
	Moved      int
	Conduct    Conduct
}

// Conduct is what a person did in 90 days, beside what others of the salon did.
type Conduct struct {
	From, To Day
	Lines    []ConductLine
	Strange  int // clients whose card they opened without ever having a visit with them
}

// ConductLine counts one kind of thing.
type ConductLine struct {
	What  string // catalogue key: Cards opened, Contacts shown, ...
	Acts  []Act  // of the log
	N     int
	Peers int // median of the others of the same role, of all others where there is none
}

// ConductActs are what is counted, in order.
func ConductActs() []ConductLine {
	return []ConductLine{
		{What: "Client cards opened", Acts: []Act{ViewClient}},
		{What: "Contacts shown", Acts: []Act{LogReveal}},
		{What: "Callers matched", Acts: []Act{LogMatch}},
		{What: "Exports", Acts: []Act{ExportPersonal, ExportMoney, ExportStock, SubjectAccess}},
		{What: "Discounts given", Acts: []Act{GiveDiscount, EditPrice}},
		{What: "Refunds and voids", Acts: []Act{GiveRefund, VoidSale}},
		{What: "Tries refused", Acts: []Act{LogRefused}},
	}
}

// JoinForm is a new member of staff who begins with a role, never with
// somebody else's rights. Ends is the last day of a trial time.
type JoinForm struct {
	StaffForm
	Ends Day
}

// Lesson is something short to read and one question about it. All texts are
// catalogue keys.
type Lesson struct {
	Key      string
	Title    string
	Points   []string
	Question string
	Answers  []string
	Right    int        // index of the right answer; -1 in what is sent to a page
	Changes  []Sentence // of the lesson about changed rights: what changed
	DoneAt   string
}

// LessonRow is how far one person is.
type LessonRow struct {
	Helper
	Done, All int
	Missing   []string // titles
}
