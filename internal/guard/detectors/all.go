package detectors

import "github.com/guardroom/guardroom/internal/guard"

// All registers every local detector.
func All() *guard.Registry {
	return guard.NewRegistry(
		injectionOverride(),
		injectionPersona(),
		injectionLeak(),
		injectionDelimiter(),
		piiCard(),
		piiEmail(),
		piiIBAN(),
		piiIP(),
		piiPhone(),
		piiSSN(),
	)
}
