package review

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// BudgetRules say what an App may cost in a month (UTC). The zero value prices nothing and bounds nothing.
type BudgetRules struct {
	Monthly  float64 `json:"monthly,omitempty"`  // in Currency; 0 bounds nothing
	Currency string  `json:"currency,omitempty"` // ISO 4217; of the prices, too
	Warn     float64 `json:"warn,omitempty"`     // the share of Monthly that is warned of; 0 is never
	Degrade  string  `json:"degrade,omitempty"`  // the model to ask once Monthly is spent; "" refuses instead
	Prices   []Price `json:"prices,omitempty"`   // the first that fits a model holds
}

// Price is what a million tokens cost.
type Price struct {
	Model  string  `json:"model"` // its name, or how it begins with * behind
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
}

// DefaultBudgetRules are those that a new App starts with: no budget and no prices, for nobody knows its contract.
func DefaultBudgetRules() BudgetRules { return BudgetRules{Currency: "USD", Warn: 0.8} }

const (
	maxMonthly = 1e9
	maxPrice   = 1e6
	maxPrices  = 200
	// micros are the unit that is counted in: a millionth of the currency. A price by the million tokens is also the price of
	// one token in them.
	micros    = 1e6
	budgetKey = "app/cost"
)

func (r BudgetRules) validate(bad *invalidFields) {
	amount(bad, "budget.monthly", r.Monthly, maxMonthly)
	bad.unit("budget.warn", r.Warn)
	if r.Currency != "" && !isCurrency(r.Currency) {
		bad.addf("budget.currency", "must be three capital letters, such as EUR")
	}
	if len(r.Degrade) > maxIDBytes || strings.ContainsFunc(r.Degrade, invisible) {
		bad.addf("budget.degrade", "must be the name of a model")
	}
	if r.Monthly > 0 && len(r.Prices) == 0 {
		bad.addf("budget.prices", "needs at least one price: without any nothing is ever spent")
	}
	if len(r.Prices) > maxPrices {
		bad.addf("budget.prices", "must be at most %d", maxPrices)
	}
	for _, p := range r.Prices {
		if p.Model == "" || len(p.Model) > maxIDBytes || strings.ContainsFunc(p.Model, invisible) || strings.Contains(strings.TrimSuffix(p.Model, "*"), "*") {
			bad.addf("budget.prices", "must each have the name of a model, or its beginning with * behind")
			break
		}
		amount(bad, "budget.prices", p.Input, maxPrice)
		amount(bad, "budget.prices", p.Output, maxPrice)
	}
}

func isCurrency(s string) bool {
	return len(s) == 3 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

func amount(bad *invalidFields, field string, x, most float64) {
	if math.IsNaN(x) || x < 0 || x > most {
		bad.addf(field, "must be between 0 and %.0f", most)
	}
}

func (r BudgetRules) fields() []policyField {
	out := []policyField{
		{"budget.monthly", FormatShare(r.Monthly)}, {"budget.currency", r.Currency}, {"budget.warn", FormatShare(r.Warn)}, {"budget.degrade", r.Degrade},
	}
	for _, p := range r.Prices {
		out = append(out, policyField{"budget.prices." + p.Model, FormatShare(p.Input) + " / " + FormatShare(p.Output)})
	}
	return out
}

func (r BudgetRules) micros() int64 { return int64(math.Round(r.Monthly * micros)) }

func (r BudgetRules) money(amount int64) string {
	return strconv.FormatFloat(float64(amount)/micros, 'f', 2, 64) + " " + r.Currency
}

func (p Price) fits(model string) bool {
	if begin, ok := strings.CutSuffix(p.Model, "*"); ok {
		return strings.HasPrefix(model, begin)
	}
	return p.Model == model
}

// Cost is what an Interaction cost, in millionths of the currency; 0 when its model has no price.
func (r BudgetRules) Cost(model string, usage Usage) int64 {
	p, ok := r.price(model)
	if !ok {
		return 0
	}
	return p.of(usage)
}

// of is what so many tokens cost, in millionths of the currency.
func (p Price) of(usage Usage) int64 {
	return int64(math.Round(p.Input*float64(usage.PromptTokens) + p.Output*float64(usage.CompletionTokens)))
}

// price is the one that holds for a model.
func (r BudgetRules) price(model string) (Price, bool) {
	i := slices.IndexFunc(r.Prices, func(p Price) bool { return p.fits(model) })
	if i < 0 {
		return Price{}, false
	}
	return r.Prices[i], true
}

// bytesPerToken estimates what nobody counted.
const bytesPerToken = 4

// Tokens is what was counted of an Interaction, or, where nothing was, an estimate from its texts. A call that failed
// without a count had none, and so had one that was never sent.
func (in Interaction) Tokens() Usage {
	if in.Usage.PromptTokens+in.Usage.CompletionTokens > 0 || in.Error != "" || in.Unsent {
		return in.Usage
	}
	return Usage{PromptTokens: (len(in.Content.Prompt) + 3) / bytesPerToken, CompletionTokens: (len(in.Content.Response) + 3) / bytesPerToken}
}

// Cost is what an Interaction cost under the policy's prices, in millionths of its currency. The version that answered is
// priced when it has a price, else the model that was asked for.
func (p Policy) Cost(in Interaction) int64 {
	price, ok := p.priceOf(in)
	if !ok {
		return 0
	}
	return price.of(in.Tokens())
}

func (p Policy) priceOf(in Interaction) (Price, bool) {
	if price, ok := p.Budget.price(in.ModelVersion); ok && in.ModelVersion != "" {
		return price, true
	}
	return p.Budget.price(in.Model)
}

// CallCost is what one Interaction took and cost, as far as anybody knows.
type CallCost struct {
	Usage     Usage
	Estimated bool   // nobody counted: reckoned from the texts
	Unknown   bool   // nobody counted, and there is no answer to reckon from
	Unsent    bool   // no model was asked: it cost nothing, whatever its price
	Price     *Price // nil when the policy had none for the model
	Cost      int64  // in millionths of Currency; 0 without a price
	Currency  string
	Version   int // of the policy whose price it is: that which the Interaction was judged by
}

// CostOf is what an Interaction cost under the policy's prices. A call that failed without a count cost nothing.
func (p Policy) CostOf(in Interaction) CallCost {
	c := CallCost{Usage: in.Tokens(), Currency: p.Budget.Currency, Version: p.Version, Unsent: in.Unsent}
	if c.Unsent {
		return c
	}
	counted := in.Usage.PromptTokens+in.Usage.CompletionTokens > 0 || in.Error != ""
	if c.Estimated = !counted; c.Estimated && in.Content.Response == "" {
		return CallCost{Unknown: true, Version: p.Version}
	}
	if price, ok := p.priceOf(in); ok {
		c.Price, c.Cost = &price, price.of(c.Usage)
	}
	return c
}

// costOf is what the Interaction of a view cost, for those who may see costs; nil when no model is named and nothing was
// counted: then no call was made that anybody knows of.
func (s *Service) costOf(ctx context.Context, v Viewer, view ItemView) (*CallCost, error) {
	in := view.Interaction
	if !v.May(PermInsight) || in.Model == "" && in.ModelVersion == "" && in.Usage == (Usage{}) {
		return nil, nil
	}
	policy, err := s.policy(ctx, in.AppID, view.Assessment.PolicyVersion)
	if CodeOf(err) == CodeNotFound { // of a record that was brought in: the price is not known, the rest is
		policy, err = Policy{Version: view.Assessment.PolicyVersion}, nil
	}
	if err != nil {
		return nil, err
	}
	cost := policy.CostOf(in)
	return &cost, nil
}

// BudgetState is how an App stands with its budget.
type BudgetState struct {
	Rules    BudgetRules
	Spent    int64 // this month, in millionths of the currency
	Forecast int64 // at its end, when it goes on as in the last seven days; as spent, on its first day
	Month    time.Time
	Mode     Mode // of the detector that speaks for it
	Posts    bool // what an App posts itself is refused, too, once it is spent
}

// monthOf is the start of the month.
func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// budgetState adds hours up. The forecast takes the pace of the last seven days, or of the month where it is younger; a
// month of less than a day says nothing yet.
func budgetState(policy Policy, hours []ConductHour, now time.Time) BudgetState {
	s := BudgetState{Rules: policy.Budget, Month: monthOf(now), Mode: policy.Mode(BudgetCost), Posts: policy.Quotas.RefusePosts}
	since := now.Add(-7 * 24 * time.Hour)
	if since.Before(s.Month) {
		since = s.Month
	}
	recent := int64(0)
	for _, h := range hours {
		if !h.Hour.Before(s.Month) {
			s.Spent += h.Cost
		}
		if !h.Hour.Before(since) {
			recent += h.Cost
		}
	}
	s.Forecast = s.Spent
	if past := now.Sub(since); past >= 24*time.Hour {
		left := s.Month.AddDate(0, 1, 0).Sub(now)
		s.Forecast += int64(float64(recent) * float64(left) / float64(past))
	}
	return s
}

// Share is how much of the budget is spent; 0 without one.
func (s BudgetState) Share() float64 {
	if s.Rules.Monthly <= 0 {
		return 0
	}
	return float64(s.Spent) / float64(s.Rules.micros())
}

// Warned tells whether the share that is warned of is spent.
func (s BudgetState) Warned() bool { return s.Rules.Warn > 0 && s.Share() >= s.Rules.Warn }

// Spends is when the budget is spent, when it goes on as it did; false when that is not this month, or has been.
func (s BudgetState) Spends(now time.Time) (time.Time, bool) {
	most, end := s.Rules.micros(), s.Month.AddDate(0, 1, 0)
	if most <= 0 || s.Spent >= most || s.Forecast <= most || !now.Before(end) {
		return time.Time{}, false
	}
	left := float64(most-s.Spent) / float64(s.Forecast-s.Spent)
	return now.Add(time.Duration(left * float64(end.Sub(now)))), true
}

// Money writes an amount with its currency.
func (s BudgetState) Money(amount int64) string { return s.Rules.money(amount) }

func (r BudgetRules) warning(spent int64) string {
	return fmt.Sprintf("This App has spent %s of its %s for this month.", r.money(spent), r.money(r.micros()))
}
