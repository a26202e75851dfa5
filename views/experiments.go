package views

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/bias/experiment"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// ExperimentsPage is GET /policies/{app}/experiments, and what a refused plan answers.
type ExperimentsPage struct {
	PolicyPage
	Experiments []review.Experiment
	Form        ExperimentForm
	Problem     *Problem
}

// ExperimentPage is GET /policies/{app}/experiments/{id}.
type ExperimentPage struct {
	PolicyPage
	Experiment review.ExperimentView
	Report     experiment.Report
	Reason     string // as typed
	Problem    *Problem
}

// ExperimentPath is where one Experiment is read; step is what is done with it, "" to read it.
func ExperimentPath(app, id, step string) string {
	path := PolicyStep(app, StepExperiments) + "/" + url.PathEscape(id)
	if step != "" {
		path += "/" + step
	}
	return path
}

// ExperimentForm is a plan as it was typed.
type ExperimentForm struct{ values url.Values }

// NewExperimentForm proposes the plainest plan: half of the users are told something.
func NewExperimentForm() ExperimentForm {
	return ExperimentForm{url.Values{
		"arms[0].name": {"control"}, "arms[0].share": {"50"}, "arms[1].name": {"prompt"}, "arms[1].share": {"50"},
		"arms[1].strategy": {review.StrategyAccuracyPrompt},
	}}
}

func (f ExperimentForm) of(name string) string { return f.values.Get(name) }

func armField(i int, name string) string { return rowField("arms", i, name) }

// ParseExperimentForm reads a posted plan. Arms without a name and a share are left out.
func ParseExperimentForm(values url.Values) (bias string, plan review.ExperimentPlan, form ExperimentForm, bad []review.FieldError) {
	form = ExperimentForm{url.Values{}}
	plan = review.ExperimentPlan{Name: strings.TrimSpace(values.Get("name")), Question: strings.TrimSpace(values.Get("question"))}
	form.values.Set("bias", values.Get("bias"))
	form.values.Set("name", plan.Name)
	form.values.Set("question", plan.Question)
	for i := range review.MaxArms {
		get := func(name string) string { return strings.TrimSpace(values.Get(armField(i, name))) }
		if get("name") == "" && get("share") == "" {
			continue
		}
		at := len(plan.Arms) // numbered without the gaps, as the problems are
		share, err := strconv.ParseFloat(strings.TrimSuffix(strings.ReplaceAll(get("share"), ",", "."), " %"), 64)
		if err != nil || !(share > 0 && share < 100) {
			bad = append(bad, review.FieldError{Field: armField(at, "share"), Message: "must be a number of percent between 0 and 100"})
		}
		plan.Arms = append(plan.Arms, review.ExperimentArm{
			Name: get("name"), Share: int(math.Round(share * review.ShareWhole / 100)), Strategy: get("strategy"), Text: get("text"),
		})
		for _, name := range []string{"name", "share", "strategy", "text"} {
			form.values.Set(armField(at, name), get(name))
		}
	}
	return values.Get("bias"), plan, form, bad
}

// shownArms is how many arms the form shows at once: those that are filled, and two at least.
func shownArms(f ExperimentForm) int { return max(2, f.arms()) }

func (f ExperimentForm) arms() (n int) {
	for n < review.MaxArms && f.of(armField(n, "name"))+f.of(armField(n, "share")) != "" {
		n++
	}
	return n
}

func biasOptions(ctx context.Context, specs []review.DetectorSpec) []ui.Option {
	var out []ui.Option
	for _, s := range biasSpecs(specs) {
		out = append(out, ui.Option{Value: s.ID, Text: text.DetectorTitle(ctx, s.ID, s.Title)})
	}
	return out
}

func experimentState(ctx context.Context, e review.Experiment) string {
	switch e.State {
	case review.ExperimentRunning:
		return text.T(ctx, "Running")
	case review.ExperimentEnded:
		return text.T(ctx, "Ended")
	default:
		return text.T(ctx, "Draft")
	}
}

// shareWord writes an arm's share.
func shareWord(a review.ExperimentArm) string { return exactPercent(a.Propensity()) }

// treatmentWord says what an arm does.
func treatmentWord(ctx context.Context, a review.ExperimentArm) string {
	if a.Strategy == "" {
		return text.T(ctx, "Nothing is said")
	}
	return StrategyWord(ctx, a.Strategy)
}

// treatmentText is what users of an arm read.
func treatmentText(p ExperimentPage, a review.ExperimentArm) string {
	if a.Text != "" || a.Strategy == "" {
		return a.Text
	}
	return p.View.Live.TextOf(p.Texts, p.Experiment.Bias, a.Strategy)
}

// measureWord says what is measured, and which way is better.
func measureWord(ctx context.Context, m string) (name, note string) {
	switch m {
	case review.MeasureOverReliance:
		return text.T(ctx, "Wrong answers taken over"), text.T(ctx, "The primary measure: of answers known to be wrong, how many were accepted. Lower is better.")
	case review.MeasureVerification:
		return text.T(ctx, "Answers checked"), text.T(ctx, "A source opened, a test run, a question asked back. Higher is better.")
	case review.MeasureUnderReliance:
		return text.T(ctx, "Right answers not taken over"), text.T(ctx, "A guardrail: an arm that raises it for certain is stopped.")
	default:
		return text.T(ctx, "Time per answer"), text.T(ctx, "A guardrail: an arm that costs over 15 %% more focused time for certain is stopped. Geometric means.")
	}
}

// meanWord writes an arm's mean of a measure.
func meanWord(m string, r experiment.Reading, arm int) string {
	x := r.Means[arm]
	switch {
	case math.IsNaN(x):
		return "–"
	case m == review.MeasureTime:
		return fmt.Sprintf("%.1f s", math.Exp(x))
	default:
		return percent(x)
	}
}

// differenceWord writes an arm's difference from the control.
func differenceWord(ctx context.Context, m string, e experiment.Effect) string {
	if e.Difference == nil {
		return text.T(ctx, "not before %d users", experiment.LeastUnits)
	}
	d := *e.Difference
	if m == review.MeasureTime {
		ratio := func(x float64) string { return signed(100*math.Expm1(x), 0) + " %" }
		return ratio(d.Mean) + " (" + ratio(d.Low) + " … " + ratio(d.High) + ")"
	}
	points := func(x float64) string { return signed(100*x, 1) }
	return text.T(ctx, "%s points (%s … %s)", points(d.Mean), points(d.Low), points(d.High))
}

// evidenceWord says what the outcomes of a measure say about "no difference", and never more than that.
func evidenceWord(ctx context.Context, r experiment.Reading) string {
	switch {
	case r.Evidence == nil:
		return ""
	case r.Rejects():
		return text.T(ctx, "The outcomes speak against “no difference”: the evidence has reached %s, and %.0f is enough.", evidenceNumber(*r.Peak), 1/experiment.Alpha)
	default:
		return text.T(ctx, "Nothing can be said yet: the evidence against “no difference” is %s, and it takes %.0f. Looking often does no harm.", evidenceNumber(*r.Evidence), 1/experiment.Alpha)
	}
}

// evidenceNumber writes E; from a thousand on its size says nothing more to anybody.
func evidenceNumber(e float64) string {
	if e >= 1000 {
		return "> 1000"
	}
	return strconv.FormatFloat(e, 'g', 3, 64)
}

// signed writes a number with its sign, a true minus.
func signed(x float64, digits int) string {
	return strings.Replace(fmt.Sprintf("%+.*f", digits, x), "-", "−", 1)
}
