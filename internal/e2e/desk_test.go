package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

func TestAListIsNamedAndGoneToByKeys(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	p.Go(t, s.url+"/queue?sort=oldest")
	p.Until(t, scripted)
	p.Press(t, "v")
	p.Until(t, `document.activeElement.matches(".is-views a, .is-views input")`)
	p.Type(t, "#view-name", "The oldest")
	p.Press(t, "Enter")
	p.Until(t, `document.querySelector("h1").innerText === "The oldest" && location.search === "?sort=oldest"`)
	p.Go(t, s.url+"/decisions")
	p.Until(t, scripted)
	p.Press(t, "g", "1")
	p.Until(t, `location.pathname + location.search === "/queue?sort=oldest"`)
	p.Go(t, s.url+"/queue/views")
	p.Click(t, `form[action$="/start"] button`)
	p.Until(t, `document.querySelector(".saved-head").innerText.includes("you begin here")`)
	p.Until(t, scripted)
	p.Press(t, "g", "q")
	p.Until(t, `location.search === "?sort=oldest"`)
}

func TestAListIsNamedWithoutScripts(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	p.WithoutScripts(t)
	s.signIn(t, p, "ada")
	p.Go(t, s.url+"/queue?sort=newest")
	p.Click(t, `.panel:has(.is-views) > summary`)
	p.Type(t, "#view-name", "The newest")
	p.Press(t, "Enter")
	p.Until(t, `document.querySelector("h1").innerText === "The newest"`)
	p.Go(t, s.url+"/queue/views")
	p.Click(t, `form[action$="/deletion"] button`)
	p.Until(t, `document.querySelector(".empty") !== null`)
	require.True(t, p.Is(t, `document.body.innerText.includes("View deleted.")`))
}

const previewed = `(document.getElementById("preview")?.dataset.preview ?? "")`

func TestThePreviewFollowsTheFocusWhereThereIsRoom(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	p.Size(t, 1440, 900)
	s.signIn(t, p, "ada")
	p.Until(t, scripted)
	require.True(t, p.Is(t, `!document.getElementById("preview")`))
	p.Press(t, "p")
	p.Until(t, `!!document.getElementById("preview") && document.documentElement.dataset.busy === undefined`)
	first := p.Text(t, previewed)
	top := p.Text(t, `JSON.stringify(document.querySelector(".rows").getBoundingClientRect())`)
	p.Press(t, "j")
	require.Equal(t, first, p.Text(t, previewed))
	p.Press(t, "j")
	p.Until(t, previewed+` !== "`+first+`" && document.activeElement.closest("[data-line]").dataset.line === `+previewed)
	require.True(t, p.Is(t, `document.activeElement.closest("[data-line]").classList.contains("is-shown")`))
	require.Equal(t, top, p.Text(t, `JSON.stringify(document.querySelector(".rows").getBoundingClientRect())`), "nothing moves")
	require.True(t, p.Is(t, `!document.body.innerText.includes("held by you")`))
	p.Go(t, s.url+"/queue")
	p.Until(t, scripted)
	require.True(t, p.Is(t, `document.querySelector(".split-preview").checkVisibility()`), "it is remembered")
	p.CheckAccessible(t, "queue with preview", browsertest.AllRules)

	p.Size(t, 1280, 900)
	require.True(t, p.Is(t, `!document.querySelector(".split-preview").checkVisibility()`))
	shown := p.Text(t, previewed)
	p.Press(t, "j")
	p.Press(t, "j", "j")
	require.Equal(t, shown, p.Text(t, previewed), "nothing is fetched for nobody")
}

func TestAPreviewIsAPageWithoutScripts(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	p.WithoutScripts(t)
	p.Size(t, 1440, 900)
	s.signIn(t, p, "ada")
	p.Click(t, `form[action="/queue/preview"] button`)
	p.Until(t, `!!document.querySelector(".split-preview #preview")`)
	p.Click(t, `[data-line]:last-child a[data-look]`)
	p.Until(t, `location.pathname.endsWith("/preview") && !!document.getElementById("preview")`)
	require.True(t, p.Is(t, `!document.querySelector("input[name=token]")`))
}

func TestChosenLinesAreHandedOverByKeys(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	p.Until(t, scripted)
	p.Press(t, "j", "x")
	p.Press(t, "j", "x")
	p.Until(t, `document.querySelector("[data-chosen]").innerText.startsWith("2")`)
	p.Press(t, "d")
	p.Until(t, `location.pathname === "/queue/selection" && document.querySelectorAll(".chosen-line").length === 2`)
	p.CheckAccessible(t, "chosen lines", browsertest.AllRules)
	require.True(t, p.Is(t, `(() => { const s = document.querySelector("#to"); s.selectedIndex = 1; return s.value !== ""; })()`))
	p.Click(t, `form[action$="/handover"] button`)
	p.Until(t, `location.pathname === "/queue" && document.body.innerText.includes("held by Ben")`)
	p.Until(t, scripted)
	p.Press(t, "z")
	p.Until(t, `!document.body.innerText.includes("held by Ben") && document.documentElement.dataset.busy === undefined`)
	require.Zero(t, rows(s.decisions(t)))
}

// TestDecidingTogetherIsInTheTrail: one decision and one event for each of the chosen, and all of it undone at once, with scripts or without.
func TestDecidingTogetherIsInTheTrail(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		s := newSite(t)
		p := browsertest.Open(t).Person(t)
		if !scripts {
			p.WithoutScripts(t)
		}
		s.signIn(t, p, "ada")
		if scripts {
			p.Until(t, scripted)
			p.Press(t, "j", "x")
			p.Press(t, "j", "x")
			p.Until(t, `document.querySelector("[data-chosen]").innerText.startsWith("2")`)
			p.Press(t, "d")
		} else {
			p.Click(t, `.row-line:nth-of-type(2) [data-pick]`)
			p.Click(t, `.row-line:nth-of-type(3) [data-pick]`)
			p.Click(t, `#selection button[type=submit]`)
		}
		p.Until(t, `location.pathname === "/queue/selection" && document.querySelectorAll(".chosen-line").length === 2`)
		p.Type(t, "#reason", "the same attack twice")
		require.True(t, p.Is(t, `(() => { const s = document.querySelector("#label"); s.value = "injection"; return s.value === "injection"; })()`))
		p.Click(t, `form[action$="/selection/decision"] button[value=block]`)
		p.Until(t, `document.body.innerText.includes("Undo")`)
		require.Equal(t, 2, rows(s.decisions(t)), "scripts: %v", scripts)
		trail := guardroom(t, "", "audit", "export", "--data", s.data, "--format", "jsonl")
		require.Equal(t, 2, strings.Count(trail, `"decision.made"`), "scripts: %v", scripts)
	}
}
