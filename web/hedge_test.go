package web_test

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
)

// TestASecondAttemptIsPaidFor: a service that hangs is asked once more beside that; the caller gets the answer and its usage, and
// the record has what both attempts read.
func TestASecondAttemptIsPaidFor(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) {
		p.AuditRate = 1
		p.Detectors["moderation.openai"] = review.Rule{Mode: review.ModeOff} // it would take the fault that is meant for the chat
	}, "--hedge-after", "30ms", "--upstream-timeout", "60s")
	for _, c := range []struct {
		name   string
		stream bool
	}{{"whole", false}, {"as a stream", true}} {
		t.Run(c.name, func(t *testing.T) {
			before := len(g.up.Chats())
			g.up.Fail(llmtest.Hung)
			body := `{"model":"gpt-test","messages":[{"role":"user","content":"Which colour has the sky?"}]}`
			if c.stream {
				body = `{"model":"gpt-test","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Which colour has the sky?"}]}`
			}
			a := g.post(t, "/openai/v1/chat/completions", body)
			require.Equal(t, http.StatusOK, a.status, a.body)
			require.Len(t, g.up.Chats(), before+2)
			receipt := g.kept(t, a)
			require.NotNil(t, receipt.Item)
			view, err := g.Service.View(t.Context(), g.Viewer(t, review.RoleAdmin), receipt.Item.ID)
			require.NoError(t, err)
			answered := promptTokens(t, a.body)
			require.Positive(t, answered)
			require.Equal(t, 2*answered, view.Interaction.Usage.PromptTokens)
			require.Positive(t, view.Interaction.Usage.CompletionTokens)
		})
	}
	require.Eventually(t, func() bool {
		return containsLine(g.Nobody().Get("/metrics").Body.String(), `upstream_attempts_total{outcome="outrun",upstream="openai"} 2`)
	}, patience, 10*time.Millisecond)
}

var usedPrompt = regexp.MustCompile(`"prompt_tokens":(\d+)`)

// promptTokens is what the caller is told that the prompt took.
func promptTokens(t *testing.T, body string) int {
	t.Helper()
	m := usedPrompt.FindStringSubmatch(body)
	require.NotNil(t, m, body)
	n, err := strconv.Atoi(m[1])
	require.NoError(t, err)
	return n
}
