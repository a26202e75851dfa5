package app

// Set by the linker: see the Makefile. A plain go build knows neither.
var (
	version = "dev"
	commit  = "unknown"
)

// Version returns the version and the commit that the binary was built from.
func Version() string { return version + " (" + commit + ")" }
