package web

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
)

var webhookShape = shapeOf(reflect.TypeFor[review.WebhookRequest]())

// webhookAnswer is a webhook as its App sees it.
type webhookAnswer struct {
	ID            string     `json:"id"`
	URL           string     `json:"url"`
	Topics        []string   `json:"topics"`
	Secret        string     `json:"secret,omitempty"`         // when it was just made, and never again
	PreviousUntil *time.Time `json:"previous_until,omitempty"` // the secret before signs, too, until then
	PausedAt      *time.Time `json:"paused_at,omitempty"`      // nothing is delivered since then
	CreatedAt     time.Time  `json:"created_at"`
}

func webhookAnswerOf(h review.Webhook, secret string) webhookAnswer {
	out := webhookAnswer{ID: h.ID, URL: h.URL, Topics: h.Topics, Secret: secret, PausedAt: h.PausedAt, CreatedAt: h.CreatedAt}
	if len(h.Previous) > 0 {
		out.PreviousUntil = &h.PreviousUntil
	}
	return out
}

// addWebhook answers POST /api/v1/webhooks: 201, with the secret.
func (s *Server) addWebhook(c *call) error {
	var r review.WebhookRequest
	if err := c.readInto(s.Options.MaxBody, webhookShape, &r); err != nil {
		return err
	}
	hook, secret, err := s.Webhooks.Add(c.Request().Context(), c.caller.HookOwner(), r)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", pathWebhooks+"/"+hook.ID)
	return c.json(http.StatusCreated, echo.MIMEApplicationJSON, webhookAnswerOf(hook, secret))
}

// webhooks answers GET /api/v1/webhooks.
func (s *Server) webhooks(c *call) error {
	hooks, err := s.Webhooks.List(c.Request().Context(), c.caller.HookOwner())
	if err != nil {
		return err
	}
	out := make([]webhookAnswer, len(hooks))
	for i, h := range hooks {
		out[i] = webhookAnswerOf(h, "")
	}
	return c.ok(map[string]any{"webhooks": out})
}

// endWebhook answers DELETE /api/v1/webhooks/ID.
func (s *Server) endWebhook(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	if err := s.Webhooks.End(c.Request().Context(), c.caller.HookOwner(), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// rotateWebhook answers POST /api/v1/webhooks/ID/secret with a new secret.
func (s *Server) rotateWebhook(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	secret, until, err := s.Webhooks.Rotate(c.Request().Context(), c.caller.HookOwner(), id)
	if err != nil {
		return err
	}
	return c.ok(map[string]any{"id": id, "secret": secret, "previous_until": until})
}

// deliveryAnswer is one message to a webhook.
type deliveryAnswer struct {
	ID        int64                `json:"id"`
	Message   string               `json:"message"` // the webhook-id of its headers
	Topic     string               `json:"topic"`
	ItemID    string               `json:"item_id"` // "" for what is about no item
	State     review.DeliveryState `json:"state"`   // waiting, delivered or dead
	Attempts  int                  `json:"attempts"`
	CreatedAt time.Time            `json:"created_at"`
	TriedAt   *time.Time           `json:"tried_at"`
	NextAt    *time.Time           `json:"next_at"` // of what waits
	Status    int                  `json:"status"`  // of the last answer, 0 when there was none
	Problem   string               `json:"problem,omitempty"`
	Data      json.RawMessage      `json:"data"`
}

// webhookDeliveries answers GET /api/v1/webhooks/ID/deliveries with the newest first.
func (s *Server) webhookDeliveries(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	list, err := s.Webhooks.Deliveries(c.Request().Context(), c.caller.HookOwner(), id)
	if err != nil {
		return err
	}
	out := make([]deliveryAnswer, len(list))
	for i, d := range list {
		out[i] = deliveryAnswer{
			ID: d.ID, Message: d.Message, Topic: d.Topic, ItemID: d.Subject, State: d.State, Attempts: d.Attempts,
			CreatedAt: d.CreatedAt, TriedAt: d.TriedAt, Status: d.Status, Problem: d.Problem, Data: d.Payload,
		}
		if slices.Contains(review.AlertTopics(), d.Topic) {
			out[i].ItemID = ""
		}
		if d.State == review.DeliveryWaiting {
			out[i].NextAt = &list[i].NextAt
		}
	}
	return c.ok(map[string]any{"deliveries": out})
}

// replayDelivery answers POST /api/v1/webhooks/ID/deliveries/NUMBER/replay.
func (s *Server) replayDelivery(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	number, err := c.delivery()
	if err != nil {
		return err
	}
	if err := s.Webhooks.Replay(c.Request().Context(), c.caller.HookOwner(), id, number); err != nil {
		return err
	}
	return c.NoContent(http.StatusAccepted)
}
