package behavior

import "github.com/guardroom/guardroom/internal/review"

var newUserDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.new_user", Title: "Many new users", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Counts the users whom an App has never had before. Many at once, significantly more than usual, are what a stolen key or made-up " +
			"accounts look like. Speaks once the App has been known for half an hour.",
		Examples: []string{"An App with two new users in an hour has thirty within five minutes."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	app: func(s *sight) alarm {
		n, base := float64(s.ofApp.whole.NewUsers), &s.app.Base.NewUsers
		if !s.first || !base.known() || n < leastEvents {
			return alarm{}
		}
		mean := max(float64(base.Mean), 0.2)
		if countTail(n, mean, max(base.variance(), mean)) > tooUnlikely {
			return alarm{}
		}
		return alarmf(far(n/max(mean, 1)), "%.0f users were never seen before in these five minutes; usual are %.1f", n, mean)
	},
}
