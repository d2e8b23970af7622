package appliance

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// folder is the data folder of one appliance. What belongs to the salon is in
// the database and so in every restore point; the rest can be made again.
type folder string

func (f folder) database() string  { return filepath.Join(string(f), "salon.db") }
func (f folder) runLock() string   { return filepath.Join(string(f), "run.lock") }
func (f folder) workLock() string  { return filepath.Join(string(f), "work.lock") }
func (f folder) claim() string     { return filepath.Join(string(f), "claim.txt") }
func (f folder) firstRun() string  { return filepath.Join(string(f), "first-run") }
func (f folder) scratch() string   { return filepath.Join(string(f), "scratch") }
func (f folder) demo() string      { return filepath.Join(string(f), "demo") }
func (f folder) leaf() string      { return filepath.Join(string(f), "tls.pem") }
func (f folder) authority() string { return filepath.Join(f.firstRun(), "authority.pem") }
func (f folder) restore() string   { return filepath.Join(f.firstRun(), "restore.json") }

// own are the names Salonkeep itself leaves in a folder that holds no salon
// yet.
var own = []string{"run.lock", "work.lock", "claim.txt", "first-run", "scratch", "demo", "tls.pem",
	"salon.db.founding", "salon.db.founding-wal", "salon.db.founding-shm", "salon.db.founding-journal"}

// make creates the folder for the service's user alone.
func (f folder) make() error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return salon.E(salon.Denied, "The folder %s cannot be made here. Choose another with --data.", f).Because(err)
		}
		return salon.E(salon.Invalid, "The folder %s cannot be made. Choose another with --data.", f).Because(err)
	}
	return nil
}

// founded tells whether the folder holds a salon.
func (f folder) founded() bool {
	_, err := os.Lstat(f.database())
	return err == nil
}

// checkEmpty refuses a folder that holds anything but our own leftovers: a
// salon is never brought back over another one, nor among somebody's pictures.
func (f folder) checkEmpty() error {
	if f.founded() {
		return salon.E(salon.NotEmpty, "The folder %s already holds a salon. Nothing was changed.", f)
	}
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return salon.E(salon.Invalid, "%s cannot be read as a folder.", f).Because(err)
	}
	for _, e := range entries {
		if !slices.Contains(own, e.Name()) {
			return salon.E(salon.NotEmpty, "The folder %s is not empty: it holds %s. Nothing was changed.", f, e.Name())
		}
	}
	return nil
}

// work makes the working folder and returns it.
func (f folder) work() (string, error) {
	if err := os.MkdirAll(f.scratch(), 0o700); err != nil {
		return "", fmt.Errorf("make %s: %w", f.scratch(), err)
	}
	return f.scratch(), nil
}

// writeFile replaces a small file of the folder: after a power cut it holds the
// old text or the new one.
func writeFile(path string, text []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(part.Name()) }() // gone already when all went well
	_, err = part.Write(text)
	if err == nil {
		err = part.Sync()
	}
	if cerr := part.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// readSecret reads the first line of a file: a password, or a key. A trailing
// line end is not part of it.
func readSecret(path, what string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", salon.E(salon.Missing, "The %s %s cannot be read.", what, path).Because(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return "", salon.E(salon.Invalid, "The %s %s is empty.", what, path)
	}
	return line, nil
}
