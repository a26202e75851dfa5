package quality

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Agreement is how far judgements agree beyond chance. The measures differ in what they take for chance: where nearly
// everything is of one kind, kappa is low although nearly everybody agrees (Feinstein and Cicchetti 1990), so it is
// never shown without AC1.
type Agreement struct {
	Items  int     // judged by both
	Agreed int     // alike
	Kappa  float64 // Cohen 1960, for two raters
	AC1    float64 // Gwet 2008, for two raters
}

// AgreementFloor is how many items there must be before agreement is shown.
const AgreementFloor = 50

// Pair is what two people said of one item.
type Pair struct{ First, Second string }

// NewAgreement compares pairs. Measures are NaN where chance alone would agree always, or nothing is to be compared.
func NewAgreement(pairs []Pair) Agreement {
	a := Agreement{Items: len(pairs), Kappa: math.NaN(), AC1: math.NaN()}
	if len(pairs) == 0 {
		return a
	}
	first, second := map[string]float64{}, map[string]float64{}
	for _, p := range pairs {
		first[p.First]++
		second[p.Second]++
		if p.First == p.Second {
			a.Agreed++
		}
	}
	n := float64(len(pairs))
	observed := float64(a.Agreed) / n
	kinds := kindsOf(first, second)
	byChance, gwet := 0.0, 0.0
	for _, k := range kinds {
		byChance += first[k] / n * second[k] / n
		share := (first[k] + second[k]) / (2 * n)
		gwet += share * (1 - share)
	}
	a.Kappa = beyond(observed, byChance)
	if len(kinds) > 1 {
		a.AC1 = beyond(observed, gwet/float64(len(kinds)-1))
	}
	return a
}

// beyond is the share of what chance leaves open that was agreed on.
func beyond(observed, chance float64) float64 {
	if chance >= 1 {
		return math.NaN()
	}
	return (observed - chance) / (1 - chance)
}

func kindsOf(tables ...map[string]float64) []string {
	var out []string
	for _, t := range tables {
		for k := range t {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Alpha is Krippendorff's α for nominal values (Krippendorff 2011): any number of raters, who need not have judged
// everything. Each unit is what was said of one item; units with fewer than two values say nothing. NaN where nothing
// could disagree.
func Alpha(units [][]string) float64 {
	coincidence := map[[2]string]float64{}
	totals := map[string]float64{}
	n := 0.0
	for _, unit := range units {
		m := float64(len(unit))
		if m < 2 {
			continue
		}
		for i, a := range unit {
			for j, b := range unit {
				if i != j {
					coincidence[[2]string{a, b}] += 1 / (m - 1)
				}
			}
			totals[a]++
			n++
		}
	}
	// Sums go in one order, so that the result is the same to the bit.
	kinds := kindsOf(totals)
	disagreed, expected := 0.0, 0.0
	for _, a := range kinds {
		for _, b := range kinds {
			if a != b {
				disagreed += coincidence[[2]string{a, b}]
				expected += totals[a] * totals[b]
			}
		}
	}
	if expected == 0 {
		return math.NaN()
	}
	return 1 - (n-1)*disagreed/expected
}

// Interval is an estimate with its 95 % interval.
type Interval struct{ Value, Lower, Upper float64 }

// bootstraps is how many samples an interval is made from.
const bootstraps = 2000

// Bootstrap is the percentile interval of a statistic of items that are drawn again with replacement (Efron 1979). The
// same items and seed give the same interval. Samples for which the statistic is NaN are left out; all of them NaN
// makes the ends NaN, too.
func Bootstrap[T any](items []T, seed uint64, statistic func([]T) float64) Interval {
	out := Interval{statistic(items), math.NaN(), math.NaN()}
	if len(items) == 0 {
		return out
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // reproducible on purpose
	drawn, values := make([]T, len(items)), make([]float64, 0, bootstraps)
	for range bootstraps {
		for i := range drawn {
			drawn[i] = items[random.IntN(len(items))]
		}
		if v := statistic(drawn); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return out
	}
	slices.SortFunc(values, cmp.Compare)
	out.Lower = values[len(values)*25/1000]
	out.Upper = values[min(len(values)*975/1000, len(values)-1)]
	return out
}
