package behavior

import "github.com/guardroom/guardroom/internal/review"

var toolArgumentsDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.tool_arguments", Title: "Unseen tool argument", Category: review.CategoryBehavior, OWASP: "LLM06:2025",
		Description: "Learns for each App which arguments its tools are called with, and which of them only ever take a few values (hashes, no " +
			"values). Speaks when a call that was seen a hundred times has an argument that it never had, or such an argument a value that it " +
			"never had.",
		Examples: []string{"A tool that was always called with region eu or us is called with region internal."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	ofEvent: true,
	app:     func(s *sight) alarm { return s.app.Calls.now },
}

const (
	maxSignatures = 512 // tools with their arguments, of one App
	maxClosed     = 16  // values of an argument that takes only a few
	leastCalls    = 100
	settled       = 50 // calls in a row without anything new
)

// signatures remembers how the tools of an App are called.
type signatures struct {
	Tools     map[uint64]uint32 // calls, by the tool
	Arguments map[uint64]*values
	now       alarm
}

// values are what an argument was seen to take.
type values struct {
	Calls  uint32
	Values []uint64 // at most maxClosed; when it is full the argument is open and no value is new
	Quiet  uint32   // calls since the last new value
}

// add holds calls against what was seen before, and then learns them.
func (g *signatures) add(tools []toolUse) {
	g.now = alarm{}
	if g.Tools == nil {
		g.Tools, g.Arguments = map[uint64]uint32{}, map[uint64]*values{}
	}
	for _, t := range tools {
		g.call(t)
	}
}

func (g *signatures) call(t toolUse) {
	if _, known := g.Tools[t.Tool]; !known && len(g.Tools)+len(g.Arguments) >= maxSignatures {
		return
	}
	calls := g.Tools[t.Tool]
	g.Tools[t.Tool]++
	for _, a := range t.Arguments {
		g.argument(calls, pairOf(t.Tool, a.Name), a.Value)
	}
}

func (g *signatures) argument(calls uint32, key, value uint64) {
	v := g.Arguments[key]
	if v == nil {
		if len(g.Tools)+len(g.Arguments) >= maxSignatures {
			return
		}
		if calls >= leastCalls {
			g.say(alarm{0.7, "A tool is called with an argument that it never had"})
		}
		v = &values{}
		g.Arguments[key] = v
	}
	if v.see(value) {
		g.say(alarm{0.6, "An argument of a tool has a value that it never had, where it only ever took a few"})
	}
}

func (g *signatures) say(a alarm) {
	if a.score > g.now.score {
		g.now = a
	}
}

// see learns a value and tells whether it is new to an argument that had settled on a few.
func (v *values) see(value uint64) (unseen bool) {
	v.Calls++
	v.Quiet++
	if value == 0 {
		v.Values = append(v.Values[:0], make([]uint64, maxClosed)...) // no scalar: open
		return false
	}
	if len(v.Values) == maxClosed {
		return false
	}
	for _, known := range v.Values {
		if known == value {
			return false
		}
	}
	unseen = v.Calls > leastCalls && v.Quiet > settled
	v.Values = append(v.Values, value)
	v.Quiet = 0
	return unseen
}
