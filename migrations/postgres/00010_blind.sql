-- +goose Up
-- Whether an item is judged blind first, and the chance with which that was drawn;
-- items from before were not.
ALTER TABLE items ADD COLUMN blind BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE items ADD COLUMN blind_propensity DOUBLE PRECISION NOT NULL DEFAULT 0;

-- Items that are alike, the newest first.
CREATE INDEX items_alike ON items (app_id, fingerprint, created_at, id);

-- What bounds how long somebody can have looked; 0 for claims from before.
ALTER TABLE claims ADD COLUMN taken_at BIGINT NOT NULL DEFAULT 0;

-- What a person said before they saw what the guard says; once for each item.
CREATE TABLE blind_verdicts (
    item_id    TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    judgement  TEXT COLLATE "C" NOT NULL,
    confidence DOUBLE PRECISION,
    focused_ms BIGINT           NOT NULL,
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (item_id, user_id)
);

-- Who has looked at the personal data and secrets of an item.
CREATE TABLE unmaskings (
    item_id    TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (item_id, user_id)
);

-- Items whose answer is known, each for one person. What was shown as the guard's
-- verdict and risk stands in items; the findings that were shown are here.
CREATE TABLE controls (
    item_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES items (id),
    user_id       TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    original_id   TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    gold          TEXT COLLATE "C" NOT NULL, -- the judgement that was agreed on
    misleading    BOOLEAN          NOT NULL, -- what was shown contradicts it
    shown_id      TEXT COLLATE "C" NOT NULL, -- of the interaction, as the page names it
    findings      BYTEA,                     -- JSON
    propensity    DOUBLE PRECISION NOT NULL,
    created_at    BIGINT           NOT NULL,
    UNIQUE (user_id, original_id)
);

CREATE TRIGGER blind_verdicts_stay BEFORE UPDATE OR DELETE ON blind_verdicts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blind_verdicts_remain BEFORE TRUNCATE ON blind_verdicts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER controls_stay BEFORE UPDATE OR DELETE ON controls FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER controls_remain BEFORE TRUNCATE ON controls FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The few controls that wait.
CREATE INDEX items_controls ON items (state, id) WHERE kind = 'control';

-- What happened to one thing, in order.
CREATE INDEX events_object ON events (object, seq);
