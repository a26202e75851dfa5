package review

import (
	"context"
	"strings"
	"time"
)

// ReverseWindow is how long analysts can reverse a Decision of their own; leads always
// can, and anybody's.
const ReverseWindow = 24 * time.Hour

// ReverseCommand puts another Decision in the place of the standing one, which stays in
// the history of the Item.
type ReverseCommand struct {
	ItemID     string
	Version    int    // of the Item that the reviewer saw
	DecisionID string // the one that is reversed
	Judgement  Judgement
	Label      string
	Reason     string // always required: somebody was told otherwise
	Text       string // the Intervention's text
	FocusedMS  int64
}

// Reverse decides a decided Item anew, after UndoWindow: a new Decision that refers to
// the old one. The App is told. The same reversal posted twice is one.
func (s *Service) Reverse(ctx context.Context, v Viewer, cmd ReverseCommand) (Decision, error) {
	if !v.May(PermDecide) {
		return Decision{}, Errorf(CodeForbidden, "your role may not decide")
	}
	id, entryID := s.NewID(), s.NewID()
	var decision Decision
	repeated := false
	err := s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		item, err := visible(tx, v, cmd.ItemID)
		if err != nil {
			return err
		}
		old, err := standing(tx, item.ID)
		if err != nil {
			return err
		}
		if repeated = old != nil && old.Reverses == cmd.DecisionID && old.Actor == v.Actor() && old.Judgement == cmd.Judgement; repeated {
			decision = old.Decision
			return nil
		}
		if err := mayReverse(v, item, old, cmd, now); err != nil {
			return err
		}
		if decision, err = s.reversal(tx, v, item, cmd, id, now); err != nil {
			return err
		}
		if err := record(tx, item, decision); err != nil {
			return err
		}
		return tellReversed(tx, v, old.Decision, entryID, now)
	})
	if err != nil {
		return Decision{}, err
	}
	if !repeated {
		s.Meter.Decided(decision.Judgement)
	}
	return decision, nil
}

// standing returns the Decision that counts, nil when there is none.
func standing(tx Tx, itemID string) (*DecisionView, error) {
	decisions, err := tx.DecisionsOfItem(itemID)
	return StandingDecision(decisions), err
}

// StandingDecision is the one of an Item's Decisions that counts: the last that was not
// undone and is no opinion; nil when there is none.
func StandingDecision(decisions []DecisionView) *DecisionView {
	for i := len(decisions) - 1; i >= 0; i-- {
		if d := &decisions[i]; d.Undone == nil && d.Opinion == 0 {
			return d
		}
	}
	return nil
}

// MayReverse tells whether the viewer may reverse a standing Decision now.
func (d DecisionView) MayReverse(v Viewer, now time.Time) bool {
	own := d.Actor == v.Actor() && now.Before(d.CreatedAt.Add(ReverseWindow))
	return v.May(PermDecide) && (own || v.May(PermOversee)) && !now.Before(d.CreatedAt.Add(UndoWindow))
}

func mayReverse(v Viewer, item Item, old *DecisionView, cmd ReverseCommand, now time.Time) error {
	switch {
	case item.State != StateDecided || old == nil:
		return Errorf(CodeConflict, "this item is not decided")
	case old.ID != cmd.DecisionID || item.Version != cmd.Version:
		return Errorf(CodeConflict, "this item has changed since you opened it")
	case now.Before(old.CreatedAt.Add(UndoWindow)):
		return Errorf(CodeConflict, "this decision can still be undone; nobody has been told of it")
	case !old.MayReverse(v, now):
		return Errorf(CodeForbidden, "only a lead can reverse this decision now")
	case cmd.Judgement == JudgeEscalate:
		return Unprocessable([]FieldError{{"decision", "must be approve or block"}})
	case cmd.Judgement == old.Judgement:
		return Unprocessable([]FieldError{{"decision", "is what stands already"}})
	case strings.TrimSpace(cmd.Reason) == "":
		return Unprocessable([]FieldError{{"reason", "is required: somebody was told otherwise"}})
	}
	return nil
}

func (s *Service) reversal(tx Tx, v Viewer, item Item, cmd ReverseCommand, id string, now time.Time) (Decision, error) {
	policy, err := s.policyInForce(tx, item.AppID)
	if err != nil {
		return Decision{}, err
	}
	made := DecideCommand{
		ItemID: item.ID, Version: cmd.Version, Judgement: cmd.Judgement, Label: cmd.Label, Reason: cmd.Reason,
		Text: cmd.Text, FocusedMS: cmd.FocusedMS, reverses: cmd.DecisionID,
	}
	if err := made.validate(policy); err != nil {
		return Decision{}, err
	}
	return newDecision(tx, v.Actor(), item, made, policy, id, now)
}

// tellReversed tells who made the Decision that does not stand any more.
func tellReversed(tx Tx, v Viewer, old Decision, id string, now time.Time) error {
	if old.Actor.Kind != ActorUser || old.Actor == v.Actor() {
		return nil
	}
	return tx.PutInbox(InboxEntry{
		ID: id, UserID: old.Actor.ID, AppID: old.AppID, ItemID: old.ItemID, Kind: InboxReversed, Actor: v.Actor(), CreatedAt: now,
	})
}
