package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func inOneMoment(site *webtest.Site, role review.Role) func(*webtest.Site) *webtest.Client {
	client := site.Person(role)
	return func(*webtest.Site) *webtest.Client { return client }
}

var shownSecret = regexp.MustCompile(`<code class="secret">([^<]+)</code>`)

// secretOf is what an answer shows once.
func secretOf(t testing.TB, answer *httptest.ResponseRecorder) string {
	t.Helper()
	m := shownSecret.FindStringSubmatch(answer.Body.String())
	require.Len(t, m, 2, "nothing is shown once")
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

func trail(t testing.TB, site *webtest.Site) string {
	t.Helper()
	var all strings.Builder
	for e, err := range site.Server.Store.EventLog(t.Context(), review.EventFilter{}, 0) {
		require.NoError(t, err)
		all.WriteString(e.Action + " " + e.Detail + "\n")
	}
	return all.String()
}

func TestSomebodyIsInvited(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin := inOneMoment(site, review.RoleAdmin)
	form := url.Values{"email": {"New.Person@example.org"}, "name": {"<b>New</b>"}, "role": {"analyst"}, "apps": {webtest.Home}}
	var link string
	post := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	webtest.Run(t, site, []webtest.Scenario{
		{Name: "the form", As: admin, URL: "/people", Status: 200, Content: []string{"Invite somebody", "admin@example.org"}, Forbidden: []string{"argon2"}},
		{Name: "refused", As: admin, URL: "/people", Body: "email=nonsense&role=king&name=x", Header: post, Status: 422,
			Content: []string{"cannot be read", "must be one of", `value="nonsense"`}, Forbidden: []string{`class="secret"`}},
		{Name: "invited", As: admin, URL: "/people", Body: form.Encode(), Header: post, Status: 201,
			Content: []string{"new.person@example.org", "&lt;b&gt;New", "/invitation?token="}, Forbidden: []string{"<b>New"},
			After: func(t testing.TB, _ *webtest.Site, a *httptest.ResponseRecorder) { link = secretOf(t, a) }},
		{Name: "twice", As: admin, URL: "/people", Body: form.Encode(), Header: post, Status: 409, Content: []string{"exists already"}, Forbidden: []string{`class="secret"`}},
	})
	u, err := url.Parse(link)
	require.NoError(t, err)
	token := u.Query().Get("token")

	require.Equal(t, http.StatusUnauthorized, site.Nobody().Post("/login", url.Values{"email": {"new.person@example.org"}, "password": {""}}).Code, "no password is no way in")
	newcomer := site.Nobody()
	require.Equal(t, 200, newcomer.Get(u.RequestURI()).Code)
	short := newcomer.Post("/invitation", url.Values{"token": {token}, "password": {"short"}})
	require.Equal(t, 422, short.Code)
	webtest.Says(t, short.Body.String(), "at least 12 characters")
	weak := newcomer.Post("/invitation", url.Values{"token": {token}, "password": {"New.Person@example.org"}})
	require.Equal(t, 422, weak.Code, "their own address")
	webtest.Says(t, weak.Body.String(), "too easy to guess: add another word")
	chosen := url.Values{"token": {token}, "password": {"seven purple walruses sing"}}
	require.Equal(t, http.StatusSeeOther, newcomer.Post("/invitation", chosen).Code)
	require.Equal(t, 200, newcomer.Get("/queue").Code, "signed in")
	for _, again := range []*httptest.ResponseRecorder{site.Nobody().Post("/invitation", chosen), site.Nobody().Get(u.RequestURI()), site.Nobody().Get("/invitation")} {
		require.Equal(t, 422, again.Code)
		webtest.Says(t, again.Body.String(), "has been used or has expired")
		webtest.Conceals(t, again.Body.String(), "new.person")
	}
	log := trail(t, site)
	for _, action := range []string{"user.added", "user.invited", "user.invitation_accepted"} {
		require.Contains(t, log, action)
	}
	require.NotContains(t, log+site.Log.String(), token)
}

func TestSomebodyChangesTheirPassword(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	here, there := site.Person(review.RoleAnalyst), site.Person(review.RoleAnalyst)
	change := func(now, next string) *httptest.ResponseRecorder {
		return here.Post("/account/security/password", url.Values{"password": {now}, "new_password": {next}})
	}
	webtest.Says(t, here.Get("/account/security").Body.String(), "Change the password")
	for wrong, says := range map[[2]string]string{
		{"nonsense", "seven purple walruses"}:        "password is wrong",
		{webtest.Password, "tulip"}:                  "at least 12 characters",
		{webtest.Password, "Analyst.example.org"}:    "too easy to guess",
		{webtest.Password, strings.Repeat("é", 900)}: "at most 1024 bytes",
	} {
		answer := change(wrong[0], wrong[1])
		require.Equal(t, 422, answer.Code, says)
		webtest.Says(t, answer.Body.String(), says)
		webtest.Conceals(t, answer.Body.String(), wrong[1])
	}
	before := here.Cookies()["guardroom_session"].Value
	require.Equal(t, http.StatusSeeOther, change(webtest.Password, "seven purple walruses").Code)
	require.NotEqual(t, before, here.Cookies()["guardroom_session"].Value)
	require.Equal(t, 200, here.Get("/queue").Code, "still signed in here")
	require.Equal(t, http.StatusSeeOther, there.Get("/queue").Code, "and nowhere else")
	require.Equal(t, http.StatusUnauthorized, there.Post("/login", credentials("analyst@example.org", webtest.Password)).Code)
	require.Equal(t, http.StatusSeeOther, there.Post("/login", credentials("analyst@example.org", "seven purple walruses")).Code)
	require.Contains(t, trail(t, site), "user.password_changed")
	require.NotContains(t, site.Log.String(), "walruses")
}

func TestALinkExpires(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	_, token, err := site.Accounts.Invite(t.Context(), site.Viewer(t, review.RoleAdmin), review.NewUser{Email: "late@example.org", Role: review.RoleViewer})
	require.NoError(t, err)
	site.Clock.Advance(review.InvitationLife - time.Minute)
	require.Equal(t, 200, site.Nobody().Get("/invitation?token="+token).Code)
	site.Clock.Advance(time.Minute)
	require.Equal(t, 422, site.Nobody().Get("/invitation?token="+token).Code)
}

func TestAPersonIsAdministered(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin, target := site.Person(review.RoleAdmin), site.Newcomer("target")
	page := "/people/" + target.ID
	theirs := site.Nobody()
	in := url.Values{"email": {target.Email}, "password": {webtest.Password}}
	require.Equal(t, http.StatusSeeOther, theirs.Post("/login", in).Code)
	do := func(step string, form url.Values) {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, admin.Post(page+"/"+step, form).Code)
	}
	do("role", url.Values{"role": {"lead"}})
	require.Equal(t, 200, theirs.Get("/overview").Code, "a new role counts at once")
	require.Equal(t, 404, theirs.Get("/policies/"+webtest.Home).Code)
	do("memberships", url.Values{"apps": {webtest.Home}, "member": {"on"}})
	require.Equal(t, 200, theirs.Get("/policies/"+webtest.Home).Code)
	do("memberships", url.Values{"apps": {webtest.Home}, "member": {"off"}})
	require.Equal(t, 404, theirs.Get("/policies/"+webtest.Home).Code)

	webtest.Says(t, admin.Get(page).Body.String(), "End all sessions")
	do("sessions", url.Values{})
	require.Equal(t, http.StatusSeeOther, theirs.Get("/queue").Code, "signed out")
	require.Equal(t, http.StatusSeeOther, theirs.Post("/login", in).Code)
	do("access", url.Values{"access": {"off"}})
	require.Equal(t, http.StatusSeeOther, theirs.Get("/queue").Code)
	require.Equal(t, http.StatusUnauthorized, theirs.Post("/login", in).Code)
	require.Equal(t, http.StatusConflict, admin.Post(page+"/link", nil).Code)
	do("access", url.Values{"access": {"on"}})
	require.Equal(t, http.StatusSeeOther, theirs.Post("/login", in).Code)

	link := admin.Post(page+"/link", nil)
	require.Equal(t, http.StatusCreated, link.Code)
	require.Contains(t, secretOf(t, link), "/invitation?token=")
	for _, wrong := range []struct {
		step string
		form url.Values
	}{{"role", nil}, {"access", nil}, {"memberships", url.Values{"member": {"on"}}}, {"memberships", url.Values{"apps": {webtest.Home}}}} {
		require.Equal(t, 422, admin.Post(page+"/"+wrong.step, wrong.form).Code, wrong.step)
	}
	log := trail(t, site)
	for _, action := range []string{"user.role_changed", "user.joined", "user.left", "user.sessions_ended", "user.disabled", "user.enabled"} {
		require.Contains(t, log, action)
	}
	own := "/people/" + site.Viewer(t, review.RoleAdmin).User.ID
	require.Equal(t, http.StatusConflict, admin.Post(own+"/role", url.Values{"role": {"viewer"}}).Code, "nobody locks themselves out")
	require.Equal(t, http.StatusConflict, admin.Post(own+"/access", url.Values{"access": {"off"}}).Code)
}

func TestKeysAreMadeRotatedAndRevoked(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin := site.Person(review.RoleAdmin)
	page := "/apps/" + webtest.Home
	require.Equal(t, http.StatusSeeOther, admin.Post("/apps", url.Values{"name": {"third-app"}}).Code)
	require.Equal(t, http.StatusConflict, admin.Post("/apps", url.Values{"name": {"third-app"}}).Code)
	require.Equal(t, 422, admin.Post("/apps", url.Values{"name": {"Third App"}}).Code)
	require.Equal(t, 200, admin.Get("/apps/third-app").Code)
	for _, wrong := range []url.Values{{}, {"scopes": {"fly"}}, {"scopes": {"read"}, "life": {"-1"}}, {"scopes": {"read"}, "life": {"99999"}}, {"scopes": {"read"}, "name": {"a\u202eb"}}} {
		require.Equal(t, 422, admin.Post(page+"/keys", wrong).Code, wrong)
	}

	made := admin.Post(page+"/keys", url.Values{"name": {"<i>nightly</i>"}, "scopes": {"read"}, "life": {"30"}})
	require.Equal(t, http.StatusCreated, made.Code)
	old := secretOf(t, made)
	webtest.Conceals(t, admin.Get(page).Body.String(), old)
	webtest.Conceals(t, admin.Get(page).Body.String(), "<i>nightly")
	require.Equal(t, 200, site.With(old).Get("/api/v1/decisions").Code)
	refused := site.With(old).PostJSON("/api/v1/interactions", `{"prompt":"x"}`)
	require.Equal(t, 403, refused.Code)
	webtest.Says(t, refused.Body.String(), `does not have the scope`)

	key := keyBySecret(t, site, old)
	require.NotNil(t, key.UsedAt)
	rotated := admin.Post(page+"/keys/"+key.ID+"/rotation", url.Values{"overlap": {"1"}})
	require.Equal(t, http.StatusCreated, rotated.Code)
	fresh := secretOf(t, rotated)
	require.NotEqual(t, old, fresh)
	site.Clock.Advance(time.Hour - time.Minute)
	for _, k := range []string{old, fresh} {
		require.Equal(t, 200, site.With(k).Get("/api/v1/decisions").Code, "they overlap")
	}
	site.Clock.Advance(time.Minute)
	require.Equal(t, 401, site.With(old).Get("/api/v1/decisions").Code)
	require.Equal(t, 200, site.With(fresh).Get("/api/v1/decisions").Code)
	admin = site.Person(review.RoleAdmin) // an hour later
	require.Equal(t, http.StatusConflict, admin.Post(page+"/keys/"+key.ID+"/rotation", nil).Code, "it has ended")
	require.Equal(t, 404, admin.Post("/apps/"+webtest.Foreign+"/keys/"+key.ID+"/revocation", nil).Code, "a key of another App")

	next := keyBySecret(t, site, fresh)
	require.Equal(t, []review.Scope{review.ScopeRead}, next.Scopes)
	require.Equal(t, 30*24*time.Hour, next.ExpiresAt.Sub(next.CreatedAt))
	require.Equal(t, http.StatusSeeOther, admin.Post(page+"/keys/"+next.ID+"/revocation", nil).Code)
	require.Equal(t, 401, site.With(fresh).Get("/api/v1/decisions").Code)
	require.Equal(t, http.StatusConflict, admin.Post(page+"/keys/"+next.ID+"/revocation", nil).Code, "once")
	log := trail(t, site)
	for _, said := range []string{"key.added", "key.rotated", "key.revoked", "app.added"} {
		require.Contains(t, log, said)
	}
	require.NotContains(t, log+site.Log.String(), old)
}

func keyBySecret(t testing.TB, site *webtest.Site, secret string) review.APIKey {
	t.Helper()
	admin, err := site.Accounts.AppAdmin(t.Context(), site.Viewer(t, review.RoleAdmin), webtest.Home)
	require.NoError(t, err)
	for _, k := range admin.Keys {
		if strings.HasPrefix(secret, "gr_"+k.Prefix+"_") {
			return k
		}
	}
	t.Fatal("the key is not listed")
	return review.APIKey{}
}

func TestWhoSignedInLongAgoGivesThePasswordOnceMore(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin := site.Person(review.RoleAdmin)
	page := "/people/" + site.Newcomer("somebody").ID
	site.Clock.Advance(44 * time.Minute)
	require.Equal(t, 200, admin.Get(page).Code)
	site.Clock.Advance(10 * time.Minute)
	looked := admin.Get(page)
	require.Equal(t, http.StatusSeeOther, looked.Code)
	confirm := looked.Header().Get("Location")
	require.Equal(t, "/confirm?next="+url.QueryEscape(page), confirm)
	require.Equal(t, http.StatusSeeOther, admin.Post(page+"/role", url.Values{"role": {"lead"}}).Code)
	site.Clock.Advance(10 * time.Minute)
	late := admin.Post(page+"/role", url.Values{"role": {"auditor"}})
	require.Equal(t, confirm, late.Header().Get("Location"))
	require.Equal(t, 200, admin.Get("/queue").Code, "only what is dangerous asks")

	require.Equal(t, 200, admin.Get(confirm).Code)
	wrong := admin.Post("/confirm", url.Values{"password": {"wrong"}, "next": {page}})
	require.Equal(t, 422, wrong.Code)
	webtest.Says(t, wrong.Body.String(), "password is wrong")
	right := admin.Post("/confirm", url.Values{"password": {webtest.Password}, "next": {"//evil.example"}})
	require.Equal(t, "/queue", right.Header().Get("Location"))
	require.Equal(t, 200, admin.Get(page).Code)
	for range 6 {
		wrong = admin.Post("/confirm", url.Values{"password": {"wrong"}})
	}
	require.Equal(t, http.StatusTooManyRequests, wrong.Code, "nobody guesses here")
}

func TestSessionsAreListedAndEndedByTheirOwner(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	here, elsewhere, other := site.Person(review.RoleAnalyst), site.Person(review.RoleAnalyst), site.Person(review.RoleLead)
	marks := regexp.MustCompile(`name="mark" value="([0-9a-f]{16})"`).FindAllStringSubmatch(here.Get("/account").Body.String(), -1)
	require.Len(t, marks, 1, "one other place; this one has no button")
	require.Equal(t, http.StatusSeeOther, other.Post("/account/sessions", url.Values{"mark": {marks[0][1]}}).Code)
	require.Equal(t, 200, elsewhere.Get("/queue").Code, "nobody ends somebody else's")
	require.Equal(t, http.StatusSeeOther, here.Post("/account/sessions", url.Values{"mark": {marks[0][1]}}).Code)
	require.Equal(t, http.StatusSeeOther, elsewhere.Get("/queue").Code)
	require.Equal(t, 200, here.Get("/queue").Code)
	require.Equal(t, http.StatusSeeOther, here.Post("/account/sessions", url.Values{}).Code)
	require.Equal(t, http.StatusSeeOther, here.Get("/queue").Code, "everywhere is here, too")
	require.Equal(t, 200, other.Get("/queue").Code)
	require.Contains(t, trail(t, site), "user.sessions_ended")
}
