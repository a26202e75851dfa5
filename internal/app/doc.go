// Package app is the composition root: it opens the store, builds the guard, the bias
// engine and the use cases, and hands them to the web server and to the commands. The
// command line and the end-to-end tests start from here, so that both run the same
// program. It holds no rules of its own.
package app
