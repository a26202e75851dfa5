package views

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// strategyWords names what can be said to a user.
var strategyWords = map[string]string{
	review.StrategyText:            text.Say("Say it"),
	review.StrategyAnswerFirst:     text.Say("Own answer first"),
	review.StrategyDelayedReveal:   text.Say("Show the answer later"),
	review.StrategyRewrite:         text.Say("Ask it openly"),
	review.StrategyAccuracyPrompt:  text.Say("Ask for accuracy"),
	review.StrategyCounterEvidence: text.Say("Look for what speaks against it"),
}

// StrategyWord names a strategy.
func StrategyWord(ctx context.Context, strategy string) string {
	if w, ok := strategyWords[strategy]; ok {
		return text.T(ctx, w)
	}
	return words(strategy)
}

func strategyOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range review.Strategies() {
		out = append(out, ui.Option{Value: s, Text: StrategyWord(ctx, s)})
	}
	return out
}

func interventionField(bias, name string) string { return "interventions." + bias + "." + name }

// biasSpecs are the detectors whose Interventions a policy can say something about.
func biasSpecs(specs []review.DetectorSpec) []review.DetectorSpec {
	return slices.DeleteFunc(slices.Clone(specs), func(s review.DetectorSpec) bool { return s.Category != review.CategoryBias })
}

// setInterventions writes the rules into a form.
func (f PolicyForm) setInterventions(p review.Policy) {
	for bias, rule := range p.Interventions {
		f.set(interventionField(bias, "strategy"), rule.Strategy)
		if rule.Automatic {
			f.set(interventionField(bias, "automatic"), "true")
		}
		for strategy, said := range rule.Texts {
			f.set(interventionField(bias, "texts."+strategy), said)
		}
	}
}

// interventions reads them back. An empty text is the library's, and a rule that says nothing is none.
func (r *policyReader) interventions(p *review.Policy) {
	all := maps.Clone(p.Interventions)
	for _, bias := range slices.Sorted(maps.Keys(p.Detectors)) {
		at := interventionField(bias, "strategy")
		if !r.values.Has(at) {
			continue
		}
		rule := review.InterventionRule{
			Strategy: r.values.Get(at), Automatic: r.values.Get(interventionField(bias, "automatic")) == "true",
		}
		for _, strategy := range review.Strategies() {
			if said := strings.TrimSpace(r.values.Get(interventionField(bias, "texts."+strategy))); said != "" {
				if rule.Texts == nil {
					rule.Texts = map[string]string{}
				}
				rule.Texts[strategy] = said
			}
		}
		delete(all, bias)
		if rule.Strategy != "" || rule.Automatic || rule.Texts != nil {
			if all == nil {
				all = map[string]review.InterventionRule{}
			}
			all[bias] = rule
		}
	}
	p.Interventions = all
}

// interventionWords names a field of the rules in lists of changes and problems.
func interventionWords(ctx context.Context, field string, specs []review.DetectorSpec) (string, bool) {
	rest, ok := strings.CutPrefix(field, "interventions.")
	if !ok {
		return "", false
	}
	for _, s := range specs {
		name, ok := strings.CutPrefix(rest, s.ID+".")
		if strategy, said := strings.CutPrefix(name, "texts."); ok && said {
			return text.T(ctx, "Intervention, %s: text of “%s”", text.DetectorTitle(ctx, s.ID, s.Title), text.T(ctx, strategyWords[strategy])), true
		} else if ok {
			return text.T(ctx, "Intervention, %s: %s", text.DetectorTitle(ctx, s.ID, s.Title), text.Word(ctx, interventionPart(name))), true
		}
	}
	return text.T(ctx, "Interventions: %s", rest), true
}

// interventionPart names what a rule says of an Intervention.
func interventionPart(name string) string {
	switch name {
	case "strategy":
		return text.Say("strategy")
	case "automatic":
		return text.Say("automatic")
	default:
		return words(name)
	}
}

// precisionWord says how right a bias detector was shown to be.
func precisionWord(ctx context.Context, s review.DetectorSpec) string {
	if s.Precision == nil {
		return text.T(ctx, "Its precision is not measured: nobody has labelled habits. It may only ask an analyst.")
	}
	if !s.MayInterrupt() {
		return text.T(ctx, "At least %.0f %% of what it marks is right (95 %% bound); %.0f %% are needed to reach users without a person.",
			100*s.Precision.Lower, 100*review.LeastPrecision)
	}
	return text.T(ctx, "At least %.0f %% of what it marks is right (95 %% bound), so it may reach users without a person.", 100*s.Precision.Lower)
}

// libraryText is what the detector itself would say.
func libraryText(texts []review.InterventionText, bias, strategy string) string {
	return review.Policy{}.TextOf(texts, bias, strategy)
}
