package guard

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// detect lets a function stand for a Detector.
type detect func(context.Context, *Input) ([]review.Finding, error)

func (d detect) Detect(ctx context.Context, in *Input) ([]review.Finding, error) { return d(ctx, in) }

func spec(id string, category review.Category, d detect) Spec {
	s := Spec{
		DetectorSpec: review.DetectorSpec{
			ID: id, Title: "Test", Category: category, OWASP: "LLM01:2025", Description: "For tests.", Examples: []string{"x"},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Block: 0.9},
		},
		New: func() (Detector, error) { return d, nil },
	}
	if redacts(category) {
		s.Placeholder = strings.ToUpper(id[strings.Index(id, ".")+1:])
	}
	return s
}

// word reports every occurrence of a word.
func word(w string, confidence float64) detect {
	return func(_ context.Context, in *Input) (out []review.Finding, err error) {
		for at := 0; ; {
			i := strings.Index(in.Segment.Text[at:], w)
			if i < 0 {
				return out, nil
			}
			out = append(out, review.Finding{Severity: review.SeverityLow, Confidence: confidence, Start: at + i, End: at + i + len(w), Message: "saw " + "a word", Evidence: w})
			at += i + len(w)
		}
	}
}

func pipeline(t testing.TB, specs ...Spec) *Pipeline {
	p, err := NewPipeline(NewRegistry(specs...), Options{Limits: textview.DefaultLimits()})
	require.NoError(t, err)
	return p
}

func policyOf(p *Pipeline) review.Policy { return review.DefaultPolicy(p.Specs()) }

func prompt(text string) review.Segment {
	return review.Segment{Name: "prompt", Kind: review.SegmentPrompt, Trust: review.TrustUser, Text: text}
}

func TestFindingsAreCompletedAndInOrder(t *testing.T) {
	p := pipeline(t,
		spec("test.second", review.CategoryInput, word("b", 0.7)),
		spec("test.first", review.CategoryTopic, word("a", 0.6)),
	)
	got := p.Screen(context.Background(), []review.Segment{prompt("b a b"), {Name: "response", Kind: review.SegmentResponse, Text: "a"}}, policyOf(p))
	require.Empty(t, got.Failures)
	want := []review.Finding{
		{Detector: "test.second", Category: review.CategoryInput, Segment: "prompt", Start: 0, End: 1, Confidence: 0.7, Evidence: "b"},
		{Detector: "test.first", Category: review.CategoryTopic, Segment: "prompt", Start: 2, End: 3, Confidence: 0.6, Evidence: "a"},
		{Detector: "test.second", Category: review.CategoryInput, Segment: "prompt", Start: 4, End: 5, Confidence: 0.7, Evidence: "b"},
		{Detector: "test.first", Category: review.CategoryTopic, Segment: "response", Start: 0, End: 1, Confidence: 0.6, Evidence: "a"},
	}
	for i := range want {
		want[i].Severity, want[i].Message = review.SeverityLow, "saw a word"
	}
	require.Empty(t, cmp.Diff(want, got.Findings))
}

func TestWhatGoesWrongIsAFailure(t *testing.T) {
	p := pipeline(t,
		spec("test.error", review.CategoryInput, func(context.Context, *Input) ([]review.Finding, error) {
			return []review.Finding{{Confidence: 1}}, errors.New("broken")
		}),
		spec("test.panic", review.CategoryInput, func(context.Context, *Input) ([]review.Finding, error) { panic("broken") }),
		spec("test.well", review.CategoryInput, word("a", 0.2)),
	)
	policy := policyOf(p)
	got := p.Screen(context.Background(), []review.Segment{prompt("a"), prompt("a")}, policy)
	require.Len(t, got.Findings, 2, "what others see stands")
	require.Equal(t, []review.Failure{
		{Detector: "test.error", Segment: "prompt", Reason: "error"},
		{Detector: "test.panic", Segment: "prompt", Reason: "panic"},
	}, got.Failures)
	verdict, _ := policy.Decide(got.Findings, got.Failures)
	require.Equal(t, review.VerdictFlag, verdict, "a failure is never an allow")
}

func TestTheDeadlineIsKept(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	asked := 0
	p := pipeline(t,
		spec("test.a_slow", review.CategoryInput, func(ctx context.Context, _ *Input) ([]review.Finding, error) {
			asked++
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}),
		spec("test.b_next", review.CategoryInput, func(context.Context, *Input) ([]review.Finding, error) {
			asked++
			return nil, nil
		}),
	)
	got := p.Screen(ctx, []review.Segment{prompt("one"), prompt("two")}, policyOf(p))
	require.Equal(t, 1, asked)
	require.Equal(t, []review.Failure{
		{Detector: "test.a_slow", Segment: "prompt", Reason: "deadline"},
		{Detector: "test.b_next", Segment: "prompt", Reason: "deadline"},
	}, got.Failures)
}

func TestModes(t *testing.T) {
	p := pipeline(t,
		spec("test.monitored", review.CategoryInput, word("a", 1)),
		spec("test.off", review.CategoryInput, func(context.Context, *Input) ([]review.Finding, error) { panic("asked") }),
		spec("test.unknown", review.CategoryInput, func(context.Context, *Input) ([]review.Finding, error) { panic("asked") }),
	)
	policy := policyOf(p)
	policy.Detectors["test.monitored"] = review.Rule{Mode: review.ModeMonitor, Flag: 0.1}
	policy.Detectors["test.off"] = review.Rule{Mode: review.ModeOff}
	delete(policy.Detectors, "test.unknown")
	got := p.Screen(context.Background(), []review.Segment{prompt("a")}, policy)
	require.Empty(t, got.Failures)
	require.Len(t, got.Findings, 1)
	verdict, _ := policy.Decide(got.Findings, got.Failures)
	require.Equal(t, review.VerdictAllow, verdict)
}

func TestOverlapsKeepTheStrongest(t *testing.T) {
	found := func(start, end int, confidence float64, view string) review.Finding {
		return review.Finding{Start: start, End: end, Confidence: confidence, View: view}
	}
	cases := []struct {
		name     string
		in, want []review.Finding
	}{
		{"apart", []review.Finding{found(4, 6, 1, ""), found(0, 4, 0.5, "")}, []review.Finding{found(0, 4, 0.5, ""), found(4, 6, 1, "")}},
		{"stronger wins", []review.Finding{found(0, 4, 0.5, ""), found(2, 6, 0.9, "")}, []review.Finding{found(2, 6, 0.9, "")}},
		{"as written wins", []review.Finding{found(0, 4, 0.5, "leet"), found(0, 4, 0.5, "")}, []review.Finding{found(0, 4, 0.5, "")}},
		{"whole segments stay", []review.Finding{found(0, 0, 0.5, ""), found(0, 4, 0.9, "")}, []review.Finding{found(0, 0, 0.5, ""), found(0, 4, 0.9, "")}},
		{"none", nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, strongest(c.in)) })
	}
}

func TestFindingsAreBounded(t *testing.T) {
	p := pipeline(t, spec("test.many", review.CategoryPII, word("a", 0.9)), spec("test.wild", review.CategoryInput, func(context.Context, *Input) ([]review.Finding, error) {
		return []review.Finding{{Start: -5, End: 1 << 30, Confidence: 7}}, nil
	}))
	text := strings.Repeat("a ", 400)
	got := p.Screen(context.Background(), []review.Segment{prompt(text)}, policyOf(p))
	many := 0
	for _, f := range got.Findings {
		if f.Detector == "test.many" {
			many++
			require.Contains(t, f.Message, "(one of 400)")
			continue
		}
		require.Equal(t, []any{0, len(text), 1.0}, []any{f.Start, f.End, f.Confidence})
		require.LessOrEqual(t, len(f.Evidence), maxEvidence)
	}
	require.Equal(t, maxFindings, many)
	require.Len(t, got.Redactions, 400, "what is not listed is redacted all the same")
}

func TestTimingIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	var took []string
	p, err := NewPipeline(NewRegistry(spec("test.a", review.CategoryInput, word("a", 1))), Options{
		Limits: textview.DefaultLimits(),
		Clock:  func() time.Time { now = now.Add(time.Millisecond); return now },
		Timed:  func(detector string, d time.Duration) { took = append(took, detector+" "+d.String()) },
	})
	require.NoError(t, err)
	p.Screen(context.Background(), []review.Segment{prompt("a")}, policyOf(p))
	require.Equal(t, []string{"test.a 1ms"}, took)
}

func TestConstructorsValidate(t *testing.T) {
	registry := NewRegistry(spec("test.a", review.CategoryInput, word("a", 1)))
	_, err := NewPipeline(registry, Options{})
	require.ErrorContains(t, err, "limits")
	_, err = NewPipeline(registry, Options{Limits: textview.DefaultLimits(), Timed: func(string, time.Duration) {}})
	require.ErrorContains(t, err, "clock")
	broken := spec("test.broken", review.CategoryInput, nil)
	broken.New = func() (Detector, error) { return nil, errors.New("no rules") }
	_, err = NewPipeline(NewRegistry(broken), Options{Limits: textview.DefaultLimits()})
	require.ErrorContains(t, err, "test.broken: no rules")
}

func TestExcerpt(t *testing.T) {
	require.Equal(t, "bc", Excerpt("abcd", 1, 3))
	long := strings.Repeat("ä", 200)
	cut := Excerpt(long, 0, len(long))
	require.LessOrEqual(t, len(cut), maxEvidence)
	require.True(t, strings.HasSuffix(cut, "ä…"), cut)
}

func TestScreeningNeverLeavesItsText(t *testing.T) {
	letters := []string{"a", "b", "ab", "\xff", "ä", " ", "YWFiYg==", "\u200b"}
	p := pipeline(t, spec("test.pii", review.CategoryPII, word("ab", 0.8)), spec("test.secret", review.CategorySecret, word("b", 0.5)),
		spec("test.word", review.CategoryInput, word("a", 0.9)))
	policy := policyOf(p)
	rapid.Check(t, func(t *rapid.T) {
		var segments []review.Segment
		for _, name := range []string{"prompt", "response"} {
			segments = append(segments, review.Segment{Name: name, Kind: review.SegmentPrompt,
				Text: strings.Join(rapid.SliceOf(rapid.SampledFrom(letters)).Draw(t, name), "")})
		}
		got := p.Screen(context.Background(), segments, policy)
		require.Empty(t, got.Failures)
		require.Empty(t, cmp.Diff(got, p.Screen(context.Background(), segments, policy)), "the same again")
		checkScreening(t, segments, got)
	})
}

// checkScreening holds what must be true of any Screening.
func checkScreening(t require.TestingT, segments []review.Segment, s review.Screening) {
	text := map[string]string{}
	for _, seg := range segments {
		text[seg.Name] = seg.Text
	}
	for _, f := range s.Findings {
		require.True(t, 0 <= f.Start && f.Start <= f.End && f.End <= len(text[f.Segment]), "%+v", f)
		require.True(t, f.Confidence >= 0 && f.Confidence <= 1, "%+v", f)
	}
	at := map[string]int{}
	for _, r := range s.Redactions {
		require.True(t, at[r.Segment] <= r.Start && r.Start < r.End && r.End <= len(text[r.Segment]), "%+v", r)
		at[r.Segment] = r.End
	}
}
