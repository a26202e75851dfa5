-- +goose Up
-- A key that signs requests is never sent, so that a digest of it would not do: it is kept, sealed.
ALTER TABLE api_keys ADD COLUMN signs   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN signing BYTEA  NOT NULL DEFAULT '';
