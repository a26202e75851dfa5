-- Times are Unix microseconds. Ids are UUIDv7 as text. What people wrote is BYTEA:
-- it may hold NUL, and it is never compared or sorted.

-- +goose Up
CREATE TABLE apps (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name           TEXT COLLATE "C" NOT NULL UNIQUE,
    policy_version BIGINT           NOT NULL DEFAULT 0, -- the active one
    created_at     BIGINT           NOT NULL
);

CREATE TABLE policies (
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    version    BIGINT           NOT NULL,
    document   BYTEA            NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id   TEXT COLLATE "C" NOT NULL,
    reason     BYTEA            NOT NULL,
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (app_id, version)
);

CREATE TABLE api_keys (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    prefix     TEXT COLLATE "C" NOT NULL UNIQUE,
    hash       BYTEA            NOT NULL UNIQUE,
    created_at BIGINT           NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE users (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email         TEXT COLLATE "C" NOT NULL UNIQUE,
    name          TEXT COLLATE "C" NOT NULL,
    role          TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT           NOT NULL,
    disabled_at   BIGINT
);

CREATE TABLE memberships (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    app_id  TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    PRIMARY KEY (user_id, app_id)
);

CREATE TABLE sessions (
    token_hash BYTEA  NOT NULL PRIMARY KEY,
    data       BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_expired ON sessions (expires_at);
