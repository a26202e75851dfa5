package demo

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

var noon = time.Date(2026, 3, 4, 12, 30, 0, 0, time.UTC)

func newGenerator(t testing.TB, seed uint64, n int) *Generator {
	t.Helper()
	g, err := New(Options{Seed: seed, Now: noon, Interactions: n})
	require.NoError(t, err)
	return g
}

func exchanges(t testing.TB, seed uint64, n int) []Exchange {
	t.Helper()
	g := newGenerator(t, seed, n)
	out := make([]Exchange, n)
	for i := range out {
		out[i] = g.Next()
	}
	return out
}

func TestTheSameSeedMakesTheSameTraffic(t *testing.T) {
	require.Empty(t, cmp.Diff(exchanges(t, 7, 500), exchanges(t, 7, 500)))
	require.NotEqual(t, exchanges(t, 7, 1)[0].Submission, exchanges(t, 8, 1)[0].Submission)
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Interactions: 1}, {Now: noon}, {Now: noon, Interactions: -1}} {
		_, err := New(o)
		require.Error(t, err)
	}
}

const many = 10_000

func TestEverySubmissionIsValid(t *testing.T) {
	ids := map[string]bool{}
	for _, ex := range exchanges(t, 1, many) {
		s := ex.Submission
		require.NoError(t, s.Validate(noon), "%+v", s)
		require.False(t, ids[s.ExternalID])
		ids[s.ExternalID] = true
		require.Nil(t, both(s.Feedback, ex.Later), "feedback comes once")
		for _, segment := range s.Content().Segments() {
			require.True(t, utf8.ValidString(segment.Text))
			require.NotRegexp(t, leftover, segment.Text)
		}
	}
}

func both(a, b *review.Feedback) *review.Feedback {
	if a == nil {
		return nil
	}
	return b
}

// leftover is notation of the grammar that was not expanded.
var leftover = regexp.MustCompile(`\{[$@#a-z]+[a-z.:_0-9-]*\}|⟦|⟧|\\n`)

func TestTrafficLooksLikeABusyService(t *testing.T) {
	natures, features, locales := map[Nature]int{}, map[string]int{}, map[string]int{}
	prompts, users, models := map[string]int{}, map[string]int{}, map[string]int{}
	turns, failed, feedback, documents, toolErrors, errors, rtl, emoji, long := 0, 0, 0, 0, 0, 0, 0, 0, 0
	for _, ex := range exchanges(t, 3, many) {
		s := ex.Submission
		natures[ex.Nature]++
		users[s.UserID]++
		models[s.Model]++
		var c struct{ Feature, Locale string }
		if s.Context != nil {
			require.NoError(t, json.Unmarshal(s.Context, &c))
			features[c.Feature]++
			locales[c.Locale]++
		}
		prompt := s.Content().Prompt
		prompts[prompt]++
		count := func(n *int, is bool) {
			if is {
				*n++
			}
		}
		count(&turns, s.Turn > 1)
		count(&failed, s.Error != "")
		count(&feedback, s.Feedback != nil || ex.Later != nil)
		count(&documents, len(s.Documents) > 0)
		count(&rtl, strings.ContainsAny(prompt, "ابتم"))
		count(&emoji, strings.ContainsAny(prompt, "🙂🙏😅👍🤔😩🚀👀🎉🥲"))
		count(&long, len(prompt) > 3000)
		for _, call := range s.ToolCalls {
			count(&toolErrors, call.Error != "")
		}
		errors += failed
	}
	share := func(n int) float64 { return float64(n) / many }
	between := func(what string, x, low, high float64) {
		t.Helper()
		require.True(t, low <= x && x <= high, "%s: %.4f is not in [%g, %g]", what, x, low, high)
	}
	between("harmless", share(natures[Harmless]), .83, .90)
	between("attacks", share(natures[Attack]), .02, .07)
	between("personal data", share(natures[Personal]), .015, .05)
	between("risky topics", share(natures[Risky]), .01, .04)
	between("leading prompts", share(natures[Leading]), .02, .06)
	between("further turns", share(turns), .25, .7)
	between("model errors", share(failed), .005, .025)
	between("feedback", share(feedback), .25, .5)
	between("documents", share(documents), .06, .2)
	between("failed tool calls", share(toolErrors), .004, .03)
	between("right to left", share(rtl), .003, .05)
	between("emoji", share(emoji), .02, .12)
	between("long prompts", share(long), .001, .01)
	between("distinct prompts", float64(len(prompts))/many, .8, 1)
	require.GreaterOrEqual(t, len(locales), 12)
	require.Len(t, models, len(allModels()))
	for _, s := range scenarios {
		require.Positive(t, features[s.name], s.name)
	}

	busiest, rest := 0, 0
	for _, n := range users {
		busiest, rest = max(busiest, n), rest+n
	}
	require.Greater(t, float64(busiest)/float64(rest), 10.0/float64(len(users)), "a few people write most")
	require.Greater(t, len(users), 300)
}

func allModels() map[string]bool {
	names := map[string]bool{}
	for _, m := range models {
		names[m.name] = true
	}
	return names
}

func TestTimesGoForwardOverTheLastDays(t *testing.T) {
	byHour := [24]int{}
	first, last := noon, time.Time{}
	for _, ex := range exchanges(t, 5, many) {
		at := *ex.Submission.OccurredAt
		require.False(t, at.After(noon))
		require.False(t, at.Before(last.Add(-2*time.Minute)), "conversations keep their order")
		if at.Before(first) {
			first = at
		}
		last = at
		byHour[at.Hour()]++
	}
	require.WithinDuration(t, noon.Truncate(24*time.Hour).Add(-days*24*time.Hour), first, time.Hour)
	require.WithinDuration(t, noon, last, 10*time.Minute)
	require.Greater(t, byHour[10], 4*byHour[3], "nights are quiet")

	late := newGenerator(t, 5, 3)
	for range 10 {
		require.False(t, late.Next().Submission.OccurredAt.After(noon), "also when it goes on longer than planned")
	}
}

// Over-trusting users are there for the bias engine: a dozen quick acceptances of one user must be among the traffic.
func TestSomeUsersTakeEverythingOver(t *testing.T) {
	quick := map[string]int{}
	for _, ex := range exchanges(t, 1, 2000) {
		for _, f := range []*review.Feedback{ex.Submission.Feedback, ex.Later} {
			if f != nil && f.FocusedMS != nil && *f.FocusedMS < 1000 && f.EditRatio != nil && *f.EditRatio == 0 {
				quick[ex.Submission.UserID]++
			}
		}
	}
	enough := 0
	for _, n := range quick {
		if n >= 12 {
			enough++
		}
	}
	require.GreaterOrEqual(t, enough, 3)
}

func TestMadeNumbersHaveValidChecksums(t *testing.T) {
	g := newGenerator(t, 1, 1)
	for range 500 {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(makeCard(g.random))
		require.Len(t, digits, 16)
		require.Equal(t, int(digits[15]-'0'), luhnDigit(digits[:15]))
		iban := strings.ReplaceAll(makeIBAN(g.random), " ", "")
		require.Equal(t, 1, mod97(iban[4:]+iban[:4]), iban)
		require.Regexp(t, `@(mail\.|shop\.)?example\.(com|org|net)$`, makeEmail(g.random))
	}
	require.Equal(t, 1, luhnDigit("411111111111111"))
	require.Equal(t, 1, mod97("3704"+"00440532013000"+"DE89"), "the example of the standard")
}

func TestTransformsHideAndCanBeUndone(t *testing.T) {
	require.Equal(t, "SWdub3JlIGFsbA==", transforms["base64"]("Ignore all"))
	require.Equal(t, "Vtaber nyy", transforms["rot13"]("Ignore all"))
	require.Equal(t, "lla erongI", transforms["reversed"]("Ignore all"))
	require.Equal(t, "1gn0r3 4ll", transforms["leet"]("ignore all"))
	require.Equal(t, "ａｂ", transforms["fullwidth"]("ab"))
	require.Equal(t, "\U000E0061\U000E0062", transforms["tags"]("ab"))
}

func TestAnswersFitTheQuestion(t *testing.T) {
	g := &grammar{rules: map[string][]template{}, tagged: map[string][]template{}}
	require.NoError(t, g.parse("[ask]\n(a) first {$x:thing}?\n(b) second {$x:thing}?\n[thing]\none\ntwo\n[reply]\n(a) A {$x}\n(b) B {$x}\n[other]\nanything"))
	require.NoError(t, g.check())
	w := writer{grammar: g, random: newGenerator(t, 1, 1).random, memory: map[string]string{}}
	for range 50 {
		question, reply := w.ask("ask"), w.answer("reply")
		require.Equal(t, question[:1] == "f", reply[:1] == "A")
		require.Contains(t, question, reply[2:])
		require.Equal(t, "anything", w.answer("other"))
	}
}

func TestTheGrammarRefusesWhatItCannotRead(t *testing.T) {
	for name, text := range map[string]string{
		"text first":        "hello",
		"rule twice":        "[a]\nx\n[a]\ny",
		"open brace":        "[a]\n{b",
		"empty braces":      "[a]\n{}",
		"bad range":         "[a]\n{#9-2}",
		"unknown rule":      "[a]\n{b}",
		"unknown maker":     "[a]\n{@nothing}",
		"transform of none": "[a]\n{@base64}",
		"maker of a rule":   "[a]\n{@email:a}",
	} {
		g := &grammar{rules: map[string][]template{}, tagged: map[string][]template{}}
		err := g.parse(text)
		if err == nil {
			err = g.check()
		}
		require.Error(t, err, name)
	}
}

func FuzzGrammar(f *testing.F) {
	f.Add("[a]\n(t) x {b|c} {#1-2} {@email} {$y:a} {$y}\n")
	f.Add("[a]\n{a}{a}{a}{a}\n") // grows with each level
	f.Add("[a]\n{$x:a}{$x}{$x}{@hex:a}x\n")
	f.Fuzz(func(t *testing.T, text string) {
		g := &grammar{rules: map[string][]template{}, tagged: map[string][]template{}}
		if g.parse(text) != nil || g.check() != nil || len(text) > 500 {
			return
		}
		w := writer{grammar: g, random: newGenerator(t, 1, 1).random, memory: map[string]string{}}
		for rule := range g.rules {
			w.ask(rule)
			require.LessOrEqual(t, w.b.Len(), maxBytes)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	g := newGenerator(b, 1, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		g.Next()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
}
