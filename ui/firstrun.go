package ui

import (
	"context"
	"net/url"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// FirstRun is what the appliance can do before a salon exists on this PC: make
// a new one, bring one back, or start an invented one. Every method but Claim
// and Holds takes the ticket that Claim gave out and answers salon.Denied for
// any other. All of them are safe for concurrent use.
type FirstRun interface {
	// Claim spends the single-use code of the claim link and returns the ticket
	// that the browser keeps in a cookie. A wrong or spent code is salon.Auth;
	// more than five tries a minute from one address are salon.Closed.
	Claim(ctx context.Context, code, from string) (ticket string, err error)
	// Holds tells whether the ticket is the one in force.
	Holds(ticket string) bool

	// Begin checks the founding, prepares the keys, keeps both in memory and
	// returns the kit to print. Called again with a changed founding it returns
	// the same kit, so that a sheet already printed stays right.
	Begin(ctx context.Context, ticket string, f salon.Founding) (Kit, error)
	// Finish compares the groups read back from paper (1 to 8 -> text), founds
	// the salon, adds the target if there is one and asks for the first backup.
	// A group that does not match is salon.Invalid with Field "group3".
	Finish(ctx context.Context, ticket string, groups map[int]string, target *PlaceForm) error
	// Demo founds the invented salon, its people reading that language, and
	// returns one login per role.
	Demo(ctx context.Context, ticket, language string) ([]DemoLogin, error)

	// Points lists what is on a place, before anything is decrypted, newest
	// first. With a form it looks there and remembers the place for this
	// ticket; with nil it lists the remembered one again.
	Points(ctx context.Context, ticket string, from *PlaceForm) ([]PointRow, error)
	// CheckKit says group by group what was typed right. Whole text (a kit
	// file, the text of the QR, or all groups pasted at once) fills every
	// group. A kit that is complete and opens the place is remembered.
	CheckKit(ctx context.Context, ticket string, f KitForm) (KitState, error)
	// Preview opens one point in memory and says what is in it. Needs a kit.
	Preview(ctx context.Context, ticket, pointID string) (salon.Facts, error)
	// Restore starts bringing the point back in the background and returns.
	Restore(ctx context.Context, ticket, pointID string) error
	// Progress tells where the restore stands; the zero value before Restore.
	Progress(ctx context.Context, ticket string) (RestoreProgress, error)
	// Open switches this PC over to the restored salon. From then on
	// Options.Door answers true.
	Open(ctx context.Context, ticket string) error
}

// Kit is the recovery kit as it is printed.
type Kit struct {
	Groups [8]string // each carries its own check letter
	QR     string    // text of the QR code
	File   string    // the kit as a text file: comment lines and one age identity
	// Commands open a restore point with stock tools, from the folder it is in.
	Commands []string
	Salon    string
	MadeOn   salon.Day
}

// PlaceForm is where backups go or come from, as it was typed or picked:
// either a folder or a bucket.
type PlaceForm struct {
	Name      string
	Folder    string // absolute path; "" for a bucket
	Bucket    string
	Prefix    string
	Endpoint  string // host, host:port or https URL
	Region    string
	AccessKey string
	SecretKey string
}

// URL is the place as `salonkeep target add` takes it, without secrets.
func (f PlaceForm) URL() string {
	if f.Folder != "" {
		return (&url.URL{Scheme: "file", Path: f.Folder}).String()
	}
	q := url.Values{}
	if f.Endpoint != "" {
		q.Set("endpoint", f.Endpoint)
	}
	if f.Region != "" {
		q.Set("region", f.Region)
	}
	u := url.URL{Scheme: "s3", Host: f.Bucket, Path: "/" + strings.Trim(f.Prefix, "/"), RawQuery: q.Encode()}
	return u.String()
}

// Secret is the credentials file of the place, "" for a folder.
func (f PlaceForm) Secret() string {
	if f.Folder != "" || f.AccessKey == "" && f.SecretKey == "" {
		return ""
	}
	return "aws_access_key_id = " + f.AccessKey + "\naws_secret_access_key = " + f.SecretKey + "\n"
}

// Place is a folder or drive found by the appliance itself.
type Place struct {
	Name       string // volume label or folder name
	Folder     string // absolute path to hand back in PlaceForm.Folder
	Removable  bool
	FreeBytes  int64
	TotalBytes int64
	Salon      string // whose restore points lie there, "" if none or unknown
	Points     int
	Newest     time.Time // zero if there are no points
}

// PointRow is a restore point as its open manifest describes it.
type PointRow struct {
	ID          string
	TakenAt     time.Time
	Reason      string // as salon.Point.Reason
	Label       string
	SealedBytes int64
	Proved      bool   // restored and checked when it was made
	Problem     string // why it cannot be restored, in words; "" if it can
}

// KitForm is what was typed of a kit: eight groups, some still empty, or one
// whole text.
type KitForm struct {
	Groups [8]string
	Whole  string
}

// GroupState is what one typed group is worth.
type GroupState string

// The states of a typed group.
const (
	GroupEmpty GroupState = ""
	GroupGood  GroupState = "good"
	GroupBad   GroupState = "bad"
)

// KitState is the answer to CheckKit.
type KitState struct {
	Groups [8]string // as read: upper case, look-alikes put right
	State  [8]GroupState
	Opens  bool // complete, and it opens the remembered place
}

// Stage is one step of a restore.
type Stage string

// The stages in their order.
const (
	StageUnlock Stage = "unlock" // open the seal with the kit
	StageCopy   Stage = "copy"   // fetch, decrypt and unpack
	StageCheck  Stage = "check"  // integrity, counts and digest against the manifest
	StageAdopt  Stage = "adopt"  // migrate, new epoch, end old sessions
	StageReady  Stage = "ready"  // nothing left but Open
)

// RestoreProgress is where a restore stands.
type RestoreProgress struct {
	PointID  string
	Stage    Stage // "" before Restore was called
	Done     int64 // bytes of this stage
	Total    int64
	Elapsed  time.Duration
	Finished bool
	Err      error // a salon.Error where one is known; nil while it goes well
	Facts    salon.Facts
}

// DemoLogin is one invented person who can sign in.
type DemoLogin struct {
	Name, Role, Email, Password string
}
