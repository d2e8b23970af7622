package appliance

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"salonkeep/backup"
	"salonkeep/store"
	"salonkeep/store/salon"
)

type restoreFacts struct {
	Point    string           `json:"point"`
	Data     string           `json:"data"`
	TakenAt  string           `json:"taken_at"`
	Kit      string           `json:"kit"`
	Vouched  bool             `json:"signed_by_the_key_on_the_kit"`
	Bytes    int64            `json:"sealed_bytes"`
	Millis   map[string]int64 `json:"millis"`
	Facts    salon.Facts      `json:"facts"`
	Warnings []string         `json:"warnings"`
}

func (p *program) cmdRestore() *cobra.Command {
	var flags fromFlags
	c := &cobra.Command{
		Use:   "restore",
		Short: "Bring a salon back into an empty folder",
		Long: "Fetches a restore point, opens it with the recovery kit, checks it as verify does, and only then gives the salon its\n" +
			"place: the folder holds the whole salon or none. The PC it came from must stay off from then on.",
		Example: "  salonkeep restore --from file:///media/usb/salonkeep --kit kit.txt --data ./salon-data",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			f, err := p.folder()
			if err != nil {
				return err
			}
			if err := f.checkEmpty(); err != nil {
				return hint(err, "salonkeep restore --data NEW-FOLDER ...")
			}
			q, err := flags.request(p, "")
			if err != nil {
				return flags.hintFrom(err)
			}
			defer q.Shelf.Close()
			fresh := !exists(string(f))
			if err := f.make(); err != nil {
				return err
			}
			r, err := p.restore(ctx, f, q)
			if err != nil {
				if fresh {
					f.leaveNothing()
				}
				return flags.hintFrom(err)
			}
			facts := restoreFacts{Point: r.Point.ID, Data: string(f), TakenAt: r.Point.TakenAt, Kit: r.Kit.ID, Vouched: r.Vouched, Bytes: r.Point.Bytes(),
				Millis: millis(r.Steps), Facts: r.Facts, Warnings: warnings(r.Warnings)}
			return p.print(facts, func(w io.Writer) {
				fmt.Fprintf(w, "%s is back in %s, as of %s.\n", r.Facts.Salon, f, r.Point.TakenAt)
				for _, s := range facts.Warnings {
					fmt.Fprintln(w, s)
				}
				fmt.Fprintf(w, "Keep the old PC switched off. Serve the salon:\n\n    salonkeep run --data %s\n", quoted(p.data))
			})
		},
	}
	flags.add(c)
	return p.withJSON(c)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// leaveNothing removes a folder that a failed command made, if nothing but our
// own files came into it.
func (f folder) leaveNothing() {
	for _, path := range []string{f.scratch(), f.workLock()} {
		_ = os.RemoveAll(path)
	}
	_ = os.Remove(string(f)) // works only when it is empty
}

// restored is where a salon is brought back to before it gets its place.
func (f folder) restored() string { return filepath.Join(f.scratch(), "restored.db") }

// restore brings the point to the folder in one step: fetched, opened, checked
// and made a salon of its own beside its place, then named.
func (p *program) restore(ctx context.Context, f folder, q backup.Request) (backup.Report, error) {
	work, got, err := tryLock(f.workLock())
	if err != nil {
		return backup.Report{}, err
	}
	if !got {
		return backup.Report{}, salon.E(salon.InUse, "Another process is setting up or bringing back a salon in %s. Wait until it is finished.", f)
	}
	defer work.release()
	r, err := p.prepareRestored(ctx, f, q)
	if err != nil {
		return r, err
	}
	return r, p.placeRestored(f)
}

// prepareRestored leaves the whole salon in f.restored, ready to be named. The
// caller holds the work lock.
func (p *program) prepareRestored(ctx context.Context, f folder, q backup.Request) (backup.Report, error) {
	if _, err := f.work(); err != nil {
		return backup.Report{}, err
	}
	// A copy that a power cut left half adopted is brought back again.
	removeDatabase(f.restored())
	r, err := backup.Restore(ctx, q, f.restored())
	if err != nil {
		return r, err
	}
	if q.Progress != nil {
		q.Progress(adopting, 0, 0)
	}
	if err := store.Reincarnate(ctx, f.restored(), p.storeOptions()); err != nil {
		removeDatabase(f.restored())
		return r, err
	}
	p.moment("restore: adopted")
	return r, nil
}

// adopting is the stage after the backup package's own: the copy becomes a
// salon of its own.
const adopting backup.Stage = "adopting"

// placeRestored gives the prepared salon its place: the one moment from which
// there is a salon in the folder.
func (p *program) placeRestored(f folder) error {
	if f.founded() {
		return salon.E(salon.NotEmpty, "The folder %s already holds a salon. Nothing was changed.", f)
	}
	if err := os.Rename(f.restored(), f.database()); err != nil {
		return fmt.Errorf("name the restored salon: %w", err)
	}
	p.moment("restore: in place")
	if err := syncDir(string(f)); err != nil {
		return fmt.Errorf("name the restored salon: %w", err)
	}
	return f.endFirstRun()
}

// removeDatabase sweeps a copy that is no salon yet.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + suffix)
	}
}
