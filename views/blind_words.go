package views

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// sureness is one of the answers to how sure somebody is.
type sureness struct {
	value string // in [0,1]
	word  string
	key   Key
}

var surenesses = []sureness{
	{"0.6", text.Say("Guessing"), keyGuessing}, {"0.8", text.Say("Fairly sure"), keyFairlySure}, {"0.95", text.Say("Certain"), keyCertain},
}

// surenessWord says a confidence in words.
func surenessWord(ctx context.Context, confidence float64) string {
	for _, s := range surenesses {
		if x, _ := strconv.ParseFloat(s.value, 64); x == confidence {
			return text.T(ctx, s.word)
		}
	}
	return text.T(ctx, "%s sure", percent(confidence))
}

// agreementWords compares a blind verdict with the guard's. Somebody who passed the Item on has not said which it is.
func agreementWords(ctx context.Context, b review.BlindVerdict, guard review.Verdict) string {
	switch {
	case b.Judgement == review.JudgeEscalate:
		return ""
	case (b.Judgement == review.JudgeBlock) == (guard != review.VerdictAllow):
		return text.T(ctx, "The guard sees it as you do. Decide now.")
	default:
		return text.T(ctx, "The guard sees it otherwise. Decide now: keep yours, or change it.")
	}
}
