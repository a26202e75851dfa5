package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/hostile"
	"github.com/guardroom/guardroom/internal/mail"
	"github.com/guardroom/guardroom/internal/review"
)

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// open seals nothing.
type open struct{ broken bool }

func (o open) Open(sealed []byte, purpose string) ([]byte, error) {
	if o.broken || purpose != sealedTarget {
		return nil, errors.New("it does not open")
	}
	return sealed, nil
}

// box keeps the last message.
type box struct{ got mail.Message }

func (b *box) Send(_ context.Context, m mail.Message) (int, error) {
	b.got = m
	return 0, nil
}

type shelf struct {
	Store
	settled review.WebhookDelivery
	ended   string
}

func (s *shelf) SettleDelivery(_ context.Context, d review.WebhookDelivery, _ review.DeliveryAttempt) error {
	s.settled = d
	return nil
}

func (s *shelf) EndWebhook(_ context.Context, h review.Webhook, _ time.Time) error {
	s.ended = h.ID
	return nil
}

func alertsOf(rules ...string) review.ToldAlerts {
	told := review.ToldAlerts{App: "support"}
	for _, rule := range rules {
		told.Alerts = append(told.Alerts, review.ToldAlert{ID: "a", RuleID: "r", Rule: rule, Severity: review.SeverityHigh, Metric: review.AlertQueueAge,
			Condition: review.AlertAbove, Value: 75.5, Limit: 60, RaisedAt: began})
	}
	return told
}

func due(t *testing.T, kind review.ChannelKind, target string, told review.ToldAlerts) review.DueDelivery {
	t.Helper()
	payload, err := json.Marshal(map[string]any{"app": told.App, "test": told.Test, "alerts": told.Alerts})
	require.NoError(t, err)
	return review.DueDelivery{
		WebhookDelivery: review.WebhookDelivery{Message: "msg_1", Topic: review.TopicAlertRaised, Payload: payload, CreatedAt: began, Attempts: 1},
		Webhook:         review.Webhook{ID: "w", Kind: kind, Secret: []byte(target)},
	}
}

func outboxWith(t *testing.T, store *shelf, log io.Writer, change func(*Options)) *Outbox {
	t.Helper()
	o := Options{Store: store, Secrets: open{}, Clock: func() time.Time { return began }, Rand: func() float64 { return 0 },
		Logger: slog.New(slog.NewJSONHandler(log, nil)), PrivateHosts: []string{"127.0.0.1"}, PublicURL: "https://guardroom.example.com"}
	change(&o)
	out, err := New(o)
	require.NoError(t, err)
	t.Cleanup(out.Close)
	return out
}

func TestSlack(t *testing.T) {
	var body, method, media string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, method, media = string(b), r.Method, r.Header.Get("Content-Type")
		w.WriteHeader(status)
	}))
	defer server.Close()
	var log strings.Builder
	store := &shelf{}
	var outcomes []review.DeliveryState
	o := outboxWith(t, store, &log, func(o *Options) {
		o.Tried = func(kind review.ChannelKind, outcome review.DeliveryState) {
			require.Equal(t, review.ChannelSlack, kind)
			outcomes = append(outcomes, outcome)
		}
	})
	told := alertsOf("Too <old> & grey")
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelSlack, server.URL+"/services/secretpath", told)))
	require.Equal(t, review.DeliveryDone, store.settled.State)
	require.Equal(t, []string{http.MethodPost, "application/json"}, []string{method, media})
	var said struct{ Text string }
	require.NoError(t, json.Unmarshal([]byte(body), &said))
	require.Equal(t, "Guardroom: Too &lt;old&gt; &amp; grey in support (high)\n"+
		"• [high] Too &lt;old&gt; &amp; grey: the age of the oldest open item was 75.5 min, above 60 min, since 2026-03-01 12:00 UTC\n"+
		"https://guardroom.example.com/alerts/support\n", said.Text)

	status = http.StatusInternalServerError
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelSlack, server.URL+"/services/secretpath", told)))
	require.Equal(t, review.DeliveryWaiting, store.settled.State)
	require.Equal(t, []any{500, "status 500"}, []any{store.settled.Status, store.settled.Problem})
	late := due(t, review.ChannelSlack, server.URL+"/services/secretpath", told)
	late.CreatedAt = began.Add(-25 * time.Hour)
	require.NoError(t, o.deliver(t.Context(), late))
	require.Equal(t, review.DeliveryDead, store.settled.State)
	status = http.StatusGone
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelSlack, server.URL+"/services/secretpath", told)))
	require.Equal(t, "w", store.ended)
	require.Equal(t, []review.DeliveryState{review.DeliveryDone, review.DeliveryWaiting, review.DeliveryDead, review.DeliveryWaiting}, outcomes)
	require.Contains(t, log.String(), `"level":"ERROR","msg":"a delivery failed","kind":"slack"`)
	require.NotContains(t, log.String(), "secretpath")
	require.NotContains(t, log.String(), server.URL)

	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelSlack, "http://127.0.0.2:1/secretpath", told)))
	require.Contains(t, store.settled.Problem, "not a public address")
	require.NotContains(t, store.settled.Problem, "secretpath")
}

func TestEmail(t *testing.T) {
	store, letters := &shelf{}, &box{}
	o := outboxWith(t, store, io.Discard, func(o *Options) { o.Mail = letters })
	many := make([]string, shownAlerts+3)
	for i := range many {
		many[i] = "rule"
	}
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelEmail, "ann@example.com, bob@example.com", alertsOf(many...))))
	require.Equal(t, review.DeliveryDone, store.settled.State)
	require.Equal(t, []string{"ann@example.com", "bob@example.com"}, letters.got.To)
	require.Equal(t, "Guardroom: 23 alerts in support (high)", letters.got.Subject)
	require.Equal(t, "msg_1.w", letters.got.ID)
	require.Equal(t, shownAlerts, strings.Count(letters.got.Text, "• "))
	require.Contains(t, letters.got.Text, "and 3 more")

	o.Mail = nil
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelEmail, "ann@example.com", alertsOf("rule"))))
	require.Equal(t, review.DeliveryWaiting, store.settled.State, "there may be a mail server again")
	o.Secrets = open{broken: true}
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelEmail, "ann@example.com", alertsOf("rule"))))
	require.Contains(t, store.settled.Problem, "cannot be opened")
}

func TestWordsOfAlerts(t *testing.T) {
	english := outboxWith(t, &shelf{}, io.Discard, func(*Options) {})
	end := began.Add(90 * time.Minute)
	for _, m := range review.AlertMetrics() {
		about, _ := english.metric(m)
		if m != review.AlertDead {
			require.NotEqual(t, "the number of abandoned deliveries", about, "%s has no words", m)
		}
	}
	a := review.ToldAlert{Rule: "R", Severity: review.SeverityLow, Metric: review.AlertFailures, Detector: "remote.a", Condition: review.AlertAbove, Value: 100.0 / 3, Limit: 20, RaisedAt: began, ResolvedAt: &end}
	require.Equal(t, "[low] R: the failure rate of remote.a was 33.33 %, above 20 %, from 2026-03-01 12:00 UTC until 2026-03-01 13:30 UTC", english.line(a))
	a = review.ToldAlert{Rule: "R", Severity: review.SeverityLow, Metric: review.AlertRequests, Condition: review.AlertStandsOut, Value: 300, Limit: 100, RaisedAt: began}
	require.Equal(t, "[low] R: interactions in an hour was 300, usual is at most 100, since 2026-03-01 12:00 UTC", english.line(a))
	require.Equal(t, "Guardroom: over in support: R", english.subject(review.TopicAlertResolved, review.ToldAlerts{App: "support", Alerts: []review.ToldAlert{a}}))
	require.Equal(t, "Guardroom: a test for support", english.subject(review.TopicAlertRaised, review.ToldAlerts{App: "support", Test: true, Alerts: []review.ToldAlert{a}}))
}

func TestAlertsOfUsersAndReminders(t *testing.T) {
	english := outboxWith(t, &shelf{}, io.Discard, func(*Options) {})
	a := review.ToldAlert{Rule: "R", Severity: review.SeverityHigh, Metric: review.AlertTokens, Condition: review.AlertAbove, UserID: "ann\nBcc: x", Value: 2500, Limit: 1000, RaisedAt: began, Reminder: true}
	require.Equal(t, "[high] R: tokens in an hour of user ann Bcc: x was 2500, above 1000, since 2026-03-01 12:00 UTC", english.line(a))
	told := review.ToldAlerts{App: "support", Alerts: []review.ToldAlert{a}}
	require.Equal(t, "Guardroom: R goes on in support (high)", english.subject(review.TopicAlertRaised, told))
	told.Alerts = append(told.Alerts, a)
	require.Equal(t, "Guardroom: 2 alerts go on in support (high)", english.subject(review.TopicAlertRaised, told))
	a.UserID = strings.Repeat("é", shownUser)
	require.Contains(t, english.line(a), strings.Repeat("é", shownUser/2)+"… was")
	require.True(t, utf8.ValidString(english.line(a)))
}

// People are told in the language of the server. What machines read stays as it is.
func TestAlertsInGerman(t *testing.T) {
	letters := &box{}
	o := outboxWith(t, &shelf{}, io.Discard, func(o *Options) { o.Mail, o.Language = letters, "de" })
	require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelEmail, "ann@example.com", alertsOf("Zu <alt>"))))
	require.Equal(t, "Guardroom: Zu <alt> in support (hoch)", letters.got.Subject)
	require.Equal(t, "Guardroom: Zu <alt> in support (hoch)\n"+
		"• [hoch] Zu <alt>: Alter des ältesten offenen Vorgangs: 75,5 min, über 60 min, seit 2026-03-01 12:00 UTC\n"+
		"https://guardroom.example.com/alerts/support\n", letters.got.Text)
	english := outboxWith(t, &shelf{}, io.Discard, func(*Options) {})
	a := alertsOf("R").Alerts[0]
	end := began.Add(time.Hour)
	for _, m := range review.AlertMetrics() {
		about, unit := o.metric(m)
		other, same := english.metric(m)
		require.NotEqual(t, other, about, "%s is not translated", m)
		require.Equal(t, same, unit)
	}
	for _, c := range review.AlertConditions() {
		a.Condition, a.ResolvedAt = c, &end
		require.Contains(t, o.line(a), "von 2026-03-01 12:00 UTC bis 2026-03-01 13:00 UTC")
		require.NotEqual(t, english.heldAgainst(c, "1"), o.heldAgainst(c, "1"))
	}
	for _, s := range review.Severities() {
		a.Severity = s
		require.NotEqual(t, english.severity(a), o.severity(a))
	}
	told := review.ToldAlerts{App: "support", Test: true, Alerts: []review.ToldAlert{a}}
	require.Equal(t, "Guardroom: ein Test für support", o.subject(review.TopicAlertRaised, told))
	require.Contains(t, o.text(review.TopicAlertRaised, told), "Nichts ist geschehen")
}

// Whatever a rule is called, Slack makes no link and no mention of it.
func TestSlackReadsNothingIntoNames(t *testing.T) {
	var said struct{ Text string }
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = json.NewDecoder(r.Body).Decode(&said) }))
	defer server.Close()
	o := outboxWith(t, &shelf{}, io.Discard, func(*Options) {})
	for _, text := range append(hostile.Texts(), hostile.Text{Name: "mention", Text: "<!channel> <@U1>"}) {
		require.NoError(t, o.deliver(t.Context(), due(t, review.ChannelSlack, server.URL, alertsOf(text.Text))))
		require.NotContains(t, said.Text, "<", text.Name)
		require.NotContains(t, said.Text, ">", text.Name)
	}
}
