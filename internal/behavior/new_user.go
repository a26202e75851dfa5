package behavior

import "github.com/guardroom/guardroom/internal/review"

var newUserDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.new_user", Title: "Many new users", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Counts the users whom an App has never had before, and the interactions that name no user. Many at once, significantly more " +
			"than usual, are what a stolen key or made-up accounts look like. Speaks once the App has been known for half an hour.",
		Examples: []string{
			"An App with two new users in an hour has thirty within five minutes.",
			"An App that always names its users has twenty interactions in a row that name nobody.",
		},
		Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	app: func(s *sight) alarm {
		t, base := s.ofApp.whole, &s.app.Base
		if s.event.User == "" {
			return shareAlarm("This App’s interactions name no user", t.Nameless, t.Requests, base.Nameless, leastNameless)
		}
		n := float64(t.NewUsers)
		if !s.first || !base.NewUsers.known() || n < leastEvents {
			return alarm{}
		}
		mean := max(float64(base.NewUsers.Mean), 0.2)
		if countTail(n, mean, max(base.NewUsers.variance(), mean)) > tooUnlikely {
			return alarm{}
		}
		return alarmf(far(n/max(mean, 1)), "This App has %.0f users in five minutes who were never seen before; usual are %.1f", n, mean)
	},
}

// leastNameless is the share of interactions without a user under which nothing is said.
const leastNameless = 0.3
