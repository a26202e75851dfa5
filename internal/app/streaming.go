package app

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/siem"
)

// sendEvery is how often a server looks whether the trail has grown.
const sendEvery = time.Second

// sendTrail sends the audit trail where the settings say, from now on until Close.
func (c *Core) sendTrail(ctx context.Context, settings config.Audit, log *slog.Logger) error {
	if settings.SIEM == "" {
		return nil
	}
	host, _ := os.Hostname() // without a name the field stays empty
	stream, err := siem.New(c.Store, siem.Options{
		URL: settings.SIEM, Format: audit.Format(settings.SIEMFormat), Token: settings.SIEMToken.Reveal(), Product: version, Host: host,
	})
	if err != nil {
		return err
	}
	send := func(ctx context.Context) error {
		_, err := stream.Send(ctx)
		return err
	}
	c.start(ctx, "stream", sendEvery, send, log, "the audit trail cannot be sent now")
	return nil
}
