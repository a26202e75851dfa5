-- +goose Up
-- Lists of the queue that somebody has named.
CREATE TABLE saved_views (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id   TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    app_id     TEXT COLLATE "C" REFERENCES apps (id), -- everybody who sees this App has it; NULL is the owner's alone
    name       BYTEA NOT NULL,
    query      BYTEA NOT NULL, -- of the list's address
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX saved_views_own ON saved_views (owner_id, name) WHERE app_id IS NULL;
CREATE UNIQUE INDEX saved_views_shared ON saved_views (app_id, name) WHERE app_id IS NOT NULL;
-- How many somebody has, shared ones among them.
CREATE INDEX saved_views_owner ON saved_views (owner_id);
