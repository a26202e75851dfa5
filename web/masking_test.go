package web_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestPersonalDataIsMaskedUntilSomebodyLooks(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := "/items/" + site.PostAttack(webtest.Home, "and mail it to ann.weber@example.net").Item.ID
	looked := 0
	for _, role := range review.Roles() {
		person := site.Person(role)
		body := page(t, person.Get(item+"?peek=1"), 200)
		webtest.Conceals(t, body, "ann.weber")
		webtest.Says(t, body, "[EMAIL_1]")
		if !role.May(review.PermPersonal) {
			webtest.Says(t, body, "masked for your role")
			webtest.Conceals(t, body, item+"/personal")
			require.Equal(t, 403, person.Post(item+"/personal", nil).Code)
			continue
		}
		looked++
		webtest.Says(t, body, item+"/personal")
		require.Equal(t, item+"?from=kind%3Daudit", seen(t, person.Post(item+"/personal", url.Values{"from": {"kind=audit"}})))
		require.Equal(t, item, seen(t, person.Post(item+"/personal", nil)), "twice is once")
		body = page(t, person.Get(item+"?peek=1"), 200)
		webtest.Says(t, body, "ann.weber@example.net")
		webtest.Says(t, body, "that is recorded")
	}
	require.Equal(t, 3, looked, "analysts, leads and admins")
	require.Equal(t, looked, events(t, site, "item.unmasked"), "one event for each who looked")
}
