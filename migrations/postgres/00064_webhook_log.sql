-- +goose Up
-- Since when nothing is delivered to it, though what is told waits.
ALTER TABLE webhooks ADD COLUMN paused_at BIGINT;

-- Each try to make a delivery; the delivery itself has the last one. What was tried before is not known.
CREATE TABLE delivery_attempts (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id BIGINT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    at          BIGINT NOT NULL,
    took        BIGINT NOT NULL, -- microseconds
    status      BIGINT NOT NULL, -- of the answer, 0 when there was none
    problem     TEXT COLLATE "C" NOT NULL  -- empty when it was delivered
);

CREATE INDEX delivery_attempts_of ON delivery_attempts (delivery_id, id);

-- The log of a webhook, and what of it is dead.
CREATE INDEX deliveries_log  ON deliveries (webhook_id, id);
CREATE INDEX deliveries_dead ON deliveries (webhook_id, id) WHERE state = 'dead' AND topic <> 'webhook.test';
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, created_at) WHERE state = 'waiting';
