-- +goose Up
CREATE TABLE decisions (
    id                   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    item_id              TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    app_id               TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    actor_kind           TEXT COLLATE "C" NOT NULL,
    actor_id             TEXT COLLATE "C" NOT NULL,
    from_state           TEXT COLLATE "C" NOT NULL,
    judgement            TEXT COLLATE "C" NOT NULL,
    label                TEXT COLLATE "C" NOT NULL,
    reason               BYTEA            NOT NULL,
    text                 BYTEA            NOT NULL,
    confidence           DOUBLE           PRECISION,
    policy_version       BIGINT           NOT NULL,
    guard_verdict        TEXT COLLATE "C" NOT NULL,
    guard_risk           DOUBLE PRECISION NOT NULL,
    findings             BYTEA, -- JSON
    exposure             BYTEA            NOT NULL, -- JSON
    blind_verdict        TEXT             COLLATE "C",
    final_verdict        TEXT COLLATE "C" NOT NULL,
    changed_after_reveal BOOLEAN          NOT NULL,
    focused_ms           BIGINT           NOT NULL,
    sampling_kind        TEXT COLLATE "C" NOT NULL,
    propensity           DOUBLE PRECISION NOT NULL,
    batch_id             TEXT COLLATE "C" NOT NULL,
    created_at           BIGINT           NOT NULL
);

CREATE INDEX decisions_item ON decisions (item_id);
-- Exports and pages in the order of time, over many Apps and over one.
CREATE INDEX decisions_time ON decisions (created_at, id, app_id);
CREATE INDEX decisions_time_of_app ON decisions (app_id, created_at, id);

CREATE TABLE undos (
    decision_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES decisions (id),
    actor_kind  TEXT COLLATE "C" NOT NULL,
    actor_id    TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL
);

CREATE TABLE annotations (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    item_id    TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    label      TEXT COLLATE "C" NOT NULL,
    segment    TEXT COLLATE "C" NOT NULL,
    span_start BIGINT           NOT NULL,
    span_end   BIGINT           NOT NULL,
    body       BYTEA            NOT NULL,
    created_at BIGINT           NOT NULL
);

CREATE INDEX annotations_item ON annotations (item_id);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are append-only', TG_TABLE_NAME;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER decisions_stay BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_remain BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER undos_stay BEFORE UPDATE OR DELETE ON undos FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER undos_remain BEFORE TRUNCATE ON undos FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
