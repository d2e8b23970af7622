-- +goose Up
-- Devices and the ways people prove on them who they are. All of this belongs
-- to this PC alone: it stays out of change_log, which travels.

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
CREATE INDEX device_token ON device (token);

-- A device on its way in. Each code and secret works once.
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
CREATE INDEX pairing_code ON pairing (code);
CREATE INDEX pairing_secret ON pairing (secret);

CREATE TABLE pin (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    hash     TEXT NOT NULL, -- argon2id in its usual text form
    set_at   TEXT NOT NULL,
    given    INTEGER NOT NULL DEFAULT 0 CHECK (given IN (0, 1)) -- by somebody else: good for choosing one's own
) STRICT;

CREATE TABLE totp (
    staff_id     TEXT PRIMARY KEY REFERENCES staff (id),
    secret       TEXT NOT NULL,
    confirmed_at TEXT NOT NULL DEFAULT '',
    last_step    INTEGER NOT NULL DEFAULT 0 -- a code counts once
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
CREATE INDEX passkey_staff ON passkey (staff_id);

CREATE TABLE recovery_code (
    hash     TEXT PRIMARY KEY, -- SHA-256; the codes are random, so that is enough
    staff_id TEXT NOT NULL REFERENCES staff (id),
    used_at  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX recovery_code_staff ON recovery_code (staff_id);

-- Between the two steps of making or using a passkey.
CREATE TABLE ceremony (
    id         TEXT PRIMARY KEY, -- SHA-256 of what the browser hands back
    staff_id   TEXT NOT NULL DEFAULT '',
    what       TEXT NOT NULL CHECK (what IN ('make', 'use')),
    data       TEXT NOT NULL CHECK (json_valid(data)),
    expires_at TEXT NOT NULL
) STRICT;

-- The password was right and the second factor is still to come.
CREATE TABLE half_session (
    token      TEXT PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    station    TEXT NOT NULL,
    device_id  TEXT REFERENCES device (id),
    expires_at TEXT NOT NULL
) STRICT;

ALTER TABLE session ADD COLUMN device_id TEXT REFERENCES device (id); -- good on that device only
ALTER TABLE session ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));
CREATE INDEX session_device ON session (device_id);

-- What somebody had half typed when the screen was locked.
CREATE TABLE draft (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    key      TEXT NOT NULL,
    text     TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (staff_id, key)
) STRICT, WITHOUT ROWID;

-- When a person works, until there is a rota.
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
CREATE INDEX staff_hours_staff ON staff_hours (staff_id, weekday);
