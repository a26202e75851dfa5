// Package grounding tells which sentences of an answer its documents do not support.
//
// The data flows by file: texts become tokens (token.go), documents an index (index.go);
// a sentence is held against the index (measure.go), and its measures meet weights
// (model.go): numbers, names and words that no document has, words that no one sentence
// of a document has together, and a not too many or too few. Training and its
// measurement leave whole sources out (train.go).
//
// It compares words and does not reason: what a document implies without saying counts
// as unsupported, and a false sentence made of a document's own words as supported. It
// decides nothing.
package grounding
