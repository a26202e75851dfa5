-- +goose Up
-- A rule may be about any user: each of whom there is a reason has an alert of their own. And it may say again what goes on.
ALTER TABLE alert_rules ADD COLUMN per_user INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_rules ADD COLUMN remind_hours INTEGER NOT NULL DEFAULT 0; -- 0: it is said once

ALTER TABLE alerts ADD COLUMN user_id TEXT COLLATE "C" NOT NULL DEFAULT ''; -- of a rule about users
ALTER TABLE alerts ADD COLUMN reminded_at BIGINT;

DROP INDEX alerts_open;
CREATE UNIQUE INDEX alerts_open ON alerts (rule_id, subject, user_id) WHERE resolved_at IS NULL;
