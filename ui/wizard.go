package ui

import (
	"errors"
	"net/http"

	"salonkeep/store/salon"
)

// Step is one line of a wizard's list of steps.
type Step struct {
	N     int
	Label string
	Did   bool
	Now   bool
}

// wizardPage is the frame of every page of a wizard.
type wizardPage struct {
	Page
	Fields
	Steps   []Step
	Foot    string
	Trouble string // why the form was not taken, where no field is to blame
}

var setupSteps = [...]string{say("Language"), say("Your salon"), say("You, the owner"), say("Recovery kit"), say("Where backups go"), say("Open the salon")}

var restoreSteps = [...]string{say("Where is the backup?"), say("Recovery kit"), say("Choose a moment"), say("Look before you go"), say("Bringing it back"), say("Open for business")}

// wizardFrame is the frame with step now of labels, counted from 1.
func (c call) wizardFrame(labels []string, now int, foot string) wizardPage {
	p := wizardPage{Page: c.frame(""), Foot: c.T(foot)}
	for i, label := range labels {
		p.Steps = append(p.Steps, Step{N: i + 1, Label: c.T(label), Did: i+1 < now, Now: i+1 == now})
	}
	return p
}

func (w *wizard) setupFrame(now int) wizardPage {
	return w.wizardFrame(setupSteps[:], now, say("Everything you enter stays on this PC."))
}

func (w *wizard) restoreFrame(now int) wizardPage {
	return w.wizardFrame(restoreSteps[:], now, say("Nothing on the backup is changed."))
}

// complain puts an error of a form onto its page: the complaints under their
// fields, or the sentence above the form. Faults of ours are not complaints.
func (w *wizard) complain(p *wizardPage, err error) (status int, fault error) {
	var known *salon.Error
	if !errors.As(err, &known) || known.Kind == salon.Broken {
		return 0, err
	}
	p.Wrong = w.Complaints(err)
	if len(p.Wrong) == 0 {
		p.Trouble = w.Say(err)
	}
	return statusOf(known.Kind), nil
}

// welcomePage offers the three beginnings.
type welcomePage struct {
	wizardPage
	Going bool // a restore was begun already
}

func getWelcome(w *wizard) error {
	p := &welcomePage{wizardPage: w.setupFrame(1)}
	now, err := w.s.First.Progress(w.ctx(), w.ticket)
	if err != nil {
		return err
	}
	p.Going = now.PointID != ""
	return w.show(http.StatusOK, "welcome", p)
}

// demoPage shows who can sign in to the invented salon.
type demoPage struct {
	wizardPage
	Logins []DemoLogin
}

func postDemo(w *wizard) error {
	logins, err := w.s.First.Demo(w.ctx(), w.ticket)
	if err != nil {
		return err
	}
	return w.show(http.StatusOK, "demo", &demoPage{wizardPage: w.setupFrame(6), Logins: logins})
}

// donePage is the end of both wizards. It is public: the ticket is spent.
type donePage struct {
	wizardPage
	Addresses []string
	Back      bool // the salon was brought back
	NoBackup  bool // it was left for later
}

func getDone(c call) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	settings, err := door.Settings(c.ctx())
	if err != nil {
		return err
	}
	p := &donePage{Addresses: c.s.Addresses(), Back: c.QueryParam("back") != "", NoBackup: c.QueryParam("later") != ""}
	steps := setupSteps[:]
	if p.Back {
		steps = restoreSteps[:]
	}
	p.wizardPage = c.wizardFrame(steps, len(steps), say("Everything you enter stays on this PC."))
	p.Salon = settings.Name
	return c.show(http.StatusOK, "done", p)
}
