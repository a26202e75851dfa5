-- +goose Up
-- What came and what was decided, by hour (since 1970, UTC), without controls and opinions.
CREATE TABLE item_hours (
    app_id  TEXT COLLATE "C" NOT NULL,
    hour    BIGINT           NOT NULL,
    arrived BIGINT           NOT NULL DEFAULT 0,
    decided BIGINT           NOT NULL DEFAULT 0,
    stopped BIGINT           NOT NULL DEFAULT 0,    -- approved or blocked after the guard had flagged or blocked
    overturned BIGINT        NOT NULL DEFAULT 0, -- and approved
    PRIMARY KEY (app_id, hour)
);

-- What each person decided, by hour; what they took back was work, too.
CREATE TABLE work_hours (
    app_id     TEXT COLLATE "C" NOT NULL,
    hour       BIGINT           NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    decisions  BIGINT           NOT NULL DEFAULT 0,
    timed      BIGINT           NOT NULL DEFAULT 0, -- those of which it is known how long was looked
    focused_ms BIGINT           NOT NULL DEFAULT 0, -- of the timed ones together
    PRIMARY KEY (app_id, hour, user_id)
);

INSERT INTO item_hours (app_id, hour, arrived)
SELECT app_id, created_at / 3600000000, COUNT(*) FROM items WHERE kind <> 'control' GROUP BY 1, 2;

INSERT INTO item_hours (app_id, hour, decided, stopped, overturned)
SELECT app_id, created_at / 3600000000, COUNT(*),
    SUM(CASE WHEN guard_verdict <> 'allow' AND judgement IN ('approve', 'block') THEN 1 ELSE 0 END),
    SUM(CASE WHEN guard_verdict <> 'allow' AND judgement = 'approve' THEN 1 ELSE 0 END)
FROM decisions WHERE opinion = 0 AND sampling_kind <> 'control' GROUP BY 1, 2
ON CONFLICT (app_id, hour) DO UPDATE SET decided = excluded.decided, stopped = excluded.stopped, overturned = excluded.overturned;

INSERT INTO work_hours (app_id, hour, user_id, decisions, timed, focused_ms)
SELECT app_id, created_at / 3600000000, actor_id, COUNT(*), COUNT(*) FILTER (WHERE focused_ms > 0), SUM(focused_ms)
FROM decisions WHERE actor_kind = 'user' GROUP BY 1, 2, 3;

-- +goose StatementBegin
CREATE FUNCTION count_item_hour() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO item_hours (app_id, hour, arrived) VALUES (NEW.app_id, NEW.created_at / 3600000000, 1)
    ON CONFLICT (app_id, hour) DO UPDATE SET arrived = item_hours.arrived + 1;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER items_hour AFTER INSERT ON items FOR EACH ROW WHEN (NEW.kind <> 'control') EXECUTE FUNCTION count_item_hour();

-- +goose StatementBegin
CREATE FUNCTION count_decision_hour() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO item_hours (app_id, hour, decided, stopped, overturned) VALUES (NEW.app_id, NEW.created_at / 3600000000, 1,
        CASE WHEN NEW.guard_verdict <> 'allow' AND NEW.judgement IN ('approve', 'block') THEN 1 ELSE 0 END,
        CASE WHEN NEW.guard_verdict <> 'allow' AND NEW.judgement = 'approve' THEN 1 ELSE 0 END)
    ON CONFLICT (app_id, hour) DO UPDATE SET decided = item_hours.decided + 1,
        stopped = item_hours.stopped + excluded.stopped, overturned = item_hours.overturned + excluded.overturned;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER decisions_hour AFTER INSERT ON decisions FOR EACH ROW
WHEN (NEW.opinion = 0 AND NEW.sampling_kind <> 'control') EXECUTE FUNCTION count_decision_hour();

-- +goose StatementBegin
CREATE FUNCTION count_work_hour() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO work_hours (app_id, hour, user_id, decisions, timed, focused_ms)
    VALUES (NEW.app_id, NEW.created_at / 3600000000, NEW.actor_id, 1, CASE WHEN NEW.focused_ms > 0 THEN 1 ELSE 0 END, NEW.focused_ms)
    ON CONFLICT (app_id, hour, user_id) DO UPDATE SET decisions = work_hours.decisions + 1,
        timed = work_hours.timed + excluded.timed, focused_ms = work_hours.focused_ms + excluded.focused_ms;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER decisions_work AFTER INSERT ON decisions FOR EACH ROW WHEN (NEW.actor_kind = 'user') EXECUTE FUNCTION count_work_hour();

-- The few decisions that say how good somebody judges.
CREATE INDEX decisions_telling ON decisions (app_id, created_at, id) WHERE blind_verdict IS NOT NULL OR sampling_kind = 'control' OR opinion > 0;
-- And those that say something about thresholds.
CREATE INDEX decisions_hidden ON decisions (app_id, created_at, id) WHERE blind_verdict IS NOT NULL OR sampling_kind = 'audit';
