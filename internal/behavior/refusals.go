package behavior

import "github.com/guardroom/guardroom/internal/review"

var refusalsDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.refusals", Title: "Many refusals", Category: review.CategoryBehavior, OWASP: "LLM01:2025",
		Description: "Speaks when the model refuses a user significantly more often than it refuses the App’s users as a whole, and more than one " +
			"answer in five: somebody is trying what works. Needs output.refusal.",
		Examples: []string{"Fifteen of twenty answers in five minutes are refusals."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	user: func(s *sight) alarm {
		return shareAlarm("Answers to this user were refusals", s.ofUser.whole.Refusals, s.ofUser.whole.Requests, s.app.Base.Refusals, 0.2)
	},
}
