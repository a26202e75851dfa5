package review

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCostTakesTheFirstPriceThatFits(t *testing.T) {
	r := BudgetRules{Prices: []Price{{"gpt-4o-mini", 0.15, 0.6}, {"gpt-4o*", 2.5, 10}, {"*", 1, 1}}}
	usage := Usage{PromptTokens: 1000, CompletionTokens: 100}
	for model, want := range map[string]int64{"gpt-4o-mini": 210, "gpt-4o-2024": 3500, "other": 1100, "": 1100} {
		require.Equal(t, want, r.Cost(model, usage), model)
	}
	require.Zero(t, BudgetRules{}.Cost("gpt-4o", usage))
	p := Policy{Budget: BudgetRules{Prices: r.Prices[:2]}}
	require.EqualValues(t, 3500, p.Cost(Interaction{Model: "alias", ModelVersion: "gpt-4o-1", Usage: usage}))
	require.EqualValues(t, 3500, p.Cost(Interaction{Model: "gpt-4o", ModelVersion: "unpriced", Usage: usage}))
	require.Zero(t, p.Cost(Interaction{Model: "gpt-4o", Error: "no answer", Content: Content{Prompt: "long enough to be estimated"}}))
}

func TestWhatACallCostIsToldAsFarAsItIsKnown(t *testing.T) {
	p := Policy{Version: 3, Budget: BudgetRules{Currency: "EUR", Prices: []Price{{"own-*", 0, 0}, {"gpt-4o*", 2.5, 10}}}}
	usage := Usage{PromptTokens: 1000, CompletionTokens: 100}
	counted := p.CostOf(Interaction{Model: "gpt-4o", Usage: usage})
	require.Equal(t, CallCost{Usage: usage, Price: &p.Budget.Prices[1], Cost: 3500, Currency: "EUR", Version: 3}, counted)

	reckoned := p.CostOf(Interaction{Model: "gpt-4o", Content: Content{Prompt: "12345678", Response: "1234"}})
	require.True(t, reckoned.Estimated)
	require.Equal(t, Usage{PromptTokens: 2, CompletionTokens: 1}, reckoned.Usage)
	require.EqualValues(t, 15, reckoned.Cost)

	require.Nil(t, p.CostOf(Interaction{Model: "other", Usage: usage}).Price, "no price is not a price of nothing")
	free := p.CostOf(Interaction{Model: "gpt-4o", ModelVersion: "own-1", Usage: usage})
	require.NotNil(t, free.Price)
	require.Zero(t, free.Cost)
	require.Equal(t, CallCost{Unknown: true, Version: 3}, p.CostOf(Interaction{Model: "gpt-4o", Content: Content{Prompt: "never answered"}}))
	refused := p.CostOf(Interaction{Model: "gpt-4o", Unsent: true, Content: Content{Prompt: "refused"}})
	require.Equal(t, CallCost{Unsent: true, Currency: "EUR", Version: 3}, refused)
	require.Zero(t, p.Cost(Interaction{Model: "gpt-4o", Unsent: true, Content: Content{Prompt: "long enough to be estimated"}}))
	failed := p.CostOf(Interaction{Model: "gpt-4o", Error: "no answer", Content: Content{Prompt: "asked"}})
	require.Zero(t, failed.Cost)
	require.False(t, failed.Estimated || failed.Unknown)
}

func TestForecastGoesOnAsInTheLastSevenDays(t *testing.T) {
	now := time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC)
	var hours []ConductHour
	for at := now.AddDate(0, 0, -30); at.Before(now); at = at.Add(time.Hour) {
		hours = append(hours, ConductHour{Hour: at, Cost: 1_000_000})
	}
	s := budgetState(Policy{Budget: BudgetRules{Monthly: 1000, Currency: "EUR", Warn: 0.4}}, hours, now)
	require.EqualValues(t, 19*24*1_000_000, s.Spent, "of this month alone")
	require.InDelta(t, 30*24*1_000_000, float64(s.Forecast), 1)
	require.InDelta(t, 0.456, s.Share(), 1e-9)
	require.Equal(t, "456.00 EUR", s.Money(s.Spent))
	require.True(t, s.Warned())
	_, ends := s.Spends(now)
	require.False(t, ends, "it lasts until the month is over")
	s = budgetState(Policy{Budget: BudgetRules{Monthly: 576, Warn: 0.9}}, hours, now)
	at, ends := s.Spends(now)
	require.True(t, ends)
	require.WithinDuration(t, now.AddDate(0, 0, 5), at, time.Minute, "120 hours at one an hour")
	require.False(t, s.Warned())
	s = budgetState(Policy{Budget: BudgetRules{Monthly: 100}}, hours, now)
	_, ends = s.Spends(now)
	require.False(t, ends, "it has been")
	require.False(t, s.Warned(), "nobody wants to be warned")

	early := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	s = budgetState(Policy{}, []ConductHour{{Hour: early.Add(-time.Hour), Cost: 5}}, early)
	require.Equal(t, s.Spent, s.Forecast, "less than a day says nothing yet")
	require.Zero(t, s.Share())
}

func TestQuotasAndBudgetsHaveBounds(t *testing.T) {
	p := DefaultPolicy(nil)
	require.NoError(t, p.Validate())
	p.Quotas = QuotaRules{User: Quota{Requests: -1}, Roles: map[string]Quota{"no spaces": {Tokens: maxQuota + 1}}}
	p.Budget = BudgetRules{Monthly: 5, Currency: "euro", Warn: 2, Degrade: "\x00"}
	var fields []string
	for _, f := range FieldsOf(p.Validate()) {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"quotas.user.requests", "quotas.roles", "quotas.roles.no spaces.tokens", "budget.warn", "budget.currency", "budget.degrade", "budget.prices"}, fields)
	p = DefaultPolicy(nil)
	for _, model := range []string{"", "a*b", "**"} {
		p.Budget.Prices = []Price{{Model: model}}
		require.Error(t, p.Validate(), model)
	}
}
