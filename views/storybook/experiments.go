package storybook

import (
	"math/rand/v2"
	"time"

	"github.com/guardroom/guardroom/internal/bias/experiment"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

var texts = []review.InterventionText{
	{Bias: "bias.uncritical_acceptance", Strategy: review.StrategyAccuracyPrompt, Text: "Which part of this answer would matter most if it were wrong, and where could you check it?"},
	{Bias: "bias.uncritical_acceptance", Strategy: review.StrategyAnswerFirst, Text: "What would you have said yourself?"},
}

// experiments are one that has just been planned, one that says something, and one that harmed and whose arms are off.
func (s stories) experiments() []Story {
	page := views.PolicyPage{Shell: shell(s.assets, josef), View: policyView(), Specs: ruled, Texts: texts}
	draft, running, ended := planned(), tested(now.Add(-9*24*time.Hour), 0.14), tested(now.Add(-30*24*time.Hour), 0.52)
	draft.Enrolled, draft.Outcomes = make([]int, 3), nil
	stopped := now.Add(-2 * 24 * time.Hour)
	ended.ID, ended.State = "0195f000-0000-7000-8000-000000000003", review.ExperimentEnded
	ended.Plan.EndedAt, ended.Plan.Why = &stopped, "over_reliance is worse than under the control"
	ended.Plan.Arms[1].StoppedAt, ended.Plan.Arms[1].Why = &stopped, ended.Plan.Why
	ended.Enrolled = []int{1600, 900, 500}
	of := func(v review.ExperimentView) views.ExperimentPage {
		return views.ExperimentPage{PolicyPage: page, Experiment: v, Report: experiment.Of(v)}
	}
	list := views.ExperimentsPage{PolicyPage: page, Form: views.NewExperimentForm(),
		Experiments: []review.Experiment{draft.Experiment, running.Experiment, ended.Experiment}}
	refused := views.ExperimentsPage{PolicyPage: page, Form: views.NewExperimentForm(), Problem: &views.Problem{
		Code: review.CodeUnprocessable, Message: "name: must have 1 to 80 bytes",
		Fields: []review.FieldError{{Field: "name", Message: "must have 1 to 80 bytes"}, {Field: "arms", Message: "must have shares that sum to 100 %"}, {Field: "arms[1].share", Message: "must be a number of percent between 0 and 100"}},
	}}
	return []Story{
		{"policy-experiments", views.Experiments(list)},
		{"policy-experiments-none", views.Experiments(views.ExperimentsPage{PolicyPage: page, Form: views.NewExperimentForm()})},
		{"policy-experiments-refused", views.Experiments(refused)},
		{"policy-experiment-draft", views.Experiment(of(draft))},
		{"policy-experiment-running", views.Experiment(of(running))},
		{"policy-experiment-ended", views.Experiment(of(ended))},
	}
}

func planned() review.ExperimentView {
	return review.ExperimentView{Experiment: review.Experiment{
		ID: "0195f000-0000-7000-8000-000000000001", AppID: appSupport.ID, Bias: "bias.uncritical_acceptance", State: review.ExperimentDraft, CreatedAt: now.Add(-time.Hour),
		Plan: review.ExperimentPlan{Name: "Does asking help?", Question: "Do support agents take over fewer wrong answers when they are asked to check one part, <b>or</b> to answer first?",
			Arms: []review.ExperimentArm{
				{Name: "nothing", Share: 5000}, {Name: "check a part", Share: 3000, Strategy: review.StrategyAccuracyPrompt},
				{Name: "answer first", Share: 2000, Strategy: review.StrategyAnswerFirst, Text: "Bitte zuerst selbst: Was hättest du geantwortet?"},
			}},
	}}
}

// tested is the plan with 3,000 users, of whom the second arm takes over the given share of wrong answers.
func tested(since time.Time, taken float64) review.ExperimentView {
	v := planned()
	v.ID, v.State, v.CreatedAt, v.Plan.StartedAt = "0195f000-0000-7000-8000-000000000002", review.ExperimentRunning, since, &since
	v.Plan.Arms = append([]review.ExperimentArm(nil), v.Plan.Arms...)
	v.Enrolled, v.Outcomes = make([]int, 3), map[string][]review.Outcome{}
	r := rand.New(rand.NewPCG(1, 1))
	add := func(m string, arm int, value float64) {
		v.Outcomes[m] = append(v.Outcomes[m], review.Outcome{Arm: arm, Value: value})
	}
	coin := func(p float64) float64 {
		if r.Float64() < p {
			return 1
		}
		return 0
	}
	wrong := []float64{0.31, taken, 0.3}
	for range 3000 {
		arm := [10]int{0, 0, 0, 0, 0, 1, 1, 1, 2, 2}[r.IntN(10)]
		v.Enrolled[arm]++
		add(review.MeasureOverReliance, arm, coin(wrong[arm]))
		add(review.MeasureVerification, arm, coin(0.2+0.1*float64(arm)))
		if r.IntN(30) == 0 {
			add(review.MeasureUnderReliance, arm, coin(0.1))
		}
		add(review.MeasureTime, arm, 3+0.02*float64(arm)+0.4*r.NormFloat64())
	}
	return v
}
