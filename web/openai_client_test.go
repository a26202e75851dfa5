package web_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// TestGatewayWithTheOfficialClient runs OpenAI's own client, which knows nothing of Guardroom.
func TestGatewayWithTheOfficialClient(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("../node_modules/openai/package.json")
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("Node or the openai package is missing: make assets installs it")
		}
		t.Skip("NOT TESTED with the official client: Node or the openai package is missing (make assets)")
	}
	g := newGuarded(t, func(p *review.Policy) { blocking(p); p.Gateway.Embeddings = true })
	g.up.Says(func(r llmtest.Request) llmtest.Answer {
		last := r.Messages[len(r.Messages)-1].Text()
		switch {
		case last == "CALL":
			return llmtest.Answer{Tools: []llmtest.Tool{{Name: "pay", Arguments: `{"amount":7}`}}}
		case strings.HasPrefix(last, "LEAK"):
			return llmtest.Answer{Text: "The key is " + token + " so use it."}
		}
		return llmtest.Answer{Text: last}
	})
	command := exec.CommandContext(t.Context(), node, "testdata/openai.mjs", g.url+"/openai/v1", g.key, email, token, webtest.Attack)
	var complaints strings.Builder
	command.Stderr = &complaints
	said, err := command.Output()
	require.NoError(t, err, complaints.String())
	var got struct {
		Text, Streamed, Finish, Interaction, Completed, Responded, RespondedInPieces string
		Usage, StreamedUsage                                                         int
		Tool                                                                         struct{ Name, Arguments string }
		Withheld                                                                     []string
		Refused                                                                      []any
		Stranger, Moderated                                                          bool
		Models                                                                       []string
		Embedding                                                                    []float64
	}
	require.NoError(t, json.Unmarshal(said, &got), string(said))
	require.Equal(t, "Hello. I am "+email+".", got.Text)
	require.Positive(t, got.Usage)
	require.NotEmpty(t, got.Interaction)
	require.Equal(t, "Hello. I am "+email+". And more.", got.Streamed)
	require.Equal(t, "stop", got.Finish)
	require.Positive(t, got.StreamedUsage)
	require.Equal(t, "pay", got.Tool.Name)
	require.JSONEq(t, `{"amount":7}`, got.Tool.Arguments)
	require.Equal(t, []string{"Not from us.", "content_filter"}, got.Withheld)
	require.Equal(t, []any{true, 400.0, "content_blocked", "invalid_request_error", "block"}, got.Refused)
	require.True(t, got.Stranger)
	require.Equal(t, []string{"gpt-other", "gpt-test"}, got.Models)
	require.Equal(t, []float64{.25, .5, .75}, got.Embedding)
	require.False(t, got.Moderated)
	require.Equal(t, "Mail "+email, got.Completed)
	require.Equal(t, "Mail "+email, got.Responded)
	require.Equal(t, "In pieces", got.RespondedInPieces)
	for _, r := range g.up.Requests() {
		require.NotContains(t, string(r.Body), email, r.Path)
	}
}
