package views

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// blindWords names the fields of blind review and controls, in the order of the page.
var blindWords = []setting{
	{"blind.share", text.Say("Judged blind"), ""},
	{"blind.severities", text.Say("Always judged blind"), ""},
	{"controls.rate", text.Say("Controls"), ""},
	{"controls.until", text.Say("Controls at that rate"), ""},
	{"controls.later_rate", text.Say("Controls from then on"), ""},
}

// severitiesOptions offers everything from a severity upward, and what the policy has if that is something else.
func severitiesOptions(ctx context.Context, chosen string) []ui.Option {
	all := review.Severities()
	out := []ui.Option{{Value: "", Text: text.T(ctx, "None")}}
	for i := len(all) - 1; i >= 0; i-- {
		out = append(out, ui.Option{Value: listOf(all[i:]), Text: severityList(ctx, all[i:])})
	}
	if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == chosen }) {
		out = append(out, ui.Option{Value: chosen, Text: short(chosen, 60)})
	}
	return out[1:]
}

// severityList writes severities one after the other, as people call them.
func severityList(ctx context.Context, list []review.Severity) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = strings.ToLower(severityName(ctx, s))
	}
	return orNone(ctx, strings.Join(names, ", "))
}

// setBlind writes the rules into a form.
func (f PolicyForm) setBlind(p review.Policy) {
	f.set("blind.share", review.FormatShare(p.Blind.Share))
	f.set("blind.severities", listOf(p.Blind.Severities))
	f.set("controls.rate", review.FormatShare(p.Controls.Rate))
	f.set("controls.until", strconv.Itoa(p.Controls.Until))
	f.set("controls.later_rate", review.FormatShare(p.Controls.LaterRate))
}

// blind reads them back.
func (r *policyReader) blind(p *review.Policy) {
	r.share("blind.share", &p.Blind.Share, "0")
	readInto(r, "blind.severities", &p.Blind.Severities)
	r.share("controls.rate", &p.Controls.Rate, "0")
	r.whole("controls.until", &p.Controls.Until)
	r.share("controls.later_rate", &p.Controls.LaterRate, "0")
}

// blindFacts lists them in words.
func blindFacts(ctx context.Context, p review.Policy) []fact {
	return []fact{
		{settingWord(ctx, "blind.share"), text.T(ctx, "%s of the items", exactPercent(p.Blind.Share))},
		{settingWord(ctx, "blind.severities"), severityList(ctx, p.Blind.Severities)},
		{settingWord(ctx, "controls.rate"), text.T(ctx, "%s until %s each, then %s", exactPercent(p.Controls.Rate), count(p.Controls.Until), exactPercent(p.Controls.LaterRate))},
	}
}
