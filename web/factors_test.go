package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// phone is an authenticator app.
type phone struct {
	t      testing.TB
	site   *webtest.Site
	secret string
}

// code is the one of a time step that was not used yet.
func (p *phone) code() string {
	p.site.Clock.Advance(30 * time.Second)
	code, err := totp.GenerateCode(p.secret, p.site.Clock.Now())
	require.NoError(p.t, err)
	return code
}

func typed(code string) url.Values { return url.Values{"code": {code}} }

var shownSecrets = regexp.MustCompile(`<code class="secret">([^<]+)</code>`)

// setUpPhone gives the client's person an authenticator app, and returns it with the recovery codes.
func setUpPhone(t testing.TB, site *webtest.Site, c *webtest.Client) (*phone, []string) {
	t.Helper()
	require.Equal(t, "/account/security/totp", seen(t, c.Post("/account/security/totp", nil)))
	form := page(t, c.Get("/account/security/totp"), 200)
	webtest.Says(t, form, `src="data:image/png;base64,`)
	p := &phone{t, site, strings.ReplaceAll(shownSecrets.FindStringSubmatch(form)[1], " ", "")}
	require.Equal(t, 422, c.Post("/account/security/totp/code", typed("000000x")).Code)
	answer := page(t, c.Post("/account/security/totp/code", typed(p.code())), 201)
	var codes []string
	for _, m := range shownSecrets.FindAllStringSubmatch(answer, -1) {
		codes = append(codes, m[1])
	}
	require.Len(t, codes, review.RecoveryCodes)
	return p, codes
}

func TestSigningInWithASecondFactor(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	mine, elsewhere := site.Person(review.RoleAnalyst), site.Person(review.RoleAnalyst)
	before := mine.Cookies()["guardroom_session"].Value
	app, recovery := setUpPhone(t, site, mine)
	require.NotEqual(t, before, mine.Cookies()["guardroom_session"].Value, "a new token")
	page(t, mine.Get("/queue"), 200)
	require.Equal(t, "/login", seen(t, elsewhere.Get("/queue")), "signed in without the app")
	require.Equal(t, "/account/security", seen(t, mine.Get("/account/security/totp")), "the secret is not shown again")
	webtest.Conceals(t, page(t, mine.Get("/account/security"), 200), recovery[0])
	webtest.Says(t, page(t, mine.Get("/account/security"), 200), "10 recovery codes left")

	email := site.Email(review.RoleAnalyst)
	first := func() *webtest.Client {
		c := site.Nobody()
		require.Equal(t, "/login/code", seen(t, c.Post("/login", with(credentials(email, webtest.Password), "next", "/decisions"))))
		return c
	}
	c := first()
	require.Equal(t, "/login?next=%2Fqueue%3Fkind%3Daudit", seen(t, c.Get("/queue?kind=audit")), "half way is not in")
	require.Equal(t, "/login", seen(t, c.Post("/queue/next", nil)))
	planted := c.Cookies()["guardroom_session"].Value
	page(t, c.Get("/login/code"), 200)
	refused := page(t, c.Post("/login/code", typed("12345")), 401)
	webtest.Says(t, refused, "wrong, too old, or was used before")
	code := app.code()
	require.Equal(t, "/decisions", seen(t, c.Post("/login/code", typed(code[:3]+" "+code[3:]))), "where they wanted to go")
	require.NotEqual(t, planted, c.Cookies()["guardroom_session"].Value)
	page(t, c.Get("/queue"), 200)
	require.Equal(t, "/login", seen(t, c.Post("/login/code", typed(code))), "nobody waits any more")
	require.Equal(t, http.StatusUnauthorized, first().Post("/login/code", typed(code)).Code, "a code works once")

	c = first()
	require.Equal(t, "/decisions", seen(t, c.Post("/login/code", typed(strings.ToUpper(recovery[3])))))
	require.Equal(t, http.StatusUnauthorized, first().Post("/login/code", typed(recovery[3])).Code)
	late := first()
	site.Clock.Advance(10 * time.Minute)
	require.Equal(t, "/login", seen(t, late.Post("/login/code", typed(app.code()))), "a password waits ten minutes")
	changed := first()
	require.NoError(t, site.Accounts.SetPassword(t.Context(), webtest.Operator, email, "seven purple walruses sing"))
	require.Equal(t, "/login", seen(t, changed.Post("/login/code", typed(app.code()))), "not with a password that is none any more")

	site.Clock.Advance(10 * time.Minute)
	guesser := site.Nobody()
	require.Equal(t, "/login/code", seen(t, guesser.Post("/login", credentials(email, "seven purple walruses sing"))))
	for range 5 {
		page(t, guesser.Post("/login/code", typed("000000")), 401)
	}
	throttled := guesser.Post("/login/code", typed(app.code()))
	require.Equal(t, http.StatusTooManyRequests, throttled.Code, "whatever the code")
	require.Regexp(t, `^[0-9]+$`, throttled.Header().Get("Retry-After"))
	log := trail(t, site)
	for _, line := range []string{`user.factor_added {"factor":"totp"}`, "user.code_refused", `user.signed_in {"with":"password","second":"totp"}`, `"second":"recovery"`} {
		require.Contains(t, log, line)
	}
	for _, secret := range []string{app.secret, recovery[3], code} {
		require.NotContains(t, log+site.Log.String(), secret)
	}
}

func TestASecondFactorIsRemovedWithCare(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := site.Person(review.RoleLead)
	app, recovery := setUpPhone(t, site, lead)
	renewed := page(t, lead.Post("/account/security/recovery-codes", nil), 201)
	webtest.Conceals(t, renewed, recovery[0])
	require.Equal(t, http.StatusConflict, lead.Post("/account/security/totp", nil).Code, "nobody puts a phone in the place of another")

	site.Clock.Advance(61 * time.Minute)
	for _, path := range []string{"/account/security/totp/removal", "/account/security/recovery-codes", "/account/security/totp"} {
		require.Equal(t, "/confirm?next=%2Faccount%2Fsecurity", seen(t, lead.Post(path, nil)), path)
	}
	webtest.Says(t, page(t, lead.Get("/confirm"), 200), "Or a code")
	require.Equal(t, 422, lead.Post("/confirm", typed("123")).Code)
	before := lead.Cookies()["guardroom_session"].Value
	require.Equal(t, "/account/security", seen(t, lead.Post("/confirm", with(typed(app.code()), "next", "/account/security"))))
	require.NotEqual(t, before, lead.Cookies()["guardroom_session"].Value)
	require.Equal(t, "/account/security", seen(t, lead.Post("/account/security/totp/removal", nil)))
	webtest.Says(t, page(t, lead.Get("/account/security"), 200), "Set up an app")
	require.Equal(t, "/queue", seen(t, site.Nobody().Post("/login", credentials(site.Email(review.RoleLead), webtest.Password))), "without a code")

	setUpPhone(t, site, lead)
	admin, id := site.Person(review.RoleAdmin), site.Viewer(t, review.RoleLead).User.ID
	link := secretOf(t, admin.Post("/people/"+id+"/link", nil))
	u, err := url.Parse(link)
	require.NoError(t, err)
	mender := site.Nobody()
	require.Equal(t, "/login/code", seen(t, mender.Post("/invitation", url.Values{"token": {u.Query().Get("token")}, "password": {webtest.Password}})), "a lost password is no lost phone")
	webtest.Says(t, page(t, admin.Get("/people/"+id), 200), "Remove it and sign out")
	require.Equal(t, "/people/"+id, seen(t, admin.Post("/people/"+id+"/factors", nil)))
	require.Equal(t, "/login", seen(t, lead.Get("/queue")))
	require.Equal(t, "/queue", seen(t, site.Nobody().Post("/login", credentials(site.Email(review.RoleLead), webtest.Password))))
	for _, action := range []string{"user.factor_removed", "user.recovery_codes_renewed", "user.factors_reset"} {
		require.Contains(t, trail(t, site), action)
	}
}

func TestARoleMayHaveToUseASecondFactor(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--require-second-factor=lead,admin")
	lead := site.Person(review.RoleLead)
	for _, path := range []string{"/queue", "/account", "/decisions", "/policies", "/export/decisions.csv", "/"} {
		answer := lead.Get(path)
		if path == "/" {
			answer = lead.Get(seen(t, answer))
		}
		require.Equal(t, "/account/security", seen(t, answer), path)
	}
	r := webtest.NewRequest(http.MethodGet, "/queue", nil)
	r.Header.Set("Accept", "application/json")
	refused := lead.Do(r)
	require.Equal(t, http.StatusForbidden, refused.Code)
	webtest.Says(t, refused.Body.String(), "second_factor_needed")
	webtest.Says(t, page(t, lead.Get("/account/security"), 200), "Your role asks for a second factor")
	setUpPhone(t, site, lead)
	page(t, lead.Get("/queue"), 200)
	page(t, site.Person(review.RoleAnalyst).Get("/queue"), 200)
	require.Equal(t, "/account/security", seen(t, lead.Post("/account/security/totp/removal", nil)))
	require.Equal(t, "/account/security", seen(t, lead.Get("/queue")), "without it the door is shut again")
	require.Equal(t, "/login", seen(t, lead.Post("/logout", nil)))
}

// A database that was copied holds nothing to make codes of.
func TestWhatAppsShareIsSealed(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	app, _ := setUpPhone(t, site, site.Person(review.RoleAnalyst))
	stored, err := site.Store.TOTP(t.Context(), site.Viewer(t, review.RoleAnalyst).User.ID)
	require.NoError(t, err)
	require.NotContains(t, string(stored.Sealed), app.secret)
	stored.UserID = site.Viewer(t, review.RoleLead).User.ID
	require.NoError(t, site.Store.Write(t.Context(), func(tx review.Tx) error { return tx.PutTOTP(*stored) }))
	_, err = site.Accounts.SecondStep(t.Context(), stored.UserID, app.code())
	require.Equal(t, review.CodeInternal, review.CodeOf(err), "a row that was moved to another person opens nothing")
}
