package ui

import "salonkeep/store/salon"

// toast is the sentence for what the page before this one did, named by the
// "did" of its redirect; nil for names that mean nothing.
func (d *desk) toast(did string) *Toast {
	var sentence string
	switch did {
	case "staff":
		sentence = say("Added to the team.")
	case "client":
		sentence = say("The card is made.")
	case "saved":
		sentence = say("Saved.")
	case "note":
		sentence = say("The note is on the card.")
	case "target":
		sentence = say("Added. The first backup to it is running.")
	case "untarget":
		sentence = say("Removed. What lies there stays there.")
	case "undone":
		sentence = say("Taken back.")
	default:
		return nil
	}
	return &Toast{Text: d.T(sentence)}
}

// statusWord is the name of an appointment's status.
func statusWord(s salon.Status) string {
	switch s {
	case salon.Booked:
		return say("Booked")
	case salon.Confirmed:
		return say("Confirmed")
	case salon.Arrived:
		return say("Arrived")
	case salon.InService:
		return say("In service")
	case salon.Done:
		return say("Done")
	case salon.NoShow:
		return say("No-show")
	case salon.Cancelled:
		return say("Cancelled")
	}
	return string(s)
}
