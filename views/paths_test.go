package views

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

func filters() *rapid.Generator[review.Filter] {
	return rapid.Custom(func(t *rapid.T) review.Filter {
		text := rapid.StringN(0, 20, 80).Filter(func(s string) bool { return !containsNUL(s) })
		f := review.Filter{
			App: text.Draw(t, "app"), Kind: rapid.SampledFrom(append(review.ItemKinds(), "")).Draw(t, "kind"),
			State: rapid.SampledFrom(append(review.ItemStates(), "")).Draw(t, "state"), Severity: rapid.SampledFrom(append(review.Severities(), "")).Draw(t, "severity"),
			Category: rapid.SampledFrom(append(categories, "")).Draw(t, "category"), Detector: text.Draw(t, "detector"), UserID: text.Draw(t, "user"),
			Model: text.Draw(t, "model"), Label: text.Draw(t, "label"), Policy: rapid.IntRange(0, maxPolicy).Draw(t, "policy"),
			RiskFrom: rapid.IntRange(0, 100).Draw(t, "from"), RiskTo: rapid.IntRange(0, 100).Draw(t, "to"),
			OlderThan:   time.Duration(rapid.IntRange(0, 1e6).Draw(t, "older")) * time.Minute,
			YoungerThan: time.Duration(rapid.IntRange(0, 1e4).Draw(t, "younger")) * time.Hour,
			Holder:      text.Draw(t, "holder"), Sort: rapid.SampledFrom(review.Sorts()).Draw(t, "sort"),
			Mine: rapid.Bool().Draw(t, "mine"), Overdue: rapid.Bool().Draw(t, "overdue"),
			Text: strings.TrimSpace(text.Draw(t, "text")),
		}
		if f.Text != "" {
			f.Sort = review.SortFound
		}
		return f
	})
}

func containsNUL(s string) bool {
	for i := range len(s) {
		if s[i] == 0 {
			return true
		}
	}
	return false
}

func TestAFilterSurvivesItsURL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := filters().Draw(t, "filter")
		u, err := url.Parse(QueuePath(want, &review.Position{Sort: want.Sort, Key: 7, Number: 8}))
		require.NoError(t, err)
		require.Equal(t, PathQueue, u.Path)
		got, err := ParseFilter(u.Query())
		require.NoError(t, err)
		require.Equal(t, want, got)
		after, err := review.ParsePosition(u.Query().Get(ParamAfter), want.Sort)
		require.NoError(t, err)
		require.Equal(t, &review.Position{Sort: want.Sort, Key: 7, Number: 8}, after)
	})
}

func TestAnItemLinkRemembersItsQueue(t *testing.T) {
	u, err := url.Parse(itemLink("a/b", review.Filter{Kind: review.KindAudit, UserID: "u&v=w"}))
	require.NoError(t, err)
	require.Equal(t, "/items/a%2Fb", u.EscapedPath())
	from, err := url.ParseQuery(u.Query().Get(FieldFrom))
	require.NoError(t, err)
	f, err := ParseFilter(from)
	require.NoError(t, err)
	require.Equal(t, review.Filter{Kind: review.KindAudit, UserID: "u&v=w"}, f)
	require.Equal(t, "/items/x", itemLink("x", review.Filter{}))
}

func TestFiltersThatCannotBe(t *testing.T) {
	for name, query := range map[string]string{
		paramKind: "kind=nonsense", paramState: "state=gone", paramSeverity: "severity=Huge", paramCategory: "category=x",
		paramMine: "mine=maybe", paramOverdue: "overdue=2", ParamUser: "user=%00", paramPolicy: "policy=-1", paramRiskTo: "risk_to=1.01", paramRiskFrom: "risk_from=NaN",
		paramOlder: "older=0d", paramYounger: "younger=99999999h", paramSort: "sort=rank", paramDetector: "detector=%00",
	} {
		q, err := url.ParseQuery(query)
		require.NoError(t, err)
		_, err = ParseFilter(q)
		require.Equal(t, review.CodeInvalid, review.CodeOf(err), query)
		require.ErrorContains(t, err, name)
	}
}

func FuzzParseFilter(f *testing.F) {
	f.Add("kind=audit&overdue=1")
	f.Add("risk_from=.295&older=90m&younger=d&policy=007&sort=risk&held_by=anyone")
	f.Add("severity=high&user=%F0%9F%98%80&mine=on")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		filter, err := ParseFilter(q)
		if err != nil {
			require.Equal(t, review.CodeInvalid, review.CodeOf(err))
			return
		}
		again, err := ParseFilter(FilterQuery(filter))
		require.NoError(t, err)
		require.Equal(t, filter, again)
	})
}
