// Package memory remembers, per App, the texts that analysts blocked, and recognises
// what is nearly the same: other case, spacing, digits and disguises, and small edits.
//
// A text becomes a sketch of 48 numbers (sketch.go): one-permutation MinHash over
// overlapping runs of letters (Li, Owen and Zhang 2012; Shrivastava 2017), so that the
// share of equal numbers estimates the share of common runs (Broder 1997). Each App has
// a bounded index of sketches in bands (index.go; Indyk and Motwani 1998), which finds
// the few that can be near without looking at the rest.
//
// No text is kept, and none can be had back from a sketch. The package knows no
// storage: it is taught, and starts empty.
package memory
