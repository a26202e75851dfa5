package quality

import (
	"cmp"
	"math"
	"slices"
)

// Predicted is a chance that was stated, and whether it came true.
type Predicted struct {
	Chance float64
	True   bool
	Weight float64 // one by the chance with which it was selected
}

// Bin is a tenth of the predictions, by their chance.
type Bin struct {
	N      int
	Stated float64 // weighted mean chance
	Came   float64 // weighted share that came true
	Lower  float64 // 95 % interval of that share, by the effective number (Kish 1965) of what it was made from
	Upper  float64
}

// calibrationBins is how many bins of equal mass there are at most.
const calibrationBins = 10

// Reliability sorts predictions into bins of equal mass, the lowest chances first. What has the same chance is in the
// same bin, so that there may be fewer of them.
func Reliability(of []Predicted) []Bin {
	var out []Bin
	for _, b := range binned(of) {
		out = append(out, newBin(b))
	}
	return out
}

func binned(of []Predicted) (out [][]Predicted) {
	sorted := slices.Clone(of)
	slices.SortStableFunc(sorted, func(a, b Predicted) int { return cmp.Compare(a.Chance, b.Chance) })
	each := massOf(sorted) / calibrationBins
	for from := 0; from < len(sorted); {
		to, mass := from, 0.0
		for to < len(sorted) && (mass < each*(1-1e-9) || sorted[to].Chance == sorted[to-1].Chance) {
			mass += sorted[to].Weight
			to++
		}
		out = append(out, sorted[from:to])
		from = to
	}
	return out
}

func massOf(of []Predicted) (sum float64) {
	for _, p := range of {
		sum += p.Weight
	}
	return sum
}

func newBin(of []Predicted) Bin {
	var mass, squares, stated, came float64
	for _, p := range of {
		mass, squares, stated = mass+p.Weight, squares+p.Weight*p.Weight, stated+p.Weight*p.Chance
		if p.True {
			came += p.Weight
		}
	}
	out := Bin{N: len(of), Stated: stated / mass, Came: came / mass}
	out.Lower, out.Upper = wilson(out.Came, mass*mass/squares)
	return out
}

// wilson is the 95 % interval of a share of n (Wilson 1927), which need not be whole.
func wilson(share, n float64) (lower, upper float64) {
	centre, shrink := share+z95*z95/(2*n), 1+z95*z95/n
	half := z95 * math.Sqrt(share*(1-share)/n+z95*z95/(4*n*n))
	return max(0, (centre-half)/shrink), min(1, (centre+half)/shrink)
}

// CalibrationError is the expected calibration error over bins of equal mass: how far stated chances are from what came
// true, on average (Naeini et al. 2015; equal mass: Nixon et al. 2019). NaN of nothing.
func CalibrationError(of []Predicted) float64 {
	sum := 0.0
	for _, bin := range binned(of) {
		apart := 0.0
		for _, p := range bin {
			apart += p.Weight * (p.Chance - float64(one(p.True)))
		}
		sum += math.Abs(apart)
	}
	return sum / massOf(of)
}
