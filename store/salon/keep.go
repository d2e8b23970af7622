package salon

// Target is a place restore points are written to.
type Target struct {
	ID      string
	Name    string
	URL     string // without secrets
	Secret  string // credentials as the shelf reads them; empty on every page
	AddedAt string // UTC, fixed width
	Newest  string // time of the newest proved point, "" if none
	Oldest  string
	Points  int
	Problem string // why the last run failed, in words; "" if it did not
}

// Point is one restore point on one target, as recorded when it was made.
type Point struct {
	ID          string
	TargetID    string
	Target      string // its name
	TakenAt     string // UTC, fixed width
	Reason      string // manual, nightly, before-import, before-upgrade, catch-up
	Label       string
	SealedBytes int64
	Proved      bool // restored from the target and checked
	Problem     string
	Millis      int64 // how long sealing, writing and proving took
	Epoch       string
	Seq         int64
	Facts       Facts
}

// RunState is where a backup run stands.
type RunState string

const (
	RunAsked   RunState = "asked"
	RunRunning RunState = "running"
	RunGood    RunState = "good"
	RunFailed  RunState = "failed"
)

// Run is one "back up now", by a person or by the clock.
type Run struct {
	ID       string
	TargetID string // "" means every target
	Reason   string
	Label    string
	AskedBy  string
	AskedAt  string
	State    RunState
	Stage    string // snapshot, seal, write, read back, check
	Done     int64
	Total    int64
	Say      string // the result or the trouble in words
}

// AtRisk is what would be lost if the PC died now.
type AtRisk struct {
	Since   string // UTC time of the newest proved point; "" if there is none
	Changes int64  // records made or changed since
	Kinds   []KindCount
}

// KindCount is how many records of one table were made or changed.
type KindCount struct {
	Kind string // client, appointment, sale, note, ...
	N    int64
}

// Keep is the state of the salon's protection on one page.
type Keep struct {
	Targets []Target
	Points  []Point // newest first
	Runs    []Run   // newest first, at most 20
	Risk    AtRisk
	NextRun string // UTC of the next scheduled run, "" if none
}

// Founding is what a new salon starts with.
type Founding struct {
	Salon    string
	Owner    string
	Email    string
	Password string
	Language string // en or zh-CN
	Currency string // ISO 4217
	Timezone string // IANA
	Country  string // ISO 3166 alpha-2: reads phone numbers; "" is guessed from the time zone
	Taxes    []Tax
	Machine  map[string]string // what the appliance keeps beside the records: certificates, recipients, signing key
}

// Settings is the salon as every page needs it.
type Settings struct {
	ID       string // of the salon, made at the founding
	Name     string
	Language string
	Currency string
	Timezone string
	Country  string
	Taxes    []Tax
}

// Event tells a page that something it may show has changed.
type Event struct {
	Kind string // appointment, client, sale, backup, or "" for anything
	Day  Day    // for appointments
	By   string // who did it
}
