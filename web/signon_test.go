package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// directory is the provider's store, which tells groups, too.
type directory struct {
	*storage.Storage
	groups map[string][]string // by subject
}

func (d *directory) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, origin string) error {
	info.AppendClaims("groups", d.groups[subject])
	return d.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin)
}

// provider is a real one, with a sign-in page of its own, on this machine.
type provider struct {
	*httptest.Server
	directory *directory
}

const callback = "http://guard.example/login/sso/callback"

// newProvider knows five people; the password of each is their name twice.
func newProvider(t testing.TB) *provider {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	issuer := "http://" + listener.Addr().String()
	people := map[string]*storage.User{}
	for _, name := range []string{"ann", "bob", "cai", "dee", "eve"} {
		people["id-"+name] = &storage.User{ID: "id-" + name, Username: name, Password: name + name, FirstName: name, LastName: "Example",
			Email: name + "@example.org", EmailVerified: name != "dee"}
	}
	people["id-eve"].Email = "analyst@example.org" // that of somebody else
	file := filepath.Join(t.TempDir(), "people.json")
	text, err := json.Marshal(people)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	users, err := storage.StoreFromFile(file)
	require.NoError(t, err)
	client := storage.WebClient("guardroom", "not so secret", callback)
	d := &directory{storage.NewStorageWithClients(users, map[string]*storage.Client{"guardroom": client}), map[string][]string{
		"id-ann": {"everybody", "reviewers"}, "id-bob": {"everybody"}, "id-dee": {"reviewers"}, "id-eve": {"reviewers"}, "id-cai": {"reviewers", "heads"},
	}}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	handler := exampleop.SetupServer(issuer, d, nil, false, op.WithAllowInsecure(), op.WithLogger(quiet))
	p := &provider{httptest.NewUnstartedServer(handler), d}
	p.Listener.Close()
	p.Listener = listener
	p.Start()
	t.Cleanup(p.Close)
	return p
}

func (p *provider) flags(more ...string) []string {
	return append([]string{"--public-url=http://guard.example", "--oidc-issuer=" + p.URL, "--oidc-client-id=guardroom", "--oidc-client-secret=not so secret",
		"--oidc-name=Example Corp", "--oidc-roles=reviewers=analyst;heads=lead"}, more...)
}

// signsIn goes the way of a browser through the provider's pages and returns where that sends it back to.
func (p *provider) signsIn(t testing.TB, address, name string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "guard.example" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	form, err := browser.Get(address)
	require.NoError(t, err)
	defer form.Body.Close()
	require.Equal(t, http.StatusOK, form.StatusCode)
	id := form.Request.URL.Query().Get("authRequestID")
	require.NotEmpty(t, id)
	answer, err := browser.PostForm(p.URL+"/login/username", url.Values{"id": {id}, "username": {name}, "password": {name + name}})
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusFound, answer.StatusCode)
	back := answer.Header.Get("Location")
	require.True(t, strings.HasPrefix(back, callback+"?"), back)
	return strings.TrimPrefix(back, "http://guard.example")
}

// signOn goes there and back in one browser.
func (p *provider) signOn(t testing.TB, c *webtest.Client, name, next string) *httptest.ResponseRecorder {
	t.Helper()
	return c.Get(p.signsIn(t, seen(t, c.Get("/login/sso?next="+url.QueryEscape(next))), name))
}

func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	site := webtest.NewSite(t, p.flags("--require-second-factor=analyst")...)
	site.Email(review.RoleAnalyst)
	c := site.Nobody()
	webtest.Says(t, page(t, c.Get("/login?next=%2Fdecisions"), 200), `href="/login/sso?next=%2Fdecisions"`)
	webtest.Says(t, page(t, c.Get("/login"), 200), "Sign in with Example Corp")

	address := seen(t, c.Get("/login/sso?next=%2Fdecisions"))
	u, err := url.Parse(address)
	require.NoError(t, err)
	for name, want := range map[string]string{"code_challenge_method": "S256", "client_id": "guardroom", "redirect_uri": callback, "response_type": "code"} {
		require.Equal(t, want, u.Query().Get(name))
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		require.GreaterOrEqual(t, len(u.Query().Get(name)), 43, name)
	}
	planted := c.Cookies()["guardroom_session"].Value
	back := p.signsIn(t, address, "ann")
	require.Equal(t, "/login", strings.SplitN(seen(t, site.Nobody().Get(back)), "?", 2)[0], "in another browser it proves nothing")
	forged := c.Get(strings.Replace(back, "state=", "state=x", 1))
	page(t, forged, 401)
	require.Equal(t, "/login", strings.SplitN(seen(t, c.Get(back)), "?", 2)[0], "an attempt is over after one answer")

	require.Equal(t, "/decisions", seen(t, p.signOn(t, c, "ann", "/decisions")))
	require.NotEqual(t, planted, c.Cookies()["guardroom_session"].Value)
	page(t, c.Get("/queue"), 200) // the provider asks for what factors it likes
	webtest.Says(t, page(t, c.Get("/account"), 200), "ann@example.org")
	webtest.Says(t, page(t, c.Get("/account/security"), 200), "You have no password")
	ann, err := site.Store.UserByEmail(t.Context(), "ann@example.org")
	require.NoError(t, err)
	require.Equal(t, review.RoleAnalyst, ann.Role)
	require.Empty(t, ann.PasswordHash)
	require.Equal(t, http.StatusUnauthorized, site.Nobody().Post("/login", credentials("ann@example.org", "")).Code)

	p.directory.groups["id-ann"] = []string{"heads"}
	require.Equal(t, "/queue", seen(t, p.signOn(t, site.Nobody(), "ann", "")))
	ann, err = site.Store.UserByEmail(t.Context(), "ann@example.org")
	require.NoError(t, err)
	require.Equal(t, review.RoleLead, ann.Role, "the groups of today")
	again := seen(t, c.Get("/login/sso?next=%2Fqueue"))
	require.Contains(t, again, "prompt=login", "who is signed in proves themselves anew")

	for name, why := range map[string]string{"bob": "in no group with a role", "dee": "with an address that nobody verified", "eve": "with the address of an account that is somebody else's"} {
		refused := p.signOn(t, site.Nobody(), name, "")
		webtest.Says(t, page(t, refused, 403), "known to the provider, but may not sign in here")
		require.NotContains(t, refused.Body.String(), "@example.org", why)
	}
	admin := site.Person(review.RoleAdmin)
	require.Equal(t, "/people/"+ann.ID, seen(t, admin.Post("/people/"+ann.ID+"/access", url.Values{"access": {"off"}})))
	page(t, p.signOn(t, site.Nobody(), "ann", ""), 403)
	require.Equal(t, "/login", seen(t, c.Get("/queue")))
	log := trail(t, site)
	for _, line := range []string{"user.sso_linked", `user.signed_in {"with":"sso"}`, `user.role_changed {"from":"analyst","to":"lead"}`, `user.sso_refused {"issuer":"` + p.URL + `","subject":"id-bob"}`} {
		require.Contains(t, log, line)
	}
	require.NotContains(t, site.Log.String(), "not so secret")
}

func TestSingleSignOnTakesOverAnAccountOnlyWhenTheOperatorSaysSo(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	site := webtest.NewSite(t, p.flags("--oidc-link-email", "--oidc-domains=example.org", "--passwords-only-for=Admin@example.org")...)
	c := site.Nobody()
	email := site.Email(review.RoleAnalyst)
	require.Equal(t, "/queue", seen(t, p.signOn(t, c, "eve", "")))
	webtest.Says(t, page(t, c.Get("/account"), 200), email)

	require.Equal(t, http.StatusUnauthorized, site.Nobody().Post("/login", credentials(email, webtest.Password)).Code, "passwords are switched off")
	require.Equal(t, "/queue", seen(t, site.Nobody().Post("/login", credentials(site.Email(review.RoleAdmin), webtest.Password))), "but for the day on which the provider is down")
	_, token, err := site.Accounts.Invite(t.Context(), site.Viewer(t, review.RoleAdmin), review.NewUser{Email: "new@example.org", Role: review.RoleViewer})
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, site.Nobody().Post("/invitation", url.Values{"token": {token}, "password": {"seven purple walruses sing"}}).Code)

	p.directory.groups["id-eve"] = []string{"everybody"}
	page(t, p.signOn(t, site.Nobody(), "eve", ""), 403)
}

func TestWhenTheProviderIsDown(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	site := webtest.NewSite(t, p.flags("--oidc-domains=elsewhere.example")...)
	page(t, p.signOn(t, site.Nobody(), "ann", ""), 403)
	c := site.Nobody()
	back := p.signsIn(t, seen(t, c.Get("/login/sso")), "ann")
	p.Close()
	for _, answer := range []*httptest.ResponseRecorder{c.Get(back), webtest.NewSite(t, p.flags()...).Nobody().Get("/login/sso?next=%2Fdecisions")} {
		webtest.Says(t, page(t, answer, 503), "single sign-on service does not answer")
		webtest.Says(t, answer.Body.String(), `type="password"`)
		require.NotEmpty(t, answer.Header().Get("Retry-After"))
	}
	require.Equal(t, "/queue", seen(t, site.Nobody().Post("/login", credentials(site.Email(review.RoleAnalyst), webtest.Password))), "a password works as ever")
	site.Clock.Advance(time.Minute)
	plain := webtest.NewSite(t).Nobody()
	require.Equal(t, http.StatusNotFound, plain.Get("/login/sso").Code)
	require.Equal(t, http.StatusNotFound, plain.Get("/login/sso/callback").Code)
}
