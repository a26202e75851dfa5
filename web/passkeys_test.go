package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

const publicName = "https://guardroom.example.org"

func TestNobodyGuessesAPasskey(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--public-url", publicName)
	webtest.Says(t, page(t, site.Nobody().Get("/login"), 200), "Sign in with a passkey")
	c := site.Nobody()
	c.Get("/login")
	ask := c.Post("/login/passkey/question", nil)
	require.Equal(t, 200, ask.Code)
	require.Contains(t, ask.Body.String(), `"rpId":"guardroom.example.org"`)
	require.NotContains(t, ask.Body.String(), "allowCredentials", "it names nobody")
	for _, answer := range []string{"", "{}", "nonsense", `{"id":"AQID","rawId":"AQID","type":"public-key","response":{}}`} {
		refused := c.Post("/login/passkey", url.Values{"answer": {answer}, "next": {"https://evil.example"}})
		require.Equal(t, http.StatusUnauthorized, refused.Code, answer)
		webtest.Conceals(t, refused.Body.String(), "evil.example")
		c.Post("/login/passkey/question", nil)
	}
	late := site.Nobody()
	late.Post("/login/passkey/question", nil)
	site.Clock.Advance(10 * time.Minute)
	refused := late.Post("/login/passkey", url.Values{"answer": {"{}"}})
	webtest.Says(t, refused.Body.String(), "took too long")
	throttled := 0
	for range 40 {
		if c.Post("/login/passkey/question", nil).Code == http.StatusTooManyRequests {
			throttled++
		}
	}
	require.Positive(t, throttled)
}

func TestAPasskeyIsAddedByWhoProvedThemselves(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--public-url", publicName)
	c := site.Person(review.RoleAnalyst)
	form := page(t, c.Get("/account/security"), 200)
	webtest.Says(t, form, "Add a passkey")
	webtest.Says(t, form, "Passkeys need JavaScript")
	ask := c.Post("/account/security/passkeys/question", nil)
	require.Equal(t, 200, ask.Code)
	require.Contains(t, ask.Body.String(), `"residentKey":"required"`)
	for name, says := range map[string]string{"": "name it", "Laptop": "proves nothing"} {
		c.Post("/account/security/passkeys/question", nil)
		answer := c.Post("/account/security/passkeys", url.Values{"name": {name}, "answer": {"{}"}})
		require.Equal(t, 422, answer.Code)
		webtest.Says(t, answer.Body.String(), says)
	}
	unasked := c.Post("/account/security/passkeys", url.Values{"name": {"Laptop"}, "answer": {"{}"}})
	require.Equal(t, 422, unasked.Code)
	webtest.Says(t, unasked.Body.String(), "took too long, or was sent twice")
	c.Post("/account/security/passkeys/question", nil)
	require.Equal(t, 422, c.Post("/confirm/passkey", url.Values{"answer": {"{}"}}).Code, "a question is for one purpose")
	require.Equal(t, http.StatusSeeOther, c.Post("/account/security/passkeys/removal", url.Values{"passkey": {"0198-none"}}).Code)
	require.Equal(t, 422, c.Post("/account/security/passkeys/removal", nil).Code)

	site.Clock.Advance(61 * time.Minute)
	c.Get("/account/security") // the session is in use
	for _, path := range []string{"/account/security/passkeys/question", "/account/security/passkeys", "/account/security/passkeys/removal"} {
		require.Equal(t, "/confirm", confirmOf(seen(t, c.Post(path, nil))), path)
	}
}

// confirmOf is the path of where somebody was sent.
func confirmOf(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return location
	}
	return u.Path
}

func TestPasskeysAreNotOfferedWithoutAName(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t, "--public-url", "http://192.0.2.1")
	webtest.Conceals(t, page(t, site.Nobody().Get("/login"), 200), "passkey")
	webtest.Says(t, page(t, site.Person(review.RoleAnalyst).Get("/account/security"), 200), "Passkeys need HTTPS and a host name here")
	require.Equal(t, http.StatusConflict, site.Nobody().Post("/login/passkey/question", nil).Code)
}
