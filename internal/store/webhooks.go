package store

import (
	"cmp"
	"context"
	"math"
	"slices"
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
	Paused        *instant `gorm:"column:paused_at"`
	Ended         *instant `gorm:"column:ended_at"`
	Kind          review.ChannelKind
	Name          string
	Least         review.Severity
}

func (webhookRow) TableName() string { return "webhooks" }

func newWebhookRow(h review.Webhook) webhookRow {
	previous := h.Previous
	if previous == nil {
		previous = []byte{}
	}
	return webhookRow{
		ID: h.ID, AppID: h.AppID, URL: h.URL, Topics: strings.Join(h.Topics, ","), Secret: h.Secret,
		Previous: previous, PreviousUntil: at(h.PreviousUntil), Created: at(h.CreatedAt),
		Paused: atOrNull(h.PausedAt), Ended: atOrNull(h.EndedAt),
		Kind: cmp.Or(h.Kind, review.ChannelWebhook), Name: h.Name, Least: h.Least,
	}
}

func (r webhookRow) webhook() review.Webhook {
	return review.Webhook{
		ID: r.ID, AppID: r.AppID, URL: r.URL, Topics: strings.Split(r.Topics, ","), Secret: r.Secret,
		Previous: r.Previous, PreviousUntil: r.PreviousUntil.time(), CreatedAt: r.Created.time(),
		PausedAt: r.Paused.timeOrNil(), EndedAt: r.Ended.timeOrNil(),
		Kind: r.Kind, Name: r.Name, Least: r.Least,
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
	return t.exec("UPDATE webhooks SET topics = ?, secret = ?, previous = ?, previous_until = ?, paused_at = ?, ended_at = ? WHERE id = ?",
		row.Topics, row.Secret, row.Previous, row.PreviousUntil, row.Paused, row.Ended, row.ID)
}

// Webhook implements review.Tx.
func (t *tx) Webhook(appID, id string) (review.Webhook, error) {
	h, err := oneWebhook(t.orm(), appID, id)
	return h, t.note(err)
}

func oneWebhook(db reads, appID, id string) (review.Webhook, error) {
	hooks, err := findWebhooks(db, "id = ? AND app_id = ?", id, appID)
	if err == nil && len(hooks) == 0 {
		err = absent("webhook")
	}
	if err != nil {
		return review.Webhook{}, err
	}
	return hooks[0], nil
}

// ReplayDelivery implements review.Tx.
func (t *tx) ReplayDelivery(webhookID string, delivery int64, when time.Time) error {
	n, err := t.affect(`UPDATE deliveries SET state = ?, attempts = 0, next_at = ?, created_at = ? WHERE id = ? AND webhook_id = ? AND state <> ?`,
		string(review.DeliveryWaiting), at(when), at(when), delivery, webhookID, string(review.DeliveryWaiting))
	if err != nil || n > 0 {
		return err
	}
	var id int64
	found, err := t.first("SELECT id FROM deliveries WHERE id = ? AND webhook_id = ?", []any{delivery, webhookID}, &id)
	if err == nil && !found {
		return absent("delivery")
	}
	if err == nil {
		return review.Errorf(review.CodeConflict, "this delivery is under way")
	}
	return err
}

// ReplayDead implements review.Tx.
func (t *tx) ReplayDead(webhookID string, most int, when time.Time) (int, error) {
	n, err := t.affect(`UPDATE deliveries SET state = ?, attempts = 0, next_at = ?, created_at = ? WHERE id IN
    (SELECT id FROM deliveries WHERE webhook_id = ? AND `+deadLetters+` ORDER BY id LIMIT ?)`,
		string(review.DeliveryWaiting), at(when), at(when), webhookID, most)
	return int(n), err
}

// RenewDeliveries implements review.Tx.
func (t *tx) RenewDeliveries(webhookID string, when time.Time) error {
	return t.exec("UPDATE deliveries SET created_at = ? WHERE webhook_id = ? AND state = 'waiting'", at(when), webhookID)
}

// PutTest implements review.Tx.
func (t *tx) PutTest(d review.WebhookDelivery, keep int) error {
	var waiting int64
	found, err := t.first("SELECT id FROM deliveries WHERE webhook_id = ? AND state = 'waiting' AND topic = ? LIMIT 1", []any{d.WebhookID, d.Topic}, &waiting)
	if err != nil {
		return err
	}
	if found {
		return review.Errorf(review.CodeConflict, "a test waits already: see in the log what became of it")
	}
	err = t.exec(`DELETE FROM deliveries WHERE webhook_id = ? AND topic = ? AND id NOT IN
    (SELECT id FROM deliveries WHERE webhook_id = ? AND topic = ? ORDER BY id DESC LIMIT ?)`, d.WebhookID, d.Topic, d.WebhookID, d.Topic, keep-1)
	if err != nil {
		return err
	}
	return t.PutDelivery(d)
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

// EndedWebhooks implements review.Reader.
func (s *Store) EndedWebhooks(ctx context.Context, appID string, limit int) ([]review.Webhook, error) {
	var rows []webhookRow
	err := s.read(ctx).Where("app_id = ? AND ended_at IS NOT NULL", appID).Order("ended_at DESC, id DESC").Limit(limit).Find(&rows).Error
	out := make([]review.Webhook, len(rows))
	for i, r := range rows {
		out[i] = r.webhook()
	}
	return out, s.fault(err)
}

// Webhook implements review.Reader.
func (s *Store) Webhook(ctx context.Context, appID, id string) (review.Webhook, error) {
	h, err := oneWebhook(s.read(ctx), appID, id)
	return h, s.fault(err)
}

// What is dead and could be tried again, as its index has it.
const deadLetters = "state = 'dead' AND topic <> 'webhook.test'"

const (
	selectUndelivered = "SELECT webhook_id, COUNT(*) AS n, MIN(created_at) AS oldest FROM deliveries WHERE "
	ofAppsWebhooks    = " AND webhook_id IN (SELECT id FROM webhooks WHERE app_id = ?) GROUP BY webhook_id"
	selectWaiting     = selectUndelivered + "state = 'waiting'" + ofAppsWebhooks
	selectDead        = selectUndelivered + deadLetters + ofAppsWebhooks
)

// Undelivered implements review.Reader.
func (s *Store) Undelivered(ctx context.Context, appID string) (map[string]review.Undelivered, error) {
	out := map[string]review.Undelivered{}
	for _, query := range []string{selectWaiting, selectDead} {
		var rows []struct {
			WebhookID string
			N         int
			Oldest    instant
		}
		if err := s.read(ctx).Raw(query, appID).Scan(&rows).Error; err != nil {
			return nil, s.fault(err)
		}
		for _, r := range rows {
			b := out[r.WebhookID]
			if query == selectDead {
				b.Dead = r.N
			} else {
				b.Waiting, b.Oldest = r.N, r.Oldest.time()
			}
			out[r.WebhookID] = b
		}
	}
	return out, nil
}

const notEnded = " AND webhook_id IN (SELECT id FROM webhooks WHERE ended_at IS NULL)"

// UndeliveredToAll implements review.Reader.
func (s *Store) UndeliveredToAll(ctx context.Context) (review.Undelivered, error) {
	var row struct {
		Waiting, Dead int
		Oldest        *instant
	}
	err := s.read(ctx).Raw("SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'waiting'" + notEnded + ") AS waiting, (SELECT COUNT(*) FROM deliveries WHERE " +
		deadLetters + notEnded + ") AS dead, (SELECT MIN(created_at) FROM deliveries WHERE state = 'waiting'" + notEnded + ") AS oldest").Scan(&row).Error
	out := review.Undelivered{Waiting: row.Waiting, Dead: row.Dead}
	if at := row.Oldest.timeOrNil(); at != nil {
		out.Oldest = *at
	}
	return out, s.fault(err)
}

// WebhookDeliveries implements review.Reader.
func (s *Store) WebhookDeliveries(ctx context.Context, appID string, q review.DeliveryQuery) ([]review.WebhookDelivery, error) {
	if _, err := s.Webhook(ctx, appID, q.WebhookID); err != nil {
		return nil, err
	}
	sql, args := deliveryLog(q)
	var rows []deliveryRow
	if err := s.read(ctx).Raw(sql, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	return s.deliveriesOf(ctx, rows)
}

func (s *Store) deliveriesOf(ctx context.Context, rows []deliveryRow) ([]review.WebhookDelivery, error) {
	out := make([]review.WebhookDelivery, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = r.delivery(o)
	}
	return out, o.err
}

// deliveryLog is the query of a page of the log.
func deliveryLog(q review.DeliveryQuery) (sql string, args []any) {
	sql, args = "SELECT * FROM deliveries WHERE webhook_id = ?", []any{q.WebhookID}
	if q.Before > 0 {
		sql, args = sql+" AND id < ?", append(args, q.Before)
	}
	if q.State != "" {
		sql, args = sql+" AND state = ?", append(args, string(q.State))
	}
	if q.Topic != "" {
		sql, args = sql+" AND topic = ?", append(args, q.Topic)
	}
	return sql + " ORDER BY id DESC LIMIT ?", append(args, q.Limit)
}

// WebhookDelivery implements review.Reader.
func (s *Store) WebhookDelivery(ctx context.Context, webhookID string, id int64) (review.WebhookDelivery, error) {
	var rows []deliveryRow
	err := s.read(ctx).Where("id = ? AND webhook_id = ?", id, webhookID).Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = absent("delivery")
	}
	if err != nil {
		return review.WebhookDelivery{}, s.fault(err)
	}
	o := s.opener(ctx)
	return rows[0].delivery(o), o.err
}

const selectAttempts = `SELECT at, took, status, problem FROM delivery_attempts WHERE delivery_id = ? ORDER BY id DESC LIMIT ?`

// DeliveryAttempts implements review.Reader.
func (s *Store) DeliveryAttempts(ctx context.Context, delivery int64, limit int) ([]review.DeliveryAttempt, error) {
	var rows []struct {
		At      instant
		Took    int64
		Status  int
		Problem string
	}
	err := s.read(ctx).Raw(selectAttempts, delivery, limit).Scan(&rows).Error
	out := make([]review.DeliveryAttempt, len(rows))
	for i, r := range rows {
		out[i] = review.DeliveryAttempt{At: r.At.time(), Took: time.Duration(r.Took) * time.Microsecond, Status: r.Status, Problem: r.Problem}
	}
	return out, s.fault(err)
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

// published is a row of the outbox that may be told by now.
type published struct {
	review.Delivery
	topic string
}

// publishedTopics are those under which the outbox holds something.
func publishedTopics() []string {
	return append([]string{review.TopicDecided}, review.AlertTopics()...)
}

// publishedAfter reads what may be told by now, in order and whatever the topic. It stops at the first row that is not
// visible yet: a webhook whose place went past it would never be told.
func (s *Store) publishedAfter(ctx context.Context, appID string, after int64, now time.Time) ([]published, error) {
	var out []published
	end := int64(math.MaxInt64) // nothing from here on: there may be something before it that was not read
	for _, topic := range publishedTopics() {
		rows, err := s.page(ctx, appID, topic, after, fanOutPage)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.NotBefore > at(now) {
				end = min(end, row.Seq)
				break
			}
		}
		if len(rows) == fanOutPage {
			end = min(end, rows[len(rows)-1].Seq+1)
		}
		o := s.opener(ctx)
		for _, row := range rows {
			out = append(out, published{review.Delivery{Cursor: row.Seq, Payload: o.text("outbox", "payload", row.Key, row.Payload)}, topic})
		}
		if o.err != nil {
			return nil, o.err
		}
	}
	out = slices.DeleteFunc(out, func(p published) bool { return p.Cursor >= end })
	slices.SortFunc(out, func(a, b published) int { return cmp.Compare(a.Cursor, b.Cursor) })
	return out[:min(len(out), fanOutPage)], nil
}

// fanOutTo makes the deliveries of what a webhook was not told yet.
func (s *Store) fanOutTo(ctx context.Context, h webhookRow, now time.Time) (made int, err error) {
	visible, err := s.publishedAfter(ctx, h.AppID, h.Seen, now)
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
func (t *tx) deliver(h webhookRow, d published, now time.Time) (made int, err error) {
	if slices.Contains(review.AlertTopics(), d.topic) {
		return t.deliverAlerts(h, d, now)
	}
	topics, subject, err := review.TopicsOf(d.Payload)
	if err != nil {
		return 0, err
	}
	for _, topic := range topics {
		if !h.wants(topic) {
			continue
		}
		if err := t.PutDelivery(waitingDelivery(h.ID, messageID(d.Cursor, topic), topic, subject, d.Payload, now)); err != nil {
			return made, err
		}
		made++
	}
	return made, nil
}

// deliverAlerts tells those that are grave enough for the webhook.
func (t *tx) deliverAlerts(h webhookRow, d published, now time.Time) (made int, err error) {
	if !h.wants(d.topic) {
		return 0, nil
	}
	payload, subject, err := review.AlertsFrom(d.Payload, h.Least)
	if err != nil || payload == nil {
		return 0, err
	}
	return 1, t.PutDelivery(waitingDelivery(h.ID, messageID(d.Cursor, d.topic), d.topic, subject, payload, now))
}

func (r webhookRow) wants(topic string) bool {
	return strings.Contains(","+r.Topics+",", ","+topic+",")
}

func waitingDelivery(hook, message, topic, subject string, payload []byte, now time.Time) review.WebhookDelivery {
	return review.WebhookDelivery{
		WebhookID: hook, Message: message, Topic: topic, Subject: subject, Payload: payload, State: review.DeliveryWaiting, NextAt: now, CreatedAt: now,
	}
}

// PutDelivery implements review.Tx.
func (t *tx) PutDelivery(d review.WebhookDelivery) error {
	return t.exec(`INSERT INTO deliveries (webhook_id, message, topic, subject, payload, state, attempts, next_at, created_at, status, problem)
VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, 0, '')`,
		d.WebhookID, d.Message, d.Topic, d.Subject, t.seal("deliveries", "payload", recordID(d.WebhookID, d.Message), d.Payload), string(d.State),
		at(d.NextAt), at(d.CreatedAt))
}

// messageID names a message: the same for each webhook and each attempt.
func messageID(cursor int64, topic string) string {
	return "msg_" + strconv.FormatInt(cursor, 10) + "_" + strings.ReplaceAll(topic, ".", "_")
}

const selectDue = `SELECT d.* FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id
WHERE d.state = 'waiting' AND d.next_at <= ? AND w.ended_at IS NULL AND w.paused_at IS NULL
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
func (s *Store) SettleDelivery(ctx context.Context, d review.WebhookDelivery, a review.DeliveryAttempt) error {
	return s.writer.do(ctx, func(t *tx) error {
		n, err := t.affect("UPDATE deliveries SET state = ?, next_at = ?, tried_at = ?, status = ?, problem = ? WHERE id = ?",
			string(d.State), at(d.NextAt), atOrNull(d.TriedAt), d.Status, d.Problem, d.ID)
		if err != nil || n == 0 { // it was removed meanwhile
			return err
		}
		return t.exec("INSERT INTO delivery_attempts (delivery_id, at, took, status, problem) VALUES (?, ?, ?, ?, ?)",
			d.ID, at(a.At), a.Took.Microseconds(), a.Status, a.Problem)
	})
}

// EndWebhook stops a webhook whose receiver says that it is gone.
func (s *Store) EndWebhook(ctx context.Context, h review.Webhook, now time.Time) error {
	return s.writer.do(ctx, func(t *tx) error {
		n, err := t.affect("UPDATE webhooks SET ended_at = ? WHERE id = ? AND ended_at IS NULL", at(now), h.ID)
		if err != nil || n == 0 {
			return err
		}
		return t.AppendEvent(review.WebhookGone(h, now))
	})
}
