package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func experimentScenarios() []scenario {
	return []scenario{
		{"the policy says how and in which words a bias is spoken of", policyWordsInterventions},
		{"an intervention is delivered at once where the policy says so", automaticInterventions},
		{"only shown precision is delivered at once", automaticNeedsPrecision},
		{"an outcome is reported once", outcomesOfInterventions},
		{"who dismissed three in a row is left alone", dismissalStreak},
		{"an experiment is planned, started and ended", experimentLife},
		{"a bad plan is refused by its fields", experimentBadPlan},
		{"experiments are those of the App", experimentForeign},
		{"users are enrolled once, in the arm that they are assigned to", enrolment},
		{"the control arm is prompted nothing", controlArm},
		{"outcomes count once and only after the enrolment", outcomesOnce},
		{"an arm that harms is stopped, and with the last one the experiment", stoppedArm},
		{"two starts at once make one experiment", racingStarts},
	}
}

// unread submits an exchange whose answer was accepted unread, which fires the bias engine of the fixture.
func (f *fixture) unread(t testing.TB, user string, change ...func(*review.Feedback)) review.Receipt {
	t.Helper()
	fb := &review.Feedback{Action: review.FeedbackAcceptedWithoutReview}
	for _, c := range change {
		c(fb)
	}
	return f.submit(t, review.Submission{Prompt: "fine", UserID: user, Feedback: fb})
}

func intervene(rule review.InterventionRule) func(*review.Policy) {
	return func(p *review.Policy) { p.Interventions = map[string]review.InterventionRule{"bias.test": rule} }
}

func policyWordsInterventions(t *testing.T, f *fixture) {
	require.Equal(t, "What would change your mind?", f.unread(t, "u1").Interventions[0].Text)
	f.withPolicy(t, intervene(review.InterventionRule{Texts: map[string]string{review.StrategyText: "In other words."}}))
	require.Equal(t, "In other words.", f.unread(t, "u1").Interventions[0].Text)
	f.withPolicy(t, intervene(review.InterventionRule{Strategy: review.StrategyAnswerFirst, Texts: map[string]string{review.StrategyAnswerFirst: "You first."}}))
	iv := f.unread(t, "u1").Interventions[0]
	require.Equal(t, "You first.", iv.Text)
	require.Equal(t, review.StrategyAnswerFirst, iv.Strategy)
}

func automaticInterventions(t *testing.T, f *fixture) {
	f.withPolicy(t, intervene(review.InterventionRule{Automatic: true}))
	iv := f.unread(t, "u1").Interventions[0]
	require.Equal(t, review.InterventionApproved, iv.State)
	require.Equal(t, iv.Text, iv.DeliveredText)
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM items"), "there is nothing to decide")
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'intervention.delivered'"))
}

func automaticNeedsPrecision(t *testing.T, f *fixture) {
	p, err := f.Policy(t.Context(), f.caller.App.ID, 1)
	require.NoError(t, err)
	for name, change := range map[string]func(*review.Policy){
		"automatic":         intervene(review.InterventionRule{Automatic: true}),
		"unknown strategy":  intervene(review.InterventionRule{Strategy: "shout"}),
		"empty text":        intervene(review.InterventionRule{Texts: map[string]string{review.StrategyText: ""}}),
		"no bias detector":  func(p *review.Policy) { p.Interventions = map[string]review.InterventionRule{"injection.test": {}} },
		"unknown text kind": intervene(review.InterventionRule{Texts: map[string]string{"shout": "Hey!"}}),
	} {
		next := p
		change(&next)
		_, err := f.service.SaveDraft(t.Context(), f.lead, "support", "", next)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), name)
	}
}

// sent makes an Intervention that the user has got.
func (f *fixture) sent(t testing.TB, user string) review.Intervention {
	t.Helper()
	ivs := f.unread(t, user).Interventions
	require.Len(t, ivs, 1)
	return ivs[0]
}

func outcomesOfInterventions(t *testing.T, f *fixture) {
	proposed := f.sent(t, "u1")
	report := func(id string, o review.InterventionOutcome) review.Code {
		_, err := f.service.ReportOutcome(t.Context(), f.caller, id, o)
		return review.CodeOf(err)
	}
	require.Equal(t, review.CodeConflict, report(proposed.ID, review.OutcomeShown), "nobody has sent it")
	f.withPolicy(t, intervene(review.InterventionRule{Automatic: true}))
	iv := f.sent(t, "u1")
	require.Equal(t, review.CodeUnprocessable, report(iv.ID, "loved"))
	require.Equal(t, review.CodeNotFound, report("none", review.OutcomeShown))
	for _, c := range []struct {
		outcome review.InterventionOutcome
		want    review.Code
	}{{review.OutcomeShown, ""}, {review.OutcomeShown, ""}, {review.OutcomeFollowed, ""}, {review.OutcomeFollowed, ""},
		{review.OutcomeDismissed, review.CodeConflict}, {review.OutcomeShown, review.CodeConflict}} {
		require.Equal(t, c.want, report(iv.ID, c.outcome), c.outcome)
	}
	foreign := review.Caller{App: f.addApp(t, "other"), PolicyVersion: 1}
	_, err := f.service.ReportOutcome(t.Context(), foreign, iv.ID, review.OutcomeFollowed)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	f.verifyChain(t)
}

func dismissalStreak(t *testing.T, f *fixture) {
	f.withPolicy(t, intervene(review.InterventionRule{Automatic: true}))
	for range 3 {
		_, err := f.service.ReportOutcome(t.Context(), f.caller, f.sent(t, "u1").ID, review.OutcomeDismissed)
		require.NoError(t, err)
	}
	require.Empty(t, f.unread(t, "u1").Interventions)
	require.Len(t, f.unread(t, "u2").Interventions, 1, "others are not")
	f.clock.advance(7*24*time.Hour + time.Second)
	require.Len(t, f.unread(t, "u1").Interventions, 1, "for a week")
}

func plan(arms ...review.ExperimentArm) review.ExperimentPlan {
	if arms == nil {
		arms = []review.ExperimentArm{{Name: "nothing", Share: 5000}, {Name: "ask", Share: 5000, Strategy: review.StrategyText, Text: "Sure?"}}
	}
	return review.ExperimentPlan{Name: "Does asking help?", Arms: arms}
}

func (f *fixture) planned(t testing.TB, arms ...review.ExperimentArm) review.Experiment {
	t.Helper()
	e, err := f.service.PlanExperiment(t.Context(), f.lead, "support", "bias.test", plan(arms...))
	require.NoError(t, err)
	return e
}

func (f *fixture) started(t testing.TB, arms ...review.ExperimentArm) review.Experiment {
	t.Helper()
	e := f.planned(t, arms...)
	require.NoError(t, f.service.StartExperiment(t.Context(), f.lead, "support", e.ID))
	return e
}

func (f *fixture) experiment(t testing.TB, id string) review.ExperimentView {
	t.Helper()
	v, err := f.service.ExperimentOf(t.Context(), f.lead, "support", id)
	require.NoError(t, err)
	return v
}

func experimentLife(t *testing.T, f *fixture) {
	e := f.planned(t)
	require.Equal(t, review.ExperimentDraft, f.experiment(t, e.ID).State)
	require.NoError(t, f.service.StartExperiment(t.Context(), f.lead, "support", e.ID))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.StartExperiment(t.Context(), f.lead, "support", e.ID)))
	second := f.planned(t)
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.StartExperiment(t.Context(), f.lead, "support", second.ID)), "one on a bias at a time")
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.service.EndExperiment(t.Context(), f.lead, "support", e.ID, " ")), "a reason is needed")
	require.NoError(t, f.service.EndExperiment(t.Context(), f.lead, "support", e.ID, "Enough."))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.EndExperiment(t.Context(), f.lead, "support", e.ID, "Again.")))
	require.NoError(t, f.service.StartExperiment(t.Context(), f.lead, "support", second.ID))

	list, err := f.service.Experiments(t.Context(), f.lead, "support")
	require.NoError(t, err)
	require.Equal(t, []string{second.ID, e.ID}, []string{list[0].ID, list[1].ID})
	require.Equal(t, "Enough.", list[1].Plan.Why)
	running, err := f.service.RunningExperiments(t.Context())
	require.NoError(t, err)
	require.Len(t, running, 1)
	for action, n := range map[string]int{"planned": 2, "started": 2, "ended": 1} {
		require.Equal(t, n, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'experiment."+action+"'"), action)
	}
	f.verifyChain(t)
}

func experimentBadPlan(t *testing.T, f *fixture) {
	arm := func(name string, share int) review.ExperimentArm {
		return review.ExperimentArm{Name: name, Share: share}
	}
	for name, p := range map[string]review.ExperimentPlan{
		"no name":            {Arms: plan().Arms},
		"one arm":            plan(arm("a", 10_000)),
		"shares":             plan(arm("a", 5000), arm("b", 4999)),
		"a share of nothing": plan(arm("a", 10_000), arm("b", 0)),
		"names twice":        plan(arm("a", 5000), arm("a", 5000)),
		"strategy":           plan(arm("a", 5000), review.ExperimentArm{Name: "b", Share: 5000, Strategy: "shout"}),
		"text without one":   plan(arm("a", 5000), review.ExperimentArm{Name: "b", Share: 5000, Text: "Hey."}),
	} {
		_, err := f.service.PlanExperiment(t.Context(), f.lead, "support", "bias.test", p)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), name)
	}
	_, err := f.service.PlanExperiment(t.Context(), f.lead, "support", "injection.test", plan())
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
}

func experimentForeign(t *testing.T, f *fixture) {
	e := f.planned(t)
	f.addApp(t, "other")
	foreign := f.addViewer(t, "foreign@example.com", review.RoleLead)
	for name, err := range map[string]error{
		"start":   f.service.StartExperiment(t.Context(), foreign, "support", e.ID),
		"unknown": f.service.StartExperiment(t.Context(), f.lead, "support", "none"),
	} {
		require.Equal(t, review.CodeNotFound, review.CodeOf(err), name)
	}
	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.EndExperiment(t.Context(), f.ann, "support", e.ID, "No.")))
	admin := f.addViewer(t, "admin@example.com", review.RoleAdmin)
	_, err := f.service.ExperimentOf(t.Context(), admin, "other", e.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err), "it belongs to another App")
}

func enrolment(t *testing.T, f *fixture) {
	e := f.started(t)
	arms := map[int]int{}
	for i := range 40 {
		user := fmt.Sprint("user-", i)
		arms[e.Assign(user)]++
		f.unread(t, user)
		f.unread(t, user)
	}
	v := f.experiment(t, e.ID)
	require.Equal(t, []int{arms[0], arms[1]}, v.Enrolled)
	require.Equal(t, 40, v.Enrolled[0]+v.Enrolled[1])
	require.NotZero(t, v.Enrolled[0])
	require.NotZero(t, v.Enrolled[1])
}

// userOf finds a user of an arm.
func userOf(e review.Experiment, arm int) string {
	for i := 0; ; i++ {
		if user := fmt.Sprint("u", i); e.Assign(user) == arm {
			return user
		}
	}
}

func controlArm(t *testing.T, f *fixture) {
	e := f.started(t)
	require.Empty(t, f.unread(t, userOf(e, 0)).Interventions)
	iv := f.unread(t, userOf(e, 1)).Interventions[0]
	require.Equal(t, "Sure?", iv.Text)
	require.Equal(t, e.ID, iv.ExperimentID)
	require.Equal(t, 1, iv.Arm)
	r := f.unread(t, userOf(e, 0))
	require.NotEmpty(t, r.Assessment.Findings, "what was found is recorded in every arm")
}

func outcomesOnce(t *testing.T, f *fixture) {
	e := f.started(t)
	wrong := func(fb *review.Feedback) { fb.AITruth = "wrong" }
	user := userOf(e, 1)
	f.unread(t, user, wrong)
	require.Empty(t, f.experiment(t, e.ID).Outcomes[review.MeasureOverReliance], "the exchange that enrols shows nothing of the treatment")
	after := f.unread(t, user, wrong)
	f.clock.advance(time.Minute)
	f.unread(t, user, wrong)
	got := f.experiment(t, e.ID).Outcomes[review.MeasureOverReliance]
	require.Equal(t, []review.Outcome{{ExperimentID: e.ID, Measure: review.MeasureOverReliance, UserID: user, Arm: 1, Value: 1, InteractionID: after.ID, At: start}}, got)
	f.unread(t, "somebody else", wrong)
	require.Len(t, f.experiment(t, e.ID).Outcomes[review.MeasureOverReliance], 1)

	require.NoError(t, f.service.EndExperiment(t.Context(), f.lead, "support", e.ID, "Enough."))
	f.unread(t, "somebody else", wrong)
	require.Len(t, f.experiment(t, e.ID).Outcomes[review.MeasureOverReliance], 1, "an ended one learns no more")
}

func stoppedArm(t *testing.T, f *fixture) {
	third := []review.ExperimentArm{{Name: "nothing", Share: 4000}, {Name: "a", Share: 3000, Strategy: review.StrategyText}, {Name: "b", Share: 3000, Strategy: review.StrategyText}}
	e := f.started(t, third...)
	require.NoError(t, f.service.StopArm(t.Context(), e.ID, 1, "It harms."))
	require.NoError(t, f.service.StopArm(t.Context(), e.ID, 1, "It harms again."))
	v := f.experiment(t, e.ID)
	require.Equal(t, review.ExperimentRunning, v.State)
	require.Equal(t, "It harms.", v.Plan.Arms[1].Why)
	require.Empty(t, f.unread(t, userOf(e, 1)).Interventions)
	require.Len(t, f.unread(t, userOf(e, 2)).Interventions, 1)
	require.NoError(t, f.service.StopArm(t.Context(), e.ID, 0, "The control cannot harm."))
	require.NoError(t, f.service.StopArm(t.Context(), e.ID, 2, "So does this."))
	v = f.experiment(t, e.ID)
	require.Equal(t, review.ExperimentEnded, v.State)
	require.Equal(t, "So does this.", v.Plan.Why)
	require.NoError(t, f.service.StopArm(t.Context(), e.ID, 2, "Again."))
	f.verifyChain(t)
}

func racingStarts(t *testing.T, f *fixture) {
	first, second := f.planned(t), f.planned(t)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, id := range []string{first.ID, second.ID} {
		wg.Go(func() { errs[i] = f.service.StartExperiment(t.Context(), f.lead, "support", id) })
	}
	wg.Wait()
	codes := []review.Code{review.CodeOf(errs[0]), review.CodeOf(errs[1])}
	require.ElementsMatch(t, []review.Code{"", review.CodeConflict}, codes)
}
