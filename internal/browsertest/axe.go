package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The rules that axe can be asked for.
const (
	AllRules     = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	ContrastRule = `{type: "rule", values: ["color-contrast"]}`
)

// Violation is what axe says of one rule.
type Violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// String lists the first elements that break the rule.
func (v Violation) String() string {
	const listed = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", v.ID, v.Help)
	for i, n := range v.Nodes {
		if i == listed {
			fmt.Fprintf(&b, "  … and %d more\n", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "  %s\n    %s\n", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
	}
	return b.String()
}

// Two frames let a change of theme or width reach every style before axe looks, and what
// fades in has faded in: halfway its colours are nobody's choice. It is spared what none of the rules above asks for: selectors of what it found, and the
// style sheets a second time.
const runAxe = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
	.then(() => Promise.allSettled(document.getAnimations()
		.filter(a => a.playState === "running" && a.effect.getComputedTiming().endTime !== Infinity).map(a => a.finished)))
	.then(() => axe.run(document, {runOnly: %s, resultTypes: ["violations"], selectors: false, preload: {assets: ["media"]}}))
	.then(r => JSON.stringify(r.violations))`

// CheckAccessible runs axe-core on the page as it is now; each violation fails the
// test.
func (p *Page) CheckAccessible(t testing.TB, name, rules string) {
	t.Helper()
	for _, v := range p.Violations(t, rules) {
		t.Errorf("%s: %s", name, v)
	}
}

// Violations runs axe-core on the page as it is now.
func (p *Page) Violations(t testing.TB, rules string) []Violation {
	t.Helper()
	p.loadAxe(t)
	var found []Violation
	require.NoError(t, json.Unmarshal([]byte(p.Text(t, fmt.Sprintf(runAxe, rules))), &found))
	return found
}

// loadAxe brings axe-core into the document, once.
func (p *Page) loadAxe(t testing.TB) {
	t.Helper()
	if p.Is(t, `"axe" in window`) {
		return
	}
	script, err := os.ReadFile(filepath.Join(root(), "node_modules/axe-core/axe.min.js"))
	if err != nil {
		Missing(t, "axe-core (npm ci)")
	}
	require.True(t, p.Is(t, string(script)+`;"axe" in window`))
}

// root is the folder of go.mod.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}
