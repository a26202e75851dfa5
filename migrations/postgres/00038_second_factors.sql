-- +goose Up
-- The secret that somebody's authenticator app shares with us, sealed. Without confirmed_at it
-- counts for nothing yet. last_step is the time step of the last code taken: none works twice.
CREATE TABLE totp (
    user_id      TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id),
    sealed       BYTEA            NOT NULL,
    created_at   BIGINT           NOT NULL,
    confirmed_at BIGINT,
    last_step    BIGINT           NOT NULL DEFAULT 0
);

-- Codes for when the app is lost. Only their digest is kept; a row is deleted when it is used.
CREATE TABLE recovery_codes (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    hash    BYTEA            NOT NULL,
    PRIMARY KEY (user_id, hash)
);
