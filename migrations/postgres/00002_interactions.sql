-- +goose Up
-- Small columns come first: a list reads them without walking through the texts.
CREATE TABLE interactions (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id            TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    external_id       TEXT COLLATE "C" NOT NULL, -- '' when the App gave none
    user_id           TEXT COLLATE "C" NOT NULL,
    session_id        TEXT COLLATE "C" NOT NULL,
    conversation_id   TEXT COLLATE "C" NOT NULL,
    turn              BIGINT           NOT NULL,
    model             TEXT COLLATE "C" NOT NULL,
    model_version     TEXT COLLATE "C" NOT NULL,
    content_hash      BYTEA            NOT NULL,
    prompt_tokens     BIGINT           NOT NULL,
    completion_tokens BIGINT           NOT NULL,
    latency_ms        BIGINT           NOT NULL,
    occurred_at       BIGINT           NOT NULL,
    created_at        BIGINT           NOT NULL,
    expires_at        BIGINT,
    excerpt           BYTEA            NOT NULL, -- start of the redacted prompt, for lists
    error             BYTEA            NOT NULL,
    context           BYTEA,
    prompt            BYTEA            NOT NULL,
    response          BYTEA            NOT NULL,
    content           BYTEA            -- JSON of the other texts: system, messages, documents, tool calls
);

-- A repeated submission finds its first answer.
CREATE UNIQUE INDEX interactions_external ON interactions (app_id, external_id) WHERE external_id <> '';
-- An item's page shows the end user's latest interactions.
CREATE INDEX interactions_user ON interactions (app_id, user_id, created_at) WHERE user_id <> '';

CREATE TABLE assessments (
    interaction_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES interactions (id),
    verdict        TEXT COLLATE "C" NOT NULL,
    risk           DOUBLE PRECISION NOT NULL,
    policy_version BIGINT           NOT NULL,
    screening_us   BIGINT           NOT NULL,
    findings       BYTEA, -- JSON, like the two below
    failures       BYTEA,
    redactions     BYTEA
);

CREATE TABLE feedback (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    interaction_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES interactions (id),
    document       BYTEA            NOT NULL,
    created_at     BIGINT           NOT NULL
);

CREATE TABLE bias_states (
    app_id     TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    user_id    TEXT COLLATE "C" NOT NULL,
    detector   TEXT COLLATE "C" NOT NULL,
    alpha      DOUBLE PRECISION NOT NULL,
    beta       DOUBLE PRECISION NOT NULL,
    weight     DOUBLE PRECISION NOT NULL,
    firing     BOOLEAN          NOT NULL,
    fired_at   BIGINT,
    updated_at BIGINT           NOT NULL,
    PRIMARY KEY (app_id, user_id, detector)
);
