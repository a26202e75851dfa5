package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

const (
	experiments = policyHome + "/experiments"
	// A plan with hostile names; the gap in the rows is meant.
	planForm = "bias=bias.uncritical_acceptance&name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&question=Why%3F" +
		"&arms[0].name=nothing&arms[0].share=50&arms[3].name=ask&arms[3].share=50&arms[3].strategy=text&arms[3].text=Sure%3F"
)

func TestExperimentIsPlannedStartedReadAndEnded(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := site.Person(review.RoleLead)
	answer := lead.Do(formPost(experiments, planForm))
	require.Equal(t, http.StatusSeeOther, answer.Code, answer.Body.String())
	home := answer.Header().Get("Location")
	body := page(t, lead.Get(home), 200)
	webtest.Says(t, body, "&lt;script&gt;alert(1)&lt;/script&gt;")
	webtest.Conceals(t, body, "<script>alert")
	webtest.Says(t, body, "Start it")
	require.Equal(t, http.StatusSeeOther, lead.Do(formPost(home+"/start", "")).Code)
	webtest.Says(t, page(t, lead.Do(formPost(home+"/start", "")), http.StatusConflict), "started before")

	running, err := site.Service.RunningExperiments(t.Context())
	require.NoError(t, err)
	prompted, treated := 0, 0
	for i := range 8 {
		treated += running[0].Assign(fmt.Sprint("u-", i)) // the second arm is number 1
		for range 12 {
			posted := site.App(webtest.Home).PostJSON("/api/v1/interactions", fmt.Sprintf(`{"prompt":"What is the time?","response":"Noon.","user_id":"u-%d",`+
				`"feedback":{"action":"accepted_without_review","seeded":true}}`, i))
			require.Equal(t, http.StatusCreated, posted.Code)
			prompted += strings.Count(posted.Body.String(), `"text":"Sure?"`)
		}
	}
	require.Equal(t, treated, prompted)
	body = page(t, lead.Get(home), 200)
	webtest.Says(t, body, "Wrong answers taken over")
	webtest.Says(t, body, "not before 100 users")
	webtest.Says(t, body, "Nothing can be said yet")

	webtest.Says(t, page(t, lead.Do(formPost(home+"/end", "reason=")), http.StatusUnprocessableEntity), "is needed")
	require.Equal(t, http.StatusSeeOther, lead.Do(formPost(home+"/end", "reason=Enough+is+known")).Code)
	body = page(t, lead.Get(home), 200)
	webtest.Says(t, body, "Enough is known")
	webtest.Conceals(t, body, "End it")
	webtest.Says(t, page(t, lead.Get(experiments), 200), "Ended")
}

func TestBadPlansKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead, analyst := site.Person(review.RoleLead), site.Person(review.RoleAnalyst)
	for name, c := range map[string]struct{ form, says string }{
		"no bias":     {strings.Replace(planForm, "bias.uncritical_acceptance", "", 1), "must be a bias detector"},
		"shares":      {strings.Replace(planForm, "arms[3].share=50", "arms[3].share=49", 1), "sum to 100"},
		"no number":   {strings.Replace(planForm, "arms[3].share=50", "arms[3].share=half", 1), "number of percent"},
		"no strategy": {strings.Replace(planForm, "strategy=text", "strategy=shout", 1), "must be one of"},
	} {
		body := page(t, lead.Do(formPost(experiments, c.form)), http.StatusUnprocessableEntity)
		webtest.Says(t, body, c.says)
		webtest.Says(t, body, "Sure?")
		require.NotEmpty(t, name)
	}
	webtest.Says(t, page(t, analyst.Get(experiments), http.StatusForbidden), "may not")
	webtest.Says(t, page(t, lead.Get(experiments), 200), "No experiment has been planned yet")
}

func TestOutcomesOfInterventions(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	iv := site.PostUnread(webtest.Home, "u-9").Interventions[0]
	at := "/api/v1/interventions/" + iv.ID + "/outcome"
	home, foreign := site.App(webtest.Home), site.App(webtest.Foreign)
	require.Equal(t, http.StatusConflict, home.PostJSON(at, `{"outcome":"shown"}`).Code, "nobody has approved it")
	for body, status := range map[string]int{
		`{"outcome":"loved"}`: http.StatusUnprocessableEntity, `{"outcome":1}`: http.StatusUnprocessableEntity, `{}`: http.StatusUnprocessableEntity,
		`{"outcom":"shown"}`: http.StatusUnprocessableEntity, `{`: http.StatusBadRequest,
	} {
		require.Equal(t, status, home.PostJSON(at, body).Code, body)
	}
	require.Equal(t, http.StatusNotFound, foreign.PostJSON(at, `{"outcome":"shown"}`).Code)
}

func TestPolicySaysInWhichWordsABiasIsSpokenOf(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	lead := site.Person(review.RoleLead)
	body := page(t, lead.Get(policyHome+"/draft/edit"), 200)
	webtest.Says(t, body, "interventions.bias.leading_prompt.strategy")
	webtest.Says(t, body, "it may reach users without a person")
	webtest.Says(t, body, "Its precision is not measured")
	form := "revision=&interventions.bias.uncritical_acceptance.strategy=text&interventions.bias.uncritical_acceptance.texts.text=Look+%3Cb%3Etwice"
	require.Equal(t, http.StatusSeeOther, lead.Do(formPost(policyHome+"/draft", form)).Code)
	body = page(t, lead.Get(policyHome+"/draft"), 200)
	webtest.Says(t, body, "Look &lt;b&gt;twice")
	webtest.Says(t, body, "Interventions")
	refused := lead.Do(formPost(policyHome+"/draft", form+"&interventions.bias.uncritical_acceptance.automatic=true"))
	webtest.Says(t, page(t, refused, http.StatusUnprocessableEntity), "needs a precision of which at least 80 % is shown")
}

// formPost is a form as a browser sends it.
func formPost(target, body string) *http.Request {
	r := webtest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
