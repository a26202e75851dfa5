package review

import (
	"context"
	"strings"
	"time"
)

// ClaimItem leases an Item to the viewer, or renews their lease. Nobody else can
// decide the Item while it holds; CodeConflict names the holder.
func (s *Service) ClaimItem(ctx context.Context, v Viewer, itemID string) (Claim, error) {
	now := s.now()
	token := s.NewToken()
	var claim Claim
	err := s.Store.Write(ctx, func(tx Tx) error {
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
		claim, err = lease(tx, v, item, held, token, now)
		claim.Version = item.Version
		return err
	})
	return claim, err
}

// lease renews the viewer's live claim or makes a new one.
func lease(tx Tx, v Viewer, item Item, held *Claim, token string, now time.Time) (Claim, error) {
	if held.Live(now) && held.UserID != v.User.ID {
		return Claim{}, Errorf(CodeConflict, "%s holds this item", held.UserName)
	}
	claim := Claim{ItemID: item.ID, UserID: v.User.ID, UserName: v.User.Name, Token: token, TakenAt: now}
	renewed := held.HeldBy(v.User.ID, now)
	if renewed {
		claim.Token, claim.TakenAt, claim.KeptUntil = held.Token, held.TakenAt, held.KeptUntil
	}
	claim.renew(now)
	if err := tx.PutClaim(claim); err != nil || renewed {
		return claim, err
	}
	return claim, tx.AppendEvent(event(now, v.Actor(), "item.claimed", item.ID, item.AppID, none{}))
}

// none is the detail of an Event that needs none.
type none struct{}

// Heartbeat keeps the viewer's lease alive; CodeConflict when it is no longer theirs.
func (s *Service) Heartbeat(ctx context.Context, v Viewer, itemID, token string) (Claim, error) {
	now := s.now()
	var claim Claim
	err := s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		held, err := ownClaim(tx, v, itemID, token, now)
		if err != nil {
			return err
		}
		claim = *held
		claim.renew(now)
		claim.Version = item.Version
		return tx.PutClaim(claim)
	})
	return claim, err
}

// Release gives an Item back. Releasing what is not held is no error: the page that
// asks may be gone already. With leaving the page was only left: what is kept stays.
func (s *Service) Release(ctx context.Context, v Viewer, itemID, token string, leaving bool) error {
	now := s.now()
	return s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		held, err := ownClaim(tx, v, itemID, token, now)
		if err != nil || leaving && held.Kept(now) {
			return nil //nolint:nilerr // not held: nothing to give back
		}
		if err := tx.DeleteClaim(itemID); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.released", itemID, item.AppID, none{}))
	})
}

// Skip puts an Item aside for this viewer alone and gives it back. The reason is theirs
// to give, "" for none.
func (s *Service) Skip(ctx context.Context, v Viewer, itemID, token, reason string) error {
	if err := validText("skip_reason", reason, maxSkipReasonBytes); err != nil {
		return err
	}
	now := s.now()
	return s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		if _, err := ownClaim(tx, v, itemID, token, now); err != nil {
			return err
		}
		if err := tx.PutSkip(itemID, v.User.ID, strings.TrimSpace(reason), now); err != nil {
			return err
		}
		if err := tx.DeleteClaim(itemID); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.skipped", itemID, item.AppID, none{}))
	})
}

// maxClaimTries bounds how often ClaimNext looks again when others are faster.
const maxClaimTries = 10

// ClaimNext leases the first Item of the filtered queue that is free for the viewer;
// CodeNotFound when there is none.
func (s *Service) ClaimNext(ctx context.Context, v Viewer, f Filter) (string, error) {
	for range maxClaimTries {
		id, err := s.nextFree(ctx, v, f)
		if err != nil {
			return "", err
		}
		if id == "" {
			break
		}
		if _, err := s.ClaimItem(ctx, v, id); err == nil {
			return id, nil
		} else if CodeOf(err) != CodeConflict {
			return "", err
		}
	}
	return "", Errorf(CodeNotFound, "nothing is waiting")
}

// visible returns the Item if it is in one of the viewer's Apps; a foreign Item is
// as absent as one that never was.
func visible(tx Tx, v Viewer, itemID string) (Item, error) {
	item, err := tx.Item(itemID)
	if err == nil && !v.Sees(item.AppID) {
		err = Errorf(CodeNotFound, "there is no such item")
	}
	if err == nil && item.Kind == KindControl {
		err = ownControl(tx, v, itemID)
	}
	return item, err
}

// ownControl keeps a control from everybody but the one whom it is for.
func ownControl(tx Tx, v Viewer, itemID string) error {
	c, err := tx.Control(itemID)
	if err == nil && c.UserID != v.User.ID {
		err = Errorf(CodeNotFound, "there is no such item")
	}
	return err
}

// mayReview tells whether the Item can be decided now by the viewer.
func mayReview(v Viewer, item Item) error {
	switch {
	case !v.May(PermDecide):
		return Errorf(CodeForbidden, "your role may not decide")
	case item.State == StateDecided:
		return Errorf(CodeConflict, "this item is decided already")
	case item.State == StateSnoozed:
		return Errorf(CodeConflict, "this item is snoozed; wake it first")
	case item.State == StateSettling:
		return Errorf(CodeConflict, "both opinions on this item are in")
	}
	return nil
}

// mayTake tells whether the viewer could hold and decide the Item now: also by the
// named queue that it was escalated to, and by the opinions that were given on it.
func (s *Service) mayTake(tx Tx, v Viewer, item Item) error {
	if err := mayReview(v, item); err != nil {
		return err
	}
	if item.State == StateEscalated {
		return s.mayResolve(tx, v, item)
	}
	if item.Opinions < 2 {
		return nil
	}
	own, err := ownOpinion(tx, v, item.ID)
	if err == nil && own != nil {
		err = Errorf(CodeConflict, "you have given your opinion on this item; a colleague gives the other one")
	}
	return err
}

// mayResolve tells whether the viewer decides what was escalated. Who gave one of two
// opinions that differ does not say which is right.
func (s *Service) mayResolve(tx Tx, v Viewer, item Item) error {
	policy, err := s.policyInForce(tx, item.AppID)
	if err != nil {
		return err
	}
	if !policy.Admits(v.User.Role, item.Escalation) {
		return Errorf(CodeConflict, "this item is escalated and waits for a lead")
	}
	if item.Opinions < 2 {
		return nil
	}
	decisions, err := tx.DecisionsOfItem(item.ID)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if d.Opinion > 0 && d.Actor == v.Actor() {
			return Errorf(CodeConflict, "you gave one of the opinions on this item; somebody else decides")
		}
	}
	return nil
}

// ownClaim returns the viewer's live claim with the token, or CodeConflict.
func ownClaim(tx Tx, v Viewer, itemID, token string, now time.Time) (*Claim, error) {
	held, err := tx.Claim(itemID)
	if err != nil {
		return nil, err
	}
	switch {
	case !held.Live(now):
		return nil, Errorf(CodeConflict, "your hold on this item has run out; open it again")
	case held.UserID != v.User.ID:
		return nil, Errorf(CodeConflict, "%s holds this item now", held.UserName)
	case held.Token != token:
		return nil, Errorf(CodeConflict, "this item was opened again elsewhere; reload it")
	}
	return held, nil
}
