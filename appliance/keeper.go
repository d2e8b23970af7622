package appliance

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store"
	"salonkeep/store/salon"
)

// keeper takes the restore points that were asked for, by a person, by the
// night or by the command line. Requests are rows, so they survive a power cut;
// the work lock lets one process at a time work on them.
type keeper struct {
	p  *program
	f  folder
	st *store.Store
	sc *store.Scope
}

func (p *program) keeper(f folder, st *store.Store, as string) *keeper {
	return &keeper{p: p, f: f, st: st, sc: st.As(as)}
}

// engine is made anew for every run: the salon's language or kit may have
// changed since the last.
func (k *keeper) engine(ctx context.Context, progress backup.Progress) (*backup.Engine, error) {
	set, err := k.sc.Settings(ctx)
	if err != nil {
		return nil, err
	}
	secret := map[string]string{}
	for _, name := range []string{keySigning, keyRecipients, keyRecovery} {
		if secret[name], err = k.sc.Machine(ctx, name); err != nil {
			return nil, err
		}
	}
	key, err := point.ParseKey(secret[keySigning])
	if err != nil {
		return nil, err
	}
	recovery, err := base64.StdEncoding.DecodeString(secret[keyRecovery])
	if err != nil {
		return nil, fmt.Errorf("read the sealed kit: %w", err)
	}
	scratch, err := k.f.work()
	if err != nil {
		return nil, err
	}
	return backup.New(backup.Options{
		Source: k.st, Check: store.Inspect, Recipients: strings.Fields(secret[keyRecipients]), Recovery: recovery,
		SalonID: set.ID, Key: key, Now: k.p.now, Scratch: scratch, Version: version, Language: set.Language,
		At: k.p.at, Progress: progress,
	})
}

// shelf opens a place for restore points. secret is the text of a credentials
// file, "" for a folder.
func (p *program) shelf(name, url, secret string) (shelf.Shelf, error) {
	o := shelf.Options{Name: name, At: p.at}
	if secret != "" {
		var err error
		if o.Credentials, err = shelf.ParseCredentials([]byte(secret)); err != nil {
			return nil, err
		}
	}
	return shelf.Open(url, o)
}

// enrol tries a place and makes it a target of this salon, added in the name
// of by: the keeper itself, or the person who asked.
func (k *keeper) enrol(ctx context.Context, by *store.Scope, name, url, secret string) (id string, err error) {
	s, err := k.p.shelf(name, url, secret)
	if err != nil {
		return "", err
	}
	defer s.Close()
	e, err := k.engine(ctx, nil)
	if err != nil {
		return "", err
	}
	if err := e.Enrol(ctx, s); err != nil {
		return "", err
	}
	return by.AddTarget(ctx, name, url, secret)
}

// drain does everything that was asked for. The caller holds the work lock, so
// a run that still says it is running was cut short.
func (k *keeper) drain(ctx context.Context) error {
	keep, err := k.sc.Keep(ctx)
	if err != nil {
		return err
	}
	for _, r := range keep.Runs {
		if r.State == salon.RunRunning {
			if err := k.sc.AbandonRuns(ctx); err != nil {
				return err
			}
			break
		}
	}
	for {
		run, ok, err := k.sc.NextRun(ctx)
		if err != nil || !ok {
			return err
		}
		if err := k.do(ctx, run); err != nil {
			return err
		}
	}
}

// do carries out one run and notes how it went. Only an error of the salon's
// own database is returned; a target's trouble is the run's result.
func (k *keeper) do(ctx context.Context, run salon.Run) error {
	k.p.moment("run: started")
	targets, err := k.targetsOf(ctx, run)
	if err != nil {
		return err
	}
	var said []string
	good := len(targets) > 0
	if !good {
		said = append(said, "There is no place for backups yet. Add a USB drive, a folder or a bucket first.")
	}
	for _, t := range targets {
		say, err := k.take(ctx, run, t)
		if ctx.Err() != nil {
			// Stopped from outside: the row stays "running", and whoever holds
			// the lock next says what became of it.
			return ctx.Err()
		}
		if err != nil {
			good = false
			say = sayOf(err)
			if err := k.sc.TargetProblem(ctx, t.ID, say); err != nil {
				return err
			}
		}
		said = append(said, say)
	}
	k.p.moment("run: taken")
	return k.sc.FinishRun(ctx, run.ID, good, strings.Join(said, " "))
}

func (k *keeper) targetsOf(ctx context.Context, run salon.Run) ([]salon.Target, error) {
	if run.TargetID == "" {
		return k.sc.Targets(ctx)
	}
	t, err := k.sc.Secrets(ctx, run.TargetID)
	if salon.KindOf(err) == salon.Missing {
		return nil, nil // removed since it was asked for
	}
	return []salon.Target{t}, err
}

// take makes one proved point on one target and records it.
func (k *keeper) take(ctx context.Context, run salon.Run, t salon.Target) (string, error) {
	s, err := k.p.shelf(t.Name, t.URL, t.Secret)
	if err != nil {
		return "", err
	}
	defer s.Close()
	start := k.p.now()
	e, err := k.engine(ctx, k.advance(ctx, run.ID))
	if err != nil {
		return "", err
	}
	r, err := e.Take(ctx, s, point.Reason(run.Reason), run.Label)
	if err != nil {
		return "", err
	}
	took := k.p.now().Sub(start)
	k.p.moment("run: before record")
	err = k.sc.RecordPoint(ctx, salon.Point{
		ID: r.Point.ID, TargetID: t.ID, TakenAt: r.Point.Taken().UTC().Format("2006-01-02T15:04:05.000Z"), Reason: run.Reason, Label: run.Label,
		SealedBytes: r.Point.Bytes(), Proved: true, Millis: took.Milliseconds(), Epoch: r.Point.Epoch, Seq: r.Point.Seq, Facts: r.Facts,
	})
	if err != nil {
		return "", err
	}
	if t.Problem != "" {
		if err := k.sc.TargetProblem(ctx, t.ID, ""); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s: sealed and proved, %s in %s.", t.Name, megabytes(r.Point.Bytes()), took.Round(100*time.Millisecond)), nil
}

// advanceEvery bounds how often progress is written to the database.
const advanceEvery = 300 * time.Millisecond

// advance notes a run's progress for the page.
func (k *keeper) advance(ctx context.Context, runID string) backup.Progress {
	var last time.Time
	var stage backup.Stage
	return func(s backup.Stage, done, total int64) {
		now := k.p.now()
		if s == stage && now.Sub(last) < advanceEvery {
			return
		}
		stage, last = s, now
		// Progress that cannot be noted must not end a backup that can go on.
		if err := k.sc.Advance(ctx, runID, string(s), done, total); err != nil && ctx.Err() == nil {
			k.p.log().Warn("progress of a backup was not noted", "run", runID, "err", err)
		}
	}
}

// sayOf is an error as one sentence for a page.
func sayOf(err error) string {
	var e *salon.Error
	if errors.As(err, &e) {
		return e.Sentence()
	}
	return "The backup failed through a fault of Salonkeep: " + err.Error() + "."
}

func megabytes(n int64) string {
	switch {
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+999)/1000)
	case n < 10_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}
