package demo

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/guardroom/guardroom/internal/review"
)

// Analyst is a simulated reviewer.
type Analyst struct {
	Viewer   review.Viewer
	Accuracy float64 // how often they see an exchange as what it is, in [0,1]
}

// draw is a number in [0,1) that depends on its arguments alone, so that who is faster changes nothing.
func draw(seed uint64, id, purpose string) float64 {
	return drawer(seed, id, purpose).Float64()
}

func drawer(seed uint64, id, purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose + "\x00" + id))
	return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // reproducible on purpose
}

// judge says what the analyst thinks of an Item.
func (a Analyst) judge(seed uint64, item review.Item, truth Nature, policy review.Policy) review.DecideCommand {
	r := drawer(seed, item.ID, a.Viewer.User.ID)
	cmd := review.DecideCommand{ItemID: item.ID, Simulated: true, FocusedMS: int64(3500 * math.Exp(0.8*r.NormFloat64()+0.6))}
	switch seesRight := r.Float64() < a.Accuracy; {
	case item.Kind == review.KindIntervention:
		a.judgeIntervention(r, &cmd)
	case r.Float64() < 0.04:
		cmd.Judgement, cmd.Reason = review.JudgeEscalate, pick(r, escalations)
	case (truth == Attack) == seesRight:
		cmd.Judgement = review.JudgeBlock
	default:
		cmd.Judgement = review.JudgeApprove
	}
	if cmd.Judgement == review.JudgeEscalate {
		return cmd
	}
	if label := labelOf(item, truth, cmd.Judgement); policy.HasLabel(label) {
		cmd.Label = label
	}
	if cmd.Reason == "" && r.Float64() < 0.45 {
		cmd.Reason = pick(r, reasonsOf(item, cmd.Judgement))
	}
	if r.Float64() < 0.5 {
		confidence := math.Round(100*(0.5+0.5*math.Sqrt(r.Float64()))) / 100
		cmd.Confidence = &confidence
	}
	return cmd
}

func (a Analyst) judgeIntervention(r *rand.Rand, cmd *review.DecideCommand) {
	cmd.Judgement = review.JudgeApprove
	switch n := r.IntN(100); {
	case n < 25:
		cmd.Judgement = review.JudgeBlock
	case n < 45:
		cmd.Text = pick(r, editedTexts)
	}
}

// labelOf is the label that an analyst would give; the policy may not have it.
func labelOf(item review.Item, truth Nature, j review.Judgement) string {
	switch {
	case item.Kind == review.KindIntervention:
		return "over_trust"
	case item.Category == review.CategoryPII:
		return "pii"
	case truth == Risky:
		return "high_risk_topic"
	case j == review.JudgeBlock && item.Detector == "injection.persona":
		return "jailbreak"
	case j == review.JudgeBlock:
		return "injection"
	case item.Kind == review.KindAudit:
		return ""
	}
	return "false_alarm"
}

func reasonsOf(item review.Item, j review.Judgement) []string {
	switch {
	case item.Kind == review.KindIntervention && j == review.JudgeApprove:
		return []string{"Worth a reminder.", "The pattern is clear over the last days.", "Friendly enough to send."}
	case item.Kind == review.KindIntervention:
		return []string{"Too early, the answers were short.", "This user checks elsewhere.", "It would only annoy here."}
	case j == review.JudgeBlock:
		return []string{"Tries to change the assistant's instructions.", "Asks for the system prompt.", "The document gives orders to the assistant.",
			"Clear attempt, third one of this user.", "Encoded instructions.", "Role play to get around the rules."}
	}
	return []string{"Ordinary question.", "Quotes an attack, does not make one.", "The user gave their own data on purpose.", "Looks fine.",
		"Talks about the topic only.", "The assistant answered with care."}
}

var escalations = []string{"Not sure whether this is allowed for this customer.", "Could be part of something bigger.", "Needs somebody who reads the language.",
	"The policy does not say what to do here."}

var editedTexts = []string{
	"Before you send this on: is there one number in it that you would want to check?",
	"You have accepted the last answers quickly. Would you like to look at the sources of this one?",
	"How would you have answered before you read this? Where does the answer differ?",
}
