// Package siem sends the audit trail to where a security team gathers such things: by
// syslog (RFC 5424 over TCP or TLS, RFC 6587 framing) or by HTTP. It knows the trail and
// how to write it; where the trail is kept, and how far it was sent, it asks for.
//
// Each Event is sent at least once and in the order of the chain: how far the other side
// has come is noted after it has taken a batch, so that a batch whose confirmation was
// lost is sent again. Who receives tells repetitions by the Event's number.
package siem

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

// batchSize is how many Events are sent before it is noted how far the other side has
// come.
const batchSize = 200

// Trail is where Events come from and where it is noted how far they were sent.
type Trail interface {
	EventLog(ctx context.Context, f review.EventFilter, after int64) iter.Seq2[review.TrailEvent, error]
	FollowedTo(ctx context.Context, follower string) (int64, error)
	Followed(ctx context.Context, follower string, seq int64) error
}

// Options says where Events go.
type Options struct {
	URL     string // syslog+tcp://host:port, syslog+tls://host:port, http://… or https://…
	Format  audit.Format
	Token   string // a bearer token for HTTP; "" for none
	Product string // the version of this program
	Host    string // the name of this machine, for syslog; "" is none
}

// Stream sends a Trail. One goroutine uses it at a time.
type Stream struct {
	trail   Trail
	options Options
	sender  sender
}

// sender delivers a batch. When it returns nil the other side has all of it, as far as
// its protocol lets anybody know.
type sender interface {
	send(ctx context.Context, batch []message) error
	close() error
}

// message is an Event as it is sent.
type message struct {
	event review.TrailEvent
	line  []byte
}

// New checks the options; it does not connect.
func New(trail Trail, o Options) (*Stream, error) {
	if trail == nil || !o.Format.Valid() {
		return nil, errors.New("siem: a trail and a format are required")
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errors.New("siem: the address is no URL with a host and without a password")
	}
	s := &Stream{trail: trail, options: o}
	switch u.Scheme {
	case "syslog+tcp", "syslog+tls":
		if u.Port() == "" || u.Path != "" {
			return nil, errors.New("siem: syslog needs host and port alone")
		}
		s.sender = &syslog{address: u.Host, server: u.Hostname(), tls: u.Scheme == "syslog+tls", host: o.Host}
	case "http", "https":
		s.sender = newHTTP(o)
	default:
		return nil, fmt.Errorf("siem: %s:// is neither syslog+tcp, syslog+tls, http nor https", u.Scheme)
	}
	return s, nil
}

// Close ends the connection.
func (s *Stream) Close() error { return s.sender.close() }

// Send sends what has happened since it last did, and returns how many Events that were.
func (s *Stream) Send(ctx context.Context) (int, error) {
	after, err := s.trail.FollowedTo(ctx, s.options.URL)
	if err != nil {
		return 0, err
	}
	sent := 0
	var batch []message
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := s.sender.send(ctx, batch); err != nil {
			return err
		}
		sent += len(batch)
		last := batch[len(batch)-1].event.Seq
		batch = batch[:0]
		return s.trail.Followed(ctx, s.options.URL, last)
	}
	for e, err := range s.trail.EventLog(ctx, review.EventFilter{}, after) {
		if err != nil {
			return sent, err
		}
		batch = append(batch, message{e, s.options.Format.Line(e, s.options.Product)})
		if len(batch) == batchSize {
			if err := flush(); err != nil {
				return sent, err
			}
		}
	}
	return sent, flush()
}
