package quality

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// Team is how those who judge do together: nothing in it says who.
type Team struct {
	Alpha    *Interval   // Krippendorff's α over independent opinions
	Sequence *Interval   // the odds of blocking after a block against those after none
	Reliance *Reliance   // on controls that were judged blind first
	Sureness *Confidence // what people said of how sure they were, on controls

	Opinions, Steps, Known, Sure int // what there was of each, shown or not
}

// NewTeam measures what was told and the steps of everybody, or of one person.
func NewTeam(told []review.Telling, steps []review.Step) Team {
	var out Team
	out.Alpha, out.Opinions = alphaOf(told)
	out.Sequence, out.Steps = SequenceOf(steps)
	out.Reliance, out.Known = relianceOf(told)
	out.Sureness, out.Sure = surenessOf(told)
	return out
}

// alphaOf compares opinions; escalations are none.
func alphaOf(told []review.Telling) (*Interval, int) {
	byItem := map[string][]review.Telling{}
	for _, t := range told {
		if t.Opinion > 0 && !t.Undone && t.Final != review.JudgeEscalate {
			byItem[t.ItemID] = append(byItem[t.ItemID], t)
		}
	}
	var units [][]string
	for _, item := range sortedItems(byItem) {
		if len(byItem[item]) < 2 {
			continue
		}
		unit := make([]string, 0, 2)
		for _, t := range byItem[item] {
			unit = append(unit, string(t.Final))
		}
		units = append(units, unit)
	}
	if len(units) < AgreementFloor {
		return nil, len(units)
	}
	alpha := Bootstrap(units, 1, Alpha)
	if math.IsNaN(alpha.Value) {
		return nil, len(units)
	}
	return &alpha, len(units)
}

// sitting is the longest pause after which what was decided before still can matter.
const sitting = 30 * time.Minute

// stratum is what decisions have in common that are compared: whoever makes them, what is known of the item, and how
// much the guard suspects it, in fifths.
type stratum struct {
	user, gold string
	risk       int
}

// SequenceOf is the sequence effect in what people decided one after the other, and how many pairs of decisions it is
// made from; nil below SequenceFloor. Everybody is compared with themselves, so that people who block more do not
// look as if one block led to the next.
func SequenceOf(steps []review.Step) (*Interval, int) {
	sorted := slices.Clone(steps)
	slices.SortStableFunc(sorted, func(a, b review.Step) int { return cmp.Or(cmp.Compare(a.UserID, b.UserID), a.At.Compare(b.At)) })
	strata, pairs := map[stratum]*Sequence{}, 0
	for i := 1; i < len(sorted); i++ {
		before, step := sorted[i-1], sorted[i]
		if before.UserID != step.UserID || step.At.Sub(before.At) > sitting || before.Final == review.JudgeEscalate || step.Final == review.JudgeEscalate {
			continue
		}
		key := stratum{user: step.UserID, risk: min(4, int(5*step.Risk))}
		if step.Gold != nil {
			key.gold = string(*step.Gold)
		}
		if strata[key] == nil {
			strata[key] = &Sequence{}
		}
		strata[key].add(before.Final == review.JudgeBlock, step.Final == review.JudgeBlock)
		pairs++
	}
	if pairs < SequenceFloor {
		return nil, pairs
	}
	effect := SequenceEffect(inOrder(strata))
	if math.IsNaN(effect.Value) {
		return nil, pairs
	}
	return &effect, pairs
}

func (s *Sequence) add(before, now bool) {
	switch {
	case before && now:
		s.BlockAfterBlock++
	case before:
		s.PassAfterBlock++
	case now:
		s.BlockAfterPass++
	default:
		s.PassAfterPass++
	}
}

// inOrder makes sums go in one order, so that the result is the same to the bit.
func inOrder(strata map[stratum]*Sequence) []Sequence {
	keys := make([]stratum, 0, len(strata))
	for k := range strata {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b stratum) int {
		return cmp.Or(cmp.Compare(a.user, b.user), cmp.Compare(a.gold, b.gold), cmp.Compare(a.risk, b.risk))
	})
	out := make([]Sequence, len(keys))
	for i, k := range keys {
		out[i] = *strata[k]
	}
	return out
}

// relianceOf looks at controls that were judged blind first.
func relianceOf(told []review.Telling) (*Reliance, int) {
	var verdicts []Verdicts
	for _, t := range told {
		if t.Undone || t.Gold == nil || t.Blind == nil || *t.Blind == review.JudgeEscalate || t.Final == review.JudgeEscalate {
			continue
		}
		verdicts = append(verdicts, Verdicts{
			Guard: t.Guard > review.VerdictAllow, Initial: *t.Blind == review.JudgeBlock, Final: t.Final == review.JudgeBlock, Truth: *t.Gold == review.JudgeBlock,
		})
	}
	if len(verdicts) < ControlFloor {
		return nil, len(verdicts)
	}
	r := NewReliance(verdicts)
	return &r, len(verdicts)
}

// ConfidenceFloor is how many answers about how sure somebody is there must be before they are compared with what was right.
const ConfidenceFloor = 50

// Confidence compares how sure people were with how often they were right.
type Confidence struct {
	Said  float64    // mean
	Right Proportion // of as many
	Error Interval   // expected calibration error
}

func surenessOf(told []review.Telling) (*Confidence, int) {
	var pairs []Predicted
	said, right := 0.0, 0
	for _, t := range told {
		if t.Undone || t.Gold == nil || t.Confidence == nil || t.Final == review.JudgeEscalate {
			continue
		}
		p := Predicted{Chance: *t.Confidence, True: t.Final == *t.Gold, Weight: 1}
		pairs, said, right = append(pairs, p), said+p.Chance, right+one(p.True)
	}
	if len(pairs) < ConfidenceFloor {
		return nil, len(pairs)
	}
	sorted := sortedByChance(pairs)
	apart, _, _ := bootstrapErrors(sorted, sorted, 1)
	return &Confidence{Said: said / float64(len(pairs)), Right: NewProportion(right, len(pairs)), Error: apart}, len(pairs)
}

// Mistakes follows whether somebody's errors on controls pile up.
type Mistakes struct {
	Wrong  Proportion
	Piling bool
}

// MistakesOf is nil below ControlFloor. Tellings come newest first.
func MistakesOf(told []review.Telling) *Mistakes {
	wrong, all := 0, 0
	for _, t := range told {
		if t.Gold != nil && !t.Undone {
			all, wrong = all+1, wrong+one(t.Final != *t.Gold)
		}
	}
	if all < ControlFloor {
		return nil
	}
	out := Mistakes{Wrong: NewProportion(wrong, all)}
	drift := Drift{Usual: out.Wrong.Value}
	for _, t := range slices.Backward(told) {
		if t.Gold != nil && !t.Undone {
			out.Piling = drift.Add(t.Final != *t.Gold)
		}
	}
	return &out
}
