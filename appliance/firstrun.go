package appliance

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store"
	"salonkeep/store/salon"
	"salonkeep/ui"
)

// firstRun does the work of the first-run pages. Everything in it belongs to
// the one browser that claimed the appliance.
type firstRun struct {
	*claims
	h   *host
	ctx context.Context // of the appliance: a restore goes on when the browser is closed

	mu    sync.Mutex
	keys  *keys
	draft salon.Founding
	back  bringBack
}

func newFirstRun(ctx context.Context, h *host) *firstRun {
	return &firstRun{claims: h.claims, h: h, ctx: ctx}
}

// check refuses every browser but the one that claimed the appliance.
func (r *firstRun) check(ticket string) error {
	if r.Holds(ticket) {
		return nil
	}
	return salon.E(salon.Denied, "The first run belongs to another browser. Type salonkeep claim on the PC for a new link.")
}

// Begin checks the founding and makes the kit; called again it keeps the kit.
func (r *firstRun) Begin(_ context.Context, ticket string, f salon.Founding) (ui.Kit, error) {
	if err := r.check(ticket); err != nil {
		return ui.Kit{}, err
	}
	if err := store.CheckFounding(f); err != nil {
		return ui.Kit{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil {
		k, err := newKeys(f.Salon, r.h.p.now(), r.h.p.sealCost)
		if err != nil {
			return ui.Kit{}, err
		}
		r.keys = &k
	}
	r.draft = f
	kit := r.keys.kit
	return ui.Kit{Groups: kit.Code, QR: kit.QRText(), File: kit.Text(), Salon: kit.Salon, MadeOn: salon.Day(kit.Made)}, nil
}

// Finish founds the salon once the owner has shown that the kit is on paper.
func (r *firstRun) Finish(ctx context.Context, ticket string, groups map[int]string, target *ui.PlaceForm) error {
	if err := r.check(ticket); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil {
		return salon.E(salon.Closed, "The recovery kit has not been made yet. Go back one step.")
	}
	if err := readBack(r.keys.kit.Code, groups); err != nil {
		return err
	}
	// The place is tried first: a salon whose backups go nowhere is easily
	// forgotten once the wizard is closed.
	if target != nil {
		if err := r.h.p.tryPlace(ctx, *target); err != nil {
			return err
		}
	}
	if err := r.foundLocked(ctx); err != nil {
		return err
	}
	r.keys = nil
	if target == nil {
		return nil
	}
	st, err := r.h.salon()
	if err != nil {
		return err
	}
	k := r.h.p.keeper(r.h.f, st, "first run")
	if _, err := k.enrol(ctx, k.sc, target.Name, target.URL(), target.Secret()); err != nil {
		return err
	}
	_, err = k.sc.AskBackup(ctx, "", string(point.Manual), "")
	return err
}

func (r *firstRun) foundLocked(ctx context.Context) error {
	work, err := waitLock(ctx, r.h.f.workLock())
	if err != nil {
		return err
	}
	defer work.release()
	r.h.mu.Lock()
	who := r.h.who
	r.h.mu.Unlock()
	if err := r.h.p.found(ctx, r.h.f, r.draft, *r.keys, who); err != nil {
		return err
	}
	return r.h.adopt(r.ctx, r.h.f.database())
}

// minGroups is how many groups must be read back from paper: one could be
// guessed from the screen before.
const minGroups = 2

func readBack(code backup.Code, groups map[int]string) error {
	bad := salon.E(salon.Invalid, "What was typed is not what stands on the kit.")
	for n, typed := range groups {
		if n < 1 || n > len(code) {
			return bad
		}
		if tidyCode(typed) == code[n-1] {
			continue
		}
		field := fmt.Sprintf("group%d", n)
		switch err := backup.CheckGroup(n-1, typed); {
		case err == nil:
			bad.On(field, "This group is of another kit. Look at the sheet that was just printed.")
		default:
			bad.On(field, sayOf(err))
		}
	}
	if bad.Field != nil {
		return bad
	}
	if len(groups) < minGroups {
		return salon.E(salon.Invalid, "Type two groups back from the printed kit.")
	}
	return nil
}

// tryPlace looks whether backups can go to a place, without making it ours.
func (p *program) tryPlace(ctx context.Context, form ui.PlaceForm) error {
	s, err := p.shelf(form.Name, form.URL(), form.Secret())
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Prepare(ctx); err != nil {
		return err
	}
	_, err = backup.ReadMarker(ctx, s)
	switch {
	case salon.KindOf(err) == salon.Missing:
		return nil
	case err == nil:
		return salon.E(salon.Clash, "The backup target %s belongs to another salon. Use another drive or folder; nothing was changed on it.", s)
	}
	return err
}

// addTarget makes a place a target for the person who asked on the page.
func (h *host) addTarget(ctx context.Context, sc *store.Scope, form ui.PlaceForm) error {
	if !sc.Can(salon.SetBackup) {
		_, err := sc.AddTarget(ctx, form.Name, form.URL(), form.Secret()) // refuses, and notes that it did
		return err
	}
	st, err := h.salon()
	if err != nil {
		return err
	}
	k := h.p.keeper(h.f, st, "backups page")
	_, err = k.enrol(ctx, sc, form.Name, form.URL(), form.Secret())
	return err
}

// salon is the open store.
func (h *host) salon() (*store.Store, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.st == nil {
		return nil, salon.E(salon.Closed, "There is no salon on this PC yet.")
	}
	return h.st, nil
}

// Demo serves the invented salon until the appliance stops. It lies beside the
// salon's own place, so that a real first run can follow.
func (r *firstRun) Demo(_ context.Context, ticket string) ([]ui.DemoLogin, error) {
	if err := r.check(ticket); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.back.busy() {
		return nil, salon.E(salon.Clash, "A salon is being brought back on this PC. Wait until that is finished.")
	}
	language := r.draft.Language
	if language == "" {
		language = "en"
	}
	return r.h.startDemo(r.ctx, language)
}

// Points lists what lies on a place and remembers the place.
func (r *firstRun) Points(ctx context.Context, ticket string, from *ui.PlaceForm) ([]ui.PointRow, error) {
	if err := r.check(ticket); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	place := r.back.note.Place
	if from != nil {
		place = placeNote{Name: from.Name, URL: from.URL(), Secret: from.Secret()}
	}
	if place.URL == "" {
		return nil, salon.E(salon.Closed, "Say first where your backups are.")
	}
	s, err := r.h.p.shelf(place.Name, place.URL, place.Secret)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list, err := backup.List(ctx, s)
	if err != nil {
		return nil, err
	}
	if from != nil && !r.back.busy() {
		r.back.note.Place, r.back.kit = place, backup.Kit{}
	}
	rows := []ui.PointRow{}
	for _, l := range list {
		row := ui.PointRow{ID: l.ID, TakenAt: l.Point.Taken(), Reason: string(l.Point.Reason), Label: l.Point.Label, SealedBytes: l.Point.Bytes(),
			Proved: l.State == backup.Good}
		if l.Why != nil {
			row.Problem = sayOf(l.Why)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// CheckKit says which groups were typed right and whether the kit opens the
// place.
func (r *firstRun) CheckKit(ctx context.Context, ticket string, f ui.KitForm) (ui.KitState, error) {
	var state ui.KitState
	if err := r.check(ticket); err != nil {
		return state, err
	}
	kit, complete, err := readKit(f, &state)
	if err != nil || !complete {
		return state, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	q, done, err := r.request("", kit)
	if err != nil {
		return state, err
	}
	defer done()
	report, err := backup.Preview(ctx, q)
	if err != nil {
		return state, err
	}
	if !r.back.busy() {
		r.back.kit = report.Kit
	}
	state.Opens = true
	return state, nil
}

// readKit fills state with what each group is worth and tells whether the kit
// is whole.
func readKit(f ui.KitForm, state *ui.KitState) (backup.Kit, bool, error) {
	if f.Whole != "" {
		kit, err := backup.ParseKit(f.Whole)
		if err != nil {
			return kit, false, err
		}
		if !kit.Code.IsZero() {
			state.Groups = kit.Code
			for i := range state.State {
				state.State[i] = ui.GroupGood
			}
		}
		return kit, true, nil
	}
	for i, typed := range f.Groups {
		state.Groups[i] = tidyCode(typed)
		switch {
		case state.Groups[i] == "":
			state.State[i] = ui.GroupEmpty
		case backup.CheckGroup(i, typed) == nil:
			state.State[i] = ui.GroupGood
		default:
			state.State[i] = ui.GroupBad
		}
	}
	complete := !slices.ContainsFunc(state.State[:], func(s ui.GroupState) bool { return s != ui.GroupGood })
	return backup.Kit{Code: state.Groups}, complete, nil
}

// request opens the remembered place. done closes it.
func (r *firstRun) request(pointID string, kit backup.Kit) (backup.Request, func(), error) {
	place := r.back.note.Place
	if place.URL == "" {
		return backup.Request{}, nil, salon.E(salon.Closed, "Say first where your backups are.")
	}
	s, err := r.h.p.shelf(place.Name, place.URL, place.Secret)
	if err != nil {
		return backup.Request{}, nil, err
	}
	q := backup.Request{Shelf: s, Point: pointID, Kit: kit, Check: store.Inspect, Schema: store.NewestSchema(), Now: r.h.p.now, At: r.h.p.at}
	return q, func() { _ = s.Close() }, nil
}

// Preview says what is in a point before anything is changed.
func (r *firstRun) Preview(ctx context.Context, ticket, pointID string) (salon.Facts, error) {
	if err := r.check(ticket); err != nil {
		return salon.Facts{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kit, err := r.back.needKit()
	if err != nil {
		return salon.Facts{}, err
	}
	q, done, err := r.request(pointID, kit)
	if err != nil {
		return salon.Facts{}, err
	}
	defer done()
	report, err := backup.Preview(ctx, q)
	return report.Facts, err
}
