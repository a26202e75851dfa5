// Package toxicity tells how much a text reads like hate, harassment, a threat, or a
// request for what does harm. A linear model looks at overlapping windows of the text
// through hashed words, pairs of words, parts of words, and concepts that are the same
// in every language; the worst window counts.
//
// Who is spoken about must not carry the score: the names of groups of people are one
// concept, whichever the group, and words of a dialect are passed over (concept.go).
//
// The data flows by file: a text becomes tokens (token.go) that know concepts, a window
// of tokens becomes features (feature.go), features meet weights (model.go). Training
// adds texts of our own (seed.go) to development data and is measured on publishers
// that it has not seen (train.go).
//
// The package scores folded text and decides nothing.
package toxicity
