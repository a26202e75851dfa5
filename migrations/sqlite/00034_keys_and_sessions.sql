-- +goose Up
-- What a key is for, what it opens, and how long. A key made before had every scope.
ALTER TABLE api_keys ADD COLUMN name       BLOB NOT NULL DEFAULT x'';
ALTER TABLE api_keys ADD COLUMN scopes     TEXT NOT NULL DEFAULT 'submit read model approve webhook';
ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
ALTER TABLE api_keys ADD COLUMN used_at    INTEGER;

CREATE INDEX api_keys_of_app ON api_keys (app_id, created_at);

-- Whose a session is, and the mark under which the audit trail and lists know it.
ALTER TABLE sessions ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN mark    TEXT NOT NULL DEFAULT '';

CREATE INDEX sessions_of_user ON sessions (user_id) WHERE user_id <> '';

-- Links that let a person choose a password, once. Only their digest is kept.
CREATE TABLE invitations (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL UNIQUE REFERENCES users (id), -- a new link ends the one before
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
