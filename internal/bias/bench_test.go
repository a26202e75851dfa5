package bias

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func BenchmarkObserve(b *testing.B) {
	e, err := New()
	require.NoError(b, err)
	ratio, ms := 0.0, int64(700)
	f := &review.Feedback{Action: review.FeedbackAccepted, EditRatio: &ratio, FocusedMS: &ms, Verification: &review.Verification{}}
	for name, prompt := range map[string]string{
		"short":   "My order arrived yesterday but the left shoe is a size smaller than the right one. How do I return it?",
		"leading": "I've heard that everybody agrees with me here, so it's obviously the best option, isn't it? Doesn't that show that I am right?",
		"1MB":     strings.Repeat("I think that everybody knows it, right? ", 1<<20/40),
	} {
		in := review.Interaction{Content: review.Content{Prompt: prompt, Response: "You can return it within thirty days. Print the label first."}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Observe(in, f)
			}
		})
	}
}

func BenchmarkUpdate(b *testing.B) {
	e, err := New()
	require.NoError(b, err)
	s := review.BiasState{}
	for b.Loop() {
		s, _ = e.Update(s, review.Observation{Detector: UncriticalAcceptance, X: 1}, testTime)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
