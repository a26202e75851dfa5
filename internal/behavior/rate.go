package behavior

import (
	"fmt"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

var rateDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.rate", Title: "Unusual rate", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Compares how many interactions a user, or an App as a whole, has in five minutes, and how long their last few took, " +
			"with what is usual for them: a tail probability under the bursty counts of their own past, for Apps also at this hour of the " +
			"week and over the last day. A user who has no steady past is also held against the pace of the App’s other users. Speaks from " +
			"twice the usual, from ten events, and after half an hour of history.",
		Examples: []string{
			"A user who asks twice a minute suddenly asks every two seconds.",
			"An App with forty interactions in five minutes on Tuesdays at ten has four hundred.",
		},
		Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.6, Block: grave},
	},
	user: func(s *sight) alarm {
		u := &s.user.subject
		if steady(&u.Base) {
			return rateAlarm("This user", u, s.ofUser, u.Base.Long.running(), userSpans, steadyUnlikely)
		}
		a := rateAlarm("This user", u, s.ofUser, u.Base.Long.running(), userSpans, tooUnlikely)
		if b := paceAlarm(s); b.score > a.score {
			return b
		}
		return a
	},
	app: func(s *sight) alarm {
		usual := s.app.Base.Long.running()
		usual.atLeast(s.app.Busy.running())
		if week := s.app.Weekly[hourOfWeek(s.now)].running(); week.weight >= 2 {
			usual.atLeast(week)
		}
		a := rateAlarm("This App", &s.app.subject, s.ofApp, usual, appSpans, tooUnlikely)
		if b := s.app.Hours.alarm(); b.score > a.score {
			return b
		}
		return a
	},
}

// usual is a mean and a variance that something is held against.
type usual struct{ weight, mean, variance float64 }

func (r *running) running() usual {
	return usual{float64(r.Weight), float64(r.Mean), r.variance()}
}

// atLeast takes another figure's mean when that is higher, and the greater variance then.
func (u *usual) atLeast(o usual) {
	if o.mean > u.mean {
		u.mean, u.variance, u.weight = o.mean, max(o.variance, u.variance), max(o.weight, u.weight)
	}
}

// How many times burstier than by chance people are who have shown nothing else: variance over mean, in half a minute and in
// five. Their windows are few, and half of them are the end of something.
const (
	shortBursts = 2.0
	longBursts  = 4.0
)

// chanceWeight is for how many half minutes it counts that what is steady varies as chance does.
const chanceWeight = 20

// steadyWindows is how many windows a client must have been busy in to be held against its own evenness alone.
const steadyWindows = 12

// steady tells a program, or an App, from a person: many windows, and enough in each to know how they vary.
func steady(b *baseline) bool {
	return b.Long.Weight >= steadyWindows && b.Long.Mean >= leastEvents
}

// rateAlarm looks at five minutes, and at the time that the last few events took.
func rateAlarm(who string, of *subject, now spans, long usual, counts []int, unlikely float64) alarm {
	if !of.Base.Long.known() {
		return alarm{}
	}
	short := of.Base.Short.running()
	short.mean = max(short.mean, long.mean*shortBuckets/windowBuckets)
	if !steady(&of.Base) {
		short.variance, long.variance = max(short.variance, shortBursts*short.mean), max(long.variance, longBursts*long.mean)
	} else {
		short.variance = (short.weight*short.variance + chanceWeight*short.mean) / (short.weight + chanceWeight)
	}
	a := countAlarm(float64(now.whole.rated()), 1, long, unlikely)
	a.message = fmt.Sprintf("%s has %d interactions in five minutes; usual are %.1f", who, now.whole.rated(), long.mean)
	if of.Base.Short.Weight < leastWindows {
		return a
	}

	for _, n := range counts {
		took, ok := of.Arrivals.span(n)
		if !ok || took > windowSpan.Seconds()/2 {
			continue
		}
		took = max(took, shortSpan.Seconds()/10)
		if b := countAlarm(float64(n), took/shortSpan.Seconds(), short, unlikely); b.score > a.score {
			a = b
			a.message = fmt.Sprintf("%s has %d interactions in %.0f seconds; usual are %.1f in half a minute", who, n, math.Ceil(took), short.mean)
		}
	}
	return a
}

const (
	windowSpan = windowBuckets * bucketSpan
	shortSpan  = shortBuckets * bucketSpan
)

// countAlarm holds n events against a part, or a multiple, of the time that something is usual for. It has no message yet.
func countAlarm(n, share float64, u usual, unlikely float64) alarm {
	weight := max(u.weight, 1)
	mean := u.mean + math.Sqrt(max(u.variance, u.mean)/weight)/2 // it is an estimate
	bursts := max(1, u.variance*(1+1/weight)/max(mean, 1e-9))
	usual := u.mean * share
	if n < leastEvents || n <= 2*usual || 2*countTail(n, mean*share, bursts*mean*share) > unlikely {
		return alarm{}
	}
	return alarm{score: far(n / max(usual, 1))}
}

// paceAlarm holds somebody whose own past says little against the pace of the App's other users.
func paceAlarm(s *sight) alarm {
	took, ok := s.user.Arrivals.span(paceOf)
	if !ok || took > inSession.Seconds() || !s.app.Paces.tooFast(took) {
		return alarm{}
	}
	if own := float64(s.user.Fastest); own > 0 && math.Log(took) > own-muchFaster/2 {
		return alarm{} // they are like that
	}
	usual := math.Exp(float64(s.app.Paces.Log.Mean))
	return alarmf(far(usual/took), "This user has %d interactions in %.0f seconds; this App’s users usually take %.0f", paceOf, math.Ceil(took), usual)
}

// alarm holds the hour that is open against the 24 before: more than three standard deviations over their mean, and
// twice the most of them and of the week.
func (h *hours) alarm() alarm {
	if h.Filled < len(h.Counts)/2 {
		return alarm{}
	}
	mean, variance, most := h.usual()
	n := float64(h.Current)
	if n < 10*leastEvents || n <= mean+3*math.Sqrt(max(variance, mean)) || n <= 2*float64(most) {
		return alarm{}
	}
	return alarmf(far(n/max(mean, 1)), "This App has %.0f interactions in this hour; usual in the last day are %.0f", n, mean)
}
