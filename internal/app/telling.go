package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/mail"
	"github.com/guardroom/guardroom/internal/outbox"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

const (
	webhookKeyName = "webhook.key"
	tellEvery      = 500 * time.Millisecond // how often a server looks for what is to be delivered
	alertEvery     = 10 * time.Second       // how often it looks whether a rule has a reason
)

// told is the use cases of who wants to be told something.
type told struct {
	webhooks *review.Webhooks
	alerts   *review.Alerts
}

// tellMeter counts what is told.
type tellMeter interface {
	Tried(kind review.ChannelKind, outcome review.DeliveryState)
	Alerted(severity review.Severity)
}

// tell delivers what was published, and looks whether an alert is to be raised, from now on until Close.
func (c *Core) tell(ctx context.Context, cfg config.Config, meter tellMeter, log *slog.Logger, clock review.Clock) (*told, error) {
	box, err := webhookBox(cfg)
	if err != nil {
		return nil, err
	}
	mailer, err := newMailer(cfg.Mail)
	if err != nil {
		return nil, err
	}
	c.outbox, err = outbox.New(outbox.Options{
		Store: c.Store, Secrets: box, Clock: clock, Rand: mathrand.Float64, Logger: log, PrivateHosts: cfg.WebhookPrivateHosts,
		PublicURL: strings.TrimSuffix(string(cfg.PublicURL), "/"), Language: cfg.AlertLanguage, Mail: mailer, Tried: meter.Tried,
	})
	if err != nil {
		return nil, err
	}
	sealer := outbox.Sealer{Box: box, Random: rand.Reader}
	mayReach := func(url string) error { return outbox.MayReach(url, cfg.WebhookPrivateHosts) }
	var out told
	out.webhooks, err = review.NewWebhooks(review.Webhooks{Store: c.Store, Sealer: sealer, Clock: clock, NewID: newID, MayReach: mayReach})
	if err != nil {
		return nil, err
	}
	out.alerts, err = review.NewAlerts(review.Alerts{
		Store: c.Store, Sealer: sealer, Clock: clock, NewID: newID, MayReach: mayReach, Specs: c.Service.Specs(), Mail: mailer != nil, Raised: meter.Alerted,
	})
	if err != nil {
		return nil, err
	}
	c.start(ctx, "webhooks", tellEvery, c.outbox.Round, log, "webhooks cannot be delivered now")
	c.start(ctx, "alerts", alertEvery, out.alerts.Round, log, "rules of alerts cannot be looked at now")
	return &out, nil
}

// newMailer is nil without a mail server.
func newMailer(m config.Mail) (outbox.Mailer, error) {
	if m.SMTP == "" {
		return nil, nil
	}
	return mail.New(mail.Options{
		Address: m.SMTP, From: m.SMTPFrom, Username: m.SMTPUser, Password: m.SMTPPassword.Reveal(), Security: mail.Security(m.SMTPSecurity),
	})
}

// webhookBox seals what only who delivers may know.
func webhookBox(cfg config.Config) (*secret.Box, error) {
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
	return box, nil
}
