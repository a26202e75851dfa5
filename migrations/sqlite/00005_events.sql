-- +goose Up
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT, -- a cursor never means another row
    key        TEXT    NOT NULL UNIQUE,
    topic      TEXT    NOT NULL,
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    payload    BLOB    NOT NULL,
    not_before INTEGER NOT NULL
) STRICT;

-- An App follows its topic.
CREATE INDEX outbox_feed ON outbox (app_id, topic, seq);

CREATE TABLE events (
    seq        INTEGER PRIMARY KEY, -- 1, 2, 3 … without a gap
    at         INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    object     TEXT    NOT NULL,
    app_id     TEXT    NOT NULL,
    detail     BLOB    NOT NULL, -- JSON
    prev_hash  BLOB    NOT NULL,
    hash       BLOB    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd
