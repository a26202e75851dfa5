-- +goose Up
-- Where an App wants to be told. The secrets are sealed.
CREATE TABLE webhooks (
    id             TEXT    NOT NULL PRIMARY KEY,
    app_id         TEXT    NOT NULL REFERENCES apps (id),
    url            TEXT    NOT NULL,
    topics         TEXT    NOT NULL, -- with commas between them
    secret         BLOB    NOT NULL,
    previous       BLOB    NOT NULL, -- signs too until previous_until; empty when there is none
    previous_until INTEGER NOT NULL,
    seen           INTEGER NOT NULL, -- the row of the outbox up to which deliveries were made
    created_at     INTEGER NOT NULL,
    ended_at       INTEGER
) STRICT;

CREATE INDEX webhooks_app ON webhooks (app_id, created_at);

CREATE TABLE deliveries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id TEXT    NOT NULL REFERENCES webhooks (id),
    message    TEXT    NOT NULL, -- the id that the receiver tells repetitions by
    topic      TEXT    NOT NULL,
    subject    TEXT    NOT NULL, -- the item: its deliveries go out in order
    payload    BLOB    NOT NULL,
    state      TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    tried_at   INTEGER,
    status     INTEGER NOT NULL, -- of the last answer, 0 when there was none
    problem    TEXT    NOT NULL, -- of the last attempt
    UNIQUE (webhook_id, message)
) STRICT;

-- What is due, and what comes before it.
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_order ON deliveries (webhook_id, subject, id) WHERE state = 'waiting';
