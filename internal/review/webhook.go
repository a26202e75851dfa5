package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// The topics that an App can be told of.
const (
	TopicReopened             = "item.reopened"         // a decision was reversed: another one stands in its place
	TopicInterventionApproved = "intervention.approved" // an intervention may be delivered
	TopicApprovalDecided      = "approval.decided"      // a person decided about what something waits for
)

// WebhookTopics lists every topic.
func WebhookTopics() []string {
	return []string{TopicDecided, TopicReopened, TopicInterventionApproved, TopicApprovalDecided}
}

// The bounds of webhooks.
const (
	maxWebhooks     = 20 // of one App
	maxWebhookURL   = 2 << 10
	SecretOverlap   = 24 * time.Hour // how long the secret before signs, too
	DeliveryWindow  = 24 * time.Hour // how long a delivery is tried
	MaxDeliveryPage = 200
)

// Webhook is where an App wants to be told of something. Secrets are sealed: only who delivers opens them.
type Webhook struct {
	ID            string
	AppID         string
	URL           string
	Topics        []string
	Secret        []byte
	Previous      []byte // signs too until PreviousUntil; empty when there is none
	PreviousUntil time.Time
	CreatedAt     time.Time
	EndedAt       *time.Time
}

// DeliveryState is how a delivery stands.
type DeliveryState string

// The states.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliveryDone    DeliveryState = "delivered"
	DeliveryDead    DeliveryState = "dead" // tried for DeliveryWindow; a person can have it tried again
)

// WebhookDelivery is one message to one webhook.
type WebhookDelivery struct {
	ID        int64
	WebhookID string
	Message   string // the id by which the receiver tells repetitions
	Topic     string
	Subject   string // the item
	Payload   []byte
	State     DeliveryState
	Attempts  int
	NextAt    time.Time
	CreatedAt time.Time
	TriedAt   *time.Time
	Status    int    // of the last answer, 0 when there was none
	Problem   string // of the last attempt
}

// DueDelivery is a delivery that is to be made now, and where it goes.
type DueDelivery struct {
	WebhookDelivery
	Webhook Webhook
}

// Sealer makes secrets of webhooks and keeps them from who reads the database.
type Sealer interface {
	NewSecret() (shown string, sealed []byte, err error)
}

// WebhookRequest is what an App asks for.
type WebhookRequest struct {
	URL    string   `json:"url"`
	Topics []string `json:"topics"` // none means all
}

func (r WebhookRequest) validate() error {
	var bad invalidFields
	u, err := url.Parse(r.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(r.URL) > maxWebhookURL:
		bad.addf("url", "must begin with http:// or https:// and a host, and have at most %d bytes", maxWebhookURL)
	case u.User != nil || u.Fragment != "":
		bad.addf("url", "must have no user name, password or fragment")
	}
	for i, topic := range r.Topics {
		if !slices.Contains(WebhookTopics(), topic) || slices.Contains(r.Topics[:i], topic) {
			bad.addf(fmt.Sprintf("topics[%d]", i), "must be one of %v, each once", WebhookTopics())
		}
	}
	return bad.err()
}

// Webhooks is the use cases of webhooks.
type Webhooks struct {
	Store  Store
	Sealer Sealer
	Clock  Clock
	NewID  func() string
	// MayReach tells whether a URL can be reached at all, so that a mistake is an answer and not a dead letter.
	MayReach func(url string) error
}

// NewWebhooks checks that nothing is missing.
func NewWebhooks(w Webhooks) (*Webhooks, error) {
	if w.Store == nil || w.Sealer == nil || w.Clock == nil || w.NewID == nil || w.MayReach == nil {
		return nil, errors.New("review: a dependency of the webhooks is missing")
	}
	return &w, nil
}

func (w *Webhooks) now() time.Time { return w.Clock().UTC().Truncate(time.Microsecond) }

// Add makes a webhook; it is told of what happens from now on. The secret is shown this once.
func (w *Webhooks) Add(ctx context.Context, caller Caller, r WebhookRequest) (Webhook, string, error) {
	if err := r.validate(); err != nil {
		return Webhook{}, "", err
	}
	if err := w.MayReach(r.URL); err != nil {
		return Webhook{}, "", Unprocessable([]FieldError{{"url", err.Error()}})
	}
	if len(r.Topics) == 0 {
		r.Topics = WebhookTopics()
	}
	shown, sealed, err := w.Sealer.NewSecret()
	if err != nil {
		return Webhook{}, "", err
	}
	hook := Webhook{ID: w.NewID(), AppID: caller.App.ID, URL: r.URL, Topics: r.Topics, Secret: sealed, CreatedAt: w.now()}
	err = w.Store.Write(ctx, func(tx Tx) error {
		there, err := tx.WebhooksOf(caller.App.ID)
		if err != nil {
			return err
		}
		if len(there) >= maxWebhooks {
			return Errorf(CodeConflict, "an App has at most %d webhooks", maxWebhooks)
		}
		if err := tx.PutWebhook(hook); err != nil {
			return err
		}
		return tx.AppendEvent(w.event(caller, "webhook.added", hook))
	})
	return hook, shown, err
}

func (w *Webhooks) event(caller Caller, action string, hook Webhook) Event {
	return event(w.now(), caller.Actor(), action, hook.ID, hook.AppID, struct {
		Topics []string `json:"topics"`
	}{hook.Topics})
}

// List returns the App's webhooks that have not ended, the oldest first.
func (w *Webhooks) List(ctx context.Context, caller Caller) ([]Webhook, error) {
	return w.Store.Webhooks(ctx, caller.App.ID)
}

// own changes one of the caller's webhooks.
func (w *Webhooks) own(ctx context.Context, caller Caller, id, action string, change func(*Webhook)) error {
	return w.Store.Write(ctx, func(tx Tx) error {
		all, err := tx.WebhooksOf(caller.App.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(h Webhook) bool { return h.ID == id })
		if i < 0 {
			return Errorf(CodeNotFound, "there is no such webhook")
		}
		hook := all[i]
		change(&hook)
		if err := tx.SetWebhook(hook); err != nil {
			return err
		}
		return tx.AppendEvent(w.event(caller, action, hook))
	})
}

// Rotate gives a webhook a new secret. The one before signs too for SecretOverlap.
func (w *Webhooks) Rotate(ctx context.Context, caller Caller, id string) (secret string, until time.Time, err error) {
	shown, sealed, err := w.Sealer.NewSecret()
	if err != nil {
		return "", time.Time{}, err
	}
	until = w.now().Add(SecretOverlap)
	err = w.own(ctx, caller, id, "webhook.rotated", func(h *Webhook) {
		h.Previous, h.PreviousUntil, h.Secret = h.Secret, until, sealed
	})
	return shown, until, err
}

// End stops a webhook. What waits for it is delivered no more.
func (w *Webhooks) End(ctx context.Context, caller Caller, id string) error {
	now := w.now()
	return w.own(ctx, caller, id, "webhook.ended", func(h *Webhook) { h.EndedAt = &now })
}

// Deliveries returns the newest deliveries to one of the App's webhooks.
func (w *Webhooks) Deliveries(ctx context.Context, caller Caller, id string) ([]WebhookDelivery, error) {
	return w.Store.WebhookDeliveries(ctx, caller.App.ID, id, MaxDeliveryPage)
}

// Replay has a delivery that is dead, or was made, tried again, for as long as a new one.
func (w *Webhooks) Replay(ctx context.Context, caller Caller, id string, delivery int64) error {
	return w.Store.Write(ctx, func(tx Tx) error {
		hooks, err := tx.WebhooksOf(caller.App.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(hooks, func(h Webhook) bool { return h.ID == id })
		if i < 0 {
			return Errorf(CodeNotFound, "there is no such webhook")
		}
		if err := tx.ReplayDelivery(id, delivery, w.now()); err != nil {
			return err
		}
		return tx.AppendEvent(w.event(caller, "webhook.replayed", hooks[i]))
	})
}

// TopicsOf tells which topics a decision is told under, from what the outbox holds of it.
func TopicsOf(payload []byte) (topics []string, subject string, err error) {
	var p publishable
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, "", fmt.Errorf("review: read what was published: %w", err)
	}
	topics = []string{TopicDecided}
	if p.Reverses != "" {
		topics = append(topics, TopicReopened)
	}
	if p.Intervention != nil && p.Intervention.State == InterventionApproved {
		topics = append(topics, TopicInterventionApproved)
	}
	if p.Held {
		topics = append(topics, TopicApprovalDecided)
	}
	return topics, p.ItemID, nil
}
