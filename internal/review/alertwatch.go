package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// alertsBy is who acts when a rule has a reason.
var alertsBy = Actor{ActorSystem, "alerts"}

// Round looks at every rule once: it raises and resolves Alerts, and tells of those that nobody was told of. Any number of
// servers may do so at once. What one of them did not come to do is done in the next round.
func (a *Alerts) Round(ctx context.Context) error {
	apps, err := a.Store.Apps(ctx)
	if err != nil {
		return err
	}
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = app.ID
	}
	rules, err := a.Store.AlertRules(ctx, ids)
	if err != nil {
		return err
	}
	open, err := a.Store.OpenAlerts(ctx, ids)
	if err != nil {
		return err
	}
	untold, err := a.Store.UntoldAlerts(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, app := range apps {
		round := alertRound{Alerts: a, app: app, now: a.now()}
		round.rules = of(rules, app, func(r AlertRule) string { return r.AppID })
		round.open = of(open, app, func(x Alert) string { return x.AppID })
		if err := round.run(ctx, slices.Contains(untold, app.ID)); err != nil {
			errs = append(errs, fmt.Errorf("review: alerts of an App: %w", err)) // the others' are looked at all the same
		}
	}
	return errors.Join(errs...)
}

func of[T any](all []T, app App, appID func(T) string) (out []T) {
	for _, x := range all {
		if appID(x) == app.ID {
			out = append(out, x)
		}
	}
	return out
}

// alertRound is one round of one App.
type alertRound struct {
	*Alerts
	app   App
	now   time.Time
	rules []AlertRule
	open  []Alert

	raised, fired, resolved []Alert
}

func (r *alertRound) run(ctx context.Context, untold bool) error {
	g := newGauge(r.Store, r.app, r.now)
	var errs []error
	for _, rule := range r.rules {
		readings, err := g.read(ctx, rule, r.subjects(rule))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.compare(rule, readings)
	}
	if len(r.raised)+len(r.fired)+len(r.resolved) > 0 {
		if err := r.write(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	if untold || len(r.raised)+len(r.resolved) > 0 {
		errs = append(errs, r.tell(ctx))
	}
	if due := r.due(); len(due) > 0 {
		errs = append(errs, r.remind(ctx, due))
	}
	return errors.Join(errs...)
}

// subjects are those of the rule's open Alerts: detectors, or users.
func (r *alertRound) subjects(rule AlertRule) (out []string) {
	for _, a := range r.open {
		switch {
		case a.RuleID != rule.ID:
		case rule.PerUser:
			out = append(out, a.UserID)
		default:
			out = append(out, a.Subject)
		}
	}
	return out
}

// compare finds what is new, what goes on and what is over. Of what nothing can be said now stays as it is.
func (r *alertRound) compare(rule AlertRule, readings []AlertReading) {
	for _, x := range readings {
		i := slices.IndexFunc(r.open, func(a Alert) bool { return a.RuleID == rule.ID && a.Subject == x.Subject && a.UserID == x.UserID })
		switch {
		case i < 0 && x.Fires:
			r.raised = append(r.raised, Alert{
				ID: r.NewID(), AppID: r.app.ID, RuleID: rule.ID, RuleName: rule.Name, Subject: x.Subject, UserID: x.UserID, Metric: rule.Metric, Condition: rule.Condition,
				Severity: rule.Severity, Value: x.Value, Limit: x.Limit, RaisedAt: r.now, FiredAt: r.now,
			})
		case i < 0:
		case x.Fires && r.now.Sub(r.open[i].FiredAt) >= alertCalm/5:
			r.fired = append(r.fired, r.open[i])
		case !x.Fires && r.now.Sub(r.open[i].FiredAt) >= alertCalm:
			r.resolved = append(r.resolved, r.open[i])
		}
	}
}

// write keeps what was found. Another server may have found the same: the store knows one open Alert of a rule and subject.
func (r *alertRound) write(ctx context.Context) error {
	var made []Alert
	err := r.Store.Write(ctx, func(tx Tx) error {
		made = nil
		for _, a := range r.raised {
			first, err := tx.RaiseAlert(a)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			made = append(made, a)
			if err := tx.AppendEvent(r.event("alert.raised", a)); err != nil {
				return err
			}
		}
		for _, a := range r.fired {
			if err := tx.RefireAlert(a.ID, r.now); err != nil {
				return err
			}
		}
		for _, a := range r.resolved {
			first, err := tx.ResolveAlert(a.ID, r.now)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			if err := tx.AppendEvent(r.event("alert.resolved", a)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, a := range made {
		r.Raised(a.Severity)
	}
	return err
}

func (r *alertRound) event(action string, a Alert) Event {
	return event(r.now, alertsBy, action, a.ID, a.AppID, struct {
		Rule     string      `json:"rule_id"`
		Metric   AlertMetric `json:"metric"`
		Detector string      `json:"detector,omitempty"`
		Severity Severity    `json:"severity"`
	}{a.RuleID, a.Metric, a.Subject, a.Severity})
}

// tell publishes what nobody was told of, in one message for what was raised and one for what is over.
func (r *alertRound) tell(ctx context.Context) error {
	return r.Store.Write(ctx, func(tx Tx) error {
		untold, last, err := tx.UntoldAlerts(r.app.ID)
		if err != nil {
			return err
		}
		untold = slices.DeleteFunc(untold, r.silenced)
		if r.gathers(untold, last) {
			return nil
		}
		for _, topic := range AlertTopics() {
			if err := r.publish(tx, topic, untold); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *alertRound) silenced(a Alert) bool { return r.rule(a).Silenced(r.now) }

// rule is the one that raised an Alert; the zero value when it has ended.
func (r *alertRound) rule(a Alert) AlertRule {
	i := slices.IndexFunc(r.rules, func(rule AlertRule) bool { return rule.ID == a.RuleID })
	if i < 0 {
		return AlertRule{}
	}
	return r.rules[i]
}

// due is what was told, goes on, and is to be said again.
func (r *alertRound) due() (out []Alert) {
	for _, a := range r.open {
		last, rule := a.ToldAt, r.rule(a)
		if a.RemindedAt != nil {
			last = a.RemindedAt
		}
		over := slices.ContainsFunc(r.resolved, func(x Alert) bool { return x.ID == a.ID })
		if rule.Remind > 0 && last != nil && !over && !rule.Silenced(r.now) && r.now.Sub(*last) >= rule.Remind {
			out = append(out, a)
		}
	}
	return out
}

// remind says it in one message.
func (r *alertRound) remind(ctx context.Context, due []Alert) error {
	return r.Store.Write(ctx, func(tx Tx) error {
		alerts, err := firstToSay(due, func(a Alert) (bool, error) { return tx.RemindAlert(a.ID, r.now.Add(-r.rule(a).Remind), r.now) })
		if err != nil || len(alerts) == 0 {
			return err
		}
		notice, err := alertReminder(r.app, alerts, r.now)
		return r.send(tx, notice, err)
	})
}

// firstToSay marks Alerts as said and returns those that no other server had said before.
func firstToSay(alerts []Alert, mark func(Alert) (first bool, err error)) ([]Alert, error) {
	var out []Alert
	for _, a := range alerts {
		first, err := mark(a)
		if err != nil {
			return nil, err
		}
		if first {
			out = append(out, a)
		}
	}
	return out, nil
}

// send publishes a notice that was made, at once.
func (r *alertRound) send(tx Tx, notice Notice, err error) error {
	if err != nil {
		return err
	}
	notice.NotBefore = r.now
	return tx.Publish(notice)
}

// gathers: what comes soon after a message waits, so that a bad day is not a hundred messages. What is grave does not.
func (r *alertRound) gathers(untold []Alert, last time.Time) bool {
	grave := slices.ContainsFunc(untold, func(a Alert) bool {
		return a.ResolvedAt == nil && severityRank(a.Severity) >= severityRank(SeverityHigh)
	})
	return !grave && r.now.Sub(last) < AlertGroupWait
}

func (r *alertRound) publish(tx Tx, topic string, untold []Alert) error {
	about := slices.DeleteFunc(slices.Clone(untold), func(a Alert) bool { return (a.ResolvedAt != nil) != (topic == TopicAlertResolved) })
	alerts, err := firstToSay(about, func(a Alert) (bool, error) { return tx.SetAlertTold(a.ID, topic, r.now) })
	if err != nil || len(alerts) == 0 {
		return err
	}
	notice, err := alertPublished(topic, r.app, alerts)
	return r.send(tx, notice, err)
}
