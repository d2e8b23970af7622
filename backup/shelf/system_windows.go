package shelf

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// Device is the serial number of the volume that holds path.
func Device(path string) (uint64, error) {
	d, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	return deviceOf(d)
}

func deviceOf(f *os.File) (uint64, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0, &fs.PathError{Op: "look at", Path: f.Name(), Err: err}
	}
	return uint64(info.VolumeSerialNumber), nil
}

// Free is the room in bytes that this user has left where path lies.
func Free(path string) (int64, error) {
	p, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(p, &free, nil, nil); err != nil {
		return 0, &fs.PathError{Op: "ask for the room of", Path: path, Err: err}
	}
	return int64(free), nil
}

type ailment int

const (
	isOther ailment = iota
	isFull
	isTooLarge
	isReadOnly
	isGone
	isForbidden
	isBroken
)

func trouble(err error) ailment {
	var n windows.Errno
	if !errors.As(err, &n) {
		return isOther
	}
	switch n {
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL:
		return isFull
	case windows.ERROR_FILE_TOO_LARGE:
		return isTooLarge
	case windows.ERROR_WRITE_PROTECT:
		return isReadOnly
	case windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_NOT_READY,
		windows.ERROR_INVALID_DRIVE, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_BAD_NETPATH, windows.ERROR_DEVICE_NOT_CONNECTED:
		return isGone
	case windows.ERROR_ACCESS_DENIED, windows.ERROR_SHARING_VIOLATION:
		return isForbidden
	case windows.ERROR_CRC, windows.ERROR_IO_DEVICE, windows.ERROR_SECTOR_NOT_FOUND, windows.ERROR_GEN_FAILURE:
		return isBroken
	}
	return isOther
}

// cannotFlush is never asked here: folders are not flushed on Windows.
func cannotFlush(error) bool { return false }
