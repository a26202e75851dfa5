package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/outbox"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

const (
	webhookKeyName = "webhook.key"
	tellEvery      = 500 * time.Millisecond // how often a server looks for what is to be delivered
)

// tell delivers webhooks from now on until Close, and returns the use cases of who wants some.
func (c *Core) tell(ctx context.Context, cfg config.Config, log *slog.Logger, clock review.Clock) (*review.Webhooks, error) {
	key := cfg.WebhookKey.Reveal()
	if key == "" {
		var err error
		if key, err = folderKey(cfg.Data, webhookKeyName); err != nil {
			return nil, fmt.Errorf("the key of webhooks: %w", err)
		}
	}
	box, err := secret.NewBox(rand.Reader, key)
	if err != nil {
		return nil, fmt.Errorf("the key of webhooks: %w", err)
	}
	c.outbox, err = outbox.New(outbox.Options{
		Store: c.Store, Secrets: box, Clock: clock, Rand: mathrand.Float64, Logger: log, PrivateHosts: cfg.WebhookPrivateHosts,
	})
	if err != nil {
		return nil, err
	}
	c.chores = append(c.chores, startChore(ctx, tellEvery, c.outbox.Round, log, "webhooks cannot be delivered now"))
	return review.NewWebhooks(review.Webhooks{
		Store: c.Store, Sealer: outbox.Sealer{Box: box, Random: rand.Reader}, Clock: clock, NewID: newID,
		MayReach: func(url string) error { return outbox.MayReach(url, cfg.WebhookPrivateHosts) },
	})
}
