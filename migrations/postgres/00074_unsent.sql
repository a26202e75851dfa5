-- +goose Up
-- What went in was refused, and no model was asked.
ALTER TABLE interactions ADD COLUMN unsent BOOLEAN NOT NULL DEFAULT FALSE;
