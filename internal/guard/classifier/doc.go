// Package classifier tells how much a text reads like an attempt to steer a language
// model against whoever runs it. A linear model looks at overlapping windows of the
// text through hashed words, word pairs, concepts that are the same in every
// language, and the shape of the text; the worst window counts.
//
// The data flows by file: a text becomes tokens (token.go), tokens know concepts
// (concept.go), a window of tokens becomes features (feature.go), features meet the
// weights (model.go). Training reads samples (sample.go), adds those that the
// grammar writes (package grammar), fits (fit.go, train.go) and is measured on
// sources that it has not seen (crossvalidate.go).
//
// The package scores text and decides nothing: it knows neither detectors nor
// policies. It expects folded text, as package textview makes it.
package classifier
