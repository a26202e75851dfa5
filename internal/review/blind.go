package review

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"
)

// BlindRules say which Items are judged blind first: the reviewer commits to a verdict
// before the guard's is shown to them. The zero value says none.
type BlindRules struct {
	Share      float64    `json:"share,omitempty"`      // of the Items of other severities, in [0,1]
	Severities []Severity `json:"severities,omitempty"` // all Items of these
}

// DefaultBlindRules are those that a new App starts with.
func DefaultBlindRules() BlindRules {
	return BlindRules{Share: 0.2, Severities: []Severity{SeverityHigh, SeverityCritical}}
}

// propensity is the chance with which an Item of the severity is judged blind.
func (r BlindRules) propensity(s Severity) float64 {
	if slices.Contains(r.Severities, s) {
		return 1
	}
	return r.Share
}

func (r BlindRules) validate(bad *invalidFields) {
	bad.unit("blind.share", r.Share)
	for _, s := range r.Severities {
		if !slices.Contains(Severities(), s) {
			bad.addf("blind.severities", "must be among low, medium, high and critical")
		}
	}
}

// drawBlind decides whether the Item is judged blind: by its id and the policy alone,
// so that nobody can draw again. An Intervention is not: its text says what was seen.
func (i *Item) drawBlind(policy Policy) {
	if i.Kind == KindIntervention {
		return
	}
	i.BlindPropensity = policy.Blind.propensity(i.Severity)
	i.Blind = chance("blind", policy.AppID, strconv.Itoa(policy.Version), i.ID) < i.BlindPropensity
}

// chance is a number in [0,1) that depends on what it is for alone.
func chance(parts ...string) float64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// BlindVerdict is what a person said of an Item before the guard's verdict was shown
// to them: an append-only row, one for each Item and person.
type BlindVerdict struct {
	ItemID     string
	UserID     string
	Judgement  Judgement
	Confidence *float64 // in [0,1], if they gave one
	FocusedMS  int64
	CreatedAt  time.Time
}

// BlindCommand is a reviewer's verdict on an Item that they hold and judge blind.
type BlindCommand struct {
	ItemID     string
	Token      string // of the claim
	Version    int    // of the Item that the reviewer saw
	Judgement  Judgement
	Confidence *float64
	FocusedMS  int64 // as of a DecideCommand
	Simulated  bool
}

// JudgeBlind keeps the reviewer's blind verdict; from now on the Item's page shows them
// everything, and asks for the Decision. The same verdict sent twice is one; another
// one is CodeConflict, for the first is never overwritten.
func (s *Service) JudgeBlind(ctx context.Context, v Viewer, cmd BlindCommand) (BlindVerdict, error) {
	if !v.May(PermDecide) {
		return BlindVerdict{}, Errorf(CodeForbidden, "your role may not decide")
	}
	var verdict BlindVerdict
	err := s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, cmd.ItemID)
		if err != nil {
			return err
		}
		first, err := tx.BlindVerdict(item.ID, v.User.ID)
		if err != nil {
			return err
		}
		if first != nil {
			verdict = *first
			return sameVerdict(*first, cmd)
		}
		verdict, err = s.judgeBlind(tx, v, item, cmd, s.now())
		return err
	})
	return verdict, err
}

func sameVerdict(first BlindVerdict, cmd BlindCommand) error {
	if first.Judgement != cmd.Judgement {
		return Errorf(CodeConflict, "you have judged this item blind already; that verdict stays")
	}
	return nil
}

// judgeBlind checks that there is something to judge blind now, and keeps the verdict.
func (s *Service) judgeBlind(tx Tx, v Viewer, item Item, cmd BlindCommand, now time.Time) (BlindVerdict, error) {
	if err := cmd.validate(); err != nil {
		return BlindVerdict{}, err
	}
	if err := s.mayTake(tx, v, item); err != nil {
		return BlindVerdict{}, err
	}
	if !item.Blind || item.State != StateOpen {
		return BlindVerdict{}, Errorf(CodeConflict, "this item is not judged blind")
	}
	held, err := ownClaim(tx, v, item.ID, cmd.Token, now)
	if err != nil {
		return BlindVerdict{}, err
	}
	if item.Version != cmd.Version {
		return BlindVerdict{}, Errorf(CodeConflict, "this item has changed since you opened it")
	}
	verdict := BlindVerdict{
		ItemID: item.ID, UserID: v.User.ID, Judgement: cmd.Judgement, Confidence: cmd.Confidence,
		FocusedMS: cmd.FocusedMS, CreatedAt: now,
	}
	if !cmd.Simulated {
		verdict.FocusedMS = held.bounded(cmd.FocusedMS, now)
	}
	return verdict, keepBlindVerdict(tx, item, v.Actor(), verdict)
}

func keepBlindVerdict(tx Tx, item Item, by Actor, verdict BlindVerdict) error {
	if err := tx.PutBlindVerdict(verdict); err != nil {
		return err
	}
	return tx.AppendEvent(event(verdict.CreatedAt, by, "item.judged_blind", item.ID, item.AppID,
		blindDetail{Judgement: verdict.Judgement, Propensity: item.BlindPropensity}))
}

type blindDetail struct {
	Judgement  Judgement `json:"judgement"`
	Propensity float64   `json:"propensity"`
}

func (c BlindCommand) validate() error {
	return DecideCommand{Judgement: c.Judgement, Confidence: c.Confidence, FocusedMS: c.FocusedMS}.validate(Policy{})
}

// bounded is a time that somebody is said to have looked, at most as long as they have
// held the Item. A claim that does not say since when bounds nothing.
func (c Claim) bounded(focusedMS int64, now time.Time) int64 {
	if c.TakenAt.IsZero() {
		return focusedMS
	}
	return min(focusedMS, max(0, now.Sub(c.TakenAt).Milliseconds()))
}

// blindTo tells whether what the guard says of the Item is kept from the viewer: they
// may come to judge it, and have not yet. Once it is escalated or decided, it is there
// to be looked at.
func (i Item) blindTo(v Viewer, judged bool) bool {
	return i.KeptBlind() && v.May(PermDecide) && !judged
}

// KeptBlind tells whether the Item is one that is judged blind, and is still to be
// judged: now, or when it wakes.
func (i Item) KeptBlind() bool {
	return i.Blind && (i.State == StateOpen || i.State == StateSnoozed)
}

// blinded is the Item without what the guard says of it. Its place in the queue and its
// due time stay, for the work goes by them.
func (i Item) blinded() Item {
	if i.Kind == KindAudit {
		i.Kind = KindInteraction // a sample of what was allowed says that it was
	}
	i.Severity, i.Priority, i.Detector, i.Category, i.Reason = "", 0, "", "", ""
	i.Verdict, i.Risk, i.SamplingKind, i.Propensity, i.Fingerprint = VerdictAllow, 0, "", 0, ""
	return i
}

// blinded is the view for somebody who is to judge the Item blind: neither what the
// guard says nor what colleagues say. What they did themselves they know.
func (v ItemView) blinded(viewer Viewer) ItemView {
	v.Item = v.Item.blinded()
	v.Assessment = Assessment{PolicyVersion: v.Assessment.PolicyVersion}
	v.Decisions = nil
	v.Annotations = slices.DeleteFunc(slices.Clone(v.Annotations), func(a Annotation) bool { return a.UserID != viewer.User.ID })
	v.Events = slices.DeleteFunc(slices.Clone(v.Events), func(e EventView) bool { return e.Actor != viewer.Actor() })
	v.History = slices.Clone(v.History)
	for i := range v.History {
		v.History[i] = v.History[i].blinded()
	}
	v.Alike, v.Near, v.Precedents = nil, nil, nil
	return v
}

// blinded is the row without what the guard and colleagues say.
func (h HistoryRow) blinded() HistoryRow {
	h.Blind, h.Verdict, h.Risk, h.Judgement = true, VerdictAllow, 0, ""
	return h
}

// fields are the rules as a policy's differences show them.
func (r BlindRules) fields() []policyField {
	severities := make([]string, len(r.Severities))
	for i, s := range r.Severities {
		severities[i] = string(s)
	}
	return []policyField{{"blind.share", FormatShare(r.Share)}, {"blind.severities", strings.Join(severities, ", ")}}
}
