package web_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestRetentionPage(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin, auditor := site.Person(review.RoleAdmin), site.Person(review.RoleAuditor)
	const at = "/apps/" + webtest.Home + "/retention"
	body := page(t, admin.Get(at), 200)
	webtest.Says(t, body, "for 30 days")
	webtest.Says(t, body, "Nothing is held.")
	item := site.PostAttack(webtest.Home, "one").Item.ID
	for _, form := range []string{"kind=item&subject=" + item + "&reason=", "kind=item&subject=none&reason=x", "kind=user&subject=&reason=x", "kind=app&subject=u&reason=x", "kind=all&reason=x"} {
		require.Equal(t, http.StatusUnprocessableEntity, admin.Do(formPost("/apps/"+webtest.Home+"/holds", form)).Code, form)
	}
	form := "kind=item&subject=" + item + "&reason=Case+%3Cb%3E17"
	require.Equal(t, http.StatusSeeOther, admin.Do(formPost("/apps/"+webtest.Home+"/holds", form)).Code)
	require.Equal(t, http.StatusConflict, admin.Do(formPost("/apps/"+webtest.Home+"/holds", form)).Code)
	body = page(t, auditor.Get(at), 200)
	webtest.Says(t, body, "Case &lt;b&gt;17")
	webtest.Conceals(t, body, "Lift the hold")
	require.Equal(t, http.StatusForbidden, auditor.Do(formPost("/apps/"+webtest.Home+"/holds", form)).Code)
	path := regexp.MustCompile(`/apps/[a-z-]+/holds/[0-9a-f-]+/lift`).FindString(page(t, admin.Get(at), 200))
	require.NotEmpty(t, path)
	require.Equal(t, http.StatusUnprocessableEntity, admin.Do(formPost(path, "reason=")).Code)
	require.Equal(t, http.StatusSeeOther, admin.Do(formPost(path, "reason=It+is+over")).Code)
	webtest.Says(t, page(t, admin.Get(at), 200), "Nothing is held.")
	require.Equal(t, http.StatusNotFound, admin.Do(formPost(path, "reason=again")).Code)
}

func TestAPersonIsErased(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	admin := site.Person(review.RoleAdmin)
	const at = "/apps/" + webtest.Home + "/erasures"
	site.PostUnread(webtest.Home, "u-2")
	webtest.Says(t, page(t, admin.Get(at+"?user=%3Ci%3E"), 200), "&lt;i&gt;")
	webtest.Says(t, page(t, admin.Get(at+"?user=u-2"), 200), "Erase for good")
	for _, form := range []string{"user=u-2&reason=", "user=&reason=x"} {
		require.Equal(t, http.StatusUnprocessableEntity, admin.Do(formPost(at, form)).Code, form)
	}
	require.Equal(t, http.StatusSeeOther, admin.Do(formPost(at, "user=u-2&reason=Asked+for+it")).Code)
	require.Equal(t, http.StatusConflict, admin.Do(formPost(at, "user=u-2&reason=again")).Code)
	webtest.Says(t, page(t, admin.Get(at), 200), "under way")
	require.Equal(t, http.StatusNotFound, admin.Get(at+"/00000000-0000-7000-8000-000000000000").Code)
}
