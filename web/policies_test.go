package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

const policyHome = "/policies/" + webtest.Home

func leadOf(s *webtest.Site) *webtest.Client { return s.Person(review.RoleLead) }

var formHeader = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}

func policyOf(t testing.TB, site *webtest.Site) review.PolicyView {
	t.Helper()
	viewer, err := site.Accounts.SystemViewer(t.Context(), "test")
	require.NoError(t, err)
	view, err := site.Service.PolicyOf(t.Context(), viewer, webtest.Home)
	require.NoError(t, err)
	return view
}

func TestAPolicyIsDraftedComparedActivatedAndRolledBackWithoutScript(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	attack := site.PostAttack(webtest.Home, "before")
	require.Equal(t, "block", attack.Verdict)
	lead := leadOf(site)

	webtest.Says(t, page(t, lead.Get("/policies"), 200), policyHome)
	live := page(t, lead.Get(policyHome), 200)
	webtest.Says(t, live, "Version 1 is live")
	webtest.Says(t, live, "injection.override")
	webtest.Says(t, live, "found in 1 interaction, 1 item for review")
	webtest.Says(t, live, "no overturn rate below 20 decisions")
	webtest.Says(t, page(t, lead.Get(policyHome+"/draft"), 200), "There is no draft")

	form := inputs(t, page(t, lead.Get(policyHome+"/draft/edit"), 200))
	require.Equal(t, "enforce", form.Get("detectors.injection.override.mode"))
	rule := policyOf(t, site).Live.Detectors["injection.override"]
	require.Equal(t, review.FormatShare(rule.Flag), form.Get("detectors.injection.override.flag"))
	form.Set("detectors.injection.override.mode", "monitor")
	form.Set("detectors.injection.model.mode", "monitor") // each of the two is enough to block
	form.Set("detectors.injection.override.segments.response.flag", "0,33")
	form.Set("audit_rate", "0.5")
	form.Set("patterns[2].name", "project")
	form.Set("patterns[2].expr", `(?i)\baurora\b <b>`)
	require.Equal(t, policyHome+"/draft", seen(t, lead.Post(policyHome+"/draft", form)))
	diff := page(t, lead.Get(policyHome+"/draft"), 200)
	webtest.Says(t, diff, "Draft saved.")
	webtest.Says(t, diff, "Activate 6 changes")
	webtest.Says(t, diff, `aurora\b &lt;b&gt;`)
	webtest.Conceals(t, page(t, site.Person(review.RoleViewer).Get(policyHome+"/draft"), 200), "aurora")

	tried := page(t, lead.Post(policyHome+"/trial", url.Values{"kind": {"prompt"}, "text": {webtest.Attack + " of Aurora <b>"}}), 200)
	webtest.Says(t, tried, "The live policy would block it; the draft would flag it.")
	webtest.Says(t, tried, "Matches the sensitive pattern “project”.")
	webtest.Says(t, tried, "Draft")
	webtest.Says(t, tried, "monitored only")

	act := hidden(t, diff)
	activation := url.Values{"revision": {act["revision"]}, "live": {act["live"]}}
	refused := page(t, lead.Post(policyHome+"/draft/activation", activation), 422)
	webtest.Says(t, refused, "Reason is needed")
	require.Equal(t, 1, policyOf(t, site).Live.Version)
	require.Equal(t, policyHome, seen(t, lead.Post(policyHome+"/draft/activation", with(activation, "reason", "Too <i>loud</i>"))))
	live = page(t, lead.Get(policyHome), 200)
	webtest.Says(t, live, "Version 2 is live")
	webtest.Says(t, live, "Too &lt;i&gt;loud&lt;/i&gt;.")
	now := policyOf(t, site).Live
	require.Equal(t, review.Thresholds{Flag: 0.33, Block: rule.Block}, now.Detectors["injection.override"].Segments[review.SegmentResponse])
	require.Equal(t, []review.Pattern{{Name: "project", Expr: `(?i)\baurora\b <b>`}}, now.Patterns)

	answer := home(site).PostJSON(interactions, `{"prompt":"`+webtest.Attack+` again"}`)
	webtest.Says(t, answer.Body.String(), `"policy_version":2`)

	webtest.Says(t, page(t, lead.Get(policyHome+"/versions"), 200), policyHome+"/versions/1")
	old := page(t, lead.Get(policyHome+"/versions/1"), 200)
	webtest.Says(t, old, "Roll back to version 1")
	back := url.Values{"live": {hidden(t, old)["live"]}, "reason": {"It was not."}}
	webtest.Says(t, page(t, lead.Post(policyHome+"/versions/1/rollback", with(back, "reason", " ")), 422), "Reason is needed")
	require.Equal(t, policyHome, seen(t, lead.Post(policyHome+"/versions/1/rollback", back)))
	require.Equal(t, 3, policyOf(t, site).Live.Version)
	require.Equal(t, review.ModeEnforce, policyOf(t, site).Live.Mode("injection.override"))
	webtest.Says(t, page(t, lead.Post(policyHome+"/versions/2/rollback", back), 409), "It was not.")
	webtest.Says(t, page(t, lead.Get(policyHome+"/versions/3"), 200), "This is the version that is live.")
}

var (
	inputTag   = regexp.MustCompile(`<(?:input|select|option)\b[^>]*>`)
	inputValue = regexp.MustCompile(`(\w+)="([^"]*)"`)
	unescape   = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&")
)

// inputs reads what a browser would send of the form of a draft.
func inputs(t testing.TB, page string) url.Values {
	t.Helper()
	form := url.Values{}
	selected := ""
	for _, tag := range inputTag.FindAllString(page, -1) {
		at := map[string]string{}
		for _, m := range inputValue.FindAllStringSubmatch(tag, -1) {
			at[m[1]] = unescape.Replace(m[2])
		}
		switch {
		case strings.HasPrefix(tag, "<select"):
			selected = at["name"]
		case strings.HasPrefix(tag, "<option") && strings.Contains(tag, " selected"):
			form.Set(selected, at["value"])
		case at["type"] == "radio" && !strings.Contains(tag, " checked"), at["name"] == "":
		case strings.HasPrefix(tag, "<input"):
			form.Set(at["name"], at["value"])
		}
	}
	require.Greater(t, len(form), 100)
	return form
}

func TestADraftThatNobodyChangedChangesNothing(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := leadOf(site)
	form := inputs(t, page(t, lead.Get(policyHome+"/draft/edit"), 200))
	require.Equal(t, policyHome+"/draft", seen(t, lead.Post(policyHome+"/draft", form)))
	body := page(t, lead.Get(policyHome+"/draft"), 200)
	webtest.Says(t, body, "The draft says the same as the live policy.")
	webtest.Conceals(t, body, "/draft/activation")
	require.Equal(t, policyOf(t, site).Live.Labels, policyOf(t, site).Draft.Policy.Labels)
	require.Equal(t, policyHome, seen(t, lead.Post(policyHome+"/draft/discard", url.Values{"revision": {hidden(t, body)["revision"]}})))
	require.Nil(t, policyOf(t, site).Draft)
	webtest.Says(t, page(t, lead.Post(policyHome+"/draft/discard", url.Values{"revision": {"x"}}), 409), "There is no draft")
}

func TestContentRulesAreFields(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := leadOf(site)
	form := with(inputs(t, page(t, lead.Get(policyHome+"/draft/edit"), 200)),
		"canaries", "CNRY-7f3a-91bc\r\nshort", "tools.mode", "allow_list",
		"tools.rules[0].name", "send_mail", "tools.rules[0].needs_person", "true", "tools.rules[0].schema", `{"type": 3}`,
		"tools.rules[0].patterns[0].argument", "to", "tools.rules[0].patterns[0].expr", `@<b>example\.com$`, "response.max_bytes", "900", "response.schema", "{")
	refused := page(t, lead.Post(policyHome+"/draft", form), 422)
	webtest.Says(t, refused, `id="f-canaries-problem"`)
	webtest.Says(t, refused, "Canary 2 must have at least 8 letters or digits")
	webtest.Says(t, refused, `id="f-response-schema-problem"`)
	webtest.Says(t, refused, `value="@&lt;b&gt;example\.com$"`)
	refused = page(t, lead.Post(policyHome+"/draft", with(form, "canaries", "CNRY-7f3a-91bc", "response.schema", "")), 422)
	webtest.Says(t, refused, `id="f-tools-rules-0-schema-problem"`)
	form = with(form, "canaries", "CNRY-7f3a-91bc", "response.schema", "", "tools.rules[0].schema", `{"type": "object"}`)
	require.Equal(t, policyHome+"/draft", seen(t, lead.Post(policyHome+"/draft", form)))

	diff := page(t, lead.Get(policyHome+"/draft"), 200)
	for _, says := range []string{"Activate 4 changes", "Tool send_mail", "Which tools", "Canaries", "Responses"} {
		webtest.Says(t, diff, says)
	}
	webtest.Conceals(t, diff, "CNRY-7f3a")
	act := hidden(t, diff)
	require.Equal(t, policyHome, seen(t, lead.Post(policyHome+"/draft/activation", url.Values{"revision": {act["revision"]}, "live": {act["live"]}, "reason": {"Mail"}})))
	live := page(t, site.Person(review.RoleViewer).Get(policyHome), 200)
	webtest.Says(t, live, "needs a person, arguments by schema, 1 pattern")
	webtest.Says(t, live, "at most 900 bytes")
	webtest.Conceals(t, live, "CNRY-7f3a")
	rules := policyOf(t, site).Live.Tools.Rules
	require.Len(t, rules, 1)
	require.Equal(t, []review.ArgumentPattern{{Argument: "to", Expr: `@<b>example\.com$`}}, rules[0].Patterns)
	require.Equal(t, []string{"CNRY-7f3a-91bc"}, policyOf(t, site).Live.Canaries)
}

func TestAStaleDraftKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, admin := leadOf(site), site.Person(review.RoleAdmin)
	form := inputs(t, page(t, lead.Get(policyHome+"/draft/edit"), 200))
	require.Equal(t, policyHome+"/draft", seen(t, admin.Post(policyHome+"/draft", with(form, "deadline_ms", "111"))))
	mine := with(form, "deadline_ms", "222", "labels[20].id", "typed_id", "labels[20].title", "<u>typed</u>")
	body := page(t, lead.Post(policyHome+"/draft", mine), 409)
	webtest.Says(t, body, "admin saved a draft in the meantime")
	webtest.Says(t, body, `value="222"`)
	webtest.Says(t, body, `value="&lt;u&gt;typed&lt;/u&gt;"`)
	require.Equal(t, 111, policyOf(t, site).Draft.Policy.DeadlineMS)
	again := inputs(t, body)
	require.Equal(t, policyHome+"/draft", seen(t, lead.Post(policyHome+"/draft", again)), "saving again is meant")
	draft := policyOf(t, site).Draft.Policy
	require.Equal(t, 222, draft.DeadlineMS)
	require.True(t, draft.HasLabel("typed_id"))

	diff := hidden(t, page(t, lead.Get(policyHome+"/draft"), 200))
	require.Equal(t, http.StatusSeeOther, admin.Post(policyHome+"/draft", with(inputs(t, page(t, admin.Get(policyHome+"/draft/edit"), 200)), "deadline_ms", "333")).Code)
	body = page(t, lead.Post(policyHome+"/draft/activation", url.Values{"revision": {diff["revision"]}, "live": {diff["live"]}, "reason": {"typed reason"}}), 409)
	webtest.Says(t, body, "typed reason")
	webtest.Says(t, body, "333 ms")
	require.Equal(t, 1, policyOf(t, site).Live.Version)
}

func TestPolicyFormsThatAreWrong(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	draft, trial := policyHome+"/draft", policyHome+"/trial"
	people := map[review.Role]*webtest.Client{}
	as := func(role review.Role) func(*webtest.Site) *webtest.Client { // one sign-in for all scenarios
		people[role] = site.Person(role)
		return func(*webtest.Site) *webtest.Client { return people[role] }
	}
	lead, analyst := as(review.RoleLead), as(review.RoleAnalyst)
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "every field is named beside itself", As: lead, URL: draft, Header: formHeader, Status: 422, Forbidden: without("<b>typed"),
			Body: url.Values{"detectors.pii.email.flag": {"<b>typed"}, "detectors.pii.email.block": {"1.5"}, "detectors.pii.card.mode": {"x"}, "audit_rate": {"-1"}, "deadline_ms": {""}, "due_minutes.high": {"0"},
				"patterns[4].name": {"p"}, "patterns[4].expr": {"("}, "labels[7].id": {"l"}}.Encode(),
			Content: []string{"8 fields cannot be taken", "&lt;b&gt;typed", `id="f-detectors-pii-email-flag-problem"`, `id="f-detectors-pii-email-block-problem"`, `id="f-detectors-pii-card-mode-problem"`,
				`id="f-audit_rate-problem"`, `id="f-deadline_ms-problem"`, `id="f-due_minutes-high-problem"`, `id="f-patterns-0-problem"`, `id="f-labels-0-problem"`}},
		{Name: "NaN is no threshold", As: lead, URL: draft, Header: formHeader, Body: "audit_rate=NaN", Status: 422, Content: []string{"must be between 0 and 1"}, Forbidden: without()},
		{Name: "a pattern that is everywhere", As: lead, URL: draft, Header: formHeader, Body: url.Values{"patterns[0].name": {"p"}, "patterns[0].expr": {"x*"}}.Encode(), Status: 422, Content: []string{"even in an empty one"}, Forbidden: without()},
		{Name: "no labels", As: lead, URL: draft, Header: formHeader, Body: "labels[0].id=&labels[0].title=", Status: 422, Content: []string{"needs at least one label"}, Forbidden: without()},
		{Name: "detectors that do not exist", As: lead, URL: draft, Header: formHeader, Body: "detectors.no.such.mode=off&detectors.<b>=1", Status: 303, Forbidden: without("no.such")},
		{Name: "a huge form", As: lead, URL: draft, Header: formHeader, Body: "x=" + strings.Repeat("y", 300<<10), Status: 413, Content: []string{"<html"}, Forbidden: without("yyyyyyyyyy")},
		{Name: "a live version that is no number", As: lead, URL: draft + "/activation", Header: formHeader, Body: "live=x&reason=typed", Status: 422, Content: []string{"typed"}, Forbidden: without()},
		{Name: "an empty text", As: lead, URL: trial, Header: formHeader, Body: "kind=prompt&text=+", Status: 422, Content: []string{"Text is empty"}, Forbidden: without("would")},
		{Name: "a text of an unknown kind", As: lead, URL: trial, Header: formHeader, Body: "kind=system&text=typed", Status: 422, Content: []string{"must be prompt or document", "typed"}, Forbidden: without()},
		{Name: "a long text", As: lead, URL: trial, Header: formHeader, Body: "kind=prompt&text=" + strings.Repeat("x", 65<<10), Status: 422, Content: []string{"at most 65536 bytes"}, Forbidden: without()},
		{Name: "hidden characters are shown", As: lead, URL: trial, Header: formHeader, Body: url.Values{"kind": {"document"}, "text": {"<script>alert(1)</script> in\u200bvisible"}}.Encode(), Status: 200, Content: []string{"&lt;script&gt;"}, Forbidden: without("<script>alert")},
		{Name: "a version that is none", As: lead, URL: policyHome + "/versions/9", Status: 404, Content: []string{"<html"}, Forbidden: without("Roll back")},
		{Name: "a version that is no number", As: lead, URL: policyHome + "/versions/-1", Status: 404, Content: []string{"<html"}, Forbidden: without("Roll back")},
		{Name: "nobody's App", As: lead, URL: "/policies/nope", Status: 404, Content: []string{"<html"}, Forbidden: without("nope is")},
		{Name: "another's App", As: lead, URL: "/policies/" + webtest.Foreign + "/draft", Header: formHeader, Body: "deadline_ms=x", Status: 404, Content: []string{"<html"}, Forbidden: without("deadline")},
		{Name: "an analyst reads", As: analyst, URL: policyHome, Status: 200, Content: []string{"Version 1 is live"}, Forbidden: without("draft/edit", "/trial")},
		{Name: "an analyst does not edit", As: analyst, URL: draft + "/edit", Status: 403, Content: []string{"<html"}, Forbidden: without("Save the draft")},
		{Name: "an auditor does not save", As: as(review.RoleAuditor), URL: draft, Header: formHeader, Body: "deadline_ms=1", Status: 403, Content: []string{"<html"}, Forbidden: without("Draft saved")},
		{Name: "a script is told", As: func(s *webtest.Site) *webtest.Client { return s.Script(review.RoleLead) }, URL: draft, Header: formHeader, Body: "deadline_ms=0", Status: 422, Content: []string{`"field":"deadline_ms"`}, Forbidden: without("<html")},
	})
}

func TestATrialIsNotStored(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := leadOf(site)
	webtest.Says(t, page(t, lead.Post(policyHome+"/trial", url.Values{"kind": {"prompt"}, "text": {webtest.Attack}}), 200), "would block it")
	require.Empty(t, policyOf(t, site).Tallies)
	webtest.Conceals(t, page(t, lead.Get("/queue"), 200), `class="row-text"`)
	require.NotContains(t, site.Log.String(), "admin password")
}
