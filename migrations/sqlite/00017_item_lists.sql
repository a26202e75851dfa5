-- +goose Up
-- Items are numbered in the order in which they were opened.
ALTER TABLE items ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0; -- that screened the interaction

UPDATE items SET number = o.n, policy_version = o.version FROM (
    SELECT i.id, ROW_NUMBER() OVER (ORDER BY i.created_at, i.id) AS n, COALESCE(s.policy_version, 0) AS version
    FROM items i LEFT JOIN assessments s ON s.interaction_id = i.interaction_id) o
WHERE o.id = items.id;

-- The lists of the queue stand in the place of these.
DROP INDEX items_queue;
DROP INDEX items_queue_of_app;
-- From a line of a list to what filters ask of its item, without the row.
CREATE INDEX items_number ON items (number, id, rank, due_at, created_at, risk);

-- One list for each scope (an App and who sees what in it), state, property and order; what few items have is
-- listed in one order. The name of a list is the hash of all these, list_id.
CREATE TABLE item_lists (
    list   INTEGER NOT NULL,
    key    INTEGER NOT NULL, -- the order
    number INTEGER NOT NULL, -- items.number
    PRIMARY KEY (list, key, number)
) STRICT, WITHOUT ROWID;

-- Whose lists an item is on. Everybody who sees the App has its own. What is judged blind
-- is on the lists of those who judge without what the guard says (guarded), on those of
-- everybody else, and on those of who has judged it. A control is on the lists of
-- the one whom it is for.
CREATE VIEW item_scopes (id, scope, guarded) AS
SELECT id, app_id, FALSE FROM items WHERE kind <> 'control' AND NOT (blind AND state = 'open')
UNION ALL SELECT id, app_id || '/blind', TRUE FROM items WHERE kind <> 'control' AND blind AND state = 'open'
UNION ALL SELECT id, app_id || '/sighted', FALSE FROM items WHERE kind <> 'control' AND blind AND state = 'open'
UNION ALL SELECT i.id, i.app_id || '/control/' || k.user_id, FALSE
    FROM items i JOIN controls k ON k.item_id = i.id WHERE i.kind = 'control' AND NOT (i.blind AND i.state = 'open')
UNION ALL SELECT i.id, i.app_id || '/control-blind/' || k.user_id, TRUE
    FROM items i JOIN controls k ON k.item_id = i.id WHERE i.kind = 'control' AND i.blind AND i.state = 'open'
UNION ALL SELECT i.id, i.app_id || '/seen/' || b.user_id, FALSE
    FROM items i JOIN blind_verdicts b ON b.item_id = i.id WHERE i.blind AND i.state = 'open';

-- Every property by which an item can be listed, in each scope, with its place in every
-- order. The property without a name is that of all.
CREATE VIEW item_terms (id, number, state, scope, guarded, by_priority, by_age, by_risk, by_due, name, value) AS
SELECT i.id, i.number, i.state, c.scope, c.guarded, i.rank, i.created_at, CAST(i.risk * 100 + 0.5 AS INTEGER), i.due_at, p.name,
    CASE p.name WHEN 'kind' THEN CASE WHEN c.guarded THEN 'interaction' WHEN i.kind <> 'control' THEN i.kind WHEN i.verdict = 'allow' THEN 'audit' ELSE 'interaction' END
    WHEN 'severity' THEN i.severity WHEN 'user' THEN i.user_id WHEN 'model' THEN i.model WHEN 'policy' THEN CAST(i.policy_version AS TEXT) ELSE '' END
FROM items i CROSS JOIN (SELECT '' AS name UNION ALL SELECT 'kind' UNION ALL SELECT 'severity' UNION ALL SELECT 'user' UNION ALL SELECT 'model' UNION ALL SELECT 'policy') p
JOIN item_scopes c ON c.id = i.id
WHERE (p.name <> 'user' OR i.user_id <> '') AND (p.name <> 'model' OR i.model <> '') AND NOT (c.guarded AND p.name = 'severity')
UNION ALL SELECT i.id, i.number, i.state, c.scope, c.guarded, i.rank, i.created_at, CAST(i.risk * 100 + 0.5 AS INTEGER), i.due_at, p.name, CASE p.name WHEN 'detector' THEN f.detector ELSE f.category END
FROM item_findings f JOIN items i ON i.id = f.item_id CROSS JOIN (SELECT 'detector' AS name UNION ALL SELECT 'category') p
JOIN item_scopes c ON c.id = i.id WHERE NOT c.guarded
UNION ALL SELECT i.id, i.number, i.state, c.scope, c.guarded, i.rank, i.created_at, CAST(i.risk * 100 + 0.5 AS INTEGER), i.due_at, p.name, CASE p.name WHEN 'label' THEN d.label ELSE d.actor_id END
FROM decisions d JOIN items i ON i.id = d.item_id CROSS JOIN (SELECT 'label' AS name UNION ALL SELECT 'by') p
JOIN item_scopes c ON c.id = i.id
WHERE NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id) AND NOT (c.guarded AND p.name = 'label')
    AND (p.name <> 'label' OR d.label <> '') AND (p.name <> 'by' OR d.actor_kind = 'user');

INSERT INTO item_lists (list, key, number)
SELECT DISTINCT list_id(t.scope, t.state, s.sort, t.name, t.value),
    CASE s.sort WHEN 'priority' THEN t.by_priority WHEN 'age' THEN t.by_age WHEN 'risk' THEN t.by_risk ELSE t.by_due END, t.number
FROM item_terms t CROSS JOIN (SELECT 'priority' AS sort UNION ALL SELECT 'age' UNION ALL SELECT 'risk' UNION ALL SELECT 'due') s
WHERE (s.sort <> 'due' OR t.name = '') AND (s.sort = 'priority' OR t.name NOT IN ('user', 'label', 'by')) AND NOT (s.sort = 'risk' AND t.guarded)
ORDER BY 1, 2, 3;
