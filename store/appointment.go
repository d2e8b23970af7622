package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"salonkeep/store/salon"
)

// calendarReach keeps a person to the appointments they may see, as SQL over a.
func (sc *Scope) calendarReach() (string, []any) {
	if sc.grants[salon.ViewCalendar].Reach == salon.All {
		return "a.deleted = 0", nil
	}
	return "a.deleted = 0 AND a.staff_id = ?", []any{sc.who.StaffID}
}

// visits are appointments under a condition over a, with the names a page
// needs. Contacts are masked here as everywhere.
func (sc *Scope) visits(ctx context.Context, q queryer, cond, order string, args ...any) ([]salon.Visit, error) {
	reach, reachArgs := sc.calendarReach()
	known, knownArgs := sc.contactsKnown("a.client_id")
	rows, err := q.QueryContext(ctx, `SELECT a.id, a.version, coalesce(a.client_id, ''), a.staff_id, a.service_id, a.day, coalesce(a.start_min, -1), a.minutes, a.minutes_assumed,
			a.status, a.cancelled_on, a.cancelled_by, a.note, coalesce(c.name, ''), coalesce(c.phone, ''), st.name, v.name,
			coalesce(u.actor, ''), coalesce(u.at, ''), `+known+`
		FROM appointment a JOIN staff st ON st.id = a.staff_id JOIN service v ON v.id = a.service_id LEFT JOIN client c ON c.id = a.client_id
		LEFT JOIN audit u ON u.seq = (SELECT max(seq) FROM audit WHERE kind = 'appointment' AND about_id = a.id AND tx > 0)
		WHERE `+reach+` AND `+cond+` ORDER BY `+order, append(append(knownArgs, reachArgs...), args...)...)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read appointments: %w", err))
	}
	defer rows.Close()
	var out []salon.Visit
	for rows.Next() {
		var v salon.Visit
		var phone string
		var known bool
		if err := rows.Scan(&v.ID, &v.Version, &v.ClientID, &v.StaffID, &v.ServiceID, &v.Day, &v.Start, &v.Minutes, &v.MinutesAssumed,
			&v.Status, &v.CancelledOn, &v.CancelledBy, &v.Note, &v.Client, &phone, &v.Staff, &v.Service, &v.UpdatedBy, &v.UpdatedAt, &known); err != nil {
			return nil, err
		}
		v.Phone = sc.contact(salon.Phone, phone, known)
		out = append(out, v)
	}
	return out, rows.Err()
}

// Visit is one appointment.
func (sc *Scope) Visit(ctx context.Context, id string) (salon.Visit, error) {
	if err := sc.may(ctx, salon.ViewCalendar); err != nil {
		return salon.Visit{}, err
	}
	return sc.visit(ctx, sc.s.r, id)
}

func (sc *Scope) visit(ctx context.Context, q queryer, id string) (salon.Visit, error) {
	list, err := sc.visits(ctx, q, `a.id = ?`, `a.id`, id)
	if err != nil {
		return salon.Visit{}, err
	}
	if len(list) == 0 {
		return salon.Visit{}, missing("appointment")
	}
	return list[0], nil
}

// local is the moment of asking in the salon's own zone.
func (s *Store) local(ctx context.Context, q queryer) time.Time {
	now := s.o.Now().UTC()
	zone, err := branchSetting(ctx, q, "timezone")
	if err != nil {
		return now
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return now
	}
	return now.In(loc)
}

func (s *Store) today(ctx context.Context, q queryer) salon.Day { return salon.DayOf(s.local(ctx, q)) }

// Day is the day calendar as this person may see it; day "" is today.
func (sc *Scope) Day(ctx context.Context, day salon.Day) (salon.DaySheet, error) {
	var sheet salon.DaySheet
	if err := sc.may(ctx, salon.ViewCalendar); err != nil {
		return sheet, err
	}
	now := sc.s.local(ctx, sc.s.r)
	sheet.Today, sheet.Now = salon.DayOf(now), salon.Clock(now.Hour()*60+now.Minute())
	if day == "" {
		day = sheet.Today
	}
	if _, err := salon.ParseDay(string(day)); err != nil {
		return sheet, err
	}
	sheet.Day = day
	list, err := sc.visits(ctx, sc.s.r, `a.day = ?`, `a.start_min, a.id`, day)
	if err != nil {
		return sheet, err
	}
	if err := sc.hours(ctx, &sheet, list); err != nil {
		return sheet, err
	}
	return sheet, sc.columns(ctx, &sheet, list)
}

// hours are the opening hours, widened until every visit of the day fits.
func (sc *Scope) hours(ctx context.Context, sheet *salon.DaySheet, list []salon.Visit) error {
	for key, into := range map[string]*salon.Clock{"opens": &sheet.Opens, "closes": &sheet.Closes} {
		text, err := branchSetting(ctx, sc.s.r, key)
		if err != nil {
			return asSalonError(err)
		}
		if *into, err = salon.ParseClock(text); err != nil {
			return fmt.Errorf("setting %s: %w", key, err)
		}
	}
	for _, v := range list {
		if v.Start >= 0 && v.Status != salon.Cancelled {
			sheet.Opens = min(sheet.Opens, v.Start/60*60)
			sheet.Closes = max(sheet.Closes, min((v.End()+59)/60*60, 24*60))
		}
	}
	return nil
}

func (sc *Scope) columns(ctx context.Context, sheet *salon.DaySheet, list []salon.Visit) error {
	only := ""
	if sc.grants[salon.ViewCalendar].Reach != salon.All {
		only = sc.who.StaffID
	}
	rows, err := sc.s.r.QueryContext(ctx, `SELECT id, version, code, name, coalesce(role_id, ''), person, active FROM staff st
		WHERE deleted = 0 AND (? = '' OR id = ?)
		AND (active = 1 AND person = 1 AND performs = 1
			OR EXISTS (SELECT 1 FROM appointment a WHERE a.day = ? AND a.staff_id = st.id AND a.deleted = 0 AND a.status <> 'cancelled'))
		ORDER BY person DESC, name COLLATE NOCASE, id`, only, only, sheet.Day)
	if err != nil {
		return asSalonError(fmt.Errorf("read columns: %w", err))
	}
	defer rows.Close()
	at := map[string]int{}
	for rows.Next() {
		var st salon.Staff
		if err := rows.Scan(&st.ID, &st.Version, &st.Code, &st.Name, &st.Role, &st.Person, &st.Active); err != nil {
			return err
		}
		at[st.ID] = len(sheet.Columns)
		sheet.Columns = append(sheet.Columns, salon.Column{Staff: st})
	}
	for _, v := range list {
		if v.Status == salon.Cancelled {
			sheet.Cancelled = append(sheet.Cancelled, v)
			continue
		}
		if i, ok := at[v.StaffID]; ok {
			sheet.Columns[i].Visits = append(sheet.Columns[i].Visits, v)
		}
	}
	return rows.Err()
}

// Book makes an appointment. A chair that is taken, a double tap and two
// receptionists at once are settled inside one transaction.
func (sc *Scope) Book(ctx context.Context, b salon.Booking) (id string, undo int64, err error) {
	if b.ClientID == "" && b.NewClient != "" && sc.Can(salon.Book) {
		// Asked before the transaction: a refusal writes into the log itself.
		// A card that needs an approval is made by itself, before the booking.
		if err := sc.mayTry(ctx, salon.CreateClient); err != nil {
			return "", 0, err
		}
		if answer := sc.grants[salon.CreateClient].Answer; answer == salon.Ask || answer == salon.Two {
			return "", 0, sc.refuse(ctx, salon.CreateClient, answer)
		}
	}
	undo, err = sc.write(ctx, salon.Book, func(tx *writeTx) error {
		return tx.once(b.Key, salon.Book, &id, func() (string, error) { return tx.book(b) })
	})
	return id, undo, err
}

func (tx *writeTx) book(b salon.Booking) (string, error) {
	a := salon.Appointment{ID: newID(), ClientID: b.ClientID, StaffID: b.StaffID, ServiceID: b.ServiceID, Day: b.Day, Start: b.Start, Minutes: b.Minutes, Note: b.Note, Status: salon.Booked}
	bad := salon.E(salon.Invalid, "Not booked yet.")
	if a.Minutes == 0 {
		if err := tx.QueryRowContext(tx.ctx, `SELECT minutes, minutes_assumed FROM service WHERE id = ?`, a.ServiceID).Scan(&a.Minutes, &a.MinutesAssumed); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", err
		}
	}
	if tx.sc.grants[salon.Book].Reach == salon.Own && a.StaffID != tx.sc.who.StaffID {
		return "", bad.On("staff", "You can book only for yourself.")
	}
	if err := tx.checkPlace(a, bad); err != nil {
		return "", err
	}
	if a.ClientID == "" && b.NewClient != "" {
		f := salon.ClientForm{Name: b.NewClient}
		if b.NewPhone != "" {
			f.Phone = &b.NewPhone
		}
		id, err := tx.addClient(f, a.Day)
		if err != nil {
			return "", err
		}
		a.ClientID = id
	} else if a.ClientID != "" {
		if _, err := tx.sc.client(tx.ctx, tx.Tx, a.ClientID); err != nil {
			return "", bad.On("client", "This client is not there any more. Choose again.")
		}
	}
	tx.touched("appointment", a.ID, a.Day)
	return a.ID, tx.exec(`INSERT INTO appointment (id, client_id, staff_id, service_id, day, start_min, minutes, minutes_assumed, status, note, branch_id)
		VALUES (?,nullif(?, ''),?,?,?,?,?,?,?,?,?)`,
		a.ID, a.ClientID, a.StaffID, a.ServiceID, a.Day, a.Start, a.Minutes, a.MinutesAssumed, a.Status, a.Note, tx.branch)
}

// checkPlace refuses a place in the calendar that does not exist or is taken.
func (tx *writeTx) checkPlace(a salon.Appointment, bad *salon.Error) error {
	var staff, service int
	err := tx.QueryRowContext(tx.ctx, `SELECT
		(SELECT count(*) FROM staff WHERE id = ? AND deleted = 0 AND active = 1),
		(SELECT count(*) FROM service WHERE id = ? AND deleted = 0)`, a.StaffID, a.ServiceID).Scan(&staff, &service)
	if err != nil {
		return err
	}
	if staff == 0 {
		bad.On("staff", "Choose who will do it.")
	}
	if service == 0 {
		bad.On("service", "Choose what will be done.")
	}
	if _, err := salon.ParseDay(string(a.Day)); err != nil {
		bad.On("day", "Choose a day.")
	}
	if a.Start < 0 || a.Start >= 24*60 {
		bad.On("start", "Choose a time, for example 09:30.")
	}
	if service > 0 && (a.Minutes < 5 || a.Minutes > 16*60) {
		bad.On("minutes", "How long will it take? Between 5 minutes and 16 hours.")
	}
	if len(a.Note) > 20000 {
		bad.On("note", "The note is too long.")
	}
	if bad.Field != nil {
		return bad
	}
	return tx.checkFree(a)
}

func (tx *writeTx) checkFree(a salon.Appointment) error {
	if !a.Status.TakesChair() || a.Start < 0 {
		return nil
	}
	var staff, client string
	var from, minutes salon.Clock
	err := tx.QueryRowContext(tx.ctx, `SELECT st.name, coalesce(c.name, ''), a.start_min, a.minutes FROM appointment a JOIN staff st ON st.id = a.staff_id LEFT JOIN client c ON c.id = a.client_id
		WHERE a.day = ? AND a.staff_id = ? AND a.id <> ? AND a.deleted = 0 AND a.status NOT IN ('no_show', 'cancelled')
		AND a.start_min < ? AND a.start_min + a.minutes > ? ORDER BY a.start_min LIMIT 1`,
		a.Day, a.StaffID, a.ID, a.End(), a.Start).Scan(&staff, &client, &from, &minutes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if client == "" || tx.sc.grants[salon.ViewCalendar].Reach != salon.All {
		return salon.E(salon.Clash, "That time is taken: %s is busy from %s to %s. Pick another time.", staff, from.String(), (from + minutes).String())
	}
	return salon.E(salon.Clash, "That time is taken: %s has %s from %s to %s. Pick another time.", staff, client, from.String(), (from + minutes).String())
}

// Move puts an appointment to another person, day or time.
func (sc *Scope) Move(ctx context.Context, id string, version int64, staffID string, day salon.Day, start salon.Clock) (int64, error) {
	return sc.write(ctx, salon.MoveVisit, func(tx *writeTx) error {
		v, err := tx.visitFor(id, version, salon.MoveVisit)
		if err != nil {
			return err
		}
		if tx.sc.grants[salon.MoveVisit].Reach == salon.Own && staffID != sc.who.StaffID {
			return salon.E(salon.Invalid, "Not moved.").On("staff", "You can move only your own bookings, and only within your own column.")
		}
		from := v.Day
		v.StaffID, v.Day, v.Start = staffID, day, start
		if err := tx.checkPlace(v.Appointment, salon.E(salon.Invalid, "Not moved.")); err != nil {
			return err
		}
		tx.touched("appointment", id, day)
		if from != day {
			tx.touches = append(tx.touches, touch{kind: "appointment", id: id, day: from, detail: map[string]any{"moved_to": day}})
		}
		return tx.exec(`UPDATE appointment SET staff_id = ?, day = ?, start_min = ?, version = version + 1 WHERE id = ?`, staffID, day, start, id)
	})
}

// visitFor is an appointment as this person may change it, still as they saw it.
func (tx *writeTx) visitFor(id string, version int64, act salon.Act) (salon.Visit, error) {
	v, err := tx.sc.visit(tx.ctx, tx.Tx, id)
	if err != nil {
		return v, err
	}
	if tx.sc.grants[act].Reach == salon.Own && v.StaffID != tx.sc.who.StaffID {
		return v, missing("appointment")
	}
	if v.Version != version {
		return v, tx.changedSince("appointment", id)
	}
	return v, nil
}

// SetStatus moves an appointment on, or calls it off.
func (sc *Scope) SetStatus(ctx context.Context, id string, version int64, st salon.Status) (int64, error) {
	act := salon.SetVisit
	if st == salon.Cancelled {
		act = salon.CancelVisit
	}
	return sc.write(ctx, act, func(tx *writeTx) error {
		v, err := tx.visitFor(id, version, act)
		if err != nil {
			return err
		}
		known := false
		for _, s := range salon.Statuses {
			known = known || s == st
		}
		if !known {
			return salon.E(salon.Invalid, "There is no such state of an appointment.")
		}
		v.Status = st
		if err := tx.checkFree(v.Appointment); err != nil {
			return err
		}
		on, by := salon.Day(""), ""
		if st == salon.Cancelled {
			on, by = sc.s.today(ctx, tx), sc.who.Name
		}
		tx.touched("appointment", id, v.Day)
		return tx.exec(`UPDATE appointment SET status = ?, cancelled_on = ?, cancelled_by = ?, version = version + 1 WHERE id = ?`, st, on, by, id)
	})
}
