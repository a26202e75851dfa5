package behavior

import (
	"math"
	"math/bits"

	"github.com/guardroom/guardroom/internal/review"
)

var extractionDetector = detector{
	spec: review.DetectorSpec{
		ID: "extraction.systematic", Title: "Systematic extraction", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Weighs what copying a model looks like, over a user’s last hundred interactions and more: prompts that are one template with " +
			"another word in it, many cells of the topic grid visited evenly, no conversation, the pace of a program, prompts of one length, " +
			"and many of them. Each adds to the log-odds; none is enough alone. A batch job of the App’s own looks the same, so it is recorded " +
			"and not held against anybody until a lead decides so.",
		Examples: []string{"Two hundred prompts “What is the capital of …?” every three seconds, none of them followed up."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
	},
	user: func(s *sight) alarm {
		p := &s.user.Probes
		if p.Seen < leastProbes {
			return alarm{}
		}
		score := 1 / (1 + math.Exp(-p.logOdds()))
		if score < 0.5 {
			return alarm{}
		}
		return alarmf(score, "%.0f prompts, %.0f %% of the last ones one template with other words, %.0f %% without a conversation",
			p.Seen, 100*p.Sweep, 100*p.Single)
	},
}

const (
	leastProbes  = 100 // effective prompts
	probeRing    = 32
	probeKeep    = 0.998 // some five hundred prompts
	nearSketches = 16    // bits in which two sketches of one template differ, at most
	topicCells   = 256
)

// probes is what tells a program that asks through a model from a person who asks it something.
type probes struct {
	Ring     [probeRing]sketch
	Seen     float64 // prompts, decayed
	Sweep    float64 // share of prompts that are like another one but not the same
	Single   float64 // share without a conversation
	Gap      running // logarithm of the seconds between two prompts
	Length   running // logarithm of the prompts' lengths
	LastAt   int64   // milliseconds
	Cells    [topicCells / 64]uint64
	Visited  uint32 // cells
	Progress uint32 // prompts since the cells were emptied
}

func (p *probes) add(e *event) {
	if e.Gist.empty() {
		return
	}
	s := e.Gist.Sketch
	p.Seen = probeKeep*p.Seen + 1
	rate := max(1/p.Seen, 1.0/64)
	p.Sweep += rate * (truth(p.swept(s)) - p.Sweep)
	p.Single += rate * (truth(!e.Continued) - p.Single)
	p.Length.foldKeeping(e.Values[promptLength], probeKeep)
	at := e.At.UnixMilli()
	if p.LastAt > 0 && at >= p.LastAt {
		p.Gap.fold(math.Log(float64(at-p.LastAt)/1000 + 0.1))
	}
	p.LastAt = max(p.LastAt, at)
	p.Ring[p.Progress%probeRing] = s
	p.visit(&e.Gist)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// swept tells whether one of the last prompts was nearly this one, but not the same.
func (p *probes) swept(s sketch) bool {
	for i := range p.Ring {
		r := &p.Ring[i]
		if r.Same != 0 && r.Same != s.Same && bits.OnesCount64(r.Alike^s.Alike) <= nearSketches {
			return true
		}
	}
	return false
}

// visit marks the cell of the topic grid that a prompt falls into.
func (p *probes) visit(g *gist) {
	if p.Progress++; p.Progress%(4*topicCells) == 0 {
		p.Cells, p.Visited = [topicCells / 64]uint64{}, 0
	}
	cell := 0
	for i := range 8 {
		cell = cell<<1 | int(truth(g.Sums[i] > 0))
	}
	if p.Cells[cell/64]>>(cell%64)&1 == 0 {
		p.Cells[cell/64] |= 1 << (cell % 64)
		p.Visited++
	}
}

// coverage is how evenly the grid was visited: the cells seen, by those that throws at random would have hit.
func (p *probes) coverage() float64 {
	n := float64(p.Progress % (4 * topicCells))
	if n == 0 {
		return 0
	}
	return float64(p.Visited) / (topicCells * (1 - math.Pow(1-1.0/topicCells, n)))
}

// The weights of the evidence, in natural log-odds. They were set on simulated people and programs (TestExtraction), not
// fitted: nobody has labelled ones.
func (p *probes) logOdds() float64 {
	odds := -9.0
	odds += 5 * p.Sweep
	odds += 2 * max(0, p.Single-0.5) * 2
	odds += 2 * max(0, min(1, math.Log(p.Seen/leastProbes)/math.Log(4)))
	odds += 1.5 * max(0, min(1, (p.coverage()-0.3)/0.4))
	if p.Gap.known() {
		odds += 2.5 * max(0, 1-p.Gap.variance()) // people pause unevenly: their variance is above one
		odds += max(0, min(1, (math.Log(10)-float64(p.Gap.Mean))/math.Log(10)))
	}
	return odds + 1.5*max(0, 1-math.Sqrt(p.Length.variance())/0.3)
}
