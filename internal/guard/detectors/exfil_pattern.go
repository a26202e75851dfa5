package detectors

import (
	"context"
	"fmt"
	"regexp"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// exfilPattern finds an App's own sensitive text.
func exfilPattern() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "exfil.pattern", Title: "Sensitive text of the App", Category: review.CategoryExfil, OWASP: "LLM02:2025",
			Description: "Finds the sensitive patterns that the policy of the App names, also in decoded views. It knows nothing of its own: without patterns in the policy it reports nothing.",
			Examples:    []string{"a project's code name that the policy lists"},
			Default:     review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) { return exfil{newCompiled(regexp.Compile)}, nil },
	}
}

type exfil struct{ patterns *compiled[*regexp.Regexp] }

const (
	patternConfidence = 0.95
	// patternChunk is how much text a pattern is run on before the deadline is looked
	// at, patternOverlap how far it reaches into the next chunk.
	patternChunk, patternOverlap = 64 << 10, 1 << 10
	maxPatternFindings           = 20
)

// Detect looks for the policy's patterns.
func (e exfil) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	for _, p := range in.Policy.Patterns {
		pattern, err := e.patterns.of(p.Expr)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", p.Name, err)
		}
		for _, v := range in.Views.Literal() {
			found, err := matches(ctx, pattern, v, p.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
	}
	return out, nil
}

// matches runs a pattern chunk by chunk. What it finds is sensitive, so the evidence
// is left out.
func matches(ctx context.Context, pattern *regexp.Regexp, v *textview.View, name string) (out []review.Finding, err error) {
	for start := 0; start < len(v.Text); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := boundary(v.Text, start+patternChunk+patternOverlap)
		for _, m := range pattern.FindAllStringIndex(v.Text[start:end], maxPatternFindings) {
			if m[0] == m[1] {
				continue
			}
			f := guard.Found(v, start+m[0], start+m[1], review.SeverityHigh, patternConfidence, "Matches the sensitive pattern “"+name+"”")
			f.Evidence = ""
			out = append(out, f)
		}
		if end == len(v.Text) {
			break
		}
		start = boundary(v.Text, start+patternChunk)
	}
	return out, nil
}
