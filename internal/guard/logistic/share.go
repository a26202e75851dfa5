package logistic

import (
	"cmp"
	"slices"
)

// Share says how much each window of a text counts, in place, when only the text has a label: of a positive one the third that
// looks most like it, since the rest may be harmless; of a negative one all of them, and half of the weight on the two that look
// most unlike it, since none may.
func Share(shares, sums []float64, positive bool) {
	order := make([]int, len(sums))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[b], sums[a]) })
	if positive {
		clear(shares)
		keep := (len(order) + 2) / 3
		for _, i := range order[:keep] {
			shares[i] = 1 / float64(keep)
		}
		return
	}
	keep := min(2, len(order))
	for i := range shares {
		shares[i] *= 0.5
	}
	for _, i := range order[:keep] {
		shares[i] += 0.5 / float64(keep)
	}
}
