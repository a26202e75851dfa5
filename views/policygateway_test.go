package views

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestGatewayInTheForm(t *testing.T) {
	base := review.DefaultPolicy(nil)
	read := func(typed string) (review.Policy, PolicyForm, []review.FieldError) {
		return ParsePolicyForm(url.Values{"gateway": {typed}}, base)
	}
	p, form, bad := read(`{"fence":true,"limits":{"temperature":0,"max_tokens":9},"hold":{"tools":true,"on_expiry":"accept"}}`)
	require.Empty(t, bad)
	require.True(t, p.Gateway.Fence)
	require.InDelta(t, 0, p.Gateway.Limits.HighestTemperature(), 0, "zero is a limit")
	require.Equal(t, 9, p.Gateway.Limits.MostTokens())
	require.Contains(t, form.of("gateway"), "fence")
	again, _, bad := ParsePolicyForm(NewPolicyForm(p).values, base)
	require.Empty(t, bad)
	require.Equal(t, p.Gateway, again.Gateway)

	p, _, bad = read("")
	require.Empty(t, bad)
	require.Zero(t, p.Gateway)
	kept, _, _ := ParsePolicyForm(url.Values{}, again)
	require.Equal(t, again.Gateway, kept.Gateway, "what is not sent stays")

	for typed, message := range map[string]string{
		`{"fense":true}`: `does not know "fense"`, `[]`: "has a value of the wrong type at ", `{`: "must be a JSON object, or empty",
		`{} {}`: "must be one JSON object", `{"limits":{"top_p":2}}`: "must be between 0 and 1",
	} {
		_, form, bad := read(typed)
		require.Len(t, bad, 1, typed)
		require.Equal(t, message, bad[0].Message)
		require.Equal(t, typed, form.of("gateway"), "what was typed stays")
		require.NotEmpty(t, gatewayProblem(t.Context(), &Problem{Fields: bad}))
	}
}
