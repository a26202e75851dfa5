-- +goose Up
-- What the interactions of a user of an App cost in an hour (since 1970, UTC), in millionths of the policy's currency, and how
-- many were refused beyond quotas and budgets; without a user, of all of them.
CREATE TABLE conduct_costs (
    app_id  TEXT NOT NULL REFERENCES apps (id),
    user_id TEXT NOT NULL,
    hour    INTEGER NOT NULL,
    denied  INTEGER NOT NULL,
    cost    INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id, hour)
) STRICT, WITHOUT ROWID;
