-- +goose Up
CREATE TABLE interventions (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id         TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    interaction_id TEXT COLLATE "C" NOT NULL REFERENCES interactions (id),
    user_id        TEXT COLLATE "C" NOT NULL,
    bias           TEXT COLLATE "C" NOT NULL,
    strategy       TEXT COLLATE "C" NOT NULL,
    text           BYTEA            NOT NULL,
    delivered_text BYTEA            NOT NULL,
    confidence     DOUBLE PRECISION NOT NULL,
    severity       TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT           NOT NULL
);

CREATE INDEX interventions_interaction ON interventions (interaction_id);

CREATE TABLE items (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id          TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    interaction_id  TEXT COLLATE "C" NOT NULL REFERENCES interactions (id),
    intervention_id TEXT COLLATE "C" REFERENCES interventions (id),
    kind            TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    severity        TEXT COLLATE "C" NOT NULL,
    priority        DOUBLE PRECISION NOT NULL,
    rank            BIGINT           NOT NULL,
    due_at          BIGINT           NOT NULL,
    version         BIGINT           NOT NULL,
    fingerprint     TEXT COLLATE "C" NOT NULL,
    detector        TEXT COLLATE "C" NOT NULL,
    category        TEXT COLLATE "C" NOT NULL,
    verdict         TEXT COLLATE "C" NOT NULL,
    risk            DOUBLE PRECISION NOT NULL,
    user_id         TEXT COLLATE "C" NOT NULL,
    model           TEXT COLLATE "C" NOT NULL,
    sampling_kind   TEXT COLLATE "C" NOT NULL,
    propensity      DOUBLE PRECISION NOT NULL,
    created_at      BIGINT           NOT NULL,
    reason          BYTEA            NOT NULL,
    excerpt         BYTEA            NOT NULL
);

-- The queue of somebody who sees many Apps, and of somebody who sees one.
CREATE INDEX items_queue ON items (state, rank, id, app_id);
CREATE INDEX items_queue_of_app ON items (app_id, state, rank, id);
-- From an interaction to its items: receipts and histories.
CREATE INDEX items_interaction ON items (interaction_id);
-- The age of the queue.
CREATE INDEX items_open_age ON items (state, created_at) WHERE state = 'open';

CREATE TABLE item_findings (
    item_id  TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    detector TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (item_id, detector, category)
);

-- The primary key is what makes two holders of one item impossible.
CREATE TABLE claims (
    item_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES items (id),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    token      TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT           NOT NULL
);

CREATE INDEX claims_user ON claims (user_id);

CREATE TABLE skips (
    item_id    TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (item_id, user_id)
);

CREATE TABLE counters (
    app_id TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    state  TEXT COLLATE "C" NOT NULL,
    n      BIGINT           NOT NULL,
    PRIMARY KEY (app_id, kind, state)
);

-- +goose StatementBegin
CREATE FUNCTION count_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE counters SET n = n - 1 WHERE app_id = OLD.app_id AND kind = OLD.kind AND state = OLD.state;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO counters AS c (app_id, kind, state, n) VALUES (NEW.app_id, NEW.kind, NEW.state, 1)
        ON CONFLICT (app_id, kind, state) DO UPDATE SET n = c.n + 1;
    END IF;
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER items_count_change AFTER INSERT OR DELETE ON items FOR EACH ROW EXECUTE FUNCTION count_items();
CREATE TRIGGER items_count_update AFTER UPDATE OF app_id, kind, state ON items FOR EACH ROW EXECUTE FUNCTION count_items();
