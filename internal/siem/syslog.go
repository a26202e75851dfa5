package siem

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

const (
	dialPatience  = 10 * time.Second
	writePatience = 30 * time.Second // for a batch

	// priority is facility 13 (log audit), severity 6 (informational): 13*8+6.
	priority = 110
)

// syslog sends by RFC 5424, each message with its length before it (RFC 6587, 3.4.1; for
// TLS RFC 5425), so that no text can begin another one. The protocol confirms nothing:
// what was written to a connection that then broke is sent again with the batch.
type syslog struct {
	address string
	server  string // the name in its certificate
	tls     bool
	host    string
	roots   *tls.Config // for tests; nil takes the system's roots

	conn net.Conn
}

func (s *syslog) send(ctx context.Context, batch []message) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	var frames bytes.Buffer
	for _, m := range batch {
		text := s.format(m)
		fmt.Fprintf(&frames, "%d %s", len(text), text)
	}
	err := s.conn.SetWriteDeadline(time.Now().Add(writePatience))
	if err == nil {
		_, err = s.conn.Write(frames.Bytes())
	}
	if err != nil {
		_ = s.close() // the next batch connects anew
		return fmt.Errorf("syslog: %w", err)
	}
	return nil
}

// connect dials, and finds out about a connection that the other side has ended: it sends
// nothing, so that there is anything to read means that it has.
func (s *syslog) connect(ctx context.Context) error {
	if s.conn != nil && !ended(s.conn) {
		return nil
	}
	_ = s.close()
	dialer := &net.Dialer{Timeout: dialPatience, KeepAlive: 15 * time.Second}
	var err error
	if s.tls {
		settings := &tls.Config{ServerName: s.server, MinVersion: tls.VersionTLS12}
		if s.roots != nil {
			settings.RootCAs = s.roots.RootCAs
		}
		s.conn, err = (&tls.Dialer{NetDialer: dialer, Config: settings}).DialContext(ctx, "tcp", s.address)
	} else {
		s.conn, err = dialer.DialContext(ctx, "tcp", s.address)
	}
	if err != nil {
		s.conn = nil
		return fmt.Errorf("syslog: %w", err)
	}
	return nil
}

func ended(conn net.Conn) bool {
	if err := conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		return true
	}
	var one [1]byte
	_, err := conn.Read(one[:])
	return !os.IsTimeout(err)
}

func (s *syslog) close() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}

// format: the number of the Event is structured data, under the number that RFC 5612
// keeps for examples and documents, for we have none of our own.
func (s *syslog) format(m message) string {
	return fmt.Sprintf("<%d>1 %s %s guardroom %d %s [guardroom@32473 seq=\"%d\"] \ufeff%s",
		priority, m.event.At.UTC().Format("2006-01-02T15:04:05.000000Z"), printable(s.host, 255), os.Getpid(),
		printable(m.event.Action, 32), m.event.Seq, m.line)
}

// printable is a header's field: PRINTUSASCII, or the nil value.
func printable(text string, most int) string {
	kept := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, text)
	if kept == "" {
		return "-"
	}
	return kept[:min(len(kept), most)]
}
