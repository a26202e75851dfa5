package views

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// backCount is how many wait in the queue that the viewer came from, where a counter knows it.
func backCount(p ItemPage) string {
	place := review.Filter{Kind: p.From.Kind}
	if p.From != place {
		return ""
	}
	if p.From.Kind != "" {
		return count(p.Counts.Of(review.StateOpen, p.From.Kind))
	}
	return count(p.Counts.Of(review.StateOpen))
}

// historyWords sums up the user's latest interactions.
func historyWords(ctx context.Context, p ItemPage) string {
	earlier := plural(ctx, len(p.View.History), text.Say("earlier interaction"), text.Say("earlier interactions"))
	if p.View.Blind {
		return earlier
	}
	stopped := 0
	for _, h := range p.View.History {
		if h.Verdict != review.VerdictAllow {
			stopped++
		}
	}
	return text.T(ctx, "%s, %s of them flagged or blocked", earlier, count(stopped))
}

func excerptOr(ctx context.Context, s string) string {
	if s = oneLine(s, 120); s != "" {
		return s
	}
	return text.T(ctx, "(no text)")
}

// micros writes a screening time: "412 µs", "1.8 ms".
func micros(us int64) string {
	if us < 1000 {
		return strconv.FormatInt(us, 10) + " µs"
	}
	return strconv.FormatFloat(float64(us)/1000, 'f', 1, 64) + " ms"
}

// percent writes a chance: "2 %", "0.5 %".
func percent(x float64) string {
	format, precision := byte('g'), 2
	if 100*x >= 10 {
		format, precision = 'f', 0 // two digits before the point would become an exponent at 99.5
	}
	return strconv.FormatFloat(100*x, format, precision, 64) + " %"
}

func segmentOptions(ctx context.Context, c review.Content) []ui.Option {
	var out []ui.Option
	for _, s := range c.Segments() {
		if len(out) == maxTurns {
			break
		}
		out = append(out, ui.Option{Value: s.Name, Text: segmentName(ctx, s.Name)})
	}
	return out
}

func labelOptions(ctx context.Context, p review.Policy) []ui.Option {
	out := make([]ui.Option, len(p.Labels))
	for i, l := range p.Labels {
		out[i] = ui.Option{Value: l.ID, Text: text.Label(ctx, l.ID, l.Title), Foreign: true}
	}
	return out
}
