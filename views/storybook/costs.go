package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// costs is the pages of what Apps cost: a month with a budget, one user of it, and nothing yet.
func (s stories) costs() []Story {
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	rules := review.BudgetRules{Monthly: 500, Currency: "EUR", Warn: 0.8, Prices: []review.Price{{Model: "gpt-*", Input: 2.5, Output: 10}}}
	view := review.CostView{
		App: appSupport, Filter: review.CostFilter{Month: month}, Rules: rules,
		Budget: &review.BudgetState{Rules: rules, Spent: 321_480_000, Forecast: 512_000_000, Month: month, Mode: review.ModeEnforce},
		Total:  review.CostDay{Calls: 41_200, TokensIn: 61_000_000, TokensOut: 16_898_000, Cost: 321_480_000},
		Days: []review.CostDay{
			{Day: month, Calls: 20_000, TokensIn: 31_000_000, TokensOut: 8_000_000, Cost: 157_500_000},
			{Day: month.AddDate(0, 0, 3), Calls: 21_200, TokensIn: 30_000_000, TokensOut: 8_898_000, Cost: 163_980_000},
		},
		Models: []review.CostDay{
			{Model: "gpt-4o-2026-05-13", Calls: 40_000, TokensIn: 60_000_000, TokensOut: 16_000_000, Cost: 320_000_000},
			{Model: "<b>own</b>", Calls: 1_199, TokensIn: 1_000_000, TokensOut: 898_000}, {Calls: 1, Cost: 1_480_000},
		},
		Users: []review.CostDay{
			{UserID: "مستخدم ١٢", Calls: 900, TokensIn: 900_000, TokensOut: 90_000, Cost: 3_150_000}, {UserID: "u-<b>7730</b>", Calls: 2, TokensIn: 40, TokensOut: 12, Cost: 220},
			{Calls: 40_298},
		},
	}
	user := view
	user.Filter.UserID, user.Users, user.Budget = "u-<b>7730</b>", nil, nil
	user.Total, user.Days, user.Models = view.Users[1], nil, view.Models[:1]
	fresh := review.CostView{App: appCheckout, Filter: review.CostFilter{Month: month}}
	warned, spent := view, view
	warned.Budget = &review.BudgetState{Rules: rules, Spent: 421_480_000, Forecast: 490_000_000, Month: month, Mode: review.ModeEnforce, Posts: true}
	cheaper := rules
	cheaper.Degrade = "gpt-<mini>"
	spent.Budget = &review.BudgetState{Rules: cheaper, Spent: 521_480_000, Forecast: 790_000_000, Month: month, Mode: review.ModeEnforce}
	page := func(v review.CostView) views.CostPage { return views.CostPage{Shell: shell(s.assets, josef), View: v} }
	return []Story{
		{"costs-apps", views.Costs(views.CostsPage{Shell: shell(s.assets, josef), Data: review.CostOverview{Month: month, Apps: []review.CostView{view, fresh}}})},
		{"costs-apps-none", views.Costs(views.CostsPage{Shell: shell(s.assets, josef), Data: review.CostOverview{Month: month}})},
		{"costs-app", views.Cost(page(view))},
		{"costs-app-warned", views.Cost(page(warned))},
		{"costs-app-spent", views.Cost(page(spent))},
		{"costs-app-user", views.Cost(page(user))},
		{"costs-app-fresh", views.Cost(page(fresh))},
	}
}
