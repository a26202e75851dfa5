-- +goose Up
-- How somebody wants to work: a JSON document of the application's. Who has set nothing has no row.
CREATE TABLE preferences (
    user_id  TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    document BLOB NOT NULL
) STRICT;
