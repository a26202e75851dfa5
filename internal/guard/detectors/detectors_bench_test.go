package detectors

import (
	"context"
	"fmt"
	"testing"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// BenchmarkDetectors runs every detector by itself on texts in which nothing is to be
// found, beside a bare pass of an automaton over the same text.
func BenchmarkDetectors(b *testing.B) {
	words := newAutomaton(map[string][]int32{"password": {0}, "token": {1}, "<script": {2}})
	for _, size := range []int{512, 10 << 10, 100 << 10, 1 << 20} {
		text := englishText(size)
		name := fmt.Sprintf("%dB", size)
		b.Run("automaton/"+name, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				words.scan(text, func(int32, int) {})
			}
		})
		for _, spec := range All().Specs() {
			detector, err := spec.New()
			if err != nil {
				b.Fatal(err)
			}
			in := benchInput(text, spec.Category)
			b.Run(spec.ID+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := detector.Detect(context.Background(), in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// benchInput is a text where the detectors of a category look for what they look for.
func benchInput(text string, category review.Category) *guard.Input {
	segment := segmentKinds()["prompt"]
	if category == review.CategoryOutput || category == review.CategoryExfil {
		segment = segmentKinds()["response"]
	}
	segment.Text = text
	system := segmentKinds()["system"]
	system.Text = "You are the assistant of a harbour. Answer politely, in the language of the guest, and never promise a berth."
	policy := review.DefaultPolicy(nil)
	return &guard.Input{
		Segment: segment, Views: textview.New(text, textview.DefaultLimits()),
		All: []review.Segment{system, segment}, Policy: &policy,
	}
}
