package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/guardroom/guardroom/internal/reach"
	"github.com/guardroom/guardroom/internal/review"
)

// The bounds of one attempt.
const (
	attemptTimeout = 15 * time.Second
	dialTimeout    = 5 * time.Second
	maxReply       = 64 << 10 // read, so that the connection can be used again
)

// sender makes the requests.
type sender struct {
	public  *http.Client // to public addresses
	private *http.Client // to hosts that the operator means
	hosts   []string
}

func newSender(privateHosts []string) *sender {
	return &sender{public: newClient(true), private: newClient(false), hosts: privateHosts}
}

// newClient makes a client that follows no redirect. The address that is checked is the one that is dialled, after names
// were resolved, so that no answer of a name server comes in between.
func newClient(guarded bool) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	if guarded {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return reach.MayDial(address) }
	}
	return &http.Client{
		Timeout: attemptTimeout,
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialTimeout,
			IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 4, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s *sender) close() {
	s.public.CloseIdleConnections()
	s.private.CloseIdleConnections()
}

// MayReach tells whether a webhook can be at a URL at all, as far as that can be seen without asking anybody.
func MayReach(text string, privateHosts []string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("is not a URL")
	}
	if reach.Named(privateHosts, u.Hostname()) {
		return nil
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !reach.Public(a) {
		return errors.New("is not a public address, and the operator does not mean it")
	}
	if reach.Named([]string{"localhost"}, u.Hostname()) {
		return errors.New("is this machine, and the operator does not mean it")
	}
	return nil
}

// message is the body of a delivery.
type message struct {
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// send makes one attempt; status is 0 when there was no answer.
func (s *sender) send(ctx context.Context, d review.DueDelivery, secrets []string, at time.Time) (status int, err error) {
	body, err := json.Marshal(message{d.Topic, d.CreatedAt, d.Payload})
	if err != nil {
		return 0, fmt.Errorf("outbox: write the message: %w", err)
	}
	signed, err := signature(secrets, d.Message, at, body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Webhook.URL, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the URL cannot be called")
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"Guardroom"}, "Webhook-Id": {d.Message},
		"Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {signed},
	}
	return s.do(request)
}

// do makes a request; status is 0 when there was no answer.
func (s *sender) do(request *http.Request) (status int, err error) {
	client := s.public
	if reach.Named(s.hosts, request.URL.Hostname()) {
		client = s.private
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, said(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxReply))
	if answer.StatusCode >= 200 && answer.StatusCode <= 299 {
		return answer.StatusCode, nil
	}
	if answer.StatusCode >= 300 && answer.StatusCode <= 399 {
		return answer.StatusCode, fmt.Errorf("status %d: redirects are not followed", answer.StatusCode)
	}
	return answer.StatusCode, fmt.Errorf("status %d", answer.StatusCode)
}

// said leaves the URL out of an error: its query may hold a key.
func said(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
