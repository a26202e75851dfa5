-- +goose Up
-- What was done to many items at once, besides deciding them: each can be undone as one.
CREATE TABLE batches (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    kind       TEXT    NOT NULL,
    done       INTEGER NOT NULL, -- items
    undone     INTEGER NOT NULL DEFAULT 0, -- 1: taken back
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE annotations ADD COLUMN batch_id TEXT NOT NULL DEFAULT '';
ALTER TABLE claims ADD COLUMN batch_id TEXT NOT NULL DEFAULT ''; -- that handed it over, until the holder has opened it

CREATE INDEX annotations_batch ON annotations (batch_id) WHERE batch_id <> '';
CREATE INDEX claims_batch ON claims (batch_id) WHERE batch_id <> '';
