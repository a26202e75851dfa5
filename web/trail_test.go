package web_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func auditorOf(s *webtest.Site) *webtest.Client { return s.Person(review.RoleAuditor) }

func TestTheAuditTrail(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "and more")
	site.PostAttack(webtest.Foreign, "elsewhere")
	script := site.Script(review.RoleAnalyst)
	require.Equal(t, http.StatusOK, script.Post("/items/"+p.Item.ID+"/decision", decisionForm(script.Claim(p.Item.ID), "block")).Code)

	texts := without("previous instructions", "and more", "elsewhere")
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "everything", As: auditorOf, URL: "/audit", Status: 200, Forbidden: texts,
			Content: []string{"decision.made", "item.claimed", "interaction.submitted", "app.added", "analyst@example.org", "127.1.0.", "checkout"}},
		{Name: "one person's", As: auditorOf, URL: "/audit?actor=analyst@example.org", Status: 200,
			Content: []string{"decision.made"}, Forbidden: without("interaction.submitted", "app.added")},
		{Name: "one family", As: auditorOf, URL: "/audit?action=decision", Status: 200, Content: []string{"decision.made"}, Forbidden: without("item.claimed")},
		{Name: "one object", As: auditorOf, URL: "/audit?object=" + p.Item.ID, Status: 200, Content: []string{"item.opened", "item.claimed"}, Forbidden: without("app.added")},
		{Name: "nothing", As: auditorOf, URL: "/audit?actor=%25", Status: 200, Content: []string{"No event matches"}, Forbidden: without("<table")},
		{Name: "hostile filter", As: auditorOf, URL: "/audit?actor=%3Cscript%3Ealert(1)%3C/script%3E", Status: 200, Content: []string{"&lt;script&gt;"}, Forbidden: without("<script>alert")},
		{Name: "control characters", As: auditorOf, URL: "/audit?actor=a%0D%0Ab", Status: 400, Forbidden: without("<table")},
		{Name: "no time", As: auditorOf, URL: "/audit?from=yesterday", Status: 400, Forbidden: without("<table")},
		{Name: "ends before it begins", As: auditorOf, URL: "/audit?from=2026-03-02T00:00&until=2026-03-01T00:00", Status: 400, Forbidden: without("<table")},
		{Name: "no page", As: auditorOf, URL: "/audit?before=x", Status: 400, Forbidden: without("<table")},
		{Name: "beyond the beginning", As: auditorOf, URL: "/audit?before=1", Status: 200, Content: []string{"No event matches"}, Forbidden: without("<table")},
		{Name: "an unknown format", As: auditorOf, URL: "/audit/export?format=xml", Status: 400, Forbidden: without("attachment")},
		{Name: "only looked for", As: auditorOf, Method: "HEAD", URL: "/audit/export?format=cef", Status: 200, Forbidden: without("CEF:0"), Headers: map[string]string{"Content-Disposition": ".cef"}},
		{Name: "as CEF", As: auditorOf, URL: "/audit/export?format=cef&action=decision", Status: 200, Content: []string{"CEF:0|Guardroom|Guardroom|", "suser=analyst@example.org spriv=analyst src=127.1.0."}, Forbidden: without("app.added")},
		{Name: "as OCSF", As: auditorOf, URL: "/audit/export?format=ocsf&action=user.signed_in", Status: 200, Content: []string{`"class_uid":3002`}, Forbidden: without("decision.made")},
		{Name: "by a lead", As: func(s *webtest.Site) *webtest.Client { return s.Person(review.RoleLead) }, URL: "/audit", Status: 403, Forbidden: without("<table")},
	})
	require.Equal(t, 2, events(t, site, "audit.exported"))
}

// TestTheExportedTrailIsAChain recomputes the chain from the file alone.
func TestTheExportedTrailIsAChain(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	site.PostAttack(webtest.Home, "x")
	answer := auditorOf(site).Get("/audit/export?format=jsonl")
	require.Equal(t, http.StatusOK, answer.Code)
	lines := bufio.NewScanner(answer.Body)
	previous, n := strings.Repeat("0", 64), 0
	for lines.Scan() {
		var e struct {
			Seq      int    `json:"seq"`
			PrevHash string `json:"prev_hash"`
			Hash     string `json:"hash"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		n++
		require.Equal(t, n, e.Seq)
		require.Equal(t, previous, e.PrevHash)
		previous = e.Hash
	}
	require.Greater(t, n, 5)
}

// TestEventsSayWhereTheyCameFrom: the session's mark is the same for one session, differs
// between two, and is no part of the cookie.
func TestEventsSayWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	one, two := site.PostAttack(webtest.Home, "one"), site.PostAttack(webtest.Home, "two")
	ann, bob := site.Script(review.RoleAnalyst), site.Script(review.RoleLead)
	ann.Claim(one.Item.ID)
	ann.Claim(one.Item.ID)
	bob.Claim(two.Item.ID)
	marks := map[string]map[string]bool{}
	for e, err := range site.Store.EventLog(t.Context(), review.EventFilter{Action: "item"}, 0) {
		require.NoError(t, err)
		if e.Actor.Kind != review.ActorUser {
			continue
		}
		require.Regexp(t, `^127\.1\.0\.`, e.Origin.Address)
		require.NotEmpty(t, e.Origin.Request)
		require.Len(t, e.Origin.Session, 16)
		if marks[e.ActorName] == nil {
			marks[e.ActorName] = map[string]bool{}
		}
		marks[e.ActorName][e.Origin.Session] = true
	}
	require.Len(t, marks, 2)
	seen := map[string]bool{}
	for _, of := range marks {
		require.Len(t, of, 1)
		for mark := range of {
			require.False(t, seen[mark])
			seen[mark] = true
		}
	}
}
