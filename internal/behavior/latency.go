package behavior

import "github.com/guardroom/guardroom/internal/review"

var latencyDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.latency", Title: "Unusual latency", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Follows how long the model takes, as far as the App reports it, over all users of an App: a service that slows down, or " +
			"prompts made to be expensive.",
		Examples: []string{"Answers that took one second take five, for everybody."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	app: func(s *sight) alarm {
		return levelAlarm("This App’s answers take", "milliseconds", latency, &s.app.subject, s.ofApp)
	},
}
