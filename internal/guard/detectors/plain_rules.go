package detectors

import (
	"context"
	"fmt"
	"slices"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// plainRules is a detector made of rules on folded text that mean the same whatever is
// said around them.
type plainRules struct {
	rules    *ruleset
	kinds    []review.SegmentKind // that it looks at
	message  string
	severity review.Severity
	// shift is what the place of a hit adds to its log-odds; keep is false where it is
	// none.
	shift func(text string, h hit) (shift float64, keep bool)
	code  bool // leaves out what is shown as code
	shown bool // looks at the text alone, not at what could be decoded from it
}

// Detect looks at the text as it is read and, unless that does not count, at what is
// decoded from it.
func (p *plainRules) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	if !slices.Contains(p.kinds, in.Segment.Kind) {
		return nil, nil
	}
	var out []review.Finding
	for _, v := range in.Views.Plain() {
		if p.shown && v.Disguise() != "" {
			continue
		}
		hits, complete, err := p.rules.find(ctx, v.Text, allowanceOf(in, p.rules))
		if err != nil {
			return nil, fmt.Errorf("looking for rules: %w", err)
		}
		if !complete {
			out = append(out, tooMuch(p.severity))
		}
		out = append(out, p.weigh(v, hits)...)
	}
	return out, nil
}

func (p *plainRules) weigh(v *textview.View, hits []hit) (out []review.Finding) {
	if len(hits) == 0 {
		return nil
	}
	var spans []codeSpan
	if p.code {
		spans = codeSpans(v.Text)
	}
	for _, h := range hits {
		if len(out) == maxPerView {
			break
		}
		if p.code && inCode(spans, h.start) {
			continue
		}
		shift, keep := p.shift(v.Text, h)
		if !keep {
			continue
		}
		odds := logit(p.rules.rules[h.rule].weight) + shift
		if v.Disguise() != "" {
			odds += disguised
		}
		out = append(out, guard.Found(v, h.start, h.end, p.severity, sigmoid(odds), p.message))
	}
	return out
}

// codeWords has {s} for white space: the three kinds that code has, for each kind of
// \s more would be spelled out in the words that rules need.
func codeWords() vocabulary { return vocabulary{"s": `[ \n\t]`} }
