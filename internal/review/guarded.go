package review

import (
	"context"
	"time"
)

// Recording is what is known of a guarded call before it is stored.
type Recording struct {
	ID     string                        // of the Interaction, when the caller has been told it; "" for a new one
	Policy *Policy                       // that was screened by, when it is not the App's active one as it is
	Grant  *Grant                        // with which the call was admitted; nil when it was not
	Bulk   bool                          // it was submitted among many, after the fact
	Least  Verdict                       // what was acted on: the Verdict is not milder
	Unsent bool                          // what went in was refused, and no model was asked
	Hold   func(a Assessment) *HoldTerms // whether the answer waits for a person; may be nil
}

func (r Recording) hold(a Assessment) *HoldTerms {
	if r.Hold == nil {
		return nil
	}
	return r.Hold(a)
}

// HoldTerms are those on which an answer waits for a person.
type HoldTerms struct {
	Wait   time.Duration
	Reason string // why it is held, for the analyst; "" when the findings tell
}

func (h *HoldTerms) until(from time.Time) time.Time {
	if h == nil {
		return time.Time{}
	}
	return from.Add(h.Wait)
}

// SamplingHeld is the SamplingKind of Items that a call waits for.
const SamplingHeld = "held"

// heldLead puts held Items before all others in the queue: no rank of another is as low.
const heldLead = 20 * 365 * 24 * time.Hour

// hold lets a call wait for the Item: it is due when the call's time is over, and comes before all that can wait. It is
// judged by one person who sees everything, for the clock is running.
func (i *Item) hold(terms HoldTerms) {
	i.SamplingKind, i.Propensity = SamplingHeld, 1
	if terms.Reason != "" {
		i.Reason = terms.Reason
	}
	if i.Severity == SeverityLow || i.Severity == SeverityMedium {
		i.Severity = SeverityHigh
	}
	i.DueAt = i.CreatedAt.Add(terms.Wait)
	i.Rank = i.DueAt.Add(-heldLead).UnixMicro()
	i.Opinions = 1
}

// Held tells whether a call waits, or waited, for the Item.
func (i Item) Held() bool { return i.SamplingKind == SamplingHeld }

// recordingPolicy is the policy that screens what is recorded.
func (s *Service) recordingPolicy(ctx context.Context, caller Caller, rec Recording) (Policy, error) {
	if rec.Policy != nil {
		return *rec.Policy, nil
	}
	return s.policy(ctx, caller.App.ID, caller.PolicyVersion)
}

// CallerPolicy returns the active policy of the caller's App, for a call that is to be guarded. Its maps and lists are
// shared: whoever changes one makes a new one.
func (s *Service) CallerPolicy(ctx context.Context, caller Caller) (Policy, error) {
	return s.policy(ctx, caller.App.ID, caller.PolicyVersion)
}

// Assess screens texts under a policy and stores nothing.
func (s *Service) Assess(ctx context.Context, segments []Segment, policy Policy) Assessment {
	return s.screen(ctx, segments, policy)
}

// AssessAmong screens one text beside others that were screened before, and stores nothing.
func (s *Service) AssessAmong(ctx context.Context, segment Segment, others []Segment, policy Policy) Assessment {
	ctx, cancel := context.WithTimeout(ctx, policy.Deadline())
	defer cancel()
	return assess(s.Screener.ScreenAmong(ctx, segment, others, policy), policy)
}
