// Package store keeps everything that Guardroom knows in SQLite or PostgreSQL. It
// implements review.Store and, for sessions, the store that the web's session
// manager asks for.
//
// All changes go through one writer goroutine per process, which gathers what
// concurrent callers want into one durable transaction (writer.go): one flush to
// disk for up to 256 requests. Reads have connections of their own.
//
// Only this package knows SQL and GORM. It decides nothing: rules are in
// internal/review. Times are Unix microseconds, ids are text, what people wrote is
// bytes; rows are declared beside the methods that use them.
package store
