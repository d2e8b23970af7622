package appliance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store/salon"
	"salonkeep/ui"
)

// bringBack is a restore in the browser. What is worth knowing after a power
// cut is a note on the disk; the kit is not: it opens every point of the salon,
// so it stays in memory and is typed again.
type bringBack struct {
	note restoreNote
	kit  backup.Kit

	running bool
	started time.Time
	ended   time.Time
	stage   ui.Stage
	done    int64
	total   int64
	err     error
}

// restoreNote is the file that survives a power cut.
type restoreNote struct {
	Place placeNote   `json:"place"`
	Point string      `json:"point"`
	Ready bool        `json:"ready"` // the copy is whole, only its place is missing
	Took  int64       `json:"took_millis"`
	Facts salon.Facts `json:"facts"`
}

// placeNote is where the points are. Its secret is in the salon's own records
// as well, which will lie in the same folder.
type placeNote struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

func (b *bringBack) busy() bool { return b.running || b.note.Ready }

func (b *bringBack) needKit() (backup.Kit, error) {
	if b.kit.Identity == "" {
		return backup.Kit{}, salon.E(salon.Closed, "The recovery kit comes first. Go back one step.")
	}
	return b.kit, nil
}

func (r *firstRun) saveNote() error {
	text, err := json.MarshalIndent(r.back.note, "", "  ")
	if err != nil {
		return fmt.Errorf("note the restore: %w", err)
	}
	if err := os.MkdirAll(r.h.f.firstRun(), 0o700); err != nil {
		return fmt.Errorf("note the restore: %w", err)
	}
	return writeFile(r.h.f.restore(), text)
}

// resume reads what a power cut left of a restore. A copy that was whole waits
// for its place; one that was not is fetched on from where it stood as soon as
// the kit is typed again.
func (r *firstRun) resume() error {
	text, err := os.ReadFile(r.h.f.restore())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the note of a restore: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := json.Unmarshal(text, &r.back.note); err != nil {
		// It is only a convenience: without it the wizard begins anew.
		r.back.note = restoreNote{}
		return nil
	}
	if r.back.note.Ready && exists(r.h.f.restored()) {
		r.back.stage = ui.StageReady
		return nil
	}
	r.back.note.Ready = false
	r.back.err = salon.E(salon.Closed, "The PC was switched off while your salon was being brought back. Nothing is lost: type the kit again to go on.")
	return nil
}

// Restore begins to bring the point back and returns.
func (r *firstRun) Restore(_ context.Context, ticket, pointID string) error {
	if err := r.check(ticket); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.back.busy() {
		if r.back.note.Point == pointID {
			return nil // a double tap
		}
		return salon.E(salon.Clash, "Another restore point is being brought back already. Wait until that is finished.")
	}
	if !point.ValidID(pointID) {
		return salon.E(salon.Missing, "There is no such restore point. Choose one from the list.")
	}
	kit, err := r.back.needKit()
	if err != nil {
		return err
	}
	if err := r.h.f.checkEmpty(); err != nil {
		return err
	}
	q, done, err := r.request(pointID, kit)
	if err != nil {
		return err
	}
	r.back.note.Point, r.back.note.Facts = pointID, salon.Facts{}
	if err := r.saveNote(); err != nil {
		done()
		return err
	}
	r.back.running, r.back.err, r.back.stage = true, nil, ui.StageUnlock
	r.back.started, r.back.ended, r.back.done, r.back.total = r.h.p.now(), time.Time{}, 0, 0
	q.Progress = r.progress
	go r.bring(q, done)
	return nil
}

// bring does the work of Restore.
func (r *firstRun) bring(q backup.Request, done func()) {
	defer done()
	report, err := r.bringLocked(q)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.back.running, r.back.ended, r.back.err = false, r.h.p.now(), err
	if err != nil {
		return
	}
	r.back.note.Ready, r.back.note.Facts = true, report.Facts
	r.back.note.Took = r.back.ended.Sub(r.back.started).Milliseconds()
	r.back.stage = ui.StageReady
	if err := r.saveNote(); err != nil {
		r.back.err = err
	}
}

func (r *firstRun) bringLocked(q backup.Request) (backup.Report, error) {
	work, err := waitLock(r.ctx, r.h.f.workLock())
	if err != nil {
		return backup.Report{}, err
	}
	defer work.release()
	return r.h.p.prepareRestored(r.ctx, r.h.f, q)
}

// shownStage is the step of the page that a stage of the engine belongs to.
var shownStage = map[backup.Stage]ui.Stage{
	backup.Fetching: ui.StageCopy, backup.Opening: ui.StageCopy, backup.Checking: ui.StageCheck, backup.Placing: ui.StageCheck, adopting: ui.StageAdopt,
}

// progress keeps where the restore stands. Fetching and opening are one step to
// a person, each worth half of it.
func (r *firstRun) progress(stage backup.Stage, done, total int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	shown, ok := shownStage[stage]
	if !ok {
		return
	}
	switch {
	case stage == backup.Fetching && total > 0:
		total *= 2
	case stage == backup.Opening && total > 0:
		done, total = done+total, 2*total
	case shown == ui.StageCopy:
		done, total = r.back.done, r.back.total // the start of a half says nothing new
	}
	r.back.stage, r.back.done, r.back.total = shown, done, total
}

// Progress tells where the restore stands.
func (r *firstRun) Progress(_ context.Context, ticket string) (ui.RestoreProgress, error) {
	if err := r.check(ticket); err != nil {
		return ui.RestoreProgress{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b := &r.back
	p := ui.RestoreProgress{PointID: b.note.Point, Stage: b.stage, Done: b.done, Total: b.total, Finished: b.note.Ready, Err: b.err, Facts: b.note.Facts}
	switch {
	case b.note.Ready:
		p.Elapsed = time.Duration(b.note.Took) * time.Millisecond
	case b.running:
		p.Elapsed = r.h.p.now().Sub(b.started)
	case !b.started.IsZero():
		p.Elapsed = b.ended.Sub(b.started)
	}
	return p, nil
}

// Open gives the restored salon its place and serves it.
func (r *firstRun) Open(ctx context.Context, ticket string) error {
	if _, ok := r.h.door(); ok {
		return nil // a double tap: it is open
	}
	if err := r.check(ticket); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.back.note.Ready {
		return salon.E(salon.Closed, "Your salon is not back yet. Wait until it is checked.")
	}
	work, err := waitLock(ctx, r.h.f.workLock())
	if err != nil {
		return err
	}
	defer work.release()
	if err := r.h.p.placeRestored(r.h.f); err != nil {
		return err
	}
	return r.h.adopt(r.ctx, r.h.f.database())
}
