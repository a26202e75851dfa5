package store

// WithPragmas adds pragmas to the options; they are asked for whenever the writer
// of a SQLite file connects.
func WithPragmas(o Options, pragmas func() []string) Options {
	o.pragmas = pragmas
	return o
}
