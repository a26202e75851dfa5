-- +goose Up
-- Whose pages may call an App's API from a browser: scheme and host, exactly.
CREATE TABLE app_origins (
    app_id TEXT NOT NULL REFERENCES apps (id),
    origin TEXT NOT NULL,
    PRIMARY KEY (app_id, origin)
) STRICT, WITHOUT ROWID;

CREATE INDEX app_origins_named ON app_origins (origin);
