package behavior

import (
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

var toolSequenceDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.tool_sequence", Title: "Unusual order of tool calls", Category: review.CategoryBehavior, OWASP: "LLM06:2025",
		Description: "Learns for each App which tool follows which, and speaks when an interaction’s calls are more surprising, in bits for each " +
			"step, than that App’s ever are. Needs two hundred interactions with tool calls.",
		Examples: []string{"An agent that always searches and then answers reads files and then sends mail."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	ofEvent: true,
	app: func(s *sight) alarm {
		bits := s.app.Tools.now
		if s.app.Tools.Seen < leastSequences || bits < leastSurprise || !s.app.Tools.Usual.known() {
			return alarm{}
		}
		z := (bits - float64(s.app.Tools.Usual.Mean)) / math.Sqrt(s.app.Tools.Usual.variance()+0.25)
		if z < 4 {
			return alarm{}
		}
		return alarmf(min(0.3+z/20, 1), "The order of these tool calls carries %.1f bits of surprise a step; usual are %.1f", bits, s.app.Tools.Usual.Mean)
	},
}

const (
	leastSequences = 200
	leastSurprise  = 5.0 // bits: one in thirty-two
	maxBigrams     = 4096
	smoothing      = 0.5
)

// sequences is an App's bigram model of tool calls, smoothed, with a start and an end. Names beyond what it has room
// for count as the same unknown one.
type sequences struct {
	Pairs  map[uint64]float32 // by the hash of two names
	Firsts map[uint64]float32 // by the hash of the first
	Seen   uint32             // interactions with calls
	Usual  running            // surprise, in bits a step
	now    float64
}

// add measures how surprising the calls are, and then learns them.
func (q *sequences) add(tools []toolUse) {
	q.now = 0
	if len(tools) == 0 {
		return
	}
	if q.Pairs == nil {
		q.Pairs, q.Firsts = map[uint64]float32{}, map[uint64]float32{}
	}
	steps := chain(tools)
	q.now = q.surprise(steps)
	if q.Seen++; q.Seen > leastSequences/2 && q.Seen%4 == 0 {
		q.Usual.fold(q.now)
	}
	for i := 1; i < len(steps); i++ {
		q.learn(steps[i-1], steps[i])
	}
}

// chain is the names with a mark at both ends, hashed.
func chain(tools []toolUse) []uint64 {
	out := make([]uint64, 0, len(tools)+2)
	out = append(out, 0)
	for _, t := range tools {
		out = append(out, t.Tool)
	}
	return append(out, 1)
}

func (q *sequences) surprise(steps []uint64) float64 {
	names := float64(len(q.Firsts) + 1)
	bits := 0.0
	for i := 1; i < len(steps); i++ {
		pair, first := float64(q.Pairs[pairOf(steps[i-1], steps[i])]), float64(q.Firsts[steps[i-1]])
		bits -= math.Log2((pair + smoothing) / (first + smoothing*names))
	}
	return bits / float64(len(steps)-1)
}

func (q *sequences) learn(a, b uint64) {
	pair := pairOf(a, b)
	if _, known := q.Pairs[pair]; !known && len(q.Pairs) >= maxBigrams {
		return
	}
	q.Pairs[pair]++
	q.Firsts[a]++
}

func pairOf(a, b uint64) uint64 { return mix(a*31 + b) }
