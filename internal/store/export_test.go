package store

import "slices"

// WithPragmas adds pragmas to the options; they are asked for whenever the writer
// of a SQLite file connects.
func WithPragmas(o Options, pragmas func() []string) Options {
	o.pragmas = pragmas
	return o
}

// TablesOfUsers are the tables that an erasure takes a user's name out of.
func TablesOfUsers() []string {
	return slices.Concat(figuresByUser(), partsInExperiments(), []string{"interactions", "items", "interventions", "erasures"})
}
