-- +goose Up
-- What each user of an App did, by hour (since 1970, UTC); without a user, what all of them did.
CREATE TABLE conduct_hours (
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    user_id    TEXT COLLATE "C" NOT NULL,
    hour       BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    flagged    BIGINT NOT NULL,
    alarms     BIGINT NOT NULL,
    errors     BIGINT NOT NULL,
    refusals   BIGINT NOT NULL,
    tokens_in  BIGINT NOT NULL,
    tokens_out BIGINT NOT NULL,
    timed      BIGINT NOT NULL,
    latency_ms BIGINT NOT NULL, -- of the timed ones together
    PRIMARY KEY (app_id, user_id, hour)
);

-- Who is busiest in a time.
CREATE INDEX conduct_hours_recent ON conduct_hours (app_id, hour);

-- How somebody decided that a user is treated, until a time. The last word stands.
CREATE TABLE restrictions (
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    user_id    TEXT COLLATE "C" NOT NULL,
    standing   TEXT COLLATE "C" NOT NULL, -- allow, block, or '' for what was lifted
    until_at   BIGINT NOT NULL,
    reason     BYTEA NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

CREATE INDEX restrictions_until ON restrictions (until_at);
