package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Scenario is one request and what its answer must and must not be.
type Scenario struct {
	Name   string
	As     func(*Site) *Client // Site.Nobody when nil
	Method string              // GET, or POST when there is a Body
	URL    string
	Header map[string]string // instead of the client's; "" leaves one out
	Body   string

	Status    int
	Content   []string          // each is in the body
	Forbidden []string          // none is in the body or the headers, whatever the case; at least one
	Headers   map[string]string // parts of headers; "" means that there is none
	After     func(testing.TB, *Site, *httptest.ResponseRecorder)
}

// Run runs the scenarios one after the other on one Site, and makes sure that each
// has run.
func Run(t *testing.T, site *Site, scenarios []Scenario) {
	t.Helper()
	ran := 0
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			ran++
			s.run(t, site)
		})
	}
	require.Equal(t, len(scenarios), ran, "a scenario did not run")
	t.Logf("%d scenarios", ran)
}

func (s Scenario) run(t *testing.T, site *Site) {
	require.NotEmpty(t, s.Forbidden, "a scenario says what must not be in the answer")
	as := (*Site).Nobody
	if s.As != nil {
		as = s.As
	}
	answer := as(site).Do(s.request())
	body := answer.Body.String()
	require.Equal(t, s.Status, answer.Code, words(body))
	for _, want := range s.Content {
		Says(t, body, want)
	}
	s.checkForbidden(t, answer)
	for name, part := range s.Headers {
		if part == "" {
			require.Empty(t, answer.Header().Values(name), name)
			continue
		}
		require.Contains(t, strings.Join(answer.Header().Values(name), "\n"), part, name)
	}
	if s.After != nil {
		s.After(t, site, answer)
	}
}

func (s Scenario) request() *http.Request {
	method := s.Method
	switch {
	case method == "" && s.Body == "":
		method = http.MethodGet
	case method == "":
		method = http.MethodPost
	}
	r := NewRequest(method, s.URL, strings.NewReader(s.Body))
	for name, value := range s.Header {
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
		if value == "" {
			r.Header[http.CanonicalHeaderKey(name)] = []string{}
		}
	}
	return r
}

func (s Scenario) checkForbidden(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	all := strings.ToLower(answer.Body.String())
	for name, values := range answer.Header() {
		all += "\n" + strings.ToLower(name+": "+strings.Join(values, "\n"))
	}
	for _, forbidden := range s.Forbidden {
		Conceals(t, all, strings.ToLower(forbidden))
	}
}
