-- +goose Up
-- Where an App wants to be told. The secrets are sealed.
CREATE TABLE webhooks (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id         TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    url            TEXT COLLATE "C" NOT NULL,
    topics         TEXT COLLATE "C" NOT NULL, -- with commas between them
    secret         BYTEA NOT NULL,
    previous       BYTEA NOT NULL, -- signs too until previous_until; empty when there is none
    previous_until BIGINT NOT NULL,
    seen           BIGINT NOT NULL, -- the row of the outbox up to which deliveries were made
    created_at     BIGINT NOT NULL,
    ended_at       BIGINT
);

CREATE INDEX webhooks_app ON webhooks (app_id, created_at);

CREATE TABLE deliveries (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id),
    message    TEXT COLLATE "C" NOT NULL, -- the id that the receiver tells repetitions by
    topic      TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL, -- the item: its deliveries go out in order
    payload    BYTEA NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    tried_at   BIGINT,
    status     BIGINT NOT NULL, -- of the last answer, 0 when there was none
    problem    TEXT COLLATE "C" NOT NULL, -- of the last attempt
    UNIQUE (webhook_id, message)
);

-- What is due, and what comes before it.
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_order ON deliveries (webhook_id, subject, id) WHERE state = 'waiting';
