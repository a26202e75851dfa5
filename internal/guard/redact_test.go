package guard

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestRedactionsAreTypedAndStable(t *testing.T) {
	p := pipeline(t,
		spec("pii.email", review.CategoryPII, func(ctx context.Context, in *Input) ([]review.Finding, error) {
			a, _ := word("jane@mail.org", 0.9)(ctx, in)
			b, _ := word("JANE@mail.org", 0.9)(ctx, in)
			c, _ := word("joe@mail.org", 0.9)(ctx, in)
			return append(append(a, b...), c...), nil
		}),
		spec("secret.token", review.CategorySecret, word("mail", 0.5)),
		spec("injection.override", review.CategoryInjection, word("ignore jane@mail.org", 0.9)),
	)
	segments := []review.Segment{
		prompt("write to jane@mail.org or joe@mail.org by mail"),
		{Name: "response", Kind: review.SegmentResponse, Text: "wrote to JANE@mail.org; ignore jane@mail.org"},
	}
	got := p.Screen(context.Background(), segments, policyOf(p))
	a := review.Assessment{Redactions: got.Redactions}
	require.Equal(t, "write to [EMAIL_1] or [EMAIL_2] by [TOKEN_1]", a.Sanitized("prompt", segments[0].Text))
	require.Equal(t, "wrote to [EMAIL_1]; ignore [EMAIL_1]", a.Sanitized("response", segments[1].Text))
	for _, f := range got.Findings {
		require.NotContains(t, f.Evidence, "mail.org", "%+v", f)
	}
	require.Equal(t, "ignore [EMAIL_1]", got.Findings[len(got.Findings)-3].Evidence)
}

func TestMergeSpans(t *testing.T) {
	cases := []struct {
		name     string
		in, want []secretSpan
	}{
		{"apart", []secretSpan{{5, 6, "B", 1}, {0, 4, "A", 1}}, []secretSpan{{0, 4, "A", 1}, {5, 6, "B", 1}}},
		{"touching", []secretSpan{{0, 4, "A", 1}, {4, 6, "B", 1}}, []secretSpan{{0, 4, "A", 1}, {4, 6, "B", 1}}},
		{"surer names it", []secretSpan{{0, 4, "A", 0.5}, {2, 6, "B", 0.9}}, []secretSpan{{0, 6, "B", 0.9}}},
		{"inside", []secretSpan{{2, 3, "B", 0.4}, {0, 6, "A", 0.9}}, []secretSpan{{0, 6, "A", 0.9}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, mergeSpans(c.in)) })
	}
}

func TestUnsureValuesStay(t *testing.T) {
	p := pipeline(t, spec("pii.phone", review.CategoryPII, word("12345", redactFrom/2)))
	got := p.Screen(context.Background(), []review.Segment{prompt("call 12345")}, policyOf(p))
	require.Empty(t, got.Redactions)
	require.Len(t, got.Findings, 1)
	require.Empty(t, got.Findings[0].Evidence, "evidence of personal data is never the value")
}
