package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salonkeep/store/salon"
)

// conductDays is how far the report about a leaver reaches back.
const conductDays = 90

// LeaveSheet is what ending a person's time at the salon would do. Nothing is
// changed.
func (sc *Scope) LeaveSheet(ctx context.Context, staffID string) (salon.Leaving, error) {
	if !sc.Can(salon.EditStaff) {
		return salon.Leaving{}, sc.refuse(ctx, salon.EditStaff, "")
	}
	return sc.leaving(ctx, sc.s.r, staffID)
}

func (sc *Scope) leaving(ctx context.Context, q queryer, staffID string) (out salon.Leaving, err error) {
	role, name, err := sc.s.roleOf(ctx, q, staffID)
	if err != nil {
		return out, err
	}
	out.Helper, out.RoleName = salon.Helper{StaffID: staffID, Name: name}, ""
	roles, err := sc.s.roles(ctx, q)
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(roles, func(r salon.RoleSheet) bool { return r.ID == role }); i >= 0 {
		out.RoleName = roles[i].Word()
	}
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM login WHERE staff_id = ?1), (SELECT count(*) FROM session WHERE staff_id = ?1 AND expires_at > ?2),
		(SELECT count(*) FROM approval WHERE asked_by = ?1 AND state = 'asked' AND expires_at > ?2 AND deleted = 0)`, staffID, sc.s.now()).Scan(&out.Login, &out.Sessions, &out.Waiting)
	if err != nil {
		return out, asSalonError(fmt.Errorf("read what ends: %w", err))
	}
	excepted, err := sc.s.exceptionsOf(ctx, q, staffID)
	if err != nil {
		return out, err
	}
	out.Exceptions = len(excepted)
	duties, err := sc.s.duties(ctx, q)
	if err != nil {
		return out, err
	}
	for _, d := range duties {
		if d.Owner.StaffID == staffID || d.Deputy.StaffID == staffID {
			out.Duties = append(out.Duties, d.Control)
		}
	}
	if out.Coming, err = sc.coming(ctx, q, staffID); err != nil {
		return out, err
	}
	if g := sc.grants[salon.ViewAudit]; g.Reach == salon.All || g.Reach == salon.Branch {
		out.Conduct, err = sc.s.conduct(ctx, q, staffID, role)
	}
	return out, err
}

// coming are a person's visits that have not begun.
func (sc *Scope) coming(ctx context.Context, q queryer, staffID string) ([]salon.Visit, error) {
	now := sc.s.local(ctx, q)
	day := salon.DayOf(now)
	return sc.visits(ctx, q, `a.staff_id = ? AND a.status IN ('booked', 'confirmed') AND (a.day > ? OR a.day = ? AND coalesce(a.start_min, 0) >= ?)`, `a.day, a.start_min, a.id`,
		staffID, day, day, now.Hour()*60+now.Minute())
}

// Leave ends a person's time at the salon in one step: their way in, sessions,
// exceptions and requests end, their duties become free, coming visits go to
// somebody else or are listed. What they did keeps their name.
func (sc *Scope) Leave(ctx context.Context, f salon.LeaveForm) (out salon.Leaving, err error) {
	_, err = sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		tx.asks = map[string]string{"leave": f.StaffID, "move_to": f.MoveTo}
		if out, err = sc.leaving(ctx, tx, f.StaffID); err != nil {
			return err
		}
		if sc.grants[salon.ViewCalendar].Reach != salon.All {
			return salon.E(salon.Denied, "Whoever ends somebody's time has to see their coming visits. Ask somebody who sees the whole calendar.")
		}
		role, _, err := sc.s.roleOf(ctx, tx, f.StaffID)
		if err != nil {
			return err
		}
		if err := tx.mayEnd(f.StaffID, role); err != nil {
			return err
		}
		var version int64
		if err := tx.QueryRowContext(ctx, `SELECT version FROM staff WHERE id = ?`, f.StaffID).Scan(&version); err != nil {
			return err
		}
		if version != f.Version {
			return tx.changedSince("staff", f.StaffID)
		}
		if err := tx.handOver(f, &out); err != nil {
			return err
		}
		return tx.leave(f, out)
	})
	if err != nil {
		return salon.Leaving{}, err
	}
	return out, nil
}

func (tx *writeTx) leave(f salon.LeaveForm, out salon.Leaving) error {
	if _, err := tx.endAccess(f.StaffID); err != nil {
		return err
	}
	for _, stmt := range []string{
		`UPDATE approval SET state = 'withdrawn', version = version + 1 WHERE asked_by = ? AND state IN ('asked', 'granted') AND deleted = 0`,
		`UPDATE duty SET owner_id = NULL, version = version + 1 WHERE owner_id = ?`,
		`UPDATE duty SET deputy_id = NULL, version = version + 1 WHERE deputy_id = ?`,
	} {
		if err := tx.exec(stmt, f.StaffID); err != nil {
			return err
		}
	}
	tx.touchedIn(salon.LogLeave, "staff", f.StaffID, strings.TrimSpace(f.Note), map[string]any{"sessions": out.Sessions, "exceptions": out.Exceptions,
		"moved": out.Moved, "left_open": len(out.Coming), "duties": out.Duties})
	if err := tx.exec(`UPDATE staff SET active = 0, role_id = NULL, role_ends = '', next_role = NULL, next_at = '', left_on = ?, version = version + 1 WHERE id = ?`,
		tx.sc.s.today(tx.ctx, tx), f.StaffID); err != nil {
		return err
	}
	return tx.noteOpenness()
}

// endAccess ends every way in a person has, and what was excepted for them. It
// gives the number of sessions ended.
func (tx *writeTx) endAccess(staffID string) (sessions int, err error) {
	if err := tx.QueryRowContext(tx.ctx, `SELECT count(*) FROM session WHERE staff_id = ?`, staffID).Scan(&sessions); err != nil {
		return 0, err
	}
	if _, err := tx.endDevicesOf(staffID, "access ended"); err != nil {
		return 0, err
	}
	for _, table := range []string{"session", "half_session", "ceremony", "pin", "totp", "passkey", "recovery_code", "draft", "login"} {
		if err := tx.exec(`DELETE FROM `+table+` WHERE staff_id = ?`, staffID); err != nil {
			return 0, err
		}
	}
	_, err = tx.dropExceptions(staffID)
	return sessions, err
}

// handOver moves the coming visits where they fit, and leaves in out those that
// did not.
func (tx *writeTx) handOver(f salon.LeaveForm, out *salon.Leaving) error {
	if f.MoveTo == "" {
		return nil
	}
	if f.MoveTo == f.StaffID {
		return salon.E(salon.Invalid, "Choose somebody else to take the visits.").On("move_to", "Choose somebody else.")
	}
	var left []salon.Visit
	for _, v := range out.Coming {
		if v.Start < 0 {
			left = append(left, v)
			continue
		}
		v.StaffID = f.MoveTo
		err := tx.checkPlace(v.Appointment, salon.E(salon.Invalid, "Choose somebody to take the visits."))
		var said *salon.Error
		switch {
		case errors.As(err, &said) && said.Kind == salon.Clash:
			left = append(left, v)
			continue
		case err != nil:
			return err
		}
		tx.touched("appointment", v.ID, v.Day)
		if err := tx.exec(`UPDATE appointment SET staff_id = ?, version = version + 1 WHERE id = ?`, f.MoveTo, v.ID); err != nil {
			return err
		}
		out.Moved++
	}
	out.Coming = left
	return nil
}

// ConductReport is what a person viewed, had shown, exported and discounted in
// 90 days beside their peers.
func (sc *Scope) ConductReport(ctx context.Context, staffID string) (salon.Conduct, error) {
	if err := sc.may(ctx, salon.ViewAudit); err != nil {
		return salon.Conduct{}, err
	}
	if g := sc.grants[salon.ViewAudit]; g.Reach != salon.All && g.Reach != salon.Branch && staffID != sc.who.StaffID {
		return salon.Conduct{}, missing("person")
	}
	var role string
	now := sc.s.now()
	if err := sc.s.r.QueryRowContext(ctx, `SELECT coalesce((SELECT `+roleNow+` FROM staff st WHERE st.id = ?), '')`, now, now, staffID).Scan(&role); err != nil {
		return salon.Conduct{}, asSalonError(err)
	}
	return sc.s.conduct(ctx, sc.s.r, staffID, role)
}

func (s *Store) conduct(ctx context.Context, q queryer, staffID, role string) (salon.Conduct, error) {
	today := s.today(ctx, q)
	out := salon.Conduct{From: today.Add(-conductDays), To: today, Lines: salon.ConductActs()}
	since := stamp(s.o.Now().Add(-conductDays * 24 * time.Hour))
	people, err := s.roleHolders(ctx, q)
	if err != nil {
		return out, err
	}
	peers := map[string]bool{}
	for r, list := range people {
		for _, h := range list {
			if h.StaffID != staffID && (r == role || len(people[role]) < 2) {
				peers[h.StaffID] = true
			}
		}
	}
	counts, err := s.countActs(ctx, q, since)
	if err != nil {
		return out, err
	}
	for i := range out.Lines {
		l := &out.Lines[i]
		sum := func(id string) (n int) {
			for _, a := range l.Acts {
				n += counts[use{id, a}]
			}
			return n
		}
		l.N = sum(staffID)
		var others []int
		for id := range peers {
			others = append(others, sum(id))
		}
		if slices.Sort(others); len(others) > 0 {
			l.Peers = others[len(others)/2]
		}
	}
	err = q.QueryRowContext(ctx, `SELECT count(DISTINCT u.about_id) FROM audit u WHERE u.actor_id = ? AND u.act = ? AND u.kind = 'client' AND u.at >= ?
		AND NOT `+servedBy("u.about_id"), staffID, salon.ViewClient, since, staffID).Scan(&out.Strange)
	return out, asSalonError(err)
}

// countActs counts the log's rows since an instant by person and act.
func (s *Store) countActs(ctx context.Context, q queryer, since string) (map[use]int, error) {
	rows, err := q.QueryContext(ctx, `SELECT actor_id, act, count(*) FROM audit WHERE at >= ? AND actor_id <> '' GROUP BY actor_id, act`, since)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("count what was done: %w", err))
	}
	defer rows.Close()
	out := map[use]int{}
	for rows.Next() {
		var u use
		var n int
		if err := rows.Scan(&u.staffID, &u.act, &n); err != nil {
			return nil, err
		}
		out[u] = n
	}
	return out, rows.Err()
}
