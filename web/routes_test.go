package web

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

func TestTheTableIsComplete(t *testing.T) {
	require.NoError(t, checkRoutes(routes()))
}

func TestATableWithAHoleIsRefused(t *testing.T) {
	serve := (*Server).healthz
	for name, c := range map[string]struct {
		table []route
		want  string
	}{
		"nobody said who":         {[]route{{http.MethodGet, "/x", access{}, serve}}, `"GET /x" does not say who may call it`},
		"a session to do nothing": {[]route{{http.MethodGet, "/x", session(""), serve}}, "does not say who"},
		"an unknown permission":   {[]route{{http.MethodGet, "/x", session("fly"), serve}}, "does not say who"},
		"a permission for all":    {[]route{{http.MethodGet, "/x", access{door: doorPublic, permission: review.PermRead}, serve}}, "does not say who"},
		"a key without a scope":   {[]route{{http.MethodGet, "/x", apiKey(""), serve}}, "does not say who"},
		"an unknown scope":        {[]route{{http.MethodGet, "/x", apiKey("fly"), serve}}, "does not say who"},
		"a scope for all":         {[]route{{http.MethodGet, "/x", access{door: doorPublic, scope: review.ScopeRead}, serve}}, "does not say who"},
		"no handler":              {[]route{{http.MethodGet, "/x", public(), nil}}, "is incomplete"},
		"no method":               {[]route{{"", "/x", public(), serve}}, "is incomplete"},
		"twice":                   {[]route{{http.MethodGet, "/x", public(), serve}, {http.MethodGet, "/x", operator(), serve}}, "stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, checkRoutes(c.table), c.want)
		})
	}
}

// TestDangerousActionsAskForThePasswordAgain: who governs people, keys, where an App is told and what guards it, or what they sign in with, gives
// a password, or what stands for it, that is an hour old at most. What such a role does without is named here.
func TestDangerousActionsAskForThePasswordAgain(t *testing.T) {
	dangerous := []review.Permission{review.PermAdminister, review.PermWebhooks, review.PermPolicy}
	draft, trial := policyRoute+"/"+views.StepDraft, policyRoute+"/"+views.StepTrial
	without := []string{ // a draft guards nothing, and an experiment changes no verdict
		draft, policyRoute + "/" + views.StepDiscard, policyRoute + "/" + views.StepProof, trial,
		policyRoute + "/" + views.StepExperiments, experimentRoute + "/" + views.StepStart, experimentRoute + "/" + views.StepEnd,
	}
	own := []string{
		views.PathTOTP, views.PathTOTPCode, views.PathTOTPRemoval, views.PathRecovery, views.PathPasskeys, views.PathPasskeysAsk, views.PathPasskeyRemoval,
	}
	asked, spared := 0, 0
	for _, r := range routes() {
		if r.method == http.MethodGet || r.access.door != doorSession {
			continue
		}
		wanted := slices.Contains(own, r.path) || slices.Contains(dangerous, r.access.permission) && !slices.Contains(without, r.path)
		require.Equal(t, wanted, r.access.recent > 0, "%s %s", r.method, r.path)
		if wanted {
			require.LessOrEqual(t, r.access.recent, recentToAct, "%s %s", r.method, r.path)
			asked++
		} else if slices.Contains(without, r.path) {
			spared++
		}
	}
	require.Equal(t, len(without), spared)
	require.Greater(t, asked, 30)
	t.Logf("%d actions ask again", asked)
}
