package siem

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/hostile"
	"github.com/guardroom/guardroom/internal/review"
)

// kept is a Trail in memory.
type kept struct {
	events   []review.TrailEvent
	followed map[string]int64
}

func trailOf(n int) *kept {
	k := &kept{followed: map[string]int64{}}
	var head audit.Head
	for i := range n {
		var e review.Event
		e, head = head.Append(review.Event{At: time.Unix(int64(i), 0), Actor: review.Actor{Kind: review.ActorUser, ID: "u"}, Action: "decision.made", Object: fmt.Sprint(i), Detail: "{}"})
		k.events = append(k.events, review.TrailEvent{Event: e, ActorName: "ann@example.com"})
	}
	return k
}

func (k *kept) EventLog(_ context.Context, _ review.EventFilter, after int64) iter.Seq2[review.TrailEvent, error] {
	return func(yield func(review.TrailEvent, error) bool) {
		for _, e := range k.events {
			if e.Seq > after && !yield(e, nil) {
				return
			}
		}
	}
}

func (k *kept) FollowedTo(_ context.Context, follower string) (int64, error) {
	return k.followed[follower], nil
}

func (k *kept) Followed(_ context.Context, follower string, seq int64) error {
	k.followed[follower] = max(k.followed[follower], seq)
	return nil
}

// collector is a syslog server: it hands over the frames of each connection.
type collector struct {
	net.Listener
	frames chan string
}

func collect(t *testing.T, settings *tls.Config) *collector {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if settings != nil {
		listener = tls.NewListener(listener, settings)
	}
	c := &collector{listener, make(chan string, 10_000)}
	t.Cleanup(func() { _ = c.Close() })
	go c.accept()
	return c
}

func (c *collector) accept() {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return
		}
		go c.read(conn)
	}
}

func (c *collector) read(conn net.Conn) {
	defer conn.Close()
	for r := bufio.NewReader(conn); ; {
		length, err := r.ReadString(' ')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
		if err != nil {
			c.frames <- "no length: " + length
			return
		}
		frame := make([]byte, n)
		if _, err := io.ReadFull(r, frame); err != nil {
			return
		}
		c.frames <- string(frame)
	}
}

func (c *collector) take(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	for range n {
		select {
		case frame := <-c.frames:
			out = append(out, frame)
		case <-time.After(20 * time.Second):
			require.FailNow(t, "a frame is missing", "%d of %d came", len(out), n)
		}
	}
	return out
}

func stream(t *testing.T, trail Trail, url string, format audit.Format) *Stream {
	t.Helper()
	s, err := New(trail, Options{URL: url, Format: format, Token: "secret", Product: "1", Host: "guard one"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var frame = regexp.MustCompile(`^<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z guardone guardroom \d+ decision\.made \[guardroom@32473 seq="(\d+)"\] \x{feff}\{`)

func TestSyslog(t *testing.T) {
	server := collect(t, nil)
	trail := trailOf(450)
	s := stream(t, trail, "syslog+tcp://"+server.Addr().String(), audit.JSONLines)
	n, err := s.Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, 450, n)
	for i, got := range server.take(t, 450) {
		m := frame.FindStringSubmatch(got)
		require.NotNil(t, m, got)
		require.Equal(t, fmt.Sprint(i+1), m[1], "in the order of the chain")
	}
	n, err = s.Send(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "nothing twice without a reason")
	trail.events = append(trail.events, trailOf(453).events[450:]...)
	n, err = stream(t, trail, "syslog+tcp://"+server.Addr().String(), audit.JSONLines).Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n, "another process goes on where the last one was")
}

// TestHostileTextBeginsNoMessage: the texts of the corpus stand in every field that could
// be hostile.
func TestHostileTextBeginsNoMessage(t *testing.T) {
	texts := hostile.Texts()
	for _, format := range audit.Formats() {
		server := collect(t, nil)
		trail := trailOf(len(texts))
		for i, text := range texts {
			e := &trail.events[i]
			e.Action, e.ActorName, e.Object, e.Detail, e.Origin.Address = text.Text, text.Text, text.Text, text.Text, text.Text
		}
		_, err := stream(t, trail, "syslog+tcp://"+server.Addr().String(), format).Send(t.Context())
		require.NoError(t, err)
		for _, got := range server.take(t, len(texts)) {
			require.True(t, strings.HasPrefix(got, "<110>1 "), got)
			require.NotContains(t, got, "\n")
		}
	}
}

// TestABatchThatWasNotTakenIsSentAgain: the other side goes away and comes back.
func TestABatchThatWasNotTakenIsSentAgain(t *testing.T) {
	server := collect(t, nil)
	address := server.Addr().String()
	trail := trailOf(5)
	s := stream(t, trail, "syslog+tcp://"+address, audit.CEF)
	_, err := s.Send(t.Context())
	require.NoError(t, err)
	server.take(t, 5)

	require.NoError(t, server.Close())
	_ = s.sender.(*syslog).conn.Close() // as a broken network does
	trail.events = append(trail.events, trailOf(9).events[5:]...)
	_, err = s.Send(t.Context())
	require.Error(t, err)
	require.EqualValues(t, 5, trail.followed["syslog+tcp://"+address])

	listener, err := net.Listen("tcp", address)
	require.NoError(t, err)
	back := &collector{listener, make(chan string, 100)}
	t.Cleanup(func() { _ = back.Close() })
	go back.accept()
	n, err := s.Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, 4, n)
	back.take(t, 4)
}

func TestSyslogOverTLS(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	server := collect(t, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}}})
	trail := trailOf(3)
	s := stream(t, trail, "syslog+tls://"+server.Addr().String(), audit.OCSF)
	_, err = s.Send(t.Context())
	require.Error(t, err, "nobody vouches for this certificate")
	require.Empty(t, trail.followed)

	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	s.sender.(*syslog).roots = &tls.Config{RootCAs: pool}
	n, err := s.Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Len(t, server.take(t, 3), 3)
}

func TestHTTP(t *testing.T) {
	status := http.StatusInternalServerError
	var lines []string
	var keys []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Content-Type") != "application/x-ndjson" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if status == http.StatusOK {
			lines = append(lines, strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")...)
		}
		w.Header().Set("Location", "https://evil.example/")
		w.WriteHeader(status)
	}))
	defer server.Close()
	trail := trailOf(401)
	s := stream(t, trail, server.URL, audit.JSONLines)
	for _, no := range []int{http.StatusInternalServerError, http.StatusFound, http.StatusTooManyRequests} {
		status = no
		_, err := s.Send(t.Context())
		require.ErrorContains(t, err, strconv.Itoa(no))
		require.Empty(t, trail.followed)
	}
	status = http.StatusOK
	n, err := s.Send(t.Context())
	require.NoError(t, err)
	require.Equal(t, 401, n)
	require.Len(t, lines, 401)
	require.Equal(t, []string{"guardroom-1-200", "guardroom-1-200", "guardroom-1-200", "guardroom-1-200", "guardroom-201-400", "guardroom-401-401"}, keys,
		"a batch that is sent again is the same one")
}

func TestAnErrorOfTheTrailEndsTheSending(t *testing.T) {
	broken := errors.New("disk")
	server := collect(t, nil)
	_, err := stream(t, failing{trailOf(1), broken}, "syslog+tcp://"+server.Addr().String(), audit.CEF).Send(t.Context())
	require.ErrorIs(t, err, broken)
}

type failing struct {
	*kept
	err error
}

func (f failing) EventLog(context.Context, review.EventFilter, int64) iter.Seq2[review.TrailEvent, error] {
	return func(yield func(review.TrailEvent, error) bool) { yield(review.TrailEvent{}, f.err) }
}

func TestAddressesThatCannotBe(t *testing.T) {
	refused := []string{"", "host:514", "udp://host:514", "syslog+tcp://host", "syslog+tls://host:6514/x", "https://user:pw@host/", "ftp://host/", "https://"}
	for _, url := range refused {
		_, err := New(trailOf(0), Options{URL: url, Format: audit.CEF})
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "pw")
	}
	_, err := New(trailOf(0), Options{URL: "https://host/", Format: "xml"})
	require.Error(t, err)
}
