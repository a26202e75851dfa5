package quality

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/guardroom/guardroom/internal/review"
)

// Method is how a risk is made a chance.
type Method string

// The methods.
const (
	Platt    Method = "platt"    // a logistic curve on the log-odds of the risk (Platt 1999)
	Isotonic Method = "isotonic" // the best rising steps (pool adjacent violators; Zadrozny and Elkan 2002)
)

// isotonicFrom is how many labels it takes before steps of their own say more than a curve.
const isotonicFrom = 1000

// leastPerHalf is how many labels of each kind each half must have.
const leastPerHalf = leastOfKind / 2

// Calibration is what the risk of an App is worth as a chance, fitted on the earlier half of what people decided without
// seeing it and shown on the later half.
type Calibration struct {
	Method        Method
	Fitted, Shown int // labels of each half
	Before, After []Bin
	ErrorBefore   Interval // expected calibration error on the half that is shown
	ErrorAfter    Interval
	Better        Interval // how much less it is after; above 0 when sure

	apply func(risk float64) float64
}

// Chance is what a risk is worth.
func (c Calibration) Chance(risk float64) float64 { return c.apply(risk) }

// Calibrate fits and shows. Decisions may come in any order.
func Calibrate(hidden []review.Hidden) (*Calibration, Refusal) {
	sorted := slices.DeleteFunc(slices.Clone(hidden), func(h review.Hidden) bool { return h.Judgement == review.JudgeEscalate || h.Propensity <= 0 })
	slices.SortStableFunc(sorted, func(a, b review.Hidden) int { return a.At.Compare(b.At) })
	all := predictions(sorted)
	positives := countTrue(all)
	switch {
	case len(all) < leastLabels:
		return nil, TooFewLabels
	case min(positives, len(all)-positives) < leastOfKind:
		return nil, TooFewKinds
	}
	fit, show := all[:len(all)/2], all[len(all)/2:]
	for _, half := range [][]Predicted{fit, show} {
		if k := countTrue(half); min(k, len(half)-k) < leastPerHalf {
			return nil, TooFewKinds
		}
	}
	c := Calibration{Method: Platt, Fitted: len(fit), Shown: len(show), apply: fitPlatt(fit)}
	if len(all) >= isotonicFrom {
		c.Method, c.apply = Isotonic, fitIsotonic(fit)
	}
	c.show(show)
	return &c, ""
}

// show keeps the order of risks, which a calibration never turns round.
func (c *Calibration) show(half []Predicted) {
	before := sortedByChance(half)
	after := slices.Clone(before)
	for i := range after {
		after[i].Chance = c.apply(after[i].Chance)
	}
	c.Before, c.After = Reliability(before), Reliability(after)
	c.ErrorBefore, c.ErrorAfter, c.Better = bootstrapErrors(before, after, 1)
}

func predictions(hidden []review.Hidden) []Predicted {
	out := make([]Predicted, len(hidden))
	for i, h := range hidden {
		out[i] = Predicted{Chance: min(1, max(0, h.Risk)), True: h.Judgement == review.JudgeBlock, Weight: 1 / h.Propensity}
	}
	return out
}

func countTrue(of []Predicted) (n int) {
	for _, p := range of {
		n += one(p.True)
	}
	return n
}

// surest keeps log-odds finite.
const surest = 1e-4

func logOdds(p float64) float64 {
	p = min(1-surest, max(surest, p))
	return math.Log(p / (1 - p))
}

func chanceOf(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }

// fitPlatt fits slope and offset by Newton's method, with Platt's targets, which keep the curve from becoming a step. A
// slope that would fall is none: more risk is never less chance.
func fitPlatt(of []Predicted) func(float64) float64 {
	high, low := targets(of)
	scale := massOf(of)
	slope, offset := 1.0, 0.0
	for range 50 {
		gradient, hessian := mat.NewVecDense(2, nil), mat.NewSymDense(2, []float64{1e-9, 0, 0, 1e-9})
		for _, p := range of {
			x, w, target := logOdds(p.Chance), p.Weight/scale, low
			if p.True {
				target = high
			}
			q := chanceOf(slope*x + offset)
			gradient.SetVec(0, gradient.AtVec(0)+w*(q-target)*x)
			gradient.SetVec(1, gradient.AtVec(1)+w*(q-target))
			curve := w * q * (1 - q)
			hessian.SetSym(0, 0, hessian.At(0, 0)+curve*x*x)
			hessian.SetSym(0, 1, hessian.At(0, 1)+curve*x)
			hessian.SetSym(1, 1, hessian.At(1, 1)+curve)
		}
		var step mat.VecDense
		if step.SolveVec(hessian, gradient) != nil {
			break
		}
		// Half a step at most where the curve is flat, so that it does not leap over the end.
		slope, offset = slope-clamp(step.AtVec(0)), offset-clamp(step.AtVec(1))
		if mat.Norm(&step, 2) < 1e-9 {
			break
		}
	}
	slope = max(0, slope)
	return func(risk float64) float64 { return chanceOf(slope*logOdds(risk) + offset) }
}

func clamp(x float64) float64 { return min(2, max(-2, x)) }

// targets are what Platt fits to instead of 1 and 0.
func targets(of []Predicted) (high, low float64) {
	positives := float64(countTrue(of))
	return (positives + 1) / (positives + 2), 1 / (float64(len(of)) - positives + 2)
}

// pool is a step: everything between two risks has the same chance.
type pool struct{ from, to, mass, came float64 }

func (p pool) chance() float64 { return p.came / p.mass }

// fitIsotonic pools neighbours until chances rise with the risk. Between two steps the chance goes straight from one to
// the other, so that order is kept where there is any.
func fitIsotonic(of []Predicted) func(float64) float64 {
	var pools []pool
	for _, same := range byChance(of) {
		next := pool{from: same[0].Chance, to: same[0].Chance}
		for _, p := range same {
			next.mass += p.Weight
			next.came += p.Weight * float64(one(p.True))
		}
		for len(pools) > 0 && pools[len(pools)-1].chance() >= next.chance() {
			before := pools[len(pools)-1]
			next = pool{before.from, next.to, before.mass + next.mass, before.came + next.came}
			pools = pools[:len(pools)-1]
		}
		pools = append(pools, next)
	}
	return func(risk float64) float64 { return stepped(pools, risk) }
}

// byChance groups what has the same chance, the lowest first.
func byChance(of []Predicted) (out [][]Predicted) {
	sorted := sortedByChance(of)
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to].Chance == sorted[from].Chance {
			to++
		}
		out = append(out, sorted[from:to])
		from = to
	}
	return out
}

func stepped(pools []pool, risk float64) float64 {
	for i, p := range pools {
		switch {
		case risk > p.to:
			continue
		case risk >= p.from || i == 0:
			return p.chance()
		}
		before := pools[i-1]
		share := (risk - before.to) / (p.from - before.to)
		return before.chance() + share*(p.chance()-before.chance())
	}
	return pools[len(pools)-1].chance()
}

// RiskProof is what hidden decisions prove of the thresholds on the risk. Calibration keeps the order of risks, so that
// the thresholds are tested on the risk itself, which no fit has touched.
func RiskProof(hidden []review.Hidden) Proof {
	p := Proof{}
	var labels []Labelled
	for _, h := range hidden {
		if h.Judgement == review.JudgeEscalate || h.Propensity <= 0 {
			continue
		}
		labels = append(labels, Labelled{Score: h.Risk, Positive: h.Judgement == review.JudgeBlock, Weight: 1 / h.Propensity})
		p.Positive += one(h.Judgement == review.JudgeBlock)
	}
	p.Labels = len(labels)
	p.Flag, p.FlagWhy = Suggest(labels, FlagTarget, 1)
	p.Block, p.BlockWhy = Suggest(labels, BlockTarget, 1)
	return p
}

// IntoRisk returns the thresholds on the risk with what is proved. Where no block is proved, none blocks by the risk
// alone: nothing is blocked of which it is not shown that harmless texts hardly ever are.
func (p Proof) IntoRisk(risk review.Thresholds) review.Thresholds {
	if p.Flag != nil {
		risk.Flag = p.Flag.Threshold
	}
	risk.Block = 0
	if p.Block != nil {
		risk.Block = max(p.Block.Threshold, risk.Flag)
	}
	return risk
}
