-- +goose Up
-- What a key is for, what it opens, and how long. A key made before had every scope.
ALTER TABLE api_keys ADD COLUMN name       BYTEA NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN scopes     TEXT COLLATE "C" NOT NULL DEFAULT 'submit read model approve webhook';
ALTER TABLE api_keys ADD COLUMN expires_at BIGINT;
ALTER TABLE api_keys ADD COLUMN used_at    BIGINT;

CREATE INDEX api_keys_of_app ON api_keys (app_id, created_at);

-- Whose a session is, and the mark under which the audit trail and lists know it.
ALTER TABLE sessions ADD COLUMN user_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN mark    TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX sessions_of_user ON sessions (user_id) WHERE user_id <> '';

-- Links that let a person choose a password, once. Only their digest is kept.
CREATE TABLE invitations (
    token_hash BYTEA            NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES users (id), -- a new link ends the one before
    expires_at BIGINT           NOT NULL
);
