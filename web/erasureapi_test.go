package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

func TestAnAppErasesAUser(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	site.PostAttack(webtest.Home, "of u-1")
	foreign := site.PostAttack(webtest.Foreign, "of their u-1")
	require.NotEmpty(t, foreign.ID)
	contract := site.Contract(t)
	app := site.With(site.SpareKey(webtest.Home, review.ScopeErase).Secret)
	const path = "/api/v1/erasures"
	read := func(a *httptest.ResponseRecorder) (e struct {
		ID, State, URL, Certificate string
		Erased                      *struct {
			Texts int `json:"interactions_without_texts"`
		}
	}) {
		contract.Check(t, http.MethodPost, path, a.Code, a.Header(), a.Body.Bytes())
		require.NotContains(t, a.Body.String(), "u-1")
		webtest.Decode(t, a, &e)
		return e
	}

	asked := app.PostJSON(path, `{"user_id":"u-1","reason":"asked for it"}`)
	require.Equal(t, http.StatusAccepted, asked.Code, asked.Body)
	begun := read(asked)
	require.Equal(t, "running", begun.State)
	require.Equal(t, path+"/"+begun.ID, asked.Header().Get("Location"))
	repeated := app.PostJSON(path, `{"user_id":"u-1","reason":"asked for it"}`)
	require.Equal(t, http.StatusOK, repeated.Code)
	require.Equal(t, begun.ID, read(repeated).ID, "the same one")
	early := app.Get(path + "/" + begun.ID + "/certificate")
	require.Equal(t, http.StatusConflict, early.Code)

	for _, other := range []string{path + "/" + begun.ID, path + "/" + begun.ID + "/certificate"} {
		require.Equal(t, http.StatusNotFound, site.App(webtest.Foreign).Get(other).Code, "of another App")
		require.Equal(t, http.StatusForbidden, site.With(site.SpareKey(webtest.Home, review.UsualScopes()...).Secret).Get(other).Code)
	}
	theirs := site.App(webtest.Foreign).PostJSON(path, `{"user_id":"u-1","reason":"theirs"}`)
	require.Equal(t, http.StatusAccepted, theirs.Code, "the same name, another person")
	require.NotEqual(t, begun.ID, read(theirs).ID)

	carryOut := func() {
		atOnce := func(context.Context, time.Duration) error { return nil }
		require.NoError(t, site.Service.CarryOut(t.Context(), func(string, string) {}, atOnce))
	}
	carryOut()
	site.Clock.Advance(time.Minute)
	carryOut()
	state := app.Get(path + "/" + begun.ID)
	require.Equal(t, http.StatusOK, state.Code)
	done := read(state)
	require.Equal(t, "finished", done.State)
	require.Equal(t, 1, done.Erased.Texts)
	certificate := app.Get(path + "/" + begun.ID + "/certificate")
	require.Equal(t, http.StatusOK, certificate.Code)
	contract.Check(t, http.MethodGet, path+"/"+begun.ID+"/certificate", certificate.Code, certificate.Header(), certificate.Body.Bytes())
	statement, err := site.VerifyCertificate(certificate.Body)
	require.NoError(t, err)
	var says struct{ App, By, Reason string }
	require.NoError(t, json.Unmarshal(statement, &says))
	require.Equal(t, webtest.Home, says.App)
	require.Equal(t, "asked for it", says.Reason)

	again := app.PostJSON(path, `{"user_id":"u-1","reason":"once more"}`)
	require.Equal(t, http.StatusAccepted, again.Code, "what came since is another erasure")
	require.NotEqual(t, begun.ID, read(again).ID)
	webtest.Says(t, site.Person(review.RoleAdmin).Get("/apps/"+webtest.Home+"/erasures").Body.String(), webtest.Home)
	require.Contains(t, trail(t, site), "erasure.begun")
}

func TestAnAppSaysWhomAndWhy(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	app := site.App(webtest.Home)
	for body, status := range map[string]int{
		`{`:                            http.StatusBadRequest,
		`{}`:                           http.StatusUnprocessableEntity,
		`{"user_id":"u"}`:              http.StatusUnprocessableEntity,
		`{"user_id":"","reason":"r"}`:  http.StatusUnprocessableEntity,
		`{"user_id":"u","reason":" "}`: http.StatusUnprocessableEntity,
		`{"user_id":"u","reason":1}`:   http.StatusUnprocessableEntity,
		`{"user":"u","reason":"r"}`:    http.StatusUnprocessableEntity,
		`{"user_id":"u","user_id":"v","reason":"r"}`: http.StatusUnprocessableEntity,
	} {
		require.Equal(t, status, app.PostJSON("/api/v1/erasures", body).Code, body)
	}
	require.Equal(t, http.StatusNotFound, app.Get("/api/v1/erasures/none").Code)
	require.Equal(t, http.StatusUnauthorized, site.With("").PostJSON("/api/v1/erasures", `{}`).Code)
	require.NotContains(t, trail(t, site), "erasure.begun")
}
