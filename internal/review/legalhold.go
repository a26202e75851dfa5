package review

import (
	"context"
	"slices"
	"time"
)

// HoldKind says what a LegalHold keeps.
type HoldKind string

// The kinds of LegalHold.
const (
	HoldApp  HoldKind = "app"
	HoldUser HoldKind = "user"
	HoldItem HoldKind = "item"
)

// HoldKinds lists every kind, in the order in which pages show them.
func HoldKinds() []HoldKind { return []HoldKind{HoldItem, HoldUser, HoldApp} }

// LegalHold keeps texts that would be removed otherwise, until somebody lifts it.
type LegalHold struct {
	ID        string
	AppID     string
	Kind      HoldKind
	Subject   string // the user's or the Item's id; "" for the App
	Reason    string
	Actor     Actor
	ActorName string // filled in on reads
	CreatedAt time.Time
}

// RetentionView is what an App keeps, what is held, and what was removed.
type RetentionView struct {
	App     App
	Rules   RetentionRules
	Holds   []LegalHold // in force, the newest first
	Removed []RemovalTally
}

// How far back the page looks.
const (
	removalDays    = 90
	MaxLegalHolds  = 500 // of an App, in force
	maxHoldSubject = 256
)

// Retention shows it to administrators and auditors.
func (s *Service) Retention(ctx context.Context, v Viewer, appName string) (RetentionView, error) {
	if !v.May(PermAudit) {
		return RetentionView{}, Errorf(CodeForbidden, "only auditors and administrators may see this")
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return RetentionView{}, err
	}
	policy, err := s.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return RetentionView{}, err
	}
	view := RetentionView{App: app, Rules: policy.Retention}
	if view.Holds, err = s.Store.LegalHolds(ctx, app.ID); err != nil {
		return view, err
	}
	view.Removed, err = s.Store.RemovalTallies(ctx, app.ID, s.now().AddDate(0, 0, -removalDays))
	return view, err
}

// HoldCommand sets a LegalHold.
type HoldCommand struct {
	App     string // name
	Kind    HoldKind
	Subject string
	Reason  string
}

func (c HoldCommand) validate() error {
	var bad invalidFields
	if !slices.Contains(HoldKinds(), c.Kind) {
		bad.addf("kind", "choose one of the list")
	}
	if (c.Subject == "") != (c.Kind == HoldApp) || len(c.Subject) > maxHoldSubject {
		bad.addf("subject", "name the user or the item; nothing for the whole App")
	}
	return bad.err()
}

// Hold keeps something until the hold is lifted.
func (s *Service) Hold(ctx context.Context, v Viewer, cmd HoldCommand) error {
	if !v.May(PermAdminister) {
		return Errorf(CodeForbidden, "only administrators may do this")
	}
	app, err := v.AppNamed(cmd.App)
	if err != nil {
		return err
	}
	if err := cmd.validate(); err != nil {
		return err
	}
	reason, err := policyReason(cmd.Reason)
	if err != nil {
		return err
	}
	h := LegalHold{ID: s.NewID(), AppID: app.ID, Kind: cmd.Kind, Subject: cmd.Subject, Reason: reason, Actor: v.Actor(), CreatedAt: s.now()}
	return s.Store.Write(ctx, func(tx Tx) error {
		if err := holdable(tx, h); err != nil {
			return err
		}
		if err := tx.PutLegalHold(h); err != nil {
			return err
		}
		return tx.AppendEvent(event(h.CreatedAt, h.Actor, "hold.set", h.ID, h.AppID, holdDetail{h.Kind, h.Subject, h.Reason}))
	})
}

// holdable refuses an Item of another App: it would look held, and would not be.
func holdable(tx Tx, h LegalHold) error {
	if h.Kind != HoldItem {
		return nil
	}
	item, err := tx.Item(h.Subject)
	if CodeOf(err) == CodeNotFound || err == nil && item.AppID != h.AppID {
		return Unprocessable([]FieldError{{Field: "subject", Message: "is no item of this App"}})
	}
	return err
}

type holdDetail struct {
	Kind    HoldKind `json:"kind"`
	Subject string   `json:"subject,omitempty"`
	Reason  string   `json:"reason"`
}

// Lift ends a LegalHold.
func (s *Service) Lift(ctx context.Context, v Viewer, appName, id, reason string) error {
	if !v.May(PermAdminister) {
		return Errorf(CodeForbidden, "only administrators may do this")
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return err
	}
	if reason, err = policyReason(reason); err != nil {
		return err
	}
	now := s.now()
	return s.Store.Write(ctx, func(tx Tx) error {
		h, err := tx.LiftLegalHold(app.ID, id, v.Actor(), now)
		if err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "hold.lifted", h.ID, app.ID, holdDetail{h.Kind, h.Subject, reason}))
	})
}
