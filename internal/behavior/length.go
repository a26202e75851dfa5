package behavior

import "github.com/guardroom/guardroom/internal/review"

var lengthDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.length", Title: "Unusual length", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Follows the lengths of a user’s prompts and of the answers on a logarithmic scale. Prompts that grow all at once are pasted " +
			"or made by a program; answers that grow are what somebody harvests.",
		Examples: []string{"A user’s prompts grow from two lines to twenty pages."},
		Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
	},
	user: func(s *sight) alarm {
		a := levelAlarm("This user’s prompts have", "bytes", promptLength, &s.user.subject, s.ofUser)
		if b := levelAlarm("The answers to this user have", "bytes", responseLength, &s.user.subject, s.ofUser); b.score > a.score {
			return b
		}
		return a
	},
}
