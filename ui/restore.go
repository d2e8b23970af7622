package ui

import (
	"fmt"
	"net/http"
	"strconv"

	"salonkeep/store/salon"
)

// sourcePage asks where the backup is.
type sourcePage struct {
	wizardPage
	Places []Place // only those with restore points
	Form   PlaceForm
	How    string
}

func (w *wizard) sourcePage() (*sourcePage, error) {
	p := &sourcePage{wizardPage: w.restoreFrame(1), How: "folder"}
	places, err := w.s.Places(w.ctx())
	if err != nil {
		return nil, err
	}
	for _, place := range places {
		if place.Points > 0 {
			p.Places = append(p.Places, place)
		}
	}
	if len(p.Places) > 0 {
		p.How = "place:0"
	}
	w.s.draft.with(w.ticket, func(d *draft) { p.Form = d.source })
	p.Form.SecretKey = ""
	return p, nil
}

func getRestore(w *wizard) error {
	now, err := w.s.First.Progress(w.ctx(), w.ticket)
	if err != nil {
		return err
	}
	if now.Finished || now.PointID != "" && now.Err == nil {
		return redirect("/restore/progress")
	}
	p, err := w.sourcePage()
	if err != nil {
		return err
	}
	return w.show(http.StatusOK, "source", p)
}

func postRestoreSource(w *wizard) error {
	p, err := w.sourcePage()
	if err != nil {
		return err
	}
	p.How = w.FormValue("how")
	p.Form = w.placeForm(p.How, p.Places)
	err = w.place(&p.Form)
	var points []PointRow
	if err == nil {
		points, err = w.s.First.Points(w.ctx(), w.ticket, &p.Form)
	}
	if err == nil && len(points) == 0 {
		err = salon.E(salon.Missing, "There is no restore point there. Choose another place.")
	}
	if err != nil {
		status, fault := w.complain(&p.wizardPage, err)
		if fault != nil {
			return fault
		}
		return w.show(status, "source", p)
	}
	w.s.draft.with(w.ticket, func(d *draft) { d.source = p.Form })
	return w.see("/restore/kit")
}

// unlockPage takes the kit, group by group or as a whole.
type unlockPage struct {
	wizardPage
	Kit   KitState
	Trial string     // why the kit does not open the place
	Asked *groupView // the group that was just typed, of an answer to it alone
}

// groupView is one group of the kit as it is drawn.
type groupView struct {
	N     int
	Text  string
	State GroupState
}

// Groups are the eight fields in their order.
func (p *unlockPage) Groups() []groupView {
	var out []groupView
	for i, text := range p.Kit.Groups {
		out = append(out, groupView{i + 1, text, p.Kit.State[i]})
	}
	return out
}

// Good counts the groups that were read correctly.
func (p *unlockPage) Good() int {
	n := 0
	for _, s := range p.Kit.State {
		if s == GroupGood {
			n++
		}
	}
	return n
}

func getRestoreKit(w *wizard) error {
	p := &unlockPage{wizardPage: w.restoreFrame(2)}
	return w.show(http.StatusOK, "unlock", p)
}

func (w *wizard) kitForm() KitForm {
	f := KitForm{Whole: w.FormValue("whole")}
	for i := range f.Groups {
		f.Groups[i] = w.FormValue(fmt.Sprintf("g%d", i+1))
	}
	return f
}

// postRestoreCheck looks at the groups typed so far and answers for the one
// that was just typed.
func postRestoreCheck(w *wizard) error {
	p := &unlockPage{wizardPage: w.restoreFrame(2)}
	f := w.kitForm()
	f.Whole = ""
	var err error
	if p.Kit, err = w.s.First.CheckKit(w.ctx(), w.ticket, f); err != nil {
		p.Trial = w.Say(err)
	}
	n, err := strconv.Atoi(w.QueryParam("group"))
	if err != nil || n < 1 || n > len(p.Kit.Groups) {
		return salon.E(salon.Invalid, "There is no such group on a kit.").Because(err)
	}
	p.Asked = &p.Groups()[n-1]
	return w.part(http.StatusOK, "unlock", "checked", p)
}

func postRestoreKit(w *wizard) error {
	p := &unlockPage{wizardPage: w.restoreFrame(2)}
	f := w.kitForm()
	if file, err := w.FormFile("file"); err == nil && file.Size > 0 && file.Size < 1<<16 {
		text, err := readUpload(file)
		if err != nil {
			return err
		}
		f.Whole = text
	}
	var err error
	p.Kit, err = w.s.First.CheckKit(w.ctx(), w.ticket, f)
	if err == nil && p.Kit.Opens {
		return w.see("/restore/point")
	}
	if err == nil {
		err = salon.E(salon.Invalid, "Some groups are missing or wrong. Look at the ones that are marked.")
	}
	if p.Kit.Groups == [8]string{} {
		p.Kit.Groups = f.Groups // nothing that was typed is lost
	}
	status, fault := w.complain(&p.wizardPage, err)
	if fault != nil {
		return fault
	}
	p.Trial = w.Say(err)
	return w.show(status, "unlock", p)
}

// momentPage lists the points of the place, newest first.
type momentPage struct {
	wizardPage
	Points []moment
}

type moment struct {
	PointRow
	When   string
	Reason string
	Newest bool // the newest good one: what most people take
}

func getRestorePoint(w *wizard) error {
	points, err := w.s.First.Points(w.ctx(), w.ticket, nil)
	if salon.KindOf(err) == salon.Closed {
		return redirect("/restore")
	}
	if err != nil {
		return err
	}
	p := &momentPage{wizardPage: w.restoreFrame(3)}
	marked := false
	for _, row := range points {
		m := moment{PointRow: row, When: w.When(row.TakenAt.In(w.s.Now().Location()), w.s.Now()), Reason: w.T(reasonWord(row.Reason))}
		if row.Problem == "" && !marked {
			m.Newest, marked = true, true
		}
		p.Points = append(p.Points, m)
	}
	return w.show(http.StatusOK, "moment", p)
}

// lookPage shows what the point holds before anything is changed.
type lookPage struct {
	wizardPage
	Point   string
	Taken   string // when the point was taken
	Facts   salon.Facts
	Changes []changeLine
}

type changeLine struct{ At, What, By string }

func (w *wizard) lookPage(point string) (*lookPage, error) {
	facts, err := w.s.First.Preview(w.ctx(), w.ticket, point)
	if err != nil {
		return nil, err
	}
	p := &lookPage{wizardPage: w.restoreFrame(4), Point: point, Facts: facts}
	p.Currency = facts.Currency
	p.words = w.words.with(salon.Settings{Currency: facts.Currency, Timezone: w.s.Now().Location().String()})
	if t, ok := w.Instant(facts.TakenAt); ok {
		p.Taken = w.When(t.In(w.s.Now().Location()), w.s.Now())
	}
	for _, c := range facts.LastChanges {
		p.Changes = append(p.Changes, changeLine{At: p.Page.When(c.At), What: w.T(actWord(c.Act)), By: c.By})
	}
	return p, nil
}

func getRestoreLook(w *wizard) error {
	p, err := w.lookPage(w.QueryParam("point"))
	if salon.KindOf(err) == salon.Closed {
		return redirect("/restore/kit")
	}
	if err != nil {
		return err
	}
	return w.show(http.StatusOK, "look", p)
}

func postRestoreStart(w *wizard) error {
	point := w.FormValue("point")
	if w.FormValue("off") == "" {
		p, err := w.lookPage(point)
		if err != nil {
			return err
		}
		p.Wrong = map[string]string{"off": w.T("Switch the old PC off first, then tick this.")}
		return w.show(http.StatusUnprocessableEntity, "look", p)
	}
	if err := w.s.First.Restore(w.ctx(), w.ticket, point); err != nil {
		return err
	}
	return w.see("/restore/progress")
}

// progressPage follows the restore by asking every second: there is no salon
// yet that could tell.
type progressPage struct {
	wizardPage
	Now     RestoreProgress
	Stages  []stageLine
	Percent int
	Trouble string
	Took    string
}

type stageLine struct {
	Label   string
	Did, Go bool
	Amount  string
}

var restoreStages = [...]struct {
	stage Stage
	label string
}{
	{StageUnlock, say("Unlock with the recovery kit")},
	{StageCopy, say("Fetch and decrypt the records")},
	{StageCheck, say("Check every row and every total against the seal")},
	{StageAdopt, say("End old sessions and begin a new receipt series")},
	{StageReady, say("Ready to open")},
}

func getRestoreProgress(w *wizard) error {
	now, err := w.s.First.Progress(w.ctx(), w.ticket)
	if err != nil {
		return err
	}
	if now.PointID == "" {
		return redirect("/restore")
	}
	step := 5
	if now.Finished {
		step = 6
	}
	p := &progressPage{wizardPage: w.restoreFrame(step), Now: now, Took: w.took(now.Elapsed.Seconds())}
	if now.Err != nil {
		p.Trouble = w.Say(now.Err)
	}
	at := 0
	for i, s := range restoreStages {
		if s.stage == now.Stage {
			at = i
		}
	}
	for i, s := range restoreStages {
		line := stageLine{Label: w.T(s.label), Did: i < at || now.Finished, Go: i == at && !now.Finished && now.Err == nil}
		if line.Go && now.Total > 0 {
			line.Amount = w.T("%s of %s", w.Bytes(now.Done), w.Bytes(now.Total))
		}
		p.Stages = append(p.Stages, line)
	}
	p.Percent = percent(at, len(restoreStages)-1, now.Done, now.Total)
	return w.show(http.StatusOK, "progress", p)
}

// percent is how much of all steps is done, each step being worth the same.
func percent(at, steps int, done, total int64) int {
	part := 0.0
	if total > 0 {
		part = min(float64(done)/float64(total), 1)
	}
	return min(int((float64(at)+part)*100/float64(steps)), 100)
}

// took writes a duration of seconds the way people say it.
func (w *words) took(seconds float64) string {
	if seconds < 60 {
		return w.T("%d s", max(int(seconds+.5), 1))
	}
	return w.T("%d min %d s", int(seconds)/60, int(seconds)%60)
}

func postRestoreOpen(w *wizard) error {
	if err := w.s.First.Open(w.ctx(), w.ticket); err != nil {
		return err
	}
	return w.see("/done?back=1")
}
