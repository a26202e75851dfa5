// Package client calls Guardroom's API for applications: exchanges, what was decided about them, approvals and webhooks.
//
// The calls and their types are made from the OpenAPI document that every server has at /api/openapi.json. What is below
// /openai/v1 is called by any OpenAI client instead: its base URL is the server's address with /openai/v1, its API key
// the App's.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/httpsig"
)

// longest is how long an answer may take: a question can wait a minute for a person.
const longest = 90 * time.Second

// New makes a client of the server at the address, such as "https://guardroom.example.org", for the App that the key
// belongs to. It is safe for concurrent use.
func New(address, key string, options ...ClientOption) (*ClientWithResponses, error) {
	return with(address, func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+key)
		return nil
	}, options)
}

// NewSigned is New with a key that signs: each request is signed with it (RFC 9421), and the key itself is never sent.
// Nothing may change method, path, query or body of a request after that.
func NewSigned(address, key string, options ...ClientOption) (*ClientWithResponses, error) {
	parts := strings.Split(key, "_")
	if len(parts) != 3 || parts[0] != "gr" {
		return nil, errors.New("client: this is not an API key of Guardroom")
	}
	return with(address, func(_ context.Context, r *http.Request) error {
		body, err := bodyOf(r)
		if err != nil {
			return fmt.Errorf("client: read the body to sign it: %w", err)
		}
		return httpsig.Sign(r, body, parts[1], []byte(key), rand.Text(), time.Now())
	}, options)
}

func with(address string, edit RequestEditorFn, options []ClientOption) (*ClientWithResponses, error) {
	own := []ClientOption{WithHTTPClient(&http.Client{Timeout: longest}), WithRequestEditorFn(edit)}
	return NewClientWithResponses(address, append(own, options...)...)
}

// bodyOf reads the body of a request, which keeps it.
func bodyOf(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.ContentLength = int64(len(body))
	return body, nil
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
