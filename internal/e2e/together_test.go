package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

const (
	marked = `[...document.querySelectorAll(".timeline li")].some((l) => l.innerText.includes("marked Prompt injection in the prompt") && l.innerText.includes("%s"))`
	chosen = `document.querySelector("[data-span] [name=segment]").value === "prompt" && document.querySelector("[data-span-text]").textContent === "%s"`
)

func with(js, text string) string { return strings.ReplaceAll(js, "%s", text) }

// takes lets somebody open the first item of the queue.
func takes(t *testing.T, p *browsertest.Page) (at string) {
	t.Helper()
	p.Until(t, scripted)
	p.Press(t, "j", "Enter")
	p.Until(t, onItem)
	p.Until(t, scripted)
	return p.Text(t, path)
}

func TestAPieceOfATextIsLabelledByMouse(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	at := takes(t, p)
	p.Click(t, "[data-span] summary")
	p.Until(t, `document.querySelector("[data-span]").open`)
	word := p.Text(t, `document.querySelector('.passage[data-segment="prompt"] mark')?.innerText.trim().split(" ").pop() ?? ""`)
	require.NotEmpty(t, word, "something is marked in the prompt")
	p.SelectText(t, `.passage[data-segment="prompt"]`, word)
	p.Until(t, with(chosen, word))
	p.Type(t, "#span-label", "Prompt")
	p.Click(t, "[data-span] form button[type=submit]")
	p.Until(t, `location.pathname === "`+at+`" && `+with(marked, word))
	p.Until(t, onItem)
	require.Zero(t, rows(s.decisions(t)), "and nothing is decided")
}

func TestAPieceOfATextIsLabelledByKeyboard(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	takes(t, p)
	p.Press(t, "l")
	p.Until(t, `document.querySelector("[data-span]").open`)
	p.Until(t, `document.activeElement.name === "segment"`)
	p.Press(t, "P")
	p.Until(t, `document.activeElement.value === "prompt"`)
	p.Press(t, "Tab", "Enter")
	p.Until(t, `document.activeElement.dataset.segment === "prompt"`)
	p.Chord(t, 0, "ArrowRight")
	p.Chord(t, browsertest.Shift, "ArrowRight")
	p.Until(t, `!getSelection().isCollapsed && !document.querySelector("[data-span-text]").hidden`)
	word := strings.TrimSpace(p.Text(t, `document.querySelector("[data-span-text]").textContent`))
	require.NotEmpty(t, word)
	p.Press(t, "Enter")
	p.Until(t, `document.activeElement.id === "span-label"`)
	p.Press(t, "P")
	p.Until(t, `document.activeElement.value === "injection"`)
	p.Press(t, "Tab", "Enter")
	p.Until(t, with(marked, word))
	require.Zero(t, rows(s.decisions(t)), "and nothing is decided")
}

func TestAMentionLandsInTheInboxOfTheColleague(t *testing.T) {
	s := newSite(t)
	browser := browsertest.Open(t)
	ada, ben := browser.Person(t), browser.Person(t)
	s.signIn(t, ben, "ben")
	require.True(t, ben.Is(t, `!document.body.innerText.includes("third one of this user")`))
	s.signIn(t, ada, "ada")
	at := takes(t, ada)
	ada.Press(t, "n")
	ada.Until(t, `document.activeElement.id === "note"`)
	ada.Type(t, "#note", "@ben the third one of this user <b>today</b>")
	ada.Click(t, `button[formaction$="/annotations"]`)
	ada.Until(t, `[...document.querySelectorAll(".timeline li")].some((l) => l.innerText.includes("third one of this user"))`)

	ben.WithoutScripts(t)
	ben.Go(t, s.url+"/inbox")
	require.True(t, ben.Is(t, `(() => { const entry = document.querySelector(".inbox-entry.is-unread").innerText;
		return entry.includes("Ada") && entry.includes("third one of this user <b>today</b>"); })()`))
	ben.Click(t, `.inbox-entry a[href="`+at+`"]`)
	ben.Until(t, `location.pathname === "`+at+`" && document.body.innerText.includes("third one of this user")`)
	ada.Go(t, s.url+"/inbox")
	require.True(t, ada.Is(t, `!document.querySelector(".inbox-entry")`), "who writes is not told")
}

func TestASnoozedItemSleepsForEverybodyUntilItIsWoken(t *testing.T) {
	s := newSite(t)
	browser := browsertest.Open(t)
	ada, ben := browser.Person(t), browser.Person(t)
	s.signIn(t, ada, "ada")
	s.signIn(t, ben, "ben")
	at := takes(t, ada)
	listed := `!!document.querySelector('a[href^="` + at + `"]')`
	ada.Click(t, ".hold-tools summary")
	ada.Type(t, "#snooze-for", "4")
	ada.Until(t, `document.querySelector("#snooze-for").value === "240"`)
	ada.Click(t, `form[action="`+at+`/snooze"] button`)
	ada.Until(t, onItem+` && location.pathname !== "`+at+`" || location.pathname === "/queue"`)

	ben.Go(t, s.url+"/queue")
	require.False(t, ben.Is(t, listed), "it is gone from every queue")
	ben.Go(t, s.url+at)
	require.True(t, ben.Is(t, `document.body.innerText.includes("Snoozed for everybody. It comes back in 3 h") && !document.querySelector("#decision")`))
	ben.WithoutScripts(t)
	ben.Go(t, s.url+at)
	ben.Click(t, `form[action="`+at+`/wake"] button`)
	ben.Until(t, `document.readyState === "complete" && !document.body.innerText.includes("Snoozed for everybody")`)
	ada.Go(t, s.url+"/queue")
	require.True(t, ada.Is(t, listed), "it is there again")
}

// settled is how long two opinions may take to come to light: the time in which they can be taken back, and some for a slow machine.
const settled = time.Minute

func TestTwoOpinionsThatDifferGoToALeadSideBySide(t *testing.T) {
	s := newSite(t)
	browser := browsertest.Open(t)
	ada, ben, lea := browser.Person(t), browser.Person(t), browser.Person(t)
	s.signIn(t, ada, "ada")
	s.signIn(t, ben, "ben")
	s.join(t, lea, "lea", "lead")
	at := takes(t, ada)
	ada.Click(t, ".hold-tools summary")
	ada.Click(t, `form[action="`+at+`/opinion"] button`)
	ada.Until(t, `document.readyState === "complete" && !document.querySelector('form[action="`+at+`/opinion"]')`)
	opine := func(p *browsertest.Page, key, reason, says string) {
		t.Helper()
		p.Until(t, onItem)
		p.Until(t, scripted)
		require.True(t, p.Is(t, `document.querySelector(".opinion-note").innerText.includes("`+says+`")`))
		p.Type(t, "#reason", reason)
		p.Press(t, "Escape", key)
		p.Until(t, `location.pathname !== "`+at+`" && document.documentElement.dataset.busy === undefined`)
	}
	opine(ada, "a", "it is only quoted", "Yours is the first")
	ben.Go(t, s.url+at)
	ben.Until(t, onItem)
	require.True(t, ben.Is(t, `!/it is only quoted|Ada|Approved/.test(document.querySelector("main").innerText.replace(/Ada asked[^\n]*|Ada took[^\n]*|Ada gave[^\n]*/g, ""))`), "nobody knows what the other says")
	opine(ben, "b", "no doubt whatever", "This is the second opinion")
	ada.Go(t, s.url+at)
	require.True(t, ada.Is(t, `!/no doubt whatever|Blocked/.test(document.querySelector("main").innerText)`), "neither does the first")

	require.Eventually(t, func() bool {
		lea.Go(t, s.url+at)
		return lea.Is(t, `document.querySelectorAll(".opinions li").length === 2`)
	}, settled, 200*time.Millisecond)
	require.True(t, lea.Is(t, `(() => { const [one, two] = [...document.querySelectorAll(".opinions li")].map((l) => l.innerText);
		return one.includes("Ada") && one.includes("Approved") && one.includes("it is only quoted") && two.includes("Ben") && two.includes("Blocked") && two.includes("no doubt whatever"); })()`))
	require.True(t, lea.Is(t, `(() => { const [one, two] = [...document.querySelectorAll(".opinions li")].map((l) => l.getBoundingClientRect());
		return one.top === two.top && one.right <= two.left; })()`), "side by side")
	lea.CheckAccessible(t, "two opinions", browsertest.AllRules)
	lea.Until(t, onItem)
	lea.Until(t, scripted)
	lea.Press(t, "b")
	lea.Until(t, `location.pathname !== "`+at+`"`)
	require.Contains(t, s.decisions(t), ",block,")
}
