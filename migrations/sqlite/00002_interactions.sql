-- +goose Up
-- Small columns come first: a list reads them without walking through the texts.
CREATE TABLE interactions (
    id                TEXT    NOT NULL PRIMARY KEY,
    app_id            TEXT    NOT NULL REFERENCES apps (id),
    external_id       TEXT    NOT NULL, -- '' when the App gave none
    user_id           TEXT    NOT NULL,
    session_id        TEXT    NOT NULL,
    conversation_id   TEXT    NOT NULL,
    turn              INTEGER NOT NULL,
    model             TEXT    NOT NULL,
    model_version     TEXT    NOT NULL,
    content_hash      BLOB    NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    latency_ms        INTEGER NOT NULL,
    occurred_at       INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER,
    excerpt           BLOB    NOT NULL, -- start of the redacted prompt, for lists
    error             BLOB    NOT NULL,
    context           BLOB,
    prompt            BLOB    NOT NULL,
    response          BLOB    NOT NULL,
    content           BLOB              -- JSON of the other texts: system, messages, documents, tool calls
) STRICT;

-- A repeated submission finds its first answer.
CREATE UNIQUE INDEX interactions_external ON interactions (app_id, external_id) WHERE external_id <> '';
-- An item's page shows the end user's latest interactions.
CREATE INDEX interactions_user ON interactions (app_id, user_id, created_at) WHERE user_id <> '';

CREATE TABLE assessments (
    interaction_id TEXT    NOT NULL PRIMARY KEY REFERENCES interactions (id),
    verdict        TEXT    NOT NULL,
    risk           REAL    NOT NULL,
    policy_version INTEGER NOT NULL,
    screening_us   INTEGER NOT NULL,
    findings       BLOB, -- JSON, like the two below
    failures       BLOB,
    redactions     BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (
    id             TEXT    NOT NULL PRIMARY KEY,
    interaction_id TEXT    NOT NULL UNIQUE REFERENCES interactions (id),
    document       BLOB    NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE bias_states (
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    user_id    TEXT    NOT NULL,
    detector   TEXT    NOT NULL,
    alpha      REAL    NOT NULL,
    beta       REAL    NOT NULL,
    weight     REAL    NOT NULL,
    firing     INTEGER NOT NULL,
    fired_at   INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id, detector)
) STRICT, WITHOUT ROWID;
