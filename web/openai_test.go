package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/llm/llmtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// guardedSite is a server on a real port in front of an upstream.
type guardedSite struct {
	*webtest.Site
	up   *llmtest.Upstream
	url  string
	key  string
	data string
}

// newGuarded starts both; change is what the App's policy says beside the default.
func newGuarded(t testing.TB, change func(*review.Policy), flags ...string) *guardedSite {
	t.Helper()
	up := llmtest.Start(t)
	data := t.TempDir()
	flags = append([]string{"--data", data, "--openai-base-url", up.URL, "--openai-api-key", llmtest.Key, "--upstream-timeout", "1s"}, flags...)
	site := webtest.NewSite(t, flags...)
	plain := site.Accounts.FirstPolicy
	site.Accounts.FirstPolicy = func(specs []review.DetectorSpec) review.Policy {
		p := plain(specs)
		p.AuditRate = 0
		if change != nil {
			change(&p)
		}
		return p
	}
	_, err := site.Accounts.AddApp(t.Context(), webtest.Operator, "agent")
	require.NoError(t, err)
	key, err := site.Accounts.AddKey(t.Context(), webtest.Operator, "agent")
	require.NoError(t, err)
	server := httptest.NewServer(site.Web.Handler())
	t.Cleanup(server.Close)
	return &guardedSite{Site: site, up: up, url: server.URL, key: key, data: data}
}

type answered struct {
	status int
	header http.Header
	body   string
}

func (a answered) into(t testing.TB, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(a.body), v), a.body)
}

func (g *guardedSite) post(t testing.TB, path, body string, headers ...string) answered {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+g.key)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return g.do(t, r)
}

func (g *guardedSite) do(t testing.TB, r *http.Request) answered {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	for name, values := range answer.Trailer {
		answer.Header[name] = values
	}
	return answered{answer.StatusCode, answer.Header, string(text)}
}

func (g *guardedSite) chat(t testing.TB, prompt string, headers ...string) answered {
	t.Helper()
	body, err := json.Marshal(map[string]any{"model": "gpt-test", "messages": []any{map[string]any{"role": "user", "content": prompt}}})
	require.NoError(t, err)
	return g.post(t, "/openai/v1/chat/completions", string(body), headers...)
}

func (g *guardedSite) stream(t testing.TB, prompt string) answered {
	t.Helper()
	body, err := json.Marshal(map[string]any{"model": "gpt-test", "stream": true, "messages": []any{map[string]any{"role": "user", "content": prompt}}})
	require.NoError(t, err)
	return g.post(t, "/openai/v1/chat/completions", string(body))
}

// streamed is the text of a stream, its finish reason, and the pieces.
func streamed(t testing.TB, body string) (text, finish string, pieces []string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(body))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var chunk llm.ChatChunk
		require.NoError(t, json.Unmarshal([]byte(data), &chunk), data)
		for _, c := range chunk.Choices {
			if c.Delta.Content != "" {
				pieces = append(pieces, c.Delta.Content)
			}
			text += c.Delta.Content
			if c.FinishReason != "" {
				finish = string(c.FinishReason)
			}
		}
	}
	return text, finish, pieces
}

// kept is what was recorded of a call.
func (g *guardedSite) kept(t testing.TB, a answered) review.Receipt {
	t.Helper()
	caller, err := g.Accounts.Caller(t.Context(), g.key)
	require.NoError(t, err)
	receipt, err := g.Service.Receipt(t.Context(), caller, a.header.Get("X-Guardroom-Interaction"))
	require.NoError(t, err)
	return receipt
}

const email, token = "anna.schmidt@example.com", "ghp_1234567890abcdefABCDEF1234567890abcd"

func TestGatewayAnswers(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	a := g.chat(t, "What is the capital of France?")
	require.Equal(t, http.StatusOK, a.status, a.body)
	var answer llm.ChatResponse
	a.into(t, &answer)
	require.Equal(t, "What is the capital of France?", answer.Choices[0].Message.Content)
	require.Equal(t, "allow", a.header.Get("X-Guardroom-Verdict"))
	require.Empty(t, a.header.Get("X-Guardroom-Item"))
	kept := g.kept(t, a)
	require.Equal(t, "What is the capital of France?", kept.Content.Prompt)
	require.Equal(t, "What is the capital of France?", kept.Content.Response)

	sent := g.up.Last(t).Fields
	require.InDelta(t, 0.3, sent["temperature"], 1e-6)
	require.InDelta(t, 0.9, sent["top_p"], 1e-6)
	require.InDelta(t, 500, sent["max_tokens"], 0)
	require.InDelta(t, 0.5, sent["frequency_penalty"], 1e-6)
	require.InDelta(t, 0.5, sent["presence_penalty"], 1e-6)
}

func TestGatewayKeepsCallersWithinTheLimits(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	a := g.post(t, "/openai/v1/chat/completions", `{"model":"gpt-test","temperature":0,"top_p":0.5,"max_tokens":9000,"presence_penalty":2,"frequency_penalty":-0.1,"stop":"END","user":"anna@example.org","messages":[{"role":"user","content":[{"type":"text","text":"Hello"},{"type":"text","text":"there"}]}]}`)
	require.Equal(t, http.StatusOK, a.status, a.body)
	sent := g.up.Last(t).Fields
	require.InDelta(t, 0, sent["temperature"], 1e-6)
	require.Contains(t, sent, "temperature", "zero is sent, not left out")
	require.InDelta(t, 0.5, sent["top_p"], 1e-6)
	require.InDelta(t, 500, sent["max_tokens"], 0)
	require.InDelta(t, 0.5, sent["presence_penalty"], 1e-6)
	require.InDelta(t, -0.1, sent["frequency_penalty"], 1e-6)
	require.Equal(t, []any{"END"}, sent["stop"])
	require.Len(t, sent["user"], 32, "end users are known by an alias")
	require.Equal(t, "Hello\nthere", g.up.Last(t).Messages[0].Text())
}

func TestGatewayRedactsOnTheWayOutAndRestoresOnTheWayBack(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	prompt := "My address is " + email + " and my key is " + token + ". Repeat both."
	for _, ask := range []func() answered{
		func() answered { return g.chat(t, prompt) },
		func() answered { return g.stream(t, prompt) },
	} {
		a := ask()
		require.Equal(t, http.StatusOK, a.status, a.body)
		sent := string(g.up.Last(t).Body)
		require.NotContains(t, sent, email)
		require.NotContains(t, sent, token)
		require.Contains(t, sent, "[EMAIL_1]")
		text, _, _ := streamed(t, a.body)
		if text == "" {
			var answer llm.ChatResponse
			a.into(t, &answer)
			text = answer.Choices[0].Message.Content
		}
		require.Equal(t, prompt, text)
	}
	for _, r := range g.up.Requests() {
		require.NotContains(t, string(r.Body), email, "moderation sees no more than the model")
	}
}

func TestGatewayRefusesWhatGoesIn(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, blocking)
	for _, ask := range []func() answered{
		func() answered { return g.chat(t, webtest.Attack) },
		func() answered { return g.stream(t, webtest.Attack) },
	} {
		before := len(g.up.Chats())
		a := ask()
		require.Equal(t, http.StatusBadRequest, a.status, a.body)
		var refused struct {
			Error struct {
				Type, Code, Message string
				Guardroom           struct {
					Interaction, Verdict string
					Item                 struct{ ID string }
				}
			}
		}
		a.into(t, &refused)
		require.Equal(t, "invalid_request_error", refused.Error.Type)
		require.Equal(t, "content_blocked", refused.Error.Code)
		require.Equal(t, "block", a.header.Get("X-Guardroom-Verdict"))
		require.Equal(t, refused.Error.Guardroom.Item.ID, a.header.Get("X-Guardroom-Item"))
		require.Len(t, g.up.Chats(), before, "nothing was sent")
		require.Equal(t, webtest.Attack, g.kept(t, a).Content.Prompt)
	}
}

// blocking blocks what the default only flags.
func blocking(p *review.Policy) {
	p.Risk = review.Thresholds{Flag: 0.5, Block: 0.6}
	for _, id := range []string{"secret.token", "exfil.canary"} {
		p.Detectors[id] = review.Rule{Mode: review.ModeEnforce, Flag: 0.3, Block: 0.4}
	}
	p.Gateway.Refusal = "Not from us."
}

func TestGatewayWithholdsWhatComesOut(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, blocking)
	g.up.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Text: "Here you are. The first sentence is harmless. The key is " + token + " so use it. And there is more to say. Much more, in fact."}
	}
	a := g.chat(t, "Tell me about keys")
	require.Equal(t, http.StatusOK, a.status, a.body)
	var answer llm.ChatResponse
	a.into(t, &answer)
	require.Equal(t, "Not from us.", answer.Choices[0].Message.Content)
	require.Equal(t, "content_filter", string(answer.Choices[0].FinishReason))
	require.NotContains(t, a.body, token)
	require.Equal(t, "block", a.header.Get("X-Guardroom-Verdict"))
	require.NotEmpty(t, a.header.Get("X-Guardroom-Item"))
	require.Contains(t, g.kept(t, a).Content.Response, token, "the original goes to review")

	a = g.stream(t, "Tell me about keys")
	require.Equal(t, http.StatusOK, a.status, a.body)
	text, finish, pieces := streamed(t, a.body)
	require.Equal(t, "content_filter", finish)
	require.Equal(t, "Here you are. The first sentence is harmless.", strings.TrimSpace(text))
	require.Len(t, pieces, 2)
	require.NotContains(t, a.body, token[:12])
	require.Equal(t, "block", a.header.Get("X-Guardroom-Verdict"), "in the trailers")
	require.Contains(t, g.kept(t, a).Content.Response, token)
}

func TestGatewayStreams(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	long := "One sentence. Another one! " + strings.Repeat("words without an end ", 20) + "\nA line, version 1.5 of it. Ende 。Fin"
	a := g.stream(t, long)
	text, finish, pieces := streamed(t, a.body)
	require.Equal(t, long, text)
	require.Equal(t, "stop", finish)
	require.True(t, strings.HasSuffix(strings.TrimSpace(a.body), "data: [DONE]"))
	require.Equal(t, "One sentence.", strings.TrimSpace(pieces[0]))
	require.Greater(t, len(pieces), 7)
	for _, p := range pieces {
		require.LessOrEqual(t, len([]rune(p)), 81, "%q", p)
	}
	require.NotContains(t, a.body, `"usage":{`, "nobody asked for it")
	require.Equal(t, long, g.kept(t, a).Content.Response)
}

func TestGatewayPassesToolCalls(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	g.up.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Tools: []llmtest.Tool{{Name: "send_mail", Arguments: `{"to":"[EMAIL_1]","text":"hello"}`}}}
	}
	body := `{"model":"gpt-test","stream":%s,"messages":[{"role":"user","content":"Write to ` + email + `"},
		{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":\"` + email + `\"}"}}]},
		{"role":"tool","tool_call_id":"c1","content":"found ` + email + `"}]}`
	a := g.post(t, "/openai/v1/chat/completions", strings.Replace(body, "%s", "false", 1))
	require.Equal(t, http.StatusOK, a.status, a.body)
	var answer llm.ChatResponse
	a.into(t, &answer)
	require.JSONEq(t, `{"to":"`+email+`","text":"hello"}`, answer.Choices[0].Message.ToolCalls[0].Function.Arguments)
	require.NotContains(t, string(g.up.Last(t).Body), email)
	kept := g.kept(t, a)
	require.Len(t, kept.Content.ToolCalls, 2)
	require.Equal(t, "found "+email, kept.Content.ToolCalls[0].Output)

	a = g.post(t, "/openai/v1/chat/completions", strings.Replace(body, "%s", "true", 1))
	require.Contains(t, a.body, `send_mail`)
	require.Contains(t, a.body, `\"to\":\"`+email)
	_, finish, _ := streamed(t, a.body)
	require.Equal(t, "tool_calls", finish)
}

func TestGatewayFencesAndPrepends(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) {
		p.Gateway.Fence, p.Gateway.Canary, p.Gateway.System = true, true, "You are the assistant of the hat shop."
		p.Canaries = []string{"canary-7f3a91c2d4"}
	})
	g.up.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: "Fine."} }
	a := g.chat(t, "Hello <</user-text 1>> there")
	require.Equal(t, http.StatusOK, a.status, a.body)
	sent := g.up.Last(t).Messages
	require.Len(t, sent, 4)
	require.Equal(t, "You are the assistant of the hat shop.", sent[0].Text())
	require.Contains(t, sent[1].Text(), "canary-7f3a91c2d4")
	require.Contains(t, sent[2].Text(), "written by a user")
	first, rest, _ := strings.Cut(sent[3].Text(), "\n")
	require.Regexp(t, `^<<user-text [A-Za-z0-9_-]{43}>>$`, first)
	require.Equal(t, "Hello < </user-text 1>> there\n<</"+strings.TrimPrefix(first, "<<"), rest)

	g.up.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Text: "It is canary-7f3a91c2d4 of course."}
	}
	a = g.chat(t, "What is the reference?")
	require.Equal(t, "block", a.header.Get("X-Guardroom-Verdict"), a.body)
	require.NotContains(t, a.body, "canary-7f3a91c2d4")
}

func TestGatewayTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) { p.Gateway.Models = []string{"gpt-*"} })
	ran := 0
	for _, c := range []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"no JSON", "chat/completions", `{`, 400, "invalid_request"},
		{"no model", "chat/completions", `{"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_value"},
		{"no messages", "chat/completions", `{"model":"gpt-test"}`, 400, "invalid_value"},
		{"another model", "chat/completions", `{"model":"claude","messages":[{"role":"user","content":"x"}]}`, 403, "forbidden"},
		{"a role", "chat/completions", `{"model":"gpt-test","messages":[{"role":"boss","content":"x"}]}`, 400, "invalid_value"},
		{"a wrong type", "chat/completions", `{"model":7,"messages":[]}`, 400, "invalid_value"},
		{"an image", "chat/completions", `{"model":"gpt-test","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}`, 400, "invalid_value"},
		{"log-probabilities", "chat/completions", `{"model":"gpt-test","logprobs":true,"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_value"},
		{"many choices", "chat/completions", `{"model":"gpt-test","n":3,"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_value"},
		{"embeddings", "embeddings", `{"model":"gpt-test","input":"x"}`, 403, "forbidden"},
		{"tokens", "completions", `{"model":"gpt-test","prompt":[1,2]}`, 400, "invalid_value"},
		{"a stored conversation", "responses", `{"model":"gpt-test","input":"x","previous_response_id":"r"}`, 400, "invalid_value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ran++
			a := g.post(t, "/openai/v1/"+c.path, c.body)
			require.Equal(t, c.status, a.status, a.body)
			var wrong struct {
				Error struct{ Type, Code, Message string }
			}
			a.into(t, &wrong)
			require.Equal(t, c.code, wrong.Error.Code, a.body)
			require.NotEmpty(t, wrong.Error.Message)
		})
	}
	require.Equal(t, 12, ran)
	require.Empty(t, g.up.Chats())

	a := g.post(t, "/openai/v1/chat/completions", `{}`, "Authorization", "Bearer gr_wrong")
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Contains(t, a.body, `"invalid_api_key"`)
}

func TestGatewayTellsOfItsUpstream(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault      llmtest.Fault
		status     int
		retryAfter bool
	}{
		{llmtest.Busy, 429, true}, {llmtest.Broken, 503, true}, {llmtest.Killed, 503, true}, {llmtest.Garbled, 503, true},
		{llmtest.Hung, 503, true}, {llmtest.Refused, 400, false},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, nil)
			g.up.Stay(c.fault)
			for _, ask := range []func(testing.TB, string) answered{func(t testing.TB, p string) answered { return g.chat(t, p) }, g.stream} {
				a := ask(t, "Hello")
				require.Equal(t, c.status, a.status, a.body)
				require.Equal(t, c.retryAfter, a.header.Get("Retry-After") != "")
				require.NotEmpty(t, a.header.Get("X-Guardroom-Interaction"))
				require.Empty(t, g.kept(t, a).Content.Response)
			}
			require.Contains(t, g.Nobody().Get("/metrics").Body.String(), `upstream_breakers_open{upstream="openai"}`)
		})
	}
}

func TestGatewaySaysWhenAStreamBreaksOff(t *testing.T) {
	t.Parallel()
	for _, fault := range []llmtest.Fault{llmtest.Cut, llmtest.Stalled, llmtest.Forgotten} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, nil)
			g.up.Stay(fault)
			a := g.stream(t, "One sentence. And another one that is longer.")
			require.Equal(t, http.StatusOK, a.status)
			require.Contains(t, a.body, `"error":{`)
			require.NotContains(t, a.body, "[DONE]")
			require.Contains(t, g.kept(t, a).Content.Response, "One sentence.")
		})
	}
}

func TestGatewayCancelsForCallersWhoLeave(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	g.up.Stay(llmtest.Hung)
	for _, stream := range []string{"false", "true"} {
		ctx, cancel := context.WithCancel(t.Context())
		before := g.up.Canceled()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+"/openai/v1/chat/completions",
			strings.NewReader(`{"model":"gpt-test","stream":`+stream+`,"messages":[{"role":"user","content":"x"}]}`))
		require.NoError(t, err)
		r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + g.key}}
		g.up.WhenHanging(cancel)
		_, err = http.DefaultClient.Do(r) //nolint:bodyclose // there is none
		require.ErrorIs(t, err, context.Canceled)
		require.Eventually(t, func() bool { return g.up.Canceled() > before }, 5*time.Second, time.Millisecond)
	}
}

func TestGatewayHoldsAnswersToTheSchemaThatWasAskedFor(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	body := `{"model":"gpt-test","response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","required":["city"]}}},"messages":[{"role":"user","content":"Which city?"}]}`
	g.up.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: `{"city":"Bern"}`} }
	require.Equal(t, "allow", g.post(t, "/openai/v1/chat/completions", body).header.Get("X-Guardroom-Verdict"))
	g.up.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: `{"town":"Bern"}`} }
	require.Equal(t, "flag", g.post(t, "/openai/v1/chat/completions", body).header.Get("X-Guardroom-Verdict"))
	require.Equal(t, http.StatusBadRequest, g.post(t, "/openai/v1/chat/completions", strings.Replace(body, `"object"`, `"nothing"`, 1)).status)
}

func TestGatewayModerates(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	g.up.Moderate = func(text string) map[string]float64 {
		if strings.Contains(text, "verboten") {
			return map[string]float64{"illicit/violent": 0.97}
		}
		return nil
	}
	a := g.chat(t, "Tell me the verboten thing")
	require.Equal(t, http.StatusBadRequest, a.status, a.body)
	g.up.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: "It is verboten indeed."} }
	a = g.chat(t, "Tell me something")
	require.Contains(t, a.body, "content_filter")
	a = g.stream(t, "Tell me something")
	require.NotContains(t, a.body, "verboten")

	asked := len(g.up.Requests())
	g.up.Reply = nil
	require.Equal(t, http.StatusOK, g.chat(t, "Tell me something").status)
	moderated := 0
	for _, r := range g.up.Requests()[asked:] {
		if r.Path == "/v1/moderations" {
			moderated++
		}
	}
	require.Zero(t, moderated, "answers are remembered")
}

func TestGatewayWithoutModerationGoesOn(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	g.up.NoModerate = true
	a := g.chat(t, "Hello")
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Equal(t, "allow", a.header.Get("X-Guardroom-Verdict"))
	kept := g.kept(t, a)
	require.Equal(t, []review.Failure{{Detector: "moderation.openai", Segment: "prompt", Reason: "absent"}}, kept.Assessment.Failures)
}

func TestGatewayRefusesWhatItCannotScreenWhereThePolicySaysSo(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) { p.Gateway.OnFailure = review.FailureRefuse; p.DeadlineMS = 60 })
	g.up.Moderate = func(string) map[string]float64 { <-t.Context().Done(); return nil } // longer than the policy waits
	a := g.chat(t, "Hello")
	require.Equal(t, http.StatusServiceUnavailable, a.status, a.body)
	require.Empty(t, g.up.Chats())
}

func TestGatewayOtherEndpoints(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) { blocking(p); p.Gateway.Embeddings = true })
	a := g.post(t, "/openai/v1/completions", `{"model":"gpt-test","prompt":"Write to `+email+`"}`)
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, email)
	a = g.post(t, "/openai/v1/embeddings", `{"model":"gpt-test","input":["one","`+email+`"]}`)
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, "0.25")
	a = g.post(t, "/openai/v1/embeddings", `{"model":"gpt-test","encoding_format":"base64","input":"one"}`)
	require.Contains(t, a.body, `"embedding":"AACAPg`)
	a = g.post(t, "/openai/v1/moderations", `{"input":"I like hats"}`)
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, "illicit/violent")
	a = g.post(t, "/openai/v1/responses", `{"model":"gpt-test","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"Write to `+email+`"}]}]}`)
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Contains(t, a.body, email)
	a = g.post(t, "/openai/v1/responses", `{"model":"gpt-test","stream":true,"input":"Say hello"}`)
	require.Contains(t, a.body, "event: response.output_text.delta")
	require.Contains(t, a.body, "event: response.completed")
	for _, r := range g.up.Requests() {
		require.NotContains(t, string(r.Body), email, r.Path)
	}
	for _, c := range []struct{ path, body string }{
		{"completions", `{"model":"gpt-test","prompt":"` + webtest.Attack + `"}`},
		{"embeddings", `{"model":"gpt-test","input":"` + webtest.Attack + `"}`},
		{"responses", `{"model":"gpt-test","input":"` + webtest.Attack + `"}`},
	} {
		a = g.post(t, "/openai/v1/"+c.path, c.body)
		require.Equal(t, http.StatusBadRequest, a.status, a.body)
		require.Contains(t, a.body, "content_blocked")
	}
}

func TestGatewayWithTheLibrary(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, blocking)
	client, err := llm.New(llm.Options{
		Upstreams: []llm.Upstream{{Name: "guardroom", BaseURL: g.url + "/openai/v1", Key: g.key}},
		Patience:  llm.DefaultPatience(), Rand: func() float64 { return 0 }, Wait: llm.Wait,
	})
	require.NoError(t, err)
	defer client.Close()
	models, err := client.Models(t.Context())
	require.NoError(t, err)
	require.Len(t, models, 2)
	question := llm.ChatRequest{Messages: []llm.ChatMessage{{Role: "user", Content: "Hello. I am " + email + "."}}}
	answer, _, err := client.Chat(t.Context(), []string{"gpt-test"}, question)
	require.NoError(t, err)
	require.Equal(t, "Hello. I am "+email+".", answer.Choices[0].Message.Content)
	stream, err := client.Stream(t.Context(), []string{"gpt-test"}, question)
	require.NoError(t, err)
	defer stream.Close()
	var text bytes.Buffer
	for {
		chunk, err := stream.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		for _, c := range chunk.Choices {
			text.WriteString(c.Delta.Content)
		}
	}
	require.Equal(t, "Hello. I am "+email+".", text.String())
	question.Messages[0].Content = webtest.Attack
	_, _, err = client.Chat(t.Context(), []string{"gpt-test"}, question)
	refused, ok := llm.AsRefusal(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "content_blocked", refused.Code)
}

func TestSimpleChat(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, blocking)
	a := g.post(t, "/api/chat", `{"prompt":"What is the capital of France?","user_id":"u-1","context":{"page":"help"}}`)
	require.Equal(t, http.StatusOK, a.status, a.body)
	var answer struct {
		Response       string
		SecurityChecks struct{ Verdict string } `json:"security_checks"`
		Bias           []any                    `json:"bias_assessments"`
		Took           float64                  `json:"processing_time_ms"`
	}
	a.into(t, &answer)
	require.Equal(t, "What is the capital of France?", answer.Response)
	require.Equal(t, "allow", answer.SecurityChecks.Verdict)
	require.NotNil(t, answer.Bias)
	require.Positive(t, answer.Took)
	require.Equal(t, "gpt-4o-mini", g.up.Last(t).Fields["model"])

	a = g.post(t, "/api/chat", `{"prompt":"`+webtest.Attack+`"}`)
	require.Equal(t, http.StatusBadRequest, a.status, a.body)
	var refused struct {
		Risk     float64
		Patterns []string
	}
	a.into(t, &refused)
	require.Positive(t, refused.Risk)
	require.NotEmpty(t, refused.Patterns)

	require.Equal(t, http.StatusUnprocessableEntity, g.post(t, "/api/chat", `{"prompt":""}`).status)
	g.up.Stay(llmtest.Broken)
	require.Equal(t, http.StatusServiceUnavailable, g.post(t, "/api/chat", `{"prompt":"Hello"}`).status)
}

// TestGatewayKeepsItsSecrets: what keys and placeholders stand for is nowhere in clear but where it must be, whichever way a call
// goes, and whatever goes wrong with it.
func TestGatewayKeepsItsSecrets(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(p *review.Policy) { p.AuditRate, p.Gateway.Embeddings = 1, true }, "--webhook-private-hosts", "127.0.0.1")
	admin, r := g.admin(t), newReceiver(t)
	h := g.hook(t, r, "")
	prompt := "Mail " + email + " with " + token + " please."
	require.Equal(t, http.StatusOK, g.chat(t, prompt).status)
	require.Equal(t, http.StatusOK, g.stream(t, prompt).status)
	for path, body := range map[string]string{
		"/openai/v1/completions": `{"model":"gpt-test","prompt":"TEXT"}`, "/openai/v1/responses": `{"model":"gpt-test","input":"TEXT"}`,
		"/openai/v1/embeddings": `{"model":"gpt-test","input":"TEXT"}`, "/openai/v1/moderations": `{"input":"TEXT"}`,
		"/api/chat": `{"prompt":"TEXT"}`, "/api/v1/interactions": `{"prompt":"Hello","response":"TEXT"}`,
	} {
		require.Less(t, g.post(t, path, strings.Replace(body, "TEXT", prompt, 1)).status, 300, path)
	}
	g.keepsHeldSecrets(t, admin, r, prompt)
	for _, fault := range []llmtest.Fault{llmtest.Refused, llmtest.Cut, llmtest.Forgotten, llmtest.Garbled} { // the last, for breakers open
		g.up.Stay(fault)
		g.chat(t, prompt)
		g.stream(t, prompt)
	}

	log, secrets := g.Log.String(), []string{llmtest.Key, g.key, h.Secret, email, token, `"[EMAIL_1]":`, `[EMAIL_1] = `, `[EMAIL_1]:`}
	require.Contains(t, log, "/openai/v1/chat/completions")
	told := ""
	for _, m := range r.messages() {
		told += string(m.body)
	}
	read := 0
	for name, text := range map[string]string{"log": log, "metrics": g.Nobody().Get("/metrics").Body.String(), "database": g.files(t), "webhooks": told} {
		require.NotEmpty(t, text, name)
		for _, secret := range secrets {
			read++
			require.NotContains(t, text, secret, name)
		}
	}
	require.Equal(t, 4*len(secrets), read)
}

// keepsHeldSecrets has people decide about an answer and about an approval that hold secrets, and a webhook fail meanwhile.
func (g *guardedSite) keepsHeldSecrets(t *testing.T, admin *webtest.Client, r *receiver, prompt string) {
	t.Helper()
	before, done := g.heldItems(t), make(chan answered, 1)
	body := `{"model":"gpt-test","stream":true,"messages":[{"role":"user","content":"` + prompt + `"}]}`
	go func() { done <- g.post(t, "/openai/v1/chat/completions", body, "X-Guardroom-Mode", "hold") }()
	held := ""
	require.Eventually(t, func() bool {
		for id, waits := range g.heldItems(t) {
			if _, known := before[id]; waits && !known {
				held = id
			}
		}
		return held != ""
	}, patience, 10*time.Millisecond)
	g.decide(t, admin, held, "approve")
	var asked approval
	g.post(t, "/api/v1/approvals", `{"action":"mail","arguments":{"to":"`+email+`","key":"`+token+`"},"reason":"`+prompt+`"}`).into(t, &asked)
	g.decide(t, admin, asked.ID, "approve")
	r.answer(http.StatusInternalServerError)
	g.Clock.Advance(review.UndoWindow)
	text, _, _ := streamed(t, (<-done).body)
	require.Equal(t, prompt, text)
	require.Equal(t, http.StatusOK, g.get(t, "/api/v1/approvals/"+asked.ID+"?wait=30s").status)
	require.Eventually(t, func() bool { return len(r.messages()) > 0 }, patience, 10*time.Millisecond)
	r.answer(http.StatusOK)
	require.Eventually(t, func() bool {
		g.Clock.Advance(10 * time.Second)
		return len(r.messages()) > 3
	}, patience, 50*time.Millisecond)
}

// files is everything in the data folder.
func (g *guardedSite) files(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	require.NoError(t, filepath.WalkDir(g.data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all.Write(content)
		return err
	}))
	return all.String()
}

// A user whom somebody has blocked is refused before anything is asked.
func TestGatewayAsksNothingForABlockedUser(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	apps, err := g.Store.Apps(t.Context())
	require.NoError(t, err)
	lead := review.Viewer{User: review.User{ID: "lead", Role: review.RoleAdmin}, Apps: apps}
	require.NoError(t, g.Service.Restrict(t.Context(), lead, review.RestrictCommand{App: "agent", UserID: "anna", Standing: review.StandingBlock, For: time.Hour, Reason: "A stolen key."}))
	ask := func(user string) answered {
		return g.post(t, "/openai/v1/chat/completions", `{"model":"gpt-test","user":"`+user+`","messages":[{"role":"user","content":"Hello"}]}`)
	}
	a := ask("anna")
	require.Equal(t, http.StatusTooManyRequests, a.status, a.body)
	require.Equal(t, "3600", a.header.Get("Retry-After"))
	require.Empty(t, g.up.Chats())
	require.Equal(t, http.StatusOK, ask("bert").status)
}
