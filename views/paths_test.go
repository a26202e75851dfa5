package views

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

func filters() *rapid.Generator[review.Filter] {
	return rapid.Custom(func(t *rapid.T) review.Filter {
		text := rapid.StringN(0, 20, 80).Filter(func(s string) bool { return !containsNUL(s) })
		return review.Filter{
			App: text.Draw(t, "app"), Kind: rapid.SampledFrom(append(review.ItemKinds(), "")).Draw(t, "kind"),
			State: rapid.SampledFrom(append(review.ItemStates(), "")).Draw(t, "state"), Severity: rapid.SampledFrom(append(review.Severities(), "")).Draw(t, "severity"),
			Category: rapid.SampledFrom(append(categories, "")).Draw(t, "category"), Detector: text.Draw(t, "detector"), UserID: text.Draw(t, "user"),
			Mine: rapid.Bool().Draw(t, "mine"), Overdue: rapid.Bool().Draw(t, "overdue"),
		}
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
		u, err := url.Parse(QueuePath(want, &review.Position{Rank: 7, ID: "i"}))
		require.NoError(t, err)
		require.Equal(t, PathQueue, u.Path)
		got, err := ParseFilter(u.Query())
		require.NoError(t, err)
		require.Equal(t, want, got)
		after, err := review.ParsePosition(u.Query().Get(ParamAfter))
		require.NoError(t, err)
		require.Equal(t, &review.Position{Rank: 7, ID: "i"}, after)
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
		paramMine: "mine=maybe", paramOverdue: "overdue=2", paramUser: "user=%00",
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
