package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

var (
	chosenItem  = regexp.MustCompile(`name="item" value="([^"]+)"`)
	chosenBatch = regexp.MustCompile(`name="batch" value="([^"]+)"`)
)

func TestChosenLinesAreDecidedTogether(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	var ids []string
	for _, suffix := range []string{"a", "b", "c", "d"} {
		ids = append(ids, site.PostAttack(webtest.Home, suffix).Item.ID)
	}
	foreign := site.PostAttack(webtest.Foreign, "there").Item.ID
	analyst := site.Person(review.RoleAnalyst)
	boxes := chosenItem.FindAllStringSubmatch(page(t, analyst.Get("/queue"), 200), -1)
	require.Len(t, boxes, 4)
	form := url.Values{"from": {"kind=interaction"}}
	for _, box := range boxes {
		form.Add("item", box[1])
	}
	form.Add("item", foreign+":1")
	site.Script(review.RoleLead).Claim(ids[3])

	told := page(t, analyst.Post("/queue/selection", form), 200)
	webtest.Says(t, told, "To be decided: 3. To be left out: 2.")
	webtest.Says(t, told, "lead holds it")
	webtest.Conceals(t, told, foreign)
	chosen := chosenItem.FindAllStringSubmatch(told, -1)
	require.Len(t, chosen, 3)
	decide := url.Values{"from": {"kind=interaction"}, "decision": {"block"}, "label": {"injection"}, "batch": {chosenBatch.FindStringSubmatch(told)[1]}}
	for _, box := range chosen {
		decide.Add("item", box[1])
	}
	require.Equal(t, "/queue?kind=interaction", seen(t, analyst.Post("/queue/selection/decision", decide)))
	after := page(t, analyst.Get("/queue"), 200)
	for _, id := range ids[:3] {
		webtest.Conceals(t, after, id)
	}
	webtest.Says(t, after, ids[3])
	webtest.Says(t, after, `action="/batches/undo"`)
	require.Equal(t, http.StatusSeeOther, analyst.Post("/batches/undo", url.Values{"batch": decide["batch"]}).Code)
	require.Len(t, chosenItem.FindAllString(page(t, analyst.Get("/queue"), 200), -1), 4)

	require.Equal(t, "/queue", seen(t, analyst.Post("/queue/selection", url.Values{})))
	decide.Set("label", "none of the policy")
	decide.Set("batch", "01900000-0000-7000-8000-000000000001")
	webtest.Says(t, page(t, analyst.Post("/queue/selection/decision", decide), 422), "is not in the policy")
}
