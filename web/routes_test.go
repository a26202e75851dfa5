package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
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
