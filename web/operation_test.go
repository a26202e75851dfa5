package web_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "alive", URL: "/healthz", Status: 200, Content: []string{`{"status":"ok"}`}, Forbidden: without()},
		{Name: "alive, for a HEAD", Method: "HEAD", URL: "/healthz", Status: 200, Forbidden: without()},
		{Name: "ready", URL: "/readyz", Status: 200, Content: []string{`{"status":"ready"}`}, Forbidden: without()},
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	for _, target := range []string{"/login", "/nowhere", "/api/v1/nowhere", "/healthz", "/queue"} {
		h := site.Nobody().Get(target).Header()
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			require.Contains(t, csp, part, target)
		}
		require.NotContains(t, csp, "unsafe")
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Equal(t, "DENY", h.Get("X-Frame-Options"))
		require.Equal(t, "0", h.Get("X-XSS-Protection"))
		require.Equal(t, "no-store", h.Get("Cache-Control"))
		require.NotEmpty(t, h.Get("Referrer-Policy"))
		require.NotEmpty(t, h.Get("Permissions-Policy"))
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"))
		require.Empty(t, h.Get("Server"))
	}
	login := site.Nobody().Get("/login").Body.String()
	webtest.Conceals(t, login, "<style")
	webtest.Conceals(t, login, " style=")
	webtest.Conceals(t, login, " onclick=")
	asset := link.FindStringSubmatch(login)[1]
	h := site.Nobody().Get(asset).Header()
	require.Contains(t, h.Get("Cache-Control"), "immutable")
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	for sent, kept := range map[string]bool{
		"0198c0de-7000": true, "a.b_c-D9": true, strings.Repeat("x", 64): true,
		"": false, "short": false, strings.Repeat("x", 65): false, "with space in it": false, "<script>alert(1)": false, "line\nbreak-in": false,
	} {
		r := webtest.NewRequest(http.MethodGet, "/api/v1/nowhere", nil)
		r.Header.Set("X-Request-Id", sent)
		answer := site.Nobody().Do(r)
		got := answer.Header().Get("X-Request-Id")
		require.Equal(t, kept, got == sent, sent)
		webtest.Says(t, answer.Body.String(), "urn:guardroom:request:"+got)
	}
}

func TestTheLogHasOneLineForEachRequestAndNoText(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "ultraviolet")
	script := site.Script(review.RoleAnalyst)
	held := script.Claim(p.Item.ID)
	script.Post("/items/"+p.Item.ID+"/decision", with(decisionForm(held, "block"), "reason", "infrared"))
	script.Get("/queue?user=microwave")
	home(site).PostJSON(interactions, `{"promt":"gamma"}`)

	var requests []string
	for line := range strings.Lines(site.Log.String()) {
		var entry map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		if entry["msg"] != "request" {
			continue // of the start
		}
		requests = append(requests, line)
		for _, field := range []string{"time", "level", "msg", "request_id", "method", "route", "status", "us", "bytes", "remote"} {
			require.Contains(t, entry, field)
		}
		require.NotContains(t, entry["route"], p.Item.ID)
	}
	require.Len(t, requests, 6)
	webtest.Says(t, requests[0], `"app_id"`)
	webtest.Says(t, requests[3], `"user_id"`)
	webtest.Says(t, requests[5], `"error":"unprocessable: promt`)
	for _, text := range []string{"ultraviolet", "infrared", "microwave", "gamma", webtest.Password, site.Keys[webtest.Home], held.Token} {
		webtest.Conceals(t, site.Log.String(), text)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	site.PostAttack(webtest.Home, "x")
	site.Nobody().Get("/nowhere/1")
	site.Nobody().Get("/nowhere/2")
	body := site.Nobody().Get("/metrics").Body.String()
	for _, want := range []string{
		`api_requests_total{endpoint="/api/v1/interactions",status="201"} 1`,
		`api_requests_total{endpoint="unmatched",status="404"} 2`,
		`api_latency_seconds_count{endpoint="/api/v1/interactions"} 1`,
		`findings_total{detector="injection.override",verdict="`, `queue_depth{kind="interaction",state="open"} 1`,
		`queue_oldest_age_seconds`, `screening_seconds_count 1`, `go_goroutines`,
	} {
		webtest.Says(t, body, want)
	}
	webtest.Conceals(t, body, "nowhere")

	for name, c := range map[string]struct {
		remote, forwarded string
		status            int
	}{
		"from here": {"127.0.0.1:1", "", 200}, "from here, version 6": {"[::1]:1", "", 200}, "mapped": {"[::ffff:127.0.0.1]:1", "", 200},
		"from elsewhere": {"192.0.2.1:1", "", 403}, "through a proxy here": {"127.0.0.1:1", "192.0.2.1", 403}, "from nowhere": {"@", "", 403},
	} {
		r := webtest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		answer := site.Nobody().Do(r)
		require.Equal(t, c.status, answer.Code, name)
		require.Equal(t, c.status == 200, strings.Contains(answer.Body.String(), "queue_depth"), name)
	}
}

func TestMetricsWithAToken(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--metrics-token=a-long-token-for-prometheus")
	for authorization, status := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer a-long-token-for-prometheus": 200} {
		r := webtest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = "192.0.2.1:1"
		r.Header.Set("Authorization", authorization)
		answer := site.Nobody().Do(r)
		require.Equal(t, status, answer.Code)
		webtest.Conceals(t, answer.Body.String(), "a-long-token")
	}
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- site.Web.Serve(ctx, listener) }()
	url := "http://" + listener.Addr().String()
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answer, err := client.Get(url + "/readyz")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.NoError(t, answer.Body.Close())

	// A request whose body is awaited when the end comes is answered all the same.
	read, write := io.Pipe()
	awaited := make(chan struct{})
	trace := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(awaited) }})
	slow, err := http.NewRequestWithContext(trace, http.MethodPost, url+interactions, read)
	require.NoError(t, err)
	slow.Header.Set("Authorization", "Bearer "+site.Keys[webtest.Home])
	slow.Header.Set("Content-Type", "application/json")
	slow.Header.Set("Expect", "100-continue")
	got := make(chan int, 1)
	go func() {
		answer, err := client.Do(slow)
		if err != nil {
			got <- 0
			return
		}
		_ = answer.Body.Close()
		got <- answer.StatusCode
	}()
	<-awaited
	stop()
	require.Eventually(t, func() bool { return site.Nobody().Get("/readyz").Code == http.StatusServiceUnavailable }, 5*time.Second, time.Millisecond)
	_, err = io.WriteString(write, `{"prompt":"x"}`)
	require.NoError(t, err)
	require.NoError(t, write.Close())
	require.Equal(t, http.StatusCreated, <-got)
	require.NoError(t, <-served)
	_, err = client.Get(url + "/healthz")
	require.Error(t, err)
}
