package detectors

import (
	"sync"

	"github.com/guardroom/guardroom/internal/guard"
)

// All registers every local detector.
func All() *guard.Registry {
	injections := []guard.Spec{
		once(injectionOverride()),
		once(injectionPersona()),
		once(injectionLeak()),
		once(injectionDelimiter()),
		once(injectionIndirect()),
	}
	return guard.NewRegistry(append(injections,
		injectionSmuggled(injections...),
		inputCode(),
		inputEncoding(),
		inputControl(),
		inputLength(),
		inputEntropy(),
		inputRepetition(),
		inputGibberish(),
		injectionModel(),
		injectionMemory(),
		exfilCanary(),
		exfilLink(),
		exfilPattern(),
		exfilPromptLeak(),
		topicHighrisk(),
		toxicityLocal(),
		toolPolicy(),
		outputCode(),
		outputGrounding(),
		outputLength(),
		outputRefusal(),
		outputSchema(),
		piiBank(),
		piiCard(),
		piiCrypto(),
		piiEmail(),
		piiIBAN(),
		piiIP(),
		piiLicense(),
		piiMAC(),
		piiNational(),
		piiPassport(),
		piiPhone(),
		piiSSN(),
		secretGeneric(),
		secretPassword(),
		secretPrivateKey(),
		secretToken(),
	)...)
}

// once makes a detector only the first time: what others ask, too, is held in memory
// once. Detectors are safe for concurrent use.
func once(spec guard.Spec) guard.Spec {
	spec.New = sync.OnceValues(spec.New)
	return spec
}
