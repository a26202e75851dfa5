package quality

import (
	"cmp"
	"math"
	"slices"
)

// Judged is a score and whether what was scored is what was looked for.
type Judged struct {
	Score    float64 // higher is more suspicious
	Positive bool
}

// Ranking is a sorted set of judgements: what a detector's scores are worth whatever
// the threshold.
type Ranking struct {
	scores               []Judged // by falling score
	positives, negatives int
}

// NewRanking sorts judgements. NaN scores count as the lowest.
func NewRanking(judged []Judged) Ranking {
	r := Ranking{scores: slices.Clone(judged)}
	for i := range r.scores {
		if math.IsNaN(r.scores[i].Score) {
			r.scores[i].Score = math.Inf(-1)
		}
		if r.scores[i].Positive {
			r.positives++
		}
	}
	r.negatives = len(r.scores) - r.positives
	slices.SortStableFunc(r.scores, func(a, b Judged) int { return cmp.Compare(b.Score, a.Score) })
	return r
}

// Positives and Negatives count the judgements of either kind.
func (r Ranking) Positives() int { return r.positives }

// Negatives counts what was not looked for.
func (r Ranking) Negatives() int { return r.negatives }

// Point is one operating point of a ROC curve: everything that scores at least
// Threshold is flagged.
type Point struct {
	Threshold      float64
	TruePositives  int
	FalsePositives int
}

// Points lists the operating points from the strictest on; equal scores share one. The
// first flags nothing and has the threshold +Inf.
func (r Ranking) Points() []Point {
	points := []Point{{Threshold: math.Inf(1)}}
	at := points[0]
	for i, j := range r.scores {
		if j.Positive {
			at.TruePositives++
		} else {
			at.FalsePositives++
		}
		if i+1 == len(r.scores) || r.scores[i+1].Score != j.Score {
			at.Threshold = j.Score
			points = append(points, at)
		}
	}
	return points
}

// AUROC is the chance that a positive scores above a negative, ties counting half
// (Hanley and McNeil 1982); NaN when one kind is missing.
func (r Ranking) AUROC() float64 {
	if r.positives == 0 || r.negatives == 0 {
		return math.NaN()
	}
	area := 0.0
	points := r.Points()
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		area += float64(b.FalsePositives-a.FalsePositives) * float64(a.TruePositives+b.TruePositives) / 2
	}
	return area / float64(r.positives) / float64(r.negatives)
}

// At is the operating point with the highest recall whose false positive rate is at
// most fpr, in [0,1].
func (r Ranking) At(fpr float64) Point {
	best := Point{Threshold: math.Inf(1)}
	for _, p := range r.Points() {
		if float64(p.FalsePositives) > fpr*float64(r.negatives) {
			break
		}
		best = p
	}
	return best
}

// Shown is the operating point with the highest recall whose false positive rate is
// shown to be at most fpr: the one-sided 95 % bound of Clopper and Pearson lies below.
// Thresholds are tried from strict to lenient up to the first that fails, so that trying
// many proves nothing by chance.
func (r Ranking) Shown(fpr float64) Point {
	best := Point{Threshold: math.Inf(1)}
	for _, p := range r.Points() {
		if upperBound(p.FalsePositives, r.negatives) > fpr {
			break
		}
		best = p
	}
	return best
}

// Recall is the share of positives that score at least the point's threshold, with
// its 95 % interval.
func (r Ranking) Recall(p Point) Proportion { return NewProportion(p.TruePositives, r.positives) }

// FalsePositiveRate is the share of negatives that score at least the point's
// threshold, with its 95 % interval.
func (r Ranking) FalsePositiveRate(p Point) Proportion {
	return NewProportion(p.FalsePositives, r.negatives)
}
