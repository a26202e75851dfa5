package views

import (
	"context"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

func alikeTitle(ctx context.Context, n int) string {
	if n > review.AlikeCountLimit {
		return text.T(ctx, "More than %d items alike", review.AlikeCountLimit)
	}
	return text.T(ctx, "%d items alike", n)
}

// shownPrecedents is how many are listed one by one; all are counted.
const shownPrecedents = 5

func firstPrecedents(all []review.Precedent) []review.Precedent {
	return all[:min(len(all), shownPrecedents)]
}

// precedentWords counts the precedents by what was decided.
func precedentWords(ctx context.Context, v review.ItemView) string {
	blocked := 0
	for _, d := range v.Precedents {
		if d.Judgement == review.JudgeBlock {
			blocked++
		}
	}
	return text.T(ctx, "Of the latest %d: %d blocked, %d approved.", len(v.Precedents), blocked, len(v.Precedents)-blocked)
}

// precedentText says who decided and why.
func precedentText(ctx context.Context, p review.Policy, d review.Precedent) string {
	var said []string
	if d.Label != "" {
		said = append(said, labelTitle(ctx, p, d.Label))
	}
	if d.Reason != "" {
		said = append(said, oneLine(d.Reason, 120))
	}
	if len(said) == 0 {
		return text.T(ctx, "%s, without a reason", d.Reviewer)
	}
	return d.Reviewer + ": " + strings.Join(said, ". ")
}
