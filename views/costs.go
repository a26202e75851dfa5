package views

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// CostsPage is GET /costs.
type CostsPage struct {
	Shell
	Data review.CostOverview
}

// CostPage is GET /costs/{app}.
type CostPage struct {
	Shell
	View review.CostView
}

// ParamMonth is the month of the costs: 2026-11.
const ParamMonth = "month"

// ParseCosts reads which costs are meant.
func ParseCosts(q url.Values) (review.CostFilter, error) {
	month, err := review.ParseMonth(strings.TrimSpace(q.Get(ParamMonth)))
	return review.CostFilter{Month: month, UserID: q.Get(ParamUser), Model: q.Get(paramModel)}, err
}

func costQuery(f review.CostFilter) url.Values {
	q := url.Values{}
	if !f.Month.IsZero() {
		q.Set(ParamMonth, review.MonthText(f.Month))
	}
	if f.UserID != "" {
		q.Set(ParamUser, f.UserID)
	}
	if f.Model != "" {
		q.Set(paramModel, f.Model)
	}
	return q
}

// CostPath is where the costs of an App are read; without one, those of all.
func CostPath(app string, f review.CostFilter) string {
	if app == "" {
		return withQuery(PathCosts, costQuery(f))
	}
	return withQuery(PathCosts+"/"+url.PathEscape(app), costQuery(f))
}

// CostFilePath is where they are taken out as a file.
func CostFilePath(app string, f review.CostFilter) string {
	return withQuery(PathCosts+"/"+url.PathEscape(app)+"/"+StepCostFile, costQuery(f))
}

// months are the one before and the one after, which is not shown before it begins.
func (p CostPage) before() review.CostFilter { return moved(p.View.Filter, -1) }
func (p CostPage) after() (review.CostFilter, bool) {
	f := moved(p.View.Filter, 1)
	return f, !f.Month.After(p.Now)
}

func moved(f review.CostFilter, months int) review.CostFilter {
	f.Month = f.Month.AddDate(0, months, 0)
	return f
}

func withUser(f review.CostFilter, user string) review.CostFilter   { f.UserID = user; return f }
func withModel(f review.CostFilter, model string) review.CostFilter { f.Model = model; return f }

// money writes millionths of a currency: two digits after the point, or as many as a small amount needs to show two that are not zero.
func money(micros int64, currency string) string {
	digits := 2
	for limit := int64(100_000); digits < 6 && micros != 0 && micros > -limit && micros < limit; limit /= 10 {
		digits++
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(float64(micros)/1e6, 'f', digits, 64), ".")
	n, err := strconv.Atoi(whole)
	if err != nil { // more than anybody has
		return whole + "." + part + " " + currency
	}
	sign := ""
	if n == 0 && strings.HasPrefix(whole, "-") {
		sign = "-"
	}
	return sign + count(n) + "." + part + "\u202f" + currency
}

// spent is what it cost, or that nothing has a price.
func spent(ctx context.Context, d review.CostDay, rules review.BudgetRules) string {
	if len(rules.Prices) == 0 && d.Cost == 0 {
		return text.T(ctx, "no prices")
	}
	return money(d.Cost, rules.Currency)
}

// callCost is what one call cost.
func callCost(ctx context.Context, c review.CallCost) string {
	switch {
	case c.Unsent:
		return text.T(ctx, "nothing: it was not sent")
	case c.Unknown:
		return text.T(ctx, "not known")
	case c.Price == nil:
		return text.T(ctx, "price not known")
	case c.Estimated:
		return text.T(ctx, "about %s", money(c.Cost, c.Currency))
	}
	return money(c.Cost, c.Currency)
}

// callCostNote says what that was reckoned from, or why nobody can say.
func callCostNote(ctx context.Context, c review.CallCost) string {
	if c.Unsent {
		return text.T(ctx, "refused before a model was asked")
	}
	if c.Unknown {
		return text.T(ctx, "nobody counted tokens, and no answer is here to reckon from")
	}
	note := text.T(ctx, "%s read, %s written", count(c.Usage.PromptTokens), count(c.Usage.CompletionTokens))
	if c.Estimated {
		note = text.T(ctx, "nobody counted; reckoned from the texts: %s", note)
	}
	if c.Price == nil {
		return note + "; " + text.T(ctx, "version %d of the policy has no price for this model", c.Version)
	}
	return note + "; " + text.T(ctx, "%s and %s %s for a million (%s, version %d of the policy)",
		review.FormatShare(c.Price.Input), review.FormatShare(c.Price.Output), c.Currency, oneLine(c.Price.Model, 60), c.Version)
}

func costFigures(ctx context.Context, v review.CostView) []figure {
	out := []figure{
		{text.T(ctx, "Costs"), spent(ctx, v.Total, v.Rules), review.MonthText(v.Filter.Month)},
		{text.T(ctx, "Calls"), count(v.Total.Calls), perCall(ctx, v)},
		{text.T(ctx, "Tokens"), count(v.Total.TokensIn + v.Total.TokensOut), text.T(ctx, "%s read, %s written", count(v.Total.TokensIn), count(v.Total.TokensOut))},
	}
	return out
}

// budgetShare is how much of the budget is spent as a meter shows it: it ends at 100.
func budgetShare(b review.BudgetState) string {
	return strconv.FormatFloat(100*min(1, b.Share()), 'f', 1, 64)
}

// budgetWarn is where the meter turns; at its end when nothing is warned of.
func budgetWarn(b review.BudgetState) string {
	if b.Rules.Warn <= 0 {
		return "100"
	}
	return strconv.FormatFloat(100*b.Rules.Warn, 'f', 1, 64)
}

func budgetFigures(ctx context.Context, b review.BudgetState, now time.Time) []figure {
	monthly := int64(math.Round(b.Rules.Monthly * 1e6))
	note := text.T(ctx, "at the end of the month, at the pace of the last seven days")
	if at, ok := b.Spends(now); ok {
		note = text.T(ctx, "the budget is spent on %s, at the pace of the last seven days", day(at))
	}
	return []figure{
		{text.T(ctx, "Budget"), percent(b.Share()), text.T(ctx, "of %s are spent", money(monthly, b.Rules.Currency))},
		{text.T(ctx, "Spent"), money(b.Spent, b.Rules.Currency), text.T(ctx, "in %s (UTC)", review.MonthText(b.Month))},
		{text.T(ctx, "Left"), money(max(0, monthly-b.Spent), b.Rules.Currency), text.T(ctx, "until the month ends")},
		{text.T(ctx, "Forecast"), money(b.Forecast, b.Rules.Currency), note},
	}
}

// budgetSays is the warning, when there is one.
func budgetSays(ctx context.Context, b review.BudgetState) string {
	switch {
	case b.Share() >= 1:
		return text.T(ctx, "The budget of this month is spent.")
	case b.Warned():
		return text.T(ctx, "More than %s of the budget of this month are spent.", percent(b.Rules.Warn))
	default:
		return ""
	}
}

// budgetEnd says what happens once the budget is spent.
func budgetEnd(ctx context.Context, b review.BudgetState) string {
	switch {
	case b.Mode == review.ModeOff:
		return text.T(ctx, "At 100 %% nothing happens: the policy does not count against the budget.")
	case b.Rules.Degrade != "":
		return text.T(ctx, "At 100 %% the gateway asks %s in the place of every other model.", b.Rules.Degrade)
	case b.Mode == review.ModeMonitor:
		return text.T(ctx, "At 100 %% there is a finding, and nothing is stopped: the policy only watches the budget.")
	case b.Posts:
		return text.T(ctx, "At 100 %% what costs something is refused with 429, through the gateway and by post, until the month ends.")
	default:
		return text.T(ctx, "At 100 %% the gateway refuses what costs something with 429 until the month ends; what an App posts is recorded and counted.")
	}
}

func perCall(ctx context.Context, v review.CostView) string {
	if v.Total.Calls == 0 || v.Total.Cost == 0 {
		return ""
	}
	return text.T(ctx, "%s each, on average", money(v.Total.Cost/int64(v.Total.Calls), v.Rules.Currency))
}

// costsByDay is what was spent, day by day.
func costsByDay(ctx context.Context, v review.CostView) series {
	out := series{id: "costs", title: text.T(ctx, "Costs by the day"), daily: true, names: []string{text.T(ctx, "costs")}}
	for _, d := range everyDay(v) {
		out.points = append(out.points, point{d.Day, []cell{{known: true, value: float64(d.Cost) / 1e6, words: money(d.Cost, v.Rules.Currency)}}})
	}
	return out
}

func costTokensByDay(ctx context.Context, v review.CostView) series {
	out := series{id: "tokens", title: text.T(ctx, "Tokens by the day"), daily: true, names: []string{text.T(ctx, "read"), text.T(ctx, "written")}}
	for _, d := range everyDay(v) {
		out.points = append(out.points, point{d.Day, []cell{counted(d.TokensIn), counted(d.TokensOut)}})
	}
	return out
}

// everyDay puts the days on which nothing happened between those on which something did: a line must not hide them.
func everyDay(v review.CostView) (out []review.CostDay) {
	for _, d := range v.Days {
		for n := len(out); n > 0 && out[n-1].Day.AddDate(0, 0, 1).Before(d.Day); n = len(out) {
			out = append(out, review.CostDay{Day: out[n-1].Day.AddDate(0, 0, 1)})
		}
		out = append(out, d)
	}
	return out
}
