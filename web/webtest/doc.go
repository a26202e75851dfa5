// Package webtest runs scenarios against the whole server: the real guard, a real
// SQLite file, real sessions. A Scenario states what is asked, and what the answer
// must and must not say.
//
// It is a harness for tests: nothing that ships may import it.
package webtest
