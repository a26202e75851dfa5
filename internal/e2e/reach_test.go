package e2e

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

func TestAFingerGoesToTheNextItemAndBackAndDecidesNothing(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Size(t, 390, 844)
	require.True(t, p.Is(t, `document.querySelector("#main a[rel=next]").checkVisibility()`), "there is a way without")
	p.Swipe(t, ".item-title", 0, 200)
	require.Equal(t, first, p.Text(t, shownItem), "scrolling is no swipe")
	p.Swipe(t, ".item-title", -180, 10)
	p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	p.Swipe(t, ".item-title", 180, 10)
	p.Until(t, onItem+` && location.pathname.endsWith("`+first+`")`)
	require.Zero(t, rows(s.decisions(t)))
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

// A walk by Tab through each page finds every element that can be pressed, always sees where it is, and is caught nowhere.
func TestPagesAreWalkedThroughByKeyboard(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	for _, path := range []string{"/queue", "/items/" + first, "/decisions", "/account", "/commands"} {
		p.Go(t, s.url+path)
		p.Until(t, scripted)
		stops := p.Text(t, `(() => { window.seen = new Set(); return String([...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
			.filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0 && e.type !== "radio").length); })()`)
		var wanted int
		_, err := fmt.Sscan(stops, &wanted)
		require.NoError(t, err)
		for range 3 * wanted {
			p.Press(t, "Tab")
			if p.Is(t, `document.activeElement === document.body || window.seen.has(document.activeElement)`) {
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
}

func TestAnItemIsPrintedForAFile(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	atWork(t, s, p)
	pdf := p.Print(t)
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	require.Greater(t, len(pdf), 10_000)
}
