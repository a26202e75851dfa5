package review

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// The bounds of a Policy.
const (
	MaxPatterns     = 100
	MaxLabels       = 50
	maxPatternBytes = 1 << 10 // of one expression: what is matched longer is cut by the detector
	maxNameBytes    = 64      // of a pattern's name, a label's id
	maxTitleBytes   = 80
	maxDeadlineMS   = 60_000
	maxDueMinutes   = 366 * 24 * 60
	maxPromptBytes  = 1 << 30
)

// Validate returns an Error that names every field that is out of its bounds.
func (p Policy) Validate() error {
	var bad invalidFields
	p.validateDetectors(&bad)
	p.Risk.validate(&bad, "risk")
	bad.unit("audit_rate", p.AuditRate)
	bad.between("deadline_ms", p.DeadlineMS, 1, maxDeadlineMS)
	bad.between("max_prompt_bytes", p.MaxPromptBytes, 1, maxPromptBytes)
	p.validateDue(&bad)
	p.validatePatterns(&bad)
	p.validateLabels(&bad)
	p.validateContent(&bad)
	p.Blind.validate(&bad)
	p.RequiredReason.validate(&bad, p.Labels)
	p.SecondOpinion.validate(&bad)
	p.validateEscalations(&bad)
	p.Controls.validate(&bad)
	p.validateInterventions(&bad)
	p.Gateway.validate(&bad)
	p.Quotas.validate(&bad)
	validateLimits(p.Limits, &bad)
	p.Budget.validate(&bad)
	p.Retention.validate(&bad)
	return bad.err()
}

func (f *invalidFields) unit(field string, x float64) {
	if math.IsNaN(x) || x < 0 || x > 1 {
		f.addf(field, "must be between 0 and 1")
	}
}

func (f *invalidFields) between(field string, n, least, most int) {
	if n < least || n > most {
		f.addf(field, "must be between %d and %d", least, most)
	}
}

func (p Policy) validateDetectors(bad *invalidFields) {
	for _, id := range slices.Sorted(maps.Keys(p.Detectors)) {
		r := p.Detectors[id]
		at := "detectors." + id
		if !slices.Contains(Modes(), r.Mode) {
			bad.addf(at+".mode", "must be enforce, monitor or off")
		}
		Thresholds{r.Flag, r.Block}.validate(bad, at)
		for _, kind := range slices.Sorted(maps.Keys(r.Segments)) {
			within := fmt.Sprintf("%s.segments.%s", at, kind)
			if !slices.Contains(SegmentKinds(), kind) {
				bad.addf(within, "is no kind of text")
			}
			r.Segments[kind].validate(bad, within)
		}
	}
}

func (t Thresholds) validate(bad *invalidFields, at string) {
	before := len(*bad)
	bad.unit(at+".flag", t.Flag)
	bad.unit(at+".block", t.Block)
	if len(*bad) == before && t.Block > 0 && t.Flag > t.Block {
		bad.addf(at+".block", "must not be below the flag threshold, which would then never flag")
	}
}

func (p Policy) validateDue(bad *invalidFields) {
	for _, s := range Severities() {
		bad.between("due_minutes."+string(s), p.DueMinutes[s], 1, maxDueMinutes)
	}
	for _, s := range slices.Sorted(maps.Keys(p.DueMinutes)) {
		if !slices.Contains(Severities(), s) {
			bad.addf("due_minutes."+string(s), "is no severity")
		}
	}
}

func (p Policy) validatePatterns(bad *invalidFields) {
	if len(p.Patterns) > MaxPatterns {
		bad.addf("patterns", "must be at most %d", MaxPatterns)
	}
	seen := map[string]bool{}
	for i, pat := range p.Patterns {
		at := fmt.Sprintf("patterns[%d]", i)
		_, err := regexp.Compile(pat.Expr)
		switch {
		case pat.Name == "" || pat.Expr == "" || err != nil:
			bad.addf(at, "needs a name and a valid regular expression (RE2)")
		case strings.ContainsAny(pat.Name+pat.Expr, "\r\n"):
			bad.addf(at, `must be on one line; write \n for a line break`)
		case len(pat.Name) > maxNameBytes:
			bad.addf(at, "has a name of more than %d bytes", maxNameBytes)
		case len(pat.Expr) > maxPatternBytes:
			bad.addf(at, "has an expression of more than %d bytes", maxPatternBytes)
		case matchesNothing(pat.Expr):
			bad.addf(at, "would be found in every text, even in an empty one")
		case seen[pat.Name]:
			bad.addf(at, "has the name of another pattern")
		}
		seen[pat.Name] = true
	}
}

// matchesNothing tells whether the expression finds the empty text: then it finds it
// everywhere.
func matchesNothing(expr string) bool {
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString("")
}

func (p Policy) validateLabels(bad *invalidFields) {
	if len(p.Labels) == 0 {
		bad.addf("labels", "needs at least one label")
	}
	if len(p.Labels) > MaxLabels {
		bad.addf("labels", "must be at most %d", MaxLabels)
	}
	seen := map[string]bool{}
	for i, l := range p.Labels {
		at := fmt.Sprintf("labels[%d]", i)
		switch {
		case l.ID == "" || l.Title == "":
			bad.addf(at, "needs an id and a title")
		case strings.ContainsAny(l.ID+l.Title, "\r\n"):
			bad.addf(at, "must be on one line")
		case len(l.ID) > maxNameBytes || len(l.Title) > maxTitleBytes:
			bad.addf(at, "must have an id of at most %d bytes and a title of at most %d", maxNameBytes, maxTitleBytes)
		case seen[l.ID]:
			bad.addf(at, "has the id of another label")
		}
		seen[l.ID] = true
	}
}
