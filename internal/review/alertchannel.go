package review

import (
	"context"
	"encoding/json"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ChannelKind is how a Webhook is told.
type ChannelKind string

// The kinds.
const (
	ChannelWebhook ChannelKind = "webhook" // signed, as Standard Webhooks say
	ChannelSlack   ChannelKind = "slack"   // a message in Slack's format, which others read, too
	ChannelEmail   ChannelKind = "email"
)

// ChannelKinds lists every kind.
func ChannelKinds() []ChannelKind { return []ChannelKind{ChannelWebhook, ChannelSlack, ChannelEmail} }

const (
	maxRecipients     = 20
	maxRecipientBytes = 254 // RFC 5321, without the brackets
)

// ChannelRequest is where somebody wants to be told of an App's Alerts.
type ChannelRequest struct {
	Name   string
	Kind   ChannelKind
	Target string   // a URL, or addresses with commas between them
	Least  Severity // Alerts below it are not told; "" for all
}

func (r ChannelRequest) validate() error {
	var bad invalidFields
	if r.Name == "" || len(r.Name) > maxTitleBytes || !utf8.ValidString(r.Name) || strings.ContainsFunc(r.Name, invisible) {
		bad.addf("name", "must have 1 to %d bytes in one line", maxTitleBytes)
	}
	if r.Least != "" && !slices.Contains(Severities(), r.Least) {
		bad.addf("least", "must be one of %v", Severities())
	}
	switch r.Kind {
	case ChannelEmail:
		if _, err := ParseRecipients(r.Target); err != nil {
			bad = append(bad, FieldsOf(err)...)
		}
	case ChannelWebhook, ChannelSlack:
		for _, f := range FieldsOf(WebhookRequest{URL: r.Target}.validate()) {
			bad.addf("target", "%s", f.Message)
		}
	default:
		bad.addf("kind", "must be one of %v", ChannelKinds())
	}
	return bad.err()
}

// ParseRecipients reads e-mail addresses with commas, semicolons or line breaks between them. Each counts once. They are
// addresses alone, without names: those would have to be written for a header, and nobody needs them.
func ParseRecipients(text string) ([]string, error) {
	var out []string
	var bad invalidFields
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' }) {
		part = strings.TrimSpace(part)
		if part == "" || slices.Contains(out, part) {
			continue
		}
		if !isAddress(part) {
			bad.addf("target", "must be e-mail addresses with commas between them")
			return nil, bad.err()
		}
		out = append(out, part)
	}
	if len(out) == 0 || len(out) > maxRecipients {
		bad.addf("target", "must be 1 to %d e-mail addresses", maxRecipients)
		return nil, bad.err()
	}
	return out, nil
}

func isAddress(s string) bool {
	if len(s) > maxRecipientBytes || strings.ContainsAny(s, "\"<>()[]\\ \t") || strings.ContainsFunc(s, invisible) {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s
}

// label is what is shown of where a channel leads: enough to know it again, and no secret.
func (r ChannelRequest) label() string {
	if r.Kind == ChannelEmail {
		all, _ := ParseRecipients(r.Target) // it was validated
		return strings.Join(all, ", ")
	}
	if u, err := url.Parse(r.Target); err == nil && r.Kind == ChannelSlack {
		return u.Scheme + "://" + u.Host + "/…"
	}
	return r.Target
}

// AddChannel makes a channel of an App's Alerts; it is told of those that come from now on. The secret of one that is signed
// is shown this once.
func (a *Alerts) AddChannel(ctx context.Context, v Viewer, appName string, r ChannelRequest) (Webhook, string, error) {
	app, err := ownAlerts(v, appName)
	if err != nil {
		return Webhook{}, "", err
	}
	r.Name, r.Target = strings.TrimSpace(r.Name), strings.TrimSpace(r.Target)
	if err := a.checkChannel(r); err != nil {
		return Webhook{}, "", err
	}
	shown, sealed, err := a.sealChannel(r)
	if err != nil {
		return Webhook{}, "", err
	}
	hook := Webhook{ID: a.NewID(), AppID: app.ID, URL: r.label(), Topics: AlertTopics(), Secret: sealed, CreatedAt: a.now(), Kind: r.Kind, Name: r.Name, Least: r.Least}
	err = a.Store.Write(ctx, func(tx Tx) error {
		there, err := tx.WebhooksOf(app.ID)
		if err != nil {
			return err
		}
		if len(there) >= maxWebhooks {
			return Errorf(CodeConflict, "an App has at most %d webhooks and channels", maxWebhooks)
		}
		if err := tx.PutWebhook(hook); err != nil {
			return err
		}
		return tx.AppendEvent(a.channelEvent(v, "alert.channel_added", hook))
	})
	return hook, shown, err
}

func (a *Alerts) checkChannel(r ChannelRequest) error {
	if err := r.validate(); err != nil {
		return err
	}
	if r.Kind == ChannelEmail {
		if !a.Mail {
			return Unprocessable([]FieldError{{"kind", "needs a mail server, which the operator has not named"}})
		}
		return nil
	}
	if err := a.MayReach(r.Target); err != nil {
		return Unprocessable([]FieldError{{"target", err.Error()}})
	}
	return nil
}

// sealChannel seals what only who delivers may know: the key that signs, or where it goes.
func (a *Alerts) sealChannel(r ChannelRequest) (shown string, sealed []byte, err error) {
	if r.Kind == ChannelWebhook {
		return a.Sealer.NewSecret()
	}
	sealed, err = a.Sealer.SealTarget(r.Target)
	return "", sealed, err
}

func (a *Alerts) channelEvent(v Viewer, action string, hook Webhook) Event {
	return event(a.now(), v.Actor(), action, hook.ID, hook.AppID, struct {
		Kind  ChannelKind `json:"kind"`
		Name  string      `json:"name"`
		Least Severity    `json:"least,omitempty"`
	}{hook.Kind, hook.Name, hook.Least})
}

// ofChannel does something with a channel of one of the viewer's Apps.
func (a *Alerts) ofChannel(ctx context.Context, v Viewer, appName, id, action string, do func(Tx, Webhook, App) error) error {
	app, err := ownAlerts(v, appName)
	if err != nil {
		return err
	}
	return a.Store.Write(ctx, func(tx Tx) error {
		all, err := tx.WebhooksOf(app.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(h Webhook) bool { return h.ID == id && h.TellsAlerts() })
		if i < 0 {
			return Errorf(CodeNotFound, "there is no such channel")
		}
		if err := do(tx, all[i], app); err != nil {
			return err
		}
		return tx.AppendEvent(a.channelEvent(v, action, all[i]))
	})
}

// EndChannel tells a channel nothing any more; what waits for it is dropped.
func (a *Alerts) EndChannel(ctx context.Context, v Viewer, appName, id string) error {
	now := a.now()
	return a.ofChannel(ctx, v, appName, id, "alert.channel_ended", func(tx Tx, hook Webhook, _ App) error {
		hook.EndedAt = &now
		return tx.SetWebhook(hook)
	})
}

// TestChannel sends a message that says that it is a test, on the way on which Alerts go.
func (a *Alerts) TestChannel(ctx context.Context, v Viewer, appName, id string) error {
	now, message := a.now(), a.NewID()
	return a.ofChannel(ctx, v, appName, id, "alert.channel_tested", func(tx Tx, hook Webhook, app App) error {
		body, err := json.Marshal(testNotice(app, now))
		if err != nil {
			return err
		}
		return tx.PutDelivery(WebhookDelivery{
			WebhookID: hook.ID, Message: "msg_test_" + message, Topic: TopicAlertRaised, Subject: "test-" + message, Payload: body,
			State: DeliveryWaiting, NextAt: now, CreatedAt: now,
		})
	})
}

func testNotice(app App, now time.Time) ToldAlerts {
	return ToldAlerts{App: app.Name, Test: true, Alerts: []ToldAlert{{
		ID: "test", RuleID: "test", Rule: "Test", Severity: SeverityLow, Metric: AlertQueueOpen, Condition: AlertAbove, Value: 1, Limit: 0, RaisedAt: now,
	}}}
}

// RetryDelivery has a delivery that was given up tried again.
func (a *Alerts) RetryDelivery(ctx context.Context, v Viewer, appName, id string, delivery int64) error {
	return a.ofChannel(ctx, v, appName, id, "alert.delivery_retried", func(tx Tx, hook Webhook, _ App) error {
		return tx.ReplayDelivery(hook.ID, delivery, a.now())
	})
}
