-- +goose Up
-- Lists of the queue that somebody has named.
CREATE TABLE saved_views (
    id         TEXT    NOT NULL PRIMARY KEY,
    owner_id   TEXT    NOT NULL REFERENCES users (id),
    app_id     TEXT    REFERENCES apps (id), -- everybody who sees this App has it; NULL is the owner's alone
    name       BLOB    NOT NULL,
    query      BLOB    NOT NULL, -- of the list's address
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX saved_views_own ON saved_views (owner_id, name) WHERE app_id IS NULL;
CREATE UNIQUE INDEX saved_views_shared ON saved_views (app_id, name) WHERE app_id IS NOT NULL;
-- How many somebody has, shared ones among them.
CREATE INDEX saved_views_owner ON saved_views (owner_id);
