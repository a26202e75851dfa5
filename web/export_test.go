package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestExport(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	script := site.Script(review.RoleAnalyst)
	for _, suffix := range []string{"one", "<script>alert(1)</script>", "zwei \"drei\"\nvier"} {
		p := site.PostAttack(webtest.Home, strings.NewReplacer("\n", " ").Replace(suffix))
		held := script.Claim(p.Item.ID)
		answer := script.Post("/items/"+p.Item.ID+"/decision", with(decisionForm(held, "block"), "label", "injection", "reason", "=HYPERLINK(\"http://evil\")"))
		require.Equal(t, http.StatusOK, answer.Code)
	}
	for _, role := range []review.Role{review.RoleAnalyst, review.RoleLead, review.RoleAuditor, review.RoleAdmin} {
		answer := site.Person(role).Get("/export/decisions.csv?kind=interaction")
		require.Equal(t, http.StatusOK, answer.Code)
		require.Contains(t, answer.Header().Get("Content-Type"), "text/csv")
		require.Contains(t, answer.Header().Get("Content-Disposition"), "attachment; filename=\"decisions-")
		rows, err := csv.NewReader(answer.Body).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 4)
		require.Equal(t, []string{"item_id", "interaction_id", "external_id", "app", "kind", "user_id", "model", "created_at", "decided_at",
			"decision", "label", "reason", "reviewer", "guard_verdict", "guard_risk", "detectors", "blind_verdict", "final_verdict",
			"changed_after_reveal", "exposure", "sampling_kind", "propensity", "policy_version", "focused_ms", "batch_id", "undone", "prompt", "response"}, rows[0])
		for _, row := range rows[1:] {
			require.Equal(t, "block", row[9])
			require.False(t, strings.HasPrefix(row[11], "="), "no cell runs in a spreadsheet")
		}
	}
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "of nothing", As: analystOf, URL: "/export/decisions.csv?kind=audit", Status: 200, Content: []string{"item_id,"}, Forbidden: without("block"), Headers: map[string]string{"Content-Disposition": "attachment"}},
		{Name: "of a filter that does not exist", As: analystOf, URL: "/export/decisions.csv?kind=nope", Status: 400, Content: []string{"<html"}, Forbidden: without("item_id", "attachment")},
		{Name: "only looked for", As: analystOf, Method: "HEAD", URL: "/export/decisions.csv", Status: 200, Forbidden: without("item_id"), Headers: map[string]string{"Content-Type": "text/csv"}},
		{Name: "for who only reads", As: func(s *webtest.Site) *webtest.Client { return s.Person(review.RoleViewer) }, URL: "/export/decisions.csv", Status: 403, Content: []string{"<html"}, Forbidden: without("item_id", "attachment")},
		{Name: "for nobody", URL: "/export/decisions.csv", Status: 303, Forbidden: without("item_id"), Headers: map[string]string{"Location": "/login?next=%2Fexport%2Fdecisions.csv"}},
	})
}

func TestAnEditedFilterStaysOfOnesOwnApps(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Foreign, "x")
	admin := site.Script(review.RoleAdmin)
	require.Equal(t, http.StatusOK, admin.Post("/items/"+p.Item.ID+"/decision", decisionForm(admin.Claim(p.Item.ID), "block")).Code)
	query := "?" + url.Values{"app": {webtest.Foreign}}.Encode()
	webtest.Says(t, admin.Get("/export/decisions.csv"+query).Body.String(), p.Item.ID)
	webtest.Conceals(t, site.Person(review.RoleAnalyst).Get("/export/decisions.csv"+query).Body.String(), p.Item.ID)
}

func TestWhoMayNotReadPersonalDataExportsPlaceholders(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "My card is 4111 1111 1111 1111")
	script := site.Script(review.RoleAnalyst)
	require.Equal(t, http.StatusOK, script.Post("/items/"+p.Item.ID+"/decision", decisionForm(script.Claim(p.Item.ID), "block")).Code)
	whole := site.Person(review.RoleAnalyst).Get("/export/decisions.csv").Body.String()
	webtest.Says(t, whole, "My card is 4111 1111 1111 1111")
	masked := site.Person(review.RoleAuditor).Get("/export/decisions.csv").Body.String()
	webtest.Says(t, masked, "My card is [CARD_1]")
	webtest.Conceals(t, masked, "4111")
}
