package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type interactionRow struct {
	ID               string
	AppID            string
	ExternalID       string
	UserID           string
	SessionID        string
	ConversationID   string
	Turn             int
	Model            string
	ModelVersion     string
	ContentHash      []byte
	PromptTokens     int
	CompletionTokens int
	LatencyMS        int64 `gorm:"column:latency_ms"`
	Unsent           bool
	Occurred         instant  `gorm:"column:occurred_at"`
	Created          instant  `gorm:"column:created_at"`
	Expires          *instant `gorm:"column:expires_at"`
	Removed          *instant `gorm:"column:removed_at"`
	Excerpt          sealed
	Error            sealed
	Context          sealed
	Prompt           sealed
	Response         sealed
	Content          sealed
}

func (interactionRow) TableName() string  { return "interactions" }
func (r interactionRow) recordID() string { return r.ID }

// otherTexts is what a Content has besides prompt and response, which have columns:
// most exchanges are nothing more, and exports need nothing else.
type otherTexts struct {
	System    string            `json:"system,omitempty"`
	Messages  []review.Message  `json:"messages,omitempty"`
	Documents []review.Document `json:"documents,omitempty"`
	ToolCalls []toolCall        `json:"tool_calls,omitempty"`
}

// toolCall keeps the arguments as a string: as JSON they would be written anew, and
// the spans of Findings would no longer fit.
type toolCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments,omitempty"`
	Output    string `json:"output,omitempty"`
	Error     string `json:"error,omitempty"`
}

func encodeContent(c review.Content) ([]byte, error) {
	if c.System == "" && len(c.Messages) == 0 && len(c.Documents) == 0 && len(c.ToolCalls) == 0 {
		return nil, nil
	}
	other := otherTexts{System: c.System, Messages: c.Messages, Documents: c.Documents}
	for _, call := range c.ToolCalls {
		other.ToolCalls = append(other.ToolCalls, toolCall{call.Name, string(call.Arguments), call.Output, call.Error})
	}
	return encode(other)
}

// contents are the texts of an Interaction.
func (r interactionRow) contents(o *opener) (review.Content, error) {
	return contentOf(o.text("interactions", "prompt", r.ID, r.Prompt), o.text("interactions", "response", r.ID, r.Response),
		o.text("interactions", "content", r.ID, r.Content), o)
}

func contentOf(prompt, response, content []byte, o *opener) (review.Content, error) {
	var other otherTexts
	if err := o.failed(decode(content, &other)); err != nil {
		return review.Content{}, err
	}
	c := review.Content{
		System: other.System, Messages: other.Messages, Documents: other.Documents,
		Prompt: string(prompt), Response: string(response),
	}
	for _, call := range other.ToolCalls {
		c.ToolCalls = append(c.ToolCalls, review.ToolCall{
			Name: call.Name, Arguments: rawOrNil(call.Arguments), Output: call.Output, Error: call.Error,
		})
	}
	return c, nil
}

func rawOrNil(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func newInteractionRow(in review.Interaction, a review.Assessment) (interactionRow, error) {
	content, err := encodeContent(in.Content)
	return interactionRow{
		ID: in.ID, AppID: in.AppID, ExternalID: in.ExternalID,
		UserID: in.UserID, SessionID: in.SessionID, ConversationID: in.ConversationID, Turn: in.Turn,
		Model: in.Model, ModelVersion: in.ModelVersion, ContentHash: in.ContentHash[:],
		PromptTokens: in.Usage.PromptTokens, CompletionTokens: in.Usage.CompletionTokens, LatencyMS: in.LatencyMS, Unsent: in.Unsent,
		Occurred: at(in.OccurredAt), Created: at(in.CreatedAt), Expires: atOrNull(in.ExpiresAt),
		Excerpt: toSeal([]byte(a.Excerpt(in.Content))), Error: toSeal([]byte(in.Error)), Context: toSeal(in.Context),
		Prompt: toSeal([]byte(in.Content.Prompt)), Response: toSeal([]byte(in.Content.Response)), Content: toSeal(content),
	}, err
}

func (r interactionRow) interaction(o *opener) (review.Interaction, error) {
	content, err := r.contents(o)
	in := review.Interaction{
		ID: r.ID, AppID: r.AppID, ExternalID: r.ExternalID,
		UserID: r.UserID, SessionID: r.SessionID, ConversationID: r.ConversationID, Turn: r.Turn,
		Model: r.Model, ModelVersion: r.ModelVersion, Content: content,
		Usage:      review.Usage{PromptTokens: r.PromptTokens, CompletionTokens: r.CompletionTokens},
		LatencyMS:  r.LatencyMS,
		Unsent:     r.Unsent,
		Error:      string(o.text("interactions", "error", r.ID, r.Error)),
		Context:    o.text("interactions", "context", r.ID, r.Context),
		OccurredAt: r.Occurred.time(), CreatedAt: r.Created.time(), ExpiresAt: r.Expires.timeOrNil(),
		RemovedAt: r.Removed.timeOrNil(),
	}
	copy(in.ContentHash[:], r.ContentHash)
	return in, o.failed(err)
}

type assessmentRow struct {
	InteractionID string
	Verdict       string
	Risk          float64
	PolicyVersion int
	ScreeningUS   int64 `gorm:"column:screening_us"`
	Findings      sealed
	Failures      sealed
	Redactions    sealed
}

func (assessmentRow) TableName() string  { return "assessments" }
func (r assessmentRow) recordID() string { return r.InteractionID }

func newAssessmentRow(interactionID string, a review.Assessment) (assessmentRow, error) {
	findings, err1 := encodeList(a.Findings)
	failures, err2 := encodeList(a.Failures)
	redactions, err3 := encodeList(a.Redactions)
	return assessmentRow{
		InteractionID: interactionID, Verdict: a.Verdict.String(), Risk: a.Risk, PolicyVersion: a.PolicyVersion,
		ScreeningUS: a.ScreeningUS, Findings: toSeal(findings), Failures: toSeal(failures), Redactions: toSeal(redactions),
	}, errors.Join(err1, err2, err3)
}

func (r assessmentRow) assessment(o *opener) (review.Assessment, error) {
	a := review.Assessment{Risk: r.Risk, PolicyVersion: r.PolicyVersion, ScreeningUS: r.ScreeningUS}
	findings := o.text("assessments", "findings", r.InteractionID, r.Findings)
	failures := o.text("assessments", "failures", r.InteractionID, r.Failures)
	redactions := o.text("assessments", "redactions", r.InteractionID, r.Redactions)
	if o.err != nil {
		return a, o.err
	}
	return a, errors.Join(a.Verdict.UnmarshalText([]byte(r.Verdict)),
		decode(findings, &a.Findings), decode(failures, &a.Failures), decode(redactions, &a.Redactions))
}

type feedbackRow struct {
	ID            string
	InteractionID string
	Document      sealed
	Created       instant `gorm:"column:created_at"`
}

func (feedbackRow) TableName() string  { return "feedback" }
func (r feedbackRow) recordID() string { return r.ID }

// FindExternal implements review.Tx.
func (t *tx) FindExternal(appID, externalID string) (string, [32]byte, bool, error) {
	var id string
	var hash []byte
	found, err := t.first(selectExternal, []any{appID, externalID}, &id, &hash)
	return id, hashOf(hash), found, err
}

func hashOf(b []byte) (hash [32]byte) {
	copy(hash[:], b)
	return hash
}

// PutInteraction implements review.Tx.
func (t *tx) PutInteraction(in review.Interaction, a review.Assessment) error {
	interaction, err := newInteractionRow(in, a)
	if err != nil {
		return err
	}
	assessment, err := newAssessmentRow(in.ID, a)
	if err != nil {
		return err
	}
	if err := t.insert(&interaction); err != nil {
		return said(err, review.CodeConflict, "external_id was submitted before")
	}
	if err := t.insert(&assessment); err != nil {
		return err
	}
	if err := t.tallyScreening(in, a); err != nil {
		return err
	}
	if err := t.tallyFailures(in, a.Failures); err != nil {
		return err
	}
	return t.tallyFindings(in.AppID, in.CreatedAt, "", outcomeFound, a.Findings)
}

// tallyScreening counts how long the guard took.
func (t *tx) tallyScreening(in review.Interaction, a review.Assessment) error {
	return t.exec(`INSERT INTO screening_days (app_id, day, bucket, n) VALUES (?, ?, ?, 1)
ON CONFLICT (app_id, day, bucket) DO UPDATE SET n = screening_days.n + 1`, in.AppID, dayOf(in.CreatedAt), review.LatencyBucket(a.ScreeningUS))
}

// tallyFailures counts the detectors that could not answer, each once.
func (t *tx) tallyFailures(in review.Interaction, failures []review.Failure) error {
	counted := map[string]bool{}
	for _, f := range failures {
		if counted[f.Detector] {
			continue
		}
		counted[f.Detector] = true
		err := t.exec(`INSERT INTO failure_hours (app_id, hour, detector, n) VALUES (?, ?, ?, 1)
ON CONFLICT (app_id, hour, detector) DO UPDATE SET n = failure_hours.n + 1`, in.AppID, hourNumber(in.CreatedAt), f.Detector)
		if err != nil {
			return err
		}
	}
	return nil
}

// PutFeedback implements review.Tx.
func (t *tx) PutFeedback(id, interactionID string, f review.Feedback, when time.Time) error {
	document, err := encode(f)
	if err != nil {
		return err
	}
	err = t.insert(&feedbackRow{ID: id, InteractionID: interactionID, Document: toSeal(document), Created: at(when)})
	return said(err, review.CodeConflict, "feedback was given before")
}

// Interaction implements review.Tx.
func (t *tx) Interaction(id string) (review.Interaction, error) {
	in, err := findInteraction(t.orm(), id)
	return in, t.note(err)
}

// Assessment implements review.Tx.
func (t *tx) Assessment(interactionID string) (review.Assessment, error) {
	a, err := findAssessment(t.orm(), interactionID)
	return a, t.note(err)
}

// Feedback implements review.Tx.
func (t *tx) Feedback(interactionID string) (*review.Feedback, error) {
	f, err := findFeedback(t.orm(), interactionID)
	return f, t.note(err)
}

func findInteraction(db reads, id string) (review.Interaction, error) {
	var rows []interactionRow
	err := db.Where("id = ?", id).Find(&rows).Error
	row, err := found(rows, err, "interaction")
	if err != nil {
		return review.Interaction{}, err
	}
	return row.interaction(db.opener())
}

func findAssessment(db reads, interactionID string) (review.Assessment, error) {
	var rows []assessmentRow
	err := db.Where("interaction_id = ?", interactionID).Find(&rows).Error
	row, err := found(rows, err, "assessment")
	if err != nil {
		return review.Assessment{}, err
	}
	return row.assessment(db.opener())
}

func findFeedback(db reads, interactionID string) (*review.Feedback, error) {
	var rows []feedbackRow
	if err := db.Where("interaction_id = ?", interactionID).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var f review.Feedback
	o := db.opener()
	document := o.text("feedback", "document", rows[0].ID, rows[0].Document)
	return &f, o.failed(decode(document, &f))
}

// FindExternal implements review.Reader.
func (s *Store) FindExternal(ctx context.Context, appID, externalID string) (string, [32]byte, bool, error) {
	var id string
	var hash []byte
	err := s.hot.external.QueryRowContext(ctx, appID, externalID).Scan(&id, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", [32]byte{}, false, nil
	}
	return id, hashOf(hash), err == nil, s.fault(err)
}

// Receipt implements review.Reader.
func (s *Store) Receipt(ctx context.Context, appID, interactionID string) (review.Receipt, error) {
	var r review.Receipt
	err := s.snapshot(ctx, func(db reads) error {
		in, err := findInteraction(db, interactionID)
		if err == nil && in.AppID != appID {
			err = absent("interaction")
		}
		if err != nil {
			return err
		}
		r = review.Receipt{ID: in.ID, Content: in.Content}
		if r.Assessment, err = findAssessment(db, in.ID); err != nil {
			return err
		}
		if r.Interventions, err = findInterventions(db, in.ID); err != nil {
			return err
		}
		r.Item, err = findItemRef(db, in.ID)
		return err
	})
	return r, err
}

// findItemRef returns the Item that is about the Interaction as a whole.
func findItemRef(db reads, interactionID string) (*review.ItemRef, error) {
	var rows []review.ItemRef
	err := db.Model(&itemRow{}).Select("id", "state").Where("interaction_id = ? AND kind IN ?", interactionID,
		[]review.ItemKind{review.KindInteraction, review.KindAudit}).Order("id").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
