package remote

import (
	"errors"
	"fmt"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// levels translate the scores of a service, whatever their scale, into severities and
// confidences. Between two levels the confidence grows evenly; below the first one
// there is no Finding, above the last one nothing changes.
type levels []level

type level struct {
	Score      float64         `json:"score"`
	Severity   review.Severity `json:"severity"`
	Confidence float64         `json:"confidence"` // in [0,1]
}

func (l levels) check() error {
	if len(l) == 0 {
		return errors.New("levels: is missing")
	}
	for i, at := range l {
		switch {
		case !slices.Contains(review.Severities(), at.Severity):
			return fmt.Errorf("levels[%d].severity: must be low, medium, high or critical", i)
		case at.Confidence < 0 || at.Confidence > 1:
			return fmt.Errorf("levels[%d].confidence: must be between 0 and 1", i)
		case i > 0 && (at.Score <= l[i-1].Score || at.Confidence < l[i-1].Confidence):
			return fmt.Errorf("levels[%d]: scores must grow, and confidences must not fall", i)
		}
	}
	return nil
}

// rate returns what a score means; false when it means nothing.
func (l levels) rate(score float64) (review.Severity, float64, bool) {
	i, exact := slices.BinarySearchFunc(l, score, func(at level, score float64) int {
		switch {
		case at.Score < score:
			return -1
		case at.Score > score:
			return 1
		default:
			return 0
		}
	})
	switch {
	case exact:
		return l[i].Severity, l[i].Confidence, true
	case i == 0:
		return "", 0, false
	case i == len(l):
		return l[i-1].Severity, l[i-1].Confidence, true
	}
	from, to := l[i-1], l[i]
	share := (score - from.Score) / (to.Score - from.Score)
	return from.Severity, from.Confidence + share*(to.Confidence-from.Confidence), true
}
