package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/guardroom/guardroom/internal/review"
)

// Refusal is an upstream's answer that is no success. Its texts come from outside.
type Refusal struct {
	Status     int
	Type       string
	Code       string
	Param      string
	Message    string
	RetryAfter time.Duration // 0 when it did not say
}

// Error is for logs, and leaves the upstream's words out: they may quote what was sent.
func (r *Refusal) Error() string { return fmt.Sprintf("llm: status %d", r.Status) }

// AsRefusal returns the upstream's own refusal in the chain of an error.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// The bounds of what is read of a refusal.
const (
	maxRefusalBody = 64 << 10
	maxRefusalText = 1 << 10
)

// refusalOf reads an answer that is no success.
func refusalOf(answer *http.Response) *Refusal {
	r := &Refusal{Status: answer.StatusCode, RetryAfter: retryAfter(answer.Header)}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxRefusalBody))
	if err != nil {
		return r
	}
	var said struct {
		Error struct {
			Type    string `json:"type"`
			Code    any    `json:"code"`
			Param   any    `json:"param"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.NewDecoder(bytes.NewReader(body)).Decode(&said) == nil {
		r.Type, r.Message = bounded(said.Error.Type), bounded(said.Error.Message)
		r.Code, r.Param = plain(said.Error.Code), plain(said.Error.Param)
	}
	return r
}

func plain(v any) string {
	if text, ok := v.(string); ok {
		return bounded(text)
	}
	return ""
}

func bounded(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxRefusalText)], "\uFFFD")
}

// retryAfter reads how long an upstream wants to be left alone: retry-after-ms of OpenAI, or Retry-After of RFC 9110 in
// seconds or as a date.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		if sent, err := http.ParseTime(h.Get("Date")); err == nil && at.After(sent) {
			return at.Sub(sent)
		}
	}
	return 0
}

// failing tells whether an error says that the upstream is not well. A refusal of what was asked, and too many requests,
// say that it is.
func failing(err error) bool {
	if r, ok := AsRefusal(err); ok {
		return r.Status >= http.StatusInternalServerError && r.Status != http.StatusNotImplemented
	}
	return err != nil && !errors.Is(err, errCannotAsk)
}

// worthRepeating tells whether the same attempt may come right a little later.
func worthRepeating(err error) bool {
	if r, ok := AsRefusal(err); ok {
		return r.Status == http.StatusTooManyRequests || r.Status == http.StatusRequestTimeout || failing(err)
	}
	return !isOpen(err) && !errors.Is(err, errCannotAsk)
}

// worthGoingElsewhere tells whether another upstream or model could do what this one could not.
func worthGoingElsewhere(err error) bool {
	if r, ok := AsRefusal(err); ok {
		return r.Status == http.StatusNotFound || worthRepeating(err)
	}
	return !errors.Is(err, errCannotAsk)
}

func isOpen(err error) bool {
	return errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)
}

// errCannotAsk says that a request was not sent because the library refused it.
var errCannotAsk = errors.New("llm: the request cannot be sent")

// coded is the error as others see it. The cause keeps the Refusal.
func (c *Client) coded(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return review.Wrap(review.CodeUnavailable, errors.Join(ctx.Err(), err), "the call was given up")
	}
	r, refused := AsRefusal(err)
	switch {
	case errors.Is(err, errCannotAsk):
		return review.Wrap(review.CodeInvalid, err, "the model does not take these parameters")
	case refused && r.Status == http.StatusTooManyRequests:
		return limited(err, r.RetryAfter)
	case refused && !failing(err) && r.Status != http.StatusUnauthorized && r.Status != http.StatusForbidden:
		return review.Wrap(review.CodeInvalid, err, "the model's service refused the request")
	}
	return review.Unavailable(err, "the model cannot be reached now", c.options.Patience.Pause)
}

func limited(err error, after time.Duration) error {
	limit := review.Wrap(review.CodeRateLimited, err, "the model's service takes no more requests now")
	limit.RetryAfter = after
	return limit
}
