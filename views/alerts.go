package views

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// AlertOverviewPage is GET /alerts.
type AlertOverviewPage struct {
	Shell
	Apps []review.AlertSummary
}

// AlertsPage is GET /alerts/{app}, and what a refused channel answers.
type AlertsPage struct {
	Shell
	View    review.AlertsView
	Specs   []review.DetectorSpec
	Form    ChannelForm
	Problem *Problem
	Secret  string // of the channel that was just added, shown once
}

// AlertRulePage is the form of a rule, new or there already.
type AlertRulePage struct {
	Shell
	App      review.App
	Specs    []review.DetectorSpec
	Rule     review.AlertRule // as stored; without an id for a new one
	Form     AlertRuleForm
	Problem  *Problem // of the form
	Silence  string   // the reason, as typed
	Silenced *Problem // of the silence
}

// AlertsPath is where the alerts of an App are read.
func AlertsPath(app string) string { return PathAlerts + "/" + url.PathEscape(app) }

// AlertRulePath is where a rule is changed; without an id it is where one is made. step is what is done with it.
func AlertRulePath(app, id, step string) string { return belowAlerts(app, StepRules, id, step) }

// ChannelPath is where something is done with a channel, or one is made.
func ChannelPath(app, id, step string) string { return belowAlerts(app, StepChannels, id, step) }

func belowAlerts(app, kind, id, step string) string {
	path := AlertsPath(app) + "/" + kind
	for _, part := range []string{id, step} {
		if part != "" {
			path += "/" + url.PathEscape(part)
		}
	}
	return path
}

// The fields of the forms of alerts, named as in the errors of the use cases.
const (
	fieldMetric    = "metric"
	fieldCondition = "condition"
	fieldThreshold = "threshold"
	fieldSeverity  = "severity"
	fieldTarget    = "target"
	fieldLeast     = "least"
	fieldAbout     = "about"
	fieldRemind    = "remind"
	// FieldDelivery is the number of a delivery that is to be tried again.
	FieldDelivery = "delivery"
)

// aboutUsers is what a form says of a rule that is about any user.
const aboutUsers = "users"

// AlertRuleForm is a rule as it was typed.
type AlertRuleForm struct{ Name, Metric, Condition, Threshold, Detector, Severity, About, Remind string }

// NewAlertRuleForm proposes what everybody needs: to be told when nobody comes to review.
func NewAlertRuleForm() AlertRuleForm {
	return AlertRuleForm{Metric: string(review.AlertQueueAge), Condition: string(review.AlertAbove), Threshold: "60", Severity: string(review.SeverityMedium)}
}

// AlertRuleFormOf is the form of a rule that is there.
func AlertRuleFormOf(r review.AlertRule) AlertRuleForm {
	f := AlertRuleForm{Name: r.Name, Metric: string(r.Metric), Condition: string(r.Condition), Threshold: alertNumber(r.Threshold), Detector: r.Detector,
		Severity: string(r.Severity)}
	if r.PerUser {
		f.About = aboutUsers
	}
	if r.Remind > 0 {
		f.Remind = strconv.Itoa(int(r.Remind.Hours()))
	}
	return f
}

// ParseAlertRule reads a posted rule. A threshold that is no number is none, which the use case refuses.
func ParseAlertRule(values url.Values) (review.AlertRule, AlertRuleForm) {
	get := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	f := AlertRuleForm{get(FieldName), get(fieldMetric), get(fieldCondition), get(fieldThreshold), get(FieldDetector), get(fieldSeverity), get(fieldAbout), get(fieldRemind)}
	threshold, err := strconv.ParseFloat(strings.ReplaceAll(f.Threshold, ",", "."), 64)
	if err != nil {
		threshold = math.NaN()
	}
	return review.AlertRule{
		Name: f.Name, Metric: review.AlertMetric(f.Metric), Condition: review.AlertCondition(f.Condition), Threshold: threshold, Detector: f.Detector,
		Severity: review.Severity(f.Severity), PerUser: f.About == aboutUsers, Remind: remindAfter(f.Remind),
	}, f
}

// remindAfter reads hours; what is no number of them is a time that the use case refuses.
func remindAfter(typed string) time.Duration {
	if typed == "" {
		return 0
	}
	hours, err := strconv.Atoi(typed)
	if err != nil || hours < 0 || time.Duration(hours) > review.MaxAlertReminder/time.Hour {
		return -1
	}
	return time.Duration(hours) * time.Hour
}

func aboutOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: aboutUsers, Text: text.T(ctx, "Any user of the App")}}
}

// remindHours are after how long a rule can say again what goes on; what a rule has is among them.
func remindHours(ctx context.Context, chosen string) []ui.Option {
	hours := []int{1, 4, 24, 3 * 24, 7 * 24}
	if n, err := strconv.Atoi(chosen); err == nil && n > 0 && n <= hours[len(hours)-1] && !slices.Contains(hours, n) {
		hours = append(hours, n)
		slices.Sort(hours)
	}
	var out []ui.Option
	for _, h := range hours {
		out = append(out, ui.Option{Value: strconv.Itoa(h), Text: text.T(ctx, "After %s", minutesWord(ctx, 60*h))})
	}
	return out
}

// ChannelForm is a channel as it was typed. Where it leads is not shown again.
type ChannelForm struct{ Name, Kind, Least string }

// ParseChannel reads a posted channel.
func ParseChannel(values url.Values) (review.ChannelRequest, ChannelForm) {
	f := ChannelForm{strings.TrimSpace(values.Get(FieldName)), values.Get(FieldKind), values.Get(fieldLeast)}
	return review.ChannelRequest{Name: f.Name, Kind: review.ChannelKind(f.Kind), Target: values.Get(fieldTarget), Least: review.Severity(f.Least)}, f
}

// alertNumber writes a number as somebody set it.
func alertNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// rounded writes a value with at most two digits after the point, and a large one with none.
func rounded(x float64) string {
	grain := 100.0
	if math.Abs(x) >= 1000 {
		grain = 1
	}
	return alertNumber(math.Round(grain*x) / grain)
}

// metricWord says what a rule looks at.
func metricWord(ctx context.Context, m review.AlertMetric) string {
	switch m {
	case review.AlertQueueAge:
		return text.T(ctx, "Age of the oldest open item, in minutes")
	case review.AlertQueueOpen:
		return text.T(ctx, "Open items")
	case review.AlertQueueOverdue:
		return text.T(ctx, "Overdue items")
	case review.AlertRequests:
		return text.T(ctx, "Interactions in an hour")
	case review.AlertTokens:
		return text.T(ctx, "Tokens in an hour")
	case review.AlertFlagged:
		return text.T(ctx, "Flagged interactions in an hour")
	case review.AlertUnusual:
		return text.T(ctx, "Findings about conduct in an hour")
	case review.AlertDenied:
		return text.T(ctx, "Refused beyond a quota or budget, in an hour")
	case review.AlertCost:
		return text.T(ctx, "Cost of an hour, in the currency of the policy")
	case review.AlertErrors:
		return text.T(ctx, "Failed calls of the model, in percent")
	case review.AlertRefusals:
		return text.T(ctx, "Refusing answers, in percent")
	case review.AlertLatency:
		return text.T(ctx, "Mean latency of the model, in milliseconds")
	case review.AlertBudget:
		return text.T(ctx, "Spent part of the month’s budget, in percent")
	case review.AlertForecast:
		return text.T(ctx, "Forecast of the month’s budget, in percent")
	case review.AlertFailures:
		return text.T(ctx, "Detectors that could not answer, in percent")
	default:
		return text.T(ctx, "Deliveries given up in the last day")
	}
}

func metricOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, m := range review.AlertMetrics() {
		out = append(out, ui.Option{Value: string(m), Text: metricWord(ctx, m)})
	}
	return out
}

func conditionWord(ctx context.Context, c review.AlertCondition) string {
	switch c {
	case review.AlertAbove:
		return text.T(ctx, "above the threshold")
	case review.AlertBelow:
		return text.T(ctx, "below the threshold")
	default:
		return text.T(ctx, "unusually high (standard deviations)")
	}
}

func conditionOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, c := range review.AlertConditions() {
		out = append(out, ui.Option{Value: string(c), Text: conditionWord(ctx, c)})
	}
	return out
}

// reasonWord says when a rule has a reason.
func reasonWord(ctx context.Context, r review.AlertRule) string {
	switch r.Condition {
	case review.AlertAbove:
		return text.T(ctx, "above %s", alertNumber(r.Threshold))
	case review.AlertBelow:
		return text.T(ctx, "below %s", alertNumber(r.Threshold))
	default:
		return text.T(ctx, "%s standard deviations above what is usual", alertNumber(r.Threshold))
	}
}

// readingWord says what a rule sees.
func readingWord(ctx context.Context, r review.AlertReading) string {
	out := rounded(r.Value)
	if who := r.Subject + r.UserID; who != "" {
		out = who + " " + out
	}
	if r.Fires {
		out += " · " + text.T(ctx, "has a reason")
	}
	return out
}

// heldAgainst says what an alert's value was, and what it was held against.
func heldAgainst(ctx context.Context, a review.Alert) string {
	switch a.Condition {
	case review.AlertBelow:
		return text.T(ctx, "%s, below %s", rounded(a.Value), rounded(a.Limit))
	case review.AlertStandsOut:
		return text.T(ctx, "%s, usual is at most %s", rounded(a.Value), rounded(a.Limit))
	default:
		return text.T(ctx, "%s, above %s", rounded(a.Value), rounded(a.Limit))
	}
}

func channelWord(ctx context.Context, k review.ChannelKind) string {
	switch k {
	case review.ChannelSlack:
		return text.T(ctx, "Slack, or what reads its messages")
	case review.ChannelEmail:
		return text.T(ctx, "E-mail")
	default:
		return text.T(ctx, "Webhook, signed")
	}
}

func channelOptions(ctx context.Context, mail bool) []ui.Option {
	var out []ui.Option
	for _, k := range review.ChannelKinds() {
		if k != review.ChannelEmail || mail {
			out = append(out, ui.Option{Value: string(k), Text: channelWord(ctx, k)})
		}
	}
	return out
}

// channelName is what a channel is called; those that an App made have no name.
func channelName(ctx context.Context, h review.Webhook) string {
	if h.Name == "" {
		return text.T(ctx, "made by the App")
	}
	return h.Name
}

// toldWord says what became of a message to a channel.
func toldWord(ctx context.Context, d review.WebhookDelivery) string {
	switch d.State {
	case review.DeliveryDone:
		return text.T(ctx, "delivered")
	case review.DeliveryDead:
		return text.T(ctx, "given up")
	default:
		if d.TriedAt != nil {
			return text.T(ctx, "failed, is tried again")
		}
		return text.T(ctx, "on its way")
	}
}

func failingOptions(specs []review.DetectorSpec) []ui.Option {
	var out []ui.Option
	for _, s := range specs {
		out = append(out, ui.Option{Value: s.ID, Text: s.ID})
	}
	return out
}

// silenceHours are for how long a rule can be silenced.
func silenceHours(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, h := range []int{1, 4, 24, 3 * 24, 7 * 24} {
		out = append(out, ui.Option{Value: strconv.Itoa(h), Text: minutesWord(ctx, 60*h)})
	}
	return out
}

// alertMayChange tells whether the viewer makes rules.
func alertMayChange(v review.Viewer) bool { return v.May(review.PermOversee) }

// What use cases say on these pages; they know no languages.
var _ = [...]string{
	text.Say("must have 1 to 80 bytes in one line"),
	text.Say("must be between 0 and 1000000000000"),
	text.Say("must be between 2 and 20 standard deviations"),
	text.Say("must be more than 0: nothing is below it"),
	text.Say("needs a metric that every hour has"),
	text.Say("belongs to the failures of detectors alone"),
	text.Say("must be a detector"),
	text.Say("must be e-mail addresses with commas between them"),
	text.Say("must be 1 to 20 e-mail addresses"),
	text.Say("must begin with http:// or https:// and a host, and have at most 2048 bytes"),
	text.Say("must have no user name, password or fragment"),
	text.Say("is not a public address, and the operator does not mean it"),
	text.Say("is this machine, and the operator does not mean it"),
	text.Say("needs a mail server, which the operator has not named"),
	text.Say("must be one of [low medium high critical]"),
	text.Say("must be one of [webhook slack email]"),
	text.Say("must be between a minute and 30 days"),
	text.Say("must be one of conduct for a rule about users"),
	text.Say("must be above the threshold for a rule about users"),
	text.Say("must be between 0 and 168 hours"),
}
