-- +goose Up
-- What calls took and cost, by day and by month (both since 1970, UTC). Sums stand beside their parts, so that nobody has to add
-- up what grows with the users: side says what a row is of.
CREATE TABLE cost_days (
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    side       INTEGER NOT NULL, -- 0 everything, 1 a model, 2 a user, 3 a model of a user; the other columns are '' then
    user_id    TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    day        INTEGER NOT NULL,
    calls      INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost       INTEGER NOT NULL, -- in millionths of the policy's currency
    PRIMARY KEY (app_id, side, user_id, model, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE cost_months (
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    side       INTEGER NOT NULL,
    user_id    TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    month      INTEGER NOT NULL,
    calls      INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost       INTEGER NOT NULL,
    PRIMARY KEY (app_id, side, month, user_id, model)
) STRICT, WITHOUT ROWID;

-- The dearest users, of everything or of a model, and the dearest models, of everything or of a user.
CREATE INDEX cost_months_users ON cost_months (app_id, side, month, model, cost, tokens_in, user_id);
CREATE INDEX cost_months_models ON cost_months (app_id, side, month, user_id, cost, tokens_in, model);
