package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
)

// compareBy compares two Items as a sort orders them.
func compareBy(sort review.Sort) func(a, b review.Item) int {
	return func(a, b review.Item) int {
		byKey := a.Position(sort).Compare(*b.Position(sort))
		if sort == review.SortNewest || sort == review.SortRisk {
			return -byKey
		}
		return byKey
	}
}

func queueOrders(t *testing.T, f *fixture) {
	other := f.addApp(t, "other")
	var items []review.Item
	for i := range 40 {
		f.clock.advance(time.Duration(i%3) * time.Second) // some at one time
		items = append(items, f.putItem(t, func(item *review.Item) {
			item.Risk, item.Rank = float64(i*7%10)/10, f.clock.now().Add(time.Duration(i*11%5)*time.Minute).UnixMicro()
			item.Severity = review.Severities()[i%2]
			if i%4 == 0 {
				item.AppID = other.ID
			}
		}))
		items[i].Number = int64(i + 1)
	}
	apps := []string{f.caller.App.ID, other.ID}
	many := []string{f.caller.App.ID}
	for i := range 250 { // more than one query takes
		many = append(many, fmt.Sprint("none-", i))
	}
	many = append(many, other.ID)
	for _, sort := range review.Sorts() {
		found, err := f.Queue(t.Context(), review.QueueQuery{AppIDs: many, Filter: review.Filter{Sort: sort}, Limit: 1000, Now: f.clock.now()})
		require.NoError(t, err)
		require.Len(t, found.Rows, len(items))
		require.True(t, slices.IsSortedFunc(found.Rows, func(a, b review.QueueRow) int { return compareBy(sort)(a.Item, b.Item) }))
		for _, severity := range []review.Severity{"", review.Severities()[1]} {
			filter := review.Filter{Sort: sort, Severity: severity, YoungerThan: 24 * time.Hour}
			var want, got []string
			for _, item := range slices.SortedFunc(slices.Values(items), compareBy(sort)) {
				if severity == "" || item.Severity == severity {
					want = append(want, item.ID)
				}
			}
			var after *review.Position
			for {
				found, err := f.Queue(t.Context(), review.QueueQuery{AppIDs: apps, Filter: filter, After: after, Limit: 7, Now: f.clock.now()})
				require.NoError(t, err)
				if len(found.Rows) == 0 {
					break
				}
				for _, r := range found.Rows {
					got = append(got, r.Item.ID)
					after = r.Item.Position(sort)
				}
				requireBackwards(t, f, apps, filter, found.Rows)
			}
			require.Equal(t, want, got, "%q %q", sort, severity)
		}
	}
}

// requireBackwards asks for what comes before the last of the rows.
func requireBackwards(t *testing.T, f *fixture, apps []string, filter review.Filter, rows []review.QueueRow) {
	t.Helper()
	last := len(rows) - 1
	if last == 0 {
		return
	}
	found, err := f.Queue(t.Context(), review.QueueQuery{AppIDs: apps, Filter: filter, Before: rows[last].Item.Position(filter.Sort), Limit: last, Now: f.clock.now()})
	require.NoError(t, err)
	var got, want []string
	for i := range last {
		want = append(want, rows[last-1-i].Item.ID)
		got = append(got, found.Rows[i].Item.ID)
	}
	require.Equal(t, want, got)
}

// listsFollow makes random changes and compares the lists with ones made anew.
func listsFollow(t *testing.T, f *fixture) {
	db := f.sql(t)
	lines := func() (out []string) {
		rows, err := db.QueryContext(t.Context(), "SELECT list, key, number FROM item_lists ORDER BY list, key, number")
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var list, key, number int64
			require.NoError(t, rows.Scan(&list, &key, &number))
			out = append(out, fmt.Sprint(list, key, number))
		}
		require.NoError(t, rows.Err())
		return out
	}
	var items []string
	var decisions []review.Decision
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 5).Draw(rt, "steps") {
			switch step := rapid.IntRange(0, 5).Draw(rt, "step"); {
			case step == 0 || len(items) == 0:
				items = append(items, f.flagged(t, fmt.Sprint("secret ", len(items))))
			case step == 2:
				items = append(items, f.putItem(t, func(i *review.Item) {
					i.Kind, i.Blind, i.UserID, i.Model = review.KindAudit, true, "u2", "m2"
				}, review.Finding{Detector: "pii.test", Category: review.CategoryPII}).ID)
			case step == 3:
				listControl(t, f, rapid.Bool().Draw(rt, "blind"))
			case step == 4:
				verdict := review.BlindVerdict{ItemID: items[len(items)-1], UserID: f.ann.User.ID, Judgement: review.JudgeBlock, CreatedAt: start}
				err := f.Write(t.Context(), func(tx review.Tx) error { return tx.PutBlindVerdict(verdict) })
				require.Contains(rt, []review.Code{"", review.CodeConflict}, review.CodeOf(err), "or judged before")
			case step == 1 && len(decisions) > 0:
				d := decisions[len(decisions)-1]
				decisions = decisions[:len(decisions)-1]
				_, err := f.service.Undo(t.Context(), f.lead, d.ID)
				require.Contains(rt, []review.Code{"", review.CodeConflict}, review.CodeOf(err), "or decided since")
			default:
				id := items[rapid.IntRange(0, len(items)-1).Draw(rt, "which")]
				claim, err := f.service.ClaimItem(t.Context(), f.lead, id)
				if err != nil {
					continue // decided already
				}
				view, err := f.service.View(t.Context(), f.lead, id)
				require.NoError(rt, err)
				d, err := f.service.Decide(t.Context(), f.lead, review.DecideCommand{ItemID: id, Token: claim.Token, Version: view.Item.Version,
					Judgement: rapid.SampledFrom(review.Judgements()).Draw(rt, "judgement"), Label: "injection"})
				require.Contains(rt, []review.Code{"", review.CodeConflict}, review.CodeOf(err), "or to be judged blind first")
				if err == nil {
					decisions = append(decisions, d)
				}
			}
		}
	})
	kept := lines()
	require.NotEmpty(t, kept)
	require.NoError(t, store.Relist(t.Context(), f.options))
	require.Equal(t, lines(), kept)
}

// listControl makes a control for ann, blind or not.
func listControl(t *testing.T, f *fixture, blind bool) {
	t.Helper()
	item := f.putItem(t, nil)
	of := item.ID
	item.ID, item.Kind, item.Blind = f.ids.next(), review.KindControl, blind
	f.write(t, func(tx review.Tx) error {
		if err := tx.PutItem(item, []review.Finding{{Detector: "injection.test", Category: review.CategoryInjection}}); err != nil {
			return err
		}
		return tx.PutControl(review.Control{ItemID: item.ID, UserID: f.ann.User.ID, OriginalID: of, Gold: review.JudgeBlock, CreatedAt: start})
	})
}

func wordsAreFound(t *testing.T, f *fixture) {
	index := func() {
		for {
			n, err := f.IndexTexts(t.Context())
			require.NoError(t, err)
			if n == 0 {
				return
			}
		}
	}
	other := f.addApp(t, "other")
	var items []string
	for _, prompt := range []string{
		"suspicious Straße, Ärger & naïve CAFÉ", "suspicious strasse ärger", "suspicious 秘密のパスワード", "suspicious secret door", "suspicious \x00 emoji 🦜 parrot",
	} {
		items = append(items, f.flagged(t, prompt))
		f.clock.advance(time.Second)
	}
	foreign := f.caller
	f.caller.App = other
	f.flagged(t, "suspicious strasse elsewhere")
	f.caller = foreign
	lag, err := f.Unindexed(t.Context())
	require.NoError(t, err)
	require.Equal(t, 6, lag)
	index()
	lag, err = f.Unindexed(t.Context())
	require.NoError(t, err)
	require.Zero(t, lag)
	f.decide(t, f.lead, items[1], review.JudgeBlock)
	masked := review.Viewer{User: review.User{ID: "a", Role: review.RoleAuditor}, Apps: f.ann.Apps}
	for _, tt := range []struct {
		text   string
		viewer review.Viewer
		filter review.Filter
		want   []string
	}{
		{"strasse", f.ann, review.Filter{}, []string{items[1], items[0]}},
		{"STRASSE ärger", f.ann, review.Filter{}, []string{items[1], items[0]}},
		{"strasse naïve", f.ann, review.Filter{}, []string{items[0]}},
		{"strasse", f.ann, review.Filter{State: review.StateOpen}, []string{items[0]}},
		{"suspicious", f.ann, review.Filter{Mine: true}, nil},
		{"suspicious", f.lead, review.Filter{Mine: true}, []string{items[1]}},
		{"秘密", f.ann, review.Filter{}, []string{items[2]}},
		{"密秘", f.ann, review.Filter{}, nil},
		{"パスワード", f.ann, review.Filter{}, []string{items[2]}},
		{"secret door", f.ann, review.Filter{}, []string{items[3]}},
		{"secret door", masked, review.Filter{}, nil},
		{"door", masked, review.Filter{}, []string{items[3]}},
		{"parrot", f.ann, review.Filter{UserID: "u1"}, []string{items[4]}},
		{"parrot", f.ann, review.Filter{UserID: "u2"}, nil},
		{"elsewhere", f.ann, review.Filter{}, nil},
		{"suspicio", f.ann, review.Filter{}, nil},
		{"🦜 -- ' \x00", f.ann, review.Filter{}, nil},
	} {
		tt.filter.Text, tt.filter.Sort = tt.text, review.SortFound
		page, err := f.service.Queue(t.Context(), tt.viewer, tt.filter, nil)
		require.NoError(t, err)
		var got []string
		for _, r := range page.Rows {
			got = append(got, r.Item.ID)
		}
		require.Equal(t, tt.want, got, "%q %+v", tt.text, tt.filter)
	}
	next, err := f.service.ClaimNext(t.Context(), f.ann, review.Filter{Text: "strasse", Sort: review.SortFound})
	require.NoError(t, err)
	require.Equal(t, items[0], next, "what is decided cannot be taken")

	f.options.SearchKey = []byte("another key")
	again := f.open(t)
	n, err := again.IndexTexts(t.Context())
	require.NoError(t, err)
	require.Positive(t, n)
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM item_tokens"), "what another key made is of no use")
}
