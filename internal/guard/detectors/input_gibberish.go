package detectors

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/gibberish"
	"github.com/guardroom/guardroom/internal/review"
)

// inputGibberish finds text that nobody wrote for a reader.
func inputGibberish() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "input.gibberish", Title: "Gibberish", Category: review.CategoryInput, OWASP: "LLM01:2025",
			Description: "Finds the optimised suffixes that make models answer what they should not, salads of words and hammered keyboards: a small language model of characters says how many bits the letters and the shape of each part of a text cost, and a small net weighs them. " +
				"Code, tables, data, addresses and languages that it has not met are no gibberish; what other scripts than Latin spell is not read.",
			Examples: []string{
				"a request, and behind it: ]( terraform Vier\\\\ oddlyNode whom {\" ledger.]( mont ==Rise",
				"sdfkjh asdkfj haskdjfh qpwoei zmxnbv",
			},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: gibberishFlag},
		},
		New: func() (guard.Detector, error) {
			model, err := gibberish.Load()
			if err != nil {
				return nil, err
			}
			return &babble{model}, nil
		},
	}
}

// gibberishFlag flags 0.3 % of harmless texts whose publisher the model has not seen;
// gibberishFloor is from where on a reading is worth recording.
const gibberishFlag, gibberishFloor = 0.9, 0.6

// babble is the detector of gibberish.
type babble struct{ model *gibberish.Model }

// Detect looks at the text as it is written, without what nobody sees.
func (b *babble) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	view := in.Views.Literal()[0]
	var r gibberish.Reading
	parts(view.Text, func(part string, at int) {
		if read := b.model.Read(part); read.Score > r.Score {
			r = read
			r.Start, r.End = at+read.Start, at+read.End
		}
	})
	if r.Score < gibberishFloor {
		return nil, nil
	}
	return []review.Finding{guard.Found(view, r.Start, r.End, review.SeverityMedium, r.Score,
		fmt.Sprintf("reads like neither language nor code: %.1f bits a letter", r.Bits))}, nil
}
