-- +goose Up
-- Alerts go to webhooks and to channels that are told in another way; where those lead is sealed, in the place of the secret.
ALTER TABLE webhooks ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'webhook';
ALTER TABLE webhooks ADD COLUMN name TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE webhooks ADD COLUMN least TEXT COLLATE "C" NOT NULL DEFAULT ''; -- severity of the alerts that are told

-- What somebody wants to be told of.
CREATE TABLE alert_rules (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id         TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    name           TEXT COLLATE "C" NOT NULL,
    metric         TEXT COLLATE "C" NOT NULL,
    condition      TEXT COLLATE "C" NOT NULL, -- above, below, unusual
    threshold      DOUBLE PRECISION NOT NULL,
    detector       TEXT COLLATE "C" NOT NULL,
    severity       TEXT COLLATE "C" NOT NULL,
    silenced_until BIGINT NOT NULL, -- 0: it is not
    silence_reason BYTEA NOT NULL,
    created_at     BIGINT NOT NULL,
    ended_at       BIGINT
);

CREATE INDEX alert_rules_app ON alert_rules (app_id, name, id) WHERE ended_at IS NULL;

-- Each time that a rule had a reason. One of a rule and subject is open at most, however many servers look.
CREATE TABLE alerts (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id      TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    rule_id     TEXT COLLATE "C" NOT NULL REFERENCES alert_rules (id),
    subject     TEXT COLLATE "C" NOT NULL, -- the detector, for a rule on several
    metric      TEXT COLLATE "C" NOT NULL,
    condition   TEXT COLLATE "C" NOT NULL,
    severity    TEXT COLLATE "C" NOT NULL,
    value       DOUBLE PRECISION NOT NULL,
    bound       DOUBLE PRECISION NOT NULL,
    raised_at   BIGINT NOT NULL,
    fired_at    BIGINT NOT NULL, -- when there was last a reason
    told_at     BIGINT,
    resolved_at BIGINT,
    ended_told  BIGINT -- when it was told that it is over
);

CREATE UNIQUE INDEX alerts_open ON alerts (rule_id, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_recent ON alerts (app_id, raised_at, id);
CREATE INDEX alerts_told ON alerts (app_id, told_at);
CREATE INDEX alerts_ended_told ON alerts (app_id, ended_told);
CREATE INDEX alerts_untold ON alerts (app_id, raised_at, id) WHERE told_at IS NULL AND resolved_at IS NULL;
CREATE INDEX alerts_end_untold ON alerts (app_id, raised_at, id) WHERE ended_told IS NULL AND resolved_at IS NOT NULL AND told_at IS NOT NULL;

-- How often each detector could not answer, by hour (since 1970, UTC).
CREATE TABLE failure_hours (
    app_id   TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    hour     BIGINT NOT NULL,
    detector TEXT COLLATE "C" NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (app_id, hour, detector)
);

-- What was given up, newest first.
CREATE INDEX deliveries_given_up ON deliveries (webhook_id, tried_at) WHERE state = 'dead';
CREATE INDEX deliveries_topic ON deliveries (webhook_id, topic, id);
