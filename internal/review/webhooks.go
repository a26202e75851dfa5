package review

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

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

// HookOwner is whose webhooks are meant, and who acts: an App with its key, or a person.
type HookOwner struct {
	App App
	By  Actor
}

// HookOwner is the App itself.
func (c Caller) HookOwner() HookOwner { return HookOwner{c.App, c.Actor()} }

// HookOwner is one of the viewer's Apps, when they may say where it is told of decisions.
func (v Viewer) HookOwner(appName string) (HookOwner, error) {
	if !v.May(PermWebhooks) {
		return HookOwner{}, errNoWebhooks
	}
	app, err := v.AppNamed(appName)
	return HookOwner{app, v.Actor()}, err
}

var (
	errNoWebhooks = Errorf(CodeForbidden, "your role may not manage webhooks")
	errNoWebhook  = Errorf(CodeNotFound, "there is no such webhook")
)

func (w *Webhooks) now() time.Time { return w.Clock().UTC().Truncate(time.Microsecond) }

// Add makes a webhook; it is told of what happens from now on. The secret is shown this once.
func (w *Webhooks) Add(ctx context.Context, owner HookOwner, r WebhookRequest) (Webhook, string, error) {
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
	hook := Webhook{ID: w.NewID(), AppID: owner.App.ID, URL: r.URL, Topics: r.Topics, Secret: sealed, CreatedAt: w.now(), Kind: ChannelWebhook}
	err = w.Store.Write(ctx, func(tx Tx) error {
		there, err := tx.WebhooksOf(owner.App.ID)
		if err != nil {
			return err
		}
		if len(there) >= maxWebhooks {
			return Errorf(CodeConflict, "an App has at most %d webhooks", maxWebhooks)
		}
		if err := tx.PutWebhook(hook); err != nil {
			return err
		}
		return tx.AppendEvent(w.event(owner, "webhook.added", hook))
	})
	return hook, shown, err
}

func (w *Webhooks) event(owner HookOwner, action string, hook Webhook) Event {
	return event(w.now(), owner.By, action, hook.ID, hook.AppID, struct {
		Topics []string `json:"topics"`
	}{hook.Topics})
}

// WebhookGone is the Event of a webhook whose receiver says that it is gone.
func WebhookGone(h Webhook, at time.Time) Event {
	return event(at, Actor{Kind: ActorSystem, ID: "outbox"}, "webhook.gone", h.ID, h.AppID, struct {
		Topics []string `json:"topics"`
	}{h.Topics})
}

// List returns the App's webhooks that have not ended, the oldest first.
func (w *Webhooks) List(ctx context.Context, owner HookOwner) ([]Webhook, error) {
	return onlyWebhooks(w.Store.Webhooks(ctx, owner.App.ID))
}

// onlyWebhooks leaves out the channels that tell of Alerts in another way: they have their own pages.
func onlyWebhooks(all []Webhook, err error) ([]Webhook, error) {
	return slices.DeleteFunc(all, func(h Webhook) bool { return h.Kind != ChannelWebhook }), err
}

// own does something to one of the owner's webhooks that has not ended.
func (w *Webhooks) own(ctx context.Context, owner HookOwner, id, action string, do func(Tx, *Webhook) error) error {
	return w.Store.Write(ctx, func(tx Tx) error {
		hook, err := tx.Webhook(owner.App.ID, id)
		if err != nil {
			return err
		}
		if hook.Kind != ChannelWebhook {
			return errNoWebhook
		}
		if hook.EndedAt != nil {
			return Errorf(CodeConflict, "this webhook has ended")
		}
		if err := do(tx, &hook); err != nil {
			return err
		}
		return tx.AppendEvent(w.event(owner, action, hook))
	})
}

// change sets something of one of the owner's webhooks.
func (w *Webhooks) change(ctx context.Context, owner HookOwner, id, action string, change func(*Webhook)) error {
	return w.own(ctx, owner, id, action, func(tx Tx, hook *Webhook) error {
		change(hook)
		return tx.SetWebhook(*hook)
	})
}

// Rotate gives a webhook a new secret. The one before signs too for SecretOverlap.
func (w *Webhooks) Rotate(ctx context.Context, owner HookOwner, id string) (secret string, until time.Time, err error) {
	shown, sealed, err := w.Sealer.NewSecret()
	if err != nil {
		return "", time.Time{}, err
	}
	until = w.now().Add(SecretOverlap)
	err = w.change(ctx, owner, id, "webhook.rotated", func(h *Webhook) {
		h.Previous, h.PreviousUntil, h.Secret = h.Secret, until, sealed
	})
	return shown, until, err
}

// SetTopics says what a webhook is told of from now on. What waits for it already is delivered all the same.
func (w *Webhooks) SetTopics(ctx context.Context, owner HookOwner, id string, topics []string) error {
	var bad invalidFields
	if len(topics) == 0 {
		bad.addf("topics", "choose at least one")
	}
	bad.addTopics(topics)
	if err := bad.err(); err != nil {
		return err
	}
	return w.change(ctx, owner, id, "webhook.changed", func(h *Webhook) { h.Topics = topics })
}

// Pause lets what is told wait, until Resume.
func (w *Webhooks) Pause(ctx context.Context, owner HookOwner, id string) error {
	now := w.now()
	return w.own(ctx, owner, id, "webhook.paused", func(tx Tx, h *Webhook) error {
		if h.PausedAt != nil {
			return Errorf(CodeConflict, "this webhook is paused already")
		}
		h.PausedAt = &now
		return tx.SetWebhook(*h)
	})
}

// Resume delivers what has waited, as if it had just been made: otherwise a long pause would leave it no time to be tried in.
func (w *Webhooks) Resume(ctx context.Context, owner HookOwner, id string) error {
	return w.own(ctx, owner, id, "webhook.resumed", func(tx Tx, h *Webhook) error {
		if h.PausedAt == nil {
			return Errorf(CodeConflict, "this webhook is not paused")
		}
		h.PausedAt = nil
		if err := tx.SetWebhook(*h); err != nil {
			return err
		}
		return tx.RenewDeliveries(h.ID, w.now())
	})
}

// End stops a webhook. What waits for it is delivered no more.
func (w *Webhooks) End(ctx context.Context, owner HookOwner, id string) error {
	now := w.now()
	return w.change(ctx, owner, id, "webhook.ended", func(h *Webhook) { h.EndedAt = &now })
}

// Test sends a message that tells of nothing.
func (w *Webhooks) Test(ctx context.Context, owner HookOwner, id string) error {
	now := w.now()
	return w.own(ctx, owner, id, "webhook.tested", func(tx Tx, h *Webhook) error {
		if h.PausedAt != nil {
			return Errorf(CodeConflict, "this webhook is paused: a test would only wait, too")
		}
		payload, err := json.Marshal(struct {
			Type      string    `json:"type"`
			WebhookID string    `json:"webhook_id"`
			App       string    `json:"app"`
			SentAt    time.Time `json:"sent_at"`
		}{TopicTest, h.ID, owner.App.Name, now})
		if err != nil {
			return err
		}
		message := "msg_test_" + w.NewID()
		// It is a subject of its own, so that it does not wait behind what cannot be delivered.
		return tx.PutTest(WebhookDelivery{
			WebhookID: h.ID, Message: message, Topic: TopicTest, Subject: message, Payload: payload,
			State: DeliveryWaiting, NextAt: now, CreatedAt: now,
		}, keptTests)
	})
}

// Deliveries returns the newest deliveries to one of the App's webhooks.
func (w *Webhooks) Deliveries(ctx context.Context, owner HookOwner, id string) ([]WebhookDelivery, error) {
	return w.Store.WebhookDeliveries(ctx, owner.App.ID, DeliveryQuery{WebhookID: id, Limit: MaxDeliveryPage})
}

// Replay has a delivery that is dead, or was made, tried again, for as long as a new one.
func (w *Webhooks) Replay(ctx context.Context, owner HookOwner, id string, delivery int64) error {
	return w.own(ctx, owner, id, "webhook.replayed", func(tx Tx, _ *Webhook) error {
		return tx.ReplayDelivery(id, delivery, w.now())
	})
}

// ReplayDead has what is dead tried again, the oldest first, MaxReplay at most. It returns how many there were.
func (w *Webhooks) ReplayDead(ctx context.Context, owner HookOwner, id string) (n int, err error) {
	err = w.own(ctx, owner, id, "webhook.replayed", func(tx Tx, _ *Webhook) error {
		if n, err = tx.ReplayDead(id, MaxReplay, w.now()); err == nil && n == 0 {
			err = Errorf(CodeConflict, "nothing is dead here")
		}
		return err
	})
	return n, err
}

// HookView is a webhook as people see it.
type HookView struct {
	App App
	Webhook
	Undelivered Undelivered
}

// HookList is the webhooks of one App.
type HookList struct {
	App   App
	Hooks []HookView // the oldest first
	Ended []HookView // the newest first
}

// Lists returns the webhooks of each of the viewer's Apps.
func (w *Webhooks) Lists(ctx context.Context, v Viewer) ([]HookList, error) {
	var out []HookList
	if !v.May(PermWebhooks) {
		return nil, errNoWebhooks
	}
	for _, app := range v.Apps {
		list, err := w.ListOf(ctx, v, app.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, list)
	}
	return out, nil
}

// ListOf returns the webhooks of one of the viewer's Apps, with those that ended last.
func (w *Webhooks) ListOf(ctx context.Context, v Viewer, appName string) (HookList, error) {
	owner, err := v.HookOwner(appName)
	if err != nil {
		return HookList{}, err
	}
	hooks, err := w.List(ctx, owner)
	if err != nil {
		return HookList{}, err
	}
	ended, err := onlyWebhooks(w.Store.EndedWebhooks(ctx, owner.App.ID, maxEnded))
	if err != nil {
		return HookList{}, err
	}
	undelivered, err := w.Store.Undelivered(ctx, owner.App.ID)
	if err != nil {
		return HookList{}, err
	}
	return HookList{App: owner.App, Hooks: hookViews(owner.App, hooks, undelivered), Ended: hookViews(owner.App, ended, undelivered)}, nil
}

func hookViews(app App, hooks []Webhook, undelivered map[string]Undelivered) []HookView {
	out := make([]HookView, len(hooks))
	for i, h := range hooks {
		out[i] = HookView{app, h, undelivered[h.ID]}
	}
	return out
}

// HookLog is a webhook with a page of its deliveries.
type HookLog struct {
	Hook       HookView
	Query      DeliveryQuery
	Deliveries []WebhookDelivery
	Next       int64 // DeliveryQuery.Before of the page after it; 0 at the end
}

// Log returns one of the webhooks of one of the viewer's Apps, and what of its deliveries the query means.
func (w *Webhooks) Log(ctx context.Context, v Viewer, appName string, q DeliveryQuery) (HookLog, error) {
	hook, err := w.look(ctx, v, appName, q.WebhookID)
	if err != nil {
		return HookLog{}, err
	}
	out := HookLog{Hook: hook, Query: q}
	q.Limit = deliveryPage + 1
	if out.Deliveries, err = w.Store.WebhookDeliveries(ctx, hook.App.ID, q); err != nil {
		return out, err
	}
	if len(out.Deliveries) > deliveryPage {
		out.Deliveries = out.Deliveries[:deliveryPage]
		out.Next = out.Deliveries[deliveryPage-1].ID
	}
	return out, nil
}

func (w *Webhooks) look(ctx context.Context, v Viewer, appName, id string) (HookView, error) {
	owner, err := v.HookOwner(appName)
	if err != nil {
		return HookView{}, err
	}
	hook, err := w.Store.Webhook(ctx, owner.App.ID, id)
	if err == nil && hook.Kind != ChannelWebhook {
		err = errNoWebhook
	}
	if err != nil {
		return HookView{}, err
	}
	undelivered, err := w.Store.Undelivered(ctx, owner.App.ID)
	return HookView{owner.App, hook, undelivered[id]}, err
}

// DeliveryView is one delivery with its attempts, the newest first.
type DeliveryView struct {
	Hook     HookView
	Delivery WebhookDelivery
	Attempts []DeliveryAttempt
}

// Delivery returns one delivery to one of the webhooks of one of the viewer's Apps.
func (w *Webhooks) Delivery(ctx context.Context, v Viewer, appName, id string, number int64) (DeliveryView, error) {
	hook, err := w.look(ctx, v, appName, id)
	if err != nil {
		return DeliveryView{}, err
	}
	d, err := w.Store.WebhookDelivery(ctx, id, number)
	if err != nil {
		return DeliveryView{}, err
	}
	attempts, err := w.Store.DeliveryAttempts(ctx, number, maxAttempts)
	return DeliveryView{hook, d, attempts}, err
}
