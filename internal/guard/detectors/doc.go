// Package detectors holds Guardroom's detectors: one file for each, with its type,
// its constructor, its Spec and, in testdata, the vectors that it is held to.
//
// Everything here is local and deterministic. Detectors report and never decide; they
// know neither storage nor transport.
package detectors
