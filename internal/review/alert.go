package review

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The topics of alerts.
const (
	TopicAlertRaised   = "alert.raised"   // something needs somebody to look
	TopicAlertResolved = "alert.resolved" // it is as usual again
)

// AlertTopics lists the topics that channels of alerts are told under.
func AlertTopics() []string { return []string{TopicAlertRaised, TopicAlertResolved} }

// AlertMetric is what an AlertRule looks at.
type AlertMetric string

// The metrics. Those of conduct are of the running hour and the last whole one (UTC).
const (
	AlertQueueAge     AlertMetric = "queue.age"            // of the oldest open Item, in minutes
	AlertQueueOpen    AlertMetric = "queue.open"           // open Items
	AlertQueueOverdue AlertMetric = "queue.overdue"        // open Items past their due time
	AlertRequests     AlertMetric = "conduct.requests"     // Interactions in an hour
	AlertTokens       AlertMetric = "conduct.tokens"       // in an hour, read and written
	AlertFlagged      AlertMetric = "conduct.flagged"      // Interactions in an hour in which the guard found something
	AlertUnusual      AlertMetric = "conduct.unusual"      // findings about conduct in an hour
	AlertDenied       AlertMetric = "conduct.denied"       // refused beyond a quota or a budget, in an hour
	AlertCost         AlertMetric = "conduct.cost"         // in an hour, in the policy's currency
	AlertErrors       AlertMetric = "conduct.errors"       // failed calls of the model, in percent
	AlertRefusals     AlertMetric = "conduct.refusals"     // answers that refuse, in percent
	AlertLatency      AlertMetric = "conduct.latency"      // of the model, mean, in milliseconds
	AlertBudget       AlertMetric = "budget.spent"         // in percent of the month's budget
	AlertForecast     AlertMetric = "budget.forecast"      // what the month will have cost, in percent of the budget
	AlertFailures     AlertMetric = "detector.failures"    // of each detector, in percent of Interactions
	AlertDead         AlertMetric = "deliveries.abandoned" // deliveries that were given up in the last day
)

// AlertMetrics lists every metric in the order in which forms show them.
func AlertMetrics() []AlertMetric {
	return []AlertMetric{
		AlertQueueAge, AlertQueueOpen, AlertQueueOverdue, AlertRequests, AlertTokens, AlertFlagged, AlertUnusual, AlertDenied, AlertCost,
		AlertErrors, AlertRefusals, AlertLatency, AlertBudget, AlertForecast, AlertFailures, AlertDead,
	}
}

// Hourly tells whether the metric has a value for every hour, and so a baseline.
func (m AlertMetric) Hourly() bool { return strings.HasPrefix(string(m), "conduct.") }

// counts tells whether an hour without anything is a zero of the metric, not a gap.
func (m AlertMetric) counts() bool {
	return m.Hourly() && m != AlertErrors && m != AlertRefusals && m != AlertLatency
}

// AlertCondition says what about a metric is to be told.
type AlertCondition string

// The conditions.
const (
	AlertAbove     AlertCondition = "above"   // the threshold
	AlertBelow     AlertCondition = "below"   // the threshold, in the last whole hour
	AlertStandsOut AlertCondition = "unusual" // threshold standard deviations above the mean of the hours of a week
)

// AlertConditions lists every condition.
func AlertConditions() []AlertCondition {
	return []AlertCondition{AlertAbove, AlertBelow, AlertStandsOut}
}

// The bounds of alerts.
const (
	MaxAlertRules   = 50 // of one App
	maxAlertLimit   = 1e12
	leastDeviations = 2
	mostDeviations  = 20
	maxSilence      = 30 * 24 * time.Hour
	AlertsShown     = 50              // on the page of an App
	AlertGroupWait  = 5 * time.Minute // between two messages about an App, unless it is grave
	alertCalm       = 5 * time.Minute // without a reason before an Alert ends
	alertBaseline   = 7 * 24 * time.Hour
	alertLeastHours = 48 // of history before anything is unusual
	// MaxAlertUsers is of how many users one rule has an Alert open: those who are furthest beyond.
	MaxAlertUsers = 20
	// MaxAlertReminder is how long it takes at most until what goes on is said again.
	MaxAlertReminder = 7 * 24 * time.Hour
	alertLeastEvents = 10 // in what a share is computed of, and before a count is unusual
)

// AlertRule says what about one App somebody wants to be told of.
type AlertRule struct {
	ID        string
	AppID     string
	Name      string
	Metric    AlertMetric
	Condition AlertCondition
	Threshold float64 // in the metric's unit; of unusual ones in standard deviations
	Detector  string  // of AlertFailures: the one that is meant, "" for each
	Severity  Severity
	PerUser   bool          // it is about any user of the App, not about the App
	Remind    time.Duration // whole hours after which what goes on is said again; 0 is never

	SilencedUntil time.Time // nobody is told before; zero when it is not silenced
	SilenceReason string
	CreatedAt     time.Time
	EndedAt       *time.Time
}

// Silenced tells whether nobody is told now.
func (r AlertRule) Silenced(now time.Time) bool { return now.Before(r.SilencedUntil) }

// validate names every field that is out of its bounds.
func (r AlertRule) validate(detectors []DetectorSpec) error {
	var bad invalidFields
	if r.Name == "" || len(r.Name) > maxTitleBytes || !utf8.ValidString(r.Name) || strings.ContainsFunc(r.Name, invisible) {
		bad.addf("name", "must have 1 to %d bytes in one line", maxTitleBytes)
	}
	if !slices.Contains(AlertMetrics(), r.Metric) {
		bad.addf("metric", "must be one of %v", AlertMetrics())
	}
	if !slices.Contains(AlertConditions(), r.Condition) {
		bad.addf("condition", "must be one of %v", AlertConditions())
	}
	r.validateThreshold(&bad)
	if r.Remind < 0 || r.Remind > MaxAlertReminder || r.Remind%time.Hour != 0 {
		bad.addf("remind", "must be between 0 and %d hours", int(MaxAlertReminder.Hours()))
	}
	if !slices.Contains(Severities(), r.Severity) {
		bad.addf("severity", "must be one of %v", Severities())
	}
	if r.Detector != "" && r.Metric != AlertFailures {
		bad.addf("detector", "belongs to the failures of detectors alone")
	}
	if r.Detector != "" && !slices.ContainsFunc(detectors, func(d DetectorSpec) bool { return d.ID == r.Detector }) {
		bad.addf("detector", "must be a detector")
	}
	return bad.err()
}

func (r AlertRule) validateThreshold(bad *invalidFields) {
	switch {
	case r.PerUser && !r.Metric.Hourly():
		bad.addf("metric", "must be one of conduct for a rule about users")
	case r.PerUser && r.Condition != AlertAbove:
		bad.addf("condition", "must be above the threshold for a rule about users")
	case math.IsNaN(r.Threshold) || r.Threshold < 0 || r.Threshold > maxAlertLimit:
		bad.addf("threshold", "must be between 0 and %.0f", maxAlertLimit)
	case r.Condition == AlertStandsOut && !r.Metric.Hourly():
		bad.addf("condition", "needs a metric that every hour has")
	case r.Condition == AlertStandsOut && (r.Threshold < leastDeviations || r.Threshold > mostDeviations):
		bad.addf("threshold", "must be between %d and %d standard deviations", leastDeviations, mostDeviations)
	case r.Condition == AlertBelow && r.Threshold == 0:
		bad.addf("threshold", "must be more than 0: nothing is below it")
	}
}

// Alert is one time that a rule had a reason. While it is open there is no other of the same rule and subject.
type Alert struct {
	ID         string
	AppID      string
	RuleID     string
	RuleName   string // filled in on reads
	Subject    string // the detector, for a rule on several; else ""
	UserID     string // of a rule about users; else ""
	Metric     AlertMetric
	Condition  AlertCondition
	Severity   Severity
	Value      float64 // when it was raised
	Limit      float64 // what the value was held against
	RaisedAt   time.Time
	FiredAt    time.Time  // when there was last a reason
	ToldAt     *time.Time // nil: nobody was told yet
	RemindedAt *time.Time // when it was last said again
	ResolvedAt *time.Time
}

// ToldAlert is an Alert as it is told.
type ToldAlert struct {
	ID         string         `json:"id"`
	RuleID     string         `json:"rule_id"`
	Rule       string         `json:"rule"`
	Severity   Severity       `json:"severity"`
	Metric     AlertMetric    `json:"metric"`
	Condition  AlertCondition `json:"condition"`
	Detector   string         `json:"detector,omitempty"`
	UserID     string         `json:"user_id,omitempty"`
	Reminder   bool           `json:"reminder,omitempty"` // it was told before, and goes on
	Value      float64        `json:"value"`
	Limit      float64        `json:"limit"`
	RaisedAt   time.Time      `json:"raised_at"`
	ResolvedAt *time.Time     `json:"resolved_at,omitempty"`
}

func (a Alert) told() ToldAlert {
	return ToldAlert{ID: a.ID, RuleID: a.RuleID, Rule: a.RuleName, Severity: a.Severity, Metric: a.Metric, Condition: a.Condition, Detector: a.Subject, UserID: a.UserID,
		Value: a.Value, Limit: a.Limit, RaisedAt: a.RaisedAt, ResolvedAt: a.ResolvedAt}
}

// ToldAlerts is a message about Alerts that belong together, as the outbox keeps it.
type ToldAlerts struct {
	App    string      `json:"app"`
	Test   bool        `json:"test,omitempty"`
	Alerts []ToldAlert `json:"alerts"`
}

// ReadAlerts reads what was published under one of AlertTopics.
func ReadAlerts(payload []byte) (ToldAlerts, error) {
	var told ToldAlerts
	if err := json.Unmarshal(payload, &told); err != nil {
		return ToldAlerts{}, fmt.Errorf("review: read what was published: %w", err)
	}
	return told, nil
}

// AlertsFrom leaves those of at least a severity in a message; nil when none is left. The subject is what its deliveries
// are in order by: the first one's rule.
func AlertsFrom(payload []byte, least Severity) (rest []byte, subject string, err error) {
	n, err := ReadAlerts(payload)
	if err != nil {
		return nil, "", err
	}
	n.Alerts = slices.DeleteFunc(n.Alerts, func(a ToldAlert) bool { return severityRank(a.Severity) < severityRank(least) })
	if len(n.Alerts) == 0 {
		return nil, "", nil
	}
	rest, err = json.Marshal(n)
	return rest, n.Alerts[0].RuleID, err
}

// severityRank orders severities; none is the mildest.
func severityRank(s Severity) int { return slices.Index(Severities(), s) }

func alertPublished(topic string, app App, alerts []Alert) (Notice, error) {
	return alertNoticeOf(topic+"/"+alerts[0].ID, topic, app, alerts, false)
}

// alertReminder says again what goes on.
func alertReminder(app App, alerts []Alert, now time.Time) (Notice, error) {
	key := fmt.Sprintf("%s/%s/again/%d", TopicAlertRaised, alerts[0].ID, now.UnixMicro())
	return alertNoticeOf(key, TopicAlertRaised, app, alerts, true)
}

func alertNoticeOf(key, topic string, app App, alerts []Alert, reminder bool) (Notice, error) {
	n := ToldAlerts{App: app.Name}
	slices.SortStableFunc(alerts, func(a, b Alert) int { return severityRank(b.Severity) - severityRank(a.Severity) })
	for _, a := range alerts {
		told := a.told()
		told.Reminder = reminder
		n.Alerts = append(n.Alerts, told)
	}
	body, err := json.Marshal(n)
	return Notice{Key: key, Topic: topic, AppID: app.ID, Payload: body}, err
}
