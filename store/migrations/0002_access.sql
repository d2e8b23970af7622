-- +goose Up
-- Who may do and see what: grants with an answer and limits, what each role
-- sees of a field, exceptions of one person, approvals, duties, reviews and
-- lessons. A salon whose masking setting is not "off" is masked, so no row has
-- to be written for it and none can be lost.

-- SQLite cannot widen a CHECK, so the table is made anew.
CREATE TABLE role_grant_2 (
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
INSERT INTO role_grant_2 (id, role_id, act, reach, need, branch_id, version, deleted)
    SELECT id, role_id, act, reach, need, branch_id, version, deleted FROM role_grant;
DROP TABLE role_grant;
ALTER TABLE role_grant_2 RENAME TO role_grant;
CREATE INDEX role_grant_role ON role_grant (role_id);

ALTER TABLE role ADD COLUMN reveals INTEGER NOT NULL DEFAULT 10; -- of hidden contacts, per person and day
ALTER TABLE role ADD COLUMN changed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE role ADD COLUMN changes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(changes)); -- the newest change in sentences

-- A role's end and its successor begin by time alone: whoever reads the role
-- of a person compares these with the clock.
ALTER TABLE staff ADD COLUMN role_ends TEXT NOT NULL DEFAULT ''; -- end of a trial time
ALTER TABLE staff ADD COLUMN next_role TEXT REFERENCES role (id);
ALTER TABLE staff ADD COLUMN next_at TEXT NOT NULL DEFAULT '';
ALTER TABLE staff ADD COLUMN joined_on TEXT NOT NULL DEFAULT '';
ALTER TABLE staff ADD COLUMN left_on TEXT NOT NULL DEFAULT '';

ALTER TABLE client ADD COLUMN wechat TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN birthday TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN private_note TEXT NOT NULL DEFAULT '';

ALTER TABLE session ADD COLUMN strength TEXT NOT NULL DEFAULT 'password' CHECK (strength IN ('pin', 'password', 'second-factor'));

-- A missing row means hidden.
CREATE TABLE role_field (
    id        TEXT PRIMARY KEY,
    role_id   TEXT NOT NULL REFERENCES role (id),
    field     TEXT NOT NULL,
    shows     TEXT NOT NULL CHECK (shows IN ('hidden', 'masked', 'visible')),
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX role_field_role ON role_field (role_id);

-- What one person may otherwise than their role says. The newest that has not
-- ended counts; 'no' takes away.
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
CREATE INDEX exception_staff ON exception (staff_id);

-- Every request that somebody else answers.
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
CREATE INDEX approval_state ON approval (state, asked_at);
CREATE INDEX approval_asker ON approval (asked_by, asked_at);

-- Who answers for what; the id is the name of the control.
CREATE TABLE duty (
    id        TEXT PRIMARY KEY,
    owner_id  TEXT REFERENCES staff (id),
    deputy_id TEXT REFERENCES staff (id),
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE TABLE absence (
    id        TEXT PRIMARY KEY,
    staff_id  TEXT NOT NULL REFERENCES staff (id),
    from_day  TEXT NOT NULL,
    to_day    TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX absence_staff ON absence (staff_id, to_day);

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
CREATE INDEX review_line_review ON review_line (review_id, staff_id);

CREATE TABLE lesson_done (
    id        TEXT PRIMARY KEY,
    staff_id  TEXT NOT NULL REFERENCES staff (id),
    lesson    TEXT NOT NULL,
    at        TEXT NOT NULL,
    branch_id TEXT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    deleted   INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX lesson_done_staff ON lesson_done (staff_id, lesson);

-- What one person did: reveals of today, what they looked at before they left.
CREATE INDEX audit_actor ON audit (actor_id, act, at);

-- When each person last used each right, to the day. Kept by this PC alone:
-- it is noted in memory and written with the next change, so it costs nothing.
CREATE TABLE act_use (
    staff_id TEXT NOT NULL,
    act      TEXT NOT NULL,
    day      TEXT NOT NULL,
    PRIMARY KEY (staff_id, act)
) STRICT, WITHOUT ROWID;

-- How open the rights were, each time they changed or were reviewed.
CREATE TABLE openness (
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    score  INTEGER NOT NULL,
    detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;
