package review

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of what a reviewer types, in bytes.
const (
	maxReasonBytes = 4 << 10
	maxNoteBytes   = 16 << 10
	maxTextBytes   = 4 << 10
	maxFocusedMS   = int64(24 * time.Hour / time.Millisecond)
)

// DecideCommand is a reviewer's judgement of an Item that they hold.
type DecideCommand struct {
	ItemID     string
	Token      string // of the claim
	Version    int    // of the Item that the reviewer saw
	Judgement  Judgement
	Label      string
	Reason     string
	Text       string // the Intervention's text as edited; "" keeps the proposal
	Note       string // stored as an Annotation together with the Decision; "" for none
	Confidence *float64
	FocusedMS  int64 // as the page measured it; never more than the claim was held
	Simulated  bool  // by a program that plays an analyst and did not take that time

	Queue string // the named queue that it is escalated to; "" for any lead

	batchID  string // of the batch that it belongs to
	reverses string // the Decision in whose place it stands
}

func (c DecideCommand) validate(policy Policy) error {
	var bad invalidFields
	switch c.Judgement {
	case JudgeApprove, JudgeBlock, JudgeEscalate:
	default:
		bad.addf("decision", "must be approve, block or escalate")
	}
	if c.Label != "" && !policy.HasLabel(c.Label) {
		bad.addf("label", "is not in the policy")
	}
	if len(c.Reason) > maxReasonBytes || !utf8.ValidString(c.Reason) {
		bad.addf("reason", "must be text of at most %d bytes", maxReasonBytes)
	}
	if len(c.Text) > maxTextBytes || !utf8.ValidString(c.Text) {
		bad.addf("text", "must be text of at most %d bytes", maxTextBytes)
	}
	if len(c.Note) > maxNoteBytes || !utf8.ValidString(c.Note) {
		bad.addf("body", "must be text of at most %d bytes", maxNoteBytes)
	}
	if c.Confidence != nil && !(*c.Confidence >= 0 && *c.Confidence <= 1) {
		bad.addf("confidence", "must be between 0 and 1")
	}
	if c.FocusedMS < 0 || c.FocusedMS > maxFocusedMS {
		bad.addf("focused_ms", "must be between 0 and %d", maxFocusedMS)
	}
	if _, named := policy.Escalation(c.Queue); c.Judgement == JudgeEscalate && c.Queue != "" && !named {
		bad.addf("queue", "is not in the policy")
	}
	return bad.err()
}

// validateFor checks the command with what its Item and the policy ask for.
func (c DecideCommand) validateFor(policy Policy, item Item) error {
	if err := c.validate(policy); err != nil {
		return err
	}
	if strings.TrimSpace(c.Reason) == "" && policy.RequiredReason.Required(c.Judgement, c.Label, item.Severity) {
		return Unprocessable([]FieldError{{"reason", "is required here, whichever way you decide"}})
	}
	return nil
}

// Decide records the judgement: Decision, state of the Item and of its Intervention,
// Event and outbox row in one transaction. A lease or a version that is no longer
// the one given is CodeConflict. The same Decision posted twice is one Decision.
func (s *Service) Decide(ctx context.Context, v Viewer, cmd DecideCommand) (Decision, error) {
	if !v.May(PermDecide) {
		return Decision{}, Errorf(CodeForbidden, "your role may not decide")
	}
	id, noteID := s.NewID(), s.NewID()
	var decision Decision
	repeated := false
	err := s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, cmd.ItemID)
		if err != nil {
			return err
		}
		first, err := decidedAlready(tx, v, item, cmd)
		if err != nil {
			return err
		}
		if repeated = first != nil; repeated {
			decision = *first
			return nil
		}
		now := s.now() // inside: waiting for the writer must not eat into the undo window
		if decision, err = s.judge(tx, v, item, cmd, id, now); err != nil {
			return err
		}
		if item.wantsOpinions(cmd.Judgement) {
			err = giveOpinion(tx, item, &decision)
		} else {
			err = settled(tx, item, decision)
		}
		if err != nil {
			return err
		}
		return addNote(tx, v, item, noteID, cmd.Note, now)
	})
	if err != nil {
		return Decision{}, err
	}
	if !repeated {
		s.Meter.Decided(decision.Judgement)
	}
	return decision, nil
}

// judge checks that the viewer may decide the Item now, and makes the Decision.
func (s *Service) judge(tx Tx, v Viewer, item Item, cmd DecideCommand, id string, now time.Time) (Decision, error) {
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
	held, err := ownClaim(tx, v, item.ID, cmd.Token, now)
	if err != nil {
		return Decision{}, err
	}
	if item.Version != cmd.Version {
		return Decision{}, Errorf(CodeConflict, "this item has changed since you opened it")
	}
	if !cmd.Simulated {
		cmd.FocusedMS = held.bounded(cmd.FocusedMS, now)
	}
	return newDecision(tx, v.Actor(), item, cmd, policy, id, now)
}

// addNote stores the note that came with a Decision, if there is one.
func addNote(tx Tx, v Viewer, item Item, id, body string, now time.Time) error {
	if body = strings.TrimSpace(body); body == "" {
		return nil
	}
	return putAnnotation(tx, v, item, Annotation{
		ID: id, ItemID: item.ID, AppID: item.AppID, UserID: v.User.ID, UserName: v.User.Name, Body: body, CreatedAt: now,
	})
}

// decidedAlready recognises a form that was sent twice: the viewer's own standing
// Decision with the same judgement, made on the version that the form shows.
func decidedAlready(tx Tx, v Viewer, item Item, cmd DecideCommand) (*Decision, error) {
	if item.Version != cmd.Version+1 {
		return nil, nil
	}
	if given, err := ownOpinion(tx, v, item.ID); err != nil || given != nil && given.Judgement == cmd.Judgement {
		return given, err
	}
	if item.State == StateOpen {
		return nil, nil
	}
	last, err := tx.LastDecision(item.ID)
	if err != nil || last == nil {
		return nil, err
	}
	if last.Undone == nil && last.Actor == v.Actor() && last.Judgement == cmd.Judgement {
		return &last.Decision, nil
	}
	return nil, nil
}

// policyInForce is the App's active policy, with a Rule for every detector.
func (s *Service) policyInForce(tx Tx, appID string) (Policy, error) {
	p, err := tx.ActivePolicy(appID)
	return p.WithDefaults(s.specs), err
}

func newDecision(tx Tx, by Actor, item Item, cmd DecideCommand, policy Policy, id string, now time.Time) (Decision, error) {
	a, err := tx.Assessment(item.InteractionID)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{
		ID: id, ItemID: item.ID, AppID: item.AppID, Actor: by, FromState: item.State,
		Judgement: cmd.Judgement, Label: cmd.Label, Reason: strings.TrimSpace(cmd.Reason), Text: strings.TrimSpace(cmd.Text),
		Confidence: cmd.Confidence, PolicyVersion: policy.Version,
		GuardVerdict: a.Verdict, GuardRisk: a.Risk, Findings: a.Findings,
		FinalVerdict: cmd.Judgement, FocusedMS: cmd.FocusedMS,
		SamplingKind: item.SamplingKind, Propensity: item.Propensity, BatchID: cmd.batchID, Reverses: cmd.reverses, CreatedAt: now,
	}
	if cmd.Judgement == JudgeEscalate {
		d.Escalation = cmd.Queue
	}
	return d, witness(tx, item, &d)
}

// record writes everything that follows from a Decision.
func record(tx Tx, item Item, d Decision) error {
	if err := move(tx, item, stateAfter(d.Judgement)); err != nil {
		return err
	}
	if d.Judgement == JudgeEscalate {
		if err := tx.SetEscalation(item.ID, d.Escalation); err != nil {
			return err
		}
	}
	if err := tx.DeleteClaim(item.ID); err != nil {
		return err
	}
	if err := tx.PutDecision(d); err != nil {
		return err
	}
	intervention, err := settleIntervention(tx, item, d)
	if err != nil {
		return err
	}
	if err := publish(tx, item, d, intervention); err != nil {
		return err
	}
	return tx.AppendEvent(event(d.CreatedAt, d.Actor, "decision.made", d.ID, d.AppID, decidedDetail{
		ItemID: item.ID, Judgement: d.Judgement, Label: d.Label, PolicyVersion: d.PolicyVersion,
		Escalation: d.Escalation, Reverses: d.Reverses, BatchID: d.BatchID,
	}))
}

type decidedDetail struct {
	ItemID        string    `json:"item_id"`
	Judgement     Judgement `json:"judgement"`
	Label         string    `json:"label"`
	PolicyVersion int       `json:"policy_version"`
	Escalation    string    `json:"escalation,omitempty"`
	Reverses      string    `json:"reverses,omitempty"`
	BatchID       string    `json:"batch_id,omitempty"`
}

func stateAfter(j Judgement) ItemState {
	if j == JudgeEscalate {
		return StateEscalated
	}
	return StateDecided
}

// settleIntervention approves or drops the Intervention that the Item is about.
func settleIntervention(tx Tx, item Item, d Decision) (*Intervention, error) {
	if item.Kind != KindIntervention || d.Judgement == JudgeEscalate {
		return nil, nil
	}
	iv, err := tx.Intervention(item.InterventionID)
	if err != nil {
		return nil, err
	}
	iv.State, iv.DeliveredText = InterventionDropped, ""
	if d.Judgement == JudgeApprove {
		iv.State, iv.DeliveredText = InterventionApproved, d.Text
		if d.Text == "" {
			iv.DeliveredText = iv.Text
		}
	}
	return &iv, tx.SetIntervention(iv.ID, iv.State, iv.DeliveredText)
}

// publish tells the App, unless the Item only moved on to a lead, or is a control,
// which is nobody's exchange.
func publish(tx Tx, item Item, d Decision, iv *Intervention) error {
	if d.Judgement == JudgeEscalate || item.Kind == KindControl {
		return nil
	}
	n, err := notice(d, item, iv)
	if err != nil {
		return err
	}
	return tx.Publish(n)
}

// Undo takes the viewer's own Decision back within UndoWindow: the App never hears
// of it, the Item is open again and leased to the viewer.
func (s *Service) Undo(ctx context.Context, v Viewer, decisionID string) (itemID string, err error) {
	token := s.NewToken()
	err = s.Store.Write(ctx, func(tx Tx) error {
		now := s.now() // inside: what has waited may be too late
		if given, err := tx.Opinion(decisionID); err != nil || given != nil {
			if given != nil {
				itemID = given.ItemID
				err = s.withdraw(tx, v, *given, token, now)
			}
			return err
		}
		d, err := tx.Decision(decisionID)
		if err == nil && !v.Sees(d.AppID) {
			err = Errorf(CodeNotFound, "there is no such decision")
		}
		if err != nil {
			return err
		}
		itemID = d.ItemID
		switch {
		case !v.May(PermDecide):
			return Errorf(CodeForbidden, "your role may not decide")
		case d.Actor != v.Actor():
			return Errorf(CodeForbidden, "only who made a decision can undo it")
		case d.Undone != nil:
			return nil
		case !d.Undoable(v.User.ID, now):
			return Errorf(CodeConflict, "the ten seconds for undo have passed")
		}
		return takeBack(tx, v, d.Decision, token, now)
	})
	return itemID, err
}

// takeBack undoes a Decision that may be undone; CodeConflict, with nothing written,
// when somebody has decided the Item since. With a token the viewer holds it again.
func takeBack(tx Tx, v Viewer, d Decision, token string, now time.Time) error {
	item, err := tx.Item(d.ItemID)
	if err != nil {
		return err
	}
	last, err := tx.LastDecision(item.ID)
	if err != nil {
		return err
	}
	if item.State != stateAfter(d.Judgement) || last == nil || last.ID != d.ID {
		return Errorf(CodeConflict, "somebody has decided this item since")
	}
	if err := move(tx, item, d.FromState); err != nil {
		return err
	}
	if d.Judgement == JudgeEscalate && d.FromState == StateOpen {
		if err := tx.SetEscalation(item.ID, ""); err != nil {
			return err
		}
	}
	if err := tx.PutUndo(Undo{DecisionID: d.ID, Actor: v.Actor(), CreatedAt: now}); err != nil {
		return err
	}
	if err := tx.Retract(d.ID, now); err != nil {
		return err
	}
	if err := restoreIntervention(tx, item, d); err != nil {
		return err
	}
	if token != "" && d.FromState != StateDecided {
		claim := Claim{ItemID: item.ID, UserID: v.User.ID, Token: token, TakenAt: now}
		claim.renew(now)
		if err := tx.PutClaim(claim); err != nil {
			return err
		}
	}
	return tx.AppendEvent(event(now, v.Actor(), "decision.undone", d.ID, d.AppID, none{}))
}

// restoreIntervention makes of the Intervention what it was before the Decision.
func restoreIntervention(tx Tx, item Item, undone Decision) error {
	if item.Kind != KindIntervention || undone.Judgement == JudgeEscalate {
		return nil
	}
	if undone.Reverses == "" {
		return tx.SetIntervention(item.InterventionID, InterventionProposed, "")
	}
	before, err := tx.Decision(undone.Reverses)
	if err != nil {
		return err
	}
	_, err = settleIntervention(tx, item, before.Decision)
	return err
}

// AnnotateCommand is a note on an Item, or a label on a span of one of its texts.
type AnnotateCommand struct {
	ItemID  string
	Label   string
	Segment string
	Start   int // byte offsets, half open
	End     int
	Body    string
	Masked  bool // the offsets are those of the text with its placeholders
}

// Annotate adds a note or a labelled span. Any reviewer who sees the Item may; no
// claim is needed, because nothing is decided.
func (s *Service) Annotate(ctx context.Context, v Viewer, cmd AnnotateCommand) (Annotation, error) {
	if !v.May(PermDecide) {
		return Annotation{}, Errorf(CodeForbidden, "your role may not annotate")
	}
	a := Annotation{
		ID: s.NewID(), ItemID: cmd.ItemID, UserID: v.User.ID, UserName: v.User.Name,
		Label: cmd.Label, Segment: cmd.Segment, Start: cmd.Start, End: cmd.End,
		Body: strings.TrimSpace(cmd.Body), CreatedAt: s.now(),
	}
	err := s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, cmd.ItemID)
		if err != nil {
			return err
		}
		a.Start, a.End = cmd.Start, cmd.End
		if cmd.Masked {
			assessment, err := tx.Assessment(item.InteractionID)
			if err != nil {
				return err
			}
			a.Start, a.End = assessment.submittedSpan(cmd.Segment, cmd.Start, cmd.End)
		}
		if err := s.validateAnnotation(tx, item, a); err != nil {
			return err
		}
		a.AppID = item.AppID
		return putAnnotation(tx, v, item, a)
	})
	return a, err
}

// putAnnotation keeps it and tells those whom it names.
func putAnnotation(tx Tx, v Viewer, item Item, a Annotation) error {
	if err := tx.PutAnnotation(a); err != nil {
		return err
	}
	if err := tellMentioned(tx, v, item, a); err != nil {
		return err
	}
	return tx.AppendEvent(event(a.CreatedAt, v.Actor(), "item.annotated", a.ItemID, a.AppID, none{}))
}

func (s *Service) validateAnnotation(tx Tx, item Item, a Annotation) error {
	var bad invalidFields
	if len(a.Body) > maxNoteBytes || !utf8.ValidString(a.Body) {
		bad.addf("body", "must be text of at most %d bytes", maxNoteBytes)
	}
	if a.Segment == "" {
		if a.Body == "" {
			bad.addf("body", "is empty")
		}
		return bad.err()
	}
	policy, err := s.policyInForce(tx, item.AppID)
	if err != nil {
		return err
	}
	if !policy.HasLabel(a.Label) {
		bad.addf("label", "is not in the policy")
	}
	in, err := tx.Interaction(item.InteractionID)
	if err != nil {
		return err
	}
	if !in.Content.hasSpan(a.Segment, a.Start, a.End) {
		bad.addf("segment", "and offsets must mark a piece of one of the item's texts")
	}
	return bad.err()
}

// hasSpan tells whether [start, end) is a non-empty run of whole characters of the
// named Segment.
func (c Content) hasSpan(name string, start, end int) bool {
	for _, s := range c.Segments() {
		if s.Name == name {
			return 0 <= start && start < end && end <= len(s.Text) &&
				utf8.RuneStart(s.Text[start]) && (end == len(s.Text) || utf8.RuneStart(s.Text[end]))
		}
	}
	return false
}

// mustJSON marshals plain data.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("review: not plain data: " + err.Error())
	}
	return b
}
