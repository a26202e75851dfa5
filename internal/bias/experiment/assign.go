package experiment

import (
	"crypto/sha256"
	"encoding/binary"
)

// Whole is the sum of all shares: arms are shared out in hundredths of a percent.
const Whole = 10_000

// Arm is one way of treating a unit. The first arm of a test is its control.
type Arm struct {
	Name  string `json:"name"`
	Share int    `json:"share"` // of Whole, at least 1
}

// Propensity is the chance with which a unit is assigned to the arm, in (0,1].
func (a Arm) Propensity() float64 { return float64(a.Share) / Whole }

// Assign returns the index of the arm that a unit gets: always the same for the same salt, experiment and unit, and
// independent between experiments. The shares of the arms must sum to Whole.
func Assign(salt, experiment, unit string, arms []Arm) int {
	sum := sha256.Sum256([]byte(salt + "\x1f" + experiment + "\x1f" + unit))
	bucket := int(binary.BigEndian.Uint64(sum[:8]) % Whole)
	for i, a := range arms {
		if bucket < a.Share {
			return i
		}
		bucket -= a.Share
	}
	return 0
}
