package detectors

import "math"

// logit turns a probability in (0,1) into log-odds, where evidence adds up.
func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// sigmoid turns log-odds into a probability.
func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
