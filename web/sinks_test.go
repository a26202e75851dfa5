package web_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/hostile"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// sinks counts what was looked at.
type sinks struct {
	*testing.T
	site  *webtest.Site
	seen  map[string]int
	items []string // one for each text that was taken in
}

// TestNoHostileTextDoesAnything puts every text of the corpus into every field that
// takes one, and looks at everything that comes out: each page, each export, the API,
// and the log. What commands print is looked at beside them.
func TestNoHostileTextDoesAnything(t *testing.T) {
	t.Parallel()
	s := &sinks{T: t, site: webtest.NewSite(t), seen: map[string]int{}}
	refused := 0
	for i, text := range hostile.Texts() {
		if !s.putIn(i, text) {
			refused++
			require.False(t, utf8.ValidString(text.Text), "%s: only what is no UTF-8 is refused", text.Name)
		}
	}
	require.Equal(t, len(hostile.Texts()), len(s.items)+refused)

	s.pages()
	s.csv()
	s.jsonLines()
	s.trail()
	s.api()
	s.log()
	for _, sink := range []string{"pages", "CSV", "JSON Lines", "trail", "API", "log"} {
		require.Positive(t, s.seen[sink], sink)
	}
	t.Logf("%d texts, %d of them refused at the door; looked at %v", len(hostile.Texts()), refused, s.seen)
}

// putIn posts a text in every field, and lets reviewers write it.
func (s *sinks) putIn(i int, text hostile.Text) bool {
	short := start(text.Text, 60)
	fields := map[string]any{
		"prompt": webtest.Attack + " " + text.Text, "response": text.Text, "system": text.Text,
		"documents":  []map[string]string{{"title": short, "source": short, "content": webtest.Attack + " " + text.Text}},
		"tool_calls": []map[string]any{{"name": "look_up", "arguments": map[string]string{"q": text.Text}, "output": text.Text}},
		"user_id":    short, "model": short, "external_id": fmt.Sprint(i, short), "session_id": short, "context": map[string]string{"note": start(text.Text, 1_000)},
	}
	p, ok := s.post(fields)
	if !ok { // some fields take no control characters, or are shorter
		for _, name := range []string{"user_id", "model", "external_id", "session_id"} {
			delete(fields, name)
		}
		if p, ok = s.post(fields); !ok {
			return false
		}
	}
	require.NotNil(s, p.Item, text.Name)
	s.items = append(s.items, p.Item.ID)
	s.decide(p.Item.ID, text.Text)
	return true
}

// start is the first n bytes, without half a character at their end.
func start(text string, n int) string {
	if len(text) <= n || !utf8.ValidString(text) {
		return text
	}
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func (s *sinks) post(fields map[string]any) (p webtest.Posted, ok bool) {
	body := rawJSON(fields)
	answer := s.site.App(webtest.Home).PostJSON(interactions, body)
	s.checkAnswer(answer)
	if answer.Code != http.StatusCreated {
		require.Less(s, answer.Code, 500, answer.Body.String())
		return p, false
	}
	webtest.Decode(s, answer, &p)
	return p, true
}

// rawJSON keeps bytes that are no UTF-8, which json.Marshal would repair.
func rawJSON(fields map[string]any) string {
	const place = "\ue000"
	var raw []string
	var hide func(any) any
	hide = func(v any) any {
		switch v := v.(type) {
		case string:
			if utf8.ValidString(v) {
				return v
			}
			raw = append(raw, v)
			return fmt.Sprint(place, len(raw)-1, place)
		case map[string]any:
			out := map[string]any{}
			for name, value := range v {
				out[name] = hide(value)
			}
			return out
		case map[string]string:
			out := map[string]any{}
			for name, value := range v {
				out[name] = hide(value)
			}
			return out
		case []map[string]string:
			return []any{hide(v[0])}
		case []map[string]any:
			return []any{hide(v[0])}
		}
		return v
	}
	b, err := json.Marshal(hide(fields))
	if err != nil {
		panic(err)
	}
	out := string(b)
	for i, text := range raw {
		out = strings.ReplaceAll(out, fmt.Sprint(place, i, place), text)
	}
	return out
}

func (s *sinks) decide(itemID, text string) {
	lead := s.site.Script(review.RoleLead)
	short := strings.ToValidUTF8(start(text, 1_000), "\uFFFD")
	held := lead.Claim(itemID)
	s.checkAnswer(lead.Post("/items/"+itemID+"/annotations", url.Values{"token": {held.Token}, "version": {fmt.Sprint(held.Version)}, "body": {"@" + short}}))
	s.checkAnswer(lead.Post("/items/"+itemID+"/decision", with(decisionForm(held, "block"), "reason", short, "label", "injection")))
}

// checkAnswer: nothing that was sent reaches a header.
func (s *sinks) checkAnswer(answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		for _, value := range values {
			require.NotContains(s, value, hostile.Canary, name)
			require.NotContains(s, value, "\n", name)
		}
	}
}

// pages looks at every page that a GET shows, for each of the texts where it is about one.
func (s *sinks) pages() {
	admin, german := s.site.Person(review.RoleAdmin), s.site.Person(review.RoleAuditor)
	routes := 0
	for _, route := range s.site.Web.Table() {
		if route.Method != http.MethodGet || route.Door != "session" && route.Door != "public" || strings.HasSuffix(route.Path, "/events") {
			continue
		}
		routes++
		targets := []string{strings.NewReplacer(":app", webtest.Home, ":version", "1", ":id", s.items[0], "*", "x").Replace(route.Path)}
		if strings.HasPrefix(route.Path, "/items/:id") {
			targets = nil
			for _, id := range s.items {
				targets = append(targets, strings.Replace(route.Path, ":id", id, 1)+"?peek=1")
			}
		}
		if !strings.Contains(route.Path, ":") { // what is asked for comes back in fields and links
			for _, text := range hostile.Texts() {
				q := url.Values{}
				for _, name := range []string{"q", "user", "model", "label", "app", "next", "from", "actor", "object", "kind"} {
					q.Set(name, start(text.Text, 150))
				}
				targets = append(targets, targets[0]+"?"+q.Encode())
			}
		}
		for _, target := range targets {
			answer := admin.Get(target)
			s.checkAnswer(answer)
			require.Less(s, answer.Code, 500, target)
			if strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
				s.checkPage(target, answer.Body.Bytes())
			}
		}
	}
	require.Greater(s, routes, 20)
	for _, path := range []string{"/queue?state=decided", "/decisions", "/audit", "/inbox"} {
		s.checkPage(path, german.Get(path).Body.Bytes())
	}
}

// loads and leads are the attributes that fetch, or that go somewhere.
var addresses = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "srcset": true, "poster": true, "data": true,
	"hx-get": true, "hx-post": true, "hx-put": true, "hx-delete": true, "xlink:href": true, "background": true, "ping": true}

var forbiddenTags = map[string]bool{"iframe": true, "object": true, "embed": true, "base": true, "style": true, "frame": true, "applet": true, "portal": true}

// checkPage reads a page as a browser does.
func (s *sinks) checkPage(name string, page []byte) {
	s.seen["pages"]++
	require.True(s, utf8.Valid(page), name)
	typed := false // what somebody typed comes back in its field as it was, and acts on nothing else
	for tokens := html.NewTokenizer(bytes.NewReader(page)); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return
		}
		token := tokens.Token()
		if kind == html.TextToken && !typed {
			s.quiet(name, token.Data)
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			typed = false
			continue
		}
		typed = token.Data == "textarea"
		require.False(s, forbiddenTags[token.Data], "%s has a %s", name, token.Data)
		attributes := map[string]string{}
		for _, a := range token.Attr {
			attributes[a.Key] = a.Val
			if a.Key != "value" {
				s.quiet(name, a.Val)
			}
			require.False(s, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || a.Key == "http-equiv", "%s: %s", name, token)
			if addresses[a.Key] {
				local := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") && !strings.HasPrefix(a.Val, `/\`) || strings.HasPrefix(a.Val, "#") || a.Val == ""
				require.True(s, local, "%s leads to %q", name, a.Val)
			}
		}
		if token.Data == "script" {
			require.NotEmpty(s, attributes["src"], "%s has a script of its own", name)
		}
	}
}

func (s *sinks) quiet(name, text string) {
	if i := strings.IndexFunc(text, acts); i >= 0 {
		s.Fatalf("%s shows a character that acts: %q", name, text[max(0, i-80):min(len(text), i+40)])
	}
}

// acts leaves line breaks and tabs alone.
func acts(r rune) bool { return harmless.Acts(r) && !strings.ContainsRune("\n\t\r", r) }

func (s *sinks) csv() {
	body := s.site.Person(review.RoleLead).Get("/export/decisions.csv").Body.Bytes()
	s.printable("CSV", body)
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	require.NoError(s, err)
	require.Len(s, rows, 1+len(s.items))
	for _, row := range rows {
		for _, cell := range row {
			s.seen["CSV"]++
			require.False(s, strings.HasPrefix(strings.TrimLeft(cell, " "), "=") || cell != "" && strings.ContainsAny(cell[:1], "+-@\t\r\n"), "%q would run", cell)
		}
	}
	require.Contains(s, string(body), hostile.Canary)
}

// printable wants nothing in what is written to steer a terminal.
func (s *sinks) printable(name string, out []byte) {
	i := bytes.IndexFunc(out, acts)
	if i >= 0 {
		s.Fatalf("%s: %q", name, out[max(0, i-40):min(len(out), i+40)])
	}
	require.True(s, utf8.Valid(out), name)
}

func (s *sinks) jsonLines() {
	var out bytes.Buffer
	_, err := s.site.ExportDecisions(s.Context(), &out, "jsonl", "")
	require.NoError(s, err)
	s.printable("JSON Lines", out.Bytes())
	s.lines("JSON Lines", out.String(), len(s.items))
}

func (s *sinks) lines(sink, text string, n int) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if n > 0 {
		require.Len(s, lines, n, sink)
	}
	for _, line := range lines {
		s.seen[sink]++
		require.True(s, json.Valid([]byte(line)), "%s: %q", sink, line)
	}
}

func (s *sinks) trail() {
	for _, format := range []string{"jsonl", "cef", "ocsf"} {
		var out bytes.Buffer
		_, err := s.site.ExportAudit(s.Context(), &out, format)
		require.NoError(s, err)
		s.printable("trail", out.Bytes())
		require.NotContains(s, out.String(), hostile.Canary, "the trail holds no text of anybody")
		s.seen["trail"] += bytes.Count(out.Bytes(), []byte("\n"))
	}
}

func (s *sinks) api() {
	client := s.site.App(webtest.Home)
	for _, target := range []string{"/api/v1/decisions", "/api/v1/nowhere/<script>" + hostile.Canary} {
		answer := client.Get((&url.URL{Path: target}).String())
		s.checkAnswer(answer)
		require.Contains(s, answer.Header().Get("Content-Type"), "json")
		require.Equal(s, "nosniff", answer.Header().Get("X-Content-Type-Options"))
		require.True(s, json.Valid(answer.Body.Bytes()))
		s.seen["API"]++
	}
}

// log: no text of anybody is in it, and it is a line for each request.
func (s *sinks) log() {
	text := s.site.Log.String()
	require.NotContains(s, text, hostile.Canary)
	s.lines("log", text, 0)
}

// TestTenMegabytesInOneLine are refused by default, and shown at their size to who
// wants to have them.
func TestTenMegabytesInOneLine(t *testing.T) {
	t.Parallel()
	long := hostile.Longest()
	body := rawJSON(map[string]any{"prompt": webtest.Attack, "response": long.Text})
	require.Equal(t, http.StatusRequestEntityTooLarge, webtest.NewSite(t).App(webtest.Home).PostJSON(interactions, body).Code)

	site := webtest.NewSite(t, "--max-body=16MiB")
	answer := site.App(webtest.Home).PostJSON(interactions, body)
	require.Contains(t, []int{http.StatusCreated, http.StatusUnprocessableEntity}, answer.Code)
	if answer.Code == http.StatusCreated {
		var p webtest.Posted
		webtest.Decode(t, answer, &p)
		page := site.Person(review.RoleLead).Get("/items/" + p.Item.ID + "?peek=1")
		require.Equal(t, http.StatusOK, page.Code)
		require.Less(t, page.Body.Len(), hostile.Long*5/4, "and is not blown up")
	}
}
