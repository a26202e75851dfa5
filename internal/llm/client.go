package llm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"github.com/guardroom/guardroom/internal/review"
)

// Client asks upstreams. It is safe for concurrent use.
type Client struct {
	options  Options
	services []*service
}

// service is an Upstream with its connections and its breakers.
type service struct {
	Upstream
	api      *openai.Client
	http     *http.Client
	settings gobreaker.Settings
	breakers sync.Map // model → *gobreaker.CircuitBreaker[struct{}]
	opened   sync.Map // the name of a breaker that is not closed → when it opened
	count    breakerCount
}

// breakerCount bounds how many models of an upstream have a breaker of their own: callers name models.
type breakerCount struct {
	mu sync.Mutex
	n  int
}

const maxBreakers = 256

// New makes a Client. Nothing is called yet.
func New(o Options) (*Client, error) {
	if o.Rand == nil || o.Wait == nil {
		return nil, errors.New("llm: randomness and waiting are needed")
	}
	if err := o.Patience.check(); err != nil {
		return nil, err
	}
	if o.HedgeAfter < 0 {
		return nil, errors.New("llm: the wait before a second attempt cannot be negative")
	}
	c := &Client{options: o}
	seen := map[string]bool{}
	for i, u := range o.Upstreams {
		if err := u.check(); err != nil {
			return nil, fmt.Errorf("upstreams[%d].%w", i, err)
		}
		if seen[u.Name] {
			return nil, fmt.Errorf("upstreams[%d].name: %s is taken", i, u.Name)
		}
		seen[u.Name] = true
		c.services = append(c.services, newService(u, o.Patience))
	}
	return c, nil
}

func newService(u Upstream, patience Patience) *service {
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: min(patience.FirstByte, 5*time.Second), KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second, MaxIdleConns: 512, MaxIdleConnsPerHost: 256,
		WriteBufferSize: 4 << 10, ReadBufferSize: 4 << 10,
		MaxResponseHeaderBytes: 64 << 10,
	}
	client := &http.Client{
		Transport:     strict{watched{transport, patience.FirstByte, patience.Silence}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key goes nowhere else
	}
	config := openai.DefaultConfig(u.Key)
	config.BaseURL, config.HTTPClient = u.BaseURL, client
	s := &service{
		Upstream: u, api: openai.NewClientWithConfig(config), http: client,
		settings: gobreaker.Settings{
			MaxRequests: 1, Timeout: patience.Pause,
			ReadyToTrip:  func(n gobreaker.Counts) bool { return int(n.ConsecutiveFailures) >= patience.Failures },
			IsSuccessful: func(err error) bool { return !failing(err) },
			// A caller who went away says nothing about the upstream.
			IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
		},
	}
	s.settings.OnStateChange = s.changed
	return s
}

// changed notes since when a breaker is open: one that tries in vain whether the upstream is back has not opened anew.
func (s *service) changed(name string, from, to gobreaker.State) {
	switch {
	case to == gobreaker.StateClosed:
		s.opened.Delete(name)
	case from == gobreaker.StateClosed:
		s.opened.Store(name, time.Now())
	}
}

// strict turns every answer that is no success into a Refusal, so that its headers are known where waiting is decided.
type strict struct{ http.RoundTripper }

func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.RoundTripper.RoundTrip(r)
	if err != nil || answer.StatusCode >= 200 && answer.StatusCode <= 299 {
		return answer, err
	}
	defer answer.Body.Close()
	return nil, refusalOf(answer)
}

// Configured tells whether there is any upstream.
func (c *Client) Configured() bool { return len(c.services) > 0 }

// Close closes connections that nothing uses.
func (c *Client) Close() error {
	for _, s := range c.services {
		s.http.CloseIdleConnections()
	}
	return nil
}

// breaker is that of a model; models without number share one.
func (s *service) breaker(model string) *gobreaker.CircuitBreaker[struct{}] {
	if b, ok := s.breakers.Load(model); ok {
		return b.(*gobreaker.CircuitBreaker[struct{}])
	}
	s.count.mu.Lock()
	defer s.count.mu.Unlock()
	if s.count.n >= maxBreakers {
		model = ""
	}
	settings := s.settings
	settings.Name = model
	b, known := s.breakers.LoadOrStore(model, gobreaker.NewCircuitBreaker[struct{}](settings))
	if !known {
		s.count.n++
	}
	return b.(*gobreaker.CircuitBreaker[struct{}])
}

// Attempt is one question to an upstream.
type Attempt struct {
	Upstream string
	Outcome  string // ok, refused, failed, open, canceled, outrun
	Took     time.Duration
}

// Route says who answered.
type Route struct {
	Upstream string
	Model    string // that was asked: a fallback when the first was not to be had
	Price    *Price // nil when nobody said
	Attempts int
	// Outrun says that another attempt was under way and was given up when this one answered: it may cost what it read.
	Outrun bool
}

// attempt is one question to an upstream, and what came of it.
type attempt[T any] func(ctx context.Context, s *service, model string) (T, error)

// ask calls the upstreams that serve a model, and then those of the models after it, until one answers.
func ask[T any](ctx context.Context, c *Client, models []string, call attempt[T]) (answer T, route Route, err error) {
	if len(c.services) == 0 {
		return answer, route, review.Unavailable(errors.New("llm: no upstream"), "no model's service is configured", time.Minute)
	}
	var last error
	attempts := 0
	for _, model := range models {
		for _, s := range c.services {
			if !s.serves(model) {
				continue
			}
			n, err := c.persist(ctx, s, model, func(ctx context.Context, s *service, model string) (err error) {
				answer, err = call(ctx, s, model)
				return err
			})
			attempts += n
			if err == nil {
				return answer, s.route(model, attempts), nil
			}
			if last = err; ctx.Err() != nil || !worthGoingElsewhere(err) {
				return answer, Route{}, c.coded(ctx, err)
			}
		}
	}
	if last == nil {
		return answer, Route{}, review.Errorf(review.CodeNotFound, "no upstream serves this model")
	}
	return answer, Route{}, c.coded(ctx, last)
}

func (s *service) route(model string, attempts int) Route {
	r := Route{Upstream: s.Name, Model: model, Attempts: attempts}
	if p, known := s.price(model); known {
		r.Price = &p
	}
	return r
}

// persist tries one upstream as often as patience allows.
func (c *Client) persist(ctx context.Context, s *service, model string, call func(context.Context, *service, string) error) (attempts int, err error) {
	for n := 1; ; n++ {
		err := c.once(ctx, s, model, call)
		if err == nil || n == c.options.Patience.Attempts || ctx.Err() != nil || !worthRepeating(err) {
			return n, err
		}
		if s.breaker(model).State() == gobreaker.StateOpen {
			return n, err // nobody will be asked after the wait either
		}
		wait, ok := c.pause(n, err)
		if deadline, bounded := ctx.Deadline(); !ok || bounded && time.Until(deadline) < wait {
			return n, err
		}
		if c.options.Wait(ctx, wait) != nil {
			return n, err
		}
	}
}

// pause is how long to wait before attempt n+1; not ok when the upstream wants longer than patience lasts.
func (c *Client) pause(n int, err error) (wait time.Duration, ok bool) {
	p := c.options.Patience
	wait = min(p.Backoff<<min(n-1, 16), p.MaxWait)
	wait = wait/2 + time.Duration(c.options.Rand()*float64(wait/2))
	if r, refused := AsRefusal(err); refused && r.RetryAfter > wait {
		wait = r.RetryAfter
	}
	return wait, wait <= p.MaxWait
}

// once is one attempt, through the breaker.
func (c *Client) once(ctx context.Context, s *service, model string, call func(context.Context, *service, string) error) error {
	began := time.Now()
	_, err := s.breaker(model).Execute(func() (struct{}, error) {
		err := call(ctx, s, model)
		if err != nil && errors.Is(ctx.Err(), context.Canceled) {
			err = ctx.Err()
		}
		return struct{}{}, err
	})
	if c.options.Told != nil {
		c.options.Told(Attempt{Upstream: s.Name, Outcome: outcome(ctx, err), Took: time.Since(began)})
	}
	return err
}

func outcome(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(context.Cause(ctx), errOutrun):
		return "outrun"
	case isOpen(err):
		return "open"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case failing(err):
		return "failed"
	default:
		return "refused"
	}
}

// Standing is how an upstream does with a model.
type Standing struct {
	Upstream string
	Host     string
	Model    string    // "" before anything was asked
	Asked    bool      // something was
	Open     bool      // nobody is asked now
	Probing  bool      // the pause is over: the next call finds out whether it is back
	Failures int       // in a row
	Since    time.Time // when it opened; zero when it is not open
}

// Standings lists what is known of the upstreams, in the order in which they were declared.
func (c *Client) Standings() []Standing {
	var out []Standing
	for _, s := range c.services {
		out = append(out, s.standings()...)
	}
	return out
}
