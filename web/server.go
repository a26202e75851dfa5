package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views"
)

// The time and room that one connection may take.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = time.Minute // of a whole request
	writeTimeout      = time.Minute // of an answer; exports extend it chunk by chunk
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// Server answers HTTP. It is safe for concurrent use.
type Server struct {
	Deps
	echo     *echo.Echo
	routes   []route
	sessions *sessions
	origins  *http.CrossOriginProtection
	logins   *loginLimits
	codes    *limiter // of a person, whatever the address
	draining atomic.Bool
	streams  *streams
}

// New builds a Server. It fails when a dependency is missing, an option is out of
// its bounds, or a route does not say who may call it.
func New(deps Deps) (*Server, error) {
	if err := deps.validate(); err != nil {
		return nil, err
	}
	s := &Server{
		Deps:     deps,
		echo:     echo.New(),
		routes:   routes(),
		sessions: newSessions(deps.Sessions, deps.Options, deps.Clock),
		origins:  http.NewCrossOriginProtection(),
		logins:   newLoginLimits(deps.Clock),
		codes:    newCodeLimit(deps.Clock),
		streams:  newStreams(),
	}
	if err := errors.Join(checkRoutes(s.routes), views.CheckKeys()); err != nil {
		return nil, err
	}
	if url := deps.Options.PublicURL; url != "" {
		if err := s.origins.AddTrustedOrigin(url); err != nil {
			return nil, fmt.Errorf("web: trust the public URL: %w", err)
		}
	}
	s.echo.IPExtractor = ipExtractor(deps.Options.TrustedProxies)
	s.echo.Logger.SetOutput(io.Discard)
	s.echo.Use(s.observe)
	for i := range s.routes {
		s.mount(&s.routes[i])
	}
	s.mountPreflights()
	if err := deps.Metrics.watchQueue(deps.Service.Backlog, deps.Clock); err != nil {
		return nil, fmt.Errorf("web: register metrics: %w", err)
	}
	return s, nil
}

// mount answers HEAD wherever GET is answered.
func (s *Server) mount(r *route) {
	handler := s.admitted(r)
	s.echo.Add(r.method, r.path, handler)
	if r.method == http.MethodGet {
		s.echo.Add(http.MethodHead, r.path, handler)
	}
}

// ipExtractor reads X-Forwarded-For from the right, as far as it is the word of a
// trusted proxy.
func ipExtractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// Handler answers requests on whatever listener it is put.
func (s *Server) Handler() http.Handler { return s.echo }

// bounded is a server on which no connection takes more time or room than it may; who
// is slow with the header is cut off after the time given.
func (s *Server) bounded(header time.Duration) *http.Server {
	return &http.Server{
		Handler:           s.echo,
		ReadHeaderTimeout: header,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug), // what clients break off
	}
}

// Serve answers requests on the listener until ctx ends. Then /readyz says no, no
// new connection is taken, and requests under way have the grace to finish; an error
// tells that some did not.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := s.bounded(readHeaderTimeout)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	close(s.streams.ended)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Options.ShutdownGrace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(errors.New("web: some requests did not finish within the grace"), server.Close())
	}
	<-ended
	return err
}

// assetRoute is below static.Prefix.
const assetRoute = static.Prefix + "*"
