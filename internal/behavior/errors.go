package behavior

import "github.com/guardroom/guardroom/internal/review"

var errorsDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.errors", Title: "Many errors", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Speaks when more than a tenth of five minutes’ exchanges or tool calls failed, and that is significantly more than what is " +
			"usual for the user or the App.",
		Examples: []string{"Twelve of twenty calls of a tool fail where one in a hundred used to."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	user: func(s *sight) alarm { return errorAlarm("This user’s", &s.user.subject, s.ofUser.whole) },
	app:  func(s *sight) alarm { return errorAlarm("This App’s", &s.app.subject, s.ofApp.whole) },
}

// leastErrors is the share of failures under which nothing is said.
const leastErrors = 0.1

func errorAlarm(whose string, of *subject, t tally) alarm {
	a := shareAlarm(whose+" exchanges failed", t.Errors, t.Requests, of.Base.Errors, leastErrors)
	if b := shareAlarm(whose+" tool calls failed", t.ToolFailures, t.ToolCalls, of.Base.ToolFailures, leastErrors); b.score > a.score {
		return b
	}
	return a
}

// shareAlarm holds a share of the window against what is usual; least is the share that must be exceeded in any case.
func shareAlarm(what string, yes, of uint32, belief share, least float64) alarm {
	k, n := float64(yes), float64(of)
	if n < leastEvents || k/n <= least || !belief.known() || shareTail(k, n, belief) > tooUnlikely {
		return alarm{}
	}
	return alarmf(far(k/n/max(belief.rate(), least/2)), "%s: %d of %d; usual are %.1f %%", what, yes, of, 100*belief.rate())
}
