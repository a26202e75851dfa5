// Package export writes Decisions for other programs: as CSV (RFC 4180) and as JSON
// Lines. It streams: rows come from an iterator and leave at once, so memory does not
// grow with their number. It knows neither where rows come from nor who asked.
package export
