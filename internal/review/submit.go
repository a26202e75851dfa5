package review

import (
	"context"
	"slices"
	"time"
)

// Receipt is the answer to a Submission.
type Receipt struct {
	ID            string
	Assessment    Assessment
	Content       Content // for the sanitized texts
	Interventions []Intervention
	Item          *ItemRef    // the Item of kind interaction or audit, if there is one
	Repeated      bool        // the external id was known already: this is the first answer
	HeldUntil     time.Time   // a person has until then to decide on the Item; zero when nothing waits for that
	Allowances    []Allowance // how the caller stands with quotas and budget
}

// ItemRef points to an Item.
type ItemRef struct {
	ID    string
	State ItemState
}

// Submit screens one exchange, stores everything that follows from it in one
// durable transaction and answers. A Submission whose external id is known returns
// the first answer, or CodeConflict when its content differs.
func (s *Service) Submit(ctx context.Context, caller Caller, sub Submission) (Receipt, error) {
	return s.Record(ctx, caller, sub, Recording{})
}

// Record is Submit for a call that was guarded: what is known of it already stands in the Recording.
func (s *Service) Record(ctx context.Context, caller Caller, sub Submission, rec Recording) (Receipt, error) {
	now := s.now()
	if err := sub.Validate(now); err != nil {
		return Receipt{}, err
	}
	hash := sub.hash()
	if r, found, err := s.repeated(ctx, caller, sub.ExternalID, hash); found || err != nil {
		return r, err
	}
	policy, err := s.recordingPolicy(ctx, caller, rec)
	if err != nil {
		return Receipt{}, err
	}
	draft := s.interaction(caller.App, sub, hash, now)
	if rec.ID != "" {
		draft.ID, draft.Unsent = rec.ID, rec.Unsent
	}
	grant, err := s.grant(ctx, caller, policy, draft, rec)
	if err != nil {
		return Receipt{}, err
	}
	screening, took := s.scan(ctx, draft.Content.Segments(), policy)
	assessment := s.watch(draft, policy, screening, grant.Findings)
	assessment.ScreeningUS = took
	assessment.Verdict = max(assessment.Verdict, rec.Least)
	observations := s.Bias.Observe(draft, sub.Feedback)
	sampled := s.Rand() < policy.AuditRate

	var receipt Receipt
	raced := false
	err = s.Store.Write(ctx, func(tx Tx) error {
		receipt = Receipt{ID: draft.ID, Assessment: assessment, Content: draft.Content, Allowances: grant.Allowances}
		if sub.ExternalID != "" {
			_, _, found, err := tx.FindExternal(draft.AppID, draft.ExternalID)
			if raced = found; found || err != nil {
				return err
			}
		}
		return s.store(tx, caller, policy, draft, sub.Feedback, observations, sampled, rec.hold(assessment), &receipt)
	})
	s.settled(grant, policy, draft, err == nil && !raced || rec.Grant != nil)
	if err != nil {
		return Receipt{}, err
	}
	if raced {
		r, _, err := s.repeated(ctx, caller, sub.ExternalID, hash)
		return r, err
	}
	s.Meter.Screened(receipt.Assessment)
	return receipt, nil
}

// repeated answers a Submission that was made before.
func (s *Service) repeated(ctx context.Context, caller Caller, externalID string, hash [32]byte) (Receipt, bool, error) {
	if externalID == "" {
		return Receipt{}, false, nil
	}
	id, firstHash, found, err := s.Store.FindExternal(ctx, caller.App.ID, externalID)
	if err != nil || !found {
		return Receipt{}, false, err
	}
	if firstHash != hash {
		return Receipt{}, true, Errorf(CodeConflict, "external_id was submitted before with other content")
	}
	r, err := s.Store.Receipt(ctx, caller.App.ID, id)
	r.Repeated = true
	return r, true, err
}

func (s *Service) interaction(app App, sub Submission, hash [32]byte, now time.Time) Interaction {
	occurred := now
	if sub.OccurredAt != nil {
		occurred = sub.OccurredAt.UTC().Truncate(time.Microsecond)
	}
	return Interaction{
		ID: s.NewID(), AppID: app.ID, ExternalID: sub.ExternalID,
		UserID: sub.UserID, SessionID: sub.SessionID, ConversationID: sub.ConversationID, Turn: sub.Turn,
		Model: sub.Model, ModelVersion: sub.ModelVersion,
		Content: sub.Content(), ContentHash: hash,
		Usage: sub.Usage, LatencyMS: sub.LatencyMS, Error: sub.Error, Context: sub.Context,
		OccurredAt: occurred, CreatedAt: now,
	}
}

// screen runs the guard and lets the policy decide.
func (s *Service) screen(ctx context.Context, segments []Segment, policy Policy) Assessment {
	screening, took := s.scan(ctx, segments, policy)
	a := assess(screening, policy)
	a.ScreeningUS = took
	return a
}

// scan runs the guard within the policy's deadline, and tells how many microseconds it took.
func (s *Service) scan(ctx context.Context, segments []Segment, policy Policy) (Screening, int64) {
	ctx, cancel := context.WithTimeout(ctx, policy.Deadline())
	defer cancel()
	start := s.Clock()
	screening := s.Screener.Screen(ctx, segments, policy)
	return screening, s.Clock().Sub(start).Microseconds()
}

// assess lets the policy decide on a screening.
func assess(screening Screening, policy Policy) Assessment {
	a := Assessment{
		Findings: screening.Findings, Failures: screening.Failures, Redactions: screening.Redactions,
		PolicyVersion: policy.Version,
	}
	a.Verdict, a.Risk = policy.Judge(screening)
	return a
}

// store writes what follows from one screening.
func (s *Service) store(tx Tx, caller Caller, policy Policy, in Interaction, feedback *Feedback,
	observations []Observation, sampled bool, hold *HoldTerms, receipt *Receipt) error {
	proposals, err := s.propose(tx, policy, in, observations)
	if err != nil {
		return err
	}
	guard := receipt.Assessment
	a := guard
	a.Findings = append(slices.Clip(a.Findings), textFindings(policy, observations)...)
	for _, p := range proposals {
		a.Findings = append(a.Findings, p.Finding)
	}
	receipt.Assessment = a
	if err := tx.PutInteraction(in, a); err != nil {
		return err
	}
	if feedback != nil {
		if err := tx.PutFeedback(s.NewID(), in.ID, *feedback, in.CreatedAt); err != nil {
			return err
		}
	}
	submitted := event(in.CreatedAt, caller.Actor(), "interaction.submitted", in.ID, in.AppID, submittedDetail{
		Verdict: a.Verdict.String(), PolicyVersion: a.PolicyVersion, ContentHash: hexHash(in.ContentHash),
	})
	if err := tx.AppendEvent(submitted); err != nil {
		return err
	}
	if item, ok := s.selectItem(policy, in, guard, sampled, hold); ok {
		if err := s.openItem(tx, item, a.Findings); err != nil {
			return err
		}
		receipt.Item, receipt.HeldUntil = &ItemRef{ID: item.ID, State: item.State}, hold.until(in.CreatedAt)
	}
	if err := s.recordOutcomes(tx, in, feedback); err != nil {
		return err
	}
	receipt.Interventions, err = s.openInterventions(tx, policy, in, a, proposals)
	return err
}

// textFindings are the Findings that observed texts carry by themselves, of detectors
// that the policy has not switched off.
func textFindings(policy Policy, observations []Observation) []Finding {
	var out []Finding
	for _, o := range observations {
		if o.Finding != nil && policy.Mode(o.Detector) != ModeOff {
			out = append(out, *o.Finding)
		}
	}
	return out
}

type submittedDetail struct {
	Verdict       string `json:"verdict"`
	PolicyVersion int    `json:"policy_version"`
	ContentHash   string `json:"content_hash"`
}
