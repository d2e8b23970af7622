CREATE TABLE absence (
    id        TEXT PRIMARY KEY,
    staff_id  TEXT NOT NULL REFERENCES staff (id),
    from_day  TEXT NOT NULL,
    to_day    TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE act_use (
    staff_id TEXT NOT NULL,
    act      TEXT NOT NULL,
    day      TEXT NOT NULL,
    PRIMARY KEY (staff_id, act)
) STRICT, WITHOUT ROWID;

CREATE TABLE appointment (
    id              TEXT PRIMARY KEY,
    client_id       TEXT REFERENCES client (id), -- NULL: nobody knows who
    staff_id        TEXT NOT NULL REFERENCES staff (id),
    service_id      TEXT NOT NULL REFERENCES service (id),
    day             TEXT NOT NULL,
    start_min       INTEGER CHECK (start_min BETWEEN 0 AND 1439), -- NULL: not recorded
    minutes         INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    minutes_assumed INTEGER NOT NULL DEFAULT 0 CHECK (minutes_assumed IN (0, 1)),
    status          TEXT NOT NULL CHECK (status IN
                    ('booked', 'confirmed', 'arrived', 'in_service', 'completed', 'no_show', 'cancelled')),
    cancelled_on    TEXT NOT NULL DEFAULT '',
    cancelled_by    TEXT NOT NULL DEFAULT '',
    note            TEXT NOT NULL DEFAULT '',
    origin          TEXT,
    branch_id       TEXT NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    deleted         INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE approval (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('act', 'access', 'wrong')), -- do it once; may I from now on; this right is wrong
    act          TEXT NOT NULL,
    about_kind   TEXT NOT NULL DEFAULT '',
    about_id     TEXT NOT NULL DEFAULT '',
    amount_cents INTEGER NOT NULL DEFAULT 0,
    percent      INTEGER NOT NULL DEFAULT 0,
    detail       TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)), -- exactly what is asked for; what is done must be equal
    reason       TEXT NOT NULL,
    asked_by     TEXT NOT NULL REFERENCES staff (id),
    asked_at     TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'declined', 'used', 'withdrawn')),
    answered_by  TEXT REFERENCES staff (id),
    answered_at  TEXT NOT NULL DEFAULT '',
    note         TEXT NOT NULL DEFAULT '',
    alone        INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1)), -- the owner of a very small salon, by password
    used_at      TEXT NOT NULL DEFAULT '',
    branch_id    TEXT NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    deleted      INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    tx       INTEGER NOT NULL, -- 0 when nothing was changed: a view, a refusal
    actor_id TEXT NOT NULL,
    actor    TEXT NOT NULL,
    station  TEXT NOT NULL,
    act      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    about_id TEXT NOT NULL,
    reason   TEXT NOT NULL DEFAULT '',
    detail   TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)),
    hash     TEXT NOT NULL -- SHA-256 over the hash of the row before and this row
) STRICT;

CREATE TABLE backup_run (
    id         TEXT PRIMARY KEY,
    target_id  TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL,
    label      TEXT NOT NULL DEFAULT '',
    asked_by   TEXT NOT NULL,
    asked_at   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('asked', 'running', 'good', 'failed')),
    stage      TEXT NOT NULL DEFAULT '',
    done       INTEGER NOT NULL DEFAULT 0,
    total      INTEGER NOT NULL DEFAULT 0,
    say        TEXT NOT NULL DEFAULT '',
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE backup_target (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    url        TEXT NOT NULL,
    secret     TEXT NOT NULL DEFAULT '',
    added_at   TEXT NOT NULL,
    removed_at TEXT NOT NULL DEFAULT '',
    problem    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE branch (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE branch_setting (
    key       TEXT PRIMARY KEY,
    value     TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE business_setting (
    key       TEXT PRIMARY KEY,
    value     TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE ceremony (
    id         TEXT PRIMARY KEY, -- SHA-256 of what the browser hands back
    staff_id   TEXT NOT NULL DEFAULT '',
    what       TEXT NOT NULL CHECK (what IN ('make', 'use')),
    data       TEXT NOT NULL CHECK (json_valid(data)),
    expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE change_log (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch   TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    tx      INTEGER NOT NULL,
    tbl     TEXT NOT NULL,
    pk      TEXT NOT NULL,
    op      TEXT NOT NULL CHECK (op IN ('i', 'u')),
    cols    TEXT, -- new values of the changed fields; NULL for an insert: the row itself
    was     TEXT, -- their old values, for undo and for the audit's old -> new
    hlc     INTEGER NOT NULL,
    sv      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    station TEXT NOT NULL
) STRICT;

CREATE TABLE client (
    id         TEXT PRIMARY KEY,
    code       TEXT NOT NULL DEFAULT '',
    name       TEXT NOT NULL,
    phone      TEXT NOT NULL DEFAULT '', -- E.164 where it could be read, else as typed
    email      TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    since      TEXT NOT NULL DEFAULT '',
    origin     TEXT,
    branch_id  TEXT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
, wechat TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '', birthday TEXT NOT NULL DEFAULT '', private_note TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE device (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    was       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(was)), -- names it had before: the log keeps them
    kind      TEXT NOT NULL CHECK (kind IN ('shared', 'own')),
    staff_id  TEXT REFERENCES staff (id), -- whose own one it is
    browser   TEXT NOT NULL DEFAULT '',
    address   TEXT NOT NULL DEFAULT '', -- on the salon's network, when it joined
    token     TEXT NOT NULL, -- SHA-256 of the cookie: the table opens no door
    joined_at TEXT NOT NULL,
    joined_by TEXT NOT NULL DEFAULT '', -- who let it in
    seen_at   TEXT NOT NULL,
    ended     TEXT NOT NULL DEFAULT '' CHECK (ended IN ('', 'revoked', 'lost')),
    ended_at  TEXT NOT NULL DEFAULT '',
    CHECK ((kind = 'own') = (staff_id IS NOT NULL))
) STRICT;

CREATE TABLE draft (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    key      TEXT NOT NULL,
    text     TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (staff_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE duty (
    id        TEXT PRIMARY KEY,
    owner_id  TEXT REFERENCES staff (id),
    deputy_id TEXT REFERENCES staff (id),
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE exception (
    id        TEXT PRIMARY KEY,
    staff_id  TEXT NOT NULL REFERENCES staff (id),
    act       TEXT NOT NULL,
    reach     TEXT NOT NULL CHECK (reach IN ('all', 'branch', 'served', 'own', 'money', 'technical')),
    answer    TEXT NOT NULL CHECK (answer IN ('no', 'yes', 'why', 'flag', 'ask', 'two')),
    ends_at   TEXT NOT NULL DEFAULT '', -- '' only where it takes away or asks why
    reason    TEXT NOT NULL DEFAULT '',
    given_by  TEXT NOT NULL DEFAULT '',
    given_at  TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE field_ver (
    tbl TEXT NOT NULL,
    pk  TEXT NOT NULL,
    col TEXT NOT NULL, -- '*' is the base version of an inserted row
    hlc INTEGER NOT NULL,
    br  TEXT NOT NULL,
    PRIMARY KEY (tbl, pk, col)
) STRICT, WITHOUT ROWID;

CREATE TABLE half_session (
    token      TEXT PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    station    TEXT NOT NULL,
    device_id  TEXT REFERENCES device (id),
    expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency (
    key      TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL,
    act      TEXT NOT NULL,
    answer   TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

CREATE TABLE import_batch (
    id        TEXT PRIMARY KEY,
    tx        INTEGER NOT NULL, -- the change_log transaction that an undo takes back
    hlc       INTEGER NOT NULL, -- its clock: a field that carries it was last written by the import
    undo_hlc  INTEGER NOT NULL DEFAULT 0,
    at        TEXT NOT NULL,
    source    TEXT NOT NULL,
    as_of     TEXT NOT NULL,
    report    TEXT NOT NULL CHECK (json_valid(report)),
    undone_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE lesson_done (
    id        TEXT PRIMARY KEY,
    staff_id  TEXT NOT NULL REFERENCES staff (id),
    lesson    TEXT NOT NULL,
    at        TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE login (
    staff_id   TEXT PRIMARY KEY REFERENCES staff (id),
    email      TEXT NOT NULL,
    password   TEXT NOT NULL, -- argon2id in its usual text form
    changed_at TEXT NOT NULL
) STRICT;

CREATE TABLE login_try (
    who       TEXT PRIMARY KEY,
    tries     INTEGER NOT NULL,
    closed_to TEXT NOT NULL, -- no try before this instant
    last_at   TEXT NOT NULL
) STRICT;

CREATE TABLE machine_setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE note (
    id        TEXT PRIMARY KEY,
    about     TEXT NOT NULL CHECK (about IN ('client', 'appointment', 'sale')),
    about_id  TEXT NOT NULL,
    text      TEXT NOT NULL,
    author_id TEXT REFERENCES staff (id),
    at        TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE openness (
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    score  INTEGER NOT NULL,
    detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;

CREATE TABLE pairing (
    id         TEXT PRIMARY KEY,
    code       TEXT NOT NULL, -- SHA-256 of what the QR code carries, or of what the tablet shows
    secret     TEXT NOT NULL DEFAULT '', -- SHA-256 of what the tablet collects its cookie with
    state      TEXT NOT NULL CHECK (state IN ('open', 'shown', 'asked', 'approved', 'refused', 'collected')),
    kind       TEXT NOT NULL DEFAULT 'shared' CHECK (kind IN ('shared', 'own')),
    staff_id   TEXT REFERENCES staff (id),
    name       TEXT NOT NULL DEFAULT '',
    browser    TEXT NOT NULL DEFAULT '',
    address    TEXT NOT NULL DEFAULT '',
    check_no   TEXT NOT NULL DEFAULT '', -- both screens must show it
    opened_at  TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    answered_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE passkey (
    id         TEXT PRIMARY KEY, -- the credential's id, base64url
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    site       TEXT NOT NULL, -- the host name it is bound to
    name       TEXT NOT NULL,
    credential TEXT NOT NULL CHECK (json_valid(credential)), -- public key and counters; no secret
    made_at    TEXT NOT NULL,
    used_at    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE payment (
    id        TEXT PRIMARY KEY,
    sale_id   TEXT NOT NULL REFERENCES sale (id),
    method    TEXT NOT NULL,
    cents     INTEGER NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE pin (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    hash     TEXT NOT NULL, -- argon2id in its usual text form
    set_at   TEXT NOT NULL,
    given    INTEGER NOT NULL DEFAULT 0 CHECK (given IN (0, 1)) -- by somebody else: good for choosing one's own
) STRICT;

CREATE TABLE product (
    id          TEXT PRIMARY KEY,
    sku         TEXT NOT NULL DEFAULT '',
    name        TEXT NOT NULL,
    supplier    TEXT NOT NULL DEFAULT '',
    brand       TEXT NOT NULL DEFAULT '',
    category    TEXT NOT NULL DEFAULT '',
    price_cents INTEGER NOT NULL DEFAULT 0,
    cost_milli  INTEGER NOT NULL DEFAULT 0,
    reorder_min INTEGER NOT NULL DEFAULT 0,
    reorder_max INTEGER NOT NULL DEFAULT 0,
    active      INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    origin      TEXT,
    branch_id   TEXT NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    deleted     INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE recovery_code (
    hash     TEXT PRIMARY KEY, -- SHA-256; the codes are random, so that is enough
    staff_id TEXT NOT NULL REFERENCES staff (id),
    used_at  TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE restore_point (
    id           TEXT NOT NULL,
    target_id    TEXT NOT NULL REFERENCES backup_target (id),
    taken_at     TEXT NOT NULL,
    reason       TEXT NOT NULL,
    label        TEXT NOT NULL DEFAULT '',
    sealed_bytes INTEGER NOT NULL,
    proved       INTEGER NOT NULL CHECK (proved IN (0, 1)),
    problem      TEXT NOT NULL DEFAULT '',
    millis       INTEGER NOT NULL,
    epoch        TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    facts        TEXT NOT NULL CHECK (json_valid(facts)),
    PRIMARY KEY (id, target_id)
) STRICT;

CREATE TABLE review (
    id         TEXT PRIMARY KEY,
    started_by TEXT REFERENCES staff (id),
    started_at TEXT NOT NULL,
    signed_by  TEXT REFERENCES staff (id),
    signed_at  TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    next_on    TEXT NOT NULL DEFAULT '', -- day the next one is due
    branch_id  TEXT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE review_line (
    id         TEXT PRIMARY KEY,
    review_id  TEXT NOT NULL REFERENCES review (id),
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    act        TEXT NOT NULL,
    last_used  TEXT NOT NULL DEFAULT '',
    proposal   TEXT NOT NULL CHECK (proposal IN ('keep', 'remove')),
    decision   TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'keep', 'remove')),
    decided_by TEXT REFERENCES staff (id),
    decided_at TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    branch_id  TEXT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE role (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    builtin   INTEGER NOT NULL DEFAULT 0 CHECK (builtin IN (0, 1)),
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
, reveals INTEGER NOT NULL DEFAULT 10, changed_at TEXT NOT NULL DEFAULT '', changes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(changes))) STRICT;

CREATE TABLE role_field (
    id        TEXT PRIMARY KEY,
    role_id   TEXT NOT NULL REFERENCES role (id),
    field     TEXT NOT NULL,
    shows     TEXT NOT NULL CHECK (shows IN ('hidden', 'masked', 'visible')),
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE "role_grant" (
    id            TEXT PRIMARY KEY,
    role_id       TEXT NOT NULL REFERENCES role (id),
    act           TEXT NOT NULL,
    reach         TEXT NOT NULL CHECK (reach IN ('all', 'branch', 'served', 'own', 'money', 'technical')),
    answer        TEXT NOT NULL DEFAULT 'yes' CHECK (answer IN ('yes', 'why', 'flag', 'ask', 'two')),
    limit_cents   INTEGER NOT NULL DEFAULT 0, -- up to here without asking; 0 is no limit
    limit_percent INTEGER NOT NULL DEFAULT 0,
    need          TEXT NOT NULL DEFAULT '', -- why this role needs it
    branch_id     TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    deleted       INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE sale (
    id        TEXT PRIMARY KEY,
    series    TEXT NOT NULL, -- a restore starts a new one, so that no number is given twice
    number    TEXT NOT NULL,
    day       TEXT NOT NULL,
    client_id TEXT REFERENCES client (id), -- NULL when the lines differ
    tax_rule  TEXT NOT NULL CHECK (tax_rule IN ('line-half-up')),
    origin    TEXT,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE sale_line (
    id          TEXT PRIMARY KEY,
    sale_id     TEXT NOT NULL REFERENCES sale (id),
    pos         INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('service', 'product', 'redemption', 'return')),
    service_id  TEXT REFERENCES service (id),
    product_id  TEXT REFERENCES product (id),
    text        TEXT NOT NULL,
    client_id   TEXT REFERENCES client (id),
    walk_in     INTEGER NOT NULL DEFAULT 0 CHECK (walk_in IN (0, 1)),
    staff_id    TEXT NOT NULL REFERENCES staff (id),
    quantity_e3 INTEGER NOT NULL, -- thousandths
    net_cents   INTEGER NOT NULL, -- whole line before tax
    branch_id   TEXT NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    deleted     INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE sale_tax (
    id        TEXT PRIMARY KEY,
    line_id   TEXT NOT NULL REFERENCES sale_line (id),
    tax_id    TEXT NOT NULL REFERENCES tax (id),
    cents     INTEGER NOT NULL, -- rounded by the sale's tax_rule
    exact_e8  INTEGER NOT NULL, -- unrounded, in 1e-8 of the major unit
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE schema_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);

CREATE TABLE service (
    id              TEXT PRIMARY KEY,
    code            TEXT NOT NULL DEFAULT '',
    name            TEXT NOT NULL,
    category        TEXT NOT NULL DEFAULT '',
    price_cents     INTEGER NOT NULL DEFAULT 0,
    no_fixed_price  INTEGER NOT NULL DEFAULT 0 CHECK (no_fixed_price IN (0, 1)),
    charge_cents    INTEGER NOT NULL DEFAULT 0, -- product charge the stylist pays the salon
    minutes         INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    minutes_assumed INTEGER NOT NULL DEFAULT 0 CHECK (minutes_assumed IN (0, 1)),
    active          INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    origin          TEXT,
    branch_id       TEXT NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    deleted         INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE session (
    token      TEXT PRIMARY KEY, -- SHA-256 of the cookie: the table opens no door
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    station    TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
, strength TEXT NOT NULL DEFAULT 'password' CHECK (strength IN ('pin', 'password', 'second-factor')), device_id TEXT REFERENCES device (id), locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1))) STRICT;

CREATE TABLE staff (
    id        TEXT PRIMARY KEY,
    code      TEXT NOT NULL DEFAULT '',
    name      TEXT NOT NULL,
    role_id   TEXT REFERENCES role (id),
    person    INTEGER NOT NULL DEFAULT 1 CHECK (person IN (0, 1)),
    performs  INTEGER NOT NULL DEFAULT 1 CHECK (performs IN (0, 1)),
    active    INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    language  TEXT NOT NULL DEFAULT '',
    origin    TEXT, -- key in the system it was imported from
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
, role_ends TEXT NOT NULL DEFAULT '', next_role TEXT REFERENCES role (id), next_at TEXT NOT NULL DEFAULT '', joined_on TEXT NOT NULL DEFAULT '', left_on TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE staff_hours (
    id        TEXT PRIMARY KEY,
    staff_id  TEXT NOT NULL REFERENCES staff (id),
    weekday   INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7), -- 1 is Monday
    from_min  INTEGER NOT NULL CHECK (from_min BETWEEN 0 AND 1439),
    to_min    INTEGER NOT NULL CHECK (to_min BETWEEN 1 AND 1440 AND to_min > from_min),
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE stock_move (
    id         TEXT PRIMARY KEY,
    product_id TEXT NOT NULL REFERENCES product (id),
    quantity   INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('opening', 'sale', 'return', 'delivery', 'use', 'count')),
    day        TEXT NOT NULL,
    branch_id  TEXT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE sync_ctx (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    branch  TEXT NOT NULL,
    epoch   TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    tx      INTEGER NOT NULL,
    hlc     INTEGER NOT NULL,
    sv      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    station TEXT NOT NULL
) STRICT;

CREATE TABLE tax (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    rate_e6   INTEGER NOT NULL, -- millionths: 5 % is 50000
    sort      INTEGER NOT NULL DEFAULT 0,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE totp (
    staff_id     TEXT PRIMARY KEY REFERENCES staff (id),
    secret       TEXT NOT NULL,
    confirmed_at TEXT NOT NULL DEFAULT '',
    last_step    INTEGER NOT NULL DEFAULT 0 -- a code counts once
) STRICT;

CREATE INDEX absence_staff ON absence (staff_id, to_day);

CREATE INDEX appointment_client ON appointment (client_id, day);

CREATE INDEX appointment_day ON appointment (day, staff_id);

CREATE INDEX appointment_origin ON appointment (origin);

CREATE INDEX appointment_staff ON appointment (staff_id, client_id);

CREATE INDEX approval_asker ON approval (asked_by, asked_at);

CREATE INDEX approval_state ON approval (state, asked_at);

CREATE INDEX audit_about ON audit (kind, about_id);

CREATE INDEX audit_actor ON audit (actor_id, act, at);

CREATE INDEX backup_run_asked ON backup_run (asked_at);

CREATE UNIQUE INDEX change_log_place ON change_log (epoch, seq);

CREATE INDEX change_log_tx ON change_log (tx);

CREATE INDEX client_name ON client (name COLLATE NOCASE);

CREATE INDEX client_origin ON client (origin);

CREATE INDEX device_token ON device (token);

CREATE INDEX exception_staff ON exception (staff_id);

CREATE INDEX lesson_done_staff ON lesson_done (staff_id, lesson);

CREATE INDEX login_email ON login (email);

CREATE INDEX note_about ON note (about, about_id);

CREATE INDEX pairing_code ON pairing (code);

CREATE INDEX pairing_secret ON pairing (secret);

CREATE INDEX passkey_staff ON passkey (staff_id);

CREATE INDEX payment_sale ON payment (sale_id);

CREATE INDEX product_origin ON product (origin);

CREATE INDEX recovery_code_staff ON recovery_code (staff_id);

CREATE INDEX restore_point_taken ON restore_point (taken_at);

CREATE INDEX review_line_review ON review_line (review_id, staff_id);

CREATE INDEX role_field_role ON role_field (role_id);

CREATE INDEX role_grant_role ON role_grant (role_id);

CREATE INDEX sale_day ON sale (day);

CREATE INDEX sale_line_client ON sale_line (client_id);

CREATE INDEX sale_line_sale ON sale_line (sale_id, pos);

CREATE INDEX sale_origin ON sale (origin);

CREATE INDEX sale_tax_line ON sale_tax (line_id);

CREATE INDEX service_origin ON service (origin);

CREATE INDEX session_device ON session (device_id);

CREATE INDEX session_staff ON session (staff_id);

CREATE INDEX staff_hours_staff ON staff_hours (staff_id, weekday);

CREATE INDEX staff_origin ON staff (origin);

CREATE INDEX stock_move_product ON stock_move (product_id);
