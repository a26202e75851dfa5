package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/mail"
	"github.com/guardroom/guardroom/internal/review"
)

// Mailer hands messages to a mail server; code is its reply where it refused.
type Mailer interface {
	Send(ctx context.Context, m mail.Message) (code int, err error)
}

// sealedTarget is what the target of a channel is sealed for.
const sealedTarget = "alert channel"

// shownAlerts is how many stand in one message for people.
const shownAlerts = 20

// tellPeople tells a channel that people read.
func (o *Outbox) tellPeople(ctx context.Context, d review.DueDelivery) (status int, err error) {
	target, err := o.Secrets.Open(d.Webhook.Secret, sealedTarget)
	if err != nil {
		return 0, errors.New("where it goes cannot be opened: was the key in the data folder changed?")
	}
	told, err := review.ReadAlerts(d.Payload)
	if err != nil {
		return 0, err
	}
	text := o.text(d.Topic, told)
	if d.Webhook.Kind == review.ChannelSlack {
		return o.slack(ctx, string(target), text)
	}
	if o.Mail == nil {
		return 0, errors.New("the operator names no mail server any more")
	}
	to, err := review.ParseRecipients(string(target))
	if err != nil {
		return 0, err
	}
	return o.Mail.Send(ctx, mail.Message{ID: d.Message + "." + d.Webhook.ID, At: d.CreatedAt, To: to, Subject: subject(d.Topic, told), Text: text})
}

// slackEscapes are the characters that mean something in Slack's texts.
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (o *Outbox) slack(ctx context.Context, url, text string) (status int, err error) {
	body, err := json.Marshal(struct {
		Text string `json:"text"`
	}{slackEscapes.Replace(text)})
	if err != nil {
		return 0, fmt.Errorf("outbox: write the message: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the URL cannot be called")
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Guardroom"}}
	return o.sender.do(request)
}

// subject says in a line what it is about.
func subject(topic string, told review.ToldAlerts) string {
	switch first := told.Alerts[0]; {
	case told.Test:
		return "Guardroom: a test for " + told.App
	case topic == review.TopicAlertResolved && len(told.Alerts) == 1:
		return "Guardroom: over in " + told.App + ": " + first.Rule
	case topic == review.TopicAlertResolved:
		return fmt.Sprintf("Guardroom: %d alerts are over in %s", len(told.Alerts), told.App)
	case len(told.Alerts) == 1:
		return fmt.Sprintf("Guardroom: %s in %s (%s)", first.Rule, told.App, first.Severity)
	default:
		return fmt.Sprintf("Guardroom: %d alerts in %s (%s)", len(told.Alerts), told.App, first.Severity)
	}
}

// text says it in full: the subject, a line for each, and where to look.
func (o *Outbox) text(topic string, told review.ToldAlerts) string {
	var b strings.Builder
	b.WriteString(subject(topic, told) + "\n")
	if told.Test {
		b.WriteString("This is how alerts arrive. Nothing has happened.\n")
	} else {
		for _, a := range told.Alerts[:min(len(told.Alerts), shownAlerts)] {
			b.WriteString("• " + line(a) + "\n")
		}
		if more := len(told.Alerts) - shownAlerts; more > 0 {
			fmt.Fprintf(&b, "and %d more\n", more)
		}
	}
	if o.PublicURL != "" {
		b.WriteString(o.PublicURL + "/alerts/" + told.App + "\n")
	}
	return b.String()
}

// line says what one alert is about.
func line(a review.ToldAlert) string {
	about, unit := metricWords(a.Metric)
	if a.Detector != "" {
		about += " of " + a.Detector
	}
	value, limit := number(a.Value)+unit, number(a.Limit)+unit
	out := fmt.Sprintf("[%s] %s: %s was %s, %s", a.Severity, a.Rule, about, value, heldAgainst(a.Condition, limit))
	if a.ResolvedAt != nil {
		return out + ", from " + moment(a.RaisedAt) + " until " + moment(*a.ResolvedAt)
	}
	return out + ", since " + moment(a.RaisedAt)
}

func heldAgainst(c review.AlertCondition, limit string) string {
	switch c {
	case review.AlertBelow:
		return "below " + limit
	case review.AlertStandsOut:
		return "usual is at most " + limit
	default:
		return "above " + limit
	}
}

// number writes a value: two digits after the point where they say something.
func number(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// metricWords says in English what a metric is, and its unit: who reads it has no language set.
func metricWords(m review.AlertMetric) (about, unit string) {
	switch m {
	case review.AlertQueueAge:
		return "the age of the oldest open item", " min"
	case review.AlertQueueOpen:
		return "the number of open items", ""
	case review.AlertQueueOverdue:
		return "the number of overdue items", ""
	case review.AlertRequests:
		return "interactions in an hour", ""
	case review.AlertTokens:
		return "tokens in an hour", ""
	case review.AlertFlagged:
		return "flagged interactions in an hour", ""
	case review.AlertUnusual:
		return "findings about conduct in an hour", ""
	case review.AlertDenied:
		return "refusals beyond a quota in an hour", ""
	case review.AlertCost:
		return "the cost of an hour", ""
	case review.AlertErrors:
		return "the share of failed calls", " %"
	case review.AlertRefusals:
		return "the share of refusing answers", " %"
	case review.AlertLatency:
		return "the mean latency of the model", " ms"
	case review.AlertBudget:
		return "the spent part of the budget", " %"
	case review.AlertForecast:
		return "the forecast of the budget", " %"
	case review.AlertFailures:
		return "the failure rate", " %"
	default:
		return "the number of abandoned deliveries", ""
	}
}
