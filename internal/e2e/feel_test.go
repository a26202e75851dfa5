package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

const (
	shownItem  = `([...document.querySelectorAll(".item[data-item]")].find((e) => e.checkVisibility())?.dataset.item ?? "")`
	aheadReady = onItem + ` && document.documentElement.dataset.ahead === "2"`

	// gate holds back what is sent to decide, until openGate; failGate breaks the connection instead.
	gate = `(() => { const real = window.fetch; let open, fail; const wait = new Promise((yes, no) => { open = yes; fail = no; });
		window.fetch = async (...a) => { if (/\/decision$/.test(String(a[0]))) await wait; return real(...a); };
		window.openGate = () => { window.fetch = real; open(); return true; };
		window.failGate = () => { window.fetch = real; fail(new TypeError("no network")); return true; }; return true; })()`
)

// atWork signs ada in and opens the first item, with the next two fetched.
func atWork(t *testing.T, s *site, p *browsertest.Page) string {
	t.Helper()
	s.signIn(t, p, "ada")
	p.Until(t, scripted)
	p.Press(t, "j", "Enter")
	p.Until(t, aheadReady)
	return p.Text(t, shownItem)
}

// decisions are the export, without the quotes that mark whose copy it is.
func (s *site) decisions(t *testing.T) string {
	t.Helper()
	return strings.ReplaceAll(guardroom(t, "", "export", "decisions", "--data", s.data), `"`, "")
}

func rows(csv string) int { return strings.Count(csv, "\r\n") - 1 }

func TestTheNextItemIsPaintedBeforeTheAnswer(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	require.True(t, p.Is(t, gate))
	p.Press(t, "a")
	p.Until(t, shownItem+` !== "`+first+`"`)
	second := p.Text(t, shownItem)
	require.NotEmpty(t, second)
	require.True(t, p.Is(t, `location.pathname.endsWith("`+first+`")`), "the address is that of what is held")
	require.True(t, p.Is(t, `document.activeElement.matches("main") && document.activeElement.checkVisibility()`), "the focus is on the page that is seen")

	p.Press(t, "b", "s", "1")
	require.Equal(t, second, p.Text(t, shownItem), "keys are dead until the item is held")
	require.True(t, p.Is(t, `[...document.querySelectorAll('#decision button[value="block"]')].find((e) => e.checkVisibility()).click() ?? true`))
	require.True(t, p.Is(t, `openGate()`))
	p.Until(t, onItem+` && location.pathname.endsWith("`+second+`")`)
	require.Equal(t, second, p.Text(t, shownItem), "what was painted is what is held")
	require.True(t, p.Is(t, `!!document.querySelector("#decision input[name=token]").value && document.querySelectorAll("#decision").length === 1`))
	require.Equal(t, 1, rows(s.decisions(t)))
	p.Press(t, "b")
	p.Until(t, onItem+` && !location.pathname.endsWith("`+second+`")`)
	require.Equal(t, 2, rows(s.decisions(t)))
}

func TestWhatIsFetchedAheadIsNotTaken(t *testing.T) {
	s := newSite(t)
	browser := browsertest.Open(t)
	ada, ben := browser.Person(t), browser.Person(t)
	first := atWork(t, s, ada)
	s.signIn(t, ben, "ben")
	ben.Go(t, s.url+"/queue/next")
	ben.Until(t, onItem)
	taken := ben.Text(t, shownItem)
	require.NotEqual(t, first, taken)

	ada.Press(t, "a")
	ada.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	require.NotEqual(t, taken, ada.Text(t, shownItem), "ben has that one")
	require.True(t, ada.Is(t, `document.querySelector("#warning[role=status]")?.innerText.includes("Somebody else took")`), "and the page says so")
	require.Equal(t, 1, rows(s.decisions(t)))
}

func TestALostConnectionBringsBackWhatWasLeft(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Type(t, "#decision [name=reason]", "a careful explanation")
	p.Press(t, "Escape")
	require.True(t, p.Is(t, gate))
	p.Press(t, "b")
	p.Until(t, shownItem+` !== "`+first+`"`)
	require.True(t, p.Is(t, `failGate()`))
	p.Until(t, onItem+` && `+shownItem+` === "`+first+`"`)
	require.Equal(t, "a careful explanation", p.Text(t, `document.querySelector("#decision [name=reason]").value`))
	require.True(t, p.Is(t, `document.querySelector("#warning[role=alert]").innerText.includes("Nothing was saved")`))
	require.Zero(t, rows(s.decisions(t)))
	p.Press(t, "b")
	p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	require.Contains(t, s.decisions(t), "a careful explanation", "and it can be sent again")
}

func TestARefusedDecisionBringsBackWhatWasTyped(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Type(t, "#decision [name=reason]", "a careful explanation")
	p.Press(t, "Escape")
	require.True(t, p.Is(t, `(document.querySelector("#decision input[name=version]").value = "99") === "99"`))
	p.Press(t, "b")
	p.Until(t, onItem+` && !!document.querySelector(".problem")`)
	require.Equal(t, first, p.Text(t, shownItem))
	require.Equal(t, "a careful explanation", p.Text(t, `document.querySelector("#decision [name=reason]").value`))
	require.True(t, p.Is(t, `document.activeElement.matches(".problem")`), "what went wrong is read first")
	require.Zero(t, rows(s.decisions(t)))
}

func TestAHeldKeyDecidesOneItem(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Hold(t, "a", 60)
	p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	require.Equal(t, 1, rows(s.decisions(t)))
}

func TestADoubleClickDecidesOneItem(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		s := newSite(t)
		p := browsertest.Open(t).Person(t)
		if !scripts {
			p.WithoutScripts(t)
		}
		s.signIn(t, p, "ada")
		p.Go(t, s.url+"/queue/next")
		p.Until(t, onItem)
		if scripts {
			p.Until(t, scripted)
		}
		first := p.Text(t, shownItem)
		p.DoubleClick(t, "#decision button[value=approve]")
		p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
		require.Equal(t, 1, rows(s.decisions(t)), "scripts: %v", scripts)
	}
}

func TestSkippingNeverServesTheSameItemAgain(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		s := newSite(t)
		p := browsertest.Open(t).Person(t)
		if !scripts {
			p.WithoutScripts(t)
		}
		s.signIn(t, p, "ada")
		p.Go(t, s.url+"/queue/next")
		seen := map[string]bool{}
		for range attacks {
			p.Until(t, onItem)
			item := p.Text(t, shownItem)
			require.False(t, seen[item], "served twice")
			seen[item] = true
			if scripts {
				p.Until(t, scripted)
			}
			p.Click(t, `#decision button[formaction$="/skip"]`)
			p.Until(t, `!location.pathname.endsWith("`+item+`")`)
		}
		p.Until(t, `location.pathname === "/queue"`)
		require.Zero(t, rows(s.decisions(t)))
	}
}

func TestLeavingGivesAnItemBack(t *testing.T) {
	s := newSite(t)
	browser := browsertest.Open(t)
	ada, ben := browser.Person(t), browser.Person(t)
	first := atWork(t, s, ada)
	s.signIn(t, ben, "ben")
	ada.Go(t, "about:blank")
	ben.Go(t, s.url+"/items/"+first+"?peek=1")
	ben.Until(t, `(fetch(location.href).then((r) => r.text()).then((t) => window.free = t.includes("Nobody holds this item")), window.free === true)`)
}

func TestBackAndForwardFindThePageAsItWasLeft(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	p.Size(t, 1000, 300)
	s.signIn(t, p, "ada")
	p.Until(t, scripted)
	require.True(t, p.Is(t, `(window.marker = true)`), "gone when the document is loaded anew")
	require.True(t, p.Is(t, `new Promise((done) => { addEventListener("scrollend", () => done(scrollY > 0), {once: true, capture: true}); scrollTo(0, 90); })`))
	at := p.Text(t, `String(scrollY)`)
	p.Press(t, "j", "Enter")
	p.Until(t, onItem)
	item := p.Text(t, shownItem)
	require.Equal(t, "0", p.Text(t, `String(scrollY)`), "a page begins at its top")

	require.True(t, p.Is(t, `(history.back(), true)`))
	p.Until(t, `location.pathname === "/queue" && !!document.querySelector("[data-rows]") && document.documentElement.dataset.busy === undefined`)
	require.Equal(t, at, p.Text(t, `String(scrollY)`))
	require.True(t, p.Is(t, `document.activeElement.matches('a[href^="/items/`+item+`"]')`), "the line that was opened has the focus")
	require.True(t, p.Is(t, `(history.forward(), true)`))
	p.Until(t, onItem+` && `+shownItem+` === "`+item+`"`)
	p.Until(t, `!!document.querySelector("#decision input[name=token]").value`)
	require.True(t, p.Is(t, `window.marker === true`), "no full reload")
	p.Press(t, "a")
	p.Until(t, onItem+` && !location.pathname.endsWith("`+item+`")`)
	require.Equal(t, 1, rows(s.decisions(t)), "what came back can be decided")
	require.True(t, p.Is(t, `window.marker === true`), "nor with a decision")
}
