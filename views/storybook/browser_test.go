package storybook

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/static"
)

// The screenshots are for eyes: go test ./views/storybook -run Screenshots -shots DIR [-only REGEXP].
var (
	shots = flag.String("shots", "", "folder to write screenshots of the stories to")
	only  = flag.String("only", "", "regular expression of the stories to take them of")
)

const axePath = "../../node_modules/axe-core/axe.min.js"

// missing ends a test whose tool is not installed: loudly on a laptop, as a failure where CI says that everything is there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("SKIPPED: %s is missing, so nothing was looked at", what)
}

// openBrowser starts a browser with an empty profile that ends with the test.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		missing(t, "a Chromium browser")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("force-color-profile", "srgb"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func serve(t *testing.T) (string, []Story) {
	t.Helper()
	assets, err := static.New()
	require.NoError(t, err)
	server := httptest.NewServer(Handler(assets))
	t.Cleanup(server.Close)
	return server.URL, Stories(assets)
}

func scheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	})
}

// A desk, a tablet, a phone, and the desk at 200 % zoom.
var screens = []struct{ width, height int64 }{{1440, 900}, {1024, 900}, {390, 844}, {720, 450}}

func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("screenshots are taken when -shots names a folder")
	}
	wanted := regexp.MustCompile(*only)
	ctx := openBrowser(t)
	url, stories := serve(t)
	require.NoError(t, os.MkdirAll(*shots, 0o755))
	for _, story := range stories {
		if !wanted.MatchString(story.Name) {
			continue
		}
		for _, size := range screens {
			for _, theme := range []string{"light", "dark"} {
				require.NoError(t, chromedp.Do(ctx, scheme(theme), chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate(url+Prefix+story.Name)))
				image, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", story.Name, size.width, theme)), image, 0o644))
			}
		}
	}
}

// violation is what axe says of one rule.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Two frames let a change of theme or width reach every style before axe looks.
const runAxe = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
	.then(() => axe.run(document, {resultTypes: ["violations"], runOnly: %s})).then(r => JSON.stringify(r.violations))`

const (
	allRules     = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	contrastRule = `{type: "rule", values: ["color-contrast"]}`
)

// look is one way of looking at a page.
type look struct {
	width        int64
	theme, rules string
}

// ways lists them: a desk in light and dark, a phone in light. With -short, the first.
func ways() []look {
	all := []look{{1440, "light", allRules}, {1440, "dark", contrastRule}, {390, "light", allRules}}
	if testing.Short() {
		return all[:1]
	}
	return all
}

// tabs is how many pages are looked at side by side.
const tabs = 2

func TestStoriesAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(axePath)
	if err != nil {
		missing(t, "axe-core (npm ci)")
	}
	browser := openBrowser(t)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate("data:text/html,<img src=x>")))
	require.NotEmpty(t, examine(t, browser, string(axe), ways()[0]), "axe finds nothing wrong with a page that is wrong")
	url, stories := serve(t)
	looked := make([]int, tabs)
	t.Run("tabs", func(t *testing.T) {
		for tab := range tabs {
			t.Run(fmt.Sprint(tab), func(t *testing.T) {
				t.Parallel()
				ctx, cancel := chromedp.NewContext(browser)
				t.Cleanup(cancel)
				for i := tab; i < len(stories); i += tabs {
					looked[tab] += lookAt(t, ctx, url, stories[i], string(axe))
				}
			})
		}
	})
	require.Equal(t, len(ways())*len(stories), looked[0]+looked[1])
}

func lookAt(t *testing.T, ctx context.Context, url string, story Story, axe string) (looks int) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, scheme("light"), chromedp.EmulateViewport(1440, 900), chromedp.Navigate(url+Prefix+story.Name)))
	for _, way := range ways() {
		require.NoError(t, chromedp.Do(ctx, scheme(way.theme), chromedp.EmulateViewport(way.width, 900)))
		for _, v := range examine(t, ctx, axe, way) {
			t.Errorf("%s at %d, %s: %s: %s\n%s", story.Name, way.width, way.theme, v.ID, v.Help, nodes(v))
		}
		looks++
	}
	return looks
}

// examine runs axe on the page that is open.
func examine(t *testing.T, ctx context.Context, axe string, way look) []violation {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[any](`if (!window.axe) {`+axe+`};0`))
	require.NoError(t, err)
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(runAxe, way.rules), chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	var violations []violation
	require.NoError(t, json.Unmarshal([]byte(out), &violations))
	return violations
}

func nodes(v violation) string {
	var b strings.Builder
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "  … and %d more\n", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "  %s\n    %s\n", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
	}
	return b.String()
}
