-- +goose Up
-- What each user of an App did, by hour (since 1970, UTC); without a user, what all of them did.
CREATE TABLE conduct_hours (
    app_id     TEXT NOT NULL REFERENCES apps (id),
    user_id    TEXT NOT NULL,
    hour       INTEGER NOT NULL,
    requests   INTEGER NOT NULL,
    flagged    INTEGER NOT NULL,
    alarms     INTEGER NOT NULL,
    errors     INTEGER NOT NULL,
    refusals   INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    timed      INTEGER NOT NULL,
    latency_ms INTEGER NOT NULL, -- of the timed ones together
    PRIMARY KEY (app_id, user_id, hour)
) STRICT, WITHOUT ROWID;

-- Who is busiest in a time.
CREATE INDEX conduct_hours_recent ON conduct_hours (app_id, hour);

-- How somebody decided that a user is treated, until a time. The last word stands.
CREATE TABLE restrictions (
    app_id     TEXT NOT NULL REFERENCES apps (id),
    user_id    TEXT NOT NULL,
    standing   TEXT NOT NULL, -- allow, block, or '' for what was lifted
    until_at   INTEGER NOT NULL,
    reason     BLOB NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX restrictions_until ON restrictions (until_at);
