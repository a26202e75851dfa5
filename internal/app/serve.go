package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/sso"
	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/web"
)

// Migrate creates the database or brings it up to date and returns its version.
func Migrate(ctx context.Context, storage config.Storage) (int, error) {
	return migrate(ctx, storage, discard)
}

// Serve runs the server until ctx ends, then drains. ready is told the URL once
// requests are answered.
func Serve(ctx context.Context, cfg config.Config, log *slog.Logger, ready func(url string)) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	plain := listener
	if listener, err = secured(listener, cfg); err != nil {
		return errors.Join(err, plain.Close())
	}
	server, err := NewServer(ctx, cfg, log, time.Now)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	url := cfg.PublicURL.Or(listener.Addr())
	if cfg.PublicURL == "" && cfg.ServesTLS() {
		url = "https" + strings.TrimPrefix(url, "http")
	}
	ready(url)
	return errors.Join(server.Web.Serve(ctx, listener), server.Close())
}

// Server is the whole program: the use cases, and the web server in front of them.
type Server struct {
	*Core
	Web    *web.Server
	Alerts *review.Alerts
}

// NewServer opens the data folder, brings its schema up to date and builds the server.
func NewServer(ctx context.Context, cfg config.Config, log *slog.Logger, clock review.Clock) (*Server, error) {
	metrics, err := web.NewMetrics()
	if err != nil {
		return nil, err
	}
	models, err := newModels(cfg.Model, metrics.Asked)
	if err != nil {
		return nil, err
	}
	if err := metrics.WatchUpstreams(models.Standings); err != nil {
		return nil, errors.Join(err, models.Close())
	}
	core, err := open(ctx, cfg.Storage, cfg.Guard, surroundings{metrics, log, clock, models})
	if err != nil {
		return nil, errors.Join(err, models.Close())
	}
	if err := core.learn(ctx, log); err != nil {
		return nil, errors.Join(err, core.Close())
	}
	if err := core.follow(ctx, cfg.Storage.Data, clock, log); err != nil {
		return nil, errors.Join(err, core.Close())
	}
	if core.relay != nil {
		if err := metrics.WatchRelay(core.relay.Figures); err != nil {
			return nil, errors.Join(err, core.Close())
		}
	}
	if err := core.texts.say(ctx, core.Store, log); err != nil {
		return nil, errors.Join(err, core.Close())
	}
	core.index(ctx, log)
	core.reseal(ctx, log)
	core.tend(ctx, log)
	core.retain(ctx, log)
	core.makeExports(ctx, log)
	core.erase(ctx, log)
	core.checkpoints(ctx, cfg.Audit, log)
	if err := core.sendTrail(ctx, cfg.Audit, log); err != nil {
		return nil, errors.Join(err, core.Close())
	}
	if err := metrics.WatchSealing(core.TextKeys().Rows); err != nil {
		return nil, errors.Join(err, core.Close())
	}
	telling, err := core.tell(ctx, cfg, metrics, log, clock)
	if err == nil {
		err = metrics.WatchParts(web.Watched{Parts: core.quickParts, Counter: core.counter, Undelivered: core.Store.UndeliveredToAll, Clock: clock})
	}
	if err != nil {
		return nil, errors.Join(err, core.Close())
	}
	site, err := newWeb(core, telling, cfg, metrics, log, clock)
	if err != nil {
		return nil, errors.Join(err, core.Close())
	}
	return &Server{Core: core, Web: site, Alerts: telling.alerts}, nil
}

// signOn readies the provider of single sign-on; nil when there is none.
func (c *Core) signOn(o config.OIDC, clock review.Clock) (web.SignOn, error) {
	c.Accounts.PasswordsFor = o.PasswordsFor
	if o.OIDCIssuer == "" {
		return nil, nil
	}
	c.Accounts.SSORules = review.SSORules{Roles: map[string]review.Role{}, Domains: o.OIDCDomains, LinkEmail: o.OIDCLinkEmail}
	for group, role := range o.OIDCRoles {
		c.Accounts.SSORules.Roles[group] = review.Role(role)
	}
	return sso.New(sso.Options{
		Issuer: string(o.OIDCIssuer), ClientID: o.OIDCClientID, ClientSecret: o.OIDCClientSecret.Reveal(), Scopes: o.OIDCScopes,
		GroupsClaim: o.OIDCGroupsClaim, Clock: clock, Random: rand.Reader,
	})
}

func newWeb(core *Core, telling *told, cfg config.Config, metrics *web.Metrics, log *slog.Logger, clock review.Clock) (*web.Server, error) {
	assets, err := static.New()
	if err != nil {
		return nil, err
	}
	guarded, err := gateway.New(gateway.Deps{
		Service: core.Service, Models: core.models, Meter: metrics, Clock: clock, NewID: newID, Nonce: newToken,
		DefaultModel: cfg.DefaultModel,
	})
	if err != nil {
		return nil, err
	}
	provider, err := core.signOn(cfg.OIDC, clock)
	if err != nil {
		return nil, err
	}
	return web.New(web.Deps{
		SignOn:  provider,
		Service: core.Service, Accounts: core.Accounts, Gateway: guarded, Webhooks: telling.webhooks, Alerts: telling.alerts, Sessions: core.Store.Sessions(),
		Assets: assets, Metrics: metrics, Exports: core.Exports, Certify: core.certify, Decode: decode, Ready: core.Store.Ping, Parts: core.parts,
		Logger: log, Clock: clock, NewID: newID,
		Options: web.Options{
			PublicURL: strings.TrimSuffix(string(cfg.PublicURL), "/"), TrustedProxies: prefixes(cfg.TrustedProxies),
			MaxBody: int64(cfg.MaxBody), MaxBatchBody: int64(cfg.MaxBatchBody),
			SignOnName:   cfg.OIDCName,
			SecondFactor: roles(cfg.RequireSecond),
			HTTPS:        cfg.HTTPS(), HSTSOfHostAlone: cfg.HSTS == "host", SecurityContacts: cfg.SecurityContacts,
			SecureCookies: cfg.SecureCookies(), SessionLifetime: cfg.SessionLifetime, SessionIdle: cfg.SessionIdle,
			MetricsToken: cfg.MetricsToken.Reveal(), ShutdownGrace: cfg.ShutdownGrace,
		},
	})
}

func roles(names []string) []review.Role {
	out := make([]review.Role, len(names))
	for i, name := range names {
		out[i] = review.Role(name)
	}
	return out
}

func prefixes(networks []config.Network) []netip.Prefix {
	out := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		out[i] = n.Prefix
	}
	return out
}
