package store

import (
	"context"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

// AddNote writes something about a client, an appointment or a sale.
func (sc *Scope) AddNote(ctx context.Context, kind, id, text string) error {
	act, ok := map[string]salon.Act{"client": salon.ViewClient, "appointment": salon.ViewCalendar, "sale": salon.ViewSales}[kind]
	if !ok {
		act = salon.ViewClient
	}
	_, err := sc.write(ctx, act, func(tx *writeTx) error {
		if err := sc.knows(ctx, tx, kind, id); err != nil {
			return err
		}
		if text = strings.TrimSpace(text); text == "" || len(text) > 20000 {
			return salon.E(salon.Invalid, "The note is empty or too long.").On("text", "Write what the others should know.")
		}
		note := newID()
		tx.touched(kind, id, "")
		tx.touched("note", note, "")
		return tx.exec(`INSERT INTO note (id, about, about_id, text, author_id, at, branch_id) VALUES (?,?,?,?,nullif(?, ''),?,?)`,
			note, kind, id, text, sc.who.StaffID, tx.now, tx.branch)
	})
	return err
}

// knows refuses what is not there or not for this person, with one answer.
func (sc *Scope) knows(ctx context.Context, tx *writeTx, kind, id string) error {
	var err error
	switch kind {
	case "client":
		_, err = sc.client(ctx, tx.Tx, id)
	case "appointment":
		_, err = sc.visit(ctx, tx.Tx, id)
	case "sale":
		var n int
		reach, args := sc.saleReach()
		if err = tx.QueryRowContext(ctx, `SELECT count(*) FROM sale s WHERE `+reach+` AND s.id = ?`, append(args, id)...).Scan(&n); err == nil && n == 0 {
			err = missing("receipt")
		}
	default:
		err = missing("record")
	}
	return err
}

func (sc *Scope) notes(ctx context.Context, kind, id string) ([]salon.Note, error) {
	rows, err := sc.s.r.QueryContext(ctx, `SELECT n.id, n.text, coalesce(st.name, ''), n.at FROM note n LEFT JOIN staff st ON st.id = n.author_id
		WHERE n.about = ? AND n.about_id = ? AND n.deleted = 0 ORDER BY n.at DESC, n.id DESC LIMIT 200`, kind, id)
	if err != nil {
		return nil, asSalonError(fmt.Errorf("read notes: %w", err))
	}
	defer rows.Close()
	var out []salon.Note
	for rows.Next() {
		var n salon.Note
		if err := rows.Scan(&n.ID, &n.Text, &n.Author, &n.At); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
