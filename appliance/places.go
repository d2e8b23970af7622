package appliance

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"salonkeep/backup"
	"salonkeep/backup/shelf"
	"salonkeep/ui"
)

// lookTime bounds how long a drive may take to answer: one that hangs must not
// hang the page.
const lookTime = 3 * time.Second

// places finds the drives that are plugged in and the restore points on them,
// at the top or in a folder called salonkeep.
func places(ctx context.Context) ([]ui.Place, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var out []ui.Place
	for _, drive := range drives() {
		found := false
		for _, dir := range []string{drive, filepath.Join(drive, "salonkeep")} {
			if place, ok := look(ctx, dir); ok && place.Points > 0 {
				place.Name = filepath.Base(drive)
				out = append(out, place)
				found = true
			}
		}
		if !found {
			if place, ok := look(ctx, drive); ok {
				// A new drive is used in a folder of its own, beside what is on
				// it already.
				place.Name, place.Folder = filepath.Base(drive), filepath.Join(drive, "salonkeep")
				out = append(out, place)
			}
		}
	}
	return out, ctx.Err()
}

// drives are the folders where systems put what was plugged in.
func drives() []string {
	var patterns []string
	switch runtime.GOOS {
	case "windows":
		for letter := 'D'; letter <= 'Z'; letter++ {
			patterns = append(patterns, string(letter)+`:\`)
		}
	case "darwin":
		patterns = []string{"/Volumes/*"}
	default:
		patterns = []string{"/media/*/*", "/run/media/*/*", "/mnt/*"}
	}
	var out []string
	for _, p := range patterns {
		list, err := filepath.Glob(p)
		if err != nil {
			continue // only a malformed pattern
		}
		for _, dir := range list {
			if st, err := os.Stat(dir); err == nil && st.IsDir() && !onSystemDisk(dir) {
				out = append(out, dir)
			}
		}
	}
	return out
}

// onSystemDisk keeps the empty folder of a drive that is not plugged in from
// being offered as one.
func onSystemDisk(dir string) bool {
	if runtime.GOOS == "windows" {
		return false // every letter is a volume
	}
	here, err := shelf.Device(dir)
	if err != nil {
		return true
	}
	root, err := shelf.Device("/")
	return err != nil || here == root
}

func look(ctx context.Context, dir string) (ui.Place, bool) {
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return ui.Place{}, false
	}
	s := shelf.NewFolder(dir, shelf.Options{})
	defer func() { _ = s.Close() }()
	place := ui.Place{Folder: dir, Removable: true}
	if free, err := s.Free(ctx); err == nil {
		place.FreeBytes = free
	}
	list, err := backup.List(ctx, s)
	if err != nil {
		return place, true
	}
	for _, l := range list {
		if l.State == backup.Good || l.State == backup.Unchecked {
			place.Points++
			if taken := l.Point.Taken(); taken.After(place.Newest) {
				place.Newest = taken
			}
		}
	}
	return place, true
}
