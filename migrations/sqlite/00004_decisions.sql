-- +goose Up
CREATE TABLE decisions (
    id                   TEXT    NOT NULL PRIMARY KEY,
    item_id              TEXT    NOT NULL REFERENCES items (id),
    app_id               TEXT    NOT NULL REFERENCES apps (id),
    actor_kind           TEXT    NOT NULL,
    actor_id             TEXT    NOT NULL,
    from_state           TEXT    NOT NULL,
    judgement            TEXT    NOT NULL,
    label                TEXT    NOT NULL,
    reason               BLOB    NOT NULL,
    text                 BLOB    NOT NULL,
    confidence           REAL,
    policy_version       INTEGER NOT NULL,
    guard_verdict        TEXT    NOT NULL,
    guard_risk           REAL    NOT NULL,
    findings             BLOB, -- JSON
    exposure             BLOB    NOT NULL, -- JSON
    blind_verdict        TEXT,
    final_verdict        TEXT    NOT NULL,
    changed_after_reveal INTEGER NOT NULL,
    focused_ms           INTEGER NOT NULL,
    sampling_kind        TEXT    NOT NULL,
    propensity           REAL    NOT NULL,
    batch_id             TEXT    NOT NULL,
    created_at           INTEGER NOT NULL
) STRICT;

CREATE INDEX decisions_item ON decisions (item_id);
-- Exports and pages in the order of time, over many Apps and over one.
CREATE INDEX decisions_time ON decisions (created_at, id, app_id);
CREATE INDEX decisions_time_of_app ON decisions (app_id, created_at, id);

CREATE TABLE undos (
    decision_id TEXT    NOT NULL PRIMARY KEY REFERENCES decisions (id),
    actor_kind  TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE annotations (
    id         TEXT    NOT NULL PRIMARY KEY,
    item_id    TEXT    NOT NULL REFERENCES items (id),
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    label      TEXT    NOT NULL,
    segment    TEXT    NOT NULL,
    span_start INTEGER NOT NULL,
    span_end   INTEGER NOT NULL,
    body       BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX annotations_item ON annotations (item_id);

-- +goose StatementBegin
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER undos_stay BEFORE UPDATE ON undos BEGIN
    SELECT RAISE(ABORT, 'undos are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER undos_remain BEFORE DELETE ON undos BEGIN
    SELECT RAISE(ABORT, 'undos are append-only');
END;
-- +goose StatementEnd
