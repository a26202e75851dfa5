package detectors

import (
	"context"
	"slices"
	"sync"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// All registers every local detector.
func All() *guard.Registry {
	injections := injections()
	return guard.NewRegistry(append(slices.Clone(injections),
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
		piiAddress(),
		piiBank(),
		piiBirth(),
		piiCard(),
		piiCrypto(),
		piiEmail(),
		piiIBAN(),
		piiIP(),
		piiLicense(),
		piiMAC(),
		piiName(),
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

// injections have the rules that take longest to compile, and nothing in them is a setting:
// a process compiles them once, however many guards it has.
var injections = sync.OnceValue(func() []guard.Spec {
	return []guard.Spec{
		once(injectionOverride()),
		once(injectionPersona()),
		once(injectionLeak()),
		once(injectionDelimiter()),
		once(injectionIndirect()),
	}
})

// once makes a detector that others ask, too: it is held in memory once, and looks at an
// Input once. Detectors are safe for concurrent use.
func once(spec guard.Spec) guard.Spec {
	fresh := spec.New
	spec.New = sync.OnceValues(func() (guard.Detector, error) {
		d, err := fresh()
		if err != nil {
			return nil, err
		}
		return &shared{d}, nil
	})
	return spec
}

// shared is a detector that remembers what it said of an Input.
type shared struct{ guard.Detector }

// answer is what a detector said.
type answer struct {
	findings []review.Finding
	err      error
}

// Detect returns findings that are the caller's own.
func (s *shared) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	a := guard.Once(in, s, func() answer {
		findings, err := s.Detector.Detect(ctx, in)
		return answer{findings, err}
	})
	return slices.Clone(a.findings), a.err
}
