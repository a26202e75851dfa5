-- +goose Up
-- Where the bias would not show, for detectors that compare two shares.
ALTER TABLE bias_states ADD COLUMN other_alpha DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE bias_states ADD COLUMN other_beta DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE bias_states ADD COLUMN other_weight DOUBLE PRECISION NOT NULL DEFAULT 0;

-- What the user did with an Intervention, and whether it was part of an experiment.
ALTER TABLE interventions ADD COLUMN outcome TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE interventions ADD COLUMN outcome_at BIGINT;
ALTER TABLE interventions ADD COLUMN experiment_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE interventions ADD COLUMN arm INTEGER NOT NULL DEFAULT 0;
CREATE INDEX interventions_user ON interventions (app_id, user_id, bias, id);

CREATE TABLE experiments (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    bias       TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL, -- draft, running or ended
    document   BYTEA NOT NULL, -- JSON: name, question, salt, arms, who and when
    created_at BIGINT NOT NULL
);

CREATE INDEX experiments_app ON experiments (app_id, id);
-- A user is part of one experiment on a bias at a time.
CREATE UNIQUE INDEX experiments_running ON experiments (app_id, bias) WHERE state = 'running';

-- Who would have been prompted, in every arm, the first time.
CREATE TABLE enrolments (
    experiment_id  TEXT COLLATE "C" NOT NULL REFERENCES experiments (id),
    user_id        TEXT COLLATE "C" NOT NULL,
    arm            INTEGER NOT NULL,
    interaction_id TEXT COLLATE "C" NOT NULL,
    enrolled_at    BIGINT NOT NULL,
    PRIMARY KEY (experiment_id, user_id)
);

-- What each of them did afterwards, the first time that a measure could be taken.
CREATE TABLE outcomes (
    experiment_id  TEXT COLLATE "C" NOT NULL REFERENCES experiments (id),
    measure        TEXT COLLATE "C" NOT NULL,
    user_id        TEXT COLLATE "C" NOT NULL,
    arm            INTEGER NOT NULL,
    value          DOUBLE PRECISION NOT NULL,
    interaction_id TEXT COLLATE "C" NOT NULL,
    observed_at    BIGINT NOT NULL,
    PRIMARY KEY (experiment_id, measure, user_id)
);

-- In the order in which they came.
CREATE INDEX outcomes_order ON outcomes (experiment_id, measure, observed_at, user_id);
