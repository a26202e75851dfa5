-- +goose Up
-- Authenticators with which people sign in (WebAuthn). The document holds the public key, the flags and the sign counter;
-- nothing of it is secret.
CREATE TABLE passkeys (
    id            TEXT    NOT NULL PRIMARY KEY,
    user_id       TEXT    NOT NULL REFERENCES users (id),
    credential_id BLOB    NOT NULL UNIQUE,
    name          BLOB    NOT NULL,
    document      BLOB    NOT NULL,
    created_at    INTEGER NOT NULL,
    used_at       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_of_user ON passkeys (user_id, created_at);
