package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"modernc.org/sqlite"

	"salonkeep/store/salon"
)

// Options are what a Store takes from the program around it. The zero value of
// every field but Now works.
type Options struct {
	Now  func() time.Time  // the clock; required
	Cost Cost              // of password hashes; zero is the real one
	At   func(name string) // called where a power cut would hurt, for the crash harness
	Log  *slog.Logger      // for what no person is told
}

func (o Options) at(name string) {
	if o.At != nil {
		o.At(name)
	}
}

// Store is one open salon. Only the appliance holds it; everybody else has a
// Door or a Scope.
type Store struct {
	o          Options
	path       string
	w, r       *sql.DB  // one writer; readers that cannot write
	checkpoint *sql.DB  // one connection that writes the log into the file while w holds the writers
	file       *os.File // kept open for life: closing any descriptor of the file may drop SQLite's locks
	events     hub
	hashes     chan struct{} // bounds the memory that password checks take at once

	usesMu   sync.Mutex
	uses     map[use]string // rights used and not yet written down -> day
	usesKept map[use]string // the same, written down

	touchedMu sync.Mutex
	touched   map[string]time.Time // hash of a session -> when it was last used
}

var ofdOnce sync.Once

// openFile opens path as the pool of connections that mode asks for. The DSN
// comes from url.URL because a "#" or "?" in a folder's name would otherwise
// open another file, and carries the pragmas because one sent through the pool
// reaches only one of its connections.
func openFile(path string, mode string, pragmas ...string) (*sql.DB, error) {
	// Open-file-description locks survive the closing of other descriptors
	// of the same file. Where the system has none, Store.file is the guard.
	ofdOnce.Do(func() { _, _ = sqlite.OFDLocking(true) })
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", path, err)
	}
	slashed := filepath.ToSlash(abs)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
	if mode == "write" {
		q.Set("_txlock", "immediate")
	}
	dsn := url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return db, nil
}

func openWriter(path string) (*sql.DB, error) {
	db, err := openFile(path, "write", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "trusted_schema(0)", "temp_store(2)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// Open opens the salon in path and brings its schema up to this program's. A
// file that is missing, damaged, not ours or newer than the program is refused
// in words and left as it was.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, salon.E(salon.Missing, "There is no salon in this folder yet. Set one up, or bring yours back from a backup.").Because(err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{o: o, path: path, file: file, hashes: make(chan struct{}, 2)}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, asSalonError(err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) (err error) {
	if err := checkOurs(s.file); err != nil {
		return err
	}
	if s.w, err = openWriter(s.path); err != nil {
		return err
	}
	if err := migrate(ctx, s.w); err != nil {
		return err
	}
	if s.r, err = openFile(s.path, "read", "query_only(1)", "temp_store(2)"); err != nil {
		return err
	}
	s.r.SetMaxOpenConns(4)
	if s.checkpoint, err = openFile(s.path, "checkpoint", "synchronous(FULL)"); err != nil {
		return err
	}
	s.checkpoint.SetMaxOpenConns(1)
	return s.fillNew(ctx)
}

// Close ends all use of the salon.
func (s *Store) Close() error {
	s.events.close()
	var errs []error
	for _, db := range []*sql.DB{s.r, s.checkpoint, s.w} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.file.Close())...)
}

// stampLayout is every instant in the database: UTC, fixed width, so that text
// order is time order.
const stampLayout = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

func (s *Store) now() string { return stamp(s.o.Now()) }

// newID makes a UUIDv7: unique across branches, and in order of making, which
// keeps the indexes dense.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// asSalonError puts SQLite's verdicts on a file into words. Everything else
// stays as it is.
func asSalonError(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code() & 0xff {
	case 26, 11: // SQLITE_NOTADB, SQLITE_CORRUPT
		return salon.E(salon.Damaged, "The salon's database is damaged. Nothing was changed. Bring the salon back from the newest backup into a new folder.").Because(err)
	case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
		return salon.E(salon.InUse, "Another program is using the salon's database. Close it and try again.").Because(err)
	case 13: // SQLITE_FULL
		return salon.E(salon.Unreachable, "The disk of this PC is full. Nothing was changed. Free some space and try again.").Because(err)
	}
	return err
}
