// Package remote makes detectors of the classifiers that an operator names in a file:
// any service that takes a text as JSON over HTTP and answers with a score.
//
// The way of a question: the file (file.go) becomes Specs (spec.go); a Segment is cut
// into windows and put into the request's template (template.go), sent where it may go
// (client.go, address.go), a score is read from the answer (answer.go) and becomes a
// Finding (levels.go).
//
// The answer is hostile: bounded, never followed elsewhere, never shown. Limits over
// calls, and the breaker, are those of package guard. The package stores nothing and
// reads no environment: no proxy is used.
package remote
