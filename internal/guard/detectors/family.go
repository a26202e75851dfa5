package detectors

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// family is a detector made of rules on folded text, weighed by where they stand.
type family struct {
	rules    *ruleset
	setting  *setting
	message  string
	severity review.Severity
	manner   manner
}

func newFamily(message string, severity review.Severity, m manner, words vocabulary, rules ...[]rule) (*family, error) {
	set, err := newRuleset(slices.Concat(rules...), words)
	if err != nil {
		return nil, err
	}
	s, err := sharedSetting()
	if err != nil {
		return nil, err
	}
	return &family{rules: set, setting: s, message: message, severity: severity, manner: m}, nil
}

// maxPerView bounds the findings of one view: more of the same tell an analyst nothing.
const maxPerView = 20

// Detect looks at every folded view.
func (f *family) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	pays := allowanceOf(in, f.rules)
	for _, v := range in.Views.Folded() {
		hits, complete, err := f.rules.find(ctx, v.Text, pays)
		if err != nil {
			return nil, fmt.Errorf("looking for rules: %w", err)
		}
		findings, weighed, err := f.weigh(ctx, in.Segment, v, f.once(hits), complete, pays)
		if err != nil {
			return nil, fmt.Errorf("weighing hits: %w", err)
		}
		if !complete || !weighed {
			out = append(out, tooMuch(f.severity))
		}
		out = append(out, findings...)
	}
	return out, nil
}

// tooMuch says that a text has so many words of the rules that not all of them were
// looked at.
func tooMuch(severity review.Severity) review.Finding {
	return review.Finding{
		Severity: severity, Confidence: unseen,
		Message: "More suspicious wordings than could be looked at",
	}
}

// once leaves out hits that the overlap of windows found twice, and of hits that
// overlap all but the one of the heaviest rule.
func (f *family) once(hits []hit) []hit {
	slices.SortFunc(hits, func(a, b hit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		if wa, wb := f.rules.rules[a.rule].weight, f.rules.rules[b.rule].weight; wa != wb {
			if wa > wb {
				return -1
			}
			return 1
		}
		if a.end != b.end {
			return b.end - a.end
		}
		return a.rule - b.rule
	})
	out := hits[:0]
	for _, h := range hits {
		if len(out) == 0 || h.start >= out[len(out)-1].end {
			out = append(out, h)
			continue
		}
		last := &out[len(out)-1]
		if f.rules.rules[h.rule].weight > f.rules.rules[last.rule].weight {
			*last = h
		}
	}
	return out
}

// weigh turns the hits of one view into findings, the strongest first. all is false when
// the allowance did not pay for every hit; those of the heaviest rules go first.
func (f *family) weigh(ctx context.Context, segment review.Segment, v *textview.View, hits []hit, complete bool, pays *allowance) (out []review.Finding, all bool, err error) {
	company := f.company(hits)
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Compare(f.rules.rules[b.rule].weight, f.rules.rules[a.rule].weight)
	})
	all = true
	for _, h := range hits {
		if asWritten(v, h, segment.Text) {
			continue
		}
		if all = pays.pay(perWeighing); !all {
			break
		}
		odds := logit(f.rules.rules[h.rule].weight) + company
		manner := f.manner
		manner.orders = manner.orders && f.rules.rules[h.rule].weight >= telling
		shift, aside, err := f.setting.weigh(ctx, v.Text, h.start, h.end, manner, pays)
		if err != nil {
			return nil, false, err
		}
		if !complete {
			// Nobody discusses an attack two hundred times: the mass is there to hide
			// the one that is meant.
			shift, aside = max(shift, 0), false
		}
		odds += shift + trust(segment.Kind)
		if v.Disguise() != "" {
			odds += disguised
		}
		message := f.message
		if aside {
			message += ", but seems to be spoken about rather than meant"
		}
		out = append(out, guard.Found(v, h.start, h.end, f.severity, sigmoid(odds), message))
	}
	slices.SortStableFunc(out, func(a, b review.Finding) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return 0
	})
	return out[:min(len(out), maxPerView)], all, nil
}

// asWritten tells whether a hit in a view that undid something stands in a part where
// nothing was undone: the folded view of the text has it already.
func asWritten(v *textview.View, h hit, text string) bool {
	if v.Disguise() == "" {
		return false
	}
	start, end := v.Original(h.start, h.end)
	return textview.Fold(text[start:end]) == v.Text[h.start:h.end]
}

// telling is the weight from which a rule tells something on its own. Lighter ones are
// everyday wordings that count in company, and being an order makes them no heavier.
const telling = 0.45

// What is added to the log-odds of a finding.
const (
	perCompanion  = 0.5 // for each other rule that matched
	maxCompanions = 2
	disguised     = 1.2
)

// company is what the hits lend to each other: one sentence may be chance, several
// different ones are not.
func (f *family) company(hits []hit) float64 {
	different := map[int]bool{}
	for _, h := range hits {
		different[h.rule] = true
	}
	return perCompanion * float64(min(len(different)-1, maxCompanions))
}

// trust says how much more, or less, an instruction means in a kind of Segment:
// documents and tools must not give any, operators may, and what a model says binds
// nobody.
func trust(kind review.SegmentKind) float64 {
	switch kind {
	case review.SegmentDocument, review.SegmentToolOutput:
		return 0.7
	case review.SegmentSystem:
		return -2.5
	case review.SegmentResponse:
		return -1.2
	case review.SegmentToolArguments:
		return -0.5
	default:
		return 0
	}
}
