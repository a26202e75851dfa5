package review

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLimitsOnConductAreChecked, each for what is wrong with it.
func TestLimitsOnConductAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		limits []ConductLimit
		want   string
	}{
		"fine":            {[]ConductLimit{{ConductUser, ConductErrors, 20}, {ConductApp, ConductErrors, 0.5}, {ConductUser, ConductRequests, 500}}, ""},
		"of whom":         {[]ConductLimit{{"key", ConductErrors, 20}}, "must name user or app"},
		"of what":         {[]ConductLimit{{ConductUser, "luck", 20}}, "must name user or app"},
		"of all alike":    {[]ConductLimit{{ConductApp, ConductLatency, 20}}, "of each user"},
		"twice":           {[]ConductLimit{{ConductUser, ConductErrors, 20}, {ConductUser, ConductErrors, 30}}, "must bound each thing once"},
		"nothing":         {[]ConductLimit{{ConductUser, ConductErrors, 0}}, "must be above 0"},
		"no number":       {[]ConductLimit{{ConductUser, ConductErrors, math.NaN()}}, "must be above 0"},
		"more than all":   {[]ConductLimit{{ConductUser, ConductErrors, 101}}, "at most 100"},
		"beyond counting": {[]ConductLimit{{ConductUser, ConductLatency, 2e9}}, "must be above 0"},
	} {
		t.Run(name, func(t *testing.T) {
			var bad invalidFields
			validateLimits(c.limits, &bad)
			if c.want == "" {
				require.NoError(t, bad.err())
				return
			}
			require.Len(t, bad, 1)
			require.Equal(t, "limits", bad[0].Field)
			require.Contains(t, bad[0].Message, c.want)
		})
	}
}

// TestLimitsOnConductAreInTheDifference of two policies, each by its name.
func TestLimitsOnConductAreInTheDifference(t *testing.T) {
	var old, fresh Policy
	require.NoError(t, json.Unmarshal([]byte(`{"limits":[{"of":"user","metric":"errors","most":20}]}`), &fresh))
	diff := PolicyDiff(old, fresh, nil)
	require.Len(t, diff, 1)
	require.Equal(t, "limits.user.errors", diff[0].Field)
}
