-- +goose Up
-- One draft an App; its document, like that of a version, is JSON.
CREATE TABLE policy_drafts (
    app_id      TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES apps (id),
    revision    TEXT COLLATE "C" NOT NULL,
    base        BIGINT           NOT NULL, -- the version that was live when the draft was begun
    document    BYTEA            NOT NULL,
    actor_kind  TEXT COLLATE "C" NOT NULL,
    actor_id    TEXT COLLATE "C" NOT NULL,
    modified_at BIGINT           NOT NULL
);

-- What each detector found on a day (UTC, since 1970) and what analysts made of it.
-- Outcome is found (Interactions, without a kind), item, or a judgement; all are
-- counted on the day when the Interaction or the Item was made.
CREATE TABLE detector_days (
    app_id      TEXT COLLATE "C" NOT NULL,
    day         BIGINT           NOT NULL,
    detector    TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    n           BIGINT           NOT NULL,
    PRIMARY KEY (app_id, day, detector, kind, outcome)
);

-- Of what was allowed without an Item only the guard's own record knows the findings,
-- as JSON; such Interactions of the past stay uncounted.
INSERT INTO detector_days (app_id, day, detector, kind, outcome, n)
SELECT i.app_id, i.created_at / 86400000000, f.detector, '', 'found', COUNT(DISTINCT i.interaction_id)
FROM items i JOIN item_findings f ON f.item_id = i.id GROUP BY 1, 2, 3;

INSERT INTO detector_days (app_id, day, detector, kind, outcome, n)
SELECT i.app_id, i.created_at / 86400000000, f.detector, i.kind, 'item', COUNT(DISTINCT i.id)
FROM items i JOIN item_findings f ON f.item_id = i.id GROUP BY 1, 2, 3, 4;

INSERT INTO detector_days (app_id, day, detector, kind, outcome, n)
SELECT i.app_id, i.created_at / 86400000000, f.detector, i.kind, d.judgement, COUNT(DISTINCT d.id)
FROM decisions d JOIN items i ON i.id = d.item_id JOIN item_findings f ON f.item_id = i.id
WHERE NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id) GROUP BY 1, 2, 3, 4, 5;
