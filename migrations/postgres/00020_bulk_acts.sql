-- +goose Up
-- What was done to many items at once, besides deciding them: each can be undone as one.
CREATE TABLE batches (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    kind       TEXT COLLATE "C" NOT NULL,
    done       BIGINT NOT NULL, -- items
    undone     BIGINT NOT NULL DEFAULT 0, -- 1: taken back
    created_at BIGINT NOT NULL
);

ALTER TABLE annotations ADD COLUMN batch_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE claims ADD COLUMN batch_id TEXT COLLATE "C" NOT NULL DEFAULT ''; -- that handed it over, until the holder has opened it

CREATE INDEX annotations_batch ON annotations (batch_id) WHERE batch_id <> '';
CREATE INDEX claims_batch ON claims (batch_id) WHERE batch_id <> '';
