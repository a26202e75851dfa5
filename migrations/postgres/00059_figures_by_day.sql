-- +goose Up
-- How long screenings took, by day (since 1970, UTC): a bucket ends 2^((bucket+1)/8) microseconds from zero.
-- What was screened before is not counted.
CREATE TABLE screening_days (
    app_id TEXT COLLATE "C" NOT NULL,
    day    BIGINT           NOT NULL,
    bucket BIGINT           NOT NULL,
    n      BIGINT           NOT NULL,
    PRIMARY KEY (app_id, day, bucket)
);

-- What somebody decided one after the other.
CREATE INDEX decisions_in_a_row ON decisions (actor_id, created_at, id) WHERE actor_kind = 'user' AND batch_id = '';
