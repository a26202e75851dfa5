// Package client calls Guardroom's API for applications: exchanges, what was decided about them, approvals and webhooks.
//
// The calls and their types are made from the OpenAPI document that every server has at /api/openapi.json. What is below
// /openai/v1 is called by any OpenAI client instead: its base URL is the server's address with /openai/v1, its API key
// the App's.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// longest is how long an answer may take: a question can wait a minute for a person.
const longest = 90 * time.Second

// New makes a client of the server at the address, such as "https://guardroom.example.org", for the App that the key
// belongs to. It is safe for concurrent use.
func New(address, key string, options ...ClientOption) (*ClientWithResponses, error) {
	own := []ClientOption{
		WithHTTPClient(&http.Client{Timeout: longest}),
		WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+key)
			return nil
		}),
	}
	return NewClientWithResponses(address, append(own, options...)...)
}

// Answer is what every call returns.
type Answer interface {
	StatusCode() int
	GetBody() []byte
}

// Refusal returns the *Problem for which the server refused a call, or nil when it did what was asked.
func Refusal(a Answer) error {
	if a.StatusCode() < http.StatusBadRequest {
		return nil
	}
	problem := &Problem{}
	if json.Unmarshal(a.GetBody(), problem) != nil || problem.Status == 0 {
		// Something between here and the server answered.
		return &Problem{Status: a.StatusCode(), Title: http.StatusText(a.StatusCode())}
	}
	return problem
}

// Error says what is wrong.
func (p *Problem) Error() string {
	if p.Detail == nil {
		return fmt.Sprintf("%d %s", p.Status, p.Title)
	}
	return fmt.Sprintf("%d %s: %s", p.Status, p.Title, *p.Detail)
}
