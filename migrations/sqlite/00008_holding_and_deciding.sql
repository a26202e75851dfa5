-- +goose Up
ALTER TABLE items ADD COLUMN opinions INTEGER NOT NULL DEFAULT 1; -- independent judgements that it wants
ALTER TABLE items ADD COLUMN escalation TEXT NOT NULL DEFAULT ''; -- the queue that it was escalated to
ALTER TABLE items ADD COLUMN snoozed_until INTEGER NOT NULL DEFAULT 0;

-- What wakes next.
CREATE INDEX items_waking ON items (snoozed_until) WHERE state = 'snoozed';

ALTER TABLE claims ADD COLUMN beat_at INTEGER NOT NULL DEFAULT 0; -- the last heartbeat
ALTER TABLE claims ADD COLUMN kept_until INTEGER NOT NULL DEFAULT 0; -- kept without heartbeats until then

ALTER TABLE skips ADD COLUMN reason BLOB NOT NULL DEFAULT x'';

ALTER TABLE decisions ADD COLUMN opinion INTEGER NOT NULL DEFAULT 0; -- 1 or 2: one of two independent ones, settling nothing
ALTER TABLE decisions ADD COLUMN escalation TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN reverses TEXT REFERENCES decisions (id);

CREATE INDEX decisions_batch ON decisions (batch_id) WHERE batch_id <> '';
CREATE INDEX decisions_reversing ON decisions (reverses) WHERE reverses IS NOT NULL;

-- Opinions wait here, where no list, export or history looks, until both are in.
CREATE TABLE opinions (
    id         TEXT    NOT NULL PRIMARY KEY,
    item_id    TEXT    NOT NULL REFERENCES items (id),
    user_id    TEXT    NOT NULL REFERENCES users (id),
    decision   BLOB    NOT NULL, -- JSON
    created_at INTEGER NOT NULL,
    UNIQUE (item_id, user_id) -- nobody gives both
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    item_id    TEXT    NOT NULL REFERENCES items (id),
    kind       TEXT    NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    read_at    INTEGER NOT NULL DEFAULT 0, -- 0: unread
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_time ON inbox (user_id, created_at, id);
CREATE INDEX inbox_unread ON inbox (user_id, app_id) WHERE read_at = 0;
