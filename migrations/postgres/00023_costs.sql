-- +goose Up
-- What the interactions of a user of an App cost in an hour (since 1970, UTC), in millionths of the policy's currency, and how
-- many were refused beyond quotas and budgets; without a user, of all of them.
CREATE TABLE conduct_costs (
    app_id  TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    user_id TEXT COLLATE "C" NOT NULL,
    hour    BIGINT NOT NULL,
    denied  BIGINT NOT NULL,
    cost    BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id, hour)
);
