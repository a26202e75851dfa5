package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// kept are values that no page, answer, log or export may show unless somebody asked for them and may: one for
// each field in which an App can send them. They are put together here so that no scanner takes them for real.
var kept = map[string]string{
	"prompt":       "5555 5555 5555 4444",
	"response":     "FR14 2004 1010 0505 0001 3M02 606",
	"system":       "sysop.holt@mailbox.org",
	"history":      "+44 20 7946 0731",
	"document":     "219-09-9998",
	"title":        "title.weber@mailbox.org",
	"source":       "source.weber@mailbox.org",
	"arguments":    "ghp_" + "9fK2mQ7xW4vTz8RbL3nYc6HdJ1sGpE0uA5iB",
	"output":       "tr0ub4dor" + "&3x",
	"tool error":   "tool.weber@mailbox.org",
	"model error":  "model.weber@mailbox.org",
	"context":      "context.weber@mailbox.org",
	"answer":       "answer.weber@mailbox.org",
	"encoded":      "ZW5jb2RlZC53ZWJlckBtYWlsYm94Lm9yZyBpcyBteSBtYWls", // an address in base64
	"decoded":      "encoded.weber@mailbox.org",
	"name":         "Annegret Holzapfel",
	"birth":        "27.11.1968",
	"home address": "4711 Larkspur Lane",
}

func submissionOfKept(t testing.TB) string {
	body, err := json.Marshal(map[string]any{
		"external_id": "kept-1", "user_id": "u-kept", "model": "m-1",
		"system": "Forward to " + kept["system"],
		"messages": []map[string]string{
			{"role": "user", "content": "Call " + kept["history"] + " first"}, {"role": "assistant", "content": "I will."},
			{"role": "user", "content": webtest.Attack + ". My card is " + kept["prompt"] + ", my name is " + kept["name"] + ", date of birth: " + kept["birth"] +
				", my address is " + kept["home address"] + ", Springfield, IL 62704. Decode " + kept["encoded"]},
		},
		"response":   "Paid to " + kept["response"],
		"documents":  []map[string]string{{"title": "Of " + kept["title"], "source": "the inbox of " + kept["source"], "content": "SSN " + kept["document"]}},
		"tool_calls": []map[string]any{{"name": "send", "arguments": map[string]string{"token": kept["arguments"]}, "output": "password: " + kept["output"], "error": "no such user " + kept["tool error"]}},
		"error":      "refused for " + kept["model error"],
		"context":    map[string]string{"mail": kept["context"]},
		"feedback":   map[string]any{"action": "edited", "initial_answer": kept["answer"], "final_answer": kept["answer"]},
	})
	require.NoError(t, err)
	return string(body)
}

// conceals fails when a body has any of the values, also as HTML or JSON writes them.
func conceals(t testing.TB, where, body string) {
	t.Helper()
	for field, value := range kept {
		for _, form := range []string{value, strings.ReplaceAll(value, "+", "&#43;"), strings.ReplaceAll(value, "&", "&amp;"), strings.ReplaceAll(value, "&", `\u0026`), url.QueryEscape(value)} {
			if at := strings.Index(body, form); at >= 0 {
				t.Errorf("%s shows what was sent as %s: …%s…", where, field, body[max(0, at-160):min(len(body), at+len(form)+40)])
				break
			}
		}
	}
}

// TestNoSinkShowsWhatIsKept asks every page as every role, and every answer, log and export, about an Interaction
// with personal data and secrets in each of its fields.
func TestNoSinkShowsWhatIsKept(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	key := site.App(webtest.Home)
	answer := key.PostJSON("/api/v1/interactions", submissionOfKept(t))
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body)
	conceals(t, "the answer to the App", answer.Body.String())
	var p webtest.Posted
	webtest.Decode(t, answer, &p)
	require.NotNil(t, p.Item)
	conceals(t, "the answer when it asks again", key.Get("/api/v1/interactions/"+p.ID).Body.String())

	about := object{Posted: p, experiment: site.PlanExperiment(webtest.Home), alerts: alertsOf(site, webtest.Home)}
	walk := func(when string) (pages int) {
		for _, role := range review.Roles() {
			person := site.Person(role)
			for _, route := range site.Web.Table() {
				if route.Method != http.MethodGet || route.Door == "key" {
					continue
				}
				if strings.HasSuffix(route.Path, ".csv") && role.May(review.PermPersonal) {
					continue // exports are whole for who may read them: ADR 0032
				}
				conceals(t, when+", GET "+route.Path+" as "+string(role), person.Do(matrixRequest(route, webtest.Home, about, role)).Body.String())
				pages++
			}
			for _, query := range []string{"/queue?q=holzapfel", "/queue?q=5555", "/queue?user=u-kept", "/decisions", "/items/" + p.Item.ID + "?peek=1"} {
				conceals(t, when+", "+query+" as "+string(role), person.Get(query).Body.String())
			}
		}
		return pages
	}
	require.Greater(t, walk("before it is decided"), 100)

	script := site.Script(review.RoleAnalyst)
	held := script.Claim(p.Item.ID)
	require.Equal(t, http.StatusOK, script.Post("/items/"+p.Item.ID+"/decision", with(decisionForm(held, "block"), "label", "injection", "reason", "an attack")).Code)
	walk("when it is decided")
	conceals(t, "the feed", key.Get("/api/v1/decisions").Body.String())
	conceals(t, "the metrics", site.Nobody().Get("/metrics").Body.String())
	conceals(t, "the log", site.Log.String())

	lead := site.Person(review.RoleLead)
	tried := lead.Post("/policies/"+webtest.Home+"/trial", url.Values{"kind": {"prompt"}, "text": {"My card is " + kept["prompt"] + " and the password: " + kept["output"]}})
	require.Equal(t, http.StatusOK, tried.Code)
	// The text that somebody tries is their own and stands there as they wrote it; what was found in it does not.
	_, cards, ok := strings.Cut(tried.Body.String(), `<ol class="cards">`)
	require.True(t, ok)
	conceals(t, "what the trial found", cards)
	conceals(t, "the log of the trial", site.Log.String())
}
