package review

import (
	"context"
	"slices"
	"time"
)

// OpinionRules say which Items want two independent judgements. The zero value says
// none.
type OpinionRules struct {
	Share      float64    `json:"share,omitempty"`      // of the Items of other severities, in [0,1]
	Severities []Severity `json:"severities,omitempty"` // all Items of these
}

func (r OpinionRules) validate(bad *invalidFields) {
	bad.unit("second_opinion.share", r.Share)
	bad.severities("second_opinion.severities", r.Severities)
}

func (r OpinionRules) fields() []policyField {
	return []policyField{{"second_opinion.share", FormatShare(r.Share)}, {"second_opinion.severities", joined(r.Severities)}}
}

// drawOpinions decides how many opinions the Item wants: by its id and the policy
// alone, so that nobody can draw again.
func (i *Item) drawOpinions(policy Policy) {
	i.Opinions = 1
	share := policy.SecondOpinion.Share
	if slices.Contains(policy.SecondOpinion.Severities, i.Severity) {
		share = 1
	}
	if chance("second opinion", policy.AppID, i.ID) < share {
		i.Opinions = 2
	}
}

// wantsOpinions tells whether a judgement of the Item is an opinion that waits for
// another one. Who asks a lead to decide gives none.
func (i Item) wantsOpinions(j Judgement) bool {
	return i.Opinions > 1 && i.State == StateOpen && i.Kind != KindControl && j != JudgeEscalate
}

// AskOpinion makes an open Item want two independent opinions. Who holds it may ask, and
// a lead while nobody else does.
func (s *Service) AskOpinion(ctx context.Context, v Viewer, itemID string) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		if err := s.mayTake(tx, v, item); err != nil {
			return err
		}
		held, err := tx.Claim(itemID)
		if err != nil {
			return err
		}
		switch {
		case item.State != StateOpen:
			return Errorf(CodeConflict, "only an open item can get a second opinion")
		case held.Live(now) && held.UserID != v.User.ID:
			return Errorf(CodeConflict, "%s holds this item", held.UserName)
		case !held.Live(now) && !v.May(PermOversee):
			return Errorf(CodeConflict, "take the item before you ask for a second opinion")
		case item.Opinions > 1:
			return nil
		}
		if err := move(tx, item, StateOpen); err != nil { // a form that shows one opinion is stale
			return err
		}
		if err := tx.SetOpinions(itemID, 2); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "opinion.asked", itemID, item.AppID, none{}))
	})
}

// giveOpinion keeps a judgement where nobody but its author sees it. The second one lets
// the Item settle when neither can be taken back any more.
func giveOpinion(tx Tx, item Item, d *Decision) error {
	given, err := tx.Opinions(item.ID)
	if err != nil {
		return err
	}
	d.Opinion = len(given) + 1
	state := StateOpen
	if d.Opinion == item.Opinions {
		state = StateSettling
	}
	if err := move(tx, item, state); err != nil {
		return err
	}
	if err := tx.PutOpinion(*d); err != nil {
		return err
	}
	if err := tx.DeleteClaim(item.ID); err != nil {
		return err
	}
	return tx.AppendEvent(event(d.CreatedAt, d.Actor, "opinion.given", item.ID, item.AppID, opinionDetail{d.Opinion}))
}

type opinionDetail struct {
	Opinion int `json:"opinion"` // the first or the second, never what it says
}

// ownOpinion returns the viewer's opinion that waits on the Item, nil when there is none.
func ownOpinion(tx Tx, v Viewer, itemID string) (*Decision, error) {
	given, err := tx.Opinions(itemID)
	if err != nil {
		return nil, err
	}
	for i, d := range given {
		if d.Actor == v.Actor() {
			return &given[i], nil
		}
	}
	return nil, nil
}

// withdraw takes an opinion back within UndoWindow.
func (s *Service) withdraw(tx Tx, v Viewer, d Decision, token string, now time.Time) error {
	item, err := visible(tx, v, d.ItemID)
	if err != nil {
		return err
	}
	switch {
	case d.Actor != v.Actor():
		return Errorf(CodeNotFound, "there is no such decision") // that it exists is a secret, too
	case !(DecisionView{Decision: d}).Undoable(v.User.ID, now):
		return Errorf(CodeConflict, "the ten seconds for undo have passed")
	case item.State != StateOpen && item.State != StateSettling:
		return Errorf(CodeConflict, "somebody has decided this item since")
	}
	held, err := tx.Claim(item.ID)
	if err != nil {
		return err
	}
	if err := move(tx, item, StateOpen); err != nil {
		return err
	}
	if err := tx.DeleteOpinion(d.ID); err != nil {
		return err
	}
	if !held.Live(now) {
		claim := Claim{ItemID: item.ID, UserID: v.User.ID, Token: token, TakenAt: now}
		claim.renew(now)
		if err := tx.PutClaim(claim); err != nil {
			return err
		}
	}
	return tx.AppendEvent(event(now, v.Actor(), "opinion.withdrawn", item.ID, item.AppID, none{}))
}

// opinionsBy is who a Decision on which two opinions agree is made by.
var opinionsBy = Actor{ActorSystem, "second-opinion"}

// settle brings the opinions on an Item that is not open any more to light: as two
// Decisions that settle nothing, and where they agree as a third that does. Where they
// differ the Item goes to a lead, who sees both.
func (s *Service) settle(tx Tx, item Item, id string, now time.Time) error {
	given, err := tx.Opinions(item.ID)
	if err != nil {
		return err
	}
	for _, d := range given {
		if err := reveal(tx, d, now); err != nil {
			return err
		}
	}
	if item.State != StateSettling {
		return nil
	}
	first, second := given[0], given[1]
	if agree(first, second) {
		return settled(tx, item, agreed(first, second, id, now))
	}
	if err := move(tx, item, StateEscalated); err != nil {
		return err
	}
	return tx.AppendEvent(event(now, opinionsBy, "opinions.differ", item.ID, item.AppID, none{}))
}

func reveal(tx Tx, d Decision, now time.Time) error {
	if err := tx.DeleteOpinion(d.ID); err != nil {
		return err
	}
	if err := tx.PutDecision(d); err != nil {
		return err
	}
	return tx.AppendEvent(event(now, d.Actor, "opinion.revealed", d.ID, d.AppID, decidedDetail{
		ItemID: d.ItemID, Judgement: d.Judgement, Label: d.Label, PolicyVersion: d.PolicyVersion,
	}))
}

// agree tells whether two opinions say the same: labels and texts may be missing, but
// not contradict.
func agree(a, b Decision) bool {
	same := func(x, y string) bool { return x == y || x == "" || y == "" }
	return a.Judgement == b.Judgement && same(a.Label, b.Label) && same(a.Text, b.Text)
}

// agreed is the Decision that two opinions make.
func agreed(first, second Decision, id string, now time.Time) Decision {
	or := func(x, y string) string {
		if x != "" {
			return x
		}
		return y
	}
	return Decision{
		ID: id, ItemID: first.ItemID, AppID: first.AppID, Actor: opinionsBy, FromState: StateSettling,
		Judgement: first.Judgement, Label: or(first.Label, second.Label), Reason: or(first.Reason, second.Reason), Text: or(first.Text, second.Text),
		PolicyVersion: second.PolicyVersion, GuardVerdict: second.GuardVerdict, GuardRisk: second.GuardRisk, Findings: second.Findings,
		FinalVerdict: first.Judgement, SamplingKind: first.SamplingKind, Propensity: first.Propensity, CreatedAt: now,
	}
}

// settled records what closes an Item that had opinions, and tells those who gave them.
func settled(tx Tx, item Item, d Decision) error {
	if err := record(tx, item, d); err != nil {
		return err
	}
	return tellOpinionated(tx, item, d)
}

// tellOpinionated tells who gave an opinion what came of it.
func tellOpinionated(tx Tx, item Item, d Decision) error {
	if item.Opinions < 2 || d.Judgement == JudgeEscalate {
		return nil
	}
	decisions, err := tx.DecisionsOfItem(item.ID)
	if err != nil {
		return err
	}
	for _, o := range decisions {
		if o.Opinion == 0 || o.Actor == d.Actor {
			continue
		}
		err := tx.PutInbox(InboxEntry{
			ID: d.ID + "." + o.Actor.ID, UserID: o.Actor.ID, AppID: item.AppID, ItemID: item.ID, Kind: InboxOpinion,
			Actor: d.Actor, CreatedAt: d.CreatedAt,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// withheld is the view of an Item on which opinions wait: each person sees what they
// did themselves, and that somebody else has given an opinion, but nothing of what it says.
func (v ItemView) withheld(viewer Viewer) ItemView {
	others := map[string]bool{}
	var own []Decision
	for _, d := range v.Opinions {
		if d.Actor == viewer.Actor() {
			own = append(own, d)
		} else {
			others[d.Actor.ID] = true
		}
	}
	v.Opinions, v.OpinionsIn = own, len(v.Opinions)
	if len(others) == 0 {
		return v
	}
	v.Annotations = slices.DeleteFunc(slices.Clone(v.Annotations), func(a Annotation) bool { return others[a.UserID] })
	v.Events = slices.DeleteFunc(slices.Clone(v.Events), func(e EventView) bool {
		return others[e.Actor.ID] && e.Action != "opinion.given" && e.Action != "item.claimed"
	})
	return v
}
