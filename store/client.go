package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"salonkeep/store/salon"
)

const clientFields = `c.id, c.version, c.code, c.name, c.phone, c.email, c.wechat, c.address, c.birthday, c.note, c.private_note, c.since`

// clientColumns are what scanClient reads, and their arguments.
func (sc *Scope) clientColumns() (string, []any) {
	known, args := sc.contactsKnown("c.id")
	return clientFields + ", " + known, args
}

// scanClient is the one place where a client is read, and where contacts are
// masked. Whoever may know only the name gets only the name.
func (sc *Scope) scanClient(scan func(...any) error, c *salon.Client, more ...any) error {
	var phone, email, wechat, address, birthday, private string
	var known bool
	if err := scan(append([]any{&c.ID, &c.Version, &c.Code, &c.Name, &phone, &email, &wechat, &address, &birthday, &c.Note, &private, &c.Since, &known}, more...)...); err != nil {
		return err
	}
	if sc.grants[salon.ViewClient].Answer == salon.Flag {
		*c = salon.Client{ID: c.ID, Code: c.Code, Name: c.Name}
		return nil
	}
	c.Phone, c.Email, c.WeChat = sc.contact(salon.Phone, phone, known), sc.contact(salon.Email, email, known), sc.contact(salon.WeChat, wechat, known)
	c.Address, c.Birthday = sc.contact(salon.Address, address, known), sc.contact(salon.Birthday, birthday, known)
	c.Private = salon.ContactOf(salon.PrivateNote, private, sc.Shows(salon.PrivateNote))
	return nil
}

// clientReach is the condition that keeps a person to the clients they may
// know of, as SQL over c and its arguments.
func (sc *Scope) clientReach() (string, []any) {
	if sc.grants[salon.ViewClient].Reach == salon.All {
		return "c.deleted = 0", nil
	}
	return "c.deleted = 0 AND " + servedBy("c.id"), []any{sc.who.StaffID}
}

// Clients are up to n clients from index from whose name or code holds text,
// or any part of whose phone does for who may see phones: for everybody else
// a number finds nothing, so that the search cannot be asked which numbers
// the salon knows.
func (sc *Scope) Clients(ctx context.Context, text string, from, n int) (salon.Page[salon.ClientRow], error) {
	page := salon.Page[salon.ClientRow]{From: from}
	if err := sc.mayTry(ctx, salon.ViewClient); err != nil {
		return page, err
	}
	where, args := sc.clientReach()
	if text = strings.TrimSpace(text); text != "" {
		like := "%" + escapeLike(text) + "%"
		match := `c.name LIKE ? ESCAPE '\' OR c.code LIKE ? ESCAPE '\'`
		args = append(args, like, like)
		if digits := searchDigits(text); digits != "" && sc.Shows(salon.Phone) == salon.Visible {
			known, knownArgs := sc.contactsKnown("c.id")
			match += ` OR c.phone LIKE ? AND ` + known
			args = append(append(args, "%"+digits+"%"), knownArgs...)
		}
		where += " AND (" + match + ")"
	}
	if err := sc.s.r.QueryRowContext(ctx, `SELECT count(*) FROM client c WHERE `+where, args...).Scan(&page.Total); err != nil {
		return page, asSalonError(fmt.Errorf("count clients: %w", err))
	}
	columns, columnArgs := sc.clientColumns()
	rows, err := sc.s.r.QueryContext(ctx, `SELECT `+columns+`,
			coalesce((SELECT max(a.day) FROM appointment a WHERE a.client_id = c.id AND a.status = 'completed' AND a.deleted = 0), ''),
			(SELECT count(*) FROM appointment a WHERE a.client_id = c.id AND a.status = 'completed' AND a.deleted = 0)
		FROM client c WHERE `+where+` ORDER BY c.name COLLATE NOCASE, c.id LIMIT ? OFFSET ?`, append(append(columnArgs, args...), n, from)...)
	if err != nil {
		return page, asSalonError(fmt.Errorf("list clients: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var c salon.ClientRow
		if err := sc.scanClient(rows.Scan, &c.Client, &c.LastVisit, &c.Visits); err != nil {
			return page, err
		}
		if sc.grants[salon.ViewClient].Answer == salon.Flag {
			c.LastVisit, c.Visits = "", 0
		}
		page.Rows = append(page.Rows, c)
	}
	return page, rows.Err()
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// searchDigits is what of text can be part of a stored number: at least three
// digits, without the zero that local notations begin with.
func searchDigits(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" +-()./", r):
		default:
			return ""
		}
	}
	if b.Len() < 3 {
		return ""
	}
	return strings.TrimLeft(b.String(), "0")
}

func (sc *Scope) client(ctx context.Context, q queryer, id string) (salon.Client, error) {
	var c salon.Client
	where, args := sc.clientReach()
	columns, columnArgs := sc.clientColumns()
	row := q.QueryRowContext(ctx, `SELECT `+columns+` FROM client c WHERE `+where+` AND c.id = ?`, append(append(columnArgs, args...), id)...)
	err := sc.scanClient(row.Scan, &c)
	if errors.Is(err, sql.ErrNoRows) {
		return c, missing("client")
	}
	return c, asSalonError(err)
}

// ClientCard is everything of one client. Opening it is noted in the log.
func (sc *Scope) ClientCard(ctx context.Context, id string) (salon.ClientCard, error) {
	var card salon.ClientCard
	if err := sc.may(ctx, salon.ViewClient); err != nil {
		return card, err
	}
	var err error
	if card.Client, err = sc.client(ctx, sc.s.r, id); err != nil {
		return card, err
	}
	if err := sc.look(ctx, string(salon.ViewClient), "client", id, ""); err != nil {
		return card, err
	}
	if card.Visits, err = sc.visits(ctx, sc.s.r, `a.client_id = ?`, `a.day DESC, a.start_min DESC, a.id DESC LIMIT 200`, id); err != nil {
		return card, err
	}
	for _, v := range card.Visits {
		switch v.Status {
		case salon.NoShow:
			card.NoShows++
		case salon.Done:
			card.Done++
		}
	}
	if card.Notes, err = sc.notes(ctx, "client", id); err != nil {
		return card, err
	}
	if !sc.Can(salon.ViewSales) {
		return card, nil
	}
	if card.Sales, err = sc.saleRows(ctx, `s.id IN (SELECT sale_id FROM sale_line WHERE client_id = ?)`, 200, 0, id); err != nil {
		return card, err
	}
	reach, args := sc.saleReach()
	err = sc.s.r.QueryRowContext(ctx, `SELECT coalesce(sum(l.net_cents), 0) FROM sale_line l JOIN sale s ON s.id = l.sale_id WHERE `+reach+` AND l.client_id = ? AND l.deleted = 0`,
		append(args, id)...).Scan(&card.NetCents)
	return card, asSalonError(err)
}

// CreateClient makes a card. The same key twice makes one card.
func (sc *Scope) CreateClient(ctx context.Context, key string, f salon.ClientForm) (id string, err error) {
	_, err = sc.write(ctx, salon.CreateClient, func(tx *writeTx) error {
		return tx.once(key, salon.CreateClient, &id, func() (string, error) {
			return tx.addClient(f, tx.sc.s.today(ctx, tx))
		})
	})
	return id, err
}

func (tx *writeTx) addClient(f salon.ClientForm, since salon.Day) (string, error) {
	if err := tx.checkClientForm(&f); err != nil {
		return "", err
	}
	id := newID()
	tx.touched("client", id, "")
	return id, tx.exec(`INSERT INTO client (id, name, phone, email, wechat, address, birthday, note, private_note, since, branch_id) VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
		id, f.Name, deref(f.Phone), deref(f.Email), deref(f.WeChat), deref(f.Address), deref(f.Birthday), f.Note, deref(f.Private), since, tx.branch)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// checkClientForm brings the form into the shape in which it is stored. Nil
// pointers stay nil.
func (tx *writeTx) checkClientForm(f *salon.ClientForm) error {
	f.Name, f.Note = strings.TrimSpace(f.Name), strings.TrimSpace(f.Note)
	bad := salon.E(salon.Invalid, "The card cannot be saved like this yet.")
	if f.Name == "" {
		bad.On("name", "What is the client called?")
	}
	if len(f.Name) > 200 {
		bad.On("name", "The name is too long. Use at most 200 letters.")
	}
	if len(f.Note) > 20000 {
		bad.On("note", "The note is too long.")
	}
	for field, text := range map[string]**string{"email": &f.Email, "wechat": &f.WeChat, "address": &f.Address, "birthday": &f.Birthday, "private_note": &f.Private} {
		if *text == nil {
			continue
		}
		trimmed := strings.TrimSpace(**text)
		*text = &trimmed
		if len(trimmed) > 20000 {
			bad.On(field, "This is too long.")
		}
	}
	if e := deref(f.Email); e != "" && !looksLikeEmail(e) {
		bad.On("email", "Type a whole e-mail address, for example rowan@example.com.")
	}
	if b := deref(f.Birthday); b != "" {
		if _, err := salon.ParseDay(b); err != nil {
			bad.On("birthday", "Write the birthday as year-month-day, for example 1988-06-12.")
		}
	}
	if f.Phone != nil {
		country, err := branchSetting(tx.ctx, tx.Tx, "country")
		if err != nil {
			return err
		}
		p, ok := NormalPhone(*f.Phone, country)
		if !ok {
			bad.On("phone", "This is not a phone number. Type its digits, with + and the country for one from abroad.")
		}
		f.Phone = &p
	}
	if bad.Field != nil {
		return bad
	}
	return nil
}

// onlyServed refuses a client this person does not serve where their grant for
// act reaches no further.
func (tx *writeTx) onlyServed(act salon.Act, clientID string) error {
	if tx.sc.grants[act].Reach != salon.Served {
		return nil
	}
	var serves bool
	err := tx.QueryRowContext(tx.ctx, `SELECT `+servedBy("?"), tx.sc.who.StaffID, clientID).Scan(&serves)
	if err == nil && !serves {
		return missing("client")
	}
	return err
}

// hides refuses to overwrite what is hidden from this person altogether: a form
// made by hand must not do what the form on the page cannot. A masked contact
// may be replaced: clients call with a new number.
func (tx *writeTx) hides(f salon.ClientForm, c salon.Client) error {
	for _, x := range []struct {
		field string
		value *string
		now   salon.Contact
	}{{"phone", f.Phone, c.Phone}, {"email", f.Email, c.Email}, {"wechat", f.WeChat, c.WeChat}, {"address", f.Address, c.Address},
		{"birthday", f.Birthday, c.Birthday}, {"private_note", f.Private, c.Private}} {
		if x.value != nil && x.now.Masked() && x.now.String() == "" {
			return salon.E(salon.Invalid, "Not saved: you cannot change what you do not see.").On(x.field, "Leave this as it is.")
		}
	}
	return nil
}

// EditClient changes a card that is still as this person saw it. What the form
// leaves nil stays.
func (sc *Scope) EditClient(ctx context.Context, id string, version int64, f salon.ClientForm) (int64, error) {
	return sc.write(ctx, salon.EditClient, func(tx *writeTx) error {
		c, err := sc.client(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if c.Version != version {
			return tx.changedSince("client", id)
		}
		if err := errors.Join(tx.onlyServed(salon.EditClient, id), tx.hides(f, c), tx.checkClientForm(&f)); err != nil {
			return err
		}
		tx.touched("client", id, "")
		return tx.exec(`UPDATE client SET name = ?, note = ?, phone = coalesce(?, phone), email = coalesce(?, email), wechat = coalesce(?, wechat),
			address = coalesce(?, address), birthday = coalesce(?, birthday), private_note = coalesce(?, private_note), version = version + 1 WHERE id = ?`,
			f.Name, f.Note, f.Phone, f.Email, f.WeChat, f.Address, f.Birthday, f.Private, id)
	})
}

// changedSince is the answer to a save over somebody else's change.
func (tx *writeTx) changedSince(kind, id string) error {
	var who string
	err := tx.QueryRowContext(tx.ctx, `SELECT actor FROM audit WHERE kind = ? AND about_id = ? AND tx > 0 ORDER BY seq DESC LIMIT 1`, kind, id).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return salon.E(salon.Clash, "Not saved: it was changed meanwhile. Look at it again.")
	}
	if err != nil {
		return err
	}
	return salon.E(salon.Clash, "Not saved: %s has changed it meanwhile. Look at it again.", who)
}

// once gives a form that was sent twice the answer it got the first time.
func (tx *writeTx) once(key string, act salon.Act, answer *string, do func() (string, error)) error {
	if key != "" {
		var staff, before string
		err := tx.QueryRowContext(tx.ctx, `SELECT staff_id, act, answer FROM idempotency WHERE key = ?`, key).Scan(&staff, &before, answer)
		if err == nil {
			if staff != tx.sc.who.StaffID || before != string(act) {
				return salon.E(salon.Invalid, "This form was already used. Open it again.")
			}
			tx.touchedAs("form", key, "sent twice", nil)
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	var err error
	if *answer, err = do(); err != nil || key == "" {
		return err
	}
	return tx.exec(`INSERT INTO idempotency (key, staff_id, act, answer, at) VALUES (?,?,?,?,?)`, key, tx.sc.who.StaffID, act, *answer, tx.now)
}
