package store

import (
	"context"
	"fmt"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type alertRuleRow struct {
	ID            string
	AppID         string
	Name          string
	Metric        review.AlertMetric
	Condition     review.AlertCondition
	Threshold     float64
	Detector      string
	Severity      review.Severity
	PerUser       int
	RemindHours   int
	SilencedUntil instant
	SilenceReason sealed
	Created       instant  `gorm:"column:created_at"`
	Ended         *instant `gorm:"column:ended_at"`
}

func (r alertRuleRow) rule(o *opener) review.AlertRule {
	return review.AlertRule{
		ID: r.ID, AppID: r.AppID, Name: r.Name, Metric: r.Metric, Condition: r.Condition, Threshold: r.Threshold, Detector: r.Detector, Severity: r.Severity,
		PerUser: r.PerUser != 0, Remind: time.Duration(r.RemindHours) * time.Hour, SilencedUntil: r.SilencedUntil.orZero(), SilenceReason: string(o.text("alert_rules", "silence_reason", r.ID, r.SilenceReason)),
		CreatedAt: r.Created.time(), EndedAt: r.Ended.timeOrNil(),
	}
}

const selectAlertRules = "SELECT * FROM alert_rules WHERE app_id IN ? AND ended_at IS NULL ORDER BY app_id, name, id"

func findAlertRules(db reads, appIDs []string) ([]review.AlertRule, error) {
	if len(appIDs) == 0 {
		return nil, nil
	}
	var rows []alertRuleRow
	if err := db.Raw(selectAlertRules, appIDs).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]review.AlertRule, len(rows))
	o := db.opener()
	for i, r := range rows {
		out[i] = r.rule(o)
	}
	return out, o.err
}

// AlertRules implements review.Reader.
func (s *Store) AlertRules(ctx context.Context, appIDs []string) ([]review.AlertRule, error) {
	rules, err := findAlertRules(s.read(ctx), appIDs)
	return rules, s.fault(err)
}

// AlertRulesOf implements review.Tx.
func (t *tx) AlertRulesOf(appID string) ([]review.AlertRule, error) {
	rules, err := findAlertRules(t.orm(), []string{appID})
	return rules, t.note(err)
}

// PutAlertRule implements review.Tx.
func (t *tx) PutAlertRule(r review.AlertRule) error {
	reason := t.seal("alert_rules", "silence_reason", r.ID, []byte(r.SilenceReason))
	return t.exec(`INSERT INTO alert_rules (id, app_id, name, metric, condition, threshold, detector, severity, per_user, remind_hours, silenced_until,
silence_reason, created_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, metric = excluded.metric, condition = excluded.condition,
threshold = excluded.threshold, detector = excluded.detector, severity = excluded.severity, per_user = excluded.per_user,
remind_hours = excluded.remind_hours, silenced_until = excluded.silenced_until,
silence_reason = excluded.silence_reason, ended_at = excluded.ended_at`,
		r.ID, r.AppID, r.Name, string(r.Metric), string(r.Condition), r.Threshold, r.Detector, string(r.Severity), oneIf(r.PerUser), int(r.Remind/time.Hour),
		orNever(r.SilencedUntil), reason, at(r.CreatedAt), atOrNull(r.EndedAt))
}

type alertRow struct {
	ID        string
	AppID     string
	RuleID    string
	RuleName  string
	Subject   string
	UserID    string
	Metric    review.AlertMetric
	Condition review.AlertCondition
	Severity  review.Severity
	Value     float64
	Bound     float64
	Raised    instant  `gorm:"column:raised_at"`
	Fired     instant  `gorm:"column:fired_at"`
	Told      *instant `gorm:"column:told_at"`
	Reminded  *instant `gorm:"column:reminded_at"`
	Resolved  *instant `gorm:"column:resolved_at"`
}

func (r alertRow) alert() review.Alert {
	return review.Alert{
		ID: r.ID, AppID: r.AppID, RuleID: r.RuleID, RuleName: r.RuleName, Subject: r.Subject, UserID: r.UserID, Metric: r.Metric, Condition: r.Condition,
		Severity: r.Severity, RemindedAt: r.Reminded.timeOrNil(), Value: r.Value, Limit: r.Bound, RaisedAt: r.Raised.time(), FiredAt: r.Fired.time(), ToldAt: r.Told.timeOrNil(), ResolvedAt: r.Resolved.timeOrNil(),
	}
}

// The lists of Alerts. What is open is few: one for each rule and subject at most, and review.MaxAlertUsers of a rule about users.
const (
	alertColumns = `SELECT a.id, a.app_id, a.rule_id, r.name AS rule_name, a.subject, a.user_id, a.metric, a.condition, a.severity, a.value, a.bound,
a.raised_at, a.fired_at, a.told_at, a.reminded_at, a.resolved_at FROM alerts a JOIN alert_rules r ON r.id = a.rule_id `
	selectOpenAlerts   = alertColumns + "WHERE r.app_id IN ? AND r.ended_at IS NULL AND a.resolved_at IS NULL ORDER BY a.raised_at DESC, a.id DESC"
	selectRecentAlerts = alertColumns + "WHERE a.app_id = ? ORDER BY a.raised_at DESC, a.id DESC LIMIT ?"
	selectUntoldAlerts = alertColumns + "WHERE a.app_id = ? AND a.told_at IS NULL AND a.resolved_at IS NULL ORDER BY a.raised_at, a.id"
	selectUntoldEnds   = alertColumns + "WHERE a.app_id = ? AND a.ended_told IS NULL AND a.resolved_at IS NOT NULL AND a.told_at IS NOT NULL ORDER BY a.raised_at, a.id"
	selectUntoldApps   = `SELECT id FROM apps WHERE EXISTS (SELECT 1 FROM alerts a WHERE a.app_id = apps.id AND a.told_at IS NULL AND a.resolved_at IS NULL)
OR EXISTS (SELECT 1 FROM alerts a WHERE a.app_id = apps.id AND a.ended_told IS NULL AND a.resolved_at IS NOT NULL AND a.told_at IS NOT NULL)`
	selectLastTold = `SELECT COALESCE((SELECT MAX(told_at) FROM alerts WHERE app_id = ?), 0), COALESCE((SELECT MAX(ended_told) FROM alerts WHERE app_id = ?), 0)`
)

func findAlerts(db reads, query string, args ...any) ([]review.Alert, error) {
	var rows []alertRow
	if err := db.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]review.Alert, len(rows))
	for i, r := range rows {
		out[i] = r.alert()
	}
	return out, nil
}

// OpenAlerts implements review.Reader.
func (s *Store) OpenAlerts(ctx context.Context, appIDs []string) ([]review.Alert, error) {
	if len(appIDs) == 0 {
		return nil, nil
	}
	alerts, err := findAlerts(s.read(ctx), selectOpenAlerts, appIDs)
	return alerts, s.fault(err)
}

// RecentAlerts implements review.Reader.
func (s *Store) RecentAlerts(ctx context.Context, appID string, limit int) ([]review.Alert, error) {
	alerts, err := findAlerts(s.read(ctx), selectRecentAlerts, appID, limit)
	return alerts, s.fault(err)
}

// UntoldAlerts implements review.Reader.
func (s *Store) UntoldAlerts(ctx context.Context) ([]string, error) {
	var ids []string
	err := s.read(ctx).Raw(selectUntoldApps).Scan(&ids).Error
	return ids, s.fault(err)
}

// UntoldAlerts implements review.Tx.
func (t *tx) UntoldAlerts(appID string) ([]review.Alert, time.Time, error) {
	var out []review.Alert
	for _, query := range []string{selectUntoldAlerts, selectUntoldEnds} {
		alerts, err := findAlerts(t.orm(), query, appID)
		if err != nil {
			return nil, time.Time{}, t.note(err)
		}
		out = append(out, alerts...)
	}
	var raised, ended instant
	_, err := t.first(selectLastTold, []any{appID, appID}, &raised, &ended)
	return out, max(raised, ended).orZero(), err
}

// RaiseAlert implements review.Tx.
func (t *tx) RaiseAlert(a review.Alert) (bool, error) {
	n, err := t.affect(`INSERT INTO alerts (id, app_id, rule_id, subject, user_id, metric, condition, severity, value, bound, raised_at, fired_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		a.ID, a.AppID, a.RuleID, a.Subject, a.UserID, string(a.Metric), string(a.Condition), string(a.Severity), a.Value, a.Limit, at(a.RaisedAt), at(a.FiredAt))
	return n == 1, err
}

// RefireAlert implements review.Tx.
func (t *tx) RefireAlert(id string, when time.Time) error {
	return t.exec("UPDATE alerts SET fired_at = ? WHERE id = ? AND fired_at < ? AND resolved_at IS NULL", at(when), id, at(when))
}

// ResolveAlert implements review.Tx.
func (t *tx) ResolveAlert(id string, when time.Time) (bool, error) {
	n, err := t.affect("UPDATE alerts SET resolved_at = ? WHERE id = ? AND resolved_at IS NULL", at(when), id)
	return n == 1, err
}

// ResolveAlertsOf implements review.Tx.
func (t *tx) ResolveAlertsOf(ruleID string, when time.Time) error {
	return t.exec("UPDATE alerts SET resolved_at = ? WHERE rule_id = ? AND resolved_at IS NULL", at(when), ruleID)
}

// SetAlertTold implements review.Tx.
func (t *tx) SetAlertTold(id, topic string, when time.Time) (bool, error) {
	query := "UPDATE alerts SET told_at = ? WHERE id = ? AND told_at IS NULL"
	if topic == review.TopicAlertResolved {
		query = "UPDATE alerts SET ended_told = ? WHERE id = ? AND ended_told IS NULL"
	}
	n, err := t.affect(query, at(when), id)
	return n == 1, err
}

// RemindAlert implements review.Tx.
func (t *tx) RemindAlert(id string, before, when time.Time) (bool, error) {
	n, err := t.affect("UPDATE alerts SET reminded_at = ? WHERE id = ? AND resolved_at IS NULL AND told_at IS NOT NULL AND COALESCE(reminded_at, told_at) <= ?",
		at(when), id, at(before))
	return n == 1, err
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// userFigures says what a metric is of one user in the hours that are looked at together. A share of too little is nothing.
var userFigures = map[review.AlertMetric]string{
	review.AlertRequests: "MAX(h.requests)",
	review.AlertTokens:   "MAX(h.tokens_in + h.tokens_out)",
	review.AlertFlagged:  "MAX(h.flagged)",
	review.AlertUnusual:  "MAX(h.alarms)",
	review.AlertDenied:   "MAX(COALESCE(c.denied, 0))",
	review.AlertCost:     "MAX(COALESCE(c.cost, 0)) / 1000000.0",
	review.AlertErrors:   "CASE WHEN SUM(h.requests) >= 10 THEN 100.0 * SUM(h.errors) / SUM(h.requests) ELSE 0 END",
	review.AlertRefusals: "CASE WHEN SUM(h.requests) >= 10 THEN 100.0 * SUM(h.refusals) / SUM(h.requests) ELSE 0 END",
	review.AlertLatency:  "CASE WHEN SUM(h.timed) >= 10 THEN 1.0 * SUM(h.latency_ms) / SUM(h.timed) ELSE 0 END",
}

// selectUsersBeyond groups by an expression for the reason that selectBusiest has.
func selectUsersBeyond(m review.AlertMetric) string {
	const figure = "CAST(%s AS DOUBLE PRECISION)"
	value := fmt.Sprintf(figure, userFigures[m])
	return "SELECT h.user_id || '' AS user_id, " + value + " AS value " + withCosts +
		"WHERE h.app_id = ? AND h.hour >= ? AND h.user_id <> '' GROUP BY h.user_id || '' HAVING " + value + " > ? ORDER BY 2 DESC, 1 LIMIT ?"
}

// UsersBeyond implements review.Reader.
func (s *Store) UsersBeyond(ctx context.Context, appID string, m review.AlertMetric, since time.Time, above float64, limit int) ([]review.UserFigure, error) {
	var out []review.UserFigure
	if userFigures[m] == "" {
		return nil, review.Errorf(review.CodeInvalid, "the metric is none of users")
	}
	err := s.read(ctx).Raw(selectUsersBeyond(m), appID, hourNumber(since), above, limit).Scan(&out).Error
	return out, s.fault(err)
}

// TopicDeliveries implements review.Reader.
func (s *Store) TopicDeliveries(ctx context.Context, webhookID string, topics []string, limit int) ([]review.WebhookDelivery, error) {
	var rows []deliveryRow
	if err := s.read(ctx).Raw(selectTopicDeliveries, webhookID, topics, limit).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	return s.deliveriesOf(ctx, rows)
}

const (
	selectTopicDeliveries = "SELECT * FROM deliveries WHERE webhook_id = ? AND topic IN ? ORDER BY id DESC LIMIT ?"
	selectAbandoned       = `SELECT COUNT(*) FROM webhooks w JOIN deliveries d ON d.webhook_id = w.id
WHERE w.app_id = ? AND w.ended_at IS NULL AND d.state = 'dead' AND d.tried_at >= ?`
	selectFailures = "SELECT detector, CAST(SUM(n) AS BIGINT) AS n FROM failure_hours WHERE app_id = ? AND hour >= ? GROUP BY detector"
)

// AbandonedDeliveries implements review.Reader.
func (s *Store) AbandonedDeliveries(ctx context.Context, appID string, since time.Time) (int, error) {
	var n int
	err := s.read(ctx).Raw(selectAbandoned, appID, at(since)).Scan(&n).Error
	return n, s.fault(err)
}

// DetectorFailures implements review.Reader.
func (s *Store) DetectorFailures(ctx context.Context, appID string, since time.Time) (map[string]int, error) {
	var rows []struct {
		Detector string
		N        int
	}
	if err := s.read(ctx).Raw(selectFailures, appID, hourNumber(since)).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Detector] = r.N
	}
	return out, nil
}
