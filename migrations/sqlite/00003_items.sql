-- +goose Up
CREATE TABLE interventions (
    id             TEXT    NOT NULL PRIMARY KEY,
    app_id         TEXT    NOT NULL REFERENCES apps (id),
    interaction_id TEXT    NOT NULL REFERENCES interactions (id),
    user_id        TEXT    NOT NULL,
    bias           TEXT    NOT NULL,
    strategy       TEXT    NOT NULL,
    text           BLOB    NOT NULL,
    delivered_text BLOB    NOT NULL,
    confidence     REAL    NOT NULL,
    severity       TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX interventions_interaction ON interventions (interaction_id);

CREATE TABLE items (
    id              TEXT    NOT NULL PRIMARY KEY,
    app_id          TEXT    NOT NULL REFERENCES apps (id),
    interaction_id  TEXT    NOT NULL REFERENCES interactions (id),
    intervention_id TEXT    REFERENCES interventions (id),
    kind            TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    severity        TEXT    NOT NULL,
    priority        REAL    NOT NULL,
    rank            INTEGER NOT NULL,
    due_at          INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    fingerprint     TEXT    NOT NULL,
    detector        TEXT    NOT NULL,
    category        TEXT    NOT NULL,
    verdict         TEXT    NOT NULL,
    risk            REAL    NOT NULL,
    user_id         TEXT    NOT NULL,
    model           TEXT    NOT NULL,
    sampling_kind   TEXT    NOT NULL,
    propensity      REAL    NOT NULL,
    created_at      INTEGER NOT NULL,
    reason          BLOB    NOT NULL,
    excerpt         BLOB    NOT NULL
) STRICT;

-- The queue of somebody who sees many Apps, and of somebody who sees one.
CREATE INDEX items_queue ON items (state, rank, id, app_id);
CREATE INDEX items_queue_of_app ON items (app_id, state, rank, id);
-- From an interaction to its items: receipts and histories.
CREATE INDEX items_interaction ON items (interaction_id);
-- The age of the queue.
CREATE INDEX items_open_age ON items (state, created_at) WHERE state = 'open';

CREATE TABLE item_findings (
    item_id  TEXT NOT NULL REFERENCES items (id),
    detector TEXT NOT NULL,
    category TEXT NOT NULL,
    PRIMARY KEY (item_id, detector, category)
) STRICT, WITHOUT ROWID;

-- The primary key is what makes two holders of one item impossible.
CREATE TABLE claims (
    item_id    TEXT    NOT NULL PRIMARY KEY REFERENCES items (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    token      TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_user ON claims (user_id);

CREATE TABLE skips (
    item_id    TEXT    NOT NULL REFERENCES items (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (item_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    app_id TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    state  TEXT    NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (app_id, kind, state)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER items_count_insert AFTER INSERT ON items BEGIN
    INSERT INTO counters (app_id, kind, state, n) VALUES (NEW.app_id, NEW.kind, NEW.state, 1)
    ON CONFLICT (app_id, kind, state) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER items_count_update AFTER UPDATE OF app_id, kind, state ON items BEGIN
    UPDATE counters SET n = n - 1 WHERE app_id = OLD.app_id AND kind = OLD.kind AND state = OLD.state;
    INSERT INTO counters (app_id, kind, state, n) VALUES (NEW.app_id, NEW.kind, NEW.state, 1)
    ON CONFLICT (app_id, kind, state) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER items_count_delete AFTER DELETE ON items BEGIN
    UPDATE counters SET n = n - 1 WHERE app_id = OLD.app_id AND kind = OLD.kind AND state = OLD.state;
END;
-- +goose StatementEnd
