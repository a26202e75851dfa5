// Package guard runs detectors over the segments of an interaction. It makes the
// views of each text once, asks every detector that the policy has not switched off,
// turns whatever goes wrong into a Failure, and computes what is to be redacted.
//
// The package decides nothing (review.Policy does), stores nothing and talks to
// nobody. It knows no detector: detectors register themselves as Specs.
package guard
