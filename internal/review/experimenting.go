package review

import (
	"context"
	"slices"
	"time"
)

// PlanExperiment keeps a new Experiment as a draft.
func (s *Service) PlanExperiment(ctx context.Context, v Viewer, appName, bias string, plan ExperimentPlan) (Experiment, error) {
	app, err := ownPolicy(v, appName)
	if err != nil {
		return Experiment{}, err
	}
	var bad invalidFields
	if !slices.ContainsFunc(s.Bias.Specs(), func(d DetectorSpec) bool { return d.ID == bias }) {
		bad.addf("bias", "must be a bias detector")
	}
	plan.validate(&bad)
	if len(bad) > 0 {
		return Experiment{}, bad.err()
	}
	now := s.now()
	plan.Salt, plan.CreatedBy, plan.StartedAt, plan.EndedAt, plan.Why = s.NewToken(), v.Actor(), nil, nil, ""
	e := Experiment{ID: s.NewID(), AppID: app.ID, Bias: bias, State: ExperimentDraft, Plan: plan, CreatedAt: now}
	err = s.Store.Write(ctx, func(tx Tx) error {
		if err := tx.PutExperiment(e); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "experiment.planned", e.ID, app.ID, experimentDetail{Name: plan.Name, Bias: bias}))
	})
	return e, err
}

type experimentDetail struct {
	Name string `json:"name"`
	Bias string `json:"bias"`
	Arm  string `json:"arm,omitempty"`
	Why  string `json:"why,omitempty"`
}

// StartExperiment lets a draft begin. Another one on the same bias of the App is CodeConflict: a user can only be
// treated in one way.
func (s *Service) StartExperiment(ctx context.Context, v Viewer, appName, id string) error {
	return s.changeExperiment(ctx, v, appName, id, func(tx Tx, e *Experiment, now time.Time) (Event, error) {
		if e.State != ExperimentDraft {
			return Event{}, Errorf(CodeConflict, "this experiment was started before")
		}
		running, err := tx.RunningExperiment(e.AppID, e.Bias)
		if err != nil {
			return Event{}, err
		}
		if running != nil {
			return Event{}, Errorf(CodeConflict, "another experiment on this bias is running")
		}
		e.State, e.Plan.StartedAt = ExperimentRunning, &now
		return event(now, v.Actor(), "experiment.started", e.ID, e.AppID, experimentDetail{Name: e.Plan.Name, Bias: e.Bias}), nil
	})
}

// EndExperiment ends a running one, or throws a draft away, for a reason.
func (s *Service) EndExperiment(ctx context.Context, v Viewer, appName, id, why string) error {
	why, err := policyReason(why)
	if err != nil {
		return err
	}
	return s.changeExperiment(ctx, v, appName, id, func(_ Tx, e *Experiment, now time.Time) (Event, error) {
		if e.State == ExperimentEnded {
			return Event{}, Errorf(CodeConflict, "this experiment has ended before")
		}
		return e.end(now, v.Actor(), why), nil
	})
}

func (e *Experiment) end(now time.Time, by Actor, why string) Event {
	e.State, e.Plan.EndedAt, e.Plan.Why = ExperimentEnded, &now, why
	return event(now, by, "experiment.ended", e.ID, e.AppID, experimentDetail{Name: e.Plan.Name, Bias: e.Bias, Why: why})
}

// changeExperiment lets a person change an Experiment of an App whose policy is theirs to change.
func (s *Service) changeExperiment(ctx context.Context, v Viewer, appName, id string, change func(Tx, *Experiment, time.Time) (Event, error)) error {
	app, err := ownPolicy(v, appName)
	if err != nil {
		return err
	}
	now := s.now()
	return s.Store.Write(ctx, func(tx Tx) error {
		e, err := tx.Experiment(id)
		if err == nil && e.AppID != app.ID {
			err = Errorf(CodeNotFound, "there is no such experiment")
		}
		if err != nil {
			return err
		}
		done, err := change(tx, &e, now)
		if err != nil {
			return err
		}
		if err := tx.PutExperiment(e); err != nil {
			return err
		}
		return tx.AppendEvent(done)
	})
}

// StopArm stops an arm that was shown to harm: its users are not prompted any more. With the last one the Experiment
// ends. What is stopped already stays as it is.
func (s *Service) StopArm(ctx context.Context, id string, arm int, why string) error {
	now, by := s.now(), Actor{ActorSystem, "experiments"}
	return s.Store.Write(ctx, func(tx Tx) error {
		e, err := tx.Experiment(id)
		if err != nil || e.State != ExperimentRunning || !slices.Contains(e.Treating(), arm) {
			return err
		}
		e.Plan.Arms = slices.Clone(e.Plan.Arms)
		e.Plan.Arms[arm].StoppedAt, e.Plan.Arms[arm].Why = &now, why
		if err := tx.AppendEvent(event(now, by, "experiment.arm_stopped", e.ID, e.AppID,
			experimentDetail{Name: e.Plan.Name, Bias: e.Bias, Arm: e.Plan.Arms[arm].Name, Why: why})); err != nil {
			return err
		}
		if len(e.Treating()) == 0 {
			if err := tx.AppendEvent(e.end(now, by, why)); err != nil {
				return err
			}
		}
		return tx.PutExperiment(e)
	})
}

// ExperimentView is an Experiment with what is known of it.
type ExperimentView struct {
	Experiment
	Enrolled []int                // users, per arm
	Outcomes map[string][]Outcome // per measure, in the order in which they came
}

// Experiments lists the Experiments of one of the viewer's Apps, the newest first.
func (s *Service) Experiments(ctx context.Context, v Viewer, appName string) ([]Experiment, error) {
	app, err := ownPolicy(v, appName)
	if err != nil {
		return nil, err
	}
	return s.Store.Experiments(ctx, app.ID)
}

// ExperimentOf returns an Experiment of one of the viewer's Apps.
func (s *Service) ExperimentOf(ctx context.Context, v Viewer, appName, id string) (ExperimentView, error) {
	app, err := ownPolicy(v, appName)
	if err != nil {
		return ExperimentView{}, err
	}
	view, err := s.Store.Experiment(ctx, id)
	if err == nil && view.AppID != app.ID {
		err = Errorf(CodeNotFound, "there is no such experiment")
	}
	return view, err
}

// RunningExperiments returns all that run, whatever the App, for whoever watches over them.
func (s *Service) RunningExperiments(ctx context.Context) ([]ExperimentView, error) {
	ids, err := s.Store.RunningExperiments(ctx)
	if err != nil {
		return nil, err
	}
	var out []ExperimentView
	for _, id := range ids {
		view, err := s.Store.Experiment(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

// enrol puts the user into the arm of the Experiment that runs on the bias, and returns the arm; nil when none runs.
func enrol(tx Tx, in Interaction, bias string) (*Experiment, int, error) {
	e, err := tx.RunningExperiment(in.AppID, bias)
	if err != nil || e == nil {
		return nil, 0, err
	}
	arm := e.Assign(in.UserID)
	err = tx.PutEnrolment(Enrolment{ExperimentID: e.ID, UserID: in.UserID, Arm: arm, InteractionID: in.ID, At: in.CreatedAt})
	return e, arm, err
}

// recordOutcomes keeps what an exchange shows of the measures, for the Experiments that the user is part of since an
// earlier exchange.
func (s *Service) recordOutcomes(tx Tx, in Interaction, f *Feedback) error {
	if in.UserID == "" || f == nil {
		return nil
	}
	shown := s.Bias.Outcomes(in, *f)
	if len(shown) == 0 {
		return nil
	}
	enrolments, err := tx.Enrolments(in.AppID, in.UserID)
	if err != nil {
		return err
	}
	now := s.now()
	for _, x := range enrolments {
		if x.InteractionID >= in.ID { // ids are ordered by time: it was not said before this answer was used
			continue
		}
		for _, m := range shown {
			o := Outcome{ExperimentID: x.ExperimentID, Measure: m.Measure, UserID: in.UserID, Arm: x.Arm, Value: m.Value, InteractionID: in.ID, At: now}
			if err := tx.PutOutcome(o); err != nil {
				return err
			}
		}
	}
	return nil
}
