package gateway

import (
	"errors"
	"time"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// Meter is told what happened, for metrics. It must be fast and safe for concurrent use.
type Meter interface {
	Guarded(endpoint, outcome string, upstream time.Duration)
}

// Deps is what a Gateway is made of. All fields are required.
type Deps struct {
	Service *review.Service
	Models  *llm.Client
	Meter   Meter
	Clock   review.Clock
	NewID   func() string // of Interactions
	Nonce   func() string // unguessable, for delimiters

	DefaultModel string // of callers who name none
}

// Gateway is safe for concurrent use.
type Gateway struct{ Deps }

// New checks that nothing is missing.
func New(d Deps) (*Gateway, error) {
	if d.Service == nil || d.Models == nil || d.Meter == nil || d.Clock == nil || d.NewID == nil || d.Nonce == nil {
		return nil, errors.New("gateway: a dependency is missing")
	}
	return &Gateway{d}, nil
}

// The outcomes that a Meter is told.
const (
	OutcomeAnswered = "answered"
	OutcomeRefused  = "refused"  // what went in
	OutcomeWithheld = "withheld" // what came out
	OutcomeLimited  = "limited"
	OutcomeFailed   = "failed"
	OutcomeGone     = "gone" // the caller went away
)

// Ticket is what a caller learns of a call beside the answer.
type Ticket struct {
	Interaction string
	Verdict     review.Verdict
	Item        *review.ItemRef
	Risk        float64
	Findings    []review.Finding
	HeldUntil   time.Time // a person has until then
	Policy      review.Policy
}

// Refused is a call whose input is not let through. It is an answer of the guard, not a failure.
type Refused struct{ Ticket Ticket }

// Error is for logs.
func (r *Refused) Error() string { return "gateway: the input was refused" }

// Failed is a call that was recorded and has no answer.
type Failed struct {
	Ticket Ticket
	cause  error
}

// Error is for logs.
func (f *Failed) Error() string { return "gateway: " + f.cause.Error() }

// Unwrap gives the cause, a review.Error.
func (f *Failed) Unwrap() error { return f.cause }

// Extra is what a caller of ours can say beside what the protocol has room for.
type Extra struct {
	UserID         string            `json:"user_id,omitempty"`
	SessionID      string            `json:"session_id,omitempty"`
	ConversationID string            `json:"conversation_id,omitempty"`
	Documents      []review.Document `json:"documents,omitempty"` // what was retrieved: the answer is held against it
	Context        rawObject         `json:"context,omitempty"`
}
