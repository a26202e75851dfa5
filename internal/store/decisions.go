package store

import (
	"errors"

	"github.com/guardroom/guardroom/internal/review"
)

type decisionRow struct {
	ID                 string
	ItemID             string
	AppID              string
	ActorKind          review.ActorKind
	ActorID            string
	FromState          review.ItemState
	Judgement          review.Judgement
	Label              string
	Reason             sealed
	Text               sealed
	Confidence         *float64
	PolicyVersion      int
	GuardVerdict       string
	GuardRisk          float64
	Findings           sealed
	Exposure           sealed
	BlindVerdict       *string
	FinalVerdict       review.Judgement
	ChangedAfterReveal bool
	FocusedMS          int64 `gorm:"column:focused_ms"`
	SamplingKind       string
	Propensity         float64
	BatchID            string
	Opinion            int
	Escalation         string
	Reverses           *string
	Created            instant `gorm:"column:created_at"`
}

func (decisionRow) TableName() string  { return "decisions" }
func (r decisionRow) recordID() string { return r.ID }

func newDecisionRow(d review.Decision) (decisionRow, error) {
	findings, err1 := encodeList(d.Findings)
	exposure, err2 := encode(d.Exposure)
	row := decisionRow{
		ID: d.ID, ItemID: d.ItemID, AppID: d.AppID, ActorKind: d.Actor.Kind, ActorID: d.Actor.ID,
		FromState: d.FromState, Judgement: d.Judgement, Label: d.Label, Reason: toSeal([]byte(d.Reason)), Text: toSeal([]byte(d.Text)),
		Confidence: d.Confidence, PolicyVersion: d.PolicyVersion, GuardVerdict: d.GuardVerdict.String(), GuardRisk: d.GuardRisk,
		Findings: toSeal(findings), Exposure: toSeal(exposure), FinalVerdict: d.FinalVerdict,
		ChangedAfterReveal: d.ChangedAfterReveal, FocusedMS: d.FocusedMS,
		SamplingKind: d.SamplingKind, Propensity: d.Propensity, BatchID: d.BatchID, Opinion: d.Opinion, Escalation: d.Escalation, Reverses: nullable(d.Reverses), Created: at(d.CreatedAt),
	}
	if d.BlindVerdict != nil {
		row.BlindVerdict = nullable(string(*d.BlindVerdict))
	}
	return row, errors.Join(err1, err2)
}

func (r decisionRow) decision(o *opener) (review.Decision, error) {
	d := review.Decision{
		ID: r.ID, ItemID: r.ItemID, AppID: r.AppID, Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID},
		FromState: r.FromState, Judgement: r.Judgement, Label: r.Label,
		Reason:     string(o.text("decisions", "reason", r.ID, r.Reason)),
		Text:       string(o.text("decisions", "text", r.ID, r.Text)),
		Confidence: r.Confidence, PolicyVersion: r.PolicyVersion, GuardRisk: r.GuardRisk, FinalVerdict: r.FinalVerdict,
		ChangedAfterReveal: r.ChangedAfterReveal, FocusedMS: r.FocusedMS,
		SamplingKind: r.SamplingKind, Propensity: r.Propensity, BatchID: r.BatchID, Opinion: r.Opinion, Escalation: r.Escalation, Reverses: deref(r.Reverses), CreatedAt: r.Created.time(),
	}
	if r.BlindVerdict != nil {
		blind := review.Judgement(*r.BlindVerdict)
		d.BlindVerdict = &blind
	}
	findings := o.text("decisions", "findings", r.ID, r.Findings)
	exposure := o.text("decisions", "exposure", r.ID, r.Exposure)
	if o.err != nil {
		return d, o.err
	}
	return d, errors.Join(d.GuardVerdict.UnmarshalText([]byte(r.GuardVerdict)), decode(findings, &d.Findings), decode(exposure, &d.Exposure))
}

// decisionViewRow is a Decision with its reviewer and its Undo.
type decisionViewRow struct {
	Decision      decisionRow `gorm:"embedded"`
	Reviewer      string
	UndoActorKind *review.ActorKind
	UndoActorID   *string
	UndoneAt      *instant
}

func (r decisionViewRow) view(o *opener) (review.DecisionView, error) {
	d, err := r.Decision.decision(o)
	v := review.DecisionView{Decision: d, Reviewer: r.Reviewer}
	if r.UndoneAt != nil {
		v.Undone = &review.Undo{DecisionID: d.ID, Actor: review.Actor{Kind: *r.UndoActorKind, ID: *r.UndoActorID}, CreatedAt: r.UndoneAt.time()}
	}
	return v, err
}

const selectDecisionViews = `SELECT d.*, COALESCE(u.name, d.actor_id) AS reviewer,
x.actor_kind AS undo_actor_kind, x.actor_id AS undo_actor_id, x.created_at AS undone_at
FROM decisions d LEFT JOIN users u ON d.actor_kind = 'user' AND u.id = d.actor_id
LEFT JOIN undos x ON x.decision_id = d.id WHERE `

func findDecisions(db reads, condition string, args ...any) ([]review.DecisionView, error) {
	var rows []decisionViewRow
	if err := db.Raw(selectDecisionViews+condition, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var out []review.DecisionView
	o := db.opener()
	for _, row := range rows {
		v, err := row.view(o)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// PutDecision implements review.Tx.
func (t *tx) PutDecision(d review.Decision) error {
	row, err := newDecisionRow(d)
	if err != nil {
		return err
	}
	if err := t.insert(&row); err != nil {
		return err
	}
	if err := t.listDecision(d); err != nil {
		return err
	}
	return t.tallyStanding(d.ID, d.Reverses, 1)
}

// tallyStanding counts a Decision, or with step -1 no longer, and the other way around
// the one in whose place it stands.
func (t *tx) tallyStanding(id, reverses string, step int) error {
	if err := t.tallyDecision(id, step); err != nil || reverses == "" {
		return err
	}
	return t.tallyDecision(reverses, -step)
}

// LastDecision implements review.Tx.
func (t *tx) LastDecision(itemID string) (*review.DecisionView, error) {
	views, err := findDecisions(t.orm(), "d.item_id = ? AND d.opinion = 0 ORDER BY d.created_at DESC, d.id DESC LIMIT 1", itemID)
	if err != nil || len(views) == 0 {
		return nil, t.note(err)
	}
	return &views[0], nil
}

// Decision implements review.Tx.
func (t *tx) Decision(id string) (review.DecisionView, error) {
	views, err := findDecisions(t.orm(), "d.id = ?", id)
	return found(views, t.note(err), "decision")
}

// DecisionsOfBatch implements review.Tx.
func (t *tx) DecisionsOfBatch(batchID string) ([]review.DecisionView, error) {
	views, err := findDecisions(t.orm(), "d.batch_id = ? AND d.batch_id <> '' ORDER BY d.id", batchID)
	return views, t.note(err)
}

// DecisionsOfItem implements review.Tx.
func (t *tx) DecisionsOfItem(itemID string) ([]review.DecisionView, error) {
	views, err := findDecisions(t.orm(), "d.item_id = ? ORDER BY d.created_at, d.id", itemID)
	return views, t.note(err)
}

// PutUndo implements review.Tx.
func (t *tx) PutUndo(u review.Undo) error {
	d, err := t.Decision(u.DecisionID)
	if err != nil {
		return err
	}
	err = t.exec("INSERT INTO undos (decision_id, actor_kind, actor_id, created_at) VALUES (?, ?, ?, ?)",
		u.DecisionID, string(u.Actor.Kind), u.Actor.ID, at(u.CreatedAt))
	if err != nil {
		return said(err, review.CodeConflict, "this decision is undone already")
	}
	if err := t.unlistDecision(d.Decision); err != nil {
		return err
	}
	return t.tallyStanding(u.DecisionID, d.Reverses, -1)
}

// annotationRow is a row of annotations; UserName is filled in on reads.
type annotationRow struct {
	ID        string
	ItemID    string
	AppID     string
	UserID    string
	UserName  string `gorm:"->"`
	Label     string
	Segment   string
	SpanStart int
	SpanEnd   int
	Body      sealed
	BatchID   string
	Created   instant `gorm:"column:created_at"`
}

func (annotationRow) TableName() string  { return "annotations" }
func (r annotationRow) recordID() string { return r.ID }

func (r annotationRow) annotation(o *opener) review.Annotation {
	return review.Annotation{ID: r.ID, ItemID: r.ItemID, AppID: r.AppID, UserID: r.UserID, UserName: r.UserName,
		Label: r.Label, Segment: r.Segment, Start: r.SpanStart, End: r.SpanEnd, Body: string(o.text("annotations", "body", r.ID, r.Body)), CreatedAt: r.Created.time()}
}

// PutAnnotation implements review.Tx.
func (t *tx) PutAnnotation(a review.Annotation) error {
	return t.insert(&annotationRow{ID: a.ID, ItemID: a.ItemID, AppID: a.AppID, UserID: a.UserID, Label: a.Label,
		Segment: a.Segment, SpanStart: a.Start, SpanEnd: a.End, Body: toSeal([]byte(a.Body)), BatchID: a.BatchID, Created: at(a.CreatedAt)})
}

func findAnnotations(db reads, itemID string) ([]review.Annotation, error) {
	var rows []annotationRow
	err := db.Raw(`SELECT n.*, u.name AS user_name FROM annotations n JOIN users u ON u.id = n.user_id
WHERE n.item_id = ? ORDER BY n.created_at, n.id`, itemID).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var out []review.Annotation
	o := db.opener()
	for _, row := range rows {
		out = append(out, row.annotation(o))
	}
	return out, o.err
}
