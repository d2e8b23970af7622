package salon

import "encoding/json"

// ApprovalKind is what is asked for.
type ApprovalKind string

const (
	DoOnce      ApprovalKind = "act"    // to do something once
	GetAccess   ApprovalKind = "access" // to be allowed something for a time
	ReportWrong ApprovalKind = "wrong"  // to have a right looked at that seems wrong
)

// ApprovalState is where a request stands.
type ApprovalState string

const (
	Asked     ApprovalState = "asked"
	Granted   ApprovalState = "granted" // and not used yet
	Declined  ApprovalState = "declined"
	Used      ApprovalState = "used"
	Withdrawn ApprovalState = "withdrawn"
	Expired   ApprovalState = "expired" // asked or granted, and out of time
)

// AskForm is a request to do something once. What the approval is used for
// must be what was asked for: the named record, and where the act says exactly
// what it does (a change of roles, a new backup target), just that Detail.
type AskForm struct {
	Act         Act
	AboutKind   string // client, staff, role, sale, ...
	AboutID     string
	AmountCents int64
	Percent     int
	Detail      json.RawMessage // what the method would be called with, as JSON; may be nil
	Reason      string
}

// AnswerForm is the answer to a request. Until, Reach and Answer count only
// where access is given: it ends by itself after that day.
type AnswerForm struct {
	Grant  bool
	Note   string
	Until  Day
	Reach  Reach  // "": the widest the answerer may give
	Answer Answer // "": yes; for contacts: say why
}

// Approval is a request as somebody who may see it sees it.
type Approval struct {
	ID          string
	Kind        ApprovalKind
	Act         Act
	Say         string // what the act is called
	AboutKind   string
	AboutID     string
	About       string // name of the record, "" if there is none
	AmountCents int64
	Percent     int
	Detail      json.RawMessage
	Sentences   []Sentence // what exactly would be done, where the detail can be read back
	Reason      string
	AskedByID   string
	AskedBy     string
	AskedAt     string // UTC, fixed width
	ExpiresAt   string
	State       ApprovalState
	AnsweredBy  string
	AnsweredAt  string
	Note        string
	Alone       bool     // confirmed by the owner of a very small salon alone
	Mine        bool     // asked by the viewer
	Answerable  bool     // the viewer may answer it
	Helpers     []Helper // who may answer it
}

// ApprovalSheet is what a person has to answer, and what they asked for.
type ApprovalSheet struct {
	ToAnswer []Approval
	Mine     []Approval // newest first, at most 50
}

// Right is one line of "what may I do, and why not".
type Right struct {
	ActInfo
	Grant   Grant
	Ends    string   // instant at which an exception ends, "" if it does not
	Helpers []Helper // who can help where the answer is not yes
}
