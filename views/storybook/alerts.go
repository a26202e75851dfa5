package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// alerts is the pages of alerts: a bad day, a quiet one, and what was refused.
func (s stories) alerts() []Story {
	lead := shell(s.assets, josef)
	over, told := now.Add(-20*time.Minute), now.Add(-3*time.Hour)
	raised := []review.Alert{
		{ID: "a1", RuleName: "Nobody <b>comes</b>", Metric: review.AlertQueueAge, Condition: review.AlertAbove, Severity: review.SeverityCritical, Value: 312.25, Limit: 60, RaisedAt: now.Add(-4 * time.Minute)},
		{ID: "a2", RuleName: "كاشف لا يجيب", Metric: review.AlertFailures, Condition: review.AlertAbove, Subject: "remote.toxicity", Severity: review.SeverityHigh, Value: 41.3, Limit: 5, RaisedAt: now.Add(-50 * time.Minute), ToldAt: &told},
		{ID: "a3", RuleName: "Much more than usual", Metric: review.AlertRequests, Condition: review.AlertStandsOut, Severity: review.SeverityMedium, Value: 9120, Limit: 2210.4, RaisedAt: now.Add(-3 * time.Hour), ToldAt: &told, ResolvedAt: &over},
		{ID: "a5", RuleName: "Somebody spends it all", Metric: review.AlertTokens, Condition: review.AlertAbove, UserID: "u-<b>7730</b>", Severity: review.SeverityMedium, Value: 48_120, Limit: 20_000, RaisedAt: now.Add(-7 * time.Hour), ToldAt: &told, RemindedAt: &over},
		{ID: "a4", RuleName: "Nothing comes", Metric: review.AlertRequests, Condition: review.AlertBelow, Severity: review.SeverityLow, Value: 0, Limit: 10, RaisedAt: now.Add(-30 * time.Hour), ToldAt: &told, ResolvedAt: &told},
	}
	old := review.AlertRule{ID: "r1", Name: "Nobody <b>comes</b>", Metric: review.AlertQueueAge, Condition: review.AlertAbove, Threshold: 60, Severity: review.SeverityCritical}
	silenced := review.AlertRule{ID: "r2", Name: "Much more than usual", Metric: review.AlertRequests, Condition: review.AlertStandsOut, Threshold: 4, Severity: review.SeverityMedium,
		SilencedUntil: now.Add(3 * time.Hour), SilenceReason: "A load test until <i>noon</i>."}
	failing := review.AlertRule{ID: "r3", Name: "Detectors fail", Metric: review.AlertFailures, Condition: review.AlertAbove, Threshold: 5, Severity: review.SeverityHigh}
	spender := review.AlertRule{ID: "r4", Name: "Somebody spends it all", Metric: review.AlertTokens, Condition: review.AlertAbove, Threshold: 20_000, Severity: review.SeverityMedium, PerUser: true,
		Remind: 4 * time.Hour}
	view := review.AlertsView{
		App: appSupport, Currency: "EUR", Recent: raised, Mail: true,
		Rules: []review.AlertRuleView{
			{AlertRule: old, Readings: []review.AlertReading{{Value: 312.25, Limit: 60, Known: true, Fires: true}}},
			{AlertRule: failing, Readings: []review.AlertReading{{Subject: "remote.toxicity", Value: 41.3, Limit: 5, Known: true, Fires: true}, {Subject: "remote.injection", Value: 0.2, Limit: 5, Known: true}}},
			{AlertRule: silenced},
			{AlertRule: spender, Readings: []review.AlertReading{{UserID: "u-<b>7730</b>", Value: 48_120, Limit: 20_000, Known: true, Fires: true}}},
		},
		Channels: []review.AlertChannelView{
			{Webhook: review.Webhook{ID: "w1", Kind: review.ChannelSlack, Name: "Team <channel>", URL: "https://hooks.slack.com/…"}, Deliveries: []review.WebhookDelivery{
				{ID: 9, State: review.DeliveryDone, CreatedAt: now.Add(-4 * time.Minute), TriedAt: &over},
				{ID: 7, State: review.DeliveryDead, CreatedAt: now.Add(-30 * time.Hour), TriedAt: &told, Problem: "status 404"},
			}},
			{Webhook: review.Webhook{ID: "w2", Kind: review.ChannelEmail, Name: "On call", URL: "ann@example.com, bob@example.com", Least: review.SeverityHigh}, Deliveries: []review.WebhookDelivery{
				{ID: 8, State: review.DeliveryWaiting, CreatedAt: now.Add(-2 * time.Minute), TriedAt: &over, Problem: "the mail server cannot be reached: connection refused"},
			}},
			{Webhook: review.Webhook{ID: "w3", Kind: review.ChannelWebhook, URL: "https://example.com/guardroom"}},
		},
	}
	problem := func(field, message string) *views.Problem {
		return &views.Problem{Code: review.CodeUnprocessable, Message: field + ": " + message, Fields: []review.FieldError{{Field: field, Message: message}}}
	}
	form := views.NewAlertRuleForm()
	form.Threshold = "much <b>"
	auditor := lead
	auditor.Viewer.User.Role = review.RoleAuditor
	return []Story{
		{"alerts", views.AlertOverview(views.AlertOverviewPage{Shell: lead, Apps: []review.AlertSummary{{App: appSupport, Rules: 3, Open: raised[:2]}, {App: appCheckout}}})},
		{"alerts-app-none", views.AlertOverview(views.AlertOverviewPage{Shell: lead})},
		{"alerts-app", views.Alerts(views.AlertsPage{Shell: lead, View: view, Specs: ruled})},
		{"alerts-app-read", views.Alerts(views.AlertsPage{Shell: auditor, View: view, Specs: ruled})},
		{"alerts-app-fresh", views.Alerts(views.AlertsPage{Shell: lead, View: review.AlertsView{App: appSupport}, Specs: ruled})},
		{"alerts-app-secret", views.Alerts(views.AlertsPage{Shell: lead, View: view, Specs: ruled, Secret: "whsec_c2hvd24gb25jZQ=="})},
		{"alerts-app-refused", views.Alerts(views.AlertsPage{Shell: lead, View: view, Specs: ruled, Form: views.ChannelForm{Name: "On <call>", Kind: "email"}, Problem: problem("target", "must be e-mail addresses with commas between them")})},
		{"alerts-rule-new", views.AlertRule(views.AlertRulePage{Shell: lead, App: appSupport, Specs: ruled, Form: views.NewAlertRuleForm()})},
		{"alerts-rule", views.AlertRule(views.AlertRulePage{Shell: lead, App: appSupport, Specs: ruled, Rule: silenced, Form: views.AlertRuleFormOf(silenced)})},
		{"alerts-rule-users", views.AlertRule(views.AlertRulePage{Shell: lead, App: appSupport, Specs: ruled, Rule: spender, Form: views.AlertRuleFormOf(spender)})},
		{"alerts-rule-refused", views.AlertRule(views.AlertRulePage{Shell: lead, App: appSupport, Specs: ruled, Rule: old, Form: form, Problem: problem("threshold", "must be between 0 and 1000000000000")})},
		{"alerts-rule-silence-refused", views.AlertRule(views.AlertRulePage{Shell: lead, App: appSupport, Specs: ruled, Rule: old, Form: views.AlertRuleFormOf(old), Silenced: problem("reason", "is needed: colleagues and auditors will read it")})},
	}
}
