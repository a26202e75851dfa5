package samples

// Scored is a sample and what a model that was trained without its source says of it.
type Scored struct {
	Sample
	Score float64 // in [0,1]
}

// Separation is how far the mean score of positive samples lies above that of the others, in [−1,1]; 0 when one kind
// is missing. It tells whether a model learned anything; how good it is, other figures say.
func Separation(scored []Scored) float64 {
	sum, n := [2]float64{}, [2]float64{}
	for _, s := range scored {
		k := 0
		if s.Positive {
			k = 1
		}
		sum[k] += s.Score
		n[k]++
	}
	if n[0] == 0 || n[1] == 0 {
		return 0
	}
	return sum[1]/n[1] - sum[0]/n[0]
}
