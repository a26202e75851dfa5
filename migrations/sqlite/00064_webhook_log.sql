-- +goose Up
-- Since when nothing is delivered to it, though what is told waits.
ALTER TABLE webhooks ADD COLUMN paused_at INTEGER;

-- Each try to make a delivery; the delivery itself has the last one. What was tried before is not known.
CREATE TABLE delivery_attempts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL,
    took        INTEGER NOT NULL, -- microseconds
    status      INTEGER NOT NULL, -- of the answer, 0 when there was none
    problem     TEXT NOT NULL  -- empty when it was delivered
) STRICT;

CREATE INDEX delivery_attempts_of ON delivery_attempts (delivery_id, id);

-- The log of a webhook, and what of it is dead.
CREATE INDEX deliveries_log  ON deliveries (webhook_id, id);
CREATE INDEX deliveries_dead ON deliveries (webhook_id, id) WHERE state = 'dead' AND topic <> 'webhook.test';
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, created_at) WHERE state = 'waiting';
