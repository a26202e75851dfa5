// Package demo makes sample traffic and plays it in: conversations with assistants as Apps see them, harmless for the
// most part (generator.go, scenario.go, grammar/), and simulated analysts who decide a share of what comes of it
// (player.go, analyst.go).
//
// It goes the way of real traffic, through the use cases of review, and knows no storage, no HTTP and no detector.
// Everything is made from a seed and a time; all texts are the project's own, and every name, number and address in
// them is either invented or of a range that is reserved for examples.
package demo
