// Package outbox delivers what the store wrote to who wants to be told: at least once, in order for each item, signed. It
// knows no SQL and no web server.
package outbox
