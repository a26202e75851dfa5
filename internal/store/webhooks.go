package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type webhookRow struct {
	ID            string
	AppID         string
	URL           string `gorm:"column:url"`
	Topics        string
	Secret        []byte
	Previous      []byte
	PreviousUntil instant
	Seen          int64
	Created       instant  `gorm:"column:created_at"`
	Ended         *instant `gorm:"column:ended_at"`
}

func (webhookRow) TableName() string { return "webhooks" }

func newWebhookRow(h review.Webhook) webhookRow {
	previous := h.Previous
	if previous == nil {
		previous = []byte{}
	}
	return webhookRow{
		ID: h.ID, AppID: h.AppID, URL: h.URL, Topics: strings.Join(h.Topics, ","), Secret: h.Secret,
		Previous: previous, PreviousUntil: at(h.PreviousUntil), Created: at(h.CreatedAt), Ended: atOrNull(h.EndedAt),
	}
}

func (r webhookRow) webhook() review.Webhook {
	return review.Webhook{
		ID: r.ID, AppID: r.AppID, URL: r.URL, Topics: strings.Split(r.Topics, ","), Secret: r.Secret,
		Previous: r.Previous, PreviousUntil: r.PreviousUntil.time(), CreatedAt: r.Created.time(), EndedAt: r.Ended.timeOrNil(),
	}
}

func findWebhooks(db reads, where string, args ...any) ([]review.Webhook, error) {
	var rows []webhookRow
	if err := db.Where(where, args...).Order("created_at, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]review.Webhook, len(rows))
	for i, r := range rows {
		out[i] = r.webhook()
	}
	return out, nil
}

// WebhooksOf implements review.Tx.
func (t *tx) WebhooksOf(appID string) ([]review.Webhook, error) {
	hooks, err := findWebhooks(t.orm(), "app_id = ? AND ended_at IS NULL", appID)
	return hooks, t.note(err)
}

// PutWebhook implements review.Tx.
func (t *tx) PutWebhook(h review.Webhook) error {
	row := newWebhookRow(h)
	if _, err := t.first("SELECT COALESCE(MAX(seq), 0) FROM outbox", nil, &row.Seen); err != nil {
		return err
	}
	return t.insert(&row)
}

// SetWebhook implements review.Tx.
func (t *tx) SetWebhook(h review.Webhook) error {
	row := newWebhookRow(h)
	return t.exec("UPDATE webhooks SET secret = ?, previous = ?, previous_until = ?, ended_at = ? WHERE id = ?",
		row.Secret, row.Previous, row.PreviousUntil, row.Ended, row.ID)
}

// ReplayDelivery implements review.Tx.
func (t *tx) ReplayDelivery(webhookID string, delivery int64, when time.Time) error {
	n, err := t.affect(`UPDATE deliveries SET state = ?, attempts = 0, next_at = ?, created_at = ? WHERE id = ? AND webhook_id = ? AND state <> ?`,
		string(review.DeliveryWaiting), at(when), at(when), delivery, webhookID, string(review.DeliveryWaiting))
	if err == nil && n == 0 {
		return review.Errorf(review.CodeNotFound, "there is no such delivery, or it is under way")
	}
	return err
}

// Webhooks implements review.Reader.
func (s *Store) Webhooks(ctx context.Context, appID string) ([]review.Webhook, error) {
	hooks, err := findWebhooks(s.read(ctx), "app_id = ? AND ended_at IS NULL", appID)
	return hooks, s.fault(err)
}

type deliveryRow struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	WebhookID string
	Message   string
	Topic     string
	Subject   string
	Payload   sealed
	State     review.DeliveryState
	Attempts  int
	NextAt    instant
	Created   instant  `gorm:"column:created_at"`
	Tried     *instant `gorm:"column:tried_at"`
	Status    int
	Problem   string
}

func (deliveryRow) TableName() string { return "deliveries" }

func (r deliveryRow) delivery(o *opener) review.WebhookDelivery {
	return review.WebhookDelivery{
		ID: r.ID, WebhookID: r.WebhookID, Message: r.Message, Topic: r.Topic, Subject: r.Subject,
		Payload: o.text("deliveries", "payload", recordID(r.WebhookID, r.Message), r.Payload),
		State:   r.State, Attempts: r.Attempts, NextAt: r.NextAt.time(), CreatedAt: r.Created.time(),
		TriedAt: r.Tried.timeOrNil(), Status: r.Status, Problem: r.Problem,
	}
}

// WebhookDeliveries implements review.Reader.
func (s *Store) WebhookDeliveries(ctx context.Context, appID, webhookID string, limit int) ([]review.WebhookDelivery, error) {
	hooks, err := findWebhooks(s.read(ctx), "id = ? AND app_id = ?", webhookID, appID)
	if err == nil && len(hooks) == 0 {
		err = absent("webhook")
	}
	if err != nil {
		return nil, s.fault(err)
	}
	var rows []deliveryRow
	if err := s.read(ctx).Where("webhook_id = ?", webhookID).Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.WebhookDelivery, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = r.delivery(o)
	}
	return out, o.err
}

// fanOutPage bounds how much of the outbox is read for one webhook at a time.
const fanOutPage = 200

// FanOut makes deliveries of what the outbox holds and shows by now. It returns how many it made.
func (s *Store) FanOut(ctx context.Context, now time.Time) (made int, err error) {
	var hooks []webhookRow
	if err := s.read(ctx).Where("ended_at IS NULL AND seen < (SELECT COALESCE(MAX(seq), 0) FROM outbox)").Find(&hooks).Error; err != nil {
		return 0, s.fault(err)
	}
	for _, h := range hooks {
		n, err := s.fanOutTo(ctx, h, now)
		made += n
		if err != nil {
			return made, err
		}
	}
	return made, nil
}

// fanOutTo stops at the first row that is not visible yet: a webhook whose place went past it would never be told.
func (s *Store) fanOutTo(ctx context.Context, h webhookRow, now time.Time) (made int, err error) {
	visible, err := s.Deliveries(ctx, h.AppID, review.TopicDecided, h.Seen, fanOutPage, now)
	if err != nil || len(visible) == 0 {
		return 0, err
	}
	err = s.writer.do(ctx, func(t *tx) error {
		made = 0
		moved, err := t.affect("UPDATE webhooks SET seen = ? WHERE id = ? AND seen = ?", visible[len(visible)-1].Cursor, h.ID, h.Seen)
		if err != nil || moved == 0 { // another server was faster
			return err
		}
		for _, d := range visible {
			n, err := t.deliver(h, d, now)
			made += n
			if err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

// deliver makes the deliveries of one row of the outbox, one for each topic that the webhook wants.
func (t *tx) deliver(h webhookRow, d review.Delivery, now time.Time) (made int, err error) {
	topics, subject, err := review.TopicsOf(d.Payload)
	if err != nil {
		return 0, err
	}
	wanted := "," + h.Topics + ","
	for _, topic := range topics {
		if !strings.Contains(wanted, ","+topic+",") {
			continue
		}
		message := messageID(d.Cursor, topic)
		err := t.exec(`INSERT INTO deliveries (webhook_id, message, topic, subject, payload, state, attempts, next_at, created_at, status, problem)
VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, 0, '')`,
			h.ID, message, topic, subject, t.seal("deliveries", "payload", recordID(h.ID, message), d.Payload), string(review.DeliveryWaiting), at(now), at(now))
		if err != nil {
			return made, err
		}
		made++
	}
	return made, nil
}

// messageID names a message: the same for each webhook and each attempt.
func messageID(cursor int64, topic string) string {
	return "msg_" + strconv.FormatInt(cursor, 10) + "_" + strings.ReplaceAll(topic, ".", "_")
}

const selectDue = `SELECT d.* FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id
WHERE d.state = 'waiting' AND d.next_at <= ? AND w.ended_at IS NULL
AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.state = 'waiting' AND e.webhook_id = d.webhook_id AND e.subject = d.subject AND e.id < d.id)
ORDER BY d.next_at, d.id LIMIT ?`

// LeaseDeliveries takes deliveries that are due: until the lease ends nobody else gets them. Of one item's deliveries to a
// webhook the first one that waits is due, and no other.
func (s *Store) LeaseDeliveries(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]review.DueDelivery, error) {
	var rows []deliveryRow
	if err := s.read(ctx).Raw(selectDue, at(now), limit).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, s.fault(err)
	}
	var out []review.DueDelivery
	err := s.writer.do(ctx, func(t *tx) error {
		out = nil
		o := t.orm().opener()
		for _, r := range rows {
			n, err := t.affect("UPDATE deliveries SET next_at = ?, attempts = attempts + 1 WHERE id = ? AND state = 'waiting' AND next_at = ?",
				at(now.Add(lease)), r.ID, r.NextAt)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			hooks, err := findWebhooks(t.orm(), "id = ?", r.WebhookID)
			if err != nil {
				return t.note(err)
			}
			r.Attempts++
			out = append(out, review.DueDelivery{WebhookDelivery: r.delivery(o), Webhook: hooks[0]})
		}
		return t.note(o.err)
	})
	return out, err
}

// SettleDelivery writes what became of an attempt.
func (s *Store) SettleDelivery(ctx context.Context, d review.WebhookDelivery) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("UPDATE deliveries SET state = ?, next_at = ?, tried_at = ?, status = ?, problem = ? WHERE id = ?",
			string(d.State), at(d.NextAt), atOrNull(d.TriedAt), d.Status, d.Problem, d.ID)
	})
}

// EndWebhook stops a webhook whose receiver says that it is gone.
func (s *Store) EndWebhook(ctx context.Context, id string, now time.Time) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec("UPDATE webhooks SET ended_at = ? WHERE id = ? AND ended_at IS NULL", at(now), id)
	})
}
