package review

import (
	"context"
	"errors"
	"time"
)

// MaxTogether bounds how many Items one batch decides, labels or hands over: it is one
// transaction, and everybody else's writes wait for it.
const MaxTogether = 500

// BatchItem is an Item as the reviewer saw it in a list.
type BatchItem struct {
	ID      string
	Version int
}

// BatchCommand is one judgement of many Items. The id comes with the form, so that one
// that is sent twice decides once.
type BatchCommand struct {
	ID         string // new for each form: NewBatchID
	Items      []BatchItem
	Judgement  Judgement
	Label      string
	Reason     string
	Confidence *float64
	FocusedMS  int64 // for all of them together
}

// LeftOut is an Item that a batch did not touch, and why.
type LeftOut struct {
	ItemID string
	Why    string // safe to show
}

// BatchResult is what became of a batch.
type BatchResult struct {
	ID      string
	Decided []Decision
	Left    []LeftOut
}

// NewBatchID makes the id that a form for a batch carries.
func (s *Service) NewBatchID() string { return s.NewID() }

func (c BatchCommand) validate() error {
	var bad invalidFields
	if c.ID == "" || len(c.ID) > maxIDBytes {
		bad.addf("batch", "must be the id that came with the form")
	}
	if len(c.Items) == 0 || len(c.Items) > MaxTogether {
		bad.addf("items", "must be between 1 and %d", MaxTogether)
	}
	return bad.err()
}

// of is the command for one of the Items; each gets its share of the time.
func (c BatchCommand) of(item BatchItem) DecideCommand {
	return DecideCommand{
		ItemID: item.ID, Version: item.Version, Judgement: c.Judgement, Label: c.Label, Reason: c.Reason,
		Confidence: c.Confidence, FocusedMS: c.FocusedMS / int64(len(c.Items)), batchID: c.ID,
	}
}

// DecideBatch writes one Decision for each Item that the viewer may decide now, all in
// one transaction. What others hold, what has changed and what wants to be looked at by
// itself is left out and said so. The same batch posted twice is one batch.
func (s *Service) DecideBatch(ctx context.Context, v Viewer, cmd BatchCommand) (BatchResult, error) {
	if !v.May(PermDecide) {
		return BatchResult{}, Errorf(CodeForbidden, "your role may not decide")
	}
	if err := cmd.validate(); err != nil {
		return BatchResult{}, err
	}
	ids := make([]string, len(cmd.Items))
	for i := range ids {
		ids[i] = s.NewID()
	}
	var result BatchResult
	repeated := false
	err := s.Store.Write(ctx, func(tx Tx) error {
		before, err := ownBatch(tx, v, cmd.ID)
		if err != nil {
			return err
		}
		if repeated = len(before) > 0; repeated {
			result = BatchResult{ID: cmd.ID, Decided: plain(before)}
			return nil
		}
		result, err = s.decideEach(tx, v, cmd, ids, s.now())
		return err
	})
	if err != nil {
		return BatchResult{}, err
	}
	if !repeated {
		for _, d := range result.Decided {
			s.Meter.Decided(d.Judgement)
		}
	}
	return result, nil
}

// decideEach decides what can be decided.
func (s *Service) decideEach(tx Tx, v Viewer, cmd BatchCommand, ids []string, now time.Time) (BatchResult, error) {
	result := BatchResult{ID: cmd.ID}
	seen := map[string]bool{}
	for i, one := range cmd.Items {
		if seen[one.ID] {
			continue
		}
		seen[one.ID] = true
		d, err := s.decideListed(tx, v, cmd.of(one), ids[i], now)
		switch CodeOf(err) {
		case "":
			result.Decided = append(result.Decided, d)
		case CodeConflict, CodeNotFound:
			result.Left = append(result.Left, LeftOut{ItemID: one.ID, Why: messageOf(err)})
		default:
			return BatchResult{}, err
		}
	}
	if len(result.Decided) == 0 {
		return result, nil
	}
	return result, tx.AppendEvent(event(now, v.Actor(), "batch.decided", cmd.ID, commonApp(result.Decided), batchDetail{
		Judgement: cmd.Judgement, Decided: len(result.Decided), Left: len(result.Left),
	}))
}

type batchDetail struct {
	Judgement Judgement `json:"judgement"`
	Decided   int       `json:"decided"`
	Left      int       `json:"left"`
}

// commonApp is the App of all the Decisions, "" when they belong to several.
func commonApp(decisions []Decision) string {
	app := decisions[0].AppID
	for _, d := range decisions {
		if d.AppID != app {
			return ""
		}
	}
	return app
}

// decideListed decides one Item of a list. Nothing is written before every check has
// passed, so that leaving it out leaves nothing behind.
func (s *Service) decideListed(tx Tx, v Viewer, cmd DecideCommand, id string, now time.Time) (Decision, error) {
	item, err := visible(tx, v, cmd.ItemID)
	if err != nil {
		return Decision{}, err
	}
	policy, err := s.policyInForce(tx, item.AppID)
	if err != nil {
		return Decision{}, err
	}
	if err := cmd.validateFor(policy, item); err != nil {
		return Decision{}, err
	}
	if err := s.mayTake(tx, v, item); err != nil {
		return Decision{}, err
	}
	if item.wantsOpinions(cmd.Judgement) {
		return Decision{}, Errorf(CodeConflict, "this item wants two independent opinions")
	}
	held, err := tx.Claim(item.ID)
	switch {
	case err != nil:
		return Decision{}, err
	case held.Live(now) && held.UserID != v.User.ID:
		return Decision{}, Errorf(CodeConflict, "%s holds this item", held.UserName)
	case item.Version != cmd.Version:
		return Decision{}, Errorf(CodeConflict, "this item has changed since you saw it")
	}
	d, err := newDecision(tx, v.Actor(), item, cmd, policy, id, now)
	if err != nil {
		return Decision{}, err
	}
	return d, record(tx, item, d)
}

// ownBatch returns the Decisions of a batch; CodeNotFound when they are another's.
func ownBatch(tx Tx, v Viewer, batchID string) ([]DecisionView, error) {
	decisions, err := tx.DecisionsOfBatch(batchID)
	if err != nil {
		return nil, err
	}
	for _, d := range decisions {
		if d.Actor != v.Actor() {
			return nil, Errorf(CodeNotFound, "there is no such batch")
		}
	}
	return decisions, nil
}

func plain(views []DecisionView) []Decision {
	out := make([]Decision, len(views))
	for i, d := range views {
		out[i] = d.Decision
	}
	return out
}

// UndoBatch takes the viewer's batch back within UndoWindow, all of it that stands. The
// Items go back to the queue, not to the viewer: nobody works on so many at once. It
// returns how many Decisions were taken back; a lead who has decided one of the Items
// since keeps that one.
func (s *Service) UndoBatch(ctx context.Context, v Viewer, batchID string) (undone int, err error) {
	if !v.May(PermDecide) {
		return 0, Errorf(CodeForbidden, "your role may not decide")
	}
	if batchID == "" || len(batchID) > maxIDBytes {
		return 0, Unprocessable([]FieldError{{"batch", "must be the id of a batch"}})
	}
	err = s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		undone = 0
		act, err := ownAct(tx, v, batchID)
		if err != nil {
			return err
		}
		if act != nil {
			undone, err = s.undoAct(tx, v, *act, now)
			return err
		}
		decisions, err := ownBatch(tx, v, batchID)
		if err != nil {
			return err
		}
		if len(decisions) == 0 {
			return Errorf(CodeNotFound, "there is no such batch")
		}
		for _, d := range decisions {
			if d.Undone != nil {
				continue
			}
			if !d.Undoable(v.User.ID, now) {
				return Errorf(CodeConflict, "the ten seconds for undo have passed")
			}
			switch err := takeBack(tx, v, d.Decision, "", now); CodeOf(err) {
			case "":
				undone++
			case CodeConflict: // decided again since: that one stands
			default:
				return err
			}
		}
		if undone == 0 {
			return nil
		}
		return tx.AppendEvent(event(now, v.Actor(), "batch.undone", batchID, commonApp(plain(decisions)), undoneDetail{undone}))
	})
	return undone, err
}

type undoneDetail struct {
	Undone int `json:"undone"`
}

// messageOf is what an Error says to whoever asked.
func messageOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "something went wrong"
}
