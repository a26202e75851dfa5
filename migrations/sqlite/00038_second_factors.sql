-- +goose Up
-- The secret that somebody's authenticator app shares with us, sealed. Without confirmed_at it
-- counts for nothing yet. last_step is the time step of the last code taken: none works twice.
CREATE TABLE totp (
    user_id      TEXT    NOT NULL PRIMARY KEY REFERENCES users (id),
    sealed       BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_step    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Codes for when the app is lost. Only their digest is kept; a row is deleted when it is used.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    hash    BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;
