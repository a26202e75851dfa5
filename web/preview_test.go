package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestAPreviewIsReadAndTakesNothing(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "my mail is jo.doe@example.org").Item.ID
	analyst := site.Person(review.RoleAnalyst)
	require.NotContains(t, page(t, analyst.Get("/queue"), http.StatusOK), "split-preview")
	require.Equal(t, "/queue?sort=oldest", seen(t, analyst.Post("/queue/preview", url.Values{"shown": {"1"}, "from": {"sort=oldest"}})))
	body := page(t, analyst.Get("/queue"), http.StatusOK)
	require.Contains(t, body, `data-preview="`+item+`"`)
	require.Contains(t, body, `aria-pressed="true"`)
	require.Contains(t, page(t, analyst.Get("/queue?kind=audit"), http.StatusOK), "Nothing matches", "without lines there is none")
	before := events(t, site, "item.claimed")

	alone := page(t, analyst.Get("/items/"+item+"/preview?peek=1"), http.StatusOK)
	webtest.Says(t, alone, "previous instructions")
	webtest.Says(t, alone, "Personal data and secrets are masked.")
	webtest.Conceals(t, alone, "jo.doe@example.org")
	require.NotContains(t, alone, `name="token"`)
	require.Empty(t, holder(t, site, item))
	require.Equal(t, before, events(t, site, "item.claimed"))

	require.Equal(t, "/queue", seen(t, analyst.Post("/queue/preview", url.Values{"shown": {""}})))
	require.NotContains(t, page(t, analyst.Get("/queue"), http.StatusOK), "split-preview")
}
