package backup

import (
	"bytes"
	"context"
	"errors"

	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// Enrol makes a place a target of this salon: it writes HOW-TO-RESTORE.txt and,
// last, the marker. A target that is the salon's already stays as it is. One
// that is another salon's is a salon.Clash error, and nothing is written.
func (e *Engine) Enrol(ctx context.Context, s shelf.Shelf) error {
	if err := s.Prepare(ctx); err != nil {
		return err
	}
	m, err := ReadMarker(ctx, s)
	switch {
	case err == nil:
		return e.mine(m, s)
	case salon.KindOf(err) != salon.Missing:
		return err
	}
	return e.writeMarker(ctx, s)
}

func (e *Engine) writeMarker(ctx context.Context, s shelf.Shelf) error {
	text := howTo(e.o.Language)
	if _, err := s.Put(ctx, point.HowToFile, bytes.NewReader(text)); err != nil {
		return err
	}
	m := point.NewMarker(e.o.Key, e.o.SalonID, text)
	_, err := s.Put(ctx, point.MarkerFile, bytes.NewReader(m.Encode()))
	return err
}

// ReadMarker says whose target a place is. No marker is salon.Missing, one that
// was altered salon.Damaged, one of a later program salon.Newer.
func ReadMarker(ctx context.Context, s shelf.Shelf) (point.Marker, error) {
	b, err := read(ctx, s, point.MarkerFile, point.MaxMarkerBytes)
	if kind := salon.KindOf(err); kind == salon.Missing || kind == salon.Unreachable || ctx.Err() != nil {
		return point.Marker{}, err
	}
	var m point.Marker
	if err == nil {
		m, err = point.ParseMarker(b)
	}
	if newer := (*point.NewerError)(nil); errors.As(err, &newer) {
		return point.Marker{}, salon.E(salon.Newer, "The backup target %s was set up by a newer Salonkeep. Install the newest version, then try again.", s.String()).Because(err)
	}
	if err != nil {
		return point.Marker{}, salon.E(salon.Damaged, "The file %s on the backup target %s was altered. If the target is this salon's, rename that file and add the target again.", point.MarkerFile, s.String()).Because(err)
	}
	return m, nil
}

// mine refuses a target that is another salon's.
func (e *Engine) mine(m point.Marker, s shelf.Shelf) error {
	if m.SalonID != e.o.SalonID || !m.Key().Equal(e.o.Key.Public()) {
		return salon.E(salon.Clash, "The backup target %s belongs to another salon. Use another drive or folder; nothing was changed on it.", s.String())
	}
	return nil
}

// guard makes sure that s is this salon's target, before every run: an empty
// folder where a drive should be is not.
func (e *Engine) guard(ctx context.Context, s shelf.Shelf) error {
	m, err := ReadMarker(ctx, s)
	if salon.KindOf(err) == salon.Missing {
		return salon.E(salon.Unreachable, "The backup target %s is not the one that was set up: its file %s is not there. Plug in the right drive, or add the target again.", s.String(), point.MarkerFile).Because(err)
	}
	if err != nil {
		return err
	}
	if err := e.mine(m, s); err != nil {
		return err
	}
	return e.refreshHowTo(ctx, s, m)
}

// refreshHowTo writes HOW-TO-RESTORE.txt anew if it was lost or altered, or the
// salon's language has changed.
func (e *Engine) refreshHowTo(ctx context.Context, s shelf.Shelf, m point.Marker) error {
	want := howTo(e.o.Language)
	got, err := read(ctx, s, point.HowToFile, point.MaxMarkerBytes)
	if err == nil && bytes.Equal(got, want) && m.HowToSHA256 == point.Hash(want) {
		return nil
	}
	if salon.KindOf(err) == salon.Unreachable || ctx.Err() != nil {
		return err
	}
	return e.writeMarker(ctx, s)
}
