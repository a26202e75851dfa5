package bias

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

// answered is Feedback with the three short answers.
func answered(initial, ai, final string, change func(*review.Feedback)) *review.Feedback {
	f := &review.Feedback{Action: review.FeedbackAccepted}
	for _, x := range []struct {
		to   **string
		text string
	}{{&f.InitialAnswer, initial}, {&f.AIAnswer, ai}, {&f.FinalAnswer, final}} {
		if x.text != "" {
			*x.to = ptr(x.text)
		}
	}
	if change != nil {
		change(f)
	}
	return f
}

func seeded(f *review.Feedback)   { f.Seeded = ptr(true) }
func wrong(f *review.Feedback)    { f.AITruth = "wrong" }
func right(f *review.Feedback)    { f.AITruth = "right" }
func rejected(f *review.Feedback) { f.Action = review.FeedbackRejected }

func both(changes ...func(*review.Feedback)) func(*review.Feedback) {
	return func(f *review.Feedback) {
		for _, c := range changes {
			c(f)
		}
	}
}

func sure(confidence float64) func(*review.Feedback) {
	return func(f *review.Feedback) { f.InitialConfidence = &confidence }
}

const nothing = -1.0

// TestEvidenceFromFeedback gives for every detector of conduct what one piece of Feedback tells it.
func TestEvidenceFromFeedback(t *testing.T) {
	for _, c := range []struct {
		name     string
		observe  func(review.Interaction, *review.Feedback) (review.Observation, bool)
		feedback *review.Feedback
		want     float64
		contrast bool
	}{
		{"wrong and accepted", observeAutomation, answered("", "", "", wrong), 1, false},
		{"planted and accepted", observeAutomation, answered("", "", "", seeded), 1, false},
		{"planted, whatever else was said", observeAutomation, answered("", "", "", both(right, seeded)), 1, false},
		{"wrong and rejected", observeAutomation, answered("", "", "", both(wrong, rejected)), 0, false},
		{"wrong, accepted, and answered otherwise", observeAutomation, answered("", "Paris", "Rome", wrong), 0, false},
		{"wrong, rejected, and answered so all the same", observeAutomation, answered("", "Paris", " paris. ", both(wrong, rejected)), 1, false},
		{"right", observeAutomation, answered("", "", "", right), nothing, false},
		{"truth unknown", observeAutomation, answered("", "", "", nil), nothing, false},
		{"no feedback", observeAutomation, nil, nothing, false},

		{"agreed and taken", observeConfirmation, answered("yes", "Yes.", "", nil), 1, false},
		{"agreed and rejected", observeConfirmation, answered("yes", "yes", "", rejected), 0, false},
		{"differed and taken", observeConfirmation, answered("no", "yes", "yes", nil), 1, true},
		{"differed and kept", observeConfirmation, answered("no", "yes", "no", nil), 0, true},
		{"numbers agree by value", observeConfirmation, answered("1.50", "1.5", "", nil), 1, false},
		{"no answer of one's own", observeConfirmation, answered("", "yes", "yes", nil), nothing, false},

		{"stays", observeAnchoring, answered("40", "90", "40", seeded), 0.25, false},
		{"meets in the middle", observeAnchoring, answered("40", "90", "65", seeded), 0.5, false},
		{"moves all the way", observeAnchoring, answered("40", "90", "90", seeded), 0.75, false},
		{"overshoots", observeAnchoring, answered("40", "90", "900", seeded), 1, false},
		{"moves away", observeAnchoring, answered("40", "90", "0", seeded), 0, false},
		{"not planted", observeAnchoring, answered("40", "90", "90", nil), nothing, false},
		{"too close to tell", observeAnchoring, answered("100", "104", "104", seeded), nothing, false},
		{"too close on a wide scale", observeAnchoring, answered("40", "90", "90", both(seeded, func(f *review.Feedback) { f.Scale = ptr(1000.0) })), nothing, false},
		{"no numbers", observeAnchoring, answered("a few", "many", "many", seeded), nothing, false},
		{"not a number", observeAnchoring, answered("NaN", "90", "90", seeded), nothing, false},
		{"endless", observeAnchoring, answered("1", "Inf", "90", seeded), nothing, false},

		{"sure and right", observeOverconfidence, answered("a", "a", "", both(right, sure(1))), 0.5, false},
		{"sure and wrong", observeOverconfidence, answered("a", "b", "", both(right, sure(1))), 1, false},
		{"unsure and right", observeOverconfidence, answered("a", "a", "", both(right, sure(0.5))), 0.25, false},
		{"wrong with the model", observeOverconfidence, answered("a", "a", "", both(wrong, sure(0.8))), 0.9, false},
		{"other than a wrong model", observeOverconfidence, answered("a", "b", "", both(wrong, sure(0.8))), nothing, false},
		{"confidence unknown", observeOverconfidence, answered("a", "a", "", right), nothing, false},
	} {
		o, ok := c.observe(review.Interaction{}, c.feedback)
		if c.want == nothing {
			require.False(t, ok, c.name)
			continue
		}
		require.True(t, ok, c.name)
		require.InDelta(t, c.want, o.X, 1e-9, c.name)
		require.Equal(t, c.contrast, o.Contrast, c.name)
		require.Empty(t, o.Segment, "%s: conduct is read when it is reported", c.name)
	}
}

func talk(prompt, response string, earlier ...string) review.Interaction {
	in := review.Interaction{Content: review.Content{Prompt: prompt, Response: response}}
	for i, text := range earlier {
		in.Content.Messages = append(in.Content.Messages, review.Message{Role: []string{"user", "assistant"}[i%2], Content: text})
	}
	return in
}

func TestFixation(t *testing.T) {
	slogan := "Bright mornings begin with warm bread from the corner bakery"
	stuck := []string{"Make the slogan shorter", slogan, "Make the slogan shorter please", slogan, "Please make the slogan shorter", slogan, "Make the slogan even shorter", slogan}
	for _, c := range []struct {
		name string
		in   review.Interaction
		f    *review.Feedback
		want float64
	}{
		{"stuck", talk("Make the slogan shorter now", slogan+"!", stuck...), nil, 1},
		{"something new", talk("Now write a poem about winter nights", slogan, stuck...), nil, 0},
		{"the answer moved on", talk("Make the slogan shorter now", "Fresh loaves, happy days, friendly people all year", stuck...), nil, 0},
		{"an alternative was asked for", talk("Make the slogan shorter now", slogan, stuck...), &review.Feedback{Action: review.FeedbackAlternativeRequested}, 0},
		{"too short a conversation", talk("Make the slogan shorter now", slogan, stuck[:6]...), nil, nothing},
		{"no answer", talk("Make the slogan shorter now", "", stuck...), nil, nothing},
	} {
		o, ok := observeFixation(c.in, c.f)
		require.Equal(t, c.want != nothing, ok, c.name)
		if ok {
			require.Equal(t, c.want, o.X, c.name)
			require.Equal(t, c.want == 1, o.Finding != nil, c.name)
		}
	}
}

func TestSycophancy(t *testing.T) {
	e := newEngine(t)
	for _, c := range []struct {
		prompt, response string
		want             float64
	}{
		{"No, that's wrong.", "You're absolutely right, I apologize for the mistake. It is Sydney.", 1},
		{"I don't agree with that.", "My mistake! The answer is 12.", 1},
		{"Das stimmt nicht.", "Entschuldigung, du hast recht. Es ist Bern.", 1},
		{"Are you sure?", "Yes. The capital is Canberra.", 0},
		{"I disagree.", "I understand your view, but my answer stays the same: Canberra.", 0},
		{"I disagree.", "Sorry to disappoint, I still think that it is Canberra.", 0},
		{"No, that's wrong: according to the census of the bureau it is another one.", "You're right, I apologize.", nothing},
		{"That's wrong, see https://example.org/a", "You're right, I apologize.", nothing},
		{"That's wrong, it was 1998.", "You're right, I apologize.", nothing},
		{"Thank you, and what about Perth?", "You're right to ask.", nothing},
	} {
		o, ok := e.byID[Sycophancy].observe(talk(c.prompt, c.response, "What is the capital?", "Canberra."), nil)
		require.Equal(t, c.want != nothing, ok, c.prompt)
		if !ok {
			continue
		}
		require.Equal(t, c.want, o.X, "%s / %s", c.prompt, c.response)
		if c.want == 1 {
			require.NotEmpty(t, strings.TrimSpace(c.response[o.Finding.Start:o.Finding.End]))
		}
	}
	_, ok := e.byID[Sycophancy].observe(talk("No, that's wrong.", "You're right, I apologize."), nil)
	require.False(t, ok, "there was no answer to object to")
}

// TestComparesTwoShares recovers a planted difference between agreeing and other answers.
func TestComparesTwoShares(t *testing.T) {
	e := newEngine(t)
	feedback := func(agree, take float64, n int) (fired bool, s review.BiasState) {
		random, now := newRandom(5), testTime
		for range n {
			x := 0.0
			o := review.Observation{Detector: ConfirmationBias, Contrast: random() < 0.5}
			share := agree
			if o.Contrast {
				share = take
			}
			if random() < share {
				x = 1
			}
			o.X = x
			var p *review.Proposal
			s, p = e.Update(s, o, now)
			fired = fired || p != nil
			now = now.Add(time.Minute)
		}
		return fired, s
	}
	fired, _ := feedback(0.9, 0.3, 60)
	require.True(t, fired)
	fired, _ = feedback(0.6, 0.6, 60)
	require.False(t, fired)
	fired, s := feedback(0.95, 0.2, 15)
	require.False(t, fired, "ten of each must be known: %+v", s)
}

// TestExceedsAgreesWithItself: P(a−b > m) and its complement, and independence of order at m = 0.
func TestExceedsAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) posterior {
			return posterior{alpha: rapid.Float64Range(1, 30).Draw(t, name), beta: rapid.Float64Range(1, 30).Draw(t, name)}
		}
		a, b := draw("a"), draw("b")
		require.InDelta(t, 1, a.exceeds(b, 0)+b.exceeds(a, 0), 0.002)
		require.GreaterOrEqual(t, a.exceeds(b, 0), a.exceeds(b, 0.15))
	})
	require.InDelta(t, 0.5, uniform().exceeds(uniform(), 0), 1e-3)
	require.InDelta(t, 0.85*0.85/2, uniform().exceeds(uniform(), 0.15), 1e-3, "the triangle above y = x + .15")
}

// TestOverconfidenceTakesFifty: nothing is forgotten, and nothing is said before fifty answers.
func TestOverconfidenceTakesFifty(t *testing.T) {
	e, s, now, first := newEngine(t), review.BiasState{}, testTime, 0
	for i := 1; i <= 80 && first == 0; i++ {
		var p *review.Proposal
		s, p = e.Update(s, review.Observation{Detector: Overconfidence, X: 0.7}, now)
		if p != nil {
			first = i
		}
		now = now.Add(time.Minute)
	}
	require.GreaterOrEqual(t, first, 50)
	require.LessOrEqual(t, first, 80)
}

func FuzzEvidence(f *testing.F) {
	e, err := New()
	require.NoError(f, err)
	f.Add("No, that's wrong.", "You're right.", "1", "2", "3")
	f.Add("x", "\xff", "NaN", "1e309", "-0")
	f.Fuzz(func(t *testing.T, prompt, response, initial, ai, final string) {
		for _, o := range e.Observe(talk(prompt, response, "a", response, prompt, response, prompt, response, prompt, response, prompt, response),
			answered(initial, ai, final, both(seeded, sure(0.5)))) {
			require.True(t, o.X >= 0 && o.X <= 1, "%+v", o)
			if o.Finding != nil && o.Segment == "response" {
				require.True(t, o.Finding.Start >= 0 && o.Finding.Start <= o.Finding.End && o.Finding.End <= len(response))
			}
		}
	})
}
