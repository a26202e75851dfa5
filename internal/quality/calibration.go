package quality

import (
	"cmp"
	"math"
	"math/rand/v2"
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

func sortedByChance(of []Predicted) []Predicted {
	sorted := slices.Clone(of)
	slices.SortStableFunc(sorted, func(a, b Predicted) int { return cmp.Compare(a.Chance, b.Chance) })
	return sorted
}

func binned(of []Predicted) (out [][]Predicted) {
	sorted := sortedByChance(of)
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
	sorted := sortedByChance(of)
	times := make([]float64, len(sorted))
	for i := range times {
		times[i] = 1
	}
	return errorOf(sorted, times)
}

// errorOf is the error of sorted predictions of which each counts so many times: samples that are drawn again need no
// new order.
func errorOf(sorted []Predicted, times []float64) float64 {
	all := 0.0
	for i, p := range sorted {
		all += p.Weight * times[i]
	}
	each, sum, mass, apart := all/calibrationBins*(1-1e-9), 0.0, 0.0, 0.0
	for i, p := range sorted {
		if mass >= each && p.Chance != sorted[i-1].Chance {
			sum, mass, apart = sum+math.Abs(apart), 0, 0
		}
		w := p.Weight * times[i]
		mass, apart = mass+w, apart+w*(p.Chance-float64(one(p.True)))
	}
	return (sum + math.Abs(apart)) / all
}

// bootstrapErrors is the calibration error of two statements about the same things, which are in the order of both, with
// their intervals and that of their difference.
func bootstrapErrors(before, after []Predicted, seed uint64) (b, a, better Interval) {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // reproducible on purpose
	times := make([]float64, len(before))
	var bs, as, ds []float64
	for range bootstraps {
		clear(times)
		for range times {
			times[random.IntN(len(times))]++
		}
		x, y := errorOf(before, times), errorOf(after, times)
		bs, as, ds = append(bs, x), append(as, y), append(ds, x-y)
	}
	eb, ea := CalibrationError(before), CalibrationError(after)
	return between(eb, bs), between(ea, as), between(eb-ea, ds)
}

// between is a value with the middle 95 % of samples.
func between(value float64, samples []float64) Interval {
	slices.Sort(samples)
	n := len(samples)
	return Interval{value, samples[n*25/1000], samples[min(n*975/1000, n-1)]}
}
