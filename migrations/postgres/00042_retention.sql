-- +goose Up
-- When the texts of an interaction were removed, and the SHA-256 of what went in and came out.
ALTER TABLE interactions ADD COLUMN removed_at BIGINT;
ALTER TABLE interactions ADD COLUMN input_hash BYTEA;
ALTER TABLE interactions ADD COLUMN output_hash BYTEA;

-- What still has texts or words, the oldest first.
CREATE INDEX interactions_texts ON interactions (app_id, created_at, id) WHERE removed_at IS NULL;
CREATE INDEX decisions_words ON decisions (app_id, created_at, id) WHERE LENGTH(reason) > 0;
CREATE INDEX annotations_words ON annotations (app_id, created_at, id) WHERE LENGTH(body) > 0;
CREATE INDEX inbox_item ON inbox (item_id);

-- What must not be removed, until somebody lifts the hold.
CREATE TABLE legal_holds (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    kind       TEXT COLLATE "C" NOT NULL, -- app, user or item
    subject    TEXT COLLATE "C" NOT NULL, -- the user's or item's id; empty for the App
    reason     BYTEA NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    lifted_at  BIGINT,
    lifted_by  TEXT COLLATE "C" NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX legal_holds_force ON legal_holds (app_id, kind, subject) WHERE lifted_at IS NULL;

-- How many were removed on a day (UTC, since 1970), by what they were.
CREATE TABLE removals (
    app_id TEXT COLLATE "C" NOT NULL,
    day    BIGINT NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (app_id, day, kind)
);

-- What was said of an item may be removed, and otherwise nothing of it changes.
DROP TRIGGER decisions_stay ON decisions;
CREATE TRIGGER decisions_rest BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_stay BEFORE UPDATE OF id, item_id, app_id, actor_kind, actor_id, from_state, judgement, label, confidence,
    policy_version, guard_verdict, guard_risk, exposure, blind_verdict, final_verdict, changed_after_reveal, focused_ms, sampling_kind,
    propensity, batch_id, created_at, opinion, escalation, reverses ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_words_stay BEFORE UPDATE OF reason, text, findings ON decisions FOR EACH ROW
WHEN ((NEW.reason IS DISTINCT FROM OLD.reason AND LENGTH(NEW.reason) > 0) OR (NEW.text IS DISTINCT FROM OLD.text AND LENGTH(NEW.text) > 0)
    OR (NEW.findings IS DISTINCT FROM OLD.findings AND NEW.findings IS NOT NULL)) EXECUTE FUNCTION refuse_change();

DROP TRIGGER controls_stay ON controls;
CREATE TRIGGER controls_rest BEFORE DELETE ON controls FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER controls_stay BEFORE UPDATE OF item_id, user_id, original_id, gold, misleading, shown_id, propensity, created_at
    ON controls FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER controls_words_stay BEFORE UPDATE OF findings ON controls FOR EACH ROW
WHEN (NEW.findings IS DISTINCT FROM OLD.findings AND NEW.findings IS NOT NULL) EXECUTE FUNCTION refuse_change();
