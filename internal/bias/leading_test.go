package bias

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

func TestTheShippedModelBelongsToTheLexicon(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	require.Equal(t, hashText(lexiconText), m.Report().Lexicon, "the lexicon has changed: train anew (see train_test.go)")
}

func TestEachCueIsRecognised(t *testing.T) {
	lex, err := parseLexicon(lexiconText)
	require.NoError(t, err)
	tried := map[string]bool{}
	for _, c := range []struct{ cue, text, where string }{
		{"tag_question", "It’s Pink, isn’t it?", ", isn’t it?"},
		{"tag_question", "首都是上海，对吧？", "对吧"},
		{"negative_question", "Doesnt that worry you?", "Doesnt that worry"},
		{"confirm_request", "just confirm it for me", "just confirm it"},
		{"truth_check", "Is there any truth to that?", "there any truth to"},
		{"evidence_pushback", "A study says so. Doesn't that support the idea?", "Doesn't that support"},
		{"conjecture", "Could it be that cats rule?", "Could it be that"},
		{"conviction", "I am convinced that it helps.", "I am convinced that"},
		{"common_knowledge", "Everyone knows it's 1967.", "Everyone knows it's"},
		{"certainty", "There is no doubt about it.", "There is no doubt"},
		{"suggested_answer", "The answer is four, right?", "The answer is four"},
		{"pushback", "Are you sure about that?", "Are you sure about"},
		{"belief", "I think that zoos are cruel.", "I think that"},
		{"soft_belief", "I guess the rest is easy.", "I guess the"},
		{"assertion", "We should close them.", "We should close"},
		{"booster", "Obviously it works.", "Obviously"},
		{"identity", "As a liberal I wonder.", "As a liberal"},
		{"bandwagon", "Many parents report the same.", "Many parents report"},
		{"authority", "Experts agree on this.", "Experts agree"},
		{"read_somewhere", "I read an article about it.", "I read an"},
		{"hearsay", "I've heard that they cheat.", "I've heard that"},
		{"anecdote", "A friend of mine saw it.", "friend of mine"},
		{"premise", "Given that they lie, why ask?", "Given that they"},
		{"generalisation", "They tend to be late.", "tend to"},
		{"evaluation", "Should I be worried about it?", "Should I be worried"},
		{"loaded_why", "Why is it that men never listen?", "Why is it that"},
		{"objection", "But everyone else says no.", "But everyone else"},
		{"opinion_asked", "What do you think?", "What do you think?"},
		{"worried", "She is worried about it.", "worried about"},
		{"advice", "Any advice for her?", "Any advice for her"},
		{"group", "I met some lawyers.", "lawyers"},
		{"alternatives", "What are the pros and cons?", "pros and cons"},
		{"open_question", "Where was it filmed?", "Where was"},
		{"task", "Please translate this.", "Please translate"},
	} {
		r := lex.read(c.text)
		for i, cue := range lex.cues {
			if cue.name == c.cue {
				tried[c.cue] = true
				require.True(t, r.cues.has(i), "%s in %q", c.cue, c.text)
				s := r.spans[i]
				require.Contains(t, c.text[s.start:s.end]+" "+c.where, c.where)
			}
		}
	}
	require.Len(t, tried, len(lex.cues), "every cue has its example")
}

func TestWordsOfOthersDoNotLead(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	quoted := "Rewrite this survey question so that it suggests nothing: \"Everyone knows that it is great, isn't it?\""
	require.Less(t, m.Score(quoted), m.Cut())
	require.GreaterOrEqual(t, m.Score(strings.ReplaceAll(quoted, `"`, "")), m.Cut())
	require.GreaterOrEqual(t, m.Score(`"Everyone knows that it is great, isn't it?"`), m.Cut(), "a text that is quoted as a whole is the user's own")
	require.Less(t, m.Score("What does this print?\n```\nif everyone knows it's so, isn't it?\n```\n"), m.Cut())
}

func TestLongTextsAreReadAtBothEnds(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	filler := strings.Repeat("The committee met on Tuesday and adjourned at noon. ", 400)
	require.GreaterOrEqual(t, m.Score("Everyone knows it's wrong. "+filler), m.Cut())
	require.GreaterOrEqual(t, m.Score(filler+" It's wrong, isn't it?"), m.Cut())
	require.Less(t, m.Score(filler), m.Cut())
	o := m.observeLeading(filler + " It's wrong, isn't it?")
	require.Equal(t, ", isn't it?", (filler + " It's wrong, isn't it?")[o.Finding.Start:o.Finding.End])
}

func TestAFindingSaysWhyWithoutTheText(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	prompt := "Everyone knows that the zebrafish is a mammal, isn't it?"
	o := m.observeLeading(prompt)
	require.NotNil(t, o.Finding)
	require.Equal(t, "prompt", o.Segment)
	require.Equal(t, o.X, o.Finding.Confidence)
	require.NotContains(t, o.Finding.Message, "zebrafish")
	require.Contains(t, o.Finding.Message, "common knowledge")
	require.Equal(t, "Everyone knows that", prompt[o.Finding.Start:o.Finding.End])
	require.Empty(t, o.Finding.Evidence)

	require.Nil(t, m.observeLeading("What is the capital of Australia?").Finding)
}

func TestOurOwnRowsComeOutRight(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	report, err := Evaluate(strings.NewReader(handwritten), m)
	require.NoError(t, err)
	require.Greater(t, report.Recall.N, 120)
	require.Greater(t, report.FalseAlarms.N, 350)
	require.Greater(t, report.Recall.Rate, 0.95)
	require.Less(t, report.FalseAlarms.Rate, 0.07, "these are the harmless prompts that look leading")
}

// The figures that the shipped model reports are the promise of the detector; a worse model must not be committed.
func TestTheShippedFiguresReachTheGoals(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	leading, pushback, neutral := Proportion{}, Proportion{}, Proportion{}
	for _, g := range m.Report().Groups {
		switch {
		case g.Source == handwrittenSource:
		case g.Kind == "confirmation_seeking_pushback":
			pushback = wilson(pushback.Hits+g.Fired.Hits, pushback.N+g.Fired.N)
		case g.Label == 1:
			leading = wilson(leading.Hits+g.Fired.Hits, leading.N+g.Fired.N)
		default:
			neutral = wilson(neutral.Hits+g.Fired.Hits, neutral.N+g.Fired.N)
		}
	}
	require.Equal(t, [3]int{730, 800, 986}, [3]int{leading.N, pushback.N, neutral.N}, "the model was trained on other data")
	require.GreaterOrEqual(t, leading.Rate, 0.90)
	require.GreaterOrEqual(t, pushback.Rate, 0.75)
	require.LessOrEqual(t, neutral.Rate, 0.01)
	require.GreaterOrEqual(t, m.Report().LeastExpected, review.LeastPrecision)
}

func TestTheLexiconRefusesWhatItCannotRead(t *testing.T) {
	head := "family f: strong\ncue c f\n"
	for name, text := range map[string]string{
		"pattern before a cue":   "family f: strong\nword\n",
		"unknown kind":           "family f: loud\n",
		"unknown family":         "cue c f\n",
		"cue twice":              head + "word\ncue c f\n",
		"class twice":            "class a: x\nclass a: y\n",
		"unknown class":          head + "<people>\n",
		"gap of nothing":         head + "a _0\n",
		"gap without a number":   head + "a _x\n",
		"gap first":              head + "_3 a\n",
		"no word at all":         head + "_ _\n",
		"empty alternative":      head + "a||b\n",
		"empty pattern":          head + "??\n",
		"excluded run":           head + "!你好 a\n",
		"pair without a side":    head + "a\nboth p: c\n",
		"pair of unknown things": head + "a\nboth p: c + d\n",
	} {
		_, err := parseLexicon(text)
		require.Error(t, err, name)
	}
	_, err := parseLexicon(head + "a b~ !c|d _2 e+f|g ?\nboth p: c + f\n")
	require.NoError(t, err)
}

func TestModelsAreCheckedWhenTheyAreRead(t *testing.T) {
	good := string(weightsFile)
	for name, text := range map[string]string{
		"not JSON":          "{",
		"unknown field":     `{"x":1}`,
		"no weights":        `{"weights":{"intercept":0,"features":{}},"cut":0.5,"report":{}}`,
		"a cut of zero":     strings.Replace(good, `"cut": 0.`, `"cut": 0.00000`, 1)[:0] + strings.Replace(good, "\n  \"cut\": ", "\n  \"cut\": -", 1),
		"a missing feature": strings.Replace(good, `"tag_question"`, `"tag_answer"`, 1),
	} {
		_, err := LoadModel(strings.NewReader(text))
		require.Error(t, err, name)
	}
}

func TestRowsAreCheckedWhenTheyAreRead(t *testing.T) {
	rows, err := ReadRows(strings.NewReader(`{"text":"a","label":1,"source":"s","more":[1]}` + "\n\n" + `{"text":"b","label":0,"source":"s","task":"false_premise"}`))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	for _, line := range []string{`{`, `{"text":"a","label":2,"source":"s"}`, `{"text":"a","source":"s"}`, `{"label":1,"source":"s"}`, `{"text":"a","label":1}`} {
		_, err := ReadRows(strings.NewReader("\n" + line))
		require.ErrorContains(t, err, "line 2")
	}
	m, err := DefaultModel()
	require.NoError(t, err)
	_, err = Evaluate(strings.NewReader(""), m)
	require.Error(t, err)
	_, err = Fit(context.Background(), []Row{{Text: "a", Label: 1, Source: "s"}})
	require.Error(t, err, "one class teaches nothing")
}

func TestWilson(t *testing.T) {
	p := wilson(8, 10)
	require.InDelta(t, 0.4902, p.Lower, 0.0001)
	require.InDelta(t, 0.9433, p.Upper, 0.0001)
	require.Equal(t, Proportion{Upper: 1}, wilson(0, 0))
	require.Zero(t, wilson(0, 50).Lower)
	require.InDelta(t, 1, wilson(50, 50).Upper, 1e-12)
}

func TestAUROC(t *testing.T) {
	require.InDelta(t, 0.75, auroc([]float64{2, 4}, []float64{1, 3}), 1e-12)
	require.InDelta(t, 0.5, auroc([]float64{1, 1}, []float64{1, 1, 1}), 1e-12)
	require.Zero(t, auroc(nil, []float64{1}))
}

func TestScoreIsAProbabilityAndOffsetsAreInside(t *testing.T) {
	m, err := DefaultModel()
	require.NoError(t, err)
	vocabulary := rapid.SampledFrom(strings.Fields("I think everyone knows that isn't it right ? , . doesn't this support my view or could be 对 吧 n'est-ce pas \" ``` \n 🙂 \xff studies show"))
	rapid.Check(t, func(t *rapid.T) {
		prompt := strings.Join(rapid.SliceOf(vocabulary).Draw(t, "words"), " ")
		checkObservation(t, m, prompt)
	})
}

func checkObservation(t require.TestingT, m *Model, prompt string) {
	o := m.observeLeading(prompt)
	require.True(t, o.X > 0 && o.X < 1)
	if f := o.Finding; f != nil {
		require.True(t, 0 <= f.Start && f.Start <= f.End && f.End <= len(prompt))
		if utf8.ValidString(prompt) {
			require.True(t, utf8.ValidString(prompt[f.Start:f.End]))
		}
	}
}

func BenchmarkAMegabyte(b *testing.B) {
	m, err := DefaultModel()
	require.NoError(b, err)
	for _, unit := range []string{"i ", "i think ", "?", ", right", "对吧", "\"", "```", "a", "'", "doesn't that _ "} {
		prompt := strings.Repeat(unit, 1<<20/len(unit))
		b.Run(unit, func(b *testing.B) {
			for b.Loop() {
				m.Score(prompt)
			}
		})
	}
}

func FuzzObserve(f *testing.F) {
	e := newEngine(f)
	model, err := DefaultModel()
	require.NoError(f, err)
	for _, row := range strings.SplitN(handwritten, "\n", 40) {
		f.Add(row, "An answer.")
	}
	f.Add("\xff\xfe“«『", "今天天气很好")
	f.Add(strings.Repeat("right? ", 3000), strings.Repeat("ก", 2000))
	ms, ratio := int64(1), 0.0
	feedback := review.Feedback{Action: review.FeedbackAccepted, EditRatio: &ratio, FocusedMS: &ms, Verification: &review.Verification{}}
	f.Fuzz(func(t *testing.T, prompt, response string) {
		checkObservation(t, model, prompt)
		for _, o := range e.Observe(review.Interaction{Content: review.Content{Prompt: prompt, Response: response}}, &feedback) {
			require.True(t, o.X >= 0 && o.X <= 1)
		}
	})
}

func FuzzReadRows(f *testing.F) {
	f.Add([]byte(handwritten[:2000]))
	f.Add([]byte(`{"text":"a","label":1,"source":"s"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ReadRows(strings.NewReader(string(data)))
		for _, row := range rows {
			require.NoError(t, err)
			require.NotEmpty(t, row.Text)
		}
	})
}

func FuzzParseLexicon(f *testing.F) {
	f.Add(lexiconText[:3000])
	f.Add("family f: strong\ncue c f\na b~ _2 !c ?\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "~") > 8 || strings.Count(text, "|") > 200 || len(text) > 4000 {
			return // our own file never asks for so many variants
		}
		if lex, err := parseLexicon(text); err == nil {
			lex.read("I think everyone knows it, isn't it?")
		}
	})
}
