package views

import (
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
)

// sureness is one of the answers to how sure somebody is.
type sureness struct {
	value string // in [0,1]
	word  string
	key   Key
}

var surenesses = []sureness{
	{"0.6", "Guessing", keyGuessing}, {"0.8", "Fairly sure", keyFairlySure}, {"0.95", "Certain", keyCertain},
}

// surenessWord says a confidence in words.
func surenessWord(confidence float64) string {
	for _, s := range surenesses {
		if x, _ := strconv.ParseFloat(s.value, 64); x == confidence {
			return s.word
		}
	}
	return percent(confidence) + " sure"
}

// agreementWords compares a blind verdict with the guard's. Somebody who passed the Item on has not said which it is.
func agreementWords(b review.BlindVerdict, guard review.Verdict) string {
	switch {
	case b.Judgement == review.JudgeEscalate:
		return ""
	case (b.Judgement == review.JudgeBlock) == (guard != review.VerdictAllow):
		return "The guard sees it as you do. Decide now."
	default:
		return "The guard sees it otherwise. Decide now: keep yours, or change it."
	}
}
