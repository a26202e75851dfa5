package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/theory/jsonpath"
)

// reading says where in an answer the score is.
type reading struct {
	score  *jsonpath.Path // RFC 9535
	absent *float64       // the score when the path selects nothing; nil: that is an error
}

func newReading(r response) (reading, error) {
	path, err := jsonpath.Parse(r.Score)
	if err != nil {
		return reading{}, fmt.Errorf("response.score: %w", err)
	}
	return reading{path, r.Absent}, nil
}

// read returns the highest score that an answer has. true and false count as 1 and 0;
// anything else that is no number is an error, because it is not what the operator
// described.
func (r reading) read(answer []byte) (float64, error) {
	var value any
	if err := json.Unmarshal(answer, &value); err != nil {
		return 0, errors.New("remote: the answer is not JSON") // the cause would quote it
	}
	nodes := r.score.Select(value)
	if len(nodes) == 0 {
		if r.absent == nil {
			return 0, errors.New("remote: the answer has no score")
		}
		return *r.absent, nil
	}
	best := math.Inf(-1)
	for _, node := range nodes {
		switch v := node.(type) {
		case float64:
			best = max(best, v)
		case bool:
			best = max(best, truth(v))
		default:
			return 0, fmt.Errorf("remote: the score is %s, not a number", kindOf(v))
		}
	}
	return best, nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}
