package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
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
	decideForm, _, _ := strings.Cut(told, `action="/queue/selection/label"`)
	chosen := chosenItem.FindAllStringSubmatch(decideForm, -1)
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

// choose returns the form of the lines that the page offers to choose.
func choose(t testing.TB, body string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, box := range chosenItem.FindAllStringSubmatch(body, -1) {
		form.Add("item", box[1])
	}
	require.NotEmpty(t, form)
	return form
}

func TestChosenLinesAreLabelledAndHandedOver(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	var ids []string
	for _, suffix := range []string{"a", "b", "c"} {
		ids = append(ids, site.PostAttack(webtest.Home, suffix).Item.ID)
	}
	analyst := site.Person(review.RoleAnalyst)
	lead := site.Viewer(t, review.RoleLead)
	lines := choose(t, page(t, analyst.Get("/queue"), 200))
	told := page(t, analyst.Post("/queue/selection", lines), 200)
	for _, words := range []string{"To be labelled: 3.", "To be handed over: 3,", "Choose a colleague"} {
		webtest.Says(t, told, words)
	}
	batches := chosenBatch.FindAllStringSubmatch(told, -1)
	require.Len(t, batches, 3)

	label := with(lines, "batch", batches[1][1], "label", "injection", "from", "kind=interaction")
	require.Equal(t, "/queue?kind=interaction", seen(t, analyst.Post("/queue/selection/label", label)))
	require.Contains(t, page(t, analyst.Get("/queue"), 200), `action="/batches/undo"`)
	webtest.Says(t, page(t, analyst.Get("/items/"+ids[0]+"?peek=1"), 200), "labelled it")
	require.Equal(t, http.StatusSeeOther, analyst.Post("/batches/undo", url.Values{"batch": {batches[1][1]}}).Code)
	webtest.Conceals(t, page(t, analyst.Get("/items/"+ids[0]+"?peek=1"), 200), "labelled it")
	require.Equal(t, 422, analyst.Post("/queue/selection/label", with(label, "batch", batches[0][1], "label", "")).Code)

	hand := with(lines, "batch", batches[2][1], "to", lead.User.ID, "body", "yours <b>")
	require.Equal(t, 422, analyst.Post("/queue/selection/handover", with(hand, "to", "nobody")).Code)
	require.Equal(t, "/queue", seen(t, analyst.Post("/queue/selection/handover", hand)))
	require.Equal(t, "lead", holder(t, site, ids[2]))
	inbox := page(t, site.Person(review.RoleLead).Get("/inbox"), 200)
	webtest.Says(t, inbox, "handed several items to you")
	require.Contains(t, inbox, "yours &lt;b&gt;")
	left := page(t, analyst.Post("/queue/selection/label", with(label, "batch", "01900000-0000-7000-8000-000000000002")), 200)
	webtest.Says(t, left, "Done: 0. Left out: 3.")
	require.Equal(t, http.StatusSeeOther, analyst.Post("/batches/undo", url.Values{"batch": {batches[2][1]}}).Code)
	require.Empty(t, holder(t, site, ids[2]))

	script := site.Script(review.RoleAnalyst)
	answer := script.Post("/queue/selection/handover", with(hand, "batch", "01900000-0000-7000-8000-000000000003"))
	require.Equal(t, http.StatusOK, answer.Code)
	require.Contains(t, answer.Body.String(), `"done":3`)
}

// Blind items can be handed over, and neither decided nor labelled together.
func TestBlindLinesAreHandedOverAlone(t *testing.T) {
	t.Parallel()
	site := webtest.NewBlindSite(t)
	item := site.PostAttack(webtest.Home, "a").Item.ID
	analyst := site.Person(review.RoleAnalyst)
	site.Email(review.RoleLead)
	lines := choose(t, page(t, analyst.Get("/queue"), 200))
	told := page(t, analyst.Post("/queue/selection", lines), 200)
	webtest.Says(t, told, "it is judged blind first")
	require.NotContains(t, told, `action="/queue/selection/decision"`)
	require.NotContains(t, told, `action="/queue/selection/label"`)
	require.Contains(t, told, `action="/queue/selection/handover"`)
	answer := page(t, analyst.Post("/queue/selection/label", with(lines, "batch", "01900000-0000-7000-8000-000000000004", "label", "injection")), 200)
	webtest.Says(t, answer, "Done: 0. Left out: 1.")
	to := site.Viewer(t, review.RoleLead).User.ID
	require.Equal(t, "/queue", seen(t, analyst.Post("/queue/selection/handover", with(lines, "batch", "01900000-0000-7000-8000-000000000005", "to", to))))
	require.Equal(t, "lead", holder(t, site, item))
}
