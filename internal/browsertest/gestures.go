package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"unicode/utf16"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Hold presses a key and holds it down: it comes once, then repeated so many times, then up.
func (p *Page) Hold(t testing.TB, key string, repeats int) {
	t.Helper()
	repeated := true
	p.call(t, func(ctx context.Context) error {
		for i := range repeats + 1 {
			down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key}
			if i > 0 {
				down.AutoRepeat = &repeated
			}
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
				return err
			}
		}
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key})
		return err
	})
}

// The modifiers of Chord, as bits.
const (
	Control = 2
	Shift   = 8
)

// Chord presses a key together with modifiers.
func (p *Page) Chord(t testing.TB, modifiers int64, key string) {
	t.Helper()
	p.call(t, func(ctx context.Context) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			event := input.DispatchKeyEventParams{Type: kind, Key: key, Modifiers: modifiers, WindowsVirtualKeyCode: namedKeys[key]}
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
		}
		return nil
	})
}

type point struct{ X, Y float64 }

// middle is where a mouse would click the first element that the CSS selector finds.
func (p *Page) middle(t testing.TB, selector string) point {
	t.Helper()
	var at point
	js := fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "nearest"}); const r = e.getBoundingClientRect();
		return JSON.stringify({X: r.x + r.width / 2, Y: r.y + r.height / 2}); })()`, selector)
	require.NoError(t, json.Unmarshal([]byte(p.Text(t, js)), &at))
	return at
}

// DoubleClick clicks twice, as fast as can be, at one place of the screen, whatever is there by then.
func (p *Page) DoubleClick(t testing.TB, selector string) {
	t.Helper()
	at := p.middle(t, selector)
	p.call(t, func(ctx context.Context) error {
		for clicks := range int64(2) {
			for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
				event := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: clicks + 1}
				if _, err := chromedp.Call(ctx, input.DispatchMouseEvent, event); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// SelectText drags a mouse over the first place in the element where the text stands.
func (p *Page) SelectText(t testing.TB, selector, text string) {
	t.Helper()
	var ends [2]point
	js := fmt.Sprintf(`(() => {
		const walker = document.createTreeWalker(document.querySelector(%q), NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const at = node.nodeValue.indexOf(%q);
			if (at < 0) continue;
			node.parentElement.scrollIntoView({block: "nearest"});
			const range = document.createRange();
			range.setStart(node, at);
			range.setEnd(node, at + %d);
			const rects = [...range.getClientRects()], first = rects[0], last = rects[rects.length - 1];
			return JSON.stringify([{X: first.left + 1, Y: first.top + first.height / 2}, {X: last.right - 1, Y: last.top + last.height / 2}]);
		}
		return "null";
	})()`, selector, text, len(utf16.Encode([]rune(text))))
	found := p.Text(t, js)
	require.NotEqual(t, "null", found, "%q stands in no single piece of %s", text, selector)
	require.NoError(t, json.Unmarshal([]byte(found), &ends))
	p.call(t, func(ctx context.Context) error {
		for _, step := range []struct {
			kind input.DispatchMouseEventType
			at   point
		}{{input.DispatchMouseEventTypeMousePressed, ends[0]}, {input.DispatchMouseEventTypeMouseMoved, ends[1]}, {input.DispatchMouseEventTypeMouseReleased, ends[1]}} {
			event := input.DispatchMouseEventParams{Type: step.kind, X: step.at.X, Y: step.at.Y, Button: input.MouseButtonLeft, ClickCount: 1}
			if step.kind == input.DispatchMouseEventTypeMouseMoved {
				event.Buttons = 1 // held down
			}
			if _, err := chromedp.Call(ctx, input.DispatchMouseEvent, event); err != nil {
				return err
			}
		}
		return nil
	})
}

// Swipe moves a finger over the first element that the CSS selector finds.
func (p *Page) Swipe(t testing.TB, selector string, dx, dy float64) {
	t.Helper()
	const steps = 8
	at := p.middle(t, selector)
	p.call(t, func(ctx context.Context) error {
		touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) error {
			_, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
			return err
		}
		if err := touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at.X, Y: at.Y}); err != nil {
			return err
		}
		for i := 1; i <= steps; i++ {
			part := float64(i) / steps
			if err := touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: at.X + dx*part, Y: at.Y + dy*part}); err != nil {
				return err
			}
		}
		return touch(input.DispatchTouchEventTypeTouchEnd)
	})
}

// Print returns the page as a PDF on A4.
func (p *Page) Print(t testing.TB) []byte {
	t.Helper()
	var pdf []byte
	p.call(t, func(ctx context.Context) error {
		printed, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
		pdf = printed.Data
		return err
	})
	return pdf
}
