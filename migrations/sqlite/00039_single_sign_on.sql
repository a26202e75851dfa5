-- +goose Up
-- Who somebody is at a provider of single sign-on. The provider's name for them never changes; an
-- e-mail address may.
CREATE TABLE sso_identities (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX sso_identities_of_user ON sso_identities (user_id);
