-- Times are Unix microseconds. Ids are UUIDv7 as text. What people wrote is BLOB:
-- it may hold NUL, and it is never compared or sorted.

-- +goose Up
CREATE TABLE apps (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE,
    policy_version INTEGER NOT NULL DEFAULT 0, -- the active one
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE policies (
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    version    INTEGER NOT NULL,
    document   BLOB    NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    reason     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, version)
) STRICT;

CREATE TABLE api_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    prefix     TEXT    NOT NULL UNIQUE,
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER
) STRICT;

CREATE TABLE memberships (
    user_id TEXT NOT NULL REFERENCES users (id),
    app_id  TEXT NOT NULL REFERENCES apps (id),
    PRIMARY KEY (user_id, app_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    data       BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_expired ON sessions (expires_at);
