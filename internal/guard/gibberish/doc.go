// Package gibberish tells text that no person and no program wrote for a reader: the
// optimised suffixes that make models answer (Zou et al. 2023), salads of vocabulary
// pieces, hammered keyboards.
//
// The data flows by file: a text becomes letters and marks (symbol.go) and these the
// words, signs and gaps of its shape (shape.go). Two language models of characters,
// one of letters and one of shapes, say how many bits each costs (table.go). Windows
// of both become a few measures (window.go), the measures meet weights (model.go).
// Training reads harmless texts only for the language models, and salads of its own
// making (salad.go) for the weights (train.go).
//
// Code, tables, data and languages that the models have not met are no gibberish: what
// is written in other scripts costs nothing by its letters, and unbroken data counts
// as one sign. The package scores and decides nothing.
package gibberish
