package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// conduct is the pages of how Apps and users behave: much of it, none of it, and a user who was blocked.
func (s stories) conduct() []Story {
	ofApp := views.ConductPage{Shell: shell(s.assets, josef), View: review.ConductView{
		App: appSupport, Hours: behaved(60, 3), Since: now.Add(-7 * 24 * time.Hour),
		Users: []review.ConductHour{
			{UserID: "u-<b>7730</b>", Requests: 412, Flagged: 31, Alarms: 4, TokensIn: 80_000, TokensOut: 41_000},
			{UserID: "مستخدم ١٢", Requests: 88, Flagged: 1, TokensIn: 9_000, TokensOut: 30_000, Errors: 2},
		},
		Tallies: []review.DetectorTally{{Detector: "behavior.rate", Interactions: 41, Items: 40, Approved: 9, Blocked: 23, Overturned: 9}},
	}}
	ofApp.View.Budget = &review.BudgetState{Rules: review.BudgetRules{Monthly: 80, Currency: "USD"}, Spent: 12_000_000, Forecast: 31_000_000, Month: now.AddDate(0, 0, 1-now.Day()).Truncate(24 * time.Hour), Mode: review.ModeMonitor}
	user := ofApp
	user.View.Budget = nil
	user.View.UserID, user.View.Hours, user.View.Users = "u-<b>7730</b>", behaved(7, 2), nil
	blocked := user
	blocked.View.Restriction = &review.Restriction{Standing: review.StandingBlock, Until: now.Add(20 * time.Hour), Reason: "A key of theirs was stolen.", ActorName: josef.Name}
	limited := user
	limited.View.Restriction = &review.Restriction{Standing: review.StandingLimit, Limit: review.Quota{Requests: 5, Tokens: 20_000}, Until: now.Add(20 * time.Hour), Reason: "A script of <theirs>.", ActorName: josef.Name}
	held := user
	held.View.Held = &review.Held{Until: now.Add(4 * time.Minute), Finding: review.Finding{Detector: "behavior.rate", Category: review.CategoryBehavior,
		Severity: review.SeverityHigh, Confidence: 0.93, Message: "This user sent 61 interactions in 30 seconds, where 4 are usual."}}
	refused := user
	refused.Form, refused.Problem = views.RestrictionForm{Requests: "many <b>", Hours: "1"}, &views.Problem{Code: review.CodeUnprocessable, Message: "reason: is needed",
		Fields: []review.FieldError{{Field: views.FieldReason, Message: "is needed: colleagues and auditors will read it"}, {Field: views.FieldHours, Message: "must be between a minute and a year"},
			{Field: "requests", Message: "must be between 0 and 1000000000"}}}
	fresh := views.ConductPage{Shell: shell(s.assets, josef), View: review.ConductView{App: appSupport, Since: now.Add(-7 * 24 * time.Hour)}}
	seen := user
	seen.Shell = shell(s.assets, anna)
	return []Story{
		{"conduct-apps", views.Conducts(views.ConductsPage{Shell: shell(s.assets, josef), Apps: []review.ConductSummary{
			{App: appSupport, Day: review.ConductHour{Requests: 12_044, TokensIn: 1_200_000, TokensOut: 800_000, Flagged: 310, Alarms: 12, Errors: 4}}, {App: appCheckout},
		}})},
		{"conduct-apps-none", views.Conducts(views.ConductsPage{Shell: shell(s.assets, josef)})},
		{"conduct-app", views.Conduct(ofApp)},
		{"conduct-app-fresh", views.Conduct(fresh)},
		{"conduct-user", views.Conduct(seen)},
		{"conduct-user-blocked", views.Conduct(blocked)},
		{"conduct-user-limited", views.Conduct(limited)},
		{"conduct-user-held", views.Conduct(held)},
		{"conduct-user-refused", views.Conduct(refused)},
	}
}

// behaved is three days of an App with a rush at their end.
func behaved(usual, flagged int) (out []review.ConductHour) {
	for h := range 72 {
		n := usual + usual*(h%24)*(24-h%24)/200
		if h > 68 {
			n *= 6
		}
		hour := review.ConductHour{Hour: now.Truncate(time.Hour).Add(time.Duration(h-71) * time.Hour), Requests: n, Flagged: flagged * h / 40,
			TokensIn: 210 * n, TokensOut: 330 * n, Timed: n, Latency: time.Duration(n) * 840 * time.Millisecond, Errors: n / 90}
		if h > 68 {
			hour.Alarms = 2
		}
		out = append(out, hour)
	}
	return out
}
