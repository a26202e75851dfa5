package store

import (
	"context"
	"encoding/json"

	"github.com/guardroom/guardroom/internal/review"
)

// maxOutcomes bounds what is read of one measure of an Experiment: nobody needs a million users to see a difference.
const maxOutcomes = 200_000

type experimentRow struct {
	ID       string
	AppID    string
	Bias     string
	State    review.ExperimentState
	Document sealed
	Created  instant `gorm:"column:created_at"`
}

func (r experimentRow) experiment(o *opener) (review.Experiment, error) {
	e := review.Experiment{ID: r.ID, AppID: r.AppID, Bias: r.Bias, State: r.State, CreatedAt: r.Created.time()}
	document := o.text("experiments", "document", r.ID, r.Document)
	if o.err != nil {
		return e, o.err
	}
	if err := json.Unmarshal(document, &e.Plan); err != nil {
		return e, review.Wrap(review.CodeInternal, err, "a stored experiment cannot be read")
	}
	return e, nil
}

// PutExperiment implements review.Tx.
func (t *tx) PutExperiment(e review.Experiment) error {
	document, err := encode(e.Plan)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO experiments (id, app_id, bias, state, document, created_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document`,
		e.ID, e.AppID, e.Bias, string(e.State), t.seal("experiments", "document", e.ID, document), at(e.CreatedAt))
}

// Experiment implements review.Tx.
func (t *tx) Experiment(id string) (review.Experiment, error) {
	e, err := findExperiment(t.orm(), id)
	return e, t.note(err)
}

func findExperiment(db reads, id string) (review.Experiment, error) {
	var rows []experimentRow
	err := db.Raw("SELECT * FROM experiments WHERE id = ?", id).Scan(&rows).Error
	row, err := found(rows, err, "experiment")
	if err != nil {
		return review.Experiment{}, err
	}
	return row.experiment(db.opener())
}

// RunningExperiment implements review.Tx.
func (t *tx) RunningExperiment(appID, bias string) (*review.Experiment, error) {
	var row experimentRow
	known, err := t.first(`SELECT id, app_id, bias, state, document, created_at FROM experiments WHERE app_id = ? AND bias = ? AND state = 'running'`,
		[]any{appID, bias}, &row.ID, &row.AppID, &row.Bias, &row.State, &row.Document, &row.Created)
	if err != nil || !known {
		return nil, err
	}
	e, err := row.experiment(t.orm().opener())
	return &e, t.note(err)
}

// PutEnrolment implements review.Tx.
func (t *tx) PutEnrolment(e review.Enrolment) error {
	return t.exec(`INSERT INTO enrolments (experiment_id, user_id, arm, interaction_id, enrolled_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		e.ExperimentID, e.UserID, e.Arm, e.InteractionID, at(e.At))
}

const selectEnrolments = `SELECT n.experiment_id, n.user_id, n.arm, n.interaction_id, n.enrolled_at
FROM experiments e JOIN enrolments n ON n.experiment_id = e.id WHERE e.app_id = ? AND e.state = 'running' AND n.user_id = ?`

// Enrolments implements review.Tx.
func (t *tx) Enrolments(appID, userID string) ([]review.Enrolment, error) {
	var rows []struct {
		ExperimentID  string
		UserID        string
		Arm           int
		InteractionID string
		EnrolledAt    instant
	}
	if err := t.orm().Raw(selectEnrolments, appID, userID).Scan(&rows).Error; err != nil {
		return nil, t.noteFailure(err)
	}
	var out []review.Enrolment
	for _, r := range rows {
		out = append(out, review.Enrolment{ExperimentID: r.ExperimentID, UserID: r.UserID, Arm: r.Arm, InteractionID: r.InteractionID, At: r.EnrolledAt.time()})
	}
	return out, nil
}

// PutOutcome implements review.Tx.
func (t *tx) PutOutcome(o review.Outcome) error {
	return t.exec(`INSERT INTO outcomes (experiment_id, measure, user_id, arm, value, interaction_id, observed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`, o.ExperimentID, o.Measure, o.UserID, o.Arm, o.Value, o.InteractionID, at(o.At))
}

// Experiments implements review.Reader.
func (s *Store) Experiments(ctx context.Context, appID string) ([]review.Experiment, error) {
	var rows []experimentRow
	if err := s.read(ctx).Raw("SELECT * FROM experiments WHERE app_id = ? ORDER BY id DESC", appID).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	var out []review.Experiment
	o := s.opener(ctx)
	for _, r := range rows {
		e, err := r.experiment(o)
		if err != nil {
			return nil, s.fault(err)
		}
		out = append(out, e)
	}
	return out, nil
}

// RunningExperiments implements review.Reader.
func (s *Store) RunningExperiments(ctx context.Context) ([]string, error) {
	var ids []string
	err := s.read(ctx).Raw("SELECT id FROM experiments WHERE state = 'running' ORDER BY app_id, bias").Scan(&ids).Error
	return ids, s.fault(err)
}

const selectOutcomes = `SELECT measure, user_id, arm, value, interaction_id, observed_at FROM outcomes
WHERE experiment_id = ? AND measure = ? ORDER BY observed_at, user_id LIMIT ?`

// Experiment implements review.Reader.
func (s *Store) Experiment(ctx context.Context, id string) (review.ExperimentView, error) {
	e, err := findExperiment(s.read(ctx), id)
	if err != nil {
		return review.ExperimentView{}, s.fault(err)
	}
	view := review.ExperimentView{Experiment: e, Enrolled: make([]int, len(e.Plan.Arms)), Outcomes: map[string][]review.Outcome{}}
	var arms []struct{ Arm, N int }
	if err := s.read(ctx).Raw("SELECT arm, COUNT(*) AS n FROM enrolments WHERE experiment_id = ? GROUP BY arm", id).Scan(&arms).Error; err != nil {
		return view, s.fault(err)
	}
	for _, a := range arms {
		if a.Arm >= 0 && a.Arm < len(view.Enrolled) {
			view.Enrolled[a.Arm] = a.N
		}
	}
	for _, measure := range review.Measures() {
		if view.Outcomes[measure], err = s.outcomes(ctx, id, measure); err != nil {
			return view, err
		}
	}
	return view, nil
}

func (s *Store) outcomes(ctx context.Context, id, measure string) ([]review.Outcome, error) {
	var rows []struct {
		UserID        string
		Arm           int
		Value         float64
		InteractionID string
		ObservedAt    instant
	}
	if err := s.read(ctx).Raw(selectOutcomes, id, measure, maxOutcomes).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Outcome, len(rows))
	for i, r := range rows {
		out[i] = review.Outcome{ExperimentID: id, Measure: measure, UserID: r.UserID, Arm: r.Arm, Value: r.Value,
			InteractionID: r.InteractionID, At: r.ObservedAt.time()}
	}
	return out, nil
}
