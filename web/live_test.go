package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// listener reads a stream of events.
type listener struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Scanner
}

type heard struct {
	New  int `json:"new"`
	Rows []struct{ ID, State, Mark string }
}

// listen opens the stream of a list as the client.
func listen(t *testing.T, base string, client *webtest.Client, query string) *listener {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/queue/events?"+query, nil)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/event-stream")
	for _, cookie := range client.Cookies() {
		r.AddCookie(cookie)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { answer.Body.Close() })
	return &listener{t: t, answer: answer, lines: bufio.NewScanner(answer.Body)}
}

// change waits for the next change.
func (l *listener) change() heard {
	l.t.Helper()
	for l.lines.Scan() {
		if data, ok := strings.CutPrefix(l.lines.Text(), "data: "); ok {
			var h heard
			require.NoError(l.t, json.Unmarshal([]byte(data), &h))
			return h
		}
	}
	require.Fail(l.t, "the stream ended")
	return heard{}
}

// serve runs the site on a listener until the test stops it.
func serve(t *testing.T, site *webtest.Site) (base string, stop func() error) {
	t.Helper()
	on, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- site.Web.Serve(ctx, on) }()
	t.Cleanup(cancel)
	return "http://" + on.Addr().String(), func() error { cancel(); return <-ended }
}

func TestAListHearsWhatBecomesOfIt(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	base, stop := serve(t, site)
	analyst := site.Person(review.RoleAnalyst)
	everything := listen(t, base, analyst, "since=0")
	require.Equal(t, http.StatusOK, everything.answer.StatusCode)
	require.Equal(t, "text/event-stream", everything.answer.Header.Get("Content-Type"))
	audits := listen(t, base, analyst, "since=0&kind=audit")

	foreign := site.PostAttack(webtest.Foreign, "there")
	own := site.PostAttack(webtest.Home, "here")
	first := everything.change()
	require.Equal(t, 1, first.New, "nothing of an App that is not theirs")
	require.Len(t, first.Rows, 1)
	require.Equal(t, own.Item.ID, first.Rows[0].ID)
	require.NotEqual(t, foreign.Item.ID, first.Rows[0].ID)
	require.Zero(t, audits.change().New, "not what the filter means")

	site.Script(review.RoleLead).Claim(own.Item.ID)
	taken := everything.change()
	require.Zero(t, taken.New)
	require.Equal(t, "open", taken.Rows[0].State)
	require.Equal(t, "held by lead", taken.Rows[0].Mark)

	require.NoError(t, stop(), "open lines do not hold up the end")
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	base, stop := serve(t, site)
	analyst := site.Person(review.RoleAnalyst)
	codes := map[int]int{}
	for range 8 {
		codes[listen(t, base, analyst, "").answer.StatusCode]++
	}
	require.Equal(t, map[int]int{http.StatusOK: 6, http.StatusTooManyRequests: 2}, codes)
	require.Equal(t, http.StatusOK, listen(t, base, site.Person(review.RoleLead), "").answer.StatusCode)
	require.NoError(t, stop())
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "a page is no stream", As: analystOf, URL: "/queue/events", Status: 400, Content: []string{"text/event-stream"}, Forbidden: without("retry:")},
	})
}
