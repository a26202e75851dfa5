package llm_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
)

// waits notes what a client would have waited for, and waits no time.
type waits struct {
	mu   sync.Mutex
	took []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took = append(w.took, d)
	return ctx.Err()
}

func patience() llm.Patience {
	return llm.Patience{
		Attempts: 3, FirstByte: 150 * time.Millisecond, Silence: 150 * time.Millisecond, Whole: 10 * time.Second,
		Backoff: 100 * time.Millisecond, MaxWait: 5 * time.Second, Failures: 5, Pause: time.Minute,
	}
}

func newClient(t *testing.T, p llm.Patience, upstreams ...llm.Upstream) (*llm.Client, *waits) {
	t.Helper()
	w := &waits{}
	c, err := llm.New(llm.Options{Upstreams: upstreams, Patience: p, Rand: func() float64 { return 1 }, Wait: w.wait})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c, w
}

func at(u *llmtest.Upstream, models ...string) llm.Upstream {
	return llm.Upstream{Name: "main", BaseURL: u.URL, Key: llmtest.Key, Models: models}
}

func question(text string) llm.ChatRequest {
	return llm.ChatRequest{Messages: []llm.ChatMessage{{Role: "user", Content: text}}}
}

var model = []string{"gpt-test"}

func TestChat(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	c, _ := newClient(t, patience(), at(up))
	answer, route, err := c.Chat(t.Context(), model, question("hello there"))
	require.NoError(t, err)
	require.Equal(t, "hello there", answer.Choices[0].Message.Content)
	require.Equal(t, 2, answer.Usage.CompletionTokens)
	require.Equal(t, llm.Route{Upstream: "main", Model: "gpt-test", Attempts: 1}, route)
}

func TestAttemptsThatMayComeRightAreRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		faults []llmtest.Fault
		asked  int
		code   review.Code // "" when it comes right
		waits  []time.Duration
	}{
		{"once broken", []llmtest.Fault{llmtest.Broken}, 2, "", []time.Duration{100 * time.Millisecond}},
		{"twice broken", []llmtest.Fault{llmtest.Broken, llmtest.Killed}, 3, "", []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}},
		{"busy says how long", []llmtest.Fault{llmtest.Busy}, 2, "", []time.Duration{2 * time.Second}},
		{"busy for good", []llmtest.Fault{llmtest.Busy, llmtest.Busy, llmtest.Busy}, 3, review.CodeRateLimited, []time.Duration{2 * time.Second, 2 * time.Second}},
		{"hung, then well", []llmtest.Fault{llmtest.Hung}, 2, "", []time.Duration{100 * time.Millisecond}},
		{"garbage, then well", []llmtest.Fault{llmtest.Garbled}, 2, "", []time.Duration{100 * time.Millisecond}},
		{"stalled, then well", []llmtest.Fault{llmtest.Stalled}, 2, "", []time.Duration{100 * time.Millisecond}},
		{"cut, then well", []llmtest.Fault{llmtest.Cut}, 2, "", []time.Duration{100 * time.Millisecond}},
		{"broken for good", []llmtest.Fault{llmtest.Broken, llmtest.Broken, llmtest.Broken}, 3, review.CodeUnavailable, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}},
		{"what is wrong stays wrong", []llmtest.Fault{llmtest.Refused}, 1, review.CodeInvalid, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			up := llmtest.Start(t)
			up.RetryAfter = 2 * time.Second
			up.Fail(c.faults...)
			client, w := newClient(t, patience(), at(up))
			_, _, err := client.Chat(t.Context(), model, question("hello"))
			require.Equal(t, c.code, review.CodeOf(err), "%v", err)
			require.Len(t, up.Chats(), c.asked)
			require.Equal(t, c.waits, w.took)
		})
	}
}

func TestAWaitThatIsTooLongIsNotWaited(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	up.RetryAfter = time.Hour
	up.Stay(llmtest.Busy)
	client, w := newClient(t, patience(), at(up))
	_, _, err := client.Chat(t.Context(), model, question("hello"))
	require.Equal(t, review.CodeRateLimited, review.CodeOf(err))
	var coded *review.Error
	require.ErrorAs(t, err, &coded)
	require.Equal(t, time.Hour, coded.RetryAfter, "the caller learns it")
	require.Empty(t, w.took)
}

func TestTheBreakerOpensAndCloses(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	up.Stay(llmtest.Killed)
	p := patience()
	p.Pause = 50 * time.Millisecond
	client, w := newClient(t, p, at(up))
	for range 3 {
		_, _, err := client.Chat(t.Context(), model, question("hello"))
		require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	}
	require.Len(t, up.Chats(), 5, "five failures and no more")
	require.Len(t, w.took, 3, "once it is open, nobody waits for an attempt that will not be made")
	require.True(t, client.Standings()[0].Open)

	_, _, err := client.Chat(t.Context(), []string{"gpt-other"}, question("hello"))
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.Greater(t, len(up.Chats()), 5, "each model has its own")

	up.Stay(llmtest.Healthy)
	require.Eventually(t, func() bool {
		_, _, err := client.Chat(t.Context(), model, question("hello"))
		return err == nil
	}, 5*time.Second, 10*time.Millisecond)
}

func TestRefusalsAndCallersWhoLeaveDoNotOpenTheBreaker(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	client, _ := newClient(t, patience(), at(up))
	for range 10 {
		up.Fail(llmtest.Refused)
		_, _, err := client.Chat(t.Context(), model, question("hello"))
		require.Equal(t, review.CodeInvalid, review.CodeOf(err))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err = client.Chat(ctx, model, question("hello"))
		require.Error(t, err)
	}
	require.False(t, client.Standings()[0].Open)
}

func TestOtherUpstreamsAndModelsStepIn(t *testing.T) {
	t.Parallel()
	first, second := llmtest.Start(t), llmtest.Start(t)
	first.Stay(llmtest.Broken)
	a, b := at(first, "gpt-*"), at(second, "small-*")
	b.Name, b.Prices = "second", map[string]llm.Price{"*": {Input: 9, Output: 9}, "small-*": {Input: 1, Output: 2}}
	client, _ := newClient(t, patience(), a, b)
	_, route, err := client.Chat(t.Context(), []string{"gpt-test", "small-1"}, question("hello"))
	require.NoError(t, err)
	require.Equal(t, llm.Route{Upstream: "second", Model: "small-1", Attempts: 4, Price: &llm.Price{Input: 1, Output: 2}}, route)
	require.InDelta(t, 5e-6, route.Price.Cost(1, 2), 1e-12)

	_, _, err = client.Chat(t.Context(), []string{"other"}, question("hello"))
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
}

func TestWithoutAnUpstream(t *testing.T) {
	t.Parallel()
	client, _ := newClient(t, patience())
	_, _, err := client.Chat(t.Context(), model, question("hello"))
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.False(t, client.Configured())
}

func read(t *testing.T, s *llm.Stream) (string, error) {
	t.Helper()
	defer s.Close()
	var text strings.Builder
	for {
		chunk, err := s.Next()
		if errors.Is(err, io.EOF) {
			return text.String(), nil
		}
		if err != nil {
			return text.String(), err
		}
		for _, choice := range chunk.Choices {
			text.WriteString(choice.Delta.Content)
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	up.Fail(llmtest.Broken, llmtest.Hung)
	client, _ := newClient(t, patience(), at(up))
	s, err := client.Stream(t.Context(), model, question("a text of several pieces"))
	require.NoError(t, err)
	text, err := read(t, s)
	require.NoError(t, err)
	require.Equal(t, "a text of several pieces", text)
	require.Equal(t, 3, s.Route.Attempts)
}

func TestAStreamIsNotRepeatedAfterItsFirstPiece(t *testing.T) {
	t.Parallel()
	for _, fault := range []llmtest.Fault{llmtest.Cut, llmtest.Stalled} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			up := llmtest.Start(t)
			up.Fail(fault)
			client, _ := newClient(t, patience(), at(up))
			s, err := client.Stream(t.Context(), model, question("a text of several pieces"))
			require.NoError(t, err)
			text, err := read(t, s)
			require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
			require.NotEmpty(t, text)
			require.Len(t, up.Chats(), 1)
		})
	}
}

func TestOtherCalls(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	client, _ := newClient(t, patience(), at(up))
	text, _, err := client.Text(t.Context(), model, llm.TextRequest{Prompt: "once upon a time"})
	require.NoError(t, err)
	require.Equal(t, "once upon a time", text.Choices[0].Text)
	embedded, _, err := client.Embed(t.Context(), model, llm.EmbedRequest{Input: []string{"a", "b"}})
	require.NoError(t, err)
	require.Len(t, embedded.Data, 2)
	models, err := client.Models(t.Context())
	require.NoError(t, err)
	require.Len(t, models, 2)
	answer, _, err := client.Respond(t.Context(), model, llm.ResponseRequest{Input: "hello"})
	require.NoError(t, err)
	require.Equal(t, "hello", answer.GetOutputText())
	moderated, err := client.Moderate(t.Context(), llm.ModerationRequest{Input: []string{"a", "b"}})
	require.NoError(t, err)
	require.Len(t, moderated.Results, 2)
	require.Contains(t, moderated.Results[0].Scores, "illicit/violent", "also categories that the library does not know")
}

func TestErrorsShowNeitherKeysNorTexts(t *testing.T) {
	t.Parallel()
	up := llmtest.Start(t)
	u := at(up)
	u.Key = "sk-wrong-key-for-this-test"
	client, _ := newClient(t, patience(), u)
	_, _, err := client.Chat(t.Context(), model, question("my password is hunter2"))
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.NotContains(t, err.Error(), "sk-wrong")
	require.NotContains(t, err.Error(), "hunter2")
	refusal, ok := llm.AsRefusal(err)
	require.True(t, ok)
	require.Equal(t, http.StatusUnauthorized, refusal.Status)
}

func TestReadUpstreams(t *testing.T) {
	t.Parallel()
	lookup := func(name string) (string, bool) { return "sk-1", name == "THE_KEY" }
	list, err := llm.ReadUpstreams(`[{"name":"a","base_url":"http://localhost:1/v1","key_env":"THE_KEY","models":["x-*"]}]`, lookup)
	require.NoError(t, err)
	require.Equal(t, "sk-1", list[0].Key)
	for _, wrong := range []string{`[{"name":"a","nonsense":1}]`, `[{"name":"a"`, `[{"name":"a","key_env":"NO_SUCH"}]`, "no/such/file.json"} {
		_, err := llm.ReadUpstreams(wrong, lookup)
		require.Error(t, err, wrong)
	}
	for _, wrong := range []llm.Upstream{
		{Name: "A B", BaseURL: "http://x/v1"}, {Name: "a", BaseURL: "ftp://x"}, {Name: "a", BaseURL: "http://u:p@x/v1"},
		{Name: "a", BaseURL: "http://x/v1", Models: []string{"["}}, {Name: "a", BaseURL: "http://x/v1", Prices: map[string]llm.Price{"*": {Input: -1}}},
	} {
		_, err := llm.New(llm.Options{Upstreams: []llm.Upstream{wrong}, Patience: patience(), Rand: func() float64 { return 0 }, Wait: llm.Wait})
		require.Error(t, err, "%+v", wrong)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	up := llmtest.Start(t)
	client, _ := newClient(t, patience(), at(up))
	for _, fault := range []llmtest.Fault{llmtest.Hung, llmtest.Killed, llmtest.Cut, llmtest.Stalled, llmtest.Garbled, llmtest.Healthy} {
		up.Fail(fault)
		if s, err := client.Stream(t.Context(), model, question("a text of several pieces")); err == nil {
			_, _ = read(t, s)
		}
	}
	require.NoError(t, client.Close())
	up.Stop()
}

// TestASecondAttemptAnswersForOneThatHangs: whole answers and streams; what hangs is given up, and nothing is left of it.
func TestASecondAttemptAnswersForOneThatHangs(t *testing.T) {
	before := goleak.IgnoreCurrent()
	slow, quick := llmtest.Start(t), llmtest.Start(t)
	hangs := make(chan struct{}, 2)
	slow.WhenHanging(func() { hangs <- struct{}{} })
	slow.Stay(llmtest.Hung)
	p := patience()
	p.FirstByte = time.Minute
	second := at(quick)
	second.Name = "second"
	client, err := llm.New(llm.Options{
		Upstreams: []llm.Upstream{at(slow), second}, Patience: p, HedgeAfter: time.Second, Rand: func() float64 { return 1 },
		Wait: func(ctx context.Context, _ time.Duration) error {
			select {
			case <-hangs:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	})
	require.NoError(t, err)
	answer, route, err := client.Chat(t.Context(), model, question("hello there"))
	require.NoError(t, err)
	require.Equal(t, "hello there", answer.Choices[0].Message.Content)
	require.Equal(t, llm.Route{Upstream: "second", Model: "gpt-test", Attempts: 1, Outrun: true}, route)

	stream, err := client.Stream(t.Context(), model, question("a longer text that comes in several pieces"))
	require.NoError(t, err)
	require.True(t, stream.Route.Outrun)
	var said strings.Builder
	for {
		chunk, err := stream.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		for _, c := range chunk.Choices {
			said.WriteString(c.Delta.Content)
		}
	}
	stream.Close()
	require.Equal(t, "a longer text that comes in several pieces", said.String(), "what was given up took nothing away from what won")
	require.Eventually(t, func() bool { return slow.Canceled() == 2 }, 5*time.Second, 5*time.Millisecond)
	require.False(t, client.Standings()[0].Open)
	require.NoError(t, client.Close())
	slow.Stop()
	quick.Stop()
	goleak.VerifyNone(t, before)
}
