-- +goose Up
-- Who somebody is at a provider of single sign-on. The provider's name for them never changes; an
-- e-mail address may.
CREATE TABLE sso_identities (
    issuer     TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX sso_identities_of_user ON sso_identities (user_id);
