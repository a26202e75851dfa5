package classifier

import "math"

// baseRate is how many texts are attacks where the probability holds: one in ten, as for
// the risk that it adds to.
const baseRate = 0.1

// calibration makes a probability of a sum (Platt 1999).
type calibration struct{ slope, offset float64 }

func (c calibration) probability(sum float64) float64 {
	return 1 / (1 + math.Exp(-(c.slope*sum + c.offset)))
}

// newtonSteps are more than the two parameters ever needed.
const newtonSteps = 50

// calibrate fits slope and offset by Newton's method; a weak prior keeps the slope
// finite where sums separate the classes.
func calibrate(scored []Scored) calibration {
	attacks := 0
	for _, s := range scored {
		attacks += index(s.Attack)
	}
	c := calibration{slope: 1, offset: math.Log(baseRate / (1 - baseRate))}
	if attacks == 0 || attacks == len(scored) {
		return c
	}
	weights := [2]float64{(1 - baseRate) / float64(len(scored)-attacks), baseRate / float64(attacks)}
	const prior = 1e-3
	for range newtonSteps {
		g0, g1 := prior*(c.slope-1), 0.0
		h00, h01, h11 := prior, 0.0, 1e-9
		for _, s := range scored {
			p := c.probability(s.Sum)
			w := weights[index(s.Attack)]
			d := w * (p - float64(index(s.Attack)))
			v := w * p * (1 - p)
			g0, g1 = g0+d*s.Sum, g1+d
			h00, h01, h11 = h00+v*s.Sum*s.Sum, h01+v*s.Sum, h11+v
		}
		det := h00*h11 - h01*h01
		if det <= 0 {
			break
		}
		c.slope -= (g0*h11 - g1*h01) / det
		c.offset -= (g1*h00 - g0*h01) / det
	}
	return c
}
