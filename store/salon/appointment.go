package salon

// Status is where an appointment stands.
type Status string

const (
	Booked    Status = "booked"
	Confirmed Status = "confirmed"
	Arrived   Status = "arrived"
	InService Status = "in_service"
	Done      Status = "completed"
	NoShow    Status = "no_show"
	Cancelled Status = "cancelled"
)

// Statuses in the order of a visit.
var Statuses = []Status{Booked, Confirmed, Arrived, InService, Done, NoShow, Cancelled}

// TakesChair tells whether an appointment in this status keeps others out of
// the same chair at the same time.
func (s Status) TakesChair() bool { return s != NoShow && s != Cancelled }

// Next is the status the big button offers, "" when there is none.
func (s Status) Next() Status {
	switch s {
	case Booked, Confirmed:
		return Arrived
	case Arrived:
		return InService
	case InService:
		return Done
	}
	return ""
}

// Appointment is one service for one client by one member of staff.
type Appointment struct {
	ID             string
	Version        int64
	ClientID       string // "" for an unknown client
	StaffID        string
	ServiceID      string
	Day            Day
	Start          Clock
	Minutes        int
	MinutesAssumed bool
	Status         Status
	CancelledOn    Day
	CancelledBy    string
	Note           string
}

// End is when the chair is free again, in minutes since midnight.
func (a Appointment) End() Clock { return a.Start + Clock(a.Minutes) }

// Overlaps tells whether two appointments want the same chair at the same time.
func (a Appointment) Overlaps(b Appointment) bool {
	return a.Status.TakesChair() && b.Status.TakesChair() &&
		a.StaffID == b.StaffID && a.Day == b.Day &&
		a.Start >= 0 && b.Start >= 0 && a.Start < b.End() && b.Start < a.End()
}

// Visit is an appointment with the names a page needs.
type Visit struct {
	Appointment
	Client    string // name, "" for an unknown client
	Phone     Contact
	Staff     string
	Service   string
	UpdatedBy string
	UpdatedAt string // UTC, fixed width
}

// Column is one member of staff on the day calendar.
type Column struct {
	Staff  Staff
	Visits []Visit
}

// DaySheet is the day calendar: one column for each member of staff who works
// or has a visit that day. Cancelled visits stand apart: they take no chair.
type DaySheet struct {
	Day       Day
	Today     Day   // the salon's own day at the moment of asking
	Now       Clock // the salon's own time of day at the moment of asking
	Opens     Clock // first hour to draw
	Closes    Clock
	Columns   []Column
	Cancelled []Visit
}

// Booking is what reception fills in for a new appointment.
type Booking struct {
	Key       string // idempotency key of the form: a double tap books once
	ClientID  string // an existing client, or
	NewClient string // the name of a new one, or both empty for a walk-in
	NewPhone  string
	StaffID   string
	ServiceID string
	Day       Day
	Start     Clock
	Minutes   int // 0: the service's own
	Note      string
}
