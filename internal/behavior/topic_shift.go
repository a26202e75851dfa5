package behavior

import (
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

var topicShiftDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.topic_shift", Title: "Another topic", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Keeps a sketch of the words that a user, and an App as a whole, usually writes (32 sums, no text) and speaks when the last " +
			"prompts have moved farther from it than they ever have: an account in other hands, or an App used for something else.",
		Examples: []string{"A support account that asked about invoices asks for reverse shells."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	user: func(s *sight) alarm { return s.user.Topic.alarm("This user writes") },
	app:  func(s *sight) alarm { return s.app.Topic.alarm("This App’s users write") },
}

// topics is a sketch of what is written about, by random projection of words.
type topics struct {
	Usual, Recent direction
	Seen          uint32
	Distance      running // between the two, looked at now and then
	Away          uint8   // looks in a row at which it was unusual
	now           float64 // the distance after the last event
}

const (
	usualKeep   = 0.995 // some two hundred prompts
	recentKeep  = 0.85  // some seven
	leastTopics = 60    // prompts before anything is said
	lookEvery   = 7     // so that two looks share few prompts
	leastAway   = 3     // looks: people come back to what they usually write about
)

// add folds in what a prompt is about and measures before it is part of what is usual.
func (t *topics) add(v direction) {
	if v == (direction{}) {
		return
	}
	t.Seen++
	t.now = 0
	for i := range v {
		t.Recent[i] = recentKeep*t.Recent[i] + v[i]
	}
	if t.Seen > leastTopics {
		t.now = 1 - cosine(&t.Recent, &t.Usual)
		t.look()
	}
	for i := range v {
		t.Usual[i] = usualKeep*t.Usual[i] + v[i]
	}
}

// look learns how far apart the two usually are, and counts how long they have been farther.
func (t *topics) look() {
	switch {
	case t.Seen%lookEvery != 0:
	case t.unusual():
		t.Away = min(t.Away+1, 100)
	default:
		t.Away = 0
		t.Distance.fold(t.now)
	}
}

func (t *topics) unusual() bool {
	if !t.Distance.known() {
		return false
	}
	spread := math.Sqrt(t.Distance.variance()) + 0.02
	return studentTail((t.now-float64(t.Distance.Mean))/spread, float64(t.Distance.Weight)-1) < tooUnlikely
}

func (t *topics) alarm(who string) alarm {
	if t.Away < leastAway || !t.unusual() {
		return alarm{}
	}
	return alarmf(min(0.5+t.now/2, 1), "%s about other things than ever before", who)
}

func cosine(a, b *direction) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	if aa == 0 || bb == 0 {
		return 1
	}
	return dot / math.Sqrt(aa*bb)
}
