-- +goose Up
-- The keys that texts are sealed with; the last one is used. A key itself is never here.
CREATE TABLE text_keys (
    seq        INTEGER NOT NULL PRIMARY KEY,
    key_id     INTEGER NOT NULL,
    proof      BLOB    NOT NULL, -- a known text, sealed with it
    created_at INTEGER NOT NULL,
    dropped_at INTEGER           -- nothing is sealed with it any more
) STRICT;

-- How far the texts of a table are sealed with a key.
CREATE TABLE resealings (
    table_name TEXT    NOT NULL PRIMARY KEY,
    key_id     INTEGER NOT NULL,
    place      BLOB    NOT NULL, -- the key of the last row, JSON; empty at the beginning
    done       INTEGER NOT NULL, -- rows
    total      INTEGER NOT NULL, -- rows when it began
    finished   INTEGER NOT NULL  -- 1: all are
) STRICT, WITHOUT ROWID;

-- What was said may be removed, what is there may be sealed anew, and otherwise nothing changes.
DROP TRIGGER decisions_stay;
DROP TRIGGER IF EXISTS decisions_words_stay;
-- +goose StatementBegin
CREATE TRIGGER decisions_stay BEFORE UPDATE OF id, item_id, app_id, actor_kind, actor_id, from_state, judgement, label, confidence,
    policy_version, guard_verdict, guard_risk, blind_verdict, final_verdict, changed_after_reveal, focused_ms, sampling_kind, propensity,
    batch_id, created_at, opinion, escalation, reverses ON decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_sealed BEFORE UPDATE OF reason, text, findings, exposure ON decisions
WHEN (NEW.reason IS NOT OLD.reason AND LENGTH(NEW.reason) > 0 AND (LENGTH(OLD.reason) = 0 OR substr(NEW.reason, 1, 1) <> x'FF'))
    OR (NEW.text IS NOT OLD.text AND LENGTH(NEW.text) > 0 AND (LENGTH(OLD.text) = 0 OR substr(NEW.text, 1, 1) <> x'FF'))
    OR (NEW.findings IS NOT OLD.findings AND NEW.findings IS NOT NULL
        AND (COALESCE(LENGTH(OLD.findings), 0) = 0 OR COALESCE(substr(NEW.findings, 1, 1), x'') <> x'FF'))
    OR (NEW.exposure IS NOT OLD.exposure AND (LENGTH(OLD.exposure) = 0 OR COALESCE(substr(NEW.exposure, 1, 1), x'') <> x'FF')) BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;
-- +goose StatementEnd

DROP TRIGGER controls_stay;
DROP TRIGGER IF EXISTS controls_words_stay;
-- +goose StatementBegin
CREATE TRIGGER controls_stay BEFORE UPDATE OF item_id, user_id, original_id, gold, misleading, shown_id, propensity, created_at ON controls BEGIN
    SELECT RAISE(ABORT, 'controls are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER controls_sealed BEFORE UPDATE OF findings ON controls
WHEN NEW.findings IS NOT OLD.findings AND NEW.findings IS NOT NULL
    AND (COALESCE(LENGTH(OLD.findings), 0) = 0 OR COALESCE(substr(NEW.findings, 1, 1), x'') <> x'FF') BEGIN
    SELECT RAISE(ABORT, 'controls are append-only');
END;
-- +goose StatementEnd
