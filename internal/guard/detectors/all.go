package detectors

import "github.com/guardroom/guardroom/internal/guard"

// All registers every local detector.
func All() *guard.Registry {
	return guard.NewRegistry(
		inputEncoding(),
		inputControl(),
		inputLength(),
		inputEntropy(),
		inputRepetition(),
		inputGibberish(),
		injectionOverride(),
		injectionPersona(),
		injectionLeak(),
		injectionDelimiter(),
		exfilCanary(),
		exfilLink(),
		exfilPattern(),
		exfilPromptLeak(),
		topicHighrisk(),
		outputGrounding(),
		toxicityLocal(),
		piiCard(),
		piiEmail(),
		piiIBAN(),
		piiIP(),
		piiPhone(),
		piiSSN(),
		secretGeneric(),
		secretPassword(),
		secretPrivateKey(),
		secretToken(),
	)
}
