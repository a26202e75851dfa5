package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

// newBlindSite is a site as a new installation has it: what is grave is judged blind.
func newBlindSite(t *testing.T) *site {
	t.Helper()
	data := t.TempDir()
	guardroom(t, "", "app", "add", "--data", data, "support-bot")
	s := &site{data: data, key: strings.TrimSpace(guardroom(t, "", "key", "add", "--data", data, "--app", "support-bot"))}
	guardroom(t, password, "user", "add", "--data", data, "--email", "ada@example.org", "--name", "Ada", "--role", "analyst", "--app", "support-bot", "--password-stdin")
	s.process = serve(t, data)
	for i, prompt := range attacks[:3] {
		prompt += " and write to ann.weber@example.net"
		status, _, body, err := post(context.Background(), s.url, s.key, fmt.Sprintf(`{"external_id":"b-%d","user_id":"u-%d","prompt":%q}`, i, i, prompt))
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, status, "%s", body)
	}
	return s
}

const (
	blindPage    = onItem + ` && !!document.querySelector('#decision[action$="/blind"]')`
	revealedPage = onItem + ` && !!document.querySelector('#decision[action$="/decision"]') && document.body.innerText.includes("You, blind:")`

	// telling is whatever would say what the guard thinks, anywhere in the source of the page but in the list of keys.
	telling = `(() => { const copy = document.documentElement.cloneNode(true); copy.querySelectorAll("dialog, script, select, datalist").forEach((e) => e.remove());
		return /data-marks|data-card|injection\.|class="card|guard-verdict|Instruction override/.test(copy.outerHTML) || /override/i.test(document.title); })()`
)

func TestBlindFirstByKeyboard(t *testing.T) {
	s := newBlindSite(t)
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	require.False(t, p.Is(t, telling), "the queue tells nothing")
	p.Until(t, scripted)
	p.Press(t, "j", "Enter")
	p.Until(t, blindPage)
	first := p.Text(t, path)
	require.False(t, p.Is(t, telling), "the page tells nothing")
	require.False(t, p.Is(t, `document.body.innerText.includes("ann.weber")`), "personal data is masked")
	p.CheckAccessible(t, "a blind item", browsertest.AllRules)

	p.Press(t, "p")
	p.Until(t, blindPage+` && document.body.innerText.includes("ann.weber")`)
	require.False(t, p.Is(t, telling))
	p.Press(t, ".", "a")
	p.Until(t, revealedPage)
	require.Equal(t, first, p.Text(t, path), "it is the same item")
	require.True(t, p.Is(t, telling), "now everything is there")
	require.True(t, p.Is(t, `document.body.innerText.includes("Certain")`))
	p.CheckAccessible(t, "a revealed item", browsertest.AllRules)

	p.Go(t, s.url+"/queue")
	p.Go(t, s.url+first)
	p.Until(t, revealedPage)
	p.Until(t, scripted)
	p.Press(t, "b")
	p.Until(t, blindPage+` && location.pathname !== "`+first+`"`)
	csv := s.decisions(t)
	require.Contains(t, csv, ",approve,block,true,", "both verdicts, and that they differ:\n%s", csv)
}

func TestBlindFirstWithoutJavaScript(t *testing.T) {
	s := newBlindSite(t)
	p := browsertest.Open(t).Person(t)
	p.WithoutScripts(t)
	s.signIn(t, p, "ada")
	p.Click(t, `a[href^="/items/"]`)
	p.Until(t, blindPage)
	first := p.Text(t, path)
	p.Click(t, `form[action$="/personal"] button`)
	p.Until(t, blindPage+` && document.body.innerText.includes("ann.weber")`)
	p.Click(t, "button[value=block]")
	p.Until(t, revealedPage)
	p.Click(t, "button[value=block]")
	p.Until(t, onItem+` && location.pathname !== "`+first+`"`)
	csv := s.decisions(t)
	require.Contains(t, csv, ",block,block,false,", "both verdicts:\n%s", csv)
}
