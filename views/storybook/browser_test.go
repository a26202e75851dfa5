package storybook

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
	"github.com/guardroom/guardroom/static"
)

// The screenshots are for eyes: go test ./views/storybook -run Screenshots -shots DIR. With -only REGEXP only those stories are
// photographed and looked at.
var (
	shots = flag.String("shots", "", "folder to write screenshots of the stories to")
	only  = flag.String("only", "", "regular expression of the stories that are meant")
)

func serve(t *testing.T) (string, []Story) {
	t.Helper()
	assets, err := static.New()
	require.NoError(t, err)
	server := httptest.NewServer(Handler(assets))
	t.Cleanup(server.Close)
	return server.URL, Stories(assets)
}

// A desk, a tablet, a phone, and the desk at 200 % zoom.
var screens = []struct{ width, height int64 }{{1440, 900}, {1024, 900}, {390, 844}, {720, 450}}

func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("screenshots are taken when -shots names a folder")
	}
	wanted := regexp.MustCompile(*only)
	page := browsertest.Open(t).Tab(t)
	url, stories := serve(t)
	require.NoError(t, os.MkdirAll(*shots, 0o755))
	for _, story := range stories {
		if !wanted.MatchString(story.Name) {
			continue
		}
		for _, size := range screens {
			for _, theme := range []string{"light", "dark"} {
				page.Theme(t, theme)
				page.Size(t, size.width, size.height)
				page.Go(t, url+Prefix+story.Name)
				name := fmt.Sprintf("%s-%d-%s.png", story.Name, size.width, theme)
				require.NoError(t, os.WriteFile(filepath.Join(*shots, name), page.Screenshot(t), 0o644))
			}
		}
	}
}

// look is one way of looking at a page.
type look struct {
	width        int64
	theme, rules string
}

// ways lists them: a desk and a phone, each in light and dark.
func ways() []look {
	return []look{{1440, "light", browsertest.AllRules}, {1440, "dark", browsertest.ContrastRule}, {390, "light", browsertest.AllRules}, {390, "dark", browsertest.ContrastRule}}
}

// tabs is how many pages are looked at side by side.
const tabs = 2

func TestStoriesAreAccessible(t *testing.T) {
	browser := browsertest.Open(t)
	wrong := browser.Tab(t)
	wrong.Go(t, "data:text/html,<img src=x>")
	require.NotEmpty(t, wrong.Violations(t, browsertest.AllRules), "axe finds nothing wrong with a page that is wrong")
	url, stories := serve(t)
	stories = slices.DeleteFunc(stories, func(s Story) bool { return !regexp.MustCompile(*only).MatchString(s.Name) })
	require.NotEmpty(t, stories)
	var looked [tabs]int
	t.Run("tabs", func(t *testing.T) {
		for tab := range tabs {
			t.Run(fmt.Sprint(tab), func(t *testing.T) {
				t.Parallel()
				page := browser.Tab(t)
				for i := tab; i < len(stories); i += tabs {
					looked[tab] += lookAt(t, page, url, stories[i])
				}
			})
		}
	})
	require.Equal(t, len(ways())*len(stories), looked[0]+looked[1])
}

func lookAt(t *testing.T, page *browsertest.Page, url string, story Story) (looks int) {
	t.Helper()
	for _, way := range ways() {
		page.Theme(t, way.theme)
		page.Size(t, way.width, 900)
		if looks == 0 {
			show(t, page, url, story)
		}
		page.CheckAccessible(t, fmt.Sprintf("%s at %d, %s", story.Name, way.width, way.theme), way.rules)
		looks++
	}
	return looks
}

// swap brings a page in as the script does for whoever follows a link: what stands in #shell is exchanged. That keeps axe warm in the
// document and takes half the time that a new one takes.
const swap = `(async () => {
	const shell = document.getElementById("shell");
	if (!shell || !window.htmx) return false;
	await htmx.ajax("GET", %q, {target: "#shell", select: "#shell", swap: "outerHTML"});
	return document.getElementById("shell") !== shell;
})()`

// show brings a story into the tab: by a swap where it has the frame for one, and otherwise as a new document.
func show(t *testing.T, page *browsertest.Page, url string, story Story) {
	t.Helper()
	var drawn strings.Builder
	require.NoError(t, story.Page.Render(t.Context(), &drawn))
	if strings.Contains(drawn.String(), `id="shell"`) && page.Is(t, fmt.Sprintf(swap, Prefix+story.Name)) {
		return
	}
	page.Go(t, url+Prefix+story.Name)
}
