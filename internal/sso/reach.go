package sso

import (
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/guardroom/guardroom/internal/reach"
)

const (
	patience  = 10 * time.Second // with the provider, for one request
	maxAnswer = 1 << 20          // bytes
)

// newClient makes a client that goes where the operator said, and elsewhere only on the Internet: a provider's description
// of itself must not lead into the network that we stand in.
func newClient(host string) *http.Client {
	return &http.Client{Timeout: patience, Transport: &guarded{host: host, named: transport(nil), other: transport(
		func(_, address string, _ syscall.RawConn) error { return reach.MayDial(address) })}}
}

func transport(control func(network, address string, c syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: patience, Control: control}
	return &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: patience, MaxIdleConns: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}
}

type guarded struct {
	host         string
	named, other *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	way := g.other
	if reach.Named([]string{g.host}, r.URL.Hostname()) {
		way = g.named
	}
	answer, err := way.RoundTrip(r)
	if err == nil {
		answer.Body = bounded{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	}
	return answer, err
}

type bounded struct {
	io.Reader
	io.Closer
}
