// Package browsertest drives a real Chromium for tests: pages, keys, waiting without
// sleeping, screenshots and axe-core. It knows nothing of what it looks at.
//
// It is a harness for tests: nothing that ships may import it.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Missing ends a test whose tool is not installed: loudly on a laptop, as a failure
// where CI says that everything is there.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("SKIPPED: %s is missing, so nothing was looked at", what)
}

// Browser is one Chromium with an empty profile.
type Browser struct{ ctx context.Context }

// browserLife bounds a test that hangs.
const browserLife = 8 * time.Minute

// Open starts a browser that ends with the test.
func Open(t testing.TB) *Browser {
	t.Helper()
	path := chromium()
	if path == "" {
		Missing(t, "a Chromium browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("force-color-profile", "srgb"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, browserLife)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("about:blank")))
	return &Browser{ctx}
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Page is one tab.
type Page struct{ ctx context.Context }

// Tab opens a tab that shares cookies with the browser's other tabs.
func (b *Browser) Tab(t testing.TB) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	return newPage(t, ctx)
}

// Person opens a tab with cookies of its own, as another person's browser has.
func (b *Browser) Person(t testing.TB) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return newPage(t, ctx)
}

func newPage(t testing.TB, ctx context.Context) *Page {
	t.Helper()
	p := &Page{ctx}
	p.Size(t, 1440, 900)
	return p
}

// Size sets the viewport, in CSS pixels.
func (p *Page) Size(t testing.TB, width, height int64) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(width, height)))
}

// Theme asks for the light or the dark colour scheme, and for no motion.
func (p *Page) Theme(t testing.TB, name string) {
	t.Helper()
	p.call(t, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	})
}

// WithoutScripts switches JavaScript off for the pages that come; what the test asks
// of a page still works.
func (p *Page) WithoutScripts(t testing.TB) {
	t.Helper()
	p.call(t, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

func (p *Page) call(t testing.TB, fn func(context.Context) error) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { return fn(ctx) })))
}

// Go opens a URL and waits until the page is there.
func (p *Page) Go(t testing.TB, url string) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Navigate(url)))
}

// Type writes into the first field that the CSS selector finds.
func (p *Page) Type(t testing.TB, selector, text string) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, chromedp.SendKeys(chromedp.CSS(selector), text)))
}

// Click clicks the first element that the CSS selector finds.
func (p *Page) Click(t testing.TB, selector string) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Click(chromedp.CSS(selector))))
}

// namedKeys are the keys that write no character, with their Windows key codes.
var namedKeys = map[string]int64{"Escape": 27, "Enter": 13, "Tab": 9}

// Press types as a keyboard does: a character comes with its key, and is gone when the
// page swallows that.
func (p *Page) Press(t testing.TB, keys ...string) {
	t.Helper()
	for _, k := range keys {
		down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: k}
		if code, named := namedKeys[k]; named {
			down.WindowsVirtualKeyCode = code
			if k == "Enter" {
				down.Text = "\r" // what makes a form send itself
			}
		} else {
			down.Text = k
		}
		up := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: k}
		p.call(t, func(ctx context.Context) error {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
				return err
			}
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent, up)
			return err
		})
	}
}

// Is evaluates an expression that is, or promises, a boolean.
func (p *Page) Is(t testing.TB, js string) bool {
	t.Helper()
	return evaluate[bool](t, p, js)
}

// Text evaluates an expression that is, or promises, a string.
func (p *Page) Text(t testing.TB, js string) string {
	t.Helper()
	return evaluate[string](t, p, js)
}

func evaluate[T any](t testing.TB, p *Page, js string) T {
	t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	require.NoError(t, err, "%.500s", js)
	return out
}

// Until waits for the page to become what the expression says, also across
// navigations.
func (p *Page) Until(t testing.TB, js string) {
	t.Helper()
	require.Eventually(t, func() bool {
		ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](js))
		return err == nil && ok
	}, 15*time.Second, 20*time.Millisecond, js)
}

// Screenshot returns the viewport as a PNG.
func (p *Page) Screenshot(t testing.TB) []byte {
	t.Helper()
	image, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	return image
}
