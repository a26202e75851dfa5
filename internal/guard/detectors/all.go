package detectors

import "github.com/guardroom/guardroom/internal/guard"

// All registers every local detector.
func All() *guard.Registry {
	return guard.NewRegistry(
		inputCode(),
		inputEncoding(),
		inputControl(),
		inputLength(),
		inputEntropy(),
		inputRepetition(),
		injectionOverride(),
		injectionPersona(),
		injectionLeak(),
		injectionDelimiter(),
		exfilCanary(),
		exfilLink(),
		injectionMemory(),
		exfilPattern(),
		exfilPromptLeak(),
		topicHighrisk(),
		toolPolicy(),
		outputCode(),
		outputLength(),
		outputRefusal(),
		outputSchema(),
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
