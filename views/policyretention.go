package views

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// retentionWords names the days that things are kept, in the order of the page.
var retentionWords = []setting{
	{"retention.allowed_days", text.Say("Days that allowed texts are kept"), text.Say("What was let pass and nobody was asked to review.")},
	{"retention.flagged_days", text.Say("Days that reviewed texts are kept"), text.Say("Everything else. What waits for a decision is kept until it has one.")},
	{"retention.decision_days", text.Say("Days that reasons and notes are kept"), text.Say("Verdicts, labels and who decided stay.")},
}

func retentionDays(r *review.RetentionRules) map[string]*int {
	return map[string]*int{"retention.allowed_days": &r.Allowed, "retention.flagged_days": &r.Flagged, "retention.decision_days": &r.Decisions}
}

// setRetention writes the rules into a form.
func (f PolicyForm) setRetention(p review.Policy) {
	for name, n := range retentionDays(&p.Retention) {
		f.set(name, strconv.Itoa(*n))
	}
}

// retention reads them back; what was not sent stays.
func (r *policyReader) retention(p *review.Policy) {
	days := retentionDays(&p.Retention)
	for _, w := range retentionWords {
		r.whole(w.name, days[w.name])
	}
}

// keptWord says how long something is kept.
func keptWord(ctx context.Context, days int) string {
	if days == 0 {
		return text.T(ctx, "for good")
	}
	return plural(ctx, days, text.Say("day"), text.Say("days"))
}

func retentionFacts(ctx context.Context, p review.Policy) (out []fact) {
	days := retentionDays(&p.Retention)
	for _, w := range retentionWords {
		out = append(out, fact{text.T(ctx, w.word), keptWord(ctx, *days[w.name])})
	}
	return out
}
