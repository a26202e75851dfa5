-- +goose Up
-- Where what happened came from: JSON, empty for what Guardroom does by itself.
ALTER TABLE events ADD COLUMN origin BLOB NOT NULL DEFAULT x'';

-- How far those who follow the chain have come.
CREATE TABLE event_followers (
    name TEXT    NOT NULL PRIMARY KEY,
    seq  INTEGER NOT NULL -- of the last event that they confirmed
) STRICT, WITHOUT ROWID;
