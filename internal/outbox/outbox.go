package outbox

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// Store is what the outbox needs of a store.
type Store interface {
	FanOut(ctx context.Context, now time.Time) (made int, err error)
	LeaseDeliveries(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]review.DueDelivery, error)
	SettleDelivery(ctx context.Context, d review.WebhookDelivery, a review.DeliveryAttempt) error
	EndWebhook(ctx context.Context, h review.Webhook, now time.Time) error
}

// Opener opens sealed secrets.
type Opener interface {
	Open(sealed []byte, purpose string) ([]byte, error)
}

// Options are what an Outbox is made of. The fields down to Logger are required.
type Options struct {
	Store        Store
	Secrets      Opener
	Clock        review.Clock
	Rand         func() float64 // in [0,1), for jitter
	Logger       *slog.Logger
	PrivateHosts []string                                                    // may be at private and loopback addresses
	PublicURL    string                                                      // of the pages, for messages to people; "" leaves the link out
	Language     string                                                      // of messages to people; "" is English
	Mail         Mailer                                                      // nil when there is no mail server
	Tried        func(kind review.ChannelKind, outcome review.DeliveryState) // counts attempts; nil counts nothing
}

// Outbox delivers. It is safe for concurrent use, and several servers may have one on the same store.
type Outbox struct {
	Options
	sender *sender
	words  context.Context // carries the language, as pages do
}

// New checks that nothing is missing.
func New(o Options) (*Outbox, error) {
	if o.Store == nil || o.Secrets == nil || o.Clock == nil || o.Rand == nil || o.Logger == nil {
		return nil, errors.New("outbox: a dependency is missing")
	}
	words := text.With(context.Background(), text.Choose(o.Language, ""))
	return &Outbox{Options: o, sender: newSender(o.PrivateHosts), words: words}, nil
}

const (
	lease    = 2 * time.Minute // longer than an attempt takes
	atOnce   = 16
	perRound = 64
)

// waits are how long to wait after each attempt that failed; the last one is for all that follow.
var waits = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}

// Round delivers what is due now. It returns when all of it was tried once.
func (o *Outbox) Round(ctx context.Context) error {
	if _, err := o.Store.FanOut(ctx, o.now()); err != nil {
		return err
	}
	for ctx.Err() == nil {
		due, err := o.Store.LeaseDeliveries(ctx, o.now(), lease, perRound)
		if err != nil || len(due) == 0 {
			return err
		}
		if err := o.deliverAll(ctx, due); err != nil {
			return err
		}
	}
	return nil
}

func (o *Outbox) now() time.Time { return o.Clock().UTC().Truncate(time.Microsecond) }

func (o *Outbox) deliverAll(ctx context.Context, due []review.DueDelivery) error {
	var failed error
	var mu sync.Mutex
	var workers sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, d := range due {
		slots <- struct{}{}
		workers.Go(func() {
			defer func() { <-slots }()
			if err := o.deliver(ctx, d); err != nil {
				mu.Lock()
				failed = errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return failed
}

// deliver makes one attempt and writes what became of it.
func (o *Outbox) deliver(ctx context.Context, d review.DueDelivery) error {
	began := o.now()
	status, err := o.attempt(ctx, d, began)
	if err != nil && ctx.Err() != nil {
		return nil // the server ends; the lease will, too
	}
	tried := o.now()
	d.TriedAt, d.Status, d.State, d.Problem = &tried, status, review.DeliveryDone, ""
	if err != nil {
		o.putOff(&d.WebhookDelivery, tried, err)
	}
	o.report(d)
	if status == http.StatusGone {
		if err := o.Store.EndWebhook(ctx, d.Webhook, tried); err != nil {
			return err
		}
	}
	return o.Store.SettleDelivery(context.WithoutCancel(ctx), d.WebhookDelivery, review.DeliveryAttempt{
		At: began, Took: max(tried.Sub(began), 0), Status: status, Problem: d.Problem,
	})
}

// attempt tells whoever is behind the webhook.
func (o *Outbox) attempt(ctx context.Context, d review.DueDelivery, began time.Time) (status int, err error) {
	if d.Webhook.Kind == review.ChannelSlack || d.Webhook.Kind == review.ChannelEmail {
		return o.tellPeople(ctx, d)
	}
	secrets, err := o.open(d.Webhook, began)
	if err != nil {
		return 0, err
	}
	return o.sender.send(ctx, d, secrets, began)
}

// report counts an attempt, and logs one that failed, without the words of the other side: who runs the server has to know
// that somebody is not told.
func (o *Outbox) report(d review.DueDelivery) {
	if o.Tried != nil {
		o.Tried(d.Webhook.Kind, d.State)
	}
	log := o.Logger.Warn
	switch d.State {
	case review.DeliveryDone:
		return
	case review.DeliveryDead:
		log = o.Logger.Error
	}
	log("a delivery failed", "kind", d.Webhook.Kind, "webhook", d.Webhook.ID, "topic", d.Topic, "message", d.Message,
		"attempts", d.Attempts, "status", d.Status, "state", d.State)
}

// maxProblem bounds what is kept of an error, in bytes.
const maxProblem = 200

// putOff decides when a delivery that failed is tried again, if at all.
func (o *Outbox) putOff(d *review.WebhookDelivery, now time.Time, err error) {
	d.State, d.Problem = review.DeliveryWaiting, err.Error()
	d.Problem = d.Problem[:min(len(d.Problem), maxProblem)]
	wait := waits[min(max(d.Attempts-1, 0), len(waits)-1)]
	wait += time.Duration(o.Rand() * float64(wait) / 5) // those that failed together do not come back together
	d.NextAt = now.Add(wait)
	if d.Topic == review.TopicTest || d.NextAt.After(d.CreatedAt.Add(review.DeliveryWindow)) {
		d.State = review.DeliveryDead
	}
}

// open returns the secrets that sign now.
func (o *Outbox) open(h review.Webhook, now time.Time) ([]string, error) {
	secret, err := o.Secrets.Open(h.Secret, sealedFor)
	if err != nil {
		return nil, errors.New("the secret cannot be opened: was the key in the data folder changed?")
	}
	out := []string{string(secret)}
	if len(h.Previous) > 0 && now.Before(h.PreviousUntil) {
		previous, err := o.Secrets.Open(h.Previous, sealedFor)
		if err != nil {
			return nil, errors.New("the previous secret cannot be opened")
		}
		out = append(out, string(previous))
	}
	return out, nil
}

// Close closes connections that nothing uses.
func (o *Outbox) Close() { o.sender.close() }
