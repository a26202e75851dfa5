-- +goose Up
-- What was asked to leave as a file, by whom, what became of it, and the signed
-- statement about it, which stays when the file is gone.
CREATE TABLE exports (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" REFERENCES users (id), -- NULL: the command line
    mark       TEXT COLLATE "C" NOT NULL, -- what the lines of its CSV carry
    state      TEXT COLLATE "C" NOT NULL,
    document   BYTEA            NOT NULL, -- JSON
    created_at BIGINT           NOT NULL,
    touched_at BIGINT           NOT NULL, -- the last sign of life of who makes it
    expires_at BIGINT           NOT NULL  -- of its file; 0: there is none
);

CREATE INDEX exports_user ON exports (user_id, created_at, id);
CREATE INDEX exports_time ON exports (created_at, id);
CREATE INDEX exports_mark ON exports (mark);
CREATE INDEX exports_work ON exports (state, created_at) WHERE state IN ('waiting', 'running', 'sending', 'done');

-- People are told of exports, too, which belong to no App and no item.
ALTER TABLE inbox ALTER COLUMN app_id DROP NOT NULL, ALTER COLUMN item_id DROP NOT NULL;
