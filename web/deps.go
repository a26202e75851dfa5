package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views"
)

// Decoder returns the readings of an Interaction's texts in which a Finding showed
// something that the text as submitted hid.
type Decoder func(review.Content, []review.Finding) []views.DecodedText

// SignOn is a provider of single sign-on.
type SignOn interface {
	// Begin returns where the browser goes, and what has to come back with it. again asks
	// for more than that somebody is still signed in there.
	Begin(redirect string, again bool) (address string, a review.SSOAttempt, err error)
	Finish(ctx context.Context, a review.SSOAttempt, redirect, code string) (review.SSOIdentity, error)
}

// Deps is what a Server is made of. All fields but SignOn are required.
type Deps struct {
	Service  *review.Service
	Accounts *review.Accounts
	Gateway  *gateway.Gateway
	Webhooks *review.Webhooks
	Alerts   *review.Alerts
	Sessions SessionStore // keeps digests of tokens only
	Assets   *static.Assets
	Metrics  *Metrics
	Exports  *export.Office
	Certify  func(e review.Erasure, app string) ([]byte, error) // the signed certificate of a finished erasure, JSON
	Decode   Decoder
	Ready    func(context.Context) error // nil while the server can serve
	Parts    func(context.Context) review.Parts
	SignOn   SignOn // nil when there is none
	Logger   *slog.Logger
	Clock    review.Clock
	NewID    func() string // for requests that bring no id of their own
	Options  Options
}

// Options are what an operator can set.
type Options struct {
	PublicURL        string         // scheme and host that people use, without a path; "" takes the Host of each request
	TrustedProxies   []netip.Prefix // whose X-Forwarded-For is believed; none: the connection's own address
	MaxBody          int64          // bytes of one Interaction
	MaxBatchBody     int64          // bytes of a batch
	SecureCookies    bool
	HTTPS            bool          // people reach this server by HTTPS and nothing else
	HSTSOfHostAlone  bool          // and what is below its name may be asked by HTTP
	SessionLifetime  time.Duration // a sign-in lasts at most so long,
	SessionIdle      time.Duration // and so long without a request
	SignOnName       string        // of the provider, on the sign-in page
	SecondFactor     []review.Role // sign in by more than a password
	SecurityContacts []string      // addresses to tell of holes, as URIs
	MetricsToken     string        // opens /metrics; "" opens it to direct callers from the same machine
	ShutdownGrace    time.Duration // how long requests may take to finish when the server ends
}

func (d Deps) validate() error {
	if d.Service == nil || d.Accounts == nil || d.Gateway == nil || d.Webhooks == nil || d.Alerts == nil || d.Sessions == nil || d.Assets == nil || d.Metrics == nil || d.Exports == nil ||
		d.Decode == nil || d.Ready == nil || d.Parts == nil || d.Logger == nil || d.Clock == nil || d.NewID == nil {
		return errors.New("web: a dependency is missing")
	}
	return d.Options.validate()
}

func (o Options) validate() error {
	if o.MaxBody < 1 || o.MaxBatchBody < o.MaxBody {
		return errors.New("web: bodies need a limit, and a batch may not be bounded below one interaction")
	}
	if o.SessionIdle <= 0 || o.SessionLifetime < o.SessionIdle {
		return errors.New("web: sessions need an idle time, and a lifetime that is not below it")
	}
	if o.ShutdownGrace < 0 {
		return errors.New("web: the shutdown grace is negative")
	}
	if o.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("web: the public URL %q is not scheme and host alone", o.PublicURL)
	}
	return nil
}
