package review

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
)

// Combination says how the Findings of many Detectors add up to one risk in [0,1].
//
// Findings about attacks are evidence for the same thing, so that they add up in
// log-odds, as in naive Bayes, with weights that were fitted on texts that the Detectors
// had not learned from: what two Detectors see of the same words is not counted twice.
// Everything else, such as personal data, is a harm of its own: it joins as an
// independent chance, and weighs so little that it decides by its own thresholds.
type Combination struct {
	Prior    float64             `json:"prior"`    // log-odds of an attack before any evidence
	Evidence map[string]Evidence `json:"evidence"` // by Detector
	Flag     float64             `json:"flag"`     // the default thresholds on the risk, chosen with the weights
	Block    float64             `json:"block"`
}

// Evidence says what a Detector's confidence is worth.
type Evidence struct {
	Weight float64 `json:"weight"` // of the log-odds, not negative
	From   float64 `json:"from"`   // the confidence that says nothing yet
}

//go:embed risk.json
var fittedCombination []byte

// FittedCombination is the one that is built in; `guardroom train` makes it.
var FittedCombination = sync.OnceValue(func() Combination {
	var c Combination
	if err := json.Unmarshal(fittedCombination, &c); err != nil {
		panic(fmt.Sprintf("review: risk.json: %v", err)) // it is part of the program
	}
	return c
})

// mostEvidence is the confidence beyond which no Detector is surer.
const mostEvidence = 0.99

// Of is what a confidence adds to the log-odds of an attack; never negative.
func (e Evidence) Of(confidence float64) float64 {
	return e.Weight * max(0, logit(min(confidence, mostEvidence))-logit(e.From))
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// DefaultEvidence is that of a Detector that nothing was fitted for; its weight is 0 for
// categories that say nothing of attacks. Odd input is a hint at most.
func DefaultEvidence(c Category) Evidence {
	switch c {
	case CategoryInjection:
		return Evidence{0.65, LeastTold}
	case CategoryInput:
		return Evidence{0.25, LeastTold}
	default:
		return Evidence{}
	}
}

func (c Combination) evidence(f *Finding) Evidence {
	if e, ok := c.Evidence[f.Detector]; ok {
		return e
	}
	return DefaultEvidence(f.Category)
}

// aside is how much of a harm other than an attack counts toward the risk.
const aside = 0.3

// nearby is how far apart, in bytes, two Findings may begin that add up: weak signs
// scattered over a long text are chance.
const nearby = 600

// Risk is the chance that an Interaction with these Findings is an attack or does other
// harm; 0 when nothing was found. Of Findings that stand near each other each Detector's
// strongest counts; the Interaction is as bad as its worst place.
func (c Combination) Risk(findings []Finding) float64 {
	attacks := map[string][]weighed{} // by segment
	others := map[Category]float64{}
	for i := range findings {
		f := &findings[i]
		if e := c.evidence(f); e.Weight > 0 {
			attacks[f.Segment] = append(attacks[f.Segment], weighed{f, e.Of(f.Confidence)})
		} else if DefaultEvidence(f.Category).Weight == 0 {
			others[f.Category] = max(others[f.Category], aside*f.Severity.Weight()*f.Confidence)
		}
	}
	attack := 0.0
	for _, in := range attacks {
		attack = max(attack, c.worst(in))
	}
	none := 1 - attack
	for _, category := range slices.Sorted(maps.Keys(others)) {
		none *= 1 - others[category]
	}
	return 1 - none
}

// weighed is a Finding and what it adds to the log-odds.
type weighed struct {
	*Finding
	odds float64
}

// worst is the chance at the worst place of a Segment, which begins at some Finding.
func (c Combination) worst(in []weighed) float64 {
	slices.SortFunc(in, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.Detector, b.Detector), cmp.Compare(b.odds, a.odds))
	})
	odds := math.Inf(-1)
	for _, first := range in {
		odds = max(odds, c.Prior+sumNear(in, first))
	}
	return 1 / (1 + math.Exp(-odds))
}

// sumNear adds up the strongest evidence of each Detector near the first; in is sorted by
// Detector, the strongest first.
func sumNear(in []weighed, first weighed) (sum float64) {
	counted := ""
	for _, e := range in {
		if e.Detector != counted && near(first, e) {
			sum += e.odds
			counted = e.Detector
		}
	}
	return sum
}

// near tells whether e counts at the place that begins with the first. What is about the
// whole Segment counts everywhere.
func near(first, e weighed) bool {
	if e.Start == e.End {
		return true
	}
	return first.Start < first.End && e.Start <= first.Start+nearby && e.End >= first.Start
}

// LeastTold is the confidence from which a Finding is told. What is below counts in the
// risk of what passes, which orders texts, and nowhere else.
const LeastTold = 0.1

// Judge decides about a screening. Faint Findings raise the risk, and not so far that
// they would change the Verdict: that rests on what is told and kept.
func (p Policy) Judge(s Screening) (Verdict, float64) { return FittedCombination().Judge(p, s) }

// Judge is Policy.Judge with another Combination than the one that is built in.
func (c Combination) Judge(p Policy, s Screening) (Verdict, float64) {
	verdict, risk := p.decide(c, s.Findings, s.Failures)
	if len(s.Faint) == 0 {
		return verdict, risk
	}
	all := c.Risk(p.Enforced(slices.Concat(s.Findings, s.Faint)))
	if least := p.Risk.lowest(); least > 0 {
		all = min(all, math.Nextafter(least, 0))
	}
	return verdict, max(risk, all)
}
