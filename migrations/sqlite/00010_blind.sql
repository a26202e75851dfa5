-- +goose Up
-- Whether an item is judged blind first, and the chance with which that was drawn;
-- items from before were not.
ALTER TABLE items ADD COLUMN blind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN blind_propensity REAL NOT NULL DEFAULT 0;

-- Items that are alike, the newest first.
CREATE INDEX items_alike ON items (app_id, fingerprint, created_at, id);

-- What bounds how long somebody can have looked; 0 for claims from before.
ALTER TABLE claims ADD COLUMN taken_at INTEGER NOT NULL DEFAULT 0;

-- What a person said before they saw what the guard says; once for each item.
CREATE TABLE blind_verdicts (
    item_id    TEXT    NOT NULL REFERENCES items (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    judgement  TEXT    NOT NULL,
    confidence REAL,
    focused_ms INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (item_id, user_id)
) STRICT, WITHOUT ROWID;

-- Who has looked at the personal data and secrets of an item.
CREATE TABLE unmaskings (
    item_id    TEXT    NOT NULL REFERENCES items (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (item_id, user_id)
) STRICT, WITHOUT ROWID;

-- Items whose answer is known, each for one person. What was shown as the guard's
-- verdict and risk stands in items; the findings that were shown are here.
CREATE TABLE controls (
    item_id       TEXT    NOT NULL PRIMARY KEY REFERENCES items (id),
    user_id       TEXT    NOT NULL REFERENCES users (id),
    original_id   TEXT    NOT NULL REFERENCES items (id),
    gold          TEXT    NOT NULL, -- the judgement that was agreed on
    misleading    INTEGER NOT NULL, -- what was shown contradicts it
    shown_id      TEXT    NOT NULL, -- of the interaction, as the page names it
    findings      BLOB,             -- JSON
    propensity    REAL    NOT NULL,
    created_at    INTEGER NOT NULL,
    UNIQUE (user_id, original_id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER blind_verdicts_stay BEFORE UPDATE ON blind_verdicts BEGIN
    SELECT RAISE(ABORT, 'blind verdicts are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER blind_verdicts_remain BEFORE DELETE ON blind_verdicts BEGIN
    SELECT RAISE(ABORT, 'blind verdicts are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER controls_stay BEFORE UPDATE ON controls BEGIN
    SELECT RAISE(ABORT, 'controls are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER controls_remain BEFORE DELETE ON controls BEGIN
    SELECT RAISE(ABORT, 'controls are append-only');
END;
-- +goose StatementEnd

-- The few controls that wait.
CREATE INDEX items_controls ON items (state, id) WHERE kind = 'control';

-- What happened to one thing, in order.
CREATE INDEX events_object ON events (object, seq);
