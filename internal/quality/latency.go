package quality

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/guardroom/guardroom/internal/review"
)

// QuantileFloor is how many durations there must be before a quantile is shown: on both sides of it ten are expected.
func QuantileFloor(q float64) int { return int(math.Ceil(10/min(q, 1-q) - 1e-9)) }

// Quantile returns, in milliseconds, the duration that a share q of them does not exceed, with the interval between
// order statistics that covers 95 % whatever they are spread like (Conover 1999, 3.2). Nil below the floor.
func Quantile(l review.Latencies, q float64) *Interval {
	total := 0
	for _, n := range l {
		total += n
	}
	if total < QuantileFloor(q) {
		return nil
	}
	n := float64(total)
	// The rank of the true quantile is binomial; with ten on either side the normal curve has its tails.
	spread := distuv.UnitNormal.Quantile(0.975) * math.Sqrt(n*q*(1-q))
	return &Interval{Value: ranked(l, q*n), Lower: ranked(l, q*n-spread), Upper: ranked(l, q*n+spread+1)}
}

// ranked is the end of the bucket in which the duration of a rank, from 1 on, lies; beyond the last it is the last's.
func ranked(l review.Latencies, rank float64) float64 {
	seen, at := 0.0, 0
	for _, at = range slices.Sorted(maps.Keys(l)) {
		if seen += float64(l[at]); seen >= rank {
			break
		}
	}
	return review.LatencyEnd(at).Seconds() * 1000
}
