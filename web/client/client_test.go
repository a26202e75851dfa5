package client_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/web/client"
	"github.com/guardroom/guardroom/web/webtest"
)

// held is a transport that holds every answer to the OpenAPI document.
type held struct {
	t        *testing.T
	contract *webtest.Contract
	answers  int
}

func (h *held) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	h.contract.Check(h.t, r.Method, r.URL.Path, answer.StatusCode, answer.Header, body)
	h.answers++
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

func serve(t *testing.T, flags ...string) (*webtest.Site, string) {
	t.Helper()
	site := webtest.NewSite(t, append([]string{"--webhook-private-hosts", "127.0.0.1"}, flags...)...)
	server := httptest.NewServer(site.Web.Handler())
	t.Cleanup(server.Close)
	return site, server.URL
}

// TestEveryCall makes every call of the client, and holds each answer to the document.
func TestEveryCall(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	transport := &held{t: t, contract: site.Contract(t)}
	guardroom, err := client.New(address, site.Keys[webtest.Home], client.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	ctx := t.Context()
	text := func(s string) *string { return &s }

	redactions := client.SubmitInteractionParamsRedactions("map")
	posted, err := guardroom.SubmitInteractionWithResponse(ctx, &client.SubmitInteractionParams{Redactions: &redactions}, client.Submission{
		Prompt: text(webtest.Attack + " and write to anna@example.org"), Response: text("Done."), UserId: text("u-1"), ExternalId: text("e-1"),
		Documents: &[]client.Document{{Title: text("A page"), Content: text("Words")}},
		ToolCalls: &[]client.ToolCall{{Name: text("search"), Output: text("nothing")}},
	})
	require.NoError(t, err)
	require.NoError(t, client.Refusal(posted))
	require.NotEqual(t, client.Allow, posted.JSON201.Verdict)
	require.NotEmpty(t, *posted.JSON201.Placeholders)
	id := posted.JSON201.Id

	again, err := guardroom.SubmitInteractionWithResponse(ctx, nil, client.Submission{Prompt: text("Another"), ExternalId: text("e-1")})
	require.NoError(t, err)
	var problem *client.Problem
	require.ErrorAs(t, client.Refusal(again), &problem)
	require.Equal(t, "conflict", problem.Code)

	many, err := guardroom.SubmitInteractionsWithResponse(ctx, client.Batch{Interactions: []client.Submission{{Prompt: text("Hello")}, {}}})
	require.NoError(t, err)
	require.Equal(t, []int{http.StatusCreated, http.StatusUnprocessableEntity}, []int{many.JSON200.Results[0].Status, many.JSON200.Results[1].Status})

	found, err := guardroom.InteractionWithResponse(ctx, id)
	require.NoError(t, err)
	require.Equal(t, posted.JSON201.Risk, found.JSON200.Risk)

	fed, err := guardroom.FeedbackWithResponse(ctx, id, client.Feedback{Action: client.AcceptedWithoutReview})
	require.NoError(t, err)
	require.Equal(t, id, fed.JSON200.InteractionId)

	missing, err := guardroom.InterventionOutcomeWithResponse(ctx, id, client.Outcome{Outcome: client.OutcomeOutcomeShown})
	require.NoError(t, err)
	require.ErrorAs(t, client.Refusal(missing), &problem)
	require.Equal(t, http.StatusNotFound, problem.Status)

	hook, err := guardroom.AddWebhookWithResponse(ctx, client.WebhookRequest{Url: "http://127.0.0.1:9/", Topics: &[]client.Topic{client.ItemDecided}})
	require.NoError(t, err)
	require.NoError(t, client.Refusal(hook))
	listed, err := guardroom.WebhooksWithResponse(ctx)
	require.NoError(t, err)
	require.Len(t, listed.JSON200.Webhooks, 1)
	rotated, err := guardroom.RotateWebhookWithResponse(ctx, hook.JSON201.Id)
	require.NoError(t, err)
	require.NotEqual(t, *hook.JSON201.Secret, rotated.JSON200.Secret)

	analyst := site.Script("analyst")
	claim := analyst.Claim(posted.JSON201.Item.Id)
	form := url.Values{"token": {claim.Token}, "version": {strconv.Itoa(claim.Version)}, "decision": {"block"}, "label": {"injection"}}
	require.Equal(t, http.StatusOK, analyst.Post("/items/"+claim.ItemID+"/decision", form).Code)
	site.Clock.Advance(time.Minute) // it can no longer be undone
	decisions, err := guardroom.DecisionsWithResponse(ctx, nil)
	require.NoError(t, err)
	require.Equal(t, "block", decisions.JSON200.Decisions[0].Decision)

	deliveries, err := guardroom.WebhookDeliveriesWithResponse(ctx, hook.JSON201.Id)
	require.NoError(t, err)
	require.NoError(t, client.Refusal(deliveries))
	replayed, err := guardroom.ReplayDeliveryWithResponse(ctx, hook.JSON201.Id, 4711)
	require.NoError(t, err)
	require.Error(t, client.Refusal(replayed))
	ended, err := guardroom.EndWebhookWithResponse(ctx, hook.JSON201.Id)
	require.NoError(t, err)
	require.NoError(t, client.Refusal(ended))

	asked, err := guardroom.AskApprovalWithResponse(ctx, client.Question{Action: "deploy"})
	require.NoError(t, err)
	told, err := guardroom.ApprovalWithResponse(ctx, asked.JSON202.Id, nil)
	require.NoError(t, err)
	require.Equal(t, client.ApprovalStateWaiting, told.JSON200.State)

	erasing, err := guardroom.RequestErasureWithResponse(ctx, client.ErasureRequest{UserId: "u-1", Reason: "Asked for it"})
	require.NoError(t, err)
	require.NoError(t, client.Refusal(erasing))
	stands, err := guardroom.ErasureWithResponse(ctx, erasing.JSON202.Id)
	require.NoError(t, err)
	require.Equal(t, erasing.JSON202.UserHash, stands.JSON200.UserHash)
	certificate, err := guardroom.ErasureCertificateWithResponse(ctx, erasing.JSON202.Id)
	require.NoError(t, err)
	require.ErrorAs(t, client.Refusal(certificate), &problem)
	require.Equal(t, http.StatusConflict, problem.Status)

	chat, err := guardroom.ChatWithResponse(ctx, client.Prompt{Prompt: "Hello"})
	require.NoError(t, err)
	require.ErrorAs(t, client.Refusal(chat), &problem, "there is no model")
	require.Equal(t, 19, transport.answers)
}

// TestExamples runs what the documentation shows.
func TestExamples(t *testing.T) {
	model := llmtest.Start(t)
	model.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: "Paris."} }
	site, address := serve(t, "--openai-base-url", model.URL, "--openai-api-key", llmtest.Key)
	t.Setenv("GUARDROOM_URL", address)
	t.Setenv("GUARDROOM_KEY", site.Keys[webtest.Home])
	t.Setenv("GUARDROOM_SIGNING_KEY", site.SigningKey(webtest.Home).Secret)
	for want, example := range map[string]func(){
		"block injection.override\n": Example,
		"allow\n":                    ExampleNewSigned,
		"waiting false\n":            ExampleClientWithResponses_AskApprovalWithResponse,
		"go on after 0\n":            ExampleClientWithResponses_DecisionsWithResponse,
		"Paris.\n":                   ExampleClientWithResponses_ChatWithResponse,
	} {
		require.Equal(t, want, printed(t, example))
	}
}

// printed is what a function writes to the standard output.
func printed(t *testing.T, f func()) string {
	t.Helper()
	stdout := os.Stdout
	r, w, err := os.Pipe()
	require.NoError(t, err)
	os.Stdout = w
	defer func() { os.Stdout = stdout }()
	f()
	require.NoError(t, w.Close())
	out, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(out)
}

// TestTheShellExampleSigns runs what docs/api.md shows to those who sign without a library.
func TestTheShellExampleSigns(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			require.NotEqual(t, "true", os.Getenv("CI"), "%s is not installed", tool)
			t.Skipf("SKIPPED, THE EXAMPLE OF docs/api.md IS NOT RUN: %s is not installed", tool)
		}
	}
	docs, err := os.ReadFile("../../docs/api.md")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(docs), "```bash\n# sign.sh")
	require.True(t, found, "docs/api.md has the example")
	script, _, found := strings.Cut(after, "```")
	require.True(t, found)

	site, address := serve(t)
	run := func(key string) string {
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
		command.Env = append(os.Environ(), "URL="+address, "KEY="+key)
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	require.Contains(t, run(site.SigningKey(webtest.Home).Secret), `"verdict":"allow"`)
	require.Contains(t, run(site.Keys[webtest.Home]), "was not made by an API key", "a key that is sent signs nothing")
}

func TestNewSignedWantsAKey(t *testing.T) {
	t.Parallel()
	_, err := client.NewSigned("http://127.0.0.1", "secret")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}

func TestRefusalsWithoutAProblem(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusBadGateway) }))
	defer proxy.Close()
	guardroom, err := client.New(proxy.URL, "gr_key")
	require.NoError(t, err)
	answer, err := guardroom.DecisionsWithResponse(t.Context(), nil)
	require.NoError(t, err)
	require.EqualError(t, client.Refusal(answer), "502 Bad Gateway")
}
