package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

const option = `(document.getElementById(document.querySelector("#palette-input").getAttribute("aria-activedescendant"))?.innerText ?? "")`

func TestThePaletteGoesAndDoes(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	first := atWork(t, s, p)
	p.Chord(t, browsertest.Control, "k")
	p.Until(t, `document.querySelector("#palette").open && document.activeElement.id === "palette-input"`)
	p.Until(t, `document.querySelectorAll("#palette-list [role=option]").length > 5`)
	p.CheckAccessible(t, "palette", browsertest.AllRules)
	p.Press(t, "a")
	require.Equal(t, first, p.Text(t, shownItem), "what is typed there is text")
	p.Press(t, "Escape")
	p.Until(t, `!document.querySelector("#palette").open`)

	p.Chord(t, browsertest.Control, "k")
	p.Type(t, "#palette-input", "decis")
	p.Until(t, option+`.includes("decisions")`)
	p.Press(t, "Enter")
	p.Until(t, `location.pathname === "/decisions" && document.documentElement.dataset.busy === undefined`)

	p.Go(t, s.url+"/items/"+first)
	p.Until(t, aheadReady)
	p.Chord(t, browsertest.Control, "k")
	p.Type(t, "#palette-input", "appro")
	p.Until(t, option+`.includes("Approve")`)
	p.Press(t, "Enter")
	p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	require.Equal(t, 1, rows(s.decisions(t)))
}

func TestThePaletteIsAPageWithoutScripts(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	p.WithoutScripts(t)
	s.signIn(t, p, "ada")
	p.Click(t, `a[href="/commands"]`)
	p.Until(t, `location.pathname === "/commands"`)
	p.Type(t, "#q", "decis")
	p.Press(t, "Enter")
	p.Until(t, `location.search === "?q=decis"`)
	p.Click(t, "#commands-found a")
	p.Until(t, `location.pathname === "/decisions"`)
}

func TestPeoplePressTheirOwnKeys(t *testing.T) {
	s := newSite(t)
	p := browsertest.Open(t).Person(t)
	s.signIn(t, p, "ada")
	p.Go(t, s.url+"/account")
	p.Until(t, scripted)
	require.True(t, p.Is(t, `(document.querySelector(".own-keys").open = true)`))
	p.Type(t, "#key-approve", "y")
	p.Click(t, `form[data-preferences] button[type=submit]`)
	p.Until(t, `location.pathname === "/account" && document.readyState === "complete" && document.querySelector("#key-approve").value === "y" && document.body.innerText.includes("Saved")`)
	p.CheckAccessible(t, "account", browsertest.AllRules)
	p.Go(t, s.url+"/queue/next")
	p.Until(t, onItem)
	p.Until(t, scripted)
	first := p.Text(t, shownItem)
	p.Press(t, "a")
	require.Equal(t, first, p.Text(t, shownItem))
	p.Press(t, "y")
	p.Until(t, onItem+` && !location.pathname.endsWith("`+first+`")`)
	require.Equal(t, 1, rows(s.decisions(t)))
	p.Press(t, "?")
	require.True(t, p.Is(t, `[...document.querySelectorAll("#keys dt")].some((e) => e.innerText.trim() === "Y")`), "the sheet shows them")
}
