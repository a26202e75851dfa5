-- +goose Up
-- Alerts go to webhooks and to channels that are told in another way; where those lead is sealed, in the place of the secret.
ALTER TABLE webhooks ADD COLUMN kind TEXT NOT NULL DEFAULT 'webhook';
ALTER TABLE webhooks ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE webhooks ADD COLUMN least TEXT NOT NULL DEFAULT ''; -- severity of the alerts that are told

-- What somebody wants to be told of.
CREATE TABLE alert_rules (
    id             TEXT    NOT NULL PRIMARY KEY,
    app_id         TEXT    NOT NULL REFERENCES apps (id),
    name           TEXT    NOT NULL,
    metric         TEXT    NOT NULL,
    condition      TEXT    NOT NULL, -- above, below, unusual
    threshold      REAL    NOT NULL,
    detector       TEXT    NOT NULL,
    severity       TEXT    NOT NULL,
    silenced_until INTEGER NOT NULL, -- 0: it is not
    silence_reason BLOB    NOT NULL,
    created_at     INTEGER NOT NULL,
    ended_at       INTEGER
) STRICT;

CREATE INDEX alert_rules_app ON alert_rules (app_id, name, id) WHERE ended_at IS NULL;

-- Each time that a rule had a reason. One of a rule and subject is open at most, however many servers look.
CREATE TABLE alerts (
    id          TEXT    NOT NULL PRIMARY KEY,
    app_id      TEXT    NOT NULL REFERENCES apps (id),
    rule_id     TEXT    NOT NULL REFERENCES alert_rules (id),
    subject     TEXT    NOT NULL, -- the detector, for a rule on several
    metric      TEXT    NOT NULL,
    condition   TEXT    NOT NULL,
    severity    TEXT    NOT NULL,
    value       REAL    NOT NULL,
    bound       REAL    NOT NULL,
    raised_at   INTEGER NOT NULL,
    fired_at    INTEGER NOT NULL, -- when there was last a reason
    told_at     INTEGER,
    resolved_at INTEGER,
    ended_told  INTEGER           -- when it was told that it is over
) STRICT;

CREATE UNIQUE INDEX alerts_open ON alerts (rule_id, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_recent ON alerts (app_id, raised_at, id);
CREATE INDEX alerts_told ON alerts (app_id, told_at);
CREATE INDEX alerts_ended_told ON alerts (app_id, ended_told);
CREATE INDEX alerts_untold ON alerts (app_id, raised_at, id) WHERE told_at IS NULL AND resolved_at IS NULL;
CREATE INDEX alerts_end_untold ON alerts (app_id, raised_at, id) WHERE ended_told IS NULL AND resolved_at IS NOT NULL AND told_at IS NOT NULL;

-- How often each detector could not answer, by hour (since 1970, UTC).
CREATE TABLE failure_hours (
    app_id   TEXT    NOT NULL REFERENCES apps (id),
    hour     INTEGER NOT NULL,
    detector TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (app_id, hour, detector)
) STRICT, WITHOUT ROWID;

-- What was given up, newest first.
CREATE INDEX deliveries_given_up ON deliveries (webhook_id, tried_at) WHERE state = 'dead';
CREATE INDEX deliveries_topic ON deliveries (webhook_id, topic, id);
