// Package gateway guards calls of language models: what goes in is screened, redacted and fenced, what comes back is
// screened and restored, and everything is recorded once. It knows no HTTP: web translates.
package gateway
