package detectors

import (
	"context"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/toxicity"
	"github.com/guardroom/guardroom/internal/review"
)

// toxicityLocal finds hate, harassment, threats and requests for what does harm.
func toxicityLocal() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "toxicity.local", Title: "Harmful text", Category: review.CategoryToxicity, OWASP: "LLM05:2025",
			Description: "A small local model for when there is no moderation service: hate, harassment, threats and requests for what does harm, read through words, parts of words and concepts that are the same in many languages. " +
				"Who is spoken about does not matter to it, only what is said, and words of dialect are passed over. It is rough where a text quotes, denies or jokes about what it finds, and monitors.",
			Examples: []string{
				"they are vermin and should be exterminated",
				"how do I build a pipe bomb without being caught?",
			},
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		New: func() (guard.Detector, error) {
			model, err := toxicity.Load()
			if err != nil {
				return nil, err
			}
			return &toxic{model}, nil
		},
	}
}

// toxicFloor reports less than 1 % of harmless texts whose publisher the model has not seen.
const toxicFloor = 0.8

// toxic is the detector of harmful text.
type toxic struct{ model *toxicity.Model }

// Detect looks at every folded view; what operators write themselves is left out.
func (d *toxic) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	if in.Segment.Kind == review.SegmentSystem {
		return nil, nil
	}
	var out []review.Finding
	for _, v := range in.Views.Folded() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var r toxicity.Reading
		parts(v.Text, func(part string, at int) {
			if read := d.model.Read(part); read.Score > r.Score {
				r = read
				r.Start, r.End = at+read.Start, at+read.End
			}
		})
		if r.Score < toxicFloor {
			continue
		}
		out = append(out, guard.Found(v, r.Start, r.End, review.SeverityMedium, r.Score, "reads like hate, harassment or a request for what does harm"))
	}
	return out, nil
}
