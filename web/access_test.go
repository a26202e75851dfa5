package web_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web"
	"github.com/guardroom/guardroom/web/webtest"
)

// who is one line of the matrix beside the roles.
type who struct {
	name    string
	role    review.Role // of a session
	key     string      // App
	client  func() *webtest.Client
	session bool
}

// TestMatrix asks every route as everybody, about an object of their own App and of
// another's, and holds the answer against the route's line in the table.
func TestMatrix(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--webhook-private-hosts", "127.0.0.1")
	objects := map[string]object{}
	admin, err := site.Accounts.SystemViewer(t.Context(), webtest.Operator.ID)
	require.NoError(t, err)
	for _, app := range []string{webtest.Home, webtest.Foreign} {
		erasure, err := site.Service.Erase(t.Context(), admin, app, "u-9", "the matrix asks about it")
		require.NoError(t, err)
		objects[app] = object{
			erasure: erasure.ID,
			Posted:  site.PostAttack(app, "for "+app), experiment: site.PlanExperiment(app),
			intervention: site.PostUnread(app, "u-2").Interventions[0].ID,
			person:       site.Newcomer("for-" + app).ID, key: site.SpareKey(app).ID,
			export: site.AskExport(review.RoleAnalyst).ID, hook: site.Hook(app, "http://127.0.0.1:9/nobody-listens"), alerts: alertsOf(site, app),
		}
	}
	everybody := []who{
		{name: "nobody", client: site.Nobody},
		{name: "key of " + webtest.Home, key: webtest.Home, client: func() *webtest.Client { return site.App(webtest.Home) }},
		{name: "key of " + webtest.Foreign, key: webtest.Foreign, client: func() *webtest.Client { return site.App(webtest.Foreign) }},
	}
	for _, role := range review.Roles() {
		everybody = append(everybody, who{name: string(role), role: role, session: true, client: func() *webtest.Client { return site.Person(role) }})
	}
	table := site.Web.Table()
	asked := 0
	for _, w := range everybody {
		client := w.client()
		for _, route := range table {
			for app, object := range objects {
				answer := client.Do(matrixRequest(route, app, object, w.role))
				asked++
				got := verdictOf(answer.Code, answer.Header().Get("Location"))
				require.Equal(t, expected(route, w, app), got, "%s %s as %s about %s: %d",
					route.Method, route.Path, w.name, app, answer.Code)
				if got != "admitted" {
					webtest.Conceals(t, answer.Body.String(), "previous instructions") // a refusal shows nothing of the object
				}
				if (route.Path == "/logout" || route.Path == "/account/sessions") && w.session {
					client = w.client()
				}
			}
		}
	}
	require.Equal(t, len(everybody)*len(table)*len(objects), asked)
	t.Logf("%d requests: %d routes × %d callers × %d Apps", asked, len(table), len(everybody), len(objects))
}

// object is what of an App the routes are asked about.
type object struct {
	erasure string
	webtest.Posted
	experiment, intervention, person, key, export string
	hook                                          webtest.Hook
	alerts                                        map[review.Role]alertObject // whoever may, ends theirs
}

type alertObject struct{ rule, channel string }

// alertsOf adds a rule and a channel for everybody who asks.
func alertsOf(site *webtest.Site, app string) map[review.Role]alertObject {
	out := map[review.Role]alertObject{}
	for _, role := range append(review.Roles(), "") {
		rule, channel := site.AddAlerts(app)
		out[role] = alertObject{rule, channel}
	}
	return out
}

// of is the id of what a route is about.
func (o object) of(path string, role review.Role) string {
	switch {
	case strings.HasPrefix(path, "/api/v1/interventions"):
		return o.intervention
	case strings.Contains(path, "/erasures/"):
		return o.erasure
	case strings.HasPrefix(path, "/api/"):
		return o.ID
	case strings.HasPrefix(path, "/people/"):
		return o.person
	case strings.HasPrefix(path, "/webhooks/"):
		return o.hook.ID
	case strings.HasPrefix(path, "/exports/"):
		return o.export
	case strings.HasPrefix(path, "/alerts/:app/rules"):
		return o.alerts[role].rule
	case strings.HasPrefix(path, "/alerts/:app/channels"):
		return o.alerts[role].channel
	case strings.HasPrefix(path, "/apps/"):
		return o.key
	case strings.Contains(path, "/experiments/"):
		return o.experiment
	default:
		return o.Item.ID
	}
}

func matrixRequest(route web.Access, app string, object object, role review.Role) *http.Request {
	id, body := object.of(route.Path, role), ""
	if strings.HasPrefix(route.Path, "/api/") && route.Method == http.MethodPost {
		body = "{}"
		if strings.HasSuffix(route.Path, "/outcome") {
			body = `{"outcome":"shown"}`
		}
	}
	path := strings.NewReplacer(":id", id, ":app", app, ":version", "1", ":delivery", strconv.FormatInt(object.hook.Delivery, 10), "*", "icon.svg").Replace(route.Path)
	r := webtest.NewRequest(route.Method, path, strings.NewReader(body))
	if body == "" && route.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// verdictOf reads from an answer whether the caller got in.
func verdictOf(status int, location string) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusTooManyRequests, // after many tries without a password
		status == http.StatusSeeOther && (location == "/login" || strings.HasPrefix(location, "/login?")):
		return "who are you"
	case status == http.StatusForbidden:
		return "forbidden"
	case status == http.StatusNotFound:
		return "not found"
	case status >= 500, status == http.StatusMethodNotAllowed:
		return "broken"
	}
	return "admitted"
}

func expected(route web.Access, w who, app string) string {
	hasObject := strings.Contains(route.Path, ":id") || strings.Contains(route.Path, ":app")
	switch route.Door {
	case "key":
		switch {
		case w.key == "":
			return "who are you"
		case strings.HasSuffix(route.Path, "/models/*"):
			return "not found" // no model's service is configured here
		case route.Path == "/api/v1/approvals/:id", strings.HasPrefix(route.Path, "/api/v1/webhooks/:id"):
			return "not found" // nothing waits for these objects
		case hasObject && w.key != app && w.key != "" && !strings.HasSuffix(route.Path, "/feedback"):
			return "not found"
		}
		return "admitted"
	case "session":
		switch {
		case !w.session:
			return "who are you"
		case !w.role.May(route.Permission):
			return "forbidden"
		case strings.HasPrefix(route.Path, "/people/"):
			return "admitted" // people belong to no App
		case strings.HasPrefix(route.Path, "/exports/:id"):
			if w.role == review.RoleAnalyst || w.role == review.RoleAdmin {
				return "admitted"
			}
			return "not found" // it is who asked for it, and admins, who have it
		case hasObject && app != webtest.Home && w.role != review.RoleAuditor && w.role != review.RoleAdmin:
			return "not found"
		case route.Path == "/logout":
			return "who are you" // it leads to the sign-in page
		}
		return "admitted"
	case "public":
		switch {
		case strings.HasPrefix(route.Path, "/login/sso"):
			return "not found" // where there is no provider
		case route.Path == "/login/code":
			return "who are you" // before a password was right
		case route.Path == "/login/passkey":
			return "who are you" // without a passkey
		case route.Path == "/login" && route.Method == http.MethodPost:
			return "who are you" // without a password
		case strings.HasPrefix(route.Path, "/static/"), strings.HasPrefix(route.Path, "/.well-known/"):
			return "not found" // without its fingerprint; when nobody said whom to tell
		}
		return "admitted"
	}
	return "admitted" // the operator's, on this machine
}

var link = regexp.MustCompile(`(?:href|action)="(/[^"#]*)"`)

// TestNoPageLeadsWhereItsReaderMayNotGo follows every link of every page that a role
// can reach from the queue.
func TestNoPageLeadsWhereItsReaderMayNotGo(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	object := site.PostAttack(webtest.Home, "here")
	for _, role := range review.Roles() {
		client := site.Person(role)
		followed := 0
		for _, start := range []string{"/queue", "/decisions", "/account", "/policies", "/policies/" + webtest.Home,
			"/policies/" + webtest.Home + "/draft", "/policies/" + webtest.Home + "/versions", "/items/" + object.Item.ID + "?peek=1"} {
			page := client.Get(start)
			require.Equal(t, http.StatusOK, page.Code, "%s as %s", start, role)
			for _, m := range link.FindAllStringSubmatch(page.Body.String(), -1) {
				target := strings.ReplaceAll(m[1], "&amp;", "&")
				if strings.HasPrefix(m[0], "action") && target != "/queue" { // forms are posted; the matrix does that
					continue
				}
				followed++
				answer := client.Get(target)
				require.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, answer.Code, "%s leads %s to %s", start, role, target)
			}
		}
		require.Greater(t, followed, 10)
		t.Logf("%s: %d links", role, followed)
	}
}
