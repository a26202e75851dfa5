package quality

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Proportion is k of n with its exact 95 % interval.
type Proportion struct {
	K, N  int
	Value float64 // k/n; NaN when n is 0
	Lower float64
	Upper float64
}

// NewProportion counts k of n. The interval is that of Clopper and Pearson (1934),
// which never covers less than 95 %; [0,1] when n is 0.
func NewProportion(k, n int) Proportion {
	p := Proportion{K: k, N: n, Value: math.NaN(), Upper: 1}
	if n == 0 {
		return p
	}
	p.Value = float64(k) / float64(n)
	const tail = 0.025
	if k > 0 {
		p.Lower = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		p.Upper = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return p
}

// upperBound is the one-sided 95 % bound on a proportion of which k of n were seen.
func upperBound(k, n int) float64 {
	if k >= n {
		return 1
	}
	return distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.95)
}

// String shows percent and the interval, such as "12.5 % (8.1–18.0)".
func (p Proportion) String() string {
	return fmt.Sprintf("%.1f %% (%.1f–%.1f)", 100*p.Value, 100*p.Lower, 100*p.Upper)
}
