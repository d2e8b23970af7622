package ui

import (
	"errors"
	"io"
	"mime/multipart"

	"salonkeep/store/salon"
)

// reasonWord is why a restore point was taken.
func reasonWord(reason string) string {
	switch reason {
	case "manual":
		return say("By hand")
	case "nightly":
		return say("Every night")
	case "catch-up":
		return say("Made up for a missed night")
	case "before-import":
		return say("Before an import")
	case "before-upgrade":
		return say("Before an update")
	}
	return reason
}

// actWord is what somebody did, for lists of the newest changes.
func actWord(act salon.Act) string {
	switch act {
	case salon.Book:
		return say("Booking made")
	case salon.MoveVisit:
		return say("Booking moved")
	case salon.SetVisit:
		return say("Visit marked")
	case salon.CancelVisit:
		return say("Booking cancelled")
	case salon.CreateClient:
		return say("Client added")
	case salon.EditClient:
		return say("Client changed")
	case salon.Import:
		return say("Records imported")
	case salon.ViewClient, salon.ViewCalendar, salon.ViewSales:
		return say("Note written")
	case salon.OwnAccount:
		return say("Change taken back")
	}
	return say("Change made")
}

// stageWord is what a backup run is doing.
func stageWord(stage string) string {
	switch stage {
	case "sealing":
		return say("Sealing the records and writing them")
	case "reading-back":
		return say("Reading them back from there")
	case "checking":
		return say("Opening the copy and checking every row")
	case "signing":
		return say("Signing")
	}
	return say("Starting")
}

// readUpload is the text of a small uploaded file.
func readUpload(file *multipart.FileHeader) (string, error) {
	f, err := file.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<16))
	return string(text), err
}

// complaintsOf are the fields an error complains about, not yet translated.
func complaintsOf(err error) map[string]string {
	var e *salon.Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Field
}
