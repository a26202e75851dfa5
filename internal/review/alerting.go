package review

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Alerts is the use cases of Alerts: rules, channels, and looking whether a rule has a reason.
type Alerts struct {
	Store  Store
	Sealer Sealer
	Clock  Clock
	NewID  func() string
	// MayReach tells whether a URL can be reached at all.
	MayReach func(url string) error
	Specs    []DetectorSpec
	Mail     bool           // whether there is a mail server
	Raised   func(Severity) // counts; it must be fast
}

// NewAlerts checks that nothing is missing.
func NewAlerts(a Alerts) (*Alerts, error) {
	if a.Store == nil || a.Sealer == nil || a.Clock == nil || a.NewID == nil || a.MayReach == nil || a.Raised == nil {
		return nil, errors.New("review: a dependency of the alerts is missing")
	}
	return &a, nil
}

func (a *Alerts) now() time.Time { return a.Clock().UTC().Truncate(time.Microsecond) }

// ownAlerts is an App whose alerts are the viewer's to change.
func ownAlerts(v Viewer, appName string) (App, error) {
	if !v.May(PermOversee) {
		return App{}, Errorf(CodeForbidden, "your role may not change alerts")
	}
	return v.AppNamed(appName)
}

// AlertSummary is how one App stands.
type AlertSummary struct {
	App   App
	Open  []Alert // the newest first
	Rules int
}

// AlertOverview lists the viewer's Apps with what is open.
func (a *Alerts) AlertOverview(ctx context.Context, v Viewer) ([]AlertSummary, error) {
	if !v.May(PermInsight) {
		return nil, errNoAlerts
	}
	rules, err := a.Store.AlertRules(ctx, v.AppIDs())
	if err != nil {
		return nil, err
	}
	open, err := a.Store.OpenAlerts(ctx, v.AppIDs())
	if err != nil {
		return nil, err
	}
	out := make([]AlertSummary, len(v.Apps))
	for i, app := range v.Apps {
		out[i].App = app
		for _, r := range rules {
			if r.AppID == app.ID {
				out[i].Rules++
			}
		}
		for _, o := range open {
			if o.AppID == app.ID {
				out[i].Open = append(out[i].Open, o)
			}
		}
	}
	return out, nil
}

var errNoAlerts = Errorf(CodeForbidden, "your role may not see alerts")

// AlertRuleView is a rule with what it looks at now.
type AlertRuleView struct {
	AlertRule
	Readings []AlertReading // none when nothing can be said yet
}

// AlertChannelView is a channel with what became of its last messages.
type AlertChannelView struct {
	Webhook
	Deliveries []WebhookDelivery // the newest first
}

// channelDeliveries is how many are shown of each channel.
const channelDeliveries = 5

// AlertsView is the alerts of one App.
type AlertsView struct {
	App      App
	Currency string // of its costs
	Rules    []AlertRuleView
	Recent   []Alert // the newest first, open ones too
	Channels []AlertChannelView
	Mail     bool // whether there is a mail server
}

// AlertsOf returns the alerts of one of the viewer's Apps.
func (a *Alerts) AlertsOf(ctx context.Context, v Viewer, appName string) (AlertsView, error) {
	if !v.May(PermInsight) {
		return AlertsView{}, errNoAlerts
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return AlertsView{}, err
	}
	view := AlertsView{App: app, Mail: a.Mail}
	policy, err := a.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return view, err
	}
	view.Currency = policy.Budget.Currency
	if view.Rules, err = a.readRules(ctx, app); err != nil {
		return view, err
	}
	if view.Recent, err = a.Store.RecentAlerts(ctx, app.ID, AlertsShown); err != nil {
		return view, err
	}
	view.Channels, err = a.channels(ctx, app)
	return view, err
}

func (a *Alerts) readRules(ctx context.Context, app App) ([]AlertRuleView, error) {
	rules, err := a.Store.AlertRules(ctx, []string{app.ID})
	if err != nil {
		return nil, err
	}
	g := newGauge(a.Store, app, a.now())
	out := make([]AlertRuleView, len(rules))
	for i, r := range rules {
		out[i].AlertRule = r
		if out[i].Readings, err = g.read(ctx, r, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *Alerts) channels(ctx context.Context, app App) ([]AlertChannelView, error) {
	hooks, err := a.Store.Webhooks(ctx, app.ID)
	if err != nil {
		return nil, err
	}
	var out []AlertChannelView
	for _, h := range hooks {
		if !h.TellsAlerts() {
			continue
		}
		view := AlertChannelView{Webhook: h}
		if view.Deliveries, err = a.Store.TopicDeliveries(ctx, h.ID, AlertTopics(), channelDeliveries); err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

// AlertRule returns a rule of one of the viewer's Apps.
func (a *Alerts) AlertRule(ctx context.Context, v Viewer, appName, id string) (AlertRule, error) {
	app, err := ownAlerts(v, appName)
	if err != nil {
		return AlertRule{}, err
	}
	rules, err := a.Store.AlertRules(ctx, []string{app.ID})
	if err != nil {
		return AlertRule{}, err
	}
	return ruleAmong(rules, id)
}

func ruleAmong(rules []AlertRule, id string) (AlertRule, error) {
	i := slices.IndexFunc(rules, func(r AlertRule) bool { return r.ID == id })
	if i < 0 {
		return AlertRule{}, Errorf(CodeNotFound, "there is no such rule")
	}
	return rules[i], nil
}

// SaveAlertRule makes a rule, or changes the one with its id. What is silenced stays so.
func (a *Alerts) SaveAlertRule(ctx context.Context, v Viewer, appName string, r AlertRule) (AlertRule, error) {
	app, err := ownAlerts(v, appName)
	if err != nil {
		return r, err
	}
	r.Name, r.AppID = strings.TrimSpace(r.Name), app.ID
	if err := r.validate(a.Specs); err != nil {
		return r, err
	}
	now := a.now()
	action := "alert.rule_changed"
	if r.ID == "" {
		action = "alert.rule_added"
	}
	id := cmp.Or(r.ID, a.NewID())
	err = a.Store.Write(ctx, func(tx Tx) error {
		rules, err := tx.AlertRulesOf(app.ID)
		if err != nil {
			return err
		}
		saved := r
		saved.ID, saved.CreatedAt = id, now
		if r.ID != "" {
			there, err := ruleAmong(rules, id)
			if err != nil {
				return err
			}
			saved.SilencedUntil, saved.SilenceReason, saved.CreatedAt = there.SilencedUntil, there.SilenceReason, there.CreatedAt
			if there.Metric != saved.Metric || there.Detector != saved.Detector || there.PerUser != saved.PerUser { // what is open is about something else
				if err := tx.ResolveAlertsOf(id, now); err != nil {
					return err
				}
			}
		} else if len(rules) >= MaxAlertRules {
			return Errorf(CodeConflict, "an App has at most %d rules", MaxAlertRules)
		}
		if err := tx.PutAlertRule(saved); err != nil {
			return err
		}
		return tx.AppendEvent(ruleEvent(now, v, action, saved))
	})
	r.ID = id
	return r, err
}

func ruleEvent(now time.Time, v Viewer, action string, r AlertRule) Event {
	return event(now, v.Actor(), action, r.ID, r.AppID, struct {
		Name      string         `json:"name"`
		Metric    AlertMetric    `json:"metric"`
		Condition AlertCondition `json:"condition"`
		Threshold float64        `json:"threshold"`
		Severity  Severity       `json:"severity"`
		PerUser   bool           `json:"per_user,omitempty"`
		Remind    int            `json:"remind_hours,omitempty"`
		Silenced  *time.Time     `json:"silenced_until,omitempty"` // the reason is sealed, and the trail is open
	}{r.Name, r.Metric, r.Condition, r.Threshold, r.Severity, r.PerUser, int(r.Remind / time.Hour), timeOrNil(r.SilencedUntil)})
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// changeRule changes a rule of one of the viewer's Apps.
func (a *Alerts) changeRule(ctx context.Context, v Viewer, appName, id, action string, change func(Tx, *AlertRule, time.Time) error) error {
	app, err := ownAlerts(v, appName)
	if err != nil {
		return err
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		rules, err := tx.AlertRulesOf(app.ID)
		if err != nil {
			return err
		}
		r, err := ruleAmong(rules, id)
		if err != nil {
			return err
		}
		if err := change(tx, &r, now); err != nil {
			return err
		}
		if err := tx.PutAlertRule(r); err != nil {
			return err
		}
		return tx.AppendEvent(ruleEvent(now, v, action, r))
	})
}

// SilenceAlertRule tells nobody of what a rule finds, for a while and for a reason; for no time it is told again. What is
// open then, and was not told, is told.
func (a *Alerts) SilenceAlertRule(ctx context.Context, v Viewer, appName, id string, d time.Duration, reason string) error {
	var err error
	if d != 0 {
		var bad invalidFields
		if d < time.Minute || d > maxSilence {
			bad.addf("hours", "must be between a minute and %d days", int(maxSilence.Hours()/24))
			return bad.err()
		}
		if reason, err = policyReason(reason); err != nil {
			return err
		}
	}
	return a.changeRule(ctx, v, appName, id, "alert.rule_silenced", func(_ Tx, r *AlertRule, now time.Time) error {
		r.SilencedUntil, r.SilenceReason = time.Time{}, ""
		if d != 0 {
			r.SilencedUntil, r.SilenceReason = now.Add(d), reason
		}
		return nil
	})
}

// EndAlertRule ends a rule, and what is open of it.
func (a *Alerts) EndAlertRule(ctx context.Context, v Viewer, appName, id string) error {
	return a.changeRule(ctx, v, appName, id, "alert.rule_ended", func(tx Tx, r *AlertRule, now time.Time) error {
		r.EndedAt = &now
		return tx.ResolveAlertsOf(id, now)
	})
}
