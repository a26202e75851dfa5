package review

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// How long an Item can be kept or put to sleep.
const (
	MaxKeep   = 24 * time.Hour
	MaxSnooze = 30 * 24 * time.Hour
)

// maxSkipReasonBytes bounds why somebody skips: a word, not a report.
const maxSkipReasonBytes = 500

// holdsLimit is how many claims one page lists.
const holdsLimit = 500

// Hold is a live claim as people see it.
type Hold struct {
	Item  Item
	App   string // name
	Claim Claim  // its Token is there for the holder alone
}

// HoldsQuery asks for live claims, the longest held first.
type HoldsQuery struct {
	AppIDs []string
	Viewer string
	Own    bool // only the viewer's
	Limit  int
	Now    time.Time
}

// Holds lists who holds what in the viewer's Apps; those who may not oversee others see
// what they hold themselves.
func (s *Service) Holds(ctx context.Context, v Viewer) ([]Hold, error) {
	if !v.May(PermDecide) {
		return nil, Errorf(CodeForbidden, "your role holds nothing")
	}
	holds, err := s.Store.Holds(ctx, HoldsQuery{
		AppIDs: v.AppIDs(), Viewer: v.User.ID, Own: !v.May(PermOversee), Limit: holdsLimit, Now: s.now(),
	})
	holds = slices.DeleteFunc(holds, func(h Hold) bool { return h.Item.Kind == KindControl && h.Claim.UserID != v.User.ID })
	for i := range holds {
		h := &holds[i]
		h.Item = h.Item.disguised()
		if h.Item.blindTo(v, false) { // whether they have judged it does not matter in a list of holds
			h.Item = h.Item.blinded()
		}
		if h.Claim.UserID != v.User.ID {
			h.Claim.Token = ""
		}
	}
	return holds, err
}

// Keep holds on to the Item for so long, whether or not its page is open; a duration of
// zero ends that, and the lease is an ordinary one again.
func (s *Service) Keep(ctx context.Context, v Viewer, itemID, token string, keep time.Duration) (Claim, error) {
	if keep < 0 || keep > MaxKeep {
		return Claim{}, Unprocessable([]FieldError{{"hours", "must be between 0 and 24"}})
	}
	var claim Claim
	err := s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		held, err := ownClaim(tx, v, itemID, token, now)
		if err != nil {
			return err
		}
		claim = *held
		claim.KeptUntil = time.Time{}
		if keep > 0 {
			claim.KeptUntil = now.Add(keep)
		}
		claim.renew(now)
		if err := tx.PutClaim(claim); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.kept", itemID, item.AppID, keptDetail{int(keep / time.Minute)}))
	})
	return claim, err
}

type keptDetail struct {
	Minutes int `json:"minutes"`
}

// renew lets the lease last from now on, and at least as long as it is kept.
func (c *Claim) renew(now time.Time) {
	c.BeatAt, c.ExpiresAt = now, now.Add(ClaimLease)
	if c.KeptUntil.After(c.ExpiresAt) {
		c.ExpiresAt = c.KeptUntil
	}
}

// Kept tells whether the holder keeps the Item while they are away.
func (c *Claim) Kept(now time.Time) bool { return c != nil && now.Before(c.KeptUntil) }

// HandOverCommand gives an Item that the viewer holds to a colleague.
type HandOverCommand struct {
	ItemID string
	Token  string
	To     string // user id
	Note   string // for the colleague; kept on the Item, too
}

// HandOver gives the Item to a colleague, who is told and keeps it for MaxKeep.
func (s *Service) HandOver(ctx context.Context, v Viewer, cmd HandOverCommand) error {
	if err := validText("body", cmd.Note, maxNoteBytes); err != nil {
		return err
	}
	token, noteID, entryID := s.NewToken(), s.NewID(), s.NewID()
	return s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		item, err := visible(tx, v, cmd.ItemID)
		if err != nil {
			return err
		}
		if _, err := ownClaim(tx, v, item.ID, cmd.Token, now); err != nil {
			return err
		}
		to, err := s.successor(tx, v, item, cmd.To)
		if err != nil {
			return err
		}
		if item.Kind == KindControl {
			return setAside(tx, v, item, now) // it is for the viewer alone, and must not look different
		}
		claim := Claim{ItemID: item.ID, UserID: to.ID, UserName: to.Name, Token: token, TakenAt: now, KeptUntil: now.Add(MaxKeep)}
		claim.renew(now)
		if err := tx.PutClaim(claim); err != nil {
			return err
		}
		if err := addNote(tx, v, item, noteID, cmd.Note, now); err != nil {
			return err
		}
		entry := InboxEntry{
			ID: entryID, UserID: to.ID, AppID: item.AppID, ItemID: item.ID, Kind: InboxHandOver,
			Actor: v.Actor(), Body: clip(strings.TrimSpace(cmd.Note)), CreatedAt: now,
		}
		if err := tx.PutInbox(entry); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.handed_over", item.ID, item.AppID, userRef{to.ID}))
	})
}

// successor finds the colleague and makes sure that they can decide the Item.
func (s *Service) successor(tx Tx, v Viewer, item Item, userID string) (User, error) {
	unfit := Unprocessable([]FieldError{{"to", "must be a colleague who sees this App and may decide"}})
	people, err := tx.Colleagues(item.AppID)
	if err != nil {
		return User{}, err
	}
	for _, u := range people {
		if u.ID != userID || u.ID == v.User.ID || !u.Role.May(PermDecide) {
			continue
		}
		return u, s.mayTake(tx, Viewer{User: u, Apps: v.Apps}, item)
	}
	return User{}, unfit
}

type userRef struct {
	UserID string `json:"user_id"`
}

// setAside ends the viewer's hold and keeps the Item from being served to them again.
func setAside(tx Tx, v Viewer, item Item, now time.Time) error {
	if err := tx.PutSkip(item.ID, v.User.ID, "", now); err != nil {
		return err
	}
	return tx.DeleteClaim(item.ID)
}

// ReleaseHold ends somebody's hold for a lead; the holder is told. Releasing what
// nobody holds is no error: they were quicker.
func (s *Service) ReleaseHold(ctx context.Context, v Viewer, itemID string) error {
	if !v.May(PermOversee) {
		return Errorf(CodeForbidden, "your role may not release what others hold")
	}
	entryID := s.NewID()
	return s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		held, err := tx.Claim(itemID)
		if err != nil || !held.Live(now) {
			return err
		}
		if err := tx.DeleteClaim(itemID); err != nil {
			return err
		}
		if held.UserID != v.User.ID {
			if err := tx.PutInbox(InboxEntry{
				ID: entryID, UserID: held.UserID, AppID: item.AppID, ItemID: itemID, Kind: InboxReleased, Actor: v.Actor(), CreatedAt: now,
			}); err != nil {
				return err
			}
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.hold_ended", itemID, item.AppID, userRef{held.UserID}))
	})
}

// Snooze lets an open Item that the viewer holds leave the queue, for everybody, until a
// time; then it comes back by itself.
func (s *Service) Snooze(ctx context.Context, v Viewer, itemID, token string, until time.Time) error {
	until = until.UTC().Truncate(time.Microsecond)
	return s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		if until.Sub(now) < time.Minute || until.Sub(now) > MaxSnooze {
			return Unprocessable([]FieldError{{"until", "must be from a minute to 30 days ahead"}})
		}
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		if _, err := ownClaim(tx, v, itemID, token, now); err != nil {
			return err
		}
		if item.State != StateOpen {
			return Errorf(CodeConflict, "only an open item can be snoozed")
		}
		if err := move(tx, item, StateSnoozed); err != nil {
			return err
		}
		if err := tx.SetSnooze(itemID, until); err != nil {
			return err
		}
		if err := tx.DeleteClaim(itemID); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.snoozed", itemID, item.AppID, snoozeDetail{until}))
	})
}

type snoozeDetail struct {
	Until time.Time `json:"until"`
}

// Wake brings a snoozed Item back before its time. One that is awake is no error.
func (s *Service) Wake(ctx context.Context, v Viewer, itemID string) error {
	if !v.May(PermDecide) {
		return Errorf(CodeForbidden, "your role may not wake items")
	}
	return s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, itemID)
		if err != nil || item.State != StateSnoozed {
			return err
		}
		return wake(tx, v.Actor(), item, s.now())
	})
}

func wake(tx Tx, by Actor, item Item, now time.Time) error {
	if err := move(tx, item, StateOpen); err != nil {
		return err
	}
	return tx.AppendEvent(event(now, by, "item.woken", item.ID, item.AppID, none{}))
}

// move brings an Item that was read in this transaction into another state.
func move(tx Tx, item Item, state ItemState) error {
	moved, err := tx.SetItemState(item.ID, item.Version, state)
	if err == nil && !moved {
		err = Errorf(CodeConflict, "this item has changed since you opened it")
	}
	return err
}

func validText(field, text string, limit int) error {
	if len(text) > limit || !utf8.ValidString(text) {
		return Unprocessable([]FieldError{{field, "is too long, or not text"}})
	}
	return nil
}
