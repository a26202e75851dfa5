package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/guardroom/guardroom/internal/reach"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// client sends the requests of one detector.
type client struct {
	url     string
	headers http.Header
	http    *http.Client
}

// newClient makes a client that connects to public addresses only, unless private says
// that the operator means another one.
func newClient(url string, headers http.Header, private bool) *client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return reach.MayDial(address) }
	}
	return &client{url: url, headers: headers, http: &http.Client{
		Transport: &http.Transport{
			Proxy:       nil, // behind a proxy nobody could tell where a connection goes
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second,
			MaxIdleConnsPerHost: 16, MaxResponseHeaderBytes: 64 << 10,
			DisableCompression: true, // a small answer must not become a large one
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// post sends a body and returns that of the answer.
func (c *client) post(ctx context.Context, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, withoutURL(err)
	}
	request.Header = c.headers.Clone()
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, fmt.Errorf("remote: status %d", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, withoutURL(err)
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("remote: the answer is larger than %d bytes", maxAnswer)
	}
	return text, nil
}

// withoutURL leaves the address out of an error: its query may hold a key.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return fmt.Errorf("remote: %w", e.Err)
	}
	return fmt.Errorf("remote: %w", err)
}

func (c *client) close() { c.http.CloseIdleConnections() }
