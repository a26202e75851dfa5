-- +goose Up
-- What was asked to leave as a file, by whom, what became of it, and the signed
-- statement about it, which stays when the file is gone.
CREATE TABLE exports (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    REFERENCES users (id), -- NULL: the command line
    mark       TEXT    NOT NULL, -- what the lines of its CSV carry
    state      TEXT    NOT NULL,
    document   BLOB    NOT NULL, -- JSON
    created_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL, -- the last sign of life of who makes it
    expires_at INTEGER NOT NULL  -- of its file; 0: there is none
) STRICT, WITHOUT ROWID;

CREATE INDEX exports_user ON exports (user_id, created_at, id);
CREATE INDEX exports_time ON exports (created_at, id);
CREATE INDEX exports_mark ON exports (mark);
CREATE INDEX exports_work ON exports (state, created_at) WHERE state IN ('waiting', 'running', 'sending', 'done');

-- People are told of exports, too, which belong to no App and no item.
CREATE TABLE inbox_new (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    app_id     TEXT    REFERENCES apps (id),
    item_id    TEXT    REFERENCES items (id),
    kind       TEXT    NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    read_at    INTEGER NOT NULL DEFAULT 0, -- 0: unread
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO inbox_new SELECT id, user_id, app_id, item_id, kind, actor_kind, actor_id, body, read_at, created_at FROM inbox;
DROP TABLE inbox;
ALTER TABLE inbox_new RENAME TO inbox;
CREATE INDEX inbox_time ON inbox (user_id, created_at, id);
CREATE INDEX inbox_unread ON inbox (user_id, app_id) WHERE read_at = 0;
