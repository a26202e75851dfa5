-- +goose Up
-- Whose pages may call an App's API from a browser: scheme and host, exactly.
CREATE TABLE app_origins (
    app_id TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    origin TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (app_id, origin)
);

CREATE INDEX app_origins_named ON app_origins (origin);
