package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

const interactions = "/api/v1/interactions"

func home(s *webtest.Site) *webtest.Client    { return s.App(webtest.Home) }
func foreign(s *webtest.Site) *webtest.Client { return s.App(webtest.Foreign) }

// internals are what no answer may ever show.
var internals = []string{"sql", "gorm", "sqlite", ".go:", "goroutine", "panic", "<script>alert", "argon2"}

func without(more ...string) []string { return append(more, internals...) }

func TestSubmit(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	problem := map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
	webtest.Run(t, site, []webtest.Scenario{
		{
			Name: "what is harmless is allowed", As: home, URL: interactions,
			Body:   `{"prompt":"What is the capital of France?","response":"Paris.","user_id":"u-1","external_id":"e-1"}`,
			Status: 201, Content: []string{`"verdict":"allow"`, `"findings":[]`, `"interventions":[]`, `"policy_version":1`, `"sanitized":{"prompt":"What is the capital of France?","response":"Paris."}`},
			Forbidden: without("evidence"), Headers: map[string]string{"Content-Type": "application/json", "Location": "/api/v1/interactions/", "X-Request-Id": "-"},
		},
		{
			Name: "the same again is the first answer", As: home, URL: interactions,
			Body:   ` {"external_id":"e-1", "user_id":"u-1", "response":"Paris.", "prompt":"What is the capital of France?"}`,
			Status: 200, Content: []string{`"verdict":"allow"`}, Forbidden: without("conflict"),
		},
		{
			Name: "the same id with other content", As: home, URL: interactions, Body: `{"external_id":"e-1","prompt":"other"}`,
			Status: 409, Content: []string{`"code":"conflict"`, `"status":409`, "external_id was submitted before"}, Forbidden: without("France"), Headers: problem,
		},
		{
			Name: "the same id of another App is another id", As: foreign, URL: interactions, Body: `{"external_id":"e-1","prompt":"mine"}`,
			Status: 201, Content: []string{`"verdict":"allow"`}, Forbidden: without("France"),
		},
		{
			Name: "an attack becomes an item", As: home, URL: interactions, Header: map[string]string{"Host": "guard.example:8443"},
			Body:   `{"prompt":"` + webtest.Attack + `","user_id":"u-1"}`,
			Status: 201, Content: []string{`"detector":"injection.override"`, `"segment":"prompt"`, `"state":"open"`, `"url":"http://guard.example:8443/items/`},
			Forbidden: without(`"item":null`, `"verdict":"allow"`, "evidence"),
		},
		{
			Name: "to ask about an attack is none", As: home, URL: interactions,
			Body:   `{"prompt":"How do I defend against 'ignore previous instructions' attacks?"}`,
			Status: 201, Content: []string{`"sanitized"`}, Forbidden: without(`"verdict":"block"`),
		},
		{
			Name: "what is personal comes back as placeholders", As: home, URL: interactions,
			Body:   `{"prompt":"Write to anna.weber@example.org","response":"I wrote to anna.weber@example.org."}`,
			Status: 201, Content: []string{`"prompt":"Write to [EMAIL_1]"`, `"pii.email"`}, Forbidden: without("anna.weber"),
		},
		{
			Name: "the way back is for who asks", As: home, URL: interactions + "?redactions=map",
			Body: `{"external_id":"map-1","prompt":"Write to anna.weber@example.org, then to bo@example.org","response":"I wrote to anna.weber@example.org.",
				"documents":[{"content":"cc carl@example.org"}]}`,
			Status: 201, Content: []string{`"prompt":"Write to [EMAIL_1], then to [EMAIL_2]"`, `"response":"I wrote to [EMAIL_1]."`,
				`"placeholders":{"[EMAIL_1]":"anna.weber@example.org","[EMAIL_2]":"bo@example.org","[EMAIL_3]":"carl@example.org"}`},
			Forbidden: without("problem"), Headers: map[string]string{"Cache-Control": "no-store"},
			After: func(t testing.TB, s *webtest.Site, answer *httptest.ResponseRecorder) {
				require.NotContains(t, s.Log.String(), "anna.weber", "the log has no clear text")
				again := home(s).Get(answer.Header().Get("Location") + "?redactions=map")
				require.Contains(t, again.Body.String(), `"[EMAIL_3]":"carl@example.org"`)
				require.NotContains(t, home(s).Get(answer.Header().Get("Location")).Body.String(), "carl@example.org", "nobody asked")
				stranger := foreign(s).Get(answer.Header().Get("Location") + "?redactions=map")
				require.Equal(t, 404, stranger.Code)
				require.NotContains(t, stranger.Body.String(), "example.org")
			},
		},
		{
			Name: "also when the answer is a repeated one", As: home, URL: interactions + "?redactions=map",
			Body: `{"external_id":"map-1","prompt":"Write to anna.weber@example.org, then to bo@example.org","response":"I wrote to anna.weber@example.org.",
				"documents":[{"content":"cc carl@example.org"}]}`,
			Status: 200, Content: []string{`"[EMAIL_1]":"anna.weber@example.org"`}, Forbidden: without("problem"),
		},
		{
			Name: "nothing to go back to", As: home, URL: interactions + "?redactions=map", Body: `{"prompt":"What is the capital of France?"}`,
			Status: 201, Content: []string{`"placeholders":{}`}, Forbidden: without("problem"),
		},
		{
			Name: "another way back", As: home, URL: interactions + "?redactions=all", Body: `{"external_id":"never","prompt":"x"}`,
			Status: 422, Content: []string{`{"field":"redactions","message":"must be map, or left out"}`}, Forbidden: without("verdict"), Headers: problem,
		},
		{
			Name: "the way back of a batch", As: home, URL: interactions + "/batch?redactions=map", Body: `[{"prompt":"mail bo@example.org"},{"prompt":"hi"}]`,
			Status: 200, Content: []string{`"placeholders":{"[EMAIL_1]":"bo@example.org"}`, `"placeholders":{}`}, Forbidden: without("problem"),
		},
		{
			Name: "hostile text comes back as JSON text", As: home, URL: interactions, Body: `{"prompt":"<script>alert(1)</script> \u2028 </script>"}`,
			Status: 201, Content: []string{`\u003cscript\u003e`}, Forbidden: without("</script>"), Headers: map[string]string{"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"},
		},
		{
			Name: "lone surrogates and NUL are stored and reported", As: home, URL: interactions, Body: `{"prompt":"a\ud800b\u0000c\udfff","user_id":"u-1"}`,
			Status: 201, Content: []string{`"detector":"input.`}, Forbidden: without("\x00"),
		},
		{
			Name: "everything at once", As: home, URL: interactions, Body: `{"external_id":"all-1","user_id":"u","session_id":"s","conversation_id":"c","turn":3,"model":"m","model_version":"1",
				"system":"Be kind.","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"},{"role":"user","content":"and?"}],"response":"done",
				"documents":[{"id":"d","title":"T","source":"https://example.org/d","content":"text"}],
				"tool_calls":[{"name":"f","arguments":{"a":1},"output":"o","error":"e"},{"name":"g","arguments":"{\"a\":1}"}],
				"usage":{"prompt_tokens":1,"completion_tokens":2},"latency_ms":12,"error":"","context":{"team":"x","n":[1,{"y":null}]},
				"feedback":{"action":"edited","edit_ratio":0.5,"focused_ms":1200,"verification":{"source_opened":true}},"occurred_at":"2026-01-02T03:04:05.123456Z"}`,
			Status: 201, Content: []string{`"response":"done"`, `"prompt":"and?"`}, Forbidden: without("problem"),
		},
		{
			Name: "a mebibyte is read", As: home, URL: interactions, Body: `{"prompt":"` + strings.Repeat("lorem ipsum ", 1<<20/12) + `"}`,
			Status: 201, Content: []string{`"id"`}, Forbidden: without("problem"), // what the guard says of it depends on the deadline
		},
		{
			Name: "a thousand documents are read", As: home, URL: interactions, Body: `{"prompt":"x","documents":[` + repeat(`{"content":"d"}`, 1000) + `]}`,
			Status: 201, Content: []string{`"id"`}, Forbidden: without("problem"),
		},
		{
			Name: "ten thousand documents are too many", As: home, URL: interactions, Body: `{"prompt":"x","documents":[` + repeat(`{"content":"d"}`, 10_000) + `]}`,
			Status: 422, Content: []string{`"field":"documents"`, "at most 1000"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "not JSON", As: home, URL: interactions, Body: `{"prompt":"x",}`,
			Status: 400, Content: []string{`"code":"invalid"`, "byte 14", `"instance":"urn:guardroom:request:`}, Forbidden: without(`"prompt"`), Headers: problem,
		},
		{
			Name: "nothing", As: home, Method: "POST", URL: interactions,
			Status: 400, Content: []string{"it is empty"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "more than one value", As: home, URL: interactions, Body: `{"prompt":"x"} {"prompt":"y"}`,
			Status: 400, Content: []string{"something follows the value at byte 15"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "an unknown field", As: home, URL: interactions, Body: `{"prompt":"x","messages_":[],"documents":[{"content":"d","url":"u"}]}`,
			Status: 422, Content: []string{`{"field":"messages_","message":"is not a known field"}`, `{"field":"documents[0].url","message":"is not a known field"}`}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "a hostile field name", As: home, URL: interactions, Body: `{"<script>alert(1)</script>":1}`,
			Status: 422, Content: []string{`\u003cscript\u003e`}, Forbidden: without("</script>"), Headers: problem,
		},
		{
			Name: "a wrong type", As: home, URL: interactions, Body: `{"prompt":["x"],"turn":"three"}`,
			Status: 422, Content: []string{"must be a text, not a list (byte 10)", `"field":"turn"`}, Forbidden: without("three"), Headers: problem,
		},
		{
			Name: "nothing to review", As: home, URL: interactions, Body: `{"user_id":"u-1"}`,
			Status: 422, Content: []string{`"field":"prompt"`, "is missing"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "a field out of its bounds", As: home, URL: interactions, Body: `{"prompt":"x","turn":-1,"external_id":"` + strings.Repeat("x", 257) + `"}`,
			Status: 422, Content: []string{`"field":"turn"`, `"field":"external_id"`}, Forbidden: without("xxxx"), Headers: problem,
		},
		{
			Name: "an invisible character in an id", As: home, URL: interactions, Body: `{"prompt":"x","external_id":"a\u200bb","user_id":"\u0000"}`,
			Status: 422, Content: []string{`"field":"external_id"`, `"field":"user_id"`}, Forbidden: without("\u200b"), Headers: problem,
		},
		{
			Name: "nested too deep", As: home, URL: interactions, Body: `{"prompt":"x","context":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000) + "}",
			Status: 400, Content: []string{"nested deeper than 64 levels"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "invalid UTF-8", As: home, URL: interactions, Body: "{\"prompt\":\"zzyzx\xe9\"}",
			Status: 400, Content: []string{"byte 16 is invalid"}, Forbidden: without("zzyzx"), Headers: problem,
		},
		{
			Name: "another charset", As: home, URL: interactions, Header: map[string]string{"Content-Type": "application/json; charset=latin1"}, Body: `{"prompt":"x"}`,
			Status: 415, Content: []string{`"code":"unsupported_media_type"`}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "UTF-8 said aloud", As: home, URL: interactions, Header: map[string]string{"Content-Type": "application/json; charset=UTF-8"}, Body: `{"prompt":"x"}`,
			Status: 201, Content: []string{`"verdict":"allow"`}, Forbidden: without("problem"),
		},
		{
			Name: "a form", As: home, URL: interactions, Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, Body: `prompt=x`,
			Status: 415, Content: []string{"Content-Type: application/json"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "no content type", As: home, URL: interactions, Header: map[string]string{"Content-Type": ""}, Body: `{"prompt":"x"}`,
			Status: 415, Content: []string{"Content-Type: application/json"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "compressed", As: home, URL: interactions, Header: map[string]string{"Content-Encoding": "gzip"}, Body: "\x1f\x8b",
			Status: 415, Content: []string{"without a content coding"}, Forbidden: without(), Headers: problem,
		},
		{
			Name: "over the limit", As: home, URL: interactions, Body: `{"prompt":"` + strings.Repeat("x", 4<<20) + `"}`,
			Status: 413, Content: []string{`"code":"too_large"`, "4194304 bytes"}, Forbidden: without("xxxx"), Headers: problem,
		},
		{
			Name: "another method", As: home, Method: "PUT", URL: interactions, Body: `{}`,
			Status: 405, Content: []string{`"code":"method_not_allowed"`}, Forbidden: without(), Headers: map[string]string{"Allow": "POST", "Content-Type": "application/problem+json"},
		},
		{
			Name: "another path", As: home, URL: "/api/v2/interactions<script>alert(1)</script>",
			Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without("alert(1)"), Headers: problem,
		},
	})
}

func repeat(s string, n int) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }

func TestABodyOfUnknownLengthHasALimitToo(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--max-body=1KiB")
	for size, status := range map[int]int{500: http.StatusCreated, 1024: http.StatusRequestEntityTooLarge, 100_000: http.StatusRequestEntityTooLarge} {
		r := webtest.NewRequest(http.MethodPost, interactions, strings.NewReader(`{"prompt":"`+strings.Repeat("x", size)+`"}`))
		r.ContentLength = -1
		require.Equal(t, status, home(site).Do(r).Code, size)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	key := site.Keys[webtest.Home]
	spare, err := site.Accounts.AddKey(t.Context(), webtest.Operator, webtest.Home)
	require.NoError(t, err)
	scenario := func(name, authorization string, status int) webtest.Scenario {
		s := webtest.Scenario{
			Name: name, URL: interactions, Body: `{"prompt":"x"}`, Status: status, Forbidden: without(key, spare),
			Header: map[string]string{"Content-Type": "application/json", "Authorization": authorization},
		}
		if status == http.StatusUnauthorized {
			s.Content = []string{`"code":"unauthenticated"`}
			s.Headers = map[string]string{"WWW-Authenticate": `Bearer realm="guardroom"`, "Content-Type": "application/problem+json"}
		}
		return s
	}
	last := key[len(key)-1:]
	other := "A"
	if last == other {
		other = "B"
	}
	webtest.Run(t, site, []webtest.Scenario{
		scenario("right", "Bearer "+key, 201),
		scenario("right, in small letters", "bearer "+key, 201),
		scenario("right, with space around", "Bearer   "+key+" ", 201),
		scenario("missing", "", 401),
		scenario("empty", "Bearer ", 401),
		scenario("wrong at the end", "Bearer "+key[:len(key)-1]+other, 401),
		scenario("cut short", "Bearer "+key[:len(key)-1], 401),
		scenario("too long", "Bearer "+key+"A", 401),
		scenario("very long", "Bearer "+strings.Repeat("A", 50_000), 401),
		scenario("another scheme", "Basic "+key, 401),
		scenario("no scheme", key, 401),
		scenario("not text", "Bearer \x00\xff", 401),
		scenario("an attempt at the database", "Bearer ' OR 1=1 --", 401),
		scenario("before it is revoked", "Bearer "+spare, 201),
		{
			Name: "in the address, where logs would keep it", URL: interactions + "?key=" + key, Header: map[string]string{"Content-Type": "application/json"}, Body: `{"prompt":"x"}`,
			Status: 401, Forbidden: without(key), After: func(t testing.TB, site *webtest.Site, _ *httptest.ResponseRecorder) {
				webtest.Conceals(t, site.Log.String(), key)
				require.NoError(t, site.Accounts.RevokeKey(t.Context(), webtest.Operator, prefixOf(spare)))
			},
		},
		scenario("revoked", "Bearer "+spare, 401),
		scenario("the other key lives on", "Bearer "+key, 201),
	})
}

func TestBatch(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	var answer struct {
		Results []struct {
			Status      int             `json:"status"`
			Interaction *webtest.Posted `json:"interaction"`
			Problem     *struct {
				Code   string              `json:"code"`
				Status int                 `json:"status"`
				Errors []review.FieldError `json:"errors"`
			} `json:"problem"`
		} `json:"results"`
	}
	got := home(site).PostJSON(interactions+"/batch", `{"interactions":[
		{"external_id":"b-1","prompt":"fine"},
		{"prompt":"x","nope":1},
		{"external_id":"b-1","prompt":"fine"},
		{"external_id":"b-1","prompt":"other"},
		{"user_id":"u"},
		7,
		{"prompt":"`+webtest.Attack+`"}]}`)
	require.Equal(t, http.StatusOK, got.Code, got.Body.String())
	webtest.Decode(t, got, &answer)
	require.Len(t, answer.Results, 7)
	var statuses []int
	for _, r := range answer.Results {
		statuses = append(statuses, r.Status)
		require.NotEqual(t, r.Interaction == nil, r.Problem == nil)
		if r.Problem != nil {
			require.Equal(t, r.Status, r.Problem.Status)
		}
	}
	require.Equal(t, []int{422, 422, 422, 201}, []int{statuses[1], statuses[4], statuses[5], statuses[6]})
	require.Equal(t, []review.FieldError{{Field: "nope", Message: "is not a known field"}}, answer.Results[1].Problem.Errors)
	require.NotNil(t, answer.Results[6].Interaction.Item)
	same := map[int]int{}
	for _, i := range []int{0, 2, 3} {
		same[statuses[i]]++
	}
	// Whichever of the three came first was stored. The two that are alike are one.
	require.Contains(t, []map[int]int{{201: 1, 200: 1, 409: 1}, {201: 1, 409: 2}}, same)

	all := `[` + repeat(`{"prompt":"fine"}`, review.MaxBatch) + `]`
	got = home(site).PostJSON(interactions+"/batch", all)
	require.Equal(t, http.StatusOK, got.Code)
	webtest.Decode(t, got, &answer)
	require.Len(t, answer.Results, review.MaxBatch)
	ids := map[string]bool{}
	for _, r := range answer.Results {
		require.Equal(t, http.StatusCreated, r.Status)
		ids[r.Interaction.ID] = true
	}
	require.Len(t, ids, review.MaxBatch)

	webtest.Run(t, site, []webtest.Scenario{
		{
			Name: "one too many", As: home, URL: interactions + "/batch", Body: all[:len(all)-1] + `,{"prompt":"fine"}]`,
			Status: 413, Content: []string{"at most 1000"}, Forbidden: without("results"), Headers: map[string]string{"Content-Type": "application/problem+json"},
		},
		{
			Name: "broken in the middle stores nothing", As: home, URL: interactions + "/batch", Body: `[{"external_id":"half","prompt":"x"},{"prompt":]`,
			Status: 400, Content: []string{"byte 47"}, Forbidden: without("results"), Headers: map[string]string{"Content-Type": "application/problem+json"},
		},
		{
			Name: "so that it can be sent again", As: home, URL: interactions + "/batch", Body: `[{"external_id":"half","prompt":"y"}]`,
			Status: 200, Content: []string{`"status":201`}, Forbidden: without("problem"),
		},
	})
}

func TestInteractionAndFeedback(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	at := interactions + "/" + p.ID
	accepted := `{"action":"accepted_without_review","focused_ms":300,"shown_at":"2026-01-02T03:04:05Z","decided_at":"2026-01-02T03:04:06Z"}`
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "the answer again", As: home, URL: at, Status: 200, Content: []string{`"id":"` + p.ID + `"`, `"detector":"injection.override"`, "/items/" + p.Item.ID}, Forbidden: without("evidence")},
		{Name: "another App's", As: foreign, URL: at, Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without("injection", p.Item.ID)},
		{Name: "none", As: home, URL: interactions + "/00000000-0000-7000-8000-000000000000", Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without()},
		{Name: "no id", As: home, URL: interactions + "/%00%27%20OR%201=1", Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without("OR 1")},
		{Name: "an id that is no text", As: home, URL: interactions + "/%ff%fe", Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without()},
		{Name: "feedback", As: home, URL: at + "/feedback", Body: accepted, Status: 200, Content: []string{`"interaction_id":"` + p.ID + `"`, `"interventions":[`}, Forbidden: without("problem")},
		{Name: "the same feedback again", As: home, URL: at + "/feedback", Body: accepted, Status: 200, Content: []string{`"interventions":[]`}, Forbidden: without("problem")},
		{Name: "other feedback", As: home, URL: at + "/feedback", Body: `{"action":"rejected"}`, Status: 409, Content: []string{`"code":"conflict"`}, Forbidden: without("accepted")},
		{Name: "feedback of another App", As: foreign, URL: at + "/feedback", Body: accepted, Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without("accepted")},
		{Name: "feedback without an action", As: home, URL: at + "/feedback", Body: `{}`, Status: 422, Content: []string{`"field":"action"`}, Forbidden: without()},
		{Name: "unknown feedback", As: home, URL: at + "/feedback", Body: `{"action":"accepted","mood":"fine"}`, Status: 422, Content: []string{`"field":"mood"`}, Forbidden: without("fine")},
		{Name: "feedback about nothing", As: home, URL: interactions + "/0/feedback", Body: accepted, Status: 404, Content: []string{`"code":"not_found"`}, Forbidden: without()},
	})
}

func TestFeed(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "nothing yet", As: home, URL: "/api/v1/decisions", Status: 200, Content: []string{`{"decisions":[],"next":0}`}, Forbidden: without("null")},
		{Name: "an empty page keeps the cursor", As: home, URL: "/api/v1/decisions?after=41&limit=500", Status: 200, Content: []string{`"next":41`}, Forbidden: without()},
		{Name: "no cursor", As: home, URL: "/api/v1/decisions?after=abc", Status: 422, Content: []string{`"field":"after"`}, Forbidden: without("abc")},
		{Name: "a negative cursor", As: home, URL: "/api/v1/decisions?after=-1", Status: 422, Content: []string{"must not be negative"}, Forbidden: without()},
		{Name: "too much", As: home, URL: "/api/v1/decisions?limit=501", Status: 422, Content: []string{"between 1 and 500"}, Forbidden: without()},
		{Name: "far too much", As: home, URL: "/api/v1/decisions?limit=9223372036854775807", Status: 422, Content: []string{"between 1 and 500"}, Forbidden: without()},
		{Name: "nothing at all", As: home, URL: "/api/v1/decisions?limit=0", Status: 422, Content: []string{"between 1 and 500"}, Forbidden: without()},
		{Name: "a broken address", As: home, URL: "/api/v1/decisions?after=%zz", Status: 400, Content: []string{`"code":"invalid"`}, Forbidden: without("zz")},
	})

	// What can still be undone is not told: see the review package for when it is.
	script := site.Script(review.RoleAnalyst)
	p := site.PostAttack(webtest.Home, "x")
	held := script.Claim(p.Item.ID)
	require.Equal(t, http.StatusOK, script.Post("/items/"+p.Item.ID+"/decision", decisionForm(held, "block")).Code)
	answer := home(site).Get("/api/v1/decisions")
	require.JSONEq(t, `{"decisions":[],"next":0}`, answer.Body.String())
}

func TestAPublicURLIsTheAddressOfItems(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--public-url=https://guard.example")
	r := webtest.NewRequest(http.MethodPost, interactions, strings.NewReader(`{"prompt":"`+webtest.Attack+`"}`))
	r.Host = "evil.example"
	answer := home(site).Do(r)
	var p webtest.Posted
	webtest.Decode(t, answer, &p)
	require.Equal(t, "https://guard.example/items/"+p.Item.ID, p.Item.URL)
	webtest.Conceals(t, answer.Body.String(), "evil")
}

func TestTheAnswerHasTheFieldsOfTheContract(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	answer := home(site).PostJSON(interactions, `{"prompt":"`+webtest.Attack+`"}`)
	var fields map[string]json.RawMessage
	webtest.Decode(t, answer, &fields)
	require.Equal(t, []string{"findings", "id", "interventions", "item", "policy_version", "risk", "sanitized", "screening_us", "verdict"}, sorted(fields))
	var findings []map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(fields["findings"], &findings))
	require.NotEmpty(t, findings)
	require.Equal(t, []string{"category", "confidence", "detector", "end", "message", "segment", "severity", "start"}, sorted(findings[0]))
	var item map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(fields["item"], &item))
	require.Equal(t, []string{"id", "state", "url"}, sorted(item))
}
