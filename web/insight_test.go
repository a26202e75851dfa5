package web_test

import (
	"net/http"
	"testing"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestInsightPages(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	site.PostAttack(webtest.Home, "one")
	site.PostAttack(webtest.Foreign, "elsewhere")
	people := map[review.Role]*webtest.Client{}
	as := func(role review.Role) func(*webtest.Site) *webtest.Client {
		people[role] = site.Person(role)
		return func(*webtest.Site) *webtest.Client { return people[role] }
	}
	lead, analyst := as(review.RoleLead), as(review.RoleAnalyst)
	proof := policyHome + "/proof"
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "a lead sees their Apps", As: lead, URL: "/overview", Status: http.StatusOK,
			Content: []string{"<b class=\"num\">1</b>", "not enough yet: 0 of 20 decisions", "injection.override", "data-value=\"1\""}, Forbidden: without("<b class=\"num\">2</b>")},
		{Name: "an auditor sees every App", As: as(review.RoleAuditor), URL: "/overview", Status: http.StatusOK, Content: []string{"<b class=\"num\">2</b>"}, Forbidden: without()},
		{Name: "an analyst sees no colleagues", As: analyst, URL: "/overview", Status: http.StatusForbidden, Content: []string{"<html"}, Forbidden: without("People, 30 days")},
		{Name: "but their own work", As: analyst, URL: "/my-work", Status: http.StatusOK, Content: []string{"not enough yet: 0 of 50", "Some items are controls"}, Forbidden: without("People, 30 days", "A short break")},
		{Name: "a viewer decides nothing", As: as(review.RoleViewer), URL: "/my-work", Status: http.StatusForbidden, Content: []string{"<html"}, Forbidden: without("not enough yet")},
		{Name: "thresholds wait for decisions", As: lead, URL: proof, Status: http.StatusOK, Content: []string{"0 decisions count so far"}, Forbidden: without("Put it into the draft")},
		{Name: "nothing is taken over that is not proved", As: lead, URL: proof, Header: formHeader, Body: "detector=injection.override&revision=", Status: http.StatusUnprocessableEntity, Content: []string{"No threshold of this detector is proved yet"}, Forbidden: without()},
		{Name: "nor of the risk", As: lead, URL: proof, Header: formHeader, Body: "detector=risk&revision=", Status: http.StatusUnprocessableEntity, Content: []string{"No threshold of this detector is proved yet"}, Forbidden: without()},
		{Name: "an analyst proves nothing", As: analyst, URL: proof, Status: http.StatusForbidden, Content: []string{"<html"}, Forbidden: without("count so far")},
	})
}
