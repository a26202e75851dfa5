-- +goose Up
-- Authenticators with which people sign in (WebAuthn). The document holds the public key, the flags and the sign counter;
-- nothing of it is secret.
CREATE TABLE passkeys (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id       TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    credential_id BYTEA            NOT NULL UNIQUE,
    name          BYTEA            NOT NULL,
    document      BYTEA            NOT NULL,
    created_at    BIGINT           NOT NULL,
    used_at       BIGINT
);

CREATE INDEX passkeys_of_user ON passkeys (user_id, created_at);
