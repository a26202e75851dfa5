-- +goose Up
-- Which items say a word: the word is a keyed hash, and no text is here.
CREATE TABLE item_tokens (
    token  INTEGER NOT NULL,
    number INTEGER NOT NULL, -- items.number
    PRIMARY KEY (token, number)
) STRICT, WITHOUT ROWID;

-- How far the texts of items are indexed, and with which key; no row before the first.
CREATE TABLE item_tokens_state (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    key_id  BLOB    NOT NULL, -- tells keys apart, and nothing about them
    indexed INTEGER NOT NULL  -- the last item's number
) STRICT;
