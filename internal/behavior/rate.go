package behavior

import (
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

var rateDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.rate", Title: "Unusual rate", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Compares how many interactions a user, or an App as a whole, has in five minutes and in half a minute with " +
			"what is usual for them: a tail probability under the bursty counts of their own past, for Apps also at this hour of the week " +
			"and over the last day. Speaks from twice the usual, from ten events, and after half an hour of history.",
		Examples: []string{
			"A user who asks twice a minute suddenly asks every two seconds.",
			"An App with forty interactions in five minutes on Tuesdays at ten has four hundred.",
		},
		Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.6, Block: 0.95},
	},
	user: func(s *sight) alarm {
		return rateAlarm("This user", &s.user.Base, s.ofUser, s.user.Base.Long.running())
	},
	app: func(s *sight) alarm {
		usual := s.app.Base.Long.running()
		if week := s.app.Weekly[hourOfWeek(s.now)].running(); week.weight >= 2 && week.mean > usual.mean {
			usual.mean, usual.variance = week.mean, max(usual.variance, week.variance)
		}
		a := rateAlarm("This App", &s.app.Base, s.ofApp, usual)
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

// rateAlarm looks at five minutes and at half a minute; the lower of two p-values, doubled.
func rateAlarm(who string, b *baseline, now spans, long usual) alarm {
	if !b.Long.known() {
		return alarm{}
	}
	a := countAlarm(who, "five minutes", float64(now.whole.Requests), long)
	if b.Short.Weight >= leastWindows {
		short := b.Short.running()
		short.mean = max(short.mean, long.mean*shortBuckets/windowBuckets)
		if c := countAlarm(who, "half a minute", float64(now.recent.Requests), short); c.score > a.score {
			return c
		}
	}
	return a
}

func countAlarm(who, span string, n float64, u usual) alarm {
	if n < leastEvents || n <= 2*u.mean {
		return alarm{}
	}
	// Both moments are estimates from few windows: one standard error is added to each.
	mean := u.mean + math.Sqrt(max(u.variance, u.mean)/max(u.weight, 1))
	variance := max(u.variance*(1+math.Sqrt(2/max(u.weight, 1))), mean)
	if 2*countTail(n, mean, variance) > tooUnlikely {
		return alarm{}
	}
	ratio := n / max(u.mean, 1)
	return alarmf(far(ratio), "%s has %.0f interactions in %s; usual are %.1f", who, n, span, u.mean)
}

// alarm holds the hour that is open against the 24 before: more than three standard deviations over their mean, and
// half as much again as the most of them.
func (h *hours) alarm() alarm {
	if h.Filled < len(h.Counts)/2 {
		return alarm{}
	}
	mean, variance, most := h.usual()
	n := float64(h.Current)
	if n < 10*leastEvents || n <= mean+3*math.Sqrt(max(variance, mean)) || n <= 1.5*float64(most) {
		return alarm{}
	}
	return alarmf(far(n/max(mean, 1)), "This App has %.0f interactions in this hour; usual in the last day are %.0f", n, mean)
}
