package e2e

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

func TestAFingerShowsWhatItWouldDoAndDecidesNothing(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Size(t, 390, 844)
	require.True(t, p.Is(t, `document.querySelector("#main a[rel=next]").checkVisibility() && document.querySelector("#decision [value=block]").checkVisibility()`), "there is a way without")
	const still = `document.querySelector(".swiped")?.getAnimations().length === 0`
	const shown = `[...document.querySelectorAll(".swiped button")].map((b) => b.innerText).join(" ")`
	p.Swipe(t, ".item-title", 0, 200)
	require.Empty(t, p.Text(t, shown), "scrolling is no swipe")
	p.Swipe(t, ".item-title", -180, 10)
	p.Until(t, shown+` === "Block Next item Cancel"`)
	p.CheckAccessible(t, "swiped", browsertest.AllRules)
	p.Press(t, "Enter")
	require.Equal(t, first, p.Text(t, shownItem), "nothing is pressed unasked")
	p.Click(t, `.swiped button:last-child`)
	require.Empty(t, p.Text(t, shown))
	p.Swipe(t, ".item-title", 180, 10)
	p.Until(t, shown+`.startsWith("Approve ")`)
	p.Press(t, "Escape")
	require.Empty(t, p.Text(t, shown))
	require.Zero(t, rows(s.decisions(t)))

	p.Swipe(t, ".item-title", -180, 10)
	p.Until(t, still)
	p.Click(t, `.swiped button:nth-child(2)`)
	p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	second := p.Text(t, shownItem)
	require.Zero(t, rows(s.decisions(t)))
	p.Until(t, aheadReady)
	p.Swipe(t, ".item-title", -180, 10)
	p.Until(t, still)
	p.Click(t, `.swiped [data-judgement=block]`)
	p.Until(t, onItem+` && !location.pathname.endsWith("`+second+`")`)
	require.Equal(t, 1, rows(s.decisions(t)))
	require.Contains(t, s.decisions(t), ",block,")
}

// Where nothing can be decided, a finger goes on.
func TestAFingerGoesToTheNextItemWhereNothingIsToBeDecided(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Size(t, 390, 844)
	p.Go(t, s.url+"/queue")
	p.Until(t, scripted)
	other := p.Text(t, `document.querySelector('a.row-text:not([href*="`+first+`"])').getAttribute("href")`)
	p.Go(t, s.url+other+"?peek=1")
	p.Until(t, scripted)
	p.Until(t, `!!document.querySelector("#main a[rel=next], #main a[rel=prev]")`)
	if p.Is(t, `!!document.querySelector("#main a[rel=next]")`) {
		p.Swipe(t, ".item-title", -180, 10)
	} else {
		p.Swipe(t, ".item-title", 180, 10)
	}
	p.Until(t, `location.pathname !== "`+other+`"`)
}

// 200 % zoom of a window of 1280 pixels is a window of 640, and WCAG 1.4.10 asks for 320: nothing may be cut off or need sideways scrolling.
func TestNothingIsLostWhenPagesAreZoomed(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	for _, path := range []string{"/queue", "/items/" + first, "/decisions", "/account", "/commands", "/policies"} {
		for _, width := range []int64{640, 320} {
			p.Size(t, width, 450)
			p.Go(t, s.url+path)
			require.True(t, p.Is(t, `document.documentElement.scrollWidth <= innerWidth`), "%s at %d scrolls sideways", path, width)
		}
	}
}

func TestPagesAreWalkedThroughByKeyboard(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	for _, path := range []string{"/queue", "/items/" + first, "/decisions", "/account", "/commands"} {
		walk(t, s, p, path)
	}
}

func TestPolicyAndInsightAreWalkedThroughByKeyboard(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	s.join(t, p, "lea", "lead")
	for _, path := range leadPages {
		walk(t, s, p, path)
	}
}

// walk goes through a page by Tab: it finds every element that can be pressed, always sees where it is, and is caught nowhere.
func walk(t *testing.T, s *site, p *browsertest.Page, path string) {
	t.Helper()
	p.Go(t, s.url+path)
	p.Until(t, scripted)
	stops := p.Text(t, `(() => { window.seen = new Set(); return String([...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
		.filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0 && e.type !== "radio").length); })()`)
	var wanted int
	_, err := fmt.Sscan(stops, &wanted)
	require.NoError(t, err)
	require.Positive(t, wanted, path)
	for range 3 * wanted {
		p.Press(t, "Tab")
		// A field of several parts, such as a month, is left by more than one Tab.
		if p.Is(t, `(() => { const at = document.activeElement, here = window.at; window.at = at;
			return at === document.body || at !== here && window.seen.has(at); })()`) {
			break
		}
		require.True(t, p.Is(t, `(() => { const e = document.activeElement; window.seen.add(e); const s = getComputedStyle(e);
			const own = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none";
			const around = e.closest("label, li, .row") && getComputedStyle(e.closest("label, li, .row")).outlineStyle !== "none";
			return own || !!around; })()`), "%s: the focus is not visible on %s", path, p.Text(t, `document.activeElement.outerHTML.slice(0, 200)`))
	}
	require.True(t, p.Is(t, fmt.Sprintf(`[...window.seen].filter((e) => e.matches("a[href], button, input, select, textarea, summary") && e.type !== "radio").length >= %d`, wanted)),
		"%s: %d stops, reached %s", path, wanted, p.Text(t, `String(window.seen.size)`))
}

func TestAnItemIsPrintedForAFile(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	atWork(t, s, p)
	pdf := p.Print(t)
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	require.Greater(t, len(pdf), 10_000)
}
