package quality

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Detection is signal detection theory's view of somebody who looks for violations among items whose answer is known
// (Green and Swets 1966; log-linear correction by Hautus 1995; variance by Gourevitch and Galanter 1967).
type Detection struct {
	Hits, Signals  int      // violations that were blocked, of so many
	Alarms, Noises int      // harmless items that were blocked, of so many
	Sensitivity    Interval // d′, 0 for guessing
	Bias           float64  // c: below 0 for somebody who blocks readily
}

// NewDetection counts hits among signals and false alarms among noise.
func NewDetection(hits, signals, alarms, noises int) Detection {
	h := (float64(hits) + 0.5) / (float64(signals) + 1)
	f := (float64(alarms) + 0.5) / (float64(noises) + 1)
	zh, zf := distuv.UnitNormal.Quantile(h), distuv.UnitNormal.Quantile(f)
	d := zh - zf
	half := math.Inf(1)
	if signals > 0 && noises > 0 {
		variance := h*(1-h)/(float64(signals)*square(distuv.UnitNormal.Prob(zh))) + f*(1-f)/(float64(noises)*square(distuv.UnitNormal.Prob(zf)))
		half = z95 * math.Sqrt(variance)
	}
	return Detection{
		Hits: hits, Signals: signals, Alarms: alarms, Noises: noises,
		Sensitivity: Interval{d, d - half, d + half}, Bias: -(zh + zf) / 2,
	}
}

// z95 is the normal quantile of a two-sided 95 % interval.
const z95 = 1.959963984540054

func square(x float64) float64 { return x * x }

// Drift follows errors in order and tells when there have been more than usual for long: a one-sided CUSUM (Page 1954),
// S ← max(0, S + error − usual − slack).
type Drift struct {
	Usual float64 // the share of errors that is usual, in [0,1]
	Sum   float64
}

const (
	driftSlack = 0.05
	driftAlarm = 3.0
)

// Add takes the next answer and tells whether errors have piled up.
func (d *Drift) Add(wrong bool) (alarm bool) {
	x := 0.0
	if wrong {
		x = 1
	}
	d.Sum = max(0, d.Sum+x-d.Usual-driftSlack)
	return d.Sum >= driftAlarm
}

// Sequence counts, in one stratum, decisions by what the one before was.
type Sequence struct{ BlockAfterBlock, PassAfterBlock, BlockAfterPass, PassAfterPass int }

// SequenceFloor is how many decisions there must be before a sequence effect is shown.
const SequenceFloor = 300

// SequenceEffect is the common odds ratio of blocking after a block against blocking after none, over strata (of gold
// and score), by Mantel and Haenszel 1959, with the interval of Robins, Breslow and Greenland 1986. 1 means that what
// came before did not matter. NaN where no stratum has both.
func SequenceEffect(strata []Sequence) Interval {
	var r, s, pr, psqr, qs float64
	for _, t := range strata {
		a, b := float64(t.BlockAfterBlock), float64(t.PassAfterBlock)
		c, d := float64(t.BlockAfterPass), float64(t.PassAfterPass)
		n := a + b + c + d
		if n == 0 {
			continue
		}
		p, q, ri, si := (a+d)/n, (b+c)/n, a*d/n, b*c/n
		r, s = r+ri, s+si
		pr, psqr, qs = pr+p*ri, psqr+p*si+q*ri, qs+q*si
	}
	if r == 0 || s == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	odds := r / s
	half := z95 * math.Sqrt(pr/(2*r*r)+psqr/(2*r*s)+qs/(2*s*s))
	return Interval{odds, odds * math.Exp(-half), odds * math.Exp(half)}
}

// Alarming tells whether the effect is sure and large enough to speak of.
func (i Interval) Alarming() bool {
	sure := i.Lower > 1 || i.Upper < 1
	return sure && (i.Value < 0.8 || i.Value > 1.25)
}

// TooFast tells whether somebody decided in less focused time than the fastest reader needs: two seconds, or one and a
// second for each 7.5 words (one and a half times the top of normal reading).
func TooFast(words int, focusedMS int64) bool {
	return float64(focusedMS) < max(2000, 1000+1000*float64(words)/7.5)
}
