package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

// byName is the site as browsers know it by a name: passkeys are bound to one.
func byName(s *site) *site {
	named := *s
	process := *s.process
	process.url = strings.Replace(s.url, "127.0.0.1", "localhost", 1)
	named.process = &process
	return &named
}

const signedIn = `location.pathname === "/queue" && document.readyState === "complete"`

func TestPasskeys(t *testing.T) {
	s := byName(newSite(t))
	browser := browsertest.Open(t)
	p := browser.Person(t)
	device := p.Authenticator(t)
	security := s.url + "/account/security"

	s.signIn(t, p, "ada")
	p.Go(t, security)
	p.Until(t, `document.documentElement.dataset.passkeys === ""`)
	require.True(t, p.Is(t, `!document.querySelector(".no-passkeys").checkVisibility()`))
	p.CheckAccessible(t, "passkeys", browsertest.AllRules)
	device.Verified(t, false)
	p.Type(t, "#passkey-name", "Laptop")
	p.Click(t, `form[data-passkey] button`)
	p.Until(t, `document.querySelector("form[data-passkey] [data-passkey-refused]").checkVisibility()`)
	require.Empty(t, device.Passkeys(t), "who does not pass the test of the device gets none")
	device.Verified(t, true)
	p.Click(t, `form[data-passkey] button`)
	p.Until(t, `document.querySelectorAll(".recovery code").length === 10`)
	require.Len(t, device.Passkeys(t), 1)
	require.True(t, p.Is(t, `document.body.innerText.includes("Laptop") && document.body.innerText.includes("never used")`))
	copied := device.Passkeys(t)[0]

	signOut := func() {
		p.Go(t, s.url+"/queue")
		p.Until(t, `document.querySelector('form[action="/logout"]') !== null`)
		require.True(t, p.Is(t, `document.querySelector('form[action="/logout"]').submit() === undefined`))
		p.Until(t, `location.pathname === "/login" && document.documentElement.dataset.passkeys === ""`)
	}
	signOut()
	p.CheckAccessible(t, "sign-in with passkeys", browsertest.AllRules)
	p.Click(t, `form[data-passkey] button`)
	p.Until(t, signedIn)
	p.Go(t, security)
	require.True(t, p.Is(t, `document.body.innerText.includes("last used")`))

	signOut()
	p.Type(t, "input[name=email]", "ada@example.org")
	p.Type(t, "input[name=password]", password)
	p.Press(t, "Enter")
	p.Until(t, `location.pathname === "/login/code" && document.documentElement.dataset.passkeys === ""`)
	p.Click(t, `form[data-passkey] button`)
	p.Until(t, signedIn)

	p.Go(t, s.url+"/confirm?next=/account/security")
	p.Until(t, `document.documentElement.dataset.passkeys === ""`)
	p.Click(t, `form[data-passkey] button`)
	p.Until(t, `location.pathname === "/account/security"`)

	signOut()
	require.Positive(t, device.Passkeys(t)[0].SignCount)
	device.Restore(t, copied)
	p.Click(t, `form[data-passkey] button`)
	p.Until(t, `document.querySelector(".problem") !== null && document.body.innerText.includes("does not sign you in")`)
	require.Equal(t, "/login/passkey", p.Text(t, `location.pathname`), "a copy whose counter is behind opens nothing")

	stranger := browser.Person(t)
	stranger.Authenticator(t)
	stranger.Go(t, s.url+"/login")
	stranger.Until(t, `document.documentElement.dataset.passkeys === ""`)
	stranger.Click(t, `form[data-passkey] button`)
	stranger.Until(t, `document.querySelector("[data-passkey-refused]").checkVisibility()`)

	trail := guardroom(t, "", "audit", "export", "--data", s.data)
	for _, action := range []string{"user.passkey_added", "user.passkey_refused", "user.confirmed"} {
		require.Contains(t, trail, action)
	}
	require.Contains(t, trail, "passkey")
}

func TestPasskeysAreExplainedWithoutScripts(t *testing.T) {
	s := byName(newSite(t))
	p := browsertest.Open(t).Person(t)
	p.WithoutScripts(t)
	s.signIn(t, p, "ada")
	p.Go(t, s.url+"/account/security")
	require.True(t, p.Is(t, `document.querySelector(".no-passkeys").checkVisibility() && !document.querySelector("form[data-passkey]").checkVisibility()`))
}
