package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// mount puts a small file system over the folder until the test ends. Where
// this user may not mount, the test is skipped.
func mount(t *testing.T, path, options string) {
	t.Helper()
	err := unix.Mount("tmpfs", path, "tmpfs", 0, options)
	if errors.Is(err, unix.EPERM) {
		t.Skip("SKIPPED: only root may mount; what the kernel answers is covered by the file size limit and by the table of errors")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(path, unix.MNT_DETACH) })
}

// onMedium is a desk whose target is a small file system of its own, with one
// good point on it.
func onMedium(t *testing.T, options string) (d *desk, before map[string]string) {
	t.Helper()
	d = newDesk(t, randomDatabase(1, 200_000))
	mount(t, d.path, options)
	if err := d.engine().Enrol(t.Context(), d.shelf); err == nil {
		t.Fatal("the drive was changed under the shelf unnoticed")
	}
	d.shelf = shelf.NewFolder(d.path, shelf.Options{Name: "Blue"})
	if err := d.engine().Enrol(t.Context(), d.shelf); err != nil {
		t.Fatal(err)
	}
	d.take()
	return d, snapshotOf(t, d.path)
}

func TestFullDrive(t *testing.T) {
	d, before := onMedium(t, "size=2m")
	d.o.Source = randomDatabase(2, 12<<20)
	for range 2 { // the first must not leave the drive fuller for the second
		_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		wantError(t, err, salon.Unreachable, `"Blue"`, d.path, "full")
		wantAsBefore(t, d, before)
	}
	d.o.Source = randomDatabase(3, 100_000)
	d.take()
	if _, err := backup.Verify(t.Context(), d.request()); err != nil {
		t.Error(err)
	}
}

func TestDriveThatIsFullForTheLastFiles(t *testing.T) {
	d, before := onMedium(t, "size=2m,nr_inodes=14")
	// fill up until no file fits any more, one more each time
	for i := 0; ; i++ {
		_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		if err == nil {
			before = snapshotOf(t, d.path)
			if i > 20 {
				t.Fatal("the drive never fills up")
			}
			continue
		}
		wantError(t, err, salon.Unreachable, `"Blue"`, "full")
		wantAsBefore(t, d, before)
		break
	}
	if r, err := backup.Verify(t.Context(), d.request()); err != nil {
		t.Errorf("%s: %v", r.Point.ID, err)
	}
}

func TestWriteProtectedDrive(t *testing.T) {
	d, before := onMedium(t, "size=4m")
	if err := unix.Mount("", d.path, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
	wantError(t, err, salon.Unreachable, `"Blue"`, "write-protected")
	wantAsBefore(t, d, before)
	if _, err := backup.Verify(t.Context(), d.request()); err != nil {
		t.Errorf("a write-protected drive can still be read: %v", err)
	}
}

func TestDriveThatIsUnmountedOnTheWay(t *testing.T) {
	for _, moment := range []string{"backup: begun", "backup: sealed", "backup: proved"} {
		d, _ := onMedium(t, "size=4m")
		d.o.At = func(m string) {
			if m == moment {
				if err := unix.Unmount(d.path, unix.MNT_DETACH); err != nil {
					t.Fatal(err)
				}
			}
		}
		below := snapshotOf(t, d.path) // to compare the folder that the drive hides
		_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
		wantError(t, err, salon.Unreachable, `"Blue"`, "not connected")
		for name := range snapshotOf(t, d.path) {
			if strings.HasPrefix(name, "points/") {
				t.Errorf("%s: %s was written onto the system disk (before: %d files)", moment, name, len(below))
			}
		}
	}
}

func TestFullDiskOfThisComputer(t *testing.T) {
	d := newDesk(t, randomDatabase(1, 3<<20))
	d.take()
	mount(t, d.scratch, "size=1m")
	before := snapshotOf(t, d.path)
	_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
	wantError(t, err, salon.Unreachable, d.scratch, "not enough room")
	wantAsBefore(t, d, before)
	_, err = backup.Verify(t.Context(), d.request())
	wantError(t, err, salon.Unreachable, d.scratch, "not enough room")
	dest := filepath.Join(d.scratch, "salon.db")
	_, err = backup.Restore(t.Context(), d.request(), dest)
	wantError(t, err, salon.Unreachable, d.scratch, "not enough room")
	if left := snapshotOf(t, d.scratch); len(left) != 1 {
		t.Errorf("left %v besides the lock", left)
	}
}

func TestFolderWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("SKIPPED: root may write everywhere")
	}
	d := newDesk(t, randomDatabase(1, 5000))
	d.take()
	before := snapshotOf(t, d.path)
	for _, p := range []string{d.path, filepath.Join(d.path, "points")} {
		if err := os.Chmod(p, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(p, 0o700) }) // so that the test's folder can be removed
	}
	_, err := d.engine().Take(t.Context(), d.shelf, point.Nightly, "")
	wantError(t, err, salon.Unreachable, `"Blue"`, "may not use")
	wantAsBefore(t, d, before)
}
