-- +goose Up
-- How somebody wants to work: a JSON document of the application's. Who has set nothing has no row.
CREATE TABLE preferences (
    user_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id),
    document BYTEA NOT NULL
);
