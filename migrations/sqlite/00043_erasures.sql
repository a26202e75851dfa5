-- +goose Up
-- Whose data is to be erased, or was. The user's id is here only until it is done; its hash stays for who asks later.
CREATE TABLE erasures (
    id          TEXT    NOT NULL PRIMARY KEY,
    app_id      TEXT    NOT NULL REFERENCES apps (id),
    user_id     TEXT    NOT NULL,
    user_hash   BLOB    NOT NULL, -- SHA-256 over the erasure's id and the user's
    reason      BLOB    NOT NULL,
    actor_kind  TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    texts       INTEGER NOT NULL DEFAULT 0, -- interactions whose texts were removed for it
    words       INTEGER NOT NULL DEFAULT 0, -- reasons and notes
    named       INTEGER NOT NULL DEFAULT 0, -- interactions that named the user
    figures     INTEGER NOT NULL DEFAULT 0  -- rows of figures that were kept by user
) STRICT, WITHOUT ROWID;

CREATE INDEX erasures_app ON erasures (app_id, created_at, id);
CREATE UNIQUE INDEX erasures_running ON erasures (app_id, user_id) WHERE finished_at IS NULL;
