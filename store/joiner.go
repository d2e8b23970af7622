package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// Join adds a new member of staff who begins with a role, with the last day of
// their trial time if there is one.
func (sc *Scope) Join(ctx context.Context, f salon.JoinForm) (id string, err error) {
	_, err = sc.write(ctx, salon.EditStaff, func(tx *writeTx) error {
		tx.asks = map[string]any{"name": strings.TrimSpace(f.Name), "role": f.Role, "email": strings.ToLower(strings.TrimSpace(f.Email)), "ends": f.Ends}
		if err := tx.mayGiveRole(f.Role); err != nil {
			return err
		}
		if id, err = tx.addStaff(f.StaffForm); err != nil {
			return err
		}
		if f.Ends != "" {
			m := salon.RoleMove{StaffID: id, Version: 1, Role: f.Role, Ends: f.Ends}
			if err := errors.Join(tx.checkMove(m), tx.moveRole(m)); err != nil {
				return err
			}
		}
		tx.touchedIn(salon.LogJoin, "staff", id, "", map[string]any{"role": f.Role, "ends": f.Ends})
		return tx.noteOpenness()
	})
	return id, err
}

// changesOf is the lesson about what changed in a role, ok false when nothing
// did since the salon began.
func (s *Store) changesOf(ctx context.Context, q queryer, role string) (l salon.Lesson, changedAt string, err error) {
	var text string
	err = q.QueryRowContext(ctx, `SELECT coalesce(max(changed_at), ''), coalesce(max(changes), '[]') FROM role WHERE id = ?`, role).Scan(&changedAt, &text)
	if err != nil {
		return l, "", asSalonError(fmt.Errorf("read what changed: %w", err))
	}
	l = salon.Lesson{Key: salon.ChangesLesson, Title: "What changed in your rights", Right: 0,
		Question: "Have you read what changed?", Answers: []string{"Yes, and I know whom to ask about it."}}
	if err := json.Unmarshal([]byte(text), &l.Changes); err != nil {
		return l, "", fmt.Errorf("read what changed: %w", err)
	}
	if len(l.Changes) == 0 {
		changedAt = ""
	}
	return l, changedAt, nil
}

// lessonsOf are a person's lessons with when they were done. What changed in
// their role since they last read it is a lesson that is due again.
func (s *Store) lessonsOf(ctx context.Context, q queryer, staffID, role string) ([]salon.Lesson, error) {
	rows, err := q.QueryContext(ctx, `SELECT lesson, max(at) FROM lesson_done WHERE staff_id = ? AND deleted = 0 GROUP BY lesson`, staffID)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read lessons: %w", err))
	}
	defer rows.Close()
	done := map[string]string{}
	for rows.Next() {
		var lesson, at string
		if err := rows.Scan(&lesson, &at); err != nil {
			return nil, err
		}
		done[lesson] = at
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	out := salon.Lessons(role)
	changes, changedAt, err := s.changesOf(ctx, q, role)
	if err != nil {
		return nil, err
	}
	if changedAt != "" {
		if done[changes.Key] < changedAt {
			delete(done, changes.Key)
		}
		out = append(out, changes)
	}
	for i := range out {
		out[i].DoneAt = done[out[i].Key]
	}
	return out, nil
}

// MyLessons are this person's lessons. The right answers are not in them.
func (sc *Scope) MyLessons(ctx context.Context) ([]salon.Lesson, error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	list, err := sc.s.lessonsOf(ctx, sc.s.r, sc.who.StaffID, sc.who.Role)
	for i := range list {
		list[i].Right = -1
	}
	return list, err
}

// FinishLesson notes that a lesson was read and its question answered. A wrong
// answer is said to be wrong, and nothing is noted.
func (sc *Scope) FinishLesson(ctx context.Context, key string, answer int) error {
	_, err := sc.write(ctx, salon.OwnAccount, func(tx *writeTx) error {
		list, err := sc.s.lessonsOf(ctx, tx, sc.who.StaffID, sc.who.Role)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(l salon.Lesson) bool { return l.Key == key })
		if i < 0 {
			return missing("lesson")
		}
		if answer != list[i].Right {
			return salon.E(salon.Invalid, "Not quite. Read it once more.").On("answer", "Choose another answer.")
		}
		id := newID()
		tx.touched("lesson_done", id, "")
		return tx.exec(`INSERT INTO lesson_done (id, staff_id, lesson, at, branch_id) VALUES (?,?,?,?,?)`, id, sc.who.StaffID, key, tx.now, tx.branch)
	})
	return err
}

// LessonReport is how far everybody is.
func (sc *Scope) LessonReport(ctx context.Context) ([]salon.LessonRow, error) {
	if err := sc.may(ctx, salon.ViewRoles); err != nil {
		return nil, err
	}
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return nil, err
	}
	var out []salon.LessonRow
	for _, h := range all {
		list, err := sc.s.lessonsOf(ctx, sc.s.r, h.StaffID, h.role)
		if err != nil {
			return nil, err
		}
		row := salon.LessonRow{Helper: h.Helper, All: len(list)}
		for _, l := range list {
			if l.DoneAt != "" {
				row.Done++
			} else {
				row.Missing = append(row.Missing, l.Title)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// MyRights is everything there is to do, with how this person may do it, until
// when, and who can help where they may not.
func (sc *Scope) MyRights(ctx context.Context) ([]salon.Right, error) {
	if err := sc.may(ctx, salon.OwnAccount); err != nil {
		return nil, err
	}
	all, err := sc.s.holders(ctx, sc.s.r)
	if err != nil {
		return nil, err
	}
	var out []salon.Right
	for _, info := range salon.Acts() {
		r := salon.Right{ActInfo: info, Grant: sc.grants[info.Act], Ends: sc.excepted[info.Act].endsAt}
		if !r.Grant.Freely() {
			r.Helpers = helpersOf(all, sc.who.StaffID, func(h holder) bool { return canHelp(h, info.Act, r.Grant) })
			r.Helpers = r.Helpers[:min(len(r.Helpers), 3)]
		}
		out = append(out, r)
	}
	return out, nil
}
