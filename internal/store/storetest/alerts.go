package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func alertScenarios() []scenario {
	return []scenario{
		{"a reason raises one alert, whatever servers look, and its end is told", alertRaisedOnce},
		{"what comes soon after a message is told together, and what is grave at once", alertsGathered},
		{"what is silenced is raised, and told when the silence is over", alertSilenced},
		{"metrics of conduct are held against thresholds and against their past", alertsOfConduct},
		{"a rule about users is an alert for each of them, bounded, and ends when they have gone", alertsOfUsers},
		{"what goes on is said again when a rule asks for it, once", alertsSaidAgain},
		{"each detector that fails is an alert of its own", alertsOfDetectors},
		{"budgets, dead deliveries and overdue items have metrics", alertLevels},
		{"channels are told what is grave enough for them, and are tested on the same way", alertChannels},
		{"rules and channels are for leads of the App, and bounded", alertsForeign},
	}
}

// targets seals nothing: what is tested is that the use case hands everything over.
type targets struct{}

func (targets) NewSecret() (string, []byte, error) { return "whsec_shown", []byte("sealed"), nil }
func (targets) SealTarget(target string) ([]byte, error) {
	return append([]byte("sealed "), target...), nil
}

func (f *fixture) alertsOver(t testing.TB, s review.Store) *review.Alerts {
	t.Helper()
	a, err := review.NewAlerts(review.Alerts{
		Store: s, Sealer: targets{}, Clock: f.clock.now, NewID: f.ids.next, MayReach: func(string) error { return nil }, Specs: specs(), Mail: true,
		Raised: func(review.Severity) {},
	})
	require.NoError(t, err)
	return a
}

func (f *fixture) rule(t testing.TB, a *review.Alerts, r review.AlertRule) review.AlertRule {
	t.Helper()
	if r.Severity == "" {
		r.Severity = review.SeverityMedium
	}
	if r.Condition == "" {
		r.Condition = review.AlertAbove
	}
	if r.Name == "" {
		r.Name = string(r.Metric)
	}
	r, err := a.SaveAlertRule(t.Context(), f.lead, "support", r)
	require.NoError(t, err)
	return r
}

// publishedAlerts reads what channels would be told by now.
func (f *fixture) publishedAlerts(t testing.TB, topic string) (out []review.ToldAlerts) {
	t.Helper()
	rows, err := f.Deliveries(t.Context(), f.caller.App.ID, topic, 0, 100, f.clock.now())
	require.NoError(t, err)
	for _, row := range rows {
		told, err := review.ReadAlerts(row.Payload)
		require.NoError(t, err)
		out = append(out, told)
	}
	return out
}

// roundOnServers lets several servers look at once.
func (f *fixture) roundOnServers(t *testing.T) {
	t.Helper()
	const servers = 4
	var all sync.WaitGroup
	errs := make([]error, servers)
	for i := range servers {
		other := f.alertsOver(t, f.open(t))
		all.Go(func() { errs[i] = other.Round(t.Context()) })
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func alertRaisedOnce(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	r := f.rule(t, alerts, review.AlertRule{Name: "Too old", Metric: review.AlertQueueAge, Threshold: 30})
	round := func() { t.Helper(); require.NoError(t, alerts.Round(t.Context())) }
	round()
	item := f.flagged(t, "a")
	round()
	require.Empty(t, f.publishedAlerts(t, review.TopicAlertRaised), "it is young")
	f.clock.advance(31 * time.Minute)

	f.roundOnServers(t)
	told := f.publishedAlerts(t, review.TopicAlertRaised)
	require.Len(t, told, 1, "once, whoever saw it first")
	require.Equal(t, "support", told[0].App)
	require.Len(t, told[0].Alerts, 1)
	one := told[0].Alerts[0]
	require.Equal(t, []any{r.ID, "Too old", review.SeverityMedium, 30.0, 31.0}, []any{one.RuleID, one.Rule, one.Severity, one.Limit, one.Value})
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM alerts"))

	for range 3 {
		f.clock.advance(10 * time.Minute)
		round()
	}
	require.Len(t, f.publishedAlerts(t, review.TopicAlertRaised), 1, "while it goes on nobody is told again")
	f.decide(t, f.ann, item, review.JudgeBlock)
	round()
	require.Empty(t, f.publishedAlerts(t, review.TopicAlertResolved), "it has to be calm for a while")
	f.clock.advance(6 * time.Minute)
	round()
	over := f.publishedAlerts(t, review.TopicAlertResolved)
	require.Len(t, over, 1)
	require.Equal(t, one.ID, over[0].Alerts[0].ID)
	require.NotNil(t, over[0].Alerts[0].ResolvedAt)
	view, err := alerts.AlertsOf(t.Context(), f.lead, "support")
	require.NoError(t, err)
	require.Len(t, view.Recent, 1)
	require.NotNil(t, view.Recent[0].ResolvedAt)
	require.Equal(t, []review.AlertReading{{Value: 0, Limit: 30, Known: true}}, view.Rules[0].Readings)

	again := f.flagged(t, "b")
	f.clock.advance(40 * time.Minute)
	round()
	require.Len(t, f.publishedAlerts(t, review.TopicAlertRaised), 2, "another time is another alert")
	require.NoError(t, alerts.EndAlertRule(t.Context(), f.lead, "support", r.ID))
	f.clock.advance(6 * time.Minute)
	round()
	require.Len(t, f.publishedAlerts(t, review.TopicAlertResolved), 2, "what a rule has raised ends with it")
	require.NotEmpty(t, again)
	require.Equal(t, 2, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'alert.raised'"))
	f.verifyChain(t)
}

func alertsGathered(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	round := func() { t.Helper(); require.NoError(t, alerts.Round(t.Context())) }
	f.rule(t, alerts, review.AlertRule{Name: "one", Metric: review.AlertQueueOpen, Threshold: 0})
	f.rule(t, alerts, review.AlertRule{Name: "two", Metric: review.AlertQueueOpen, Threshold: 1})
	f.rule(t, alerts, review.AlertRule{Name: "three", Metric: review.AlertQueueOpen, Threshold: 2, Severity: review.SeverityLow})
	f.rule(t, alerts, review.AlertRule{Name: "four", Metric: review.AlertQueueOpen, Threshold: 3, Severity: review.SeverityCritical})
	names := func() (out []string) {
		for _, told := range f.publishedAlerts(t, review.TopicAlertRaised) {
			names := ""
			for _, a := range told.Alerts {
				names += a.Rule + " "
			}
			out = append(out, names)
		}
		return out
	}
	f.flagged(t, "a")
	round()
	require.Equal(t, []string{"one "}, names())
	f.clock.advance(time.Minute)
	f.flagged(t, "b")
	round()
	f.clock.advance(time.Minute)
	f.flagged(t, "c")
	round()
	require.Equal(t, []string{"one "}, names(), "they wait for each other")
	f.clock.advance(3 * time.Minute)
	other := f.alertsOver(t, f.open(t)) // the server that raised them is gone
	require.NoError(t, other.Round(t.Context()))
	require.Equal(t, []string{"one ", "two three "}, names())
	f.flagged(t, "d")
	round()
	require.Equal(t, []string{"one ", "two three ", "four "}, names(), "what is grave does not wait")
}

func alertSilenced(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	r := f.rule(t, alerts, review.AlertRule{Metric: review.AlertQueueOpen, Threshold: 0, Severity: review.SeverityHigh})
	require.NoError(t, alerts.SilenceAlertRule(t.Context(), f.lead, "support", r.ID, 2*time.Hour, "We move house."))
	f.flagged(t, "a")
	require.NoError(t, alerts.Round(t.Context()))
	require.Empty(t, f.publishedAlerts(t, review.TopicAlertRaised))
	view, err := alerts.AlertsOf(t.Context(), f.lead, "support")
	require.NoError(t, err)
	require.Len(t, view.Recent, 1, "it is seen")
	require.Nil(t, view.Recent[0].ToldAt)
	require.Equal(t, "We move house.", view.Rules[0].SilenceReason)
	changed := view.Rules[0].AlertRule
	changed.Name = "renamed"
	f.rule(t, alerts, changed)
	f.clock.advance(119 * time.Minute)
	require.NoError(t, alerts.Round(t.Context()))
	require.Empty(t, f.publishedAlerts(t, review.TopicAlertRaised), "a change does not end the silence")
	f.clock.advance(time.Minute)
	require.NoError(t, alerts.Round(t.Context()))
	require.Len(t, f.publishedAlerts(t, review.TopicAlertRaised), 1)
	require.NoError(t, alerts.SilenceAlertRule(t.Context(), f.lead, "support", r.ID, time.Hour, "Again."))
	require.NoError(t, alerts.SilenceAlertRule(t.Context(), f.lead, "support", r.ID, 0, ""))
	rule, err := alerts.AlertRule(t.Context(), f.lead, "support", r.ID)
	require.NoError(t, err)
	require.False(t, rule.Silenced(f.clock.now()))
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'alert.rule_silenced'"))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM events WHERE detail LIKE '%house%'"), "the trail is open")
}

func (f *fixture) hourOf(ago time.Duration, h review.ConductHour) review.ConductHour {
	h.AppID, h.Hour = f.caller.App.ID, f.clock.now().Add(-ago).Truncate(time.Hour)
	return h
}

func (f *fixture) readings(t testing.TB, a *review.Alerts) map[string][]review.AlertReading {
	t.Helper()
	view, err := a.AlertsOf(t.Context(), f.lead, "support")
	require.NoError(t, err)
	out := map[string][]review.AlertReading{}
	for _, r := range view.Rules {
		out[r.Name] = r.Readings
	}
	return out
}

func alertsOfConduct(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	add := func(name string, m review.AlertMetric, c review.AlertCondition, threshold float64) {
		f.rule(t, alerts, review.AlertRule{Name: name, Metric: m, Condition: c, Threshold: threshold})
	}
	add("many", review.AlertRequests, review.AlertAbove, 100)
	add("few", review.AlertRequests, review.AlertBelow, 100)
	add("unusual", review.AlertRequests, review.AlertStandsOut, 3)
	add("errors", review.AlertErrors, review.AlertAbove, 10)
	add("latency", review.AlertLatency, review.AlertStandsOut, 4)
	add("cost", review.AlertCost, review.AlertAbove, 1)

	none := f.readings(t, alerts)
	require.Equal(t, []review.AlertReading{{Limit: 100, Known: true}}, none["many"])
	require.Equal(t, []review.AlertReading{{Limit: 100, Known: true, Fires: true}}, none["few"], "silence is too little")
	require.Empty(t, none["unusual"], "without a past nothing is unusual")
	require.Empty(t, none["errors"], "a share of nothing is nothing")

	var past []review.ConductHour
	for h := 2; h <= 72; h++ {
		past = append(past, f.hourOf(time.Duration(h)*time.Hour, review.ConductHour{Requests: 95 + h%11, Timed: 95 + h%11, Latency: time.Duration(95+h%11) * 200 * time.Millisecond, Errors: 1}))
	}
	past = append(past, f.hourOf(time.Hour, review.ConductHour{Requests: 110, Timed: 20, Latency: 20 * 200 * time.Millisecond, Cost: 2_000_000}))
	past = append(past, f.hourOf(0, review.ConductHour{Requests: 40, Timed: 40, Latency: 40 * 200 * time.Millisecond, Errors: 20}))
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: past}))
	now := f.readings(t, alerts)
	require.Equal(t, []review.AlertReading{{Value: 110, Limit: 100, Known: true, Fires: true}}, now["many"], "the last hour counts until the next one is over")
	require.Equal(t, []review.AlertReading{{Value: 110, Limit: 100, Known: true}}, now["few"])
	require.Len(t, now["unusual"], 1)
	require.InDelta(t, 130, now["unusual"][0].Limit, 1, "three times the root of a hundred above it")
	require.False(t, now["unusual"][0].Fires)
	require.Len(t, now["errors"], 1)
	require.InDelta(t, 100*20.0/150, now["errors"][0].Value, 1e-9)
	require.True(t, now["errors"][0].Fires)
	require.Len(t, now["latency"], 1)
	require.False(t, now["latency"][0].Fires)
	require.Equal(t, []review.AlertReading{{Value: 2, Limit: 1, Known: true, Fires: true}}, now["cost"])

	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{f.hourOf(0, review.ConductHour{Requests: 100, Timed: 500, Latency: 500 * time.Second})}}))
	now = f.readings(t, alerts)
	require.True(t, now["unusual"][0].Fires, "what the running hour has is enough already")
	require.True(t, now["latency"][0].Fires)
}

func (f *fixture) hourOfUser(user string, ago time.Duration, h review.ConductHour) review.ConductHour {
	h = f.hourOf(ago, h)
	h.UserID = user
	return h
}

func alertsOfUsers(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	for _, m := range review.AlertMetrics() {
		if m.Hourly() {
			f.rule(t, alerts, review.AlertRule{Metric: m, Threshold: 50, PerUser: true})
		}
	}
	record := func(hours ...review.ConductHour) {
		t.Helper()
		require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: hours}))
	}
	loud := review.ConductHour{Requests: 60, Flagged: 51, Alarms: 52, Errors: 54, Refusals: 48, TokensIn: 30, TokensOut: 31, Denied: 53, Cost: 55_500_000, Timed: 60, Latency: 60 * 70 * time.Millisecond}
	record(
		f.hourOf(0, review.ConductHour{Requests: 5000, Alarms: 400}), // the App's own hours are no user's
		f.hourOfUser("loud", time.Hour, loud), f.hourOfUser("loud", 0, review.ConductHour{Requests: 1, Errors: 1}),
		f.hourOfUser("calm", 0, review.ConductHour{Requests: 50, Timed: 50, Latency: 50 * 40 * time.Millisecond}),
		f.hourOfUser("few", 0, review.ConductHour{Requests: 9, Errors: 9, Refusals: 9, Timed: 9, Latency: time.Hour}),
		f.hourOfUser("early", 2*time.Hour, loud),
	)
	want := map[string]float64{
		"conduct.requests": 60, "conduct.tokens": 61, "conduct.flagged": 51, "conduct.unusual": 52, "conduct.denied": 53, "conduct.cost": 55.5,
		"conduct.errors": 100 * 55.0 / 61, "conduct.refusals": 100 * 48.0 / 61, "conduct.latency": 70,
	}
	got := f.readings(t, alerts)
	require.Len(t, got, len(want))
	for name, value := range want {
		require.Len(t, got[name], 1, name)
		require.InDelta(t, value, got[name][0].Value, 1e-9, name)
		got[name][0].Value = 0
		require.Equal(t, review.AlertReading{UserID: "loud", Limit: 50, Known: true, Fires: true}, got[name][0], name)
	}

	rules, err := f.AlertRules(t.Context(), []string{f.caller.App.ID})
	require.NoError(t, err)
	var kept review.AlertRule
	for _, r := range rules {
		if r.Metric == review.AlertRequests {
			kept = r
			continue
		}
		require.NoError(t, alerts.EndAlertRule(t.Context(), f.lead, "support", r.ID))
	}
	require.NoError(t, alerts.Round(t.Context()))
	told := f.publishedAlerts(t, review.TopicAlertRaised)
	require.Len(t, told, 1)
	require.Len(t, told[0].Alerts, 1)
	require.Equal(t, "loud", told[0].Alerts[0].UserID)
	var crowd []review.ConductHour
	for i := range 3 * review.MaxAlertUsers {
		crowd = append(crowd, f.hourOfUser(fmt.Sprintf("u-%02d", i), 0, review.ConductHour{Requests: 100 + i}))
	}
	record(crowd...)
	f.clock.advance(review.AlertGroupWait)
	for range 3 {
		require.NoError(t, alerts.Round(t.Context()))
	}
	told = f.publishedAlerts(t, review.TopicAlertRaised)
	require.Len(t, told, 2, "all together in one message")
	require.Len(t, told[1].Alerts, review.MaxAlertUsers-1, "with the one before no more than the bound")
	users := map[string]bool{}
	for _, a := range told[1].Alerts {
		users[a.UserID] = true
	}
	require.True(t, users["u-59"] && users["u-41"] && !users["u-40"], "those who are furthest beyond")
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM events WHERE detail LIKE '%u-59%'"), "the trail names no user for it")

	f.clock.advance(3 * time.Hour)
	require.NoError(t, alerts.Round(t.Context()))
	open, err := f.OpenAlerts(t.Context(), []string{f.caller.App.ID})
	require.NoError(t, err)
	require.Empty(t, open, "they have gone")
	kept.PerUser = false
	f.rule(t, alerts, kept)
	record(f.hourOf(0, review.ConductHour{Requests: 500}))
	require.NoError(t, alerts.Round(t.Context()))
	open, err = f.OpenAlerts(t.Context(), []string{f.caller.App.ID})
	require.NoError(t, err)
	require.Len(t, open, 1)
	require.Empty(t, open[0].UserID)
	kept.PerUser = true
	f.rule(t, alerts, kept)
	open, err = f.OpenAlerts(t.Context(), []string{f.caller.App.ID})
	require.NoError(t, err)
	require.Empty(t, open, "what is open was about something else")
}

func alertsSaidAgain(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	r := f.rule(t, alerts, review.AlertRule{Name: "again", Metric: review.AlertQueueOpen, Threshold: 0, Remind: 4 * time.Hour})
	f.rule(t, alerts, review.AlertRule{Name: "once", Metric: review.AlertQueueOpen, Threshold: 0})
	round := func() { t.Helper(); require.NoError(t, alerts.Round(t.Context())) }
	said := func() (out []string) {
		for _, told := range f.publishedAlerts(t, review.TopicAlertRaised) {
			for _, a := range told.Alerts {
				out = append(out, fmt.Sprint(a.Rule, " ", a.Reminder))
			}
		}
		return out
	}
	item := f.flagged(t, "a")
	round()
	first := []string{"again false", "once false"}
	require.ElementsMatch(t, first, said())
	f.clock.advance(4*time.Hour - time.Minute)
	round()
	require.Len(t, said(), 2)
	f.clock.advance(time.Minute)
	f.roundOnServers(t)
	require.ElementsMatch(t, append(first, "again true"), said(), "once, whatever servers look")
	f.clock.advance(3 * time.Hour)
	round()
	require.Len(t, said(), 3)
	require.NoError(t, alerts.SilenceAlertRule(t.Context(), f.lead, "support", r.ID, 3*time.Hour, "We know."))
	f.clock.advance(2 * time.Hour)
	round()
	require.Len(t, said(), 3, "a silence silences this, too")
	f.clock.advance(time.Hour)
	round()
	require.Len(t, said(), 4)
	view, err := alerts.AlertsOf(t.Context(), f.lead, "support")
	require.NoError(t, err)
	for _, a := range view.Recent {
		require.Equal(t, a.RuleName == "again", a.RemindedAt != nil)
	}
	f.decide(t, f.ann, item, review.JudgeBlock)
	for range 12 {
		f.clock.advance(time.Hour)
		round()
	}
	require.Len(t, said(), 4, "what is over is not said again")
}

func alertsOfDetectors(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	f.rule(t, alerts, review.AlertRule{Name: "any", Metric: review.AlertFailures, Threshold: 20})
	f.rule(t, alerts, review.AlertRule{Name: "one", Metric: review.AlertFailures, Threshold: 20, Detector: "pii.test"})
	fail := func(n int, detectors ...string) {
		f.write(t, func(tx review.Tx) error {
			for range n {
				in := review.Interaction{ID: f.ids.next(), AppID: f.caller.App.ID, CreatedAt: f.clock.now()}
				var a review.Assessment
				for _, d := range detectors {
					a.Failures = append(a.Failures, review.Failure{Detector: d}, review.Failure{Detector: d})
				}
				if err := tx.PutInteraction(in, a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	fail(5, "remote.a", "remote.b")
	require.Empty(t, f.readings(t, alerts)["any"], "of how many nobody knows yet")
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{f.hourOf(0, review.ConductHour{Requests: 20})}}))
	require.NoError(t, alerts.Round(t.Context()))
	told := f.publishedAlerts(t, review.TopicAlertRaised)
	require.Len(t, told, 1, "both in one message")
	require.Len(t, told[0].Alerts, 2)
	require.Equal(t, 25.0, told[0].Alerts[0].Value)
	require.ElementsMatch(t, []string{"remote.a", "remote.b"}, []string{told[0].Alerts[0].Detector, told[0].Alerts[1].Detector})
	require.Equal(t, []review.AlertReading{{Subject: "pii.test", Limit: 20, Known: true}}, f.readings(t, alerts)["one"])

	f.clock.advance(2 * time.Hour)
	require.NoError(t, alerts.Round(t.Context()))
	require.Empty(t, f.publishedAlerts(t, review.TopicAlertResolved), "nobody knows whether they answer")
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{f.hourOf(0, review.ConductHour{Requests: 30})}}))
	require.NoError(t, alerts.Round(t.Context()))
	require.Len(t, f.publishedAlerts(t, review.TopicAlertResolved), 1)
}

func alertLevels(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	f.rule(t, alerts, review.AlertRule{Name: "spent", Metric: review.AlertBudget, Threshold: 80})
	f.rule(t, alerts, review.AlertRule{Name: "forecast", Metric: review.AlertForecast, Threshold: 100})
	f.rule(t, alerts, review.AlertRule{Name: "dead", Metric: review.AlertDead, Threshold: 0})
	f.rule(t, alerts, review.AlertRule{Name: "overdue", Metric: review.AlertQueueOverdue, Threshold: 0})
	require.Empty(t, f.readings(t, alerts)["spent"], "there is no budget")
	p, err := f.ActivePolicy(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	p.Version++
	p.Budget = review.BudgetRules{Monthly: 10, Currency: "EUR", Prices: []review.Price{{Model: "m", Input: 1}}}
	f.write(t, func(tx review.Tx) error { return tx.PutPolicy(p, cli, "a budget", f.clock.now()) })
	f.clock.advance(2 * 24 * time.Hour)
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{f.hourOf(time.Hour, review.ConductHour{Requests: 1, Cost: 9_000_000})}}))
	h := f.hook(t, review.TopicDecided)
	f.flagged(t, "a")
	now := f.clock.now()
	f.write(t, func(tx review.Tx) error {
		return tx.PutDelivery(review.WebhookDelivery{WebhookID: h.ID, Message: "m", Topic: review.TopicDecided, Payload: []byte("{}"), State: review.DeliveryWaiting, NextAt: now, CreatedAt: now})
	})
	due, err := f.LeaseDeliveries(t.Context(), now, time.Minute, 1)
	require.NoError(t, err)
	require.Len(t, due, 1)
	due[0].State, due[0].TriedAt = review.DeliveryDead, &now
	require.NoError(t, f.SettleDelivery(t.Context(), due[0].WebhookDelivery, review.DeliveryAttempt{At: now}))
	f.clock.advance(time.Minute)
	got := f.readings(t, alerts)
	require.Equal(t, []review.AlertReading{{Value: 90, Limit: 80, Known: true, Fires: true}}, got["spent"])
	require.True(t, got["forecast"][0].Fires)
	require.Greater(t, got["forecast"][0].Value, 1000.0)
	require.Equal(t, []review.AlertReading{{Value: 1, Limit: 0, Known: true, Fires: true}}, got["dead"])
	require.Equal(t, []review.AlertReading{{Value: 0, Limit: 0, Known: true}}, got["overdue"])
	f.clock.advance(30 * 24 * time.Hour)
	got = f.readings(t, alerts)
	require.Zero(t, got["dead"][0].Value, "of the last day")
	require.Equal(t, 1.0, got["overdue"][0].Value)
}

func alertChannels(t *testing.T, f *fixture) {
	alerts := f.alertsOver(t, f.Store)
	add := func(r review.ChannelRequest) review.Webhook {
		hook, _, err := alerts.AddChannel(t.Context(), f.lead, "support", r)
		require.NoError(t, err)
		return hook
	}
	slack := add(review.ChannelRequest{Name: "Team", Kind: review.ChannelSlack, Target: "https://hooks.example.com/services/T0/secret"})
	email := add(review.ChannelRequest{Name: "On call", Kind: review.ChannelEmail, Target: "ann@example.com, bob@example.com", Least: review.SeverityHigh})
	signed := add(review.ChannelRequest{Name: "Pager", Kind: review.ChannelWebhook, Target: "https://pager.example.com/in"})
	require.Equal(t, "https://hooks.example.com/…", slack.URL, "the path is the secret")
	require.Equal(t, "ann@example.com, bob@example.com", email.URL)
	require.Equal(t, "https://pager.example.com/in", signed.URL)
	f.hook(t, review.TopicDecided) // is no channel
	view, err := alerts.AlertsOf(t.Context(), f.lead, "support")
	require.NoError(t, err)
	require.Len(t, view.Channels, 3)

	f.rule(t, alerts, review.AlertRule{Name: "mild", Metric: review.AlertQueueOpen, Threshold: 0, Severity: review.SeverityLow})
	f.rule(t, alerts, review.AlertRule{Name: "grave", Metric: review.AlertQueueOpen, Threshold: 1, Severity: review.SeverityHigh})
	item := f.flagged(t, "a")
	f.decide(t, f.ann, item, review.JudgeBlock) // can be undone for a while: what is published after it waits
	f.flagged(t, "b")
	require.NoError(t, alerts.Round(t.Context()))
	made, err := f.FanOut(t.Context(), f.clock.now())
	require.NoError(t, err)
	require.Zero(t, made)
	f.clock.advance(review.UndoWindow)
	for _, want := range []int{3, 0} { // the decision once, and the mild alert for the two that want all
		made, err = f.FanOut(t.Context(), f.clock.now())
		require.NoError(t, err)
		require.Equal(t, want, made)
	}
	f.flagged(t, "c")
	require.NoError(t, alerts.Round(t.Context()))
	made, err = f.FanOut(t.Context(), f.clock.now())
	require.NoError(t, err)
	require.Equal(t, 3, made)
	of := func(h review.Webhook) (out []review.WebhookDelivery) {
		out, err := f.TopicDeliveries(t.Context(), h.ID, review.AlertTopics(), 10)
		require.NoError(t, err)
		return out
	}
	require.Len(t, of(slack), 2)
	require.Len(t, of(email), 1)
	told, err := review.ReadAlerts(of(email)[0].Payload)
	require.NoError(t, err)
	require.Len(t, told.Alerts, 1)
	require.Equal(t, "grave", told.Alerts[0].Rule)

	require.NoError(t, alerts.TestChannel(t.Context(), f.lead, "support", email.ID))
	require.Len(t, of(email), 2, "whatever its severity")
	told, err = review.ReadAlerts(of(email)[0].Payload)
	require.NoError(t, err)
	require.True(t, told.Test)
	due, err := f.LeaseDeliveries(t.Context(), f.clock.now(), time.Minute, 20)
	require.NoError(t, err)
	kinds := map[review.ChannelKind]int{}
	for _, d := range due {
		kinds[d.Webhook.Kind]++
		if d.Webhook.Kind == review.ChannelSlack {
			require.Equal(t, "sealed https://hooks.example.com/services/T0/secret", string(d.Webhook.Secret))
		}
	}
	require.Equal(t, map[review.ChannelKind]int{review.ChannelWebhook: 3, review.ChannelSlack: 2, review.ChannelEmail: 2}, kinds, "of different rules none waits for another")

	hooks := &review.Webhooks{Store: f.Store, Clock: f.clock.now}
	list, err := hooks.List(t.Context(), f.caller.HookOwner())
	require.NoError(t, err)
	require.Len(t, list, 2, "an App does not see what is told people")
	require.Equal(t, review.CodeNotFound, review.CodeOf(hooks.End(t.Context(), f.caller.HookOwner(), slack.ID)))
	require.NoError(t, alerts.EndChannel(t.Context(), f.lead, "support", slack.ID))
	require.Equal(t, review.CodeNotFound, review.CodeOf(alerts.TestChannel(t.Context(), f.lead, "support", slack.ID)))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM events WHERE detail LIKE '%T0%'"))
}

func alertsForeign(t *testing.T, f *fixture) {
	f.addApp(t, "other")
	alerts := f.alertsOver(t, f.Store)
	good := review.AlertRule{Name: "Old", Metric: review.AlertQueueAge, Condition: review.AlertAbove, Threshold: 5, Severity: review.SeverityLow}
	for name, c := range map[string]struct {
		who    review.Viewer
		app    string
		change func(*review.AlertRule)
		want   review.Code
	}{
		"an analyst":            {f.ann, "support", func(*review.AlertRule) {}, review.CodeForbidden},
		"another App":           {f.lead, "other", func(*review.AlertRule) {}, review.CodeNotFound},
		"another rule":          {f.lead, "support", func(r *review.AlertRule) { r.ID = "x" }, review.CodeNotFound},
		"no name":               {f.lead, "support", func(r *review.AlertRule) { r.Name = " " }, review.CodeUnprocessable},
		"two lines":             {f.lead, "support", func(r *review.AlertRule) { r.Name = "a\r\nBcc: b" }, review.CodeUnprocessable},
		"no metric":             {f.lead, "support", func(r *review.AlertRule) { r.Metric = "x" }, review.CodeUnprocessable},
		"no condition":          {f.lead, "support", func(r *review.AlertRule) { r.Condition = "x" }, review.CodeUnprocessable},
		"less than nothing":     {f.lead, "support", func(r *review.AlertRule) { r.Threshold = -1 }, review.CodeUnprocessable},
		"below nothing":         {f.lead, "support", func(r *review.AlertRule) { r.Condition, r.Threshold = review.AlertBelow, 0 }, review.CodeUnprocessable},
		"a queue's past":        {f.lead, "support", func(r *review.AlertRule) { r.Condition = review.AlertStandsOut }, review.CodeUnprocessable},
		"a detector of a queue": {f.lead, "support", func(r *review.AlertRule) { r.Detector = "pii.test" }, review.CodeUnprocessable},
		"no severity":           {f.lead, "support", func(r *review.AlertRule) { r.Severity = "x" }, review.CodeUnprocessable},
		"a queue's users":       {f.lead, "support", func(r *review.AlertRule) { r.PerUser = true }, review.CodeUnprocessable},
		"users below": {f.lead, "support", func(r *review.AlertRule) {
			r.PerUser, r.Metric, r.Condition = true, review.AlertRequests, review.AlertBelow
		}, review.CodeUnprocessable},
		"a reminder of the past":    {f.lead, "support", func(r *review.AlertRule) { r.Remind = -time.Hour }, review.CodeUnprocessable},
		"a reminder in minutes":     {f.lead, "support", func(r *review.AlertRule) { r.Remind = 90 * time.Minute }, review.CodeUnprocessable},
		"a reminder after for ever": {f.lead, "support", func(r *review.AlertRule) { r.Remind = review.MaxAlertReminder + time.Hour }, review.CodeUnprocessable},
	} {
		r := good
		c.change(&r)
		_, err := alerts.SaveAlertRule(t.Context(), c.who, c.app, r)
		require.Equal(t, c.want, review.CodeOf(err), name)
	}
	slack := review.ChannelRequest{Name: "Team", Kind: review.ChannelSlack, Target: "https://hooks.example.com/x"}
	for name, c := range map[string]struct {
		who    review.Viewer
		change func(*review.ChannelRequest)
		want   review.Code
	}{
		"an analyst":  {f.ann, func(*review.ChannelRequest) {}, review.CodeForbidden},
		"no kind":     {f.lead, func(r *review.ChannelRequest) { r.Kind = "x" }, review.CodeUnprocessable},
		"no URL":      {f.lead, func(r *review.ChannelRequest) { r.Target = "ftp://x" }, review.CodeUnprocessable},
		"no address":  {f.lead, func(r *review.ChannelRequest) { r.Kind = review.ChannelEmail }, review.CodeUnprocessable},
		"no severity": {f.lead, func(r *review.ChannelRequest) { r.Least = "x" }, review.CodeUnprocessable},
		"no name":     {f.lead, func(r *review.ChannelRequest) { r.Name = "" }, review.CodeUnprocessable},
	} {
		r := slack
		c.change(&r)
		_, _, err := alerts.AddChannel(t.Context(), c.who, "support", r)
		require.Equal(t, c.want, review.CodeOf(err), name)
	}
	noMail := f.alertsOver(t, f.Store)
	noMail.Mail = false
	_, _, err := noMail.AddChannel(t.Context(), f.lead, "support", review.ChannelRequest{Name: "a", Kind: review.ChannelEmail, Target: "a@example.com"})
	require.Equal(t, "kind", review.FieldsOf(err)[0].Field)
	_, err = alerts.AlertsOf(t.Context(), f.ann, "support")
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
	_, err = alerts.AlertOverview(t.Context(), f.ann)
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))

	for range review.MaxAlertRules {
		f.rule(t, alerts, good)
	}
	_, err = alerts.SaveAlertRule(t.Context(), f.lead, "support", good)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	overview, err := alerts.AlertOverview(t.Context(), f.lead)
	require.NoError(t, err)
	require.Len(t, overview, 1)
	require.Equal(t, review.MaxAlertRules, overview[0].Rules)
	rules, err := f.AlertRules(t.Context(), []string{f.caller.App.ID})
	require.NoError(t, err)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(alerts.SilenceAlertRule(t.Context(), f.lead, "support", rules[0].ID, time.Hour, " ")))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(alerts.SilenceAlertRule(t.Context(), f.lead, "support", rules[0].ID, 1<<60, "why")))
	require.Equal(t, review.CodeForbidden, review.CodeOf(alerts.SilenceAlertRule(t.Context(), f.ann, "support", rules[0].ID, time.Hour, "why")))
	require.NoError(t, alerts.EndAlertRule(t.Context(), f.lead, "support", rules[0].ID))
	require.Equal(t, review.CodeNotFound, review.CodeOf(alerts.EndAlertRule(t.Context(), f.lead, "support", rules[0].ID)))
}
