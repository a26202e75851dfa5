// Package guard runs detectors over the segments of an interaction. It makes the
// views of each text once, asks every detector that the policy has not switched off,
// turns whatever goes wrong into a Failure, and computes what is to be redacted.
//
// Detectors that call out are asked while the local ones look, behind limits and a
// breaker.
//
// The package decides nothing (review.Policy does), stores nothing and itself talks to
// nobody. It knows no detector: detectors register themselves as Specs.
package guard
