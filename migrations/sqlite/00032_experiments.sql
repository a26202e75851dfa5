-- +goose Up
-- Where the bias would not show, for detectors that compare two shares.
ALTER TABLE bias_states ADD COLUMN other_alpha REAL NOT NULL DEFAULT 1;
ALTER TABLE bias_states ADD COLUMN other_beta REAL NOT NULL DEFAULT 1;
ALTER TABLE bias_states ADD COLUMN other_weight REAL NOT NULL DEFAULT 0;

-- What the user did with an Intervention, and whether it was part of an experiment.
ALTER TABLE interventions ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE interventions ADD COLUMN outcome_at INTEGER;
ALTER TABLE interventions ADD COLUMN experiment_id TEXT NOT NULL DEFAULT '';
ALTER TABLE interventions ADD COLUMN arm INTEGER NOT NULL DEFAULT 0;
CREATE INDEX interventions_user ON interventions (app_id, user_id, bias, id);

CREATE TABLE experiments (
    id         TEXT NOT NULL PRIMARY KEY,
    app_id     TEXT NOT NULL REFERENCES apps (id),
    bias       TEXT NOT NULL,
    state      TEXT NOT NULL, -- draft, running or ended
    document   BLOB NOT NULL, -- JSON: name, question, salt, arms, who and when
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX experiments_app ON experiments (app_id, id);
-- A user is part of one experiment on a bias at a time.
CREATE UNIQUE INDEX experiments_running ON experiments (app_id, bias) WHERE state = 'running';

-- Who would have been prompted, in every arm, the first time.
CREATE TABLE enrolments (
    experiment_id  TEXT NOT NULL REFERENCES experiments (id),
    user_id        TEXT NOT NULL,
    arm            INTEGER NOT NULL,
    interaction_id TEXT NOT NULL,
    enrolled_at    INTEGER NOT NULL,
    PRIMARY KEY (experiment_id, user_id)
) STRICT, WITHOUT ROWID;

-- What each of them did afterwards, the first time that a measure could be taken.
CREATE TABLE outcomes (
    experiment_id  TEXT NOT NULL REFERENCES experiments (id),
    measure        TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    arm            INTEGER NOT NULL,
    value          REAL NOT NULL,
    interaction_id TEXT NOT NULL,
    observed_at    INTEGER NOT NULL,
    PRIMARY KEY (experiment_id, measure, user_id)
) STRICT, WITHOUT ROWID;

-- In the order in which they came.
CREATE INDEX outcomes_order ON outcomes (experiment_id, measure, observed_at, user_id);
