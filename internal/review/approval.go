package review

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// The bounds of a request for approval.
const (
	maxActionBytes    = maxIDBytes
	maxArgumentsBytes = 256 << 10
	maxApprovalReason = 4 << 10
	approvalEvery     = 250 * time.Millisecond // how often a wait looks
)

// ApprovalRequest asks whether something may be done.
type ApprovalRequest struct {
	Action    string          `json:"action"`    // what is to be done, such as the name of a tool
	Arguments json.RawMessage `json:"arguments"` // with what
	Reason    string          `json:"reason"`    // why, in the words of who asks
	Context   json.RawMessage `json:"context"`
	UserID    string          `json:"user_id"`
	SessionID string          `json:"session_id"`
	Model     string          `json:"model"`
}

// ApprovalState is how a request for approval, or a held answer, stands.
type ApprovalState string

// The states.
const (
	ApprovalWaiting  ApprovalState = "waiting"
	ApprovalApproved ApprovalState = "approved"
	ApprovalRefused  ApprovalState = "refused"
	ApprovalExpired  ApprovalState = "expired" // nobody decided in time
)

// Approval is what is known of an Item that something waits for. Once the State is not waiting any more it stays.
type Approval struct {
	ItemID        string
	InteractionID string
	State         ApprovalState
	Allowed       bool // what it waits for may be done: approved, or expired where the policy says so
	Expiry        ExpiryMode
	ExpiresAt     time.Time
	DecidedAt     time.Time // zero when nobody decided
	Reason        string    // of who decided
}

func (r ApprovalRequest) validate() error {
	var bad invalidFields
	switch {
	case r.Action == "" || len(r.Action) > maxActionBytes:
		bad.addf("action", "must have 1 to %d bytes", maxActionBytes)
	case strings.ContainsFunc(r.Action, invisible):
		bad.addf("action", "must not have control or invisible characters")
	}
	if len(r.Arguments) > maxArgumentsBytes {
		bad.addf("arguments", "must have at most %d bytes", maxArgumentsBytes)
	}
	if len(r.Reason) > maxApprovalReason {
		bad.addf("reason", "must have at most %d bytes", maxApprovalReason)
	}
	return bad.err()
}

// AskApproval stores what is asked for, and opens the Item in which a person decides about it. It is held whatever the
// guard says of it: a person is wanted.
func (s *Service) AskApproval(ctx context.Context, caller Caller, r ApprovalRequest) (Approval, error) {
	if err := r.validate(); err != nil {
		return Approval{}, err
	}
	policy, err := s.CallerPolicy(ctx, caller)
	if err != nil {
		return Approval{}, err
	}
	sub := Submission{
		UserID: r.UserID, SessionID: r.SessionID, Model: r.Model, Response: r.Reason, Context: r.Context,
		ToolCalls: []ToolCall{{Name: r.Action, Arguments: r.Arguments}},
	}
	terms := HoldTerms{Wait: policy.Gateway.Hold.Wait(), Reason: "The application asks whether it may do this."}
	receipt, err := s.Record(ctx, caller, sub, Recording{Hold: func(Assessment) *HoldTerms { return &terms }})
	if err != nil {
		return Approval{}, err
	}
	return Approval{
		ItemID: receipt.Item.ID, InteractionID: receipt.ID, State: ApprovalWaiting,
		Expiry: policy.Gateway.Hold.Expiry(), ExpiresAt: receipt.HeldUntil,
	}, nil
}

// Approval tells how it stands with an Item that something of the caller's App waits for.
func (s *Service) Approval(ctx context.Context, caller Caller, itemID string) (Approval, error) {
	item, decisions, err := s.Store.HeldItem(ctx, caller.App.ID, itemID)
	if err != nil {
		return Approval{}, err
	}
	policy, err := s.policy(ctx, item.AppID, item.PolicyVersion)
	if err != nil {
		return Approval{}, err
	}
	return approvalOf(item, decisions, policy.Gateway.Hold.Expiry(), s.now()), nil
}

// approvalOf reads how it stands from the Decisions: the first one that was made in time and was not undone counts, from
// when it can no longer be undone. So the answer never changes once it was given.
func approvalOf(item Item, decisions []DecisionView, expiry ExpiryMode, now time.Time) Approval {
	a := Approval{ItemID: item.ID, InteractionID: item.InteractionID, State: ApprovalWaiting, Expiry: expiry, ExpiresAt: item.DueAt}
	for _, d := range decisions {
		if d.Undone != nil || d.CreatedAt.After(item.DueAt) || d.Judgement != JudgeApprove && d.Judgement != JudgeBlock {
			continue
		}
		if now.Before(d.CreatedAt.Add(UndoWindow)) {
			return a
		}
		a.State, a.Allowed = ApprovalRefused, false
		if d.Judgement == JudgeApprove {
			a.State, a.Allowed = ApprovalApproved, true
		}
		a.DecidedAt, a.Reason = d.CreatedAt, d.Reason
		return a
	}
	if !now.Before(item.DueAt) {
		a.State, a.Allowed = ApprovalExpired, expiry == ExpireAnswer
	}
	return a
}

// AwaitApproval waits until an Item that something waits for is settled, or for as long as the caller wants to. It is no
// error when the time is over.
func (s *Service) AwaitApproval(ctx context.Context, caller Caller, itemID string, atMost time.Duration) (Approval, error) {
	over, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	tick := time.NewTicker(approvalEvery)
	defer tick.Stop()
	for {
		a, err := s.Approval(ctx, caller, itemID)
		if err != nil || a.State != ApprovalWaiting {
			return a, err
		}
		select {
		case <-tick.C:
		case <-over.Done():
			if ctx.Err() != nil {
				return a, Wrap(CodeUnavailable, ctx.Err(), "the wait was given up")
			}
			return a, nil
		}
	}
}
