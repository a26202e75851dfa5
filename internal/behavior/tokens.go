package behavior

import "github.com/guardroom/guardroom/internal/review"

var tokensDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.tokens", Title: "Unusual token use", Category: review.CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Follows the tokens of each exchange on a logarithmic scale, by user and by App, and speaks when the mean of five minutes " +
			"is at least twice what it used to be and farther away than their own windows ever vary. Tokens that an App does not report are " +
			"estimated from the length of the texts.",
		Examples: []string{"A user’s exchanges grow from four hundred tokens to three thousand within minutes."},
		Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6, Block: grave},
	},
	user: func(s *sight) alarm {
		return levelAlarm("This user’s exchanges have", "tokens", tokens, &s.user.subject, s.ofUser)
	},
	app: func(s *sight) alarm {
		return levelAlarm("This App’s exchanges have", "tokens", tokens, &s.app.subject, s.ofApp)
	},
}

// levelAlarm holds the mean of a quantity in the window against what is usual of it.
func levelAlarm(has, unit string, q quantity, of *subject, now spans) alarm {
	m, usual := now.whole.Quantities[q], &of.Base.Levels[q]
	if m.N < leastEvents || !usual.Means.known() {
		return alarm{}
	}
	p, ratio := usual.tail(m)
	if p > tooUnlikely || ratio < 2 {
		return alarm{}
	}
	return alarmf(far(ratio), "%s %.1f times as many %s as usual", has, ratio, unit)
}
