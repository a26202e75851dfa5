-- +goose Up
-- Which items say a word: the word is a keyed hash, and no text is here.
CREATE TABLE item_tokens (
    token  BIGINT NOT NULL,
    number BIGINT NOT NULL, -- items.number
    PRIMARY KEY (token, number)
);

-- How far the texts of items are indexed, and with which key; no row before the first.
CREATE TABLE item_tokens_state (
    id      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    key_id  BYTEA  NOT NULL, -- tells keys apart, and nothing about them
    indexed BIGINT NOT NULL  -- the last item's number
);
