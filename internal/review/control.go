package review

import (
	"context"
	"strconv"
	"time"
)

// ControlRules say how often the next Item of an analyst is one whose answer is known.
// The zero value says never.
type ControlRules struct {
	Rate      float64 `json:"rate,omitempty"`       // in [0,1], until an analyst has had so many
	Until     int     `json:"until,omitempty"`      // as this
	LaterRate float64 `json:"later_rate,omitempty"` // in [0,1], from then on
}

// DefaultControlRules are those that a new App starts with.
func DefaultControlRules() ControlRules { return ControlRules{Rate: 0.08, Until: 100, LaterRate: 0.04} }

const maxControlsUntil = 1_000_000

func (r ControlRules) validate(bad *invalidFields) {
	bad.unit("controls.rate", r.Rate)
	bad.between("controls.until", r.Until, 0, maxControlsUntil)
	bad.unit("controls.later_rate", r.LaterRate)
}

func (r ControlRules) fields() []policyField {
	return []policyField{
		{"controls.rate", FormatShare(r.Rate)}, {"controls.until", strconv.Itoa(r.Until)}, {"controls.later_rate", FormatShare(r.LaterRate)},
	}
}

// rate is the chance for an analyst who has had so many controls.
func (r ControlRules) rate(had int) float64 {
	if had < r.Until {
		return r.Rate
	}
	return r.LaterRate
}

// Control is an Item of KindControl: a copy of a decided Item, for one person, whose
// answer is known. Its Item says what is shown as the guard's verdict and risk.
type Control struct {
	ItemID     string
	UserID     string // who is to decide it; nobody else sees it
	OriginalID string // the Item that it is a copy of, which it never touches
	Gold       Judgement
	Misleading bool      // what is shown as the guard's verdict contradicts Gold
	ShownID    string    // what the page names as the Interaction
	Findings   []Finding // what is shown as the guard's
	Propensity float64
	CreatedAt  time.Time
}

// ControlQuery asks for a decided Item that can be copied as a control.
type ControlQuery struct {
	AppID  string
	UserID string // who has neither decided it nor had a copy of it
	Gold   Judgement
	From   float64 // where in the history to begin to look, in [0,1)
	Before time.Time
}

// ControlDesk is what there is of an analyst's controls.
type ControlDesk struct {
	Had  int // ever
	Open int // not decided yet
}

const (
	maxOpenControls = 3              // at once, so that they never pile up
	controlPlaces   = 3              // a new control comes before the third Item that is free
	controlSettles  = 24 * time.Hour // how old a Decision must be to be a known answer
	misleadingShare = 1. / 3
)

// PlaceControl puts a control into the queue of somebody who has just decided, when the
// chance of that Decision says so. Their own work is safe by then: a control that
// cannot be placed is none.
func (s *Service) PlaceControl(ctx context.Context, v Viewer, d Decision) error {
	policy, err := s.activePolicy(ctx, d.AppID)
	if err != nil {
		return err
	}
	desk, err := s.Store.ControlDesk(ctx, v.User.ID)
	if err != nil {
		return err
	}
	rate := policy.Controls.rate(desk.Had)
	if desk.Open >= maxOpenControls || chance("control", d.ID) >= rate {
		return nil
	}
	return s.addControl(ctx, v, d, policy, rate)
}

// activePolicy is the policy that is in force, with a Rule for every detector.
func (s *Service) activePolicy(ctx context.Context, appID string) (Policy, error) {
	p, err := s.Store.ActivePolicy(ctx, appID)
	return p.WithDefaults(s.specs), err
}

func (s *Service) addControl(ctx context.Context, v Viewer, d Decision, policy Policy, rate float64) error {
	ahead, err := s.queue(ctx, v, QueueQuery{Filter: Filter{}, Free: true, Limit: controlPlaces})
	if err != nil || len(ahead.Rows) < controlPlaces {
		return err // alone in an empty queue it would be known for what it is
	}
	now := s.now()
	q := ControlQuery{AppID: d.AppID, UserID: v.User.ID, Gold: JudgeApprove, From: chance("control from", d.ID), Before: now.Add(-controlSettles)}
	if chance("control gold", d.ID) < 0.5 {
		q.Gold = JudgeBlock
	}
	originals, err := s.Store.ControlCandidates(ctx, q)
	if err != nil || len(originals) == 0 {
		return err
	}
	m := making{
		user: v.User.ID, gold: q.Gold, misleading: chance("control misleads", d.ID) < misleadingShare, rate: rate,
		place: ahead.Rows[len(ahead.Rows)-1].Item.Rank - 1, now: now, id: s.NewID(), shownID: s.NewID(),
	}
	return s.Store.Write(ctx, func(tx Tx) error { return s.makeControl(tx, policy, originals, m) })
}

// making is what a control is to be.
type making struct {
	id, user, shownID string
	gold              Judgement
	misleading        bool
	rate              float64
	place             int64 // the Rank that it is to have, about
	now               time.Time
}

// makeControl copies the first original that can show what is wanted. Where none can
// mislead, one that shows what is right is better than none.
func (s *Service) makeControl(tx Tx, policy Policy, originals []string, m making) error {
	for {
		for _, id := range originals {
			made, err := s.copyItem(tx, policy, id, m)
			if made || err != nil {
				return err
			}
		}
		if !m.misleading {
			return nil
		}
		m.misleading = false
	}
}

// copyItem makes the control, if the original can show what is wanted. Nothing of the
// original is touched.
func (s *Service) copyItem(tx Tx, policy Policy, id string, m making) (made bool, err error) {
	original, err := tx.Item(id)
	if err != nil {
		return false, err
	}
	in, err := tx.Interaction(original.InteractionID)
	if err != nil {
		return false, err
	}
	a, err := tx.Assessment(original.InteractionID)
	if err != nil {
		return false, err
	}
	shown, ok := suggestion(a, policy, m.gold, m.misleading)
	if !ok {
		return false, nil
	}
	item := controlItem(s.newItem(in, shown, ShownKind(shown.Verdict), policy.decisive(shown.Findings)), policy, m)
	item.Excerpt = shown.Excerpt(in.Content)
	if err := tx.PutItem(item, shown.Findings); err != nil {
		return false, err
	}
	control := Control{
		ItemID: item.ID, UserID: m.user, OriginalID: id, Gold: m.gold, Misleading: m.misleading, ShownID: m.shownID,
		Findings: shown.Findings, Propensity: m.rate, CreatedAt: m.now,
	}
	if err := tx.PutControl(control); err != nil {
		return false, err
	}
	return true, tx.AppendEvent(event(m.now, Actor{ActorSystem, "guard"}, "item.opened", item.ID, item.AppID,
		openedDetail{Kind: item.Kind, SamplingKind: item.SamplingKind, Propensity: item.Propensity}))
}

// controlItem makes of an Item one like any other of its looks, about as old as those
// around it.
func controlItem(item Item, policy Policy, m making) Item {
	item.ID, item.CreatedAt = m.id, m.now
	if item.Kind == KindAudit {
		item.Reason = auditReason(policy)
	}
	item.schedule(policy)
	headStart := time.Duration((1 - item.Priority) * float64(QueueHorizon))
	if created := time.UnixMicro(m.place).UTC().Add(-headStart); created.Before(m.now) {
		item.CreatedAt = created
		item.schedule(policy)
	}
	item.Kind, item.SamplingKind, item.Propensity = KindControl, string(KindControl), m.rate
	return item
}

// suggestion is what is shown as the guard's answer: its own where that is right or
// wrong as wanted, else one that the same findings could have led to. Not every
// exchange can carry every answer.
func suggestion(a Assessment, policy Policy, gold Judgement, misleading bool) (Assessment, bool) {
	stop := (gold == JudgeBlock) != misleading
	a.Failures = nil
	if (a.Verdict != VerdictAllow) == stop {
		return a, true
	}
	if !stop {
		a.Findings = nil
		a.Verdict, a.Risk = policy.Decide(nil, nil)
		return a, len(a.Redactions) == 0 // a placeholder would tell that something was found
	}
	a.Findings = surer(a.Findings)
	a.Verdict, a.Risk = policy.Decide(a.Findings, nil)
	return a, a.Verdict != VerdictAllow
}

// surer is the Findings as a guard that is sure of them would report them.
func surer(findings []Finding) []Finding {
	out := make([]Finding, len(findings))
	for i, f := range findings {
		f.Confidence = 0.9 + f.Confidence/10
		out[i] = f
	}
	return out
}

// ShownKind is the kind that an Item has of which the guard says so.
func ShownKind(v Verdict) ItemKind {
	if v == VerdictAllow {
		return KindAudit
	}
	return KindInteraction
}

// disguised is the Item as its reader sees it: a control looks like what it is a copy of.
func (i Item) disguised() Item {
	if i.Kind != KindControl {
		return i
	}
	i.Kind, i.Propensity = ShownKind(i.Verdict), 1
	i.SamplingKind = "flagged"
	if i.Kind == KindAudit {
		i.SamplingKind = "audit"
	}
	return i
}

// disguised is the view of a control as its reader sees it.
func (v ItemView) disguised() ItemView {
	c := v.Control
	if c == nil {
		return v
	}
	v.Item, v.Control = v.Item.disguised(), nil
	if v.Item.Kind == KindAudit {
		v.Item.Propensity = v.Policy.AuditRate
	}
	lag := v.Interaction.CreatedAt.Sub(v.Interaction.OccurredAt)
	v.Item.InteractionID, v.Interaction.ID = c.ShownID, c.ShownID
	v.Interaction.CreatedAt, v.Interaction.OccurredAt = v.Item.CreatedAt, v.Item.CreatedAt.Add(-lag)
	v.Assessment.Findings, v.Assessment.Failures = c.Findings, nil
	v.Assessment.Verdict, v.Assessment.Risk, v.Assessment.PolicyVersion = v.Item.Verdict, v.Item.Risk, v.Policy.Version
	return v
}

// shownSuggestion puts what was shown as the guard's answer into the Decision on a
// control.
func shownSuggestion(tx Tx, item Item, d *Decision) error {
	if item.Kind != KindControl {
		return nil
	}
	c, err := tx.Control(item.ID)
	if err != nil {
		return err
	}
	d.GuardVerdict, d.GuardRisk, d.Findings = item.Verdict, item.Risk, c.Findings
	return nil
}

// without leaves a kind out of the counters.
func (c Counts) without(kind ItemKind) Counts {
	var out Counts
	for _, x := range c {
		if x.Kind != kind {
			out = append(out, x)
		}
	}
	return out
}
