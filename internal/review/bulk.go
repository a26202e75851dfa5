package review

import (
	"context"
	"strings"
	"time"
)

// ActKind is what can be done to many Items at once without deciding them.
type ActKind string

// The kinds.
const (
	ActLabel    ActKind = "label"     // a label on each, that decides nothing
	ActHandOver ActKind = "hand_over" // each to one colleague
)

// Act is such a batch as it is kept. Its id comes with the form, so that one that is sent
// twice is one.
type Act struct {
	ID        string
	UserID    string
	Kind      ActKind
	Done      int // Items
	Undone    bool
	CreatedAt time.Time
}

// ActResult is what became of one.
type ActResult struct {
	Act
	Left []LeftOut // of this posting; empty when it was sent before
}

// LabelBatchCommand labels many Items.
type LabelBatchCommand struct {
	ID    string
	Items []BatchItem
	Label string
}

// LabelBatch puts a label on each Item. What a batch would not decide, it does not label
// either: a label is a judgement in a word.
func (s *Service) LabelBatch(ctx context.Context, v Viewer, cmd LabelBatchCommand) (ActResult, error) {
	if cmd.Label == "" {
		return ActResult{}, Unprocessable([]FieldError{{"label", "must be chosen"}})
	}
	one := func(tx Tx, item Item, id string, now time.Time) error {
		if err := s.mayTogether(tx, v, item); err != nil {
			return err
		}
		policy, err := s.policyInForce(tx, item.AppID)
		if err != nil {
			return err
		}
		if !policy.HasLabel(cmd.Label) {
			return Errorf(CodeConflict, "the policy of its App does not have this label")
		}
		a := Annotation{ID: id, ItemID: item.ID, AppID: item.AppID, UserID: v.User.ID, UserName: v.User.Name, Label: cmd.Label, BatchID: cmd.ID, CreatedAt: now}
		return putAnnotation(tx, v, item, a)
	}
	return s.act(ctx, v, ActLabel, cmd.ID, cmd.Items, doing{one: one})
}

// mayTogether refuses what wants to be looked at by itself.
func (s *Service) mayTogether(tx Tx, v Viewer, item Item) error {
	judged, err := tx.BlindVerdict(item.ID, v.User.ID)
	switch {
	case err != nil:
		return err
	case item.blindTo(v, judged != nil):
		return Errorf(CodeConflict, "it is judged blind first")
	case item.Opinions > 1:
		return Errorf(CodeConflict, "it wants two independent opinions")
	}
	return nil
}

// HandOverBatchCommand gives many Items to one colleague.
type HandOverBatchCommand struct {
	ID    string
	Items []BatchItem
	To    string // user id
	Note  string // for the colleague
}

// HandOverBatch gives each Item that the viewer could take to a colleague, who keeps it for
// MaxKeep and is told once. Nothing of the Items is shown by that, so blind ones go
// along. What somebody else holds is left out.
func (s *Service) HandOverBatch(ctx context.Context, v Viewer, cmd HandOverBatchCommand) (ActResult, error) {
	if err := validText("body", cmd.Note, maxNoteBytes); err != nil {
		return ActResult{}, err
	}
	tokens := make([]string, len(cmd.Items))
	for i := range tokens {
		tokens[i] = s.NewToken()
	}
	var given []Item
	one := func(tx Tx, item Item, _ string, now time.Time) error {
		to, err := s.successor(tx, v, item, cmd.To)
		if err != nil {
			return err
		}
		if item.Kind == KindControl {
			return setAside(tx, v, item, now) // as HandOver does
		}
		claim := Claim{ItemID: item.ID, UserID: to.ID, UserName: to.Name, Token: tokens[len(given)], TakenAt: now, KeptUntil: now.Add(MaxKeep), BatchID: cmd.ID}
		given = append(given, item)
		claim.renew(now)
		if err := tx.PutClaim(claim); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.handed_over", item.ID, item.AppID, userRef{to.ID}))
	}
	tell := func(tx Tx, now time.Time) error {
		if len(given) == 0 {
			return nil
		}
		return tx.PutInbox(InboxEntry{ID: cmd.ID, UserID: cmd.To, AppID: given[0].AppID, ItemID: given[0].ID, Kind: InboxHandOvers,
			Actor: v.Actor(), Body: clip(strings.TrimSpace(cmd.Note)), CreatedAt: now})
	}
	return s.act(ctx, v, ActHandOver, cmd.ID, cmd.Items, doing{begin: func() { given = nil }, one: one, end: tell})
}

// doing is what is done to many Items. A transaction may be run more than once.
type doing struct {
	begin func() // whenever it begins; may be nil
	// one does it to an Item; what it answers with CodeConflict or CodeNotFound is left out.
	// id is new, for what is stored.
	one func(tx Tx, item Item, id string, now time.Time) error
	end func(Tx, time.Time) error // once, when it was done to any; may be nil
}

// act does it to each Item in one transaction.
func (s *Service) act(ctx context.Context, v Viewer, kind ActKind, id string, items []BatchItem, do doing) (ActResult, error) {
	if !v.May(PermDecide) {
		return ActResult{}, Errorf(CodeForbidden, "your role may not decide")
	}
	if err := (BatchCommand{ID: id, Items: items}).validate(); err != nil {
		return ActResult{}, err
	}
	ids := make([]string, len(items))
	for i := range ids {
		ids[i] = s.NewID()
	}
	var result ActResult
	err := s.Store.Write(ctx, func(tx Tx) error {
		before, err := ownAct(tx, v, id)
		if err != nil {
			return err
		}
		if before != nil {
			result = ActResult{Act: *before}
			return nil
		}
		result, err = s.actEach(tx, v, Act{ID: id, UserID: v.User.ID, Kind: kind, CreatedAt: s.now()}, items, ids, do)
		return err
	})
	return result, err
}

type actDetail struct {
	Done int `json:"done"`
	Left int `json:"left"`
}

// actEach goes through the Items and keeps the batch.
func (s *Service) actEach(tx Tx, v Viewer, a Act, items []BatchItem, ids []string, do doing) (ActResult, error) {
	if do.begin != nil {
		do.begin()
	}
	result := ActResult{Act: a}
	seen := map[string]bool{}
	for i, listed := range items {
		if seen[listed.ID] {
			continue
		}
		seen[listed.ID] = true
		item, err := s.listed(tx, v, listed, a.CreatedAt)
		if err == nil {
			err = do.one(tx, item, ids[i], a.CreatedAt)
		}
		switch CodeOf(err) {
		case "":
			result.Done++
		case CodeConflict, CodeNotFound:
			result.Left = append(result.Left, LeftOut{ItemID: listed.ID, Why: messageOf(err)})
		default:
			return ActResult{}, err
		}
	}
	if result.Done == 0 {
		return result, nil
	}
	if do.end != nil {
		if err := do.end(tx, a.CreatedAt); err != nil {
			return ActResult{}, err
		}
	}
	if err := tx.PutAct(result.Act); err != nil {
		return ActResult{}, err
	}
	return result, tx.AppendEvent(event(a.CreatedAt, v.Actor(), "batch."+string(a.Kind), a.ID, "", actDetail{Done: result.Done, Left: len(result.Left)}))
}

// listed returns the Item if the viewer could take it and it is as they saw it.
func (s *Service) listed(tx Tx, v Viewer, listed BatchItem, now time.Time) (Item, error) {
	item, err := visible(tx, v, listed.ID)
	if err != nil {
		return Item{}, err
	}
	if err := s.mayTake(tx, v, item); err != nil {
		return Item{}, err
	}
	held, err := tx.Claim(item.ID)
	switch {
	case err != nil:
		return Item{}, err
	case held.Live(now) && held.UserID != v.User.ID:
		return Item{}, Errorf(CodeConflict, "%s holds this item", held.UserName)
	case item.Version != listed.Version:
		return Item{}, Errorf(CodeConflict, "this item has changed since you saw it")
	}
	return item, nil
}

// ownAct returns the batch of that id, nil when there is none; another's is CodeNotFound.
func ownAct(tx Tx, v Viewer, id string) (*Act, error) {
	a, err := tx.Act(id)
	if err == nil && a != nil && a.UserID != v.User.ID {
		err = Errorf(CodeNotFound, "there is no such batch")
	}
	return a, err
}

// undoAct takes back what of a batch nobody has gone on with: labels go, and what a
// colleague has not opened yet is free again. It returns how many Items that were.
func (s *Service) undoAct(tx Tx, v Viewer, a Act, now time.Time) (int, error) {
	if a.Undone {
		return 0, nil
	}
	if !now.Before(a.CreatedAt.Add(UndoWindow)) {
		return 0, Errorf(CodeConflict, "the ten seconds for undo have passed")
	}
	n, err := tx.TakeBackAct(a)
	if err != nil {
		return 0, err
	}
	return n, tx.AppendEvent(event(now, v.Actor(), "batch.undone", a.ID, "", undoneDetail{n}))
}
