-- +goose Up
-- What a user who is limited may still send; 0 bounds nothing.
ALTER TABLE restrictions ADD COLUMN most_requests BIGINT NOT NULL DEFAULT 0; -- in any minute
ALTER TABLE restrictions ADD COLUMN most_tokens BIGINT NOT NULL DEFAULT 0; -- in any hour
