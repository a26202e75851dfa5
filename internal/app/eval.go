package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/bias"
	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
)

// The families that can be evaluated, and the beginnings of the ids of the detectors
// that look for each.
var families = map[string][]string{
	"injection":  {"injection."},
	"bias":       {"bias."},
	"pii":        {"pii."},
	"moderation": {"toxicity.", "moderation."},
	"grounding":  {"output.grounding"},
}

// EvalReport says how the guard, under the default policy, did on labelled rows.
type EvalReport struct {
	Family    string   `json:"family"`
	Detectors []string `json:"detectors"` // of the family
	Positives int      `json:"positives"`
	Negatives int      `json:"negatives"`
	AUROC     *float64 `json:"auroc"` // null when one label is missing
	// CalibrationError is how far the scores are from the share of positives among those with such scores, on average, over ten bins of
	// equal mass; of a family whose score is a chance: null for others.
	CalibrationError *float64      `json:"calibration_error"`
	Recalls          []EvalRecall  `json:"recall_at_fpr"`
	Confusion        EvalConfusion `json:"confusion"`
	Sources          []EvalSource  `json:"sources"`
	Entities         []EvalEntity  `json:"entities,omitempty"` // pii
	Curve            []EvalPoint   `json:"-"`
}

// EvalShare is k of n with its exact 95 % interval (Clopper and Pearson).
type EvalShare struct {
	K     int      `json:"k"`
	N     int      `json:"n"`
	Value *float64 `json:"value"` // null when n is 0
	Lower float64  `json:"lower"`
	Upper float64  `json:"upper"`
}

// EvalRecall is the recall where at most FPR of the negatives are taken for positives.
type EvalRecall struct {
	FPR       float64   `json:"fpr"`
	Threshold *float64  `json:"threshold"` // null when no threshold is strict enough to flag anything
	Recall    EvalShare `json:"recall"`
}

// EvalConfusion counts verdicts under the default policy. Flagged includes blocked.
type EvalConfusion struct {
	PositivesFlagged EvalShare `json:"positives_flagged"`
	PositivesBlocked EvalShare `json:"positives_blocked"`
	NegativesFlagged EvalShare `json:"negatives_flagged"`
	NegativesBlocked EvalShare `json:"negatives_blocked"`
}

// EvalSource is how often rows of one source and label are flagged.
type EvalSource struct {
	Source  string    `json:"source"`
	Label   int       `json:"label"`
	Flagged EvalShare `json:"flagged"`
}

// EvalPoint is a point of the ROC curve.
type EvalPoint struct{ FPR, Recall float64 }

func share(k, n int) EvalShare {
	p := quality.NewProportion(k, n)
	return EvalShare{K: k, N: n, Value: finite(p.Value), Lower: p.Lower, Upper: p.Upper}
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// outcome is what the guard said of one row.
type outcome struct {
	row      evalRow
	score    float64
	verdict  review.Verdict
	findings []review.Finding
}

// Evaluate screens labelled rows (JSON Lines) as Scan does and compares.
func (s *Scanner) Evaluate(ctx context.Context, family string, in io.Reader) (EvalReport, error) {
	present, err := s.detectorsOf(family)
	if err != nil {
		return EvalReport{}, err
	}
	rows, err := readEvalRows(in)
	if err != nil {
		return EvalReport{}, err
	}
	outcomes, err := s.outcomes(ctx, family, rows)
	if err != nil {
		return EvalReport{}, err
	}
	report := newEvalReport(outcomes)
	report.Family, report.Detectors = family, present
	switch family {
	case "pii":
		report.Entities = evalEntities(outcomes, present)
	case "bias":
		report.CalibrationError = calibrationError(outcomes)
	}
	return report, nil
}

func calibrationError(outcomes []outcome) *float64 {
	predicted := make([]quality.Predicted, len(outcomes))
	for i, o := range outcomes {
		predicted[i] = quality.Predicted{Chance: o.score, True: o.row.positive(), Weight: 1}
	}
	return finite(quality.CalibrationError(predicted))
}

// detectorsOf lists the detectors of a family that the guard has.
func (s *Scanner) detectorsOf(family string) ([]string, error) {
	prefixes, ok := families[family]
	if !ok {
		return nil, review.Errorf(review.CodeUnprocessable, "there is no family %q", family)
	}
	var present []string
	for _, spec := range append(s.screener.Specs(), s.bias.Specs()...) {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(spec.ID, p) }) {
			present = append(present, spec.ID)
		}
	}
	if len(present) == 0 {
		return nil, review.Errorf(review.CodeUnavailable, "this guard has no detector for %s (%s…)", family, strings.Join(prefixes, "…, "))
	}
	slices.Sort(present)
	return present, nil
}

func (s *Scanner) outcomes(ctx context.Context, family string, rows []evalRow) ([]outcome, error) {
	if family == "bias" {
		return biasOutcomes(rows)
	}
	outcomes := make([]outcome, 0, len(rows))
	for _, row := range rows {
		judged := s.screen(ctx, row.content(family))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		outcomes = append(outcomes, outcome{row, judged.risk, judged.verdict, judged.findings})
	}
	return outcomes, nil
}

// content is the exchange that a row stands for.
func (r evalRow) content(family string) review.Content {
	if family != "grounding" {
		return review.Content{Prompt: r.Text}
	}
	content := review.Content{Prompt: r.Question, Response: cmp.Or(r.Response, r.Text)}
	if r.Context != "" {
		content.Documents = []review.Document{{Content: r.Context}}
	}
	return content
}

// biasOutcomes asks the model of leading prompts, which no verdict contains: what
// reaches its cut counts as flagged.
func biasOutcomes(rows []evalRow) ([]outcome, error) {
	model, err := bias.DefaultModel()
	if err != nil {
		return nil, fmt.Errorf("load the model of leading prompts: %w", err)
	}
	var outcomes []outcome
	for _, row := range rows {
		if row.Task != "" && row.Task != "leading" {
			continue
		}
		o := outcome{row: row, score: model.Score(row.Text)}
		if o.score >= model.Cut() {
			o.verdict = review.VerdictFlag
		}
		outcomes = append(outcomes, o)
	}
	if len(outcomes) == 0 {
		return nil, review.Errorf(review.CodeUnprocessable, "there is no row of the task leading")
	}
	return outcomes, nil
}

// evalRates are the false positive rates at which recall is told.
var evalRates = []float64{0.001, 0.01, 0.05}

func newEvalReport(outcomes []outcome) EvalReport {
	judged := make([]quality.Judged, len(outcomes))
	for i, o := range outcomes {
		judged[i] = quality.Judged{Score: o.score, Positive: o.row.positive()}
	}
	ranking := quality.NewRanking(judged)
	report := EvalReport{
		Positives: ranking.Positives(), Negatives: ranking.Negatives(), AUROC: finite(ranking.AUROC()),
		Confusion: confusion(outcomes), Sources: bySource(outcomes), Curve: curve(ranking),
	}
	if report.AUROC == nil {
		return report
	}
	for _, fpr := range evalRates {
		at := ranking.At(fpr)
		report.Recalls = append(report.Recalls, EvalRecall{
			FPR: fpr, Threshold: finite(at.Threshold), Recall: share(at.TruePositives, ranking.Positives()),
		})
	}
	return report
}

func confusion(outcomes []outcome) EvalConfusion {
	var n, flagged, blocked [2]int
	for _, o := range outcomes {
		l := *o.row.Label
		n[l]++
		if o.verdict >= review.VerdictFlag {
			flagged[l]++
		}
		if o.verdict >= review.VerdictBlock {
			blocked[l]++
		}
	}
	return EvalConfusion{
		PositivesFlagged: share(flagged[1], n[1]), PositivesBlocked: share(blocked[1], n[1]),
		NegativesFlagged: share(flagged[0], n[0]), NegativesBlocked: share(blocked[0], n[0]),
	}
}

func bySource(outcomes []outcome) []EvalSource {
	type key struct {
		source string
		label  int
	}
	counts := map[key][2]int{}
	for _, o := range outcomes {
		k := key{cmp.Or(o.row.Source, "(none)"), *o.row.Label}
		c := counts[k]
		c[1]++
		if o.verdict >= review.VerdictFlag {
			c[0]++
		}
		counts[k] = c
	}
	sources := make([]EvalSource, 0, len(counts))
	for k, c := range counts {
		sources = append(sources, EvalSource{Source: k.source, Label: k.label, Flagged: share(c[0], c[1])})
	}
	slices.SortFunc(sources, func(a, b EvalSource) int {
		return cmp.Or(cmp.Compare(b.Label, a.Label), cmp.Compare(a.Source, b.Source))
	})
	return sources
}

func curve(ranking quality.Ranking) []EvalPoint {
	if ranking.Positives() == 0 || ranking.Negatives() == 0 {
		return nil
	}
	var points []EvalPoint
	for _, p := range ranking.Points() {
		points = append(points, EvalPoint{
			FPR:    float64(p.FalsePositives) / float64(ranking.Negatives()),
			Recall: float64(p.TruePositives) / float64(ranking.Positives()),
		})
	}
	return points
}
