package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"

	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

// prove reads everything back from the target and holds it against what was
// written and what was noted.
func (t *taking) prove(ctx context.Context) error {
	dir, done, err := workFolder(t.o.Scratch)
	if err != nil {
		return err
	}
	defer done()
	if err := roomFor(dir, t.m.DatabaseBytes); err != nil {
		return err
	}
	db := filepath.Join(dir, "salon.db")
	err = t.step(Reading, func() error {
		if err := t.readSmall(ctx); err != nil {
			return err
		}
		return t.readDatabase(ctx, db)
	})
	if err != nil {
		return err
	}
	t.at("backup: read back")
	return t.step(Checking, func() error {
		got, err := t.o.Check(ctx, db)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return salon.E(salon.Damaged, "The database in the new restore point on %s is not sound. Nothing was changed; look at the health page before anything else.", t.s.String()).Because(err)
		}
		if d := differ(t.facts, got); d != "" {
			return salon.E(salon.Damaged, "The new restore point on %s does not hold what the salon held (%s). It does not count; start the backup again.", t.s.String(), d)
		}
		return nil
	})
}

// notAsWritten says that the target did not keep what it was given.
func (t *taking) notAsWritten(file string, err error) error {
	if kind := salon.KindOf(err); kind == salon.Unreachable {
		return err
	}
	return salon.E(salon.Damaged, "The backup target %s did not give %s back as it was written. Do not rely on this drive; replace it and start the backup again.", t.s.String(), file).Because(err)
}

func (t *taking) readSmall(ctx context.Context) error {
	for _, name := range []string{point.FactsFile, point.RecoveryFile} {
		f, _ := t.m.File(name)
		b, err := readChecked(ctx, t.s, t.id, f)
		if err != nil {
			return t.orEnd(ctx, t.notAsWritten(name, err))
		}
		if name != point.FactsFile {
			continue
		}
		plain, err := t.paper.Decrypt(bytes.NewReader(b))
		if err == nil {
			b, err = io.ReadAll(plain)
		}
		if err == nil && !bytes.Equal(b, t.note) {
			err = errors.New("other facts came out")
		}
		if err != nil {
			return t.orEnd(ctx, t.notAsWritten(name, err))
		}
	}
	return nil
}

// orEnd prefers the reason why a run was ended from outside.
func (t *taking) orEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (t *taking) readDatabase(ctx context.Context, db string) error {
	f, _ := t.m.File(point.DatabaseFile)
	err := unsealTo(ctx, db, source{s: t.s, id: t.id, file: f, stage: Reading, progress: t.o.Progress}, t.image, t.m.DatabaseBytes)
	if w := (*point.WriteError)(nil); errors.As(err, &w) {
		return hereFailed(filepath.Dir(db), err)
	}
	if err != nil {
		return t.orEnd(ctx, t.notAsWritten(f.Name, err))
	}
	return nil
}
