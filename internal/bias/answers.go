package bias

import (
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// answers are the short answers of an exchange: the user's before, the model's, the user's afterwards. What was not
// observed is "".
type answers struct{ initial, ai, final string }

func answersOf(f review.Feedback) answers {
	return answers{initial: plain(f.InitialAnswer), ai: plain(f.AIAnswer), final: plain(f.FinalAnswer)}
}

// plain folds what makes no difference between two short answers: case, space, and a closing mark.
func plain(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimRight(strings.Join(strings.Fields(strings.ToLower(*s)), " "), ".!")
}

// agreed tells whether the user already thought what the model then said; it is unknown without both answers.
func (a answers) agreed() (agreed, known bool) {
	return same(a.initial, a.ai), a.initial != "" && a.ai != ""
}

// taken tells whether the user ended with the model's answer. Without the final answer the action tells: accepted is
// accepted, and everything else is not.
func (a answers) taken(f review.Feedback) bool {
	if a.final != "" && a.ai != "" {
		return same(a.final, a.ai)
	}
	return accepted(f.Action)
}

// same compares answers, as numbers when both are.
func same(a, b string) bool {
	x, okX := number(a)
	y, okY := number(b)
	if okX && okY {
		return x == y
	}
	return a == b
}

// number reads a plain decimal number; units and thousands separators are not guessed at.
func number(s string) (float64, bool) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || x-x != 0 { // NaN and infinities are no answers
		return 0, false
	}
	return x, true
}

// knownWrong and knownRight tell what is known of the model's answer; both are false when nothing is. A planted error is
// wrong whatever else was said.
func knownWrong(f review.Feedback) bool { return f.AITruth == "wrong" || f.Seeded != nil && *f.Seeded }
func knownRight(f review.Feedback) bool { return f.AITruth == "right" && !knownWrong(f) }
