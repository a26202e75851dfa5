-- +goose Up
-- The keys that texts are sealed with; the last one is used. A key itself is never here.
CREATE TABLE text_keys (
    seq        BIGINT NOT NULL PRIMARY KEY,
    key_id     BIGINT NOT NULL,
    proof      BYTEA  NOT NULL, -- a known text, sealed with it
    created_at BIGINT NOT NULL,
    dropped_at BIGINT           -- nothing is sealed with it any more
);

-- How far the texts of a table are sealed with a key.
CREATE TABLE resealings (
    table_name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key_id     BIGINT           NOT NULL,
    place      BYTEA            NOT NULL, -- the key of the last row, JSON; empty at the beginning
    done       BIGINT           NOT NULL, -- rows
    total      BIGINT           NOT NULL, -- rows when it began
    finished   BIGINT           NOT NULL  -- 1: all are
);

-- What was said may be removed, what is there may be sealed anew, and otherwise nothing changes.
-- +goose StatementBegin
CREATE FUNCTION only_sealed_anew(before BYTEA, after BYTEA) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT after IS NOT DISTINCT FROM before
        OR COALESCE(octet_length(before), 0) > 0 AND COALESCE(substring(after FROM 1 FOR 1), '') = '\xff'::BYTEA
$$;
-- +goose StatementEnd

DROP TRIGGER decisions_stay ON decisions;
DROP TRIGGER IF EXISTS decisions_words_stay ON decisions;
CREATE TRIGGER decisions_stay BEFORE DELETE OR UPDATE OF id, item_id, app_id, actor_kind, actor_id, from_state, judgement, label, confidence,
    policy_version, guard_verdict, guard_risk, blind_verdict, final_verdict, changed_after_reveal, focused_ms, sampling_kind, propensity,
    batch_id, created_at, opinion, escalation, reverses ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_sealed BEFORE UPDATE ON decisions FOR EACH ROW
    WHEN (NOT ((octet_length(NEW.reason) = 0 OR only_sealed_anew(OLD.reason, NEW.reason))
        AND (octet_length(NEW.text) = 0 OR only_sealed_anew(OLD.text, NEW.text))
        AND (NEW.findings IS NULL OR only_sealed_anew(OLD.findings, NEW.findings)) AND only_sealed_anew(OLD.exposure, NEW.exposure)))
    EXECUTE FUNCTION refuse_change();

DROP TRIGGER controls_stay ON controls;
DROP TRIGGER IF EXISTS controls_words_stay ON controls;
CREATE TRIGGER controls_stay BEFORE DELETE OR UPDATE OF item_id, user_id, original_id, gold, misleading, shown_id, propensity, created_at
    ON controls FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER controls_sealed BEFORE UPDATE ON controls FOR EACH ROW
    WHEN (NEW.findings IS NOT NULL AND NOT only_sealed_anew(OLD.findings, NEW.findings)) EXECUTE FUNCTION refuse_change();
