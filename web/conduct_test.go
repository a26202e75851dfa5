package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestConductPages(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	site.PostAttack(webtest.Home, "one")
	site.PostAttack(webtest.Foreign, "two")
	const home = "/behavior/" + webtest.Home
	webtest.Says(t, page(t, lead.Get("/behavior"), 200), home)
	webtest.Conceals(t, page(t, lead.Get("/behavior"), 200), "/behavior/"+webtest.Foreign)
	body := page(t, analyst.Get(home+"?user=%3Cscript%3Ealert(1)%3C%2Fscript%3E"), 200)
	webtest.Says(t, body, "&lt;script&gt;alert(1)&lt;/script&gt;")
	webtest.Conceals(t, body, "<script>alert")
	webtest.Conceals(t, body, "Block this user")
	webtest.Says(t, page(t, lead.Get("/behavior/"+webtest.Foreign), http.StatusNotFound), "no such App")
}

func TestAUserIsBlockedForAWhile(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := site.Person(review.RoleLead)
	const at = "/behavior/" + webtest.Home + "/restriction"
	post := func(user string) string {
		answer := site.App(webtest.Home).PostJSON(interactions, `{"prompt":"What is the time?","user_id":"`+user+`"}`)
		require.Equal(t, http.StatusCreated, answer.Code)
		var posted webtest.Posted
		webtest.Decode(t, answer, &posted)
		return posted.Verdict
	}
	require.Equal(t, "allow", post("u-5"))
	for _, form := range []string{"user=u-5&hours=24&standing=block&reason=", "user=u-5&hours=0&standing=block&reason=x", "user=u-5&hours=x&standing=block&reason=x",
		"user=&hours=1&standing=block&reason=x", "user=u-5&hours=1&standing=shame&reason=x"} {
		require.Equal(t, http.StatusUnprocessableEntity, lead.Do(formPost(at, form)).Code, form)
	}
	answer := lead.Do(formPost(at, "user=u-5&hours=24&standing=block&reason=Stolen+%3Ckey%3E"))
	require.Equal(t, http.StatusSeeOther, answer.Code)
	require.Equal(t, "block", post("u-5"))
	require.Equal(t, "allow", post("u-6"))
	webtest.Says(t, page(t, lead.Get(answer.Header().Get("Location")), 200), "Stolen &lt;key&gt;")
	require.Equal(t, http.StatusSeeOther, lead.Do(formPost(at, "user=u-5&standing=&reason=Found+again")).Code)
	require.Equal(t, "allow", post("u-5"))
}
