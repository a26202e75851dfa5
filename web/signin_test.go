package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func credentials(email, password string) url.Values {
	return url.Values{"email": {email}, "password": {password}}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	b := site.Nobody()
	login := page(t, b.Get("/login"), 200)
	webtest.Says(t, login, `type="password"`)
	email := site.Email(review.RoleAnalyst)

	wrong := page(t, b.Post("/login", credentials(email, "wrong password")), 401)
	webtest.Says(t, wrong, email)                // what was typed is kept
	webtest.Conceals(t, wrong, "wrong password") // but not the password
	unknown := page(t, b.Post("/login", credentials("nobody@example.org", "wrong password")), 401)
	require.Equal(t, strings.ReplaceAll(wrong, email, ""), strings.ReplaceAll(unknown, "nobody@example.org", ""), "known and unknown cannot be told apart")
	require.Empty(t, b.Cookies())

	require.Equal(t, "/queue", seen(t, b.Post("/login", credentials(" "+strings.ToUpper(email)+" ", webtest.Password))))
	cookie := b.Cookies()["guardroom_session"]
	require.NotNil(t, cookie)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.Equal(t, "/queue", seen(t, b.Get("/login")), "who is signed in need not sign in")
	webtest.Says(t, page(t, b.Get("/account"), 200), email)
	webtest.Conceals(t, page(t, b.Get("/account"), 200), "$argon2")

	require.Equal(t, "/login", seen(t, b.Post("/logout", nil)))
	require.NotContains(t, b.Cookies(), "guardroom_session")
	b.Cookies()["guardroom_session"] = cookie
	require.Equal(t, "/login", seen(t, b.Get("/queue")), "the session is gone on the server too")
	b.Cookies()["guardroom_session"] = &http.Cookie{Name: "guardroom_session", Value: "' OR 1=1 --"}
	require.Equal(t, "/login", seen(t, b.Get("/queue")))
}

// TestRefusedPasswordsAreEvents: auditors see each try, why it was in vain and whose account it was, and never what was typed.
func TestRefusedPasswordsAreEvents(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	email := site.Email(review.RoleAnalyst)
	page(t, site.Nobody().Post("/login", credentials(email, "hunter2 hunter2")), 401)
	page(t, site.Nobody().Post("/login", credentials("s3cret-typed-in-the-wrong-field", "hunter2 hunter2")), 401)
	b := site.Person(review.RoleAnalyst)
	page(t, b.Post("/confirm", url.Values{"password": {"hunter2 hunter2"}}), 422)
	require.Equal(t, "/login", seen(t, b.Post("/logout", nil)))
	log := trail(t, site)
	for _, line := range []string{`user.password_refused {"why":"wrong password"}`, `user.password_refused {"why":"unknown address"}`, "user.signed_out"} {
		require.Contains(t, log, line)
	}
	require.Equal(t, 3, strings.Count(log, "user.password_refused"))
	require.NotContains(t, log+site.Log.String(), "hunter2")
	require.NotContains(t, log+site.Log.String(), "s3cret-typed")
}

func TestSignInGoesOnToAPageOfOurs(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	b := site.Nobody()
	to := seen(t, b.Get("/items/"+p.Item.ID+"?from=kind%3Daudit"))
	require.Equal(t, "/login?next="+url.QueryEscape("/items/"+p.Item.ID+"?from=kind%3Daudit"), to)
	webtest.Says(t, page(t, b.Get(to), 200), "/items/"+p.Item.ID)
	form := with(credentials(site.Email(review.RoleAnalyst), webtest.Password), "next", "/items/"+p.Item.ID)
	require.Equal(t, "/items/"+p.Item.ID, seen(t, b.Post("/login", form)))
	for _, elsewhere := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"} {
		b := site.Nobody()
		webtest.Conceals(t, page(t, b.Get("/login?next="+url.QueryEscape(elsewhere)), 200), "evil.example")
		require.Equal(t, "/queue", seen(t, b.Post("/login", with(credentials(site.Email(review.RoleAnalyst), webtest.Password), "next", elsewhere))))
	}
}

func TestTooManyTries(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	email := site.Email(review.RoleLead)
	for range 5 {
		page(t, site.Nobody().Post("/login", credentials(email, "guess of a password")), 401)
	}
	answer := site.Nobody().Post("/login", credentials(email, webtest.Password))
	body := page(t, answer, 429)
	require.Regexp(t, `^[0-9]+$`, answer.Header().Get("Retry-After"))
	webtest.Says(t, body, email)
	webtest.Conceals(t, body, webtest.Password)
	unknown := "unknown@example.org"
	for range 5 {
		page(t, site.Nobody().Post("/login", credentials(unknown, "guess of a password")), 401)
	}
	other := page(t, site.Nobody().Post("/login", credentials(unknown, webtest.Password)), 429)
	require.Equal(t, strings.ReplaceAll(body, email, ""), strings.ReplaceAll(other, unknown, ""))
	site.Person(review.RoleAnalyst) // others sign in as ever

	// All at once: on a slow machine who waits for each answer is no faster than the limit lets them be.
	var refused atomic.Int32
	var group sync.WaitGroup
	for i := range 60 {
		group.Go(func() {
			r := webtest.NewRequest(http.MethodPost, "/login", strings.NewReader(credentials(strings.Repeat("a", i+1)+"@example.org", "").Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = "192.0.2.7:50000"
			if site.Nobody().Do(r).Code == http.StatusTooManyRequests {
				refused.Add(1)
			}
		})
	}
	group.Wait()
	require.Positive(t, refused.Load(), "one address, many accounts")
	webtest.Says(t, site.Nobody().Get("/metrics").Body.String(), `security_blocks_total{reason="login_rate"}`)
}

func TestANewPasswordEndsSessions(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	analyst, other := site.Person(review.RoleAnalyst), site.Person(review.RoleLead)
	page(t, analyst.Get("/queue"), 200)
	require.NoError(t, site.Accounts.SetPassword(t.Context(), webtest.Operator, site.Email(review.RoleAnalyst), "another tall giraffe hums"))
	require.Equal(t, "/login", seen(t, analyst.Get("/queue")))
	require.Equal(t, "/queue", seen(t, analyst.Post("/login", credentials(site.Email(review.RoleAnalyst), "another tall giraffe hums"))))
	page(t, analyst.Get("/queue"), 200)
	page(t, other.Get("/queue"), 200)
}

func TestFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, "x")
	analyst := site.Person(review.RoleAnalyst)
	post := func(target, name, value string) int {
		r := webtest.NewRequest(http.MethodPost, target, strings.NewReader(""))
		r.Host = "guard.example"
		r.Header.Set(name, value)
		return analyst.Do(r).Code
	}
	at := "/items/" + p.Item.ID + "/claim"
	for _, target := range []string{at, "/logout", "/login", "/queue/next"} {
		require.Equal(t, http.StatusForbidden, post(target, "Sec-Fetch-Site", "cross-site"))
		require.Equal(t, http.StatusForbidden, post(target, "Sec-Fetch-Site", "same-site"))
		require.Equal(t, http.StatusForbidden, post(target, "Origin", "https://evil.example"))
		require.Equal(t, http.StatusForbidden, post(target, "Origin", "null"))
	}
	require.Empty(t, holder(t, site, p.Item.ID))
	page(t, analyst.Get("/queue"), 200)
	require.Equal(t, http.StatusSeeOther, post(at, "Sec-Fetch-Site", "same-origin"))
	require.Equal(t, http.StatusSeeOther, post(at, "Origin", "http://guard.example"))
	require.Equal(t, "analyst", holder(t, site, p.Item.ID))
	webtest.Says(t, site.Nobody().Get("/metrics").Body.String(), `security_blocks_total{reason="cross_origin"} 16`)
}

func TestBehindATLSProxy(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--public-url=https://guard.example", "--trusted-proxies=10.0.0.0/8")
	b := site.Nobody()
	seen(t, b.Post("/login", credentials(site.Email(review.RoleAnalyst), webtest.Password)))
	cookie := b.Cookies()["__Host-guardroom_session"]
	require.NotNil(t, cookie)
	require.True(t, cookie.Secure)
	require.Equal(t, "/", cookie.Path)

	for origin, status := range map[string]int{"https://guard.example": http.StatusSeeOther, "https://evil.example": http.StatusForbidden} {
		r := webtest.NewRequest(http.MethodPost, "/queue/next", nil)
		r.Host = "10.0.0.5:8080"
		r.Header.Set("Origin", origin)
		require.Equal(t, status, b.Do(r).Code, origin)
	}

	r := webtest.NewRequest(http.MethodGet, "/healthz", nil)
	r.RemoteAddr = "10.1.2.3:1"
	r.Header.Set("X-Forwarded-For", "203.0.113.9, 198.51.100.7")
	b.Do(r)
	webtest.Says(t, site.Log.String(), `"remote":"198.51.100.7"`)
	r = webtest.NewRequest(http.MethodGet, "/healthz", nil)
	r.RemoteAddr = "192.0.2.77:1"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	b.Do(r)
	webtest.Says(t, site.Log.String(), `"remote":"192.0.2.77"`)
	webtest.Conceals(t, site.Log.String(), "203.0.113.9")
}
