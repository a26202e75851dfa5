-- +goose Up
CREATE TABLE outbox (
    seq        BIGINT           GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- a cursor never means another row
    key        TEXT COLLATE "C" NOT NULL UNIQUE,
    topic      TEXT COLLATE "C" NOT NULL,
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    payload    BYTEA            NOT NULL,
    not_before BIGINT           NOT NULL
);

-- An App follows its topic.
CREATE INDEX outbox_feed ON outbox (app_id, topic, seq);

CREATE TABLE events (
    seq        BIGINT           PRIMARY KEY, -- 1, 2, 3 … without a gap
    at         BIGINT           NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id   TEXT COLLATE "C" NOT NULL,
    action     TEXT COLLATE "C" NOT NULL,
    object     TEXT COLLATE "C" NOT NULL,
    app_id     TEXT COLLATE "C" NOT NULL,
    detail     BYTEA            NOT NULL, -- JSON
    prev_hash  BYTEA            NOT NULL,
    hash       BYTEA            NOT NULL
);

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_remain BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
