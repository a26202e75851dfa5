package web_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestBlurIsRemembered(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	first, second := "/items/"+site.PostAttack(webtest.Home, "one").Item.ID, "/items/"+site.PostAttack(webtest.Home, "two").Item.ID
	person := site.Person(review.RoleViewer)
	webtest.Conceals(t, page(t, person.Get(first), 200), "data-veil")
	require.Equal(t, first, seen(t, person.Post(first+"/veil", url.Values{"veil": {"always"}})))
	for _, item := range []string{first, second} {
		webtest.Says(t, page(t, person.Get(item), 200), "data-veil")
	}
	webtest.Conceals(t, page(t, site.Person(review.RoleAuditor).Get(first), 200), "data-veil")
	webtest.Says(t, page(t, site.Person(review.RoleViewer).Get(second), 200), "data-veil")
	require.Equal(t, second, seen(t, person.Post(second+"/veil", url.Values{"veil": {"off"}})))
	webtest.Conceals(t, page(t, person.Get(first), 200), "data-veil")
	require.Equal(t, 422, person.Post(second+"/veil", url.Values{"veil": {"<maybe>"}}).Code)
}
