-- +goose Up
-- 1: what went in was refused, and no model was asked.
ALTER TABLE interactions ADD COLUMN unsent INTEGER NOT NULL DEFAULT 0;
