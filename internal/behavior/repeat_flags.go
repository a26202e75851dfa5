package behavior

import (
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/guardroom/guardroom/internal/review"
)

var repeatFlagsDetector = detector{
	spec: review.DetectorSpec{
		ID: "behavior.repeat_flags", Title: "Attack in progress", Category: review.CategoryBehavior, OWASP: "LLM01:2025",
		Description: "Follows how often the guard flags or blocks what one user sends within five minutes. The belief about the user’s share starts " +
			"at the App’s own; the score is the chance that more than a fifth of what the user sends is like that. Needs ten interactions and " +
			"three flags, and speaks with what is flagged itself.",
		Examples: []string{"Six of a user’s last ten prompts were flagged as injections."},
		Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.9},
	},
	user: func(s *sight) alarm {
		t := s.ofUser.whole
		if len(s.event.Categories) == 0 { // what is harmless stays so, whoever sends it
			return alarm{}
		}
		if t.Requests < leastEvents || t.Triggered < leastFlags {
			return alarm{}
		}
		prior := s.app.Base.Triggered.rate()
		belief := distuv.Beta{
			Alpha: priorWeight*prior + float64(t.Triggered),
			Beta:  priorWeight*(1-prior) + float64(t.Requests-t.Triggered),
		}
		score := belief.Survival(attackShare)
		if score < 0.9 {
			return alarm{}
		}
		return alarmf(score, "%d of this user’s last %d interactions were flagged, most as %s", t.Triggered, t.Requests, t.commonest())
	},
}

const (
	leastFlags  = 3
	priorWeight = 10  // how many interactions the App’s own share counts for
	attackShare = 0.2 // of what somebody sends who is attacking
)

// commonest is the category that triggered most.
func (t *tally) commonest() review.Category {
	best := 0
	for i, n := range t.ByCategory {
		if n > t.ByCategory[best] {
			best = i
		}
	}
	return categories[best]
}
