-- +goose Up
-- What calls took and cost, by day and by month (both since 1970, UTC). Sums stand beside their parts, so that nobody has to add
-- up what grows with the users: side says what a row is of.
CREATE TABLE cost_days (
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    side       BIGINT NOT NULL, -- 0 everything, 1 a model, 2 a user, 3 a model of a user; the other columns are '' then
    user_id    TEXT COLLATE "C" NOT NULL,
    model      TEXT COLLATE "C" NOT NULL,
    day        BIGINT NOT NULL,
    calls      BIGINT NOT NULL,
    tokens_in  BIGINT NOT NULL,
    tokens_out BIGINT NOT NULL,
    cost       BIGINT NOT NULL, -- in millionths of the policy's currency
    PRIMARY KEY (app_id, side, user_id, model, day)
);

CREATE TABLE cost_months (
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    side       BIGINT NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    model      TEXT COLLATE "C" NOT NULL,
    month      BIGINT NOT NULL,
    calls      BIGINT NOT NULL,
    tokens_in  BIGINT NOT NULL,
    tokens_out BIGINT NOT NULL,
    cost       BIGINT NOT NULL,
    PRIMARY KEY (app_id, side, month, user_id, model)
);

-- The dearest users, of everything or of a model, and the dearest models, of everything or of a user.
CREATE INDEX cost_months_users ON cost_months (app_id, side, month, model, cost, tokens_in, user_id);
CREATE INDEX cost_months_models ON cost_months (app_id, side, month, user_id, cost, tokens_in, model);
