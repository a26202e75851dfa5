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
	"unicode"

	"golang.org/x/text/language"

	"github.com/guardroom/guardroom/internal/mail"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
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
	message := o.text(d.Topic, told)
	if d.Webhook.Kind == review.ChannelSlack {
		return o.slack(ctx, string(target), message)
	}
	if o.Mail == nil {
		return 0, errors.New("the operator names no mail server any more")
	}
	to, err := review.ParseRecipients(string(target))
	if err != nil {
		return 0, err
	}
	return o.Mail.Send(ctx, mail.Message{ID: d.Message + "." + d.Webhook.ID, At: d.CreatedAt, To: to, Subject: o.subject(d.Topic, told), Text: message})
}

// slackEscapes are the characters that mean something in Slack's texts.
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (o *Outbox) slack(ctx context.Context, url, message string) (status int, err error) {
	body, err := json.Marshal(struct {
		Text string `json:"text"`
	}{slackEscapes.Replace(message)})
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
func (o *Outbox) subject(topic string, told review.ToldAlerts) string {
	ctx, first, n := o.words, told.Alerts[0], len(told.Alerts)
	switch {
	case told.Test:
		return text.T(ctx, "Guardroom: a test for %s", told.App)
	case topic == review.TopicAlertResolved && n == 1:
		return text.T(ctx, "Guardroom: over in %s: %s", told.App, first.Rule)
	case topic == review.TopicAlertResolved:
		return text.T(ctx, "Guardroom: %d alerts are over in %s", n, told.App)
	case first.Reminder && n == 1:
		return text.T(ctx, "Guardroom: %s goes on in %s (%s)", first.Rule, told.App, o.severity(first))
	case first.Reminder:
		return text.T(ctx, "Guardroom: %d alerts go on in %s (%s)", n, told.App, o.severity(first))
	case n == 1:
		return text.T(ctx, "Guardroom: %s in %s (%s)", first.Rule, told.App, o.severity(first))
	default:
		return text.T(ctx, "Guardroom: %d alerts in %s (%s)", n, told.App, o.severity(first))
	}
}

// text says it in full: the subject, a line for each, and where to look.
func (o *Outbox) text(topic string, told review.ToldAlerts) string {
	var b strings.Builder
	b.WriteString(o.subject(topic, told) + "\n")
	if told.Test {
		b.WriteString(text.T(o.words, "This is how alerts arrive. Nothing has happened.") + "\n")
	} else {
		for _, a := range told.Alerts[:min(len(told.Alerts), shownAlerts)] {
			b.WriteString("• " + o.line(a) + "\n")
		}
		if more := len(told.Alerts) - shownAlerts; more > 0 {
			b.WriteString(text.T(o.words, "and %d more", more) + "\n")
		}
	}
	if o.PublicURL != "" {
		b.WriteString(o.PublicURL + "/alerts/" + told.App + "\n")
	}
	return b.String()
}

// line says what one alert is about.
func (o *Outbox) line(a review.ToldAlert) string {
	about, unit := o.metric(a.Metric)
	switch {
	case a.Detector != "":
		about = text.T(o.words, "%s of %s", about, a.Detector)
	case a.UserID != "":
		about = text.T(o.words, "%s of user %s", about, oneLine(a.UserID))
	}
	value, limit := o.number(a.Value)+unit, o.number(a.Limit)+unit
	out := "[" + o.severity(a) + "] " + a.Rule + ": " + text.T(o.words, "%s was %s", about, value) + ", " + o.heldAgainst(a.Condition, limit) + ", "
	if a.ResolvedAt != nil {
		return out + text.T(o.words, "from %s until %s", moment(a.RaisedAt), moment(*a.ResolvedAt))
	}
	return out + text.T(o.words, "since %s", moment(a.RaisedAt))
}

// shownUser is how many bytes of a user's id stand in a message for people.
const shownUser = 100

// oneLine makes what an App calls a user fit to stand in a line.
func oneLine(user string) string {
	user = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, user)
	if len(user) <= shownUser {
		return user
	}
	return strings.ToValidUTF8(user[:shownUser], "") + "…"
}

func (o *Outbox) heldAgainst(c review.AlertCondition, limit string) string {
	switch c {
	case review.AlertBelow:
		return text.T(o.words, "below %s", limit)
	case review.AlertStandsOut:
		return text.T(o.words, "usual is at most %s", limit)
	default:
		return text.T(o.words, "above %s", limit)
	}
}

// number writes a value: two digits after the point where they say something.
func (o *Outbox) number(x float64) string {
	out := strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	if text.Of(o.words) == language.German {
		return strings.Replace(out, ".", ",", 1)
	}
	return out
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (o *Outbox) severity(a review.ToldAlert) string {
	switch a.Severity {
	case review.SeverityCritical:
		return text.T(o.words, "critical")
	case review.SeverityHigh:
		return text.T(o.words, "high")
	case review.SeverityMedium:
		return text.T(o.words, "medium")
	default:
		return text.T(o.words, "low")
	}
}

// metric says what a metric is, and its unit.
func (o *Outbox) metric(m review.AlertMetric) (about, unit string) {
	ctx := o.words
	switch m {
	case review.AlertQueueAge:
		return text.T(ctx, "the age of the oldest open item"), " min"
	case review.AlertQueueOpen:
		return text.T(ctx, "the number of open items"), ""
	case review.AlertQueueOverdue:
		return text.T(ctx, "the number of overdue items"), ""
	case review.AlertRequests:
		return text.T(ctx, "interactions in an hour"), ""
	case review.AlertTokens:
		return text.T(ctx, "tokens in an hour"), ""
	case review.AlertFlagged:
		return text.T(ctx, "flagged interactions in an hour"), ""
	case review.AlertUnusual:
		return text.T(ctx, "findings about conduct in an hour"), ""
	case review.AlertDenied:
		return text.T(ctx, "refusals beyond a quota in an hour"), ""
	case review.AlertCost:
		return text.T(ctx, "the cost of an hour"), ""
	case review.AlertErrors:
		return text.T(ctx, "the share of failed calls"), " %"
	case review.AlertRefusals:
		return text.T(ctx, "the share of refusing answers"), " %"
	case review.AlertLatency:
		return text.T(ctx, "the mean latency of the model"), " ms"
	case review.AlertBudget:
		return text.T(ctx, "the spent part of the budget"), " %"
	case review.AlertForecast:
		return text.T(ctx, "the forecast of the budget"), " %"
	case review.AlertFailures:
		return text.T(ctx, "the failure rate"), " %"
	default:
		return text.T(ctx, "the number of abandoned deliveries"), ""
	}
}
