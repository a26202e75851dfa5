-- +goose Up
-- Whose data is to be erased, or was. The user's id is here only until it is done; its hash stays for who asks later.
CREATE TABLE erasures (
    id          TEXT COLLATE "C"  NOT NULL PRIMARY KEY,
    app_id      TEXT COLLATE "C"  NOT NULL REFERENCES apps (id),
    user_id     TEXT COLLATE "C"  NOT NULL,
    user_hash   BYTEA   NOT NULL, -- SHA-256 over the erasure's id and the user's
    reason      BYTEA   NOT NULL,
    actor_kind  TEXT COLLATE "C"  NOT NULL,
    actor_id    TEXT COLLATE "C"  NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    texts       BIGINT NOT NULL DEFAULT 0, -- interactions whose texts were removed for it
    words       BIGINT NOT NULL DEFAULT 0, -- reasons and notes
    named       BIGINT NOT NULL DEFAULT 0, -- interactions that named the user
    figures     BIGINT NOT NULL DEFAULT 0  -- rows of figures that were kept by user
);

CREATE INDEX erasures_app ON erasures (app_id, created_at, id);
CREATE UNIQUE INDEX erasures_running ON erasures (app_id, user_id) WHERE finished_at IS NULL;
