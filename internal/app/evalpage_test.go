package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
)

func TestTheReportIsAccessible(t *testing.T) {
	tab := browsertest.Open(t).Tab(t)
	r, err := evaluate(t, "injection", injectionRows)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "report.html")
	page, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, r.WriteHTML(page))
	require.NoError(t, page.Close())
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{390, 1440} {
			tab.Size(t, width, 900)
			tab.Theme(t, theme)
			tab.Go(t, "file://"+path)
			name := fmt.Sprintf("%s, %d pixels", theme, width)
			tab.CheckAccessible(t, name, browsertest.AllRules)
			require.True(t, tab.Is(t, `document.documentElement.scrollWidth <= innerWidth`), name)
			require.True(t, tab.Is(t, `document.querySelectorAll("b").length === 0 && document.body.innerText.includes("made/<b>wrong")`), "sources are text")
		}
	}
}
