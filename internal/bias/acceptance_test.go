package bias

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func ptr[T any](v T) *T { return &v }

func TestUncriticalAcceptanceNeedsEverySignObserved(t *testing.T) {
	response := strings.Repeat("word ", 75) // 1 s + 10 s to read at the fastest
	quick := review.Feedback{
		Action: review.FeedbackAccepted, EditRatio: ptr(0.0), FocusedMS: ptr(int64(10_900)), Verification: &review.Verification{},
	}

	for name, c := range map[string]struct {
		change   func(*review.Feedback)
		response string
		want     float64
	}{
		"all signs":                       {func(f *review.Feedback) {}, response, 1},
		"read":                            {func(f *review.Feedback) { f.FocusedMS = ptr(int64(11_000)) }, response, 0},
		"changed":                         {func(f *review.Feedback) { f.EditRatio = ptr(0.02) }, response, 0},
		"hardly changed":                  {func(f *review.Feedback) { f.EditRatio = ptr(0.019) }, response, 1},
		"source opened":                   {func(f *review.Feedback) { f.Verification.SourceOpened = true }, response, 0},
		"test run":                        {func(f *review.Feedback) { f.Verification.TestRun = true }, response, 0},
		"rejected":                        {func(f *review.Feedback) { f.Action = review.FeedbackRejected }, response, 0},
		"edited":                          {func(f *review.Feedback) { f.Action = review.FeedbackEdited }, response, 0},
		"evaluated":                       {func(f *review.Feedback) { f.Action = review.FeedbackCriticallyEvaluated }, response, 0},
		"alternative asked for":           {func(f *review.Feedback) { f.Action = review.FeedbackAlternativeRequested }, response, 0},
		"edit ratio unknown":              {func(f *review.Feedback) { f.EditRatio = nil }, response, nothing},
		"verification unknown":            {func(f *review.Feedback) { f.Verification = nil }, response, nothing},
		"focus unknown":                   {func(f *review.Feedback) { f.FocusedMS = nil }, response, nothing},
		"response unknown":                {func(f *review.Feedback) {}, "", nothing},
		"one sign is absent, one unknown": {func(f *review.Feedback) { f.EditRatio, f.FocusedMS = nil, ptr(int64(90_000)) }, response, 0},
		"rejected, all else unknown": {func(f *review.Feedback) {
			*f = review.Feedback{Action: review.FeedbackRejected}
		}, "", 0},
		"focus bounded by the wall clock": {func(f *review.Feedback) {
			f.FocusedMS, f.ShownAt, f.DecidedAt = nil, &testTime, ptr(testTime.Add(3*time.Second))
		}, response, 1},
		"a long wall clock tells nothing": {func(f *review.Feedback) {
			f.FocusedMS, f.ShownAt, f.DecidedAt = nil, &testTime, ptr(testTime.Add(time.Hour))
		}, response, nothing},
		"the App says so": {func(f *review.Feedback) {
			*f = review.Feedback{Action: review.FeedbackAcceptedWithoutReview}
		}, "", 1},
		"the App says so, the focus says otherwise": {func(f *review.Feedback) {
			*f = review.Feedback{Action: review.FeedbackAcceptedWithoutReview, FocusedMS: ptr(int64(60_000))}
		}, response, 0},
	} {
		f := quick
		f.Verification = ptr(*quick.Verification)
		c.change(&f)
		o, ok := observeAcceptance(c.response, f)
		require.Equal(t, c.want != nothing, ok, name)
		if ok {
			require.Equal(t, c.want, o.X, name)
			require.Equal(t, UncriticalAcceptance, o.Detector)
			require.Empty(t, o.Segment, "conduct is not read from a text")
		}
	}
}

func TestAcceptedErrorsAreKnown(t *testing.T) {
	for _, c := range []struct {
		f    review.Feedback
		want bool
	}{
		{review.Feedback{Action: review.FeedbackAcceptedWithoutReview, AITruth: "wrong"}, true},
		{review.Feedback{Action: review.FeedbackAcceptedWithoutReview, Seeded: ptr(true)}, true},
		{review.Feedback{Action: review.FeedbackAcceptedWithoutReview, Seeded: ptr(false), AITruth: "right"}, false},
		{review.Feedback{Action: review.FeedbackRejected, AITruth: "wrong"}, false},
	} {
		o, ok := observeAcceptance("text", c.f)
		require.True(t, ok)
		require.Equal(t, c.want, o.KnownBad)
	}
}

func TestWordsAreWhatReadersTakeIn(t *testing.T) {
	for text, want := range map[string]float64{
		"":                               0,
		"  \n\t":                         0,
		"one":                            1,
		"It's two words":                 3,
		"naïve café, déjà-vu":            4,
		"Ответ будет завтра.":            3,
		"مرحبا بالعالم":                  2,
		"今天天气很好":                         4,
		"version 2 of main.go":           5,
		"emoji 🙂 do not count 🚀":         4,
		strings.Repeat("word ", 100_000): 100_000,
	} {
		require.InDelta(t, want, words(text), 1e-6, "%.40q", text)
	}
	require.Equal(t, 11*time.Second, leastReadingTime(strings.Repeat("word ", 75)))
}

func TestObserveSeesPromptAndConduct(t *testing.T) {
	e := newEngine(t)
	in := review.Interaction{Content: review.Content{Prompt: "It's Canberra, isn't it?", Response: "Yes."}}
	only := e.Observe(in, nil)
	require.Len(t, only, 1)
	require.Equal(t, LeadingPrompt, only[0].Detector)

	both := e.Observe(in, &review.Feedback{Action: review.FeedbackAcceptedWithoutReview, RiskClass: "high"})
	require.Len(t, both, 2)
	require.Equal(t, only[0], both[0], "seeing it again with feedback gives the same of the prompt")
	require.Equal(t, "high", both[1].RiskClass)

	require.Empty(t, e.Observe(review.Interaction{Content: review.Content{Response: "Yes."}}, nil))
	require.Empty(t, e.Observe(in, &review.Feedback{Action: review.FeedbackAccepted})[1:], "nothing was observed")
}
