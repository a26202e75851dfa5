package store

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type interventionRow struct {
	ID            string
	AppID         string
	InteractionID string
	UserID        string
	Bias          string
	Strategy      string
	Text          sealed
	DeliveredText sealed
	Confidence    float64
	Severity      review.Severity
	State         review.InterventionState
	ExperimentID  string
	Arm           int
	Outcome       review.InterventionOutcome
	OutcomeAt     *instant
	Created       instant `gorm:"column:created_at"`
}

func (interventionRow) TableName() string  { return "interventions" }
func (r interventionRow) recordID() string { return r.ID }

func (r interventionRow) intervention(o *opener) review.Intervention {
	return review.Intervention{
		ID: r.ID, AppID: r.AppID, InteractionID: r.InteractionID, UserID: r.UserID, Bias: r.Bias, Strategy: r.Strategy,
		Text:          string(o.text("interventions", "text", r.ID, r.Text)),
		DeliveredText: string(o.text("interventions", "delivered_text", r.ID, r.DeliveredText)),
		Confidence:    r.Confidence, Severity: r.Severity,
		State: r.State, ExperimentID: r.ExperimentID, Arm: r.Arm, Outcome: r.Outcome, OutcomeAt: r.OutcomeAt.timeOrNil(),
		CreatedAt: r.Created.time(),
	}
}

// PutIntervention implements review.Tx.
func (t *tx) PutIntervention(iv review.Intervention) error {
	return t.insert(&interventionRow{
		ID: iv.ID, AppID: iv.AppID, InteractionID: iv.InteractionID, UserID: iv.UserID, Bias: iv.Bias, Strategy: iv.Strategy,
		Text: toSeal([]byte(iv.Text)), DeliveredText: toSeal([]byte(iv.DeliveredText)), Confidence: iv.Confidence, Severity: iv.Severity,
		State: iv.State, ExperimentID: iv.ExperimentID, Arm: iv.Arm, Outcome: iv.Outcome, OutcomeAt: atOrNull(iv.OutcomeAt),
		Created: at(iv.CreatedAt),
	})
}

// Intervention implements review.Tx.
func (t *tx) Intervention(id string) (review.Intervention, error) {
	iv, err := findIntervention(t.orm(), id)
	return iv, t.note(err)
}

// SetIntervention implements review.Tx.
func (t *tx) SetIntervention(id string, state review.InterventionState, deliveredText string) error {
	n, err := t.affect("UPDATE interventions SET state = ?, delivered_text = ? WHERE id = ?",
		string(state), t.seal("interventions", "delivered_text", id, []byte(deliveredText)), id)
	if err == nil && n == 0 {
		return absent("intervention")
	}
	return err
}

// SetOutcome implements review.Tx.
func (t *tx) SetOutcome(interventionID string, outcome review.InterventionOutcome, when time.Time) error {
	return t.exec("UPDATE interventions SET outcome = ?, outcome_at = ? WHERE id = ?", string(outcome), at(when), interventionID)
}

// LastInterventions implements review.Tx.
func (t *tx) LastInterventions(appID, userID, bias string, n int) ([]review.Intervention, error) {
	var rows []interventionRow
	err := t.orm().Raw(`SELECT * FROM interventions WHERE app_id = ? AND user_id = ? AND bias = ? AND state = ? ORDER BY id DESC LIMIT ?`,
		appID, userID, bias, string(review.InterventionApproved), n).Scan(&rows).Error
	if err != nil {
		return nil, t.noteFailure(err)
	}
	out, err := interventionsOf(rows, t.orm().opener())
	return out, t.note(err)
}

func findIntervention(db reads, id string) (review.Intervention, error) {
	var rows []interventionRow
	err := db.Where("id = ?", id).Find(&rows).Error
	row, err := found(rows, err, "intervention")
	if err != nil {
		return review.Intervention{}, err
	}
	o := db.opener()
	iv := row.intervention(o)
	return iv, o.err
}

// findInterventions returns those of one Interaction, oldest first.
func findInterventions(db reads, interactionID string) ([]review.Intervention, error) {
	var rows []interventionRow
	if err := db.Where("interaction_id = ?", interactionID).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return interventionsOf(rows, db.opener())
}

func interventionsOf(rows []interventionRow, o *opener) ([]review.Intervention, error) {
	var out []review.Intervention
	for _, row := range rows {
		out = append(out, row.intervention(o))
	}
	return out, o.err
}

// BiasState implements review.Tx.
func (t *tx) BiasState(appID, userID, detector string) (review.BiasState, bool, error) {
	s := review.BiasState{AppID: appID, UserID: userID, Detector: detector}
	var fired *instant
	var updated instant
	found, err := t.first(`SELECT alpha, beta, weight, other_alpha, other_beta, other_weight, firing, fired_at, updated_at FROM bias_states
WHERE app_id = ? AND user_id = ? AND detector = ?`, []any{appID, userID, detector},
		&s.Alpha, &s.Beta, &s.Weight, &s.OtherAlpha, &s.OtherBeta, &s.OtherWeight, &s.Firing, &fired, &updated)
	if err != nil || !found {
		return review.BiasState{}, false, err
	}
	s.FiredAt, s.UpdatedAt = fired.timeOrNil(), updated.time()
	return s, true, nil
}

// PutBiasState implements review.Tx.
func (t *tx) PutBiasState(s review.BiasState) error {
	return t.exec(`INSERT INTO bias_states (app_id, user_id, detector, alpha, beta, weight,
other_alpha, other_beta, other_weight, firing, fired_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (app_id, user_id, detector) DO UPDATE SET alpha = excluded.alpha,
beta = excluded.beta, weight = excluded.weight, other_alpha = excluded.other_alpha, other_beta = excluded.other_beta,
other_weight = excluded.other_weight, firing = excluded.firing, fired_at = excluded.fired_at, updated_at = excluded.updated_at`,
		s.AppID, s.UserID, s.Detector, s.Alpha, s.Beta, s.Weight, s.OtherAlpha, s.OtherBeta, s.OtherWeight, s.Firing, atOrNull(s.FiredAt), at(s.UpdatedAt))
}
