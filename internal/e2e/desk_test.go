package e2e

import (
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
