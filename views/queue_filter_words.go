package views

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// chip is one filter in force, with the URL that it takes to be rid of it.
type chip struct {
	name, value string
	without     string
	clear       string
}

func queueLink(f review.Filter) string { return QueuePath(f, nil) }

// chips adds the filter that only a queue knows.
func (p QueuePage) chips(ctx context.Context) []chip {
	out := chipsOf(ctx, p.Filter, queueLink)
	if p.Filter.Holder != "" {
		rest := p.Filter
		rest.Holder = ""
		out = append(out, chip{text.Say("Held by"), holderWord(ctx, p, p.Filter.Holder), queueLink(rest), queueLink(review.Filter{Sort: rest.Sort})})
	}
	return out
}

// chipsOf lists the filters in force; link makes the URL of the same page with another filter.
func chipsOf(ctx context.Context, f review.Filter, link func(review.Filter) string) []chip {
	var out []chip
	add := func(set bool, name, value string, drop func(*review.Filter)) {
		if !set {
			return
		}
		rest := f
		drop(&rest)
		out = append(out, chip{name, value, link(rest), link(review.Filter{Sort: f.Sort})})
	}
	add(f.Text != "", text.Say("Text"), oneLine(f.Text, 60), func(f *review.Filter) { f.Text, f.Sort = "", review.SortPriority })
	add(f.State != "", text.Say("State"), text.T(ctx, stateWord(f.State)), func(f *review.Filter) { f.State = "" })
	add(f.Kind != "", text.Say("Kind"), text.T(ctx, kindWord(f.Kind)), func(f *review.Filter) { f.Kind = "" })
	add(f.Severity != "", text.Say("Severity"), text.T(ctx, severityWord(f.Severity, "")), func(f *review.Filter) { f.Severity = "" })
	add(f.Category != "", text.Say("Category"), text.T(ctx, categoryWord(f.Category)), func(f *review.Filter) { f.Category = "" })
	add(f.Detector != "", text.Say("Detector"), oneLine(f.Detector, 60), func(f *review.Filter) { f.Detector = "" })
	add(f.App != "", text.Say("App"), oneLine(f.App, 60), func(f *review.Filter) { f.App = "" })
	add(f.UserID != "", text.Say("User"), oneLine(f.UserID, 40), func(f *review.Filter) { f.UserID = "" })
	add(f.Model != "", text.Say("Model"), oneLine(f.Model, 40), func(f *review.Filter) { f.Model = "" })
	add(f.Label != "", text.Say("Label"), oneLine(f.Label, 40), func(f *review.Filter) { f.Label = "" })
	add(f.Policy != 0, text.Say("Policy version"), strconv.Itoa(f.Policy), func(f *review.Filter) { f.Policy = 0 })
	add(f.RiskFrom > 0 || f.RiskTo > 0, text.Say("Risk"), riskRange(ctx, f), func(f *review.Filter) { f.RiskFrom, f.RiskTo = 0, 0 })
	add(f.OlderThan > 0, text.Say("Opened before"), text.T(ctx, "%s ago", span(f.OlderThan)), func(f *review.Filter) { f.OlderThan = 0 })
	add(f.YoungerThan > 0, text.Say("Opened within"), span(f.YoungerThan), func(f *review.Filter) { f.YoungerThan = 0 })
	add(f.Overdue, text.Say("Overdue only"), "", func(f *review.Filter) { f.Overdue = false })
	add(f.Mine, text.Say("Mine"), "", func(f *review.Filter) { f.Mine = false })
	return out
}

// keptBySearch are the parameters of the filters that a search keeps, as hidden fields.
func keptBySearch(f review.Filter) []ui.Option {
	f.Text = ""
	query := FilterQuery(f)
	names := slices.Sorted(maps.Keys(query))
	out := make([]ui.Option, len(names))
	for i, name := range names {
		out[i] = ui.Option{Value: name, Text: query.Get(name)}
	}
	return out
}

func riskRange(ctx context.Context, f review.Filter) string {
	from, to := score(float64(f.RiskFrom)/100), score(float64(f.RiskTo)/100)
	switch {
	case f.RiskTo == 0:
		return text.T(ctx, "from %s", from)
	case f.RiskFrom == 0:
		return text.T(ctx, "up to %s", to)
	default:
		return text.T(ctx, "%s to %s", from, to)
	}
}

func holderWord(ctx context.Context, p QueuePage, id string) string {
	for _, o := range holderOptions(ctx, p) {
		if o.Value == id {
			return o.Text
		}
	}
	return text.T(ctx, "somebody")
}

// holderOptions also offers the chosen one when they hold nothing any longer.
func holderOptions(ctx context.Context, p QueuePage) []ui.Option {
	out := []ui.Option{{Value: review.HeldByNobody, Text: text.T(ctx, "Nobody")}, {Value: review.HeldBySomebody, Text: text.T(ctx, "Anyone")}, {Value: p.Viewer.User.ID, Text: text.T(ctx, "Me")}}
	known := p.Filter.Holder == ""
	for _, h := range p.Holders {
		if h.UserID != p.Viewer.User.ID {
			out = append(out, ui.Option{Value: h.UserID, Text: h.Name})
		}
	}
	for _, o := range out {
		known = known || o.Value == p.Filter.Holder
	}
	if !known {
		out = append(out, ui.Option{Value: p.Filter.Holder, Text: text.T(ctx, "Somebody who holds nothing now")})
	}
	return out
}

// ages are those that the form offers.
var ages = []time.Duration{15 * time.Minute, time.Hour, 8 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}

// ageOptions also offers the chosen one.
func ageOptions(ctx context.Context, chosen time.Duration) []ui.Option {
	var out []ui.Option
	known := chosen == 0
	for _, d := range ages {
		out = append(out, ui.Option{Value: ageParam(d), Text: ageWord(ctx, d)})
		known = known || d == chosen
	}
	if !known {
		out = append(out, ui.Option{Value: ageParam(chosen), Text: ageWord(ctx, chosen)})
	}
	return out
}

func ageWord(ctx context.Context, d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return plural(ctx, int(d/(24*time.Hour)), text.Say("day"), text.Say("days"))
	case d%time.Hour == 0:
		return plural(ctx, int(d/time.Hour), text.Say("hour"), text.Say("hours"))
	default:
		return plural(ctx, int(d/time.Minute), text.Say("minute"), text.Say("minutes"))
	}
}

func numberAttrs(step, most string) templ.Attributes {
	attrs := templ.Attributes{"min": "0", "step": step, "inputmode": "decimal"}
	if most != "" {
		attrs["max"] = most
	}
	return attrs
}

func sortWord(s review.Sort) string {
	switch s {
	case review.SortOldest:
		return text.Say("Oldest first")
	case review.SortNewest:
		return text.Say("Newest first")
	case review.SortRisk:
		return text.Say("Highest risk first")
	default:
		return text.Say("Most pressing first")
	}
}

// sortPhrase is the word inside a sentence.
func sortPhrase(s review.Sort) string {
	switch s {
	case review.SortOldest:
		return text.Say("the oldest first")
	case review.SortNewest:
		return text.Say("the newest first")
	case review.SortRisk:
		return text.Say("the highest risk first")
	default:
		return text.Say("the most pressing first")
	}
}

func sortLink(f review.Filter, s review.Sort) string {
	f.Sort = s
	return QueuePath(f, nil)
}

func stateOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(review.StateEscalated), Text: text.T(ctx, stateWord(review.StateEscalated))},
		{Value: string(review.StateDecided), Text: text.T(ctx, stateWord(review.StateDecided))},
	}
}

// kindOptions leaves controls out: they hide among the others.
func kindOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range review.ItemKinds() {
		if k != review.KindControl {
			out = append(out, ui.Option{Value: string(k), Text: text.T(ctx, kindWord(k))})
		}
	}
	return out
}

func severityOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range review.Severities() {
		out = append(out, ui.Option{Value: string(s), Text: text.T(ctx, severityWord(s, ""))})
	}
	return out
}

func categoryOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(categories))
	for i, c := range categories {
		out[i] = ui.Option{Value: string(c), Text: text.T(ctx, categoryWord(c))}
	}
	return out
}

func categoryWord(c review.Category) string {
	switch c {
	case review.CategoryInjection:
		return text.Say("Injection")
	case review.CategoryPII:
		return text.Say("Personal data")
	case review.CategorySecret:
		return text.Say("Secrets")
	case review.CategoryExfil:
		return text.Say("Exfiltration")
	case review.CategoryToxicity:
		return text.Say("Toxicity")
	case review.CategoryTool:
		return text.Say("Tools")
	case review.CategoryOutput:
		return text.Say("Output")
	case review.CategoryTopic:
		return text.Say("Topics")
	case review.CategoryInput:
		return text.Say("Input")
	case review.CategoryBehavior:
		return text.Say("Behaviour")
	case review.CategoryBias:
		return text.Say("Bias")
	default:
		return title(string(c))
	}
}

// detectorOptions also offers the chosen one when no Spec knows it any longer.
func detectorOptions(specs []review.DetectorSpec, chosen string) []ui.Option {
	var out []ui.Option
	known := chosen == ""
	for _, s := range specs {
		out = append(out, ui.Option{Value: s.ID, Text: s.ID})
		known = known || s.ID == chosen
	}
	if !known {
		out = append(out, ui.Option{Value: chosen, Text: short(chosen, 60)})
	}
	return out
}

func appOptions(apps []review.App) []ui.Option {
	out := make([]ui.Option, len(apps))
	for i, a := range apps {
		out[i] = ui.Option{Value: a.Name, Text: a.Name}
	}
	return out
}
