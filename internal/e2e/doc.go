// Package e2e holds the tests of the whole program: the built binary as a process that
// is killed, drained and filled up, and its pages in a real browser. It contains tests
// only.
package e2e
