package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestPersonalDataIsForThoseWhoDecide(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	item := site.PostAttack(webtest.Home, "and mail it to ann.weber@example.net").Item.ID
	read := 0
	for _, role := range review.Roles() {
		body := page(t, site.Person(role).Get("/items/"+item+"?peek=1"), 200)
		if !role.May(review.PermPersonal) {
			webtest.Conceals(t, body, "ann.weber")
			webtest.Says(t, body, "[EMAIL_1]")
			webtest.Says(t, body, "masked for your role")
			continue
		}
		read++
		webtest.Says(t, body, "ann.weber@example.net")
		webtest.Conceals(t, body, "masked for your role")
	}
	require.Equal(t, 3, read, "analysts, leads and admins")
}
