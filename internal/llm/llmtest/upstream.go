// Package llmtest is an OpenAI-compatible service for tests: it streams, calls tools, counts tokens, and fails in every
// way in which services fail.
package llmtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Key is the key that the service wants.
const Key = "sk-upstream-4f0c2b7d9e1a4c58"

// Fault is a way to fail.
type Fault string

// The faults.
const (
	Healthy   Fault = ""
	Busy      Fault = "429"       // with Retry-After, if the service is given one
	Broken    Fault = "500"       //
	Refused   Fault = "400"       // what was asked is wrong
	Hung      Fault = "hang"      // takes the request and says nothing
	Killed    Fault = "kill"      // closes the connection without an answer
	Cut       Fault = "cut"       // breaks off in the middle
	Stalled   Fault = "stall"     // says the beginning and then nothing
	Garbled   Fault = "garbage"   // 200 and no JSON
	Forgotten Fault = "forgotten" // a stream that ends without saying that it is done
)

// Answer is what the model says.
type Answer struct {
	Text   string
	Tools  []Tool
	Finish string // "stop" or "tool_calls" when empty
}

// Tool is a call that the model makes.
type Tool struct{ Name, Arguments string }

// Message is one message as it came.
type Message struct {
	Role    string `json:"role"`
	Content any    `json:"content"`
}

// Text is the message's text.
func (m Message) Text() string {
	switch content := m.Content.(type) {
	case string:
		return content
	case []any:
		var b strings.Builder
		for _, part := range content {
			if fields, ok := part.(map[string]any); ok {
				if text, ok := fields["text"].(string); ok {
					b.WriteString(text)
				}
			}
		}
		return b.String()
	}
	return ""
}

// Request is what came in.
type Request struct {
	Path   string
	Header http.Header
	Body   []byte
	Fields map[string]any // of the body

	Messages []Message
}

// Upstream is the service. Its fields may be set until the first request comes; functions change it afterwards.
type Upstream struct {
	URL        string               // with /v1
	Reply      func(Request) Answer // what the model says; by default it repeats the last message
	Piece      int                  // bytes in a piece of a stream; 0: 7
	Between    func()               // called between two pieces of a stream; may be nil
	RetryAfter time.Duration        // of Busy
	NoModerate bool                 // answers 404 to moderations
	Moderate   func(text string) map[string]float64

	hanging  func() // called when a request begins to hang; may be nil
	server   *httptest.Server
	mu       sync.Mutex
	faults   []Fault // of the next requests, one each
	standing Fault   // of all requests after those
	requests []Request
	released chan struct{}
	canceled int // requests whose caller went away
}

// WhenHanging says what is called when a request begins to hang, from now on.
func (u *Upstream) WhenHanging(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hanging = f
}

// Says sets Reply, also for requests that no goroutine of the test writes.
func (u *Upstream) Says(reply func(Request) Answer) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.Reply = reply
}

// Start runs a service until the test ends.
func Start(t testing.TB) *Upstream {
	t.Helper()
	u := &Upstream{released: make(chan struct{})}
	u.server = httptest.NewServer(http.HandlerFunc(u.serve))
	u.URL = u.server.URL + "/v1"
	t.Cleanup(u.Stop)
	return u
}

// Stop ends the service and everything that hangs in it.
func (u *Upstream) Stop() {
	u.mu.Lock()
	select {
	case <-u.released:
	default:
		close(u.released)
	}
	u.mu.Unlock()
	u.server.CloseClientConnections()
	u.server.Close()
}

// Fail lets the next requests fail, one in each way.
func (u *Upstream) Fail(faults ...Fault) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.faults = append(u.faults, faults...)
}

// Stay lets all requests fail in a way from now on; Healthy ends that.
func (u *Upstream) Stay(f Fault) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.standing = f
}

// Requests returns what came in so far.
func (u *Upstream) Requests() []Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.requests)
}

// Chats returns the requests for chat completions.
func (u *Upstream) Chats() []Request {
	return slices.DeleteFunc(u.Requests(), func(r Request) bool { return r.Path != "/v1/chat/completions" })
}

// Last is the last request for a chat completion.
func (u *Upstream) Last(t testing.TB) Request {
	t.Helper()
	chats := u.Chats()
	if len(chats) == 0 {
		t.Fatal("nothing was asked")
	}
	return chats[len(chats)-1]
}

// Canceled is how many callers went away before their answer was whole.
func (u *Upstream) Canceled() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.canceled
}

func (u *Upstream) next(r Request) Fault {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.requests = append(u.requests, r)
	if len(u.faults) > 0 {
		f := u.faults[0]
		u.faults = u.faults[1:]
		return f
	}
	return u.standing
}

func (u *Upstream) serve(w http.ResponseWriter, r *http.Request) {
	in := Request{Path: r.URL.Path, Header: r.Header.Clone()}
	var body struct {
		Messages []Message `json:"messages"`
	}
	var raw json.RawMessage
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
			sayError(w, http.StatusBadRequest, "invalid_request_error", "the body is no JSON")
			return
		}
		in.Body = raw
		_ = json.Unmarshal(raw, &in.Fields)
		_ = json.Unmarshal(raw, &body)
		in.Messages = body.Messages
	}
	fault := u.next(in)
	if r.Header.Get("Authorization") != "Bearer "+Key {
		sayError(w, http.StatusUnauthorized, "invalid_request_error", "Incorrect API key provided")
		return
	}
	if u.fail(w, r, fault) {
		return
	}
	switch in.Path {
	case "/v1/chat/completions":
		u.chat(w, r, in, fault)
	case "/v1/completions":
		u.completion(w, in)
	case "/v1/embeddings":
		u.embed(w, in)
	case "/v1/models":
		sayJSON(w, map[string]any{"object": "list", "data": []any{
			map[string]any{"id": "gpt-test", "object": "model", "created": 1, "owned_by": "tests"},
			map[string]any{"id": "gpt-other", "object": "model", "created": 1, "owned_by": "tests"},
		}})
	case "/v1/moderations":
		u.moderations(w, in)
	case "/v1/responses":
		u.responses(w, in)
	default:
		sayError(w, http.StatusNotFound, "invalid_request_error", "unknown path")
	}
}

// fail fails as a whole, before anything is said.
func (u *Upstream) fail(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch f {
	case Busy:
		if u.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.FormatFloat(u.RetryAfter.Seconds(), 'f', -1, 64))
		}
		sayError(w, http.StatusTooManyRequests, "rate_limit_exceeded", "slow down")
	case Broken:
		sayError(w, http.StatusInternalServerError, "server_error", "it broke")
	case Refused:
		sayError(w, http.StatusBadRequest, "invalid_request_error", "this is wrong")
	case Hung:
		u.hang(r)
	case Killed:
		panic(http.ErrAbortHandler)
	case Garbled:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("<html>\ndata: {]\n\n{]"))
	default:
		return false
	}
	return true
}

// hang waits until the caller goes away or the service ends.
func (u *Upstream) hang(r *http.Request) {
	u.mu.Lock()
	hanging := u.hanging
	u.mu.Unlock()
	if hanging != nil {
		hanging()
	}
	select {
	case <-r.Context().Done():
		u.mu.Lock()
		u.canceled++
		u.mu.Unlock()
	case <-u.released:
	}
}

func (u *Upstream) answer(in Request) Answer {
	u.mu.Lock()
	reply := u.Reply
	u.mu.Unlock()
	a := Answer{}
	switch {
	case reply != nil:
		a = reply(in)
	case len(in.Messages) > 0:
		a.Text = in.Messages[len(in.Messages)-1].Text()
	}
	if a.Finish == "" {
		a.Finish = "stop"
		if len(a.Tools) > 0 {
			a.Finish = "tool_calls"
		}
	}
	return a
}

func words(text string) int { return len(strings.Fields(text)) }

func (in Request) usage(a Answer) map[string]any {
	prompt := 0
	for _, m := range in.Messages {
		prompt += words(m.Text())
	}
	return map[string]any{"prompt_tokens": prompt, "completion_tokens": words(a.Text), "total_tokens": prompt + words(a.Text)}
}

func (a Answer) toolCalls(withIndex bool) []map[string]any {
	var out []map[string]any
	for i, tool := range a.Tools {
		call := map[string]any{"id": fmt.Sprintf("call_%d", i), "type": "function",
			"function": map[string]any{"name": tool.Name, "arguments": tool.Arguments}}
		if withIndex {
			call["index"] = i
		}
		out = append(out, call)
	}
	return out
}

func (u *Upstream) chat(w http.ResponseWriter, r *http.Request, in Request, fault Fault) {
	a := u.answer(in)
	if in.Fields["stream"] == true {
		u.stream(w, r, in, a, fault)
		return
	}
	message := map[string]any{"role": "assistant", "content": a.Text}
	if len(a.Tools) > 0 {
		message["tool_calls"] = a.toolCalls(false)
	}
	answer := map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": in.Fields["model"],
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": a.Finish}}, "usage": in.usage(a),
	}
	if fault == Cut || fault == Stalled {
		body, _ := json.Marshal(answer)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		if fault == Stalled {
			_ = http.NewResponseController(w).Flush()
			u.hang(r)
		}
		panic(http.ErrAbortHandler)
	}
	sayJSON(w, answer)
}

func (u *Upstream) stream(w http.ResponseWriter, r *http.Request, in Request, a Answer, fault Fault) {
	w.Header().Set("Content-Type", "text/event-stream")
	line := eventLine{w: w, model: in.Fields["model"], flush: http.NewResponseController(w).Flush}
	line.chunk(map[string]any{"role": "assistant", "content": ""}, nil)
	pieces := cutUp(a.Text, cmp.Or(u.Piece, 7))
	for i, piece := range pieces {
		if fault == Cut && i == (len(pieces)+1)/2 {
			panic(http.ErrAbortHandler)
		}
		if fault == Stalled && i == (len(pieces)+1)/2 {
			u.hang(r)
			return
		}
		if u.Between != nil && i > 0 {
			u.Between()
		}
		line.chunk(map[string]any{"content": piece}, nil)
		if line.err != nil || r.Context().Err() != nil {
			u.mu.Lock()
			u.canceled++
			u.mu.Unlock()
			return
		}
	}
	for i, call := range a.toolCalls(true) {
		arguments := a.Tools[i].Arguments
		call["function"] = map[string]any{"name": a.Tools[i].Name, "arguments": ""}
		line.chunk(map[string]any{"tool_calls": []any{call}}, nil)
		for _, piece := range cutUp(arguments, 5) {
			line.chunk(map[string]any{"tool_calls": []any{map[string]any{"index": i, "function": map[string]any{"arguments": piece}}}}, nil)
		}
	}
	if fault == Forgotten {
		return
	}
	line.chunk(map[string]any{}, a.Finish)
	if options, ok := in.Fields["stream_options"].(map[string]any); ok && options["include_usage"] == true {
		line.say(map[string]any{"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": line.model, "choices": []any{}, "usage": in.usage(a)})
	}
	_, _ = fmt.Fprint(w, "data: [DONE]\n\n")
}

// cutUp cuts a text into pieces of so many bytes, not minding characters but keeping them whole.
func cutUp(text string, size int) []string {
	var out []string
	for len(text) > 0 {
		n := min(size, len(text))
		for n < len(text) && text[n]&0xC0 == 0x80 {
			n++
		}
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

type eventLine struct {
	w     http.ResponseWriter
	model any
	flush func() error
	err   error
}

func (l *eventLine) chunk(delta map[string]any, finish any) {
	l.say(map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": l.model,
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
	})
}

func (l *eventLine) say(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	if _, err := fmt.Fprintf(l.w, "data: %s\n\n", body); err != nil {
		l.err = err
	}
	if err := l.flush(); err != nil {
		l.err = err
	}
}

func (u *Upstream) completion(w http.ResponseWriter, in Request) {
	prompt, _ := in.Fields["prompt"].(string)
	in.Messages = []Message{{Role: "user", Content: prompt}}
	a := u.answer(in)
	sayJSON(w, map[string]any{
		"id": "cmpl-1", "object": "text_completion", "created": 1, "model": in.Fields["model"],
		"choices": []any{map[string]any{"index": 0, "text": a.Text, "finish_reason": "stop", "logprobs": nil}}, "usage": in.usage(a),
	})
}

func (u *Upstream) embed(w http.ResponseWriter, in Request) {
	texts, isList := in.Fields["input"].([]any)
	if !isList {
		texts = []any{in.Fields["input"]}
	}
	var data []any
	for i := range texts {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": []float64{.25, .5, .75}})
	}
	sayJSON(w, map[string]any{"object": "list", "model": in.Fields["model"], "data": data,
		"usage": map[string]any{"prompt_tokens": len(texts), "total_tokens": len(texts)}})
}

func (u *Upstream) moderations(w http.ResponseWriter, in Request) {
	if u.NoModerate {
		sayError(w, http.StatusNotFound, "invalid_request_error", "unknown path")
		return
	}
	texts, isList := in.Fields["input"].([]any)
	if !isList {
		texts = []any{in.Fields["input"]}
	}
	var results []any
	for _, text := range texts {
		scores := map[string]float64{"hate": .001, "violence": .001, "illicit/violent": .001}
		if u.Moderate != nil {
			for category, score := range u.Moderate(fmt.Sprint(text)) {
				scores[category] = score
			}
		}
		categories, flagged := map[string]bool{}, false
		for category, score := range scores {
			categories[category] = score >= .5
			flagged = flagged || score >= .5
		}
		results = append(results, map[string]any{"flagged": flagged, "categories": categories, "category_scores": scores})
	}
	sayJSON(w, map[string]any{"id": "modr-1", "model": in.Fields["model"], "results": results})
}

func (u *Upstream) responses(w http.ResponseWriter, in Request) {
	text, _ := in.Fields["input"].(string)
	if items, ok := in.Fields["input"].([]any); ok && len(items) > 0 {
		if last, ok := items[len(items)-1].(map[string]any); ok {
			text = Message{Content: last["content"]}.Text()
		}
	}
	in.Messages = []Message{{Role: "user", Content: text}}
	a := u.answer(in)
	usage := in.usage(a)
	sayJSON(w, map[string]any{
		"id": "resp_1", "object": "response", "created_at": 1, "model": in.Fields["model"], "status": "completed",
		"output": []any{map[string]any{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
			"content": []any{map[string]any{"type": "output_text", "text": a.Text, "annotations": []any{}}}}},
		"usage": map[string]any{"input_tokens": usage["prompt_tokens"], "output_tokens": usage["completion_tokens"], "total_tokens": usage["total_tokens"]},
	})
}

func sayJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func sayError(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"type": kind, "code": kind, "param": nil, "message": message}})
}
