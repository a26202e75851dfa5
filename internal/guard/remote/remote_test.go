package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/reach"
	"github.com/guardroom/guardroom/internal/review"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is a model server on a real socket. It keeps what it was asked.
type service struct {
	*httptest.Server
	mu    sync.Mutex
	asked []question
}

type question struct {
	header http.Header
	body   string
}

func serve(t *testing.T, answer http.HandlerFunc) *service {
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.asked = append(s.asked, question{r.Header, string(body)})
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) questions() []question {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// settings is a file with one detector; change is told what to change in it.
func settings(url string, change func(*file)) []byte {
	f := file{
		PrivateHosts: []string{"127.0.0.1"},
		Detectors: []classifier{{
			ID: "remote.toxicity", Title: "Toxicity", Category: review.CategoryToxicity, Mode: review.ModeEnforce, Flag: new(0.5),
			Request: request{URL: url, Headers: map[string]string{"Authorization": "Bearer s3cret"},
				Body: json.RawMessage(`{"inputs":["{{text}}"],"where":"{{segment}}/{{kind}}","n":1.50}`)},
			Response: response{Score: "$.scores[*].value"},
			Levels:   levels{{0.3, review.SeverityLow, 0.2}, {0.9, review.SeverityHigh, 0.9}},
			Message:  "The service takes this for toxic", DeadlineMS: 5_000, Failures: 3,
		}},
	}
	if change != nil {
		change(&f)
	}
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	return text
}

func load(t *testing.T, text []byte) (*Detectors, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "remote.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return Load(path)
}

// pipeline makes a guard of the remote detectors alone.
func pipeline(t *testing.T, url string, change func(*file)) (*guard.Pipeline, review.Policy) {
	t.Helper()
	d, err := load(t, settings(url, change))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	p, err := guard.NewPipeline(guard.NewRegistry(d.Specs()...), guard.Options{Limits: textview.DefaultLimits()})
	require.NoError(t, err)
	return p, review.DefaultPolicy(p.Specs())
}

func prompt(text string) []review.Segment { return review.Content{Prompt: text}.Segments() }

func TestARightAnswer(t *testing.T) {
	s := serve(t, says(`{"scores":[{"value":0.1},{"value":0.6}]}`))
	p, policy := pipeline(t, s.URL, nil)
	hostile := "\"}],\"x\":\"{{kind}} \\u0000 <b>\n\xff"
	got := p.Screen(t.Context(), prompt(hostile), policy)
	require.Empty(t, got.Failures)
	require.Len(t, got.Findings, 1)
	f := got.Findings[0]
	require.InDelta(t, 0.55, f.Confidence, 1e-9, "halfway between the levels")
	f.Confidence = 0
	require.Equal(t, review.Finding{Detector: "remote.toxicity", Category: review.CategoryToxicity, Severity: review.SeverityLow,
		Segment: "prompt", Message: "The service takes this for toxic"}, f)
	verdict, _ := policy.Decide(got.Findings, got.Failures)
	require.Equal(t, review.VerdictFlag, verdict)

	require.Len(t, s.questions(), 1)
	asked := s.questions()[0]
	require.Equal(t, "Bearer s3cret", asked.header.Get("Authorization"))
	require.Equal(t, "application/json", asked.header.Get("Content-Type"))
	var body struct {
		Inputs []string
		Where  string
		N      json.Number
	}
	d := json.NewDecoder(strings.NewReader(asked.body))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&body), "the text stays in its place: %s", asked.body)
	require.Equal(t, []string{strings.ReplaceAll(hostile, "\xff", "\uFFFD")}, body.Inputs)
	require.Equal(t, "prompt/prompt", body.Where)
	require.Equal(t, json.Number("1.50"), body.N)
}

func TestHarmlessIsNoFinding(t *testing.T) {
	p, policy := pipeline(t, serve(t, says(`{"scores":[{"value":0.29}]}`)).URL, nil)
	got := p.Screen(t.Context(), prompt("hello"), policy)
	require.Empty(t, got.Failures)
	require.Empty(t, got.Findings)
}

// TestWhatAServiceCanDoWrong: every one of these is a Failure, none an allow.
func TestWhatAServiceCanDoWrong(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	hang := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	elsewhere := serve(t, says(`{"scores":[{"value":0.0}]}`))
	closed := serve(t, says(""))
	closed.Close()
	quick := func(f *file) { f.Detectors[0].DeadlineMS = 50 }
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		change func(*file)
		reason string
	}{
		{"garbage", says("\x00\x01<html>"), nil, "error"},
		{"empty", says(""), nil, "error"},
		{"more than one value", says(`{"scores":[{"value":0}]} {}`), nil, "error"},
		{"another shape", says(`{"score":0.9}`), nil, "error"},
		{"a text for a number", says(`{"scores":[{"value":"0.9"}]}`), nil, "error"},
		{"null for a number", says(`{"scores":[{"value":null}]}`), nil, "error"},
		{"a number too large", says(`{"scores":[{"value":1e999}]}`), nil, "error"},
		{"one of two is wrong", says(`{"scores":[{"value":0.1},{"value":[]}]}`), nil, "error"},
		{"deeply nested", says(strings.Repeat("[", 1<<19) + strings.Repeat("]", 1<<19)), nil, "error"},
		{"huge", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"scores":[{"value":0.9}],"pad":"`)
			pad := bytes.Repeat([]byte("x"), 1<<16)
			for range 64 {
				if _, err := w.Write(pad); err != nil {
					return
				}
			}
		}, nil, "error"},
		{"a huge header", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Pad", strings.Repeat("x", 1<<20))
		}, nil, "error"},
		{"not allowed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, nil, "error"},
		{"its own mistake", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"scores":[{"value":0}]}`)
		}, nil, "error"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, nil, "error"},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, "error"},
		{"hangs up in the middle", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"scores":[`)
			panic(http.ErrAbortHandler)
		}, nil, "error"},
		{"down", says(""), func(f *file) { f.Detectors[0].Request.URL = closed.URL }, "error"},
		{"hangs", hang, quick, "deadline"},
		{"hangs in the middle", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"scores":`)
			_ = http.NewResponseController(w).Flush()
			hang(w, r)
		}, quick, "deadline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, policy := pipeline(t, serve(t, c.answer).URL, c.change)
			got := p.Screen(t.Context(), prompt("hello"), policy)
			require.Equal(t, []review.Failure{{Detector: "remote.toxicity", Segment: "prompt", Reason: c.reason}}, got.Failures)
			require.Empty(t, got.Findings)
			verdict, _ := policy.Decide(got.Findings, got.Failures)
			require.Equal(t, review.VerdictFlag, verdict)
		})
	}
	require.Empty(t, elsewhere.questions(), "a redirect is not followed")
}

func TestTheBreakerLeavesAServiceAlone(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"scores":[{"value":1}]}`)
	})
	p, policy := pipeline(t, s.URL, func(f *file) { f.Detectors[0].PauseMS = 20 })
	screen := func() review.Screening { return p.Screen(t.Context(), prompt("hello"), policy) }
	for range 3 {
		require.Equal(t, "error", screen().Failures[0].Reason)
	}
	require.Equal(t, "unavailable", screen().Failures[0].Reason)
	require.Len(t, s.questions(), 3)
	down.Store(false)
	require.Eventually(t, func() bool { return len(screen().Findings) == 1 }, 5*time.Second, 5*time.Millisecond, "it is asked again")
}

func TestThePolicysDeadline(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	p, policy := pipeline(t, s.URL, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	got := p.Screen(ctx, review.Content{Prompt: "a", Response: "b"}.Segments(), policy)
	require.Equal(t, []review.Failure{{Detector: "remote.toxicity", Segment: "prompt", Reason: "deadline"}}, got.Failures)
}

func TestLongTextsAreAskedAboutInWindows(t *testing.T) {
	s := serve(t, nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"scores":[{"value":%v}]}`, truth(bytes.Contains(body, []byte("poison"))))
	})
	p, policy := pipeline(t, s.URL, func(f *file) { f.Detectors[0].WindowBytes = 256 })
	text := strings.Repeat("ä ", 700) + "poison" + strings.Repeat(" \x80\x80\x80\x80\x80", 200)
	at := strings.Index(text, "poison")
	got := p.Screen(t.Context(), prompt(text), policy)
	require.Empty(t, got.Failures)
	require.NotEmpty(t, got.Findings)
	for _, f := range got.Findings {
		require.LessOrEqual(t, f.Start, at)
		require.GreaterOrEqual(t, f.End, at+len("poison"))
		require.LessOrEqual(t, f.End-f.Start, 256)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	s := serve(t, says(`{"scores":[{"value":0}]}`))
	port := s.Listener.Addr().(*net.TCPAddr).Port
	t.Run("by address, when the file is read", func(t *testing.T) {
		for _, host := range []string{"127.0.0.1", "10.1.2.3", "[::1]", "169.254.169.254", "[::ffff:192.168.0.1]", "0.0.0.0", "[fe80::1]", "100.64.0.1", "[64:ff9b::7f00:1]"} {
			_, err := load(t, settings("http://"+host+"/", func(f *file) { f.PrivateHosts = nil }))
			require.ErrorContains(t, err, "is not a public address", host)
		}
	})
	t.Run("by name, when it is dialled", func(t *testing.T) {
		p, policy := pipeline(t, fmt.Sprintf("http://localhost:%d/", port), func(f *file) { f.PrivateHosts = nil })
		got := p.Screen(t.Context(), prompt("hello"), policy)
		require.Equal(t, "error", got.Failures[0].Reason)
		require.Empty(t, s.questions())
	})
	t.Run("but for the hosts that the operator names", func(t *testing.T) {
		p, policy := pipeline(t, fmt.Sprintf("http://localhost:%d/", port), func(f *file) { f.PrivateHosts = []string{"LOCALHOST."} })
		require.Empty(t, p.Screen(t.Context(), prompt("hello"), policy).Failures)
		require.Len(t, s.questions(), 1)
	})
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "93.184.215.14": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.1.1": false, "0.0.0.0": false,
		"100.127.255.255": false, "192.0.0.8": false, "198.19.0.1": false, "203.0.113.7": false, "224.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::7f00:1": false, "::ffff:127.0.0.1": false, "fe80::1%eth0": false, "fc00::1": false, "ff02::1": false,
		"64:ff9b::a00:1": false, "2001:db8::1": false, "2002:7f00:1::": false,
	} {
		require.Equal(t, want, reach.Public(netip.MustParseAddr(address)), address)
	}
	require.Error(t, reach.MayDial("localhost:80"))
	require.NoError(t, reach.MayDial("1.1.1.1:443"))
}

func TestErrorsHoldNoSecret(t *testing.T) {
	c := newClient("http://127.0.0.1:1/?key=s3cret", http.Header{"Authorization": {"Bearer s3cret"}}, false)
	_, err := c.post(t.Context(), []byte("{}"))
	require.ErrorContains(t, err, "127.0.0.1 is not a public address")
	require.NotContains(t, err.Error(), "s3cret")
}

func TestLevels(t *testing.T) {
	l := levels{{0.2, review.SeverityLow, 0.1}, {0.6, review.SeverityMedium, 0.5}, {2, review.SeverityCritical, 0.9}}
	require.NoError(t, l.check())
	for _, c := range []struct {
		score      float64
		severity   review.Severity
		confidence float64
		ok         bool
	}{
		{-1, "", 0, false}, {0.19, "", 0, false}, {0.2, "low", 0.1, true}, {0.4, "low", 0.3, true}, {0.6, "medium", 0.5, true},
		{1.3, "medium", 0.7, true}, {2, "critical", 0.9, true}, {1e300, "critical", 0.9, true},
	} {
		severity, confidence, ok := l.rate(c.score)
		require.Equal(t, c.ok, ok, c.score)
		require.Equal(t, c.severity, severity, c.score)
		require.InDelta(t, c.confidence, confidence, 1e-9, c.score)
	}
}

func TestScores(t *testing.T) {
	absent := 0.25
	for _, c := range []struct {
		path, answer string
		absent       *float64
		want         float64
	}{
		{"$", "0.5", nil, 0.5},
		{"$.flagged", `{"flagged":true}`, nil, 1},
		{"$.results[0].category_scores.*", `{"results":[{"category_scores":{"hate":0.1,"violence":0.7}}]}`, nil, 0.7},
		{"$[0][?@.label=='INJECTION'].score", `[[{"label":"SAFE","score":0.9},{"label":"INJECTION","score":0.1}]]`, nil, 0.1},
		{"$[0][?@.label=='INJECTION'].score", `[[{"label":"SAFE","score":0.9}]]`, &absent, 0.25},
		{"$['a\\u0062']", `{"ab":-3}`, nil, -3},
	} {
		r, err := newReading(response{Score: c.path, Absent: c.absent})
		require.NoError(t, err, c.path)
		got, err := r.read([]byte(c.answer))
		require.NoError(t, err, c.path)
		require.InDelta(t, c.want, got, 1e-12, c.path)
	}
}

// TestFilesThatAreRefused: every mistake has an error that names its place.
func TestFilesThatAreRefused(t *testing.T) {
	first := func(change func(*classifier)) func(*file) { return func(f *file) { change(&f.Detectors[0]) } }
	for want, change := range map[string]func(*file){
		"detectors: there are none":      func(f *file) { f.Detectors = nil },
		"detectors[1].id: remote":        func(f *file) { f.Detectors = append(f.Detectors, f.Detectors[0]) },
		"detectors[0].id":                first(func(c *classifier) { c.ID = "injection.override" }),
		"detectors[0].title":             first(func(c *classifier) { c.Title = "" }),
		"detectors[0].category":          first(func(c *classifier) { c.Category = review.CategoryPII }),
		"detectors[0].owasp":             first(func(c *classifier) { c.OWASP = "LLM11:2025" }),
		"detectors[0].examples":          first(func(c *classifier) { c.Examples = []string{""} }),
		"detectors[0].segments":          first(func(c *classifier) { c.Segments = []review.SegmentKind{"prose"} }),
		"detectors[0].mode":              first(func(c *classifier) { c.Mode = "on" }),
		"detectors[0].flag":              first(func(c *classifier) { c.Flag = new(1.5) }),
		"block not below flag":           first(func(c *classifier) { c.Block = 0.1 }),
		"detectors[0].concurrency":       first(func(c *classifier) { c.Concurrency = 1000 }),
		"detectors[0].deadline_ms":       first(func(c *classifier) { c.DeadlineMS = -1 }),
		"detectors[0].failures":          first(func(c *classifier) { c.Failures = -1 }),
		"detectors[0].pause_ms":          first(func(c *classifier) { c.PauseMS = -1 }),
		"detectors[0].window_bytes":      first(func(c *classifier) { c.WindowBytes = 1 }),
		"levels: is missing":             first(func(c *classifier) { c.Levels = nil }),
		"levels[0].severity":             first(func(c *classifier) { c.Levels[0].Severity = "grave" }),
		"levels[1].confidence":           first(func(c *classifier) { c.Levels[1].Confidence = 2 }),
		"levels[1]: scores must grow":    first(func(c *classifier) { c.Levels[1].Score = 0.3 }),
		"url: must begin with http":      first(func(c *classifier) { c.Request.URL = "file:///etc/passwd" }),
		"url: is not a URL":              first(func(c *classifier) { c.Request.URL = "http://[" }),
		"url: must not hold a user name": first(func(c *classifier) { c.Request.URL = "http://u:p@example.org" }),
		"url: must have no fragment":     first(func(c *classifier) { c.Request.URL = "http://example.org/#x" }),
		`headers: "Bad Name" cannot be`:  first(func(c *classifier) { c.Request.Headers = map[string]string{"Bad Name": "s3cret"} }),
		`headers: "X" cannot be sent`:    first(func(c *classifier) { c.Request.Headers = map[string]string{"X": "s3cret\r\nY: z"} }),
		`headers: "host" cannot be set`:  first(func(c *classifier) { c.Request.Headers = map[string]string{"host": "s3cret"} }),
		"body: has no {{text}}":          first(func(c *classifier) { c.Request.Body = json.RawMessage(`{"{{text}}":1}`) }),
		"body: {{prompt}} is no slot":    first(func(c *classifier) { c.Request.Body = json.RawMessage(`["{{text}}{{prompt}}"]`) }),
		"body: is missing":               first(func(c *classifier) { c.Request.Body = nil }),
		"response.score":                 first(func(c *classifier) { c.Response.Score = "scores" }),
	} {
		t.Run(want, func(t *testing.T) {
			text := settings("http://127.0.0.1:1/", change)
			if want == "body: is missing" {
				text = bytes.ReplaceAll(text, []byte(`,"body":null`), nil)
			}
			_, err := load(t, text)
			require.ErrorContains(t, err, want)
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
	for text, want := range map[string]string{
		"":                           "EOF",
		"[]":                         "must be remote.file",
		`{"detectors":[],"x":1}`:     `unknown field "x"`,
		`{"detectors":[{"flag":"`:    "unexpected EOF",
		`{"detectors":{}}`:           "detectors: must be",
		`{"detectors":[]} {}`:        "something follows",
		`{"a" 1}`:                    "is not JSON (byte 6)",
		strings.Repeat(" ", 1<<20+1): "is larger than",
	} {
		_, err := load(t, []byte(text))
		require.ErrorContains(t, err, want)
	}
	_, err := Load(filepath.Join(t.TempDir(), "absent.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestDefaults(t *testing.T) {
	d, err := load(t, []byte(`{"detectors":[{"id":"remote.x","title":"X","category":"topic",
		"request":{"url":"https://classifier.example/","body":"{{text}}"},"response":{"score":"$.score"},
		"levels":[{"score":0.5,"severity":"high","confidence":0.5}]}]}`))
	require.NoError(t, err)
	defer d.Close()
	spec := d.Specs()[0]
	require.NotPanics(t, func() { guard.NewRegistry(spec) }, "a file that is accepted is a complete Spec")
	require.Equal(t, guard.Reach{
		Segments:    []review.SegmentKind{review.SegmentPrompt, review.SegmentResponse, review.SegmentDocument, review.SegmentToolOutput},
		Concurrency: 8, Deadline: 400 * time.Millisecond, Failures: 5, Pause: 10 * time.Second,
	}, spec.Reach)
	require.Equal(t, review.Rule{Mode: review.ModeEnforce, Flag: 0.5}, spec.Default)
}

// TestTheExampleOfTheDocs: what the page shows can be used.
func TestTheExampleOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../../docs/remote-detectors.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(page), "```json\n")
	require.True(t, ok)
	example, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	d, err := load(t, []byte(example))
	require.NoError(t, err)
	require.Len(t, d.Specs(), 1)
}

// FuzzAnswer: no answer makes more of it than a score or an error.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{"0.5", `{"scores":[{"value":1}]}`, "[[[", `{"scores":"x"}`, "\xff", `{"scores":[{"value":true},{"value":-1e9}]}`} {
		f.Add([]byte(seed))
	}
	r, err := newReading(response{Score: "$..value"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, answer []byte) {
		if score, err := r.read(answer); err == nil {
			require.True(t, json.Valid(answer))
			require.False(t, score != score, "not a number")
		}
	})
}

// FuzzFile: what is accepted can be registered, whatever it says.
func FuzzFile(f *testing.F) {
	f.Add(settings("https://classifier.example/", nil))
	f.Add([]byte(`{"detectors":[{}]}`))
	f.Add([]byte(`{"private_hosts":["a"],"detectors":[{"id":"remote.a","request":{"url":"http://a","body":["{{text}}"]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, err := parse(text)
		if err != nil {
			return
		}
		d, err := parsed.detectors()
		if err != nil {
			return
		}
		defer d.Close()
		guard.NewRegistry(d.Specs()...)
	})
}

// FuzzTemplate: a text stays in its place.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"hello", `"},{"a":"`, "{{kind}}", "\x00\xff", `\`} {
		f.Add(seed)
	}
	body, err := newTemplate(json.RawMessage(`{"a":["{{text}}"],"b":"{{kind}}"}`))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		out, err := body.fill(review.Segment{Name: "prompt", Kind: review.SegmentPrompt}, text)
		require.NoError(t, err)
		var got map[string]any
		require.NoError(t, json.Unmarshal(out, &got))
		require.Equal(t, map[string]any{"a": []any{strings.ToValidUTF8(text, "\uFFFD")}, "b": "prompt"}, normalised(got, text))
	})
}

// normalised: JSON writes one U+FFFD for each invalid byte, ToValidUTF8 one for a run.
func normalised(got map[string]any, text string) map[string]any {
	list, ok := got["a"].([]any)
	if ok && len(list) == 1 && list[0] == string([]rune(text)) {
		got["a"] = []any{strings.ToValidUTF8(text, "\uFFFD")}
	}
	return got
}
