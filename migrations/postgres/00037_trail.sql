-- +goose Up
-- Where what happened came from: JSON, empty for what Guardroom does by itself.
ALTER TABLE events ADD COLUMN origin BYTEA NOT NULL DEFAULT '';

-- How far those who follow the chain have come.
CREATE TABLE event_followers (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq  BIGINT           NOT NULL -- of the last event that they confirmed
);
