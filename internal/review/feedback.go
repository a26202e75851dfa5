package review

import "context"

// AddFeedback stores what the end user did with a response, when the App learned of
// it after the Interaction was submitted. The first Feedback counts as evidence; the
// same again changes nothing; other content is CodeConflict, because an Interaction
// and what is known of it never change under a reviewer.
func (s *Service) AddFeedback(ctx context.Context, caller Caller, interactionID string, f Feedback) ([]Intervention, error) {
	var bad invalidFields
	if f.validate(&bad, ""); len(bad) > 0 {
		return nil, bad.err()
	}
	policy, err := s.policy(ctx, caller.App.ID, caller.PolicyVersion)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var opened []Intervention
	err = s.Store.Write(ctx, func(tx Tx) error {
		opened = nil
		in, err := tx.Interaction(interactionID)
		if err == nil && in.AppID != caller.App.ID {
			err = Errorf(CodeNotFound, "there is no such interaction")
		}
		if err != nil {
			return err
		}
		first, err := tx.Feedback(interactionID)
		if err != nil {
			return err
		}
		if first != nil {
			return sameFeedback(*first, f)
		}
		if err := tx.PutFeedback(s.NewID(), in.ID, f, now); err != nil {
			return err
		}
		if err := tx.AppendEvent(event(now, caller.Actor(), "feedback.added", in.ID, in.AppID,
			feedbackDetail{Action: f.Action})); err != nil {
			return err
		}
		if err := s.recordOutcomes(tx, in, &f); err != nil {
			return err
		}
		opened, err = s.observeFeedback(tx, policy, in, f)
		return err
	})
	return opened, err
}

type feedbackDetail struct {
	Action FeedbackAction `json:"action"`
}

func sameFeedback(first, again Feedback) error {
	if string(mustJSON(first)) != string(mustJSON(again)) {
		return Errorf(CodeConflict, "feedback with other content was given before")
	}
	return nil
}

// observeFeedback lets the bias engine see the exchange again with the Feedback.
// What it had already seen without it (the prompt) is not counted twice.
func (s *Service) observeFeedback(tx Tx, policy Policy, in Interaction, f Feedback) ([]Intervention, error) {
	a, err := tx.Assessment(in.ID)
	if err != nil {
		return nil, err
	}
	var fresh []Observation
	for _, o := range s.Bias.Observe(in, &f) {
		if o.Segment == "" {
			fresh = append(fresh, o)
		}
	}
	in.CreatedAt = s.now()
	proposals, err := s.propose(tx, policy, in, fresh)
	if err != nil {
		return nil, err
	}
	return s.openInterventions(tx, policy, in, a, proposals)
}
