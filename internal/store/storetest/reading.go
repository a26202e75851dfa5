package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

// readingScenarios: queue, counters, the item's page, the export.
func readingScenarios() []scenario {
	return []scenario{
		{"the queue pages by key without gaps or doubles", queuePagesByKey},
		{"every filter of the queue keeps what it names", queueFilters},
		{"every order of the queue pages without gaps or doubles", queueOrders},
		{"lists follow from any changes", listsFollow},
		{"words are found, by those who may read them", wordsAreFound},
		{"the queue shows live claims and hides nothing else", queueShowsClaims},
		{"the queue of no Apps is empty", queueOfNoApps},
		{"counters equal what is counted after any changes", countersEqualCounts},
		{"the age of the queue is that of the oldest open item", queueAge},
		{"an item's page has everything", itemPageHasEverything},
		{"an item whose policy is not there is shown all the same", itemOfAnUnknownPolicy},
		{"an item's history is the user's latest ten elsewhere", historyOfUser},
		{"a foreign item is absent", foreignItemIsAbsent},
		{"hostile ids and filters find nothing", hostileIDs},
		{"the export pages through everything in order", exportPages},
		{"every filter of the export keeps what it names", exportFilters},
		{"an export can be left early and fails honestly", exportEndsEarly},
	}
}

// putItem stores an Interaction and an Item on it, changed as wanted.
func (f *fixture) putItem(t testing.TB, change func(*review.Item), findings ...review.Finding) review.Item {
	t.Helper()
	in := review.Interaction{ID: f.ids.next(), AppID: f.caller.App.ID, CreatedAt: f.clock.now(), OccurredAt: f.clock.now()}
	item := review.Item{ID: f.ids.next(), AppID: in.AppID, InteractionID: in.ID, Kind: review.KindInteraction, State: review.StateOpen,
		Severity: review.SeverityLow, Version: 1, DueAt: start.Add(time.Hour), SamplingKind: "flagged", Propensity: 1, CreatedAt: f.clock.now()}
	if change != nil {
		change(&item)
	}
	in.AppID, in.UserID = item.AppID, item.UserID
	f.write(t, func(tx review.Tx) error {
		if err := tx.PutInteraction(in, review.Assessment{}); err != nil {
			return err
		}
		return tx.PutItem(item, findings)
	})
	return item
}

func (f *fixture) queue(t testing.TB, q review.QueueQuery) []string {
	t.Helper()
	if q.AppIDs == nil {
		q.AppIDs = []string{f.caller.App.ID}
	}
	if q.Limit == 0 {
		q.Limit = 1000
	}
	if q.Now.IsZero() {
		q.Now = f.clock.now()
	}
	found, err := f.Queue(t.Context(), q)
	require.NoError(t, err)
	ids := make([]string, len(found.Rows))
	for i, r := range found.Rows {
		ids[i] = r.Item.ID
	}
	return ids
}

func queuePagesByKey(t *testing.T, f *fixture) {
	other := f.addApp(t, "other")
	var want []review.Item
	for i := range 60 {
		want = append(want, f.putItem(t, func(item *review.Item) {
			item.Rank = int64(i * 7 % 10) // many share a rank: the id decides
			if i%3 == 0 {
				item.AppID = other.ID
			}
		}))
	}
	f.putItem(t, func(i *review.Item) { i.State = review.StateDecided })
	for _, apps := range [][]string{{f.caller.App.ID}, {other.ID}, {f.caller.App.ID, other.ID}} {
		var expected []string
		sorted := slices.Clone(want)
		slices.SortFunc(sorted, func(a, b review.Item) int {
			if a.Rank != b.Rank {
				return int(a.Rank - b.Rank)
			}
			return cmpStrings(a.ID, b.ID)
		})
		for _, item := range sorted {
			if slices.Contains(apps, item.AppID) {
				expected = append(expected, item.ID)
			}
		}
		var got []string
		var after *review.Position
		for {
			found, err := f.Queue(t.Context(), review.QueueQuery{AppIDs: apps, After: after, Limit: 7, Now: start})
			require.NoError(t, err)
			if len(found.Rows) == 0 {
				break
			}
			for _, r := range found.Rows {
				got = append(got, r.Item.ID)
				after = r.Item.Position(review.SortPriority)
			}
		}
		require.Equal(t, expected, got)
		requireSteps(t, f, apps, expected)
	}
}

// requireSteps goes through the queue Item by Item, there and back.
func requireSteps(t *testing.T, f *fixture, apps, expected []string) {
	t.Helper()
	viewer := review.Viewer{User: f.ann.User}
	for _, id := range apps {
		viewer.Apps = append(viewer.Apps, review.App{ID: id})
	}
	for i, id := range expected {
		view, err := f.ItemView(t.Context(), apps, id, f.ann.User.ID)
		require.NoError(t, err)
		before, err := f.service.Before(t.Context(), viewer, review.Filter{}, view.Item)
		require.NoError(t, err)
		after, err := f.service.After(t.Context(), viewer, review.Filter{}, view.Item)
		require.NoError(t, err)
		require.Equal(t, at(expected, i-1), before)
		require.Equal(t, at(expected, i+1), after)
	}
}

// at returns the id at a place, "" beyond the ends.
func at(ids []string, i int) string {
	if i < 0 || i >= len(ids) {
		return ""
	}
	return ids[i]
}

func cmpStrings(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func queueFilters(t *testing.T, f *fixture) {
	plain := f.putItem(t, nil)
	intervention := f.putItem(t, func(i *review.Item) { i.Kind = review.KindIntervention })
	escalated := f.putItem(t, func(i *review.Item) { i.State = review.StateEscalated })
	decided := f.putItem(t, func(i *review.Item) { i.State, i.DueAt = review.StateDecided, start.Add(-time.Hour) })
	critical := f.putItem(t, func(i *review.Item) { i.Severity = review.SeverityCritical })
	ofUser := f.putItem(t, func(i *review.Item) { i.UserID = "u9" })
	found := f.putItem(t, nil, review.Finding{Detector: "pii.email", Category: review.CategoryPII},
		review.Finding{Detector: "injection.leak", Category: review.CategoryInjection})
	overdue := f.putItem(t, func(i *review.Item) { i.DueAt = start.Add(-time.Microsecond) })
	held := f.putItem(t, nil)
	risky := f.putItem(t, func(i *review.Item) {
		i.Risk, i.Model, i.PolicyVersion = 0.9, "m7", 7
		i.CreatedAt = start.Add(-48 * time.Hour)
		i.Rank = i.CreatedAt.UnixMicro()
	})
	open := []string{plain.ID, intervention.ID, critical.ID, ofUser.ID, found.ID, overdue.ID, held.ID, risky.ID}
	f.write(t, func(tx review.Tx) error {
		return tx.PutClaim(review.Claim{ItemID: held.ID, UserID: f.ann.User.ID, Token: "t", ExpiresAt: start.Add(time.Minute)})
	})
	standing := review.Decision{ID: f.ids.next(), ItemID: decided.ID, AppID: f.caller.App.ID, Actor: f.ann.Actor(), Label: "jailbreak", CreatedAt: start}
	undone := review.Decision{ID: f.ids.next(), ItemID: plain.ID, Label: "harmless", AppID: f.caller.App.ID, Actor: f.ann.Actor(), CreatedAt: start}
	f.write(t, func(tx review.Tx) error {
		for _, d := range []review.Decision{standing, undone} {
			if err := tx.PutDecision(d); err != nil {
				return err
			}
		}
		return tx.PutUndo(review.Undo{DecisionID: undone.ID, Actor: f.ann.Actor(), CreatedAt: start})
	})
	ann, bob := f.ann.User.ID, f.bob.User.ID
	for _, tt := range []struct {
		name   string
		filter review.Filter
		viewer string
		want   []string
	}{
		{"none", review.Filter{}, ann, open},
		{"open", review.Filter{State: review.StateOpen}, ann, open},
		{"escalated", review.Filter{State: review.StateEscalated}, ann, []string{escalated.ID}},
		{"decided", review.Filter{State: review.StateDecided}, ann, []string{decided.ID}},
		{"kind", review.Filter{Kind: review.KindIntervention}, ann, []string{intervention.ID}},
		{"severity", review.Filter{Severity: review.SeverityCritical}, ann, []string{critical.ID}},
		{"end user", review.Filter{UserID: "u9"}, ann, []string{ofUser.ID}},
		{"detector", review.Filter{Detector: "pii.email"}, ann, []string{found.ID}},
		{"second detector", review.Filter{Detector: "injection.leak"}, ann, []string{found.ID}},
		{"category", review.Filter{Category: review.CategoryInjection}, ann, []string{found.ID}},
		{"detector and another category", review.Filter{Detector: "pii.email", Category: review.CategoryBias}, ann, nil},
		{"overdue", review.Filter{Overdue: true}, ann, []string{overdue.ID}},
		{"overdue and decided", review.Filter{Overdue: true, State: review.StateDecided}, ann, nil},
		{"mine", review.Filter{Mine: true}, ann, []string{held.ID}},
		{"mine and decided", review.Filter{Mine: true, State: review.StateDecided}, ann, []string{decided.ID}},
		{"not mine", review.Filter{Mine: true}, bob, nil},
		{"model", review.Filter{Model: "m7"}, ann, []string{risky.ID}},
		{"policy version", review.Filter{Policy: 7}, ann, []string{risky.ID}},
		{"policy version and severity", review.Filter{Policy: 7, Severity: review.SeverityCritical}, ann, nil},
		{"three lists", review.Filter{Policy: 7, Model: "m7", Kind: review.KindInteraction}, ann, []string{risky.ID}},
		{"risk", review.Filter{RiskFrom: 50}, ann, []string{risky.ID}},
		{"risk range", review.Filter{RiskFrom: 50, RiskTo: 89}, ann, nil},
		{"risk, and a list", review.Filter{RiskFrom: 50, Model: "m7"}, ann, []string{risky.ID}},
		{"older", review.Filter{OlderThan: time.Hour}, ann, []string{risky.ID}},
		{"younger", review.Filter{YoungerThan: time.Hour}, ann, open[:7]},
		{"no age", review.Filter{OlderThan: time.Hour, YoungerThan: 2 * time.Hour}, ann, nil},
		{"label", review.Filter{Label: "jailbreak", State: review.StateDecided}, ann, []string{decided.ID}},
		{"label of a decision that was undone", review.Filter{Label: "harmless"}, ann, nil},
		{"label, mine and risk", review.Filter{Label: "jailbreak", State: review.StateDecided, Mine: true, RiskTo: 10}, ann, []string{decided.ID}},
		{"held by anyone", review.Filter{Holder: review.HeldBySomebody}, bob, []string{held.ID}},
		{"held by ann", review.Filter{Holder: ann}, bob, []string{held.ID}},
		{"held by bob", review.Filter{Holder: bob}, bob, nil},
		{"held by ann, of another kind", review.Filter{Holder: ann, Kind: review.KindAudit}, bob, nil},
		{"held by nobody", review.Filter{Holder: review.HeldByNobody, Severity: review.SeverityLow}, bob,
			[]string{plain.ID, intervention.ID, ofUser.ID, found.ID, overdue.ID, risky.ID}},
		{"hostile", review.Filter{UserID: "' OR 1=1 --", Detector: "?", Category: "$1"}, ann, nil},
	} {
		for _, sort := range review.Sorts() {
			tt.filter.Sort = sort
			got := f.queue(t, review.QueueQuery{Filter: tt.filter, Viewer: tt.viewer})
			require.ElementsMatch(t, tt.want, got, "%s %s", tt.name, sort)
		}
	}
	holders, err := f.Holders(t.Context(), []string{f.caller.App.ID}, start)
	require.NoError(t, err)
	require.Equal(t, []review.Holder{{UserID: ann, Name: "ann"}}, holders)
	free := f.queue(t, review.QueueQuery{Viewer: bob, Free: true})
	require.ElementsMatch(t, append(open[:6:6], risky.ID), free)
	free = f.queue(t, review.QueueQuery{Viewer: bob, Free: true, Now: start.Add(time.Minute)})
	require.ElementsMatch(t, open, free, "the lease has run out")
	free = f.queue(t, review.QueueQuery{Viewer: ann, Free: true, Filter: review.Filter{Mine: true}})
	require.Equal(t, []string{held.ID}, free)
}

func queueShowsClaims(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	claim, err := f.service.ClaimItem(t.Context(), f.ann, item)
	require.NoError(t, err)
	row := func() review.QueueRow {
		page, err := f.service.Queue(t.Context(), f.bob, review.Filter{}, nil)
		require.NoError(t, err)
		require.Len(t, page.Rows, 1)
		return page.Rows[0]
	}
	claim.TakenAt, claim.BeatAt = time.Time{}, time.Time{} // rows leave them out
	require.Equal(t, 1, claim.Version)
	claim.Version = 0 // the answer alone says it
	require.Equal(t, &claim, row().Claim)
	f.write(t, func(tx review.Tx) error {
		want, err := tx.Item(item)
		assert.Empty(t, cmp.Diff(want, row().Item))
		return err
	})
	f.clock.advance(review.ClaimLease)
	require.Nil(t, row().Claim)
}

func queueOfNoApps(t *testing.T, f *fixture) {
	f.flagged(t, "x")
	found, err := f.Queue(t.Context(), review.QueueQuery{Limit: 10, Now: start})
	require.NoError(t, err)
	require.Empty(t, found)
	counts, err := f.Counts(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, counts)
	for range f.Decisions(t.Context(), review.DecisionQuery{}) {
		t.Fatal("no Apps, no decisions")
	}
}

func countersEqualCounts(t *testing.T, f *fixture) {
	apps := []string{f.caller.App.ID, f.addApp(t, "other").ID}
	db := f.sql(t)
	var items []review.Item
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			if len(items) == 0 || rapid.Bool().Draw(rt, "new") {
				items = append(items, f.putItem(t, func(i *review.Item) {
					i.AppID = rapid.SampledFrom(apps).Draw(rt, "app")
					i.Kind = rapid.SampledFrom(review.ItemKinds()).Draw(rt, "kind")
					i.State = rapid.SampledFrom(review.ItemStates()).Draw(rt, "state")
				}))
				continue
			}
			item := &items[rapid.IntRange(0, len(items)-1).Draw(rt, "which")]
			state := rapid.SampledFrom(review.ItemStates()).Draw(rt, "next")
			fails := rapid.Bool().Draw(rt, "fails")
			err := f.Write(t.Context(), func(tx review.Tx) error {
				if _, err := tx.SetItemState(item.ID, item.Version, state); err != nil || !fails {
					return err
				}
				return fmt.Errorf("afterwards")
			})
			if err == nil {
				item.State, item.Version = state, item.Version+1
			}
		}
		for _, appIDs := range [][]string{apps[:1], apps[1:], apps} {
			got, err := f.Counts(t.Context(), appIDs)
			require.NoError(rt, err)
			want := review.Counts{}
			for _, kind := range review.ItemKinds() {
				for _, state := range review.ItemStates() {
					n := 0
					for _, i := range items {
						if slices.Contains(appIDs, i.AppID) && i.Kind == kind && i.State == state {
							n++
						}
					}
					if n > 0 {
						want = append(want, review.Count{Kind: kind, State: state, N: n})
					}
				}
			}
			require.ElementsMatch(rt, want, got)
		}
	})
	_, err := db.ExecContext(t.Context(), "DELETE FROM items WHERE id NOT IN (SELECT item_id FROM item_findings)")
	require.NoError(t, err)
	left, err := f.Counts(t.Context(), apps)
	require.NoError(t, err)
	require.Empty(t, left, "deleting counts down")
}

func queueAge(t *testing.T, f *fixture) {
	age := func() time.Time {
		oldest, err := f.QueueAge(t.Context())
		require.NoError(t, err)
		return oldest
	}
	require.True(t, age().IsZero())
	first := f.flagged(t, "x")
	f.clock.advance(time.Minute)
	f.flagged(t, "y")
	require.Equal(t, start, age())
	f.decide(t, f.ann, first, review.JudgeBlock)
	require.Equal(t, start.Add(time.Minute), age())
}

func itemPageHasEverything(t *testing.T, f *fixture) {
	feedback := review.Feedback{Action: review.FeedbackAcceptedWithoutReview}
	r := f.submit(t, review.Submission{
		ExternalID: "x", UserID: "u1", Model: "m", Prompt: "suspicious secret", Response: "r", Feedback: &feedback,
	})
	var item string
	for _, id := range f.queue(t, review.QueueQuery{Filter: review.Filter{Kind: review.KindIntervention}}) {
		item = id
	}
	claim, err := f.service.ClaimItem(t.Context(), f.ann, item)
	require.NoError(t, err)
	_, err = f.service.Annotate(t.Context(), f.ann, review.AnnotateCommand{ItemID: item, Body: "note"})
	require.NoError(t, err)
	view, err := f.ItemView(t.Context(), []string{f.caller.App.ID}, item, f.ann.User.ID)
	require.NoError(t, err)
	require.Equal(t, f.caller.App, view.App)
	require.Equal(t, r.ID, view.Interaction.ID)
	require.Equal(t, "suspicious secret", view.Interaction.Content.Prompt)
	require.Equal(t, r.Assessment, view.Assessment)
	require.Equal(t, &r.Interventions[0], view.Intervention)
	require.Equal(t, &feedback, view.Feedback)
	require.Equal(t, view.Item.Version, claim.Version)
	claim.Version = 0 // the answer alone says it
	require.Equal(t, &claim, view.Claim)
	require.Len(t, view.Annotations, 1)
	require.Empty(t, view.Decisions)
	require.Empty(t, view.History, "not the interaction itself")
	require.Equal(t, 1, view.Policy.Version)
	require.True(t, view.Policy.HasLabel("pii"))

	d := f.decide(t, f.ann, item, review.JudgeEscalate)
	e := f.decide(t, f.lead, item, review.JudgeApprove)
	view, err = f.ItemView(t.Context(), []string{"x", f.caller.App.ID}, item, f.ann.User.ID)
	require.NoError(t, err)
	require.Len(t, view.Decisions, 2)
	require.Equal(t, []string{d.ID, e.ID}, []string{view.Decisions[0].ID, view.Decisions[1].ID})
	require.Equal(t, "lead", view.Decisions[1].Reviewer)
	require.Nil(t, view.Claim)

	plain, err := f.ItemView(t.Context(), []string{f.caller.App.ID}, r.Item.ID, f.ann.User.ID)
	require.NoError(t, err)
	require.Nil(t, plain.Intervention)
}

func itemOfAnUnknownPolicy(t *testing.T, f *fixture) {
	in := review.Interaction{ID: f.ids.next(), AppID: f.caller.App.ID, Model: "m", Usage: review.Usage{PromptTokens: 3}, CreatedAt: start, OccurredAt: start,
		Content: review.Content{Prompt: "brought in"}}
	item := review.Item{ID: f.ids.next(), AppID: in.AppID, InteractionID: in.ID, Kind: review.KindInteraction, State: review.StateOpen, Version: 1,
		Verdict: review.VerdictFlag, CreatedAt: start, DueAt: start, Opinions: 1}
	f.write(t, func(tx review.Tx) error {
		if err := tx.PutInteraction(in, review.Assessment{Verdict: review.VerdictFlag, PolicyVersion: 99}); err != nil {
			return err
		}
		return tx.PutItem(item, nil)
	})
	view, err := f.service.View(t.Context(), f.lead, item.ID)
	require.NoError(t, err)
	require.Equal(t, &review.CallCost{Usage: in.Usage, Version: 99}, view.Cost, "its price is not known")
}

func historyOfUser(t *testing.T, f *fixture) {
	other := f.addApp(t, "other")
	_, err := f.service.Submit(t.Context(), review.Caller{App: other, PolicyVersion: 1}, review.Submission{UserID: "u1", Prompt: "elsewhere"})
	require.NoError(t, err)
	f.submit(t, review.Submission{UserID: "u2", Prompt: "somebody else"})
	var submitted []review.Receipt
	for i := range 13 {
		f.clock.advance(time.Second)
		prompt := fmt.Sprintf("secret number %d", i)
		if i%2 == 0 {
			prompt = "suspicious " + prompt
		}
		submitted = append(submitted, f.submit(t, review.Submission{UserID: "u1", Prompt: prompt}))
	}
	blocked, taken := submitted[10], submitted[8]
	f.decide(t, f.ann, blocked.Item.ID, review.JudgeBlock)
	d := f.decide(t, f.ann, taken.Item.ID, review.JudgeBlock)
	_, err = f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)

	view, err := f.service.View(t.Context(), f.ann, submitted[12].Item.ID)
	require.NoError(t, err)
	require.Len(t, view.History, 10)
	for i, row := range view.History {
		want := submitted[11-i]
		require.Equal(t, want.ID, row.InteractionID)
		require.Contains(t, row.Excerpt, fmt.Sprintf("[HIDDEN_1] number %d", 11-i))
		require.Equal(t, want.Assessment.Verdict, row.Verdict)
		require.InDelta(t, want.Assessment.Risk, row.Risk, 0)
		judgement, item := review.Judgement(""), ""
		if want.Item != nil {
			item = want.Item.ID
		}
		if want.ID == blocked.ID {
			judgement = review.JudgeBlock
		}
		require.Equal(t, judgement, row.Judgement, "an undone decision does not stand")
		require.Equal(t, item, row.ItemID)
		require.Equal(t, start.Add(time.Duration(12-i)*time.Second), row.CreatedAt)
	}
	nobody := f.submit(t, review.Submission{Prompt: "suspicious, of nobody"})
	f.submit(t, review.Submission{Prompt: "also of nobody"})
	view, err = f.service.View(t.Context(), f.ann, nobody.Item.ID)
	require.NoError(t, err)
	require.Empty(t, view.History, "nobody is not one user")
}

func foreignItemIsAbsent(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	for name, query := range map[string]struct {
		apps []string
		item string
	}{
		"foreign": {[]string{f.addApp(t, "other").ID}, item},
		"no Apps": {nil, item},
		"unknown": {[]string{f.caller.App.ID}, "none"},
	} {
		_, err := f.ItemView(t.Context(), query.apps, query.item, f.ann.User.ID)
		require.Equal(t, review.CodeNotFound, review.CodeOf(err), name)
	}
}

// hostileIDs may be refused or not found, but must not look like our fault.
func hostileIDs(t *testing.T, f *fixture) {
	f.flagged(t, "x")
	apps := []string{f.caller.App.ID}
	for _, id := range []string{"", "\x00", "\xff\xfe", "'\"; --", "%", strings.Repeat("x", 1<<16)} {
		_, queue := f.Queue(t.Context(), review.QueueQuery{AppIDs: apps, Filter: review.Filter{UserID: id, Detector: id}, Limit: 1,
			After: &review.Position{Key: 1}, Now: start})
		var exported error
		for _, err := range f.Decisions(t.Context(), review.DecisionQuery{AppIDs: apps, Filter: review.Filter{UserID: id}}) {
			exported = err
		}
		for name, err := range map[string]error{
			"queue": queue, "export": exported,
			"item":      second(f.ItemView(t.Context(), apps, id, f.ann.User.ID)),
			"receipt":   second(f.Receipt(t.Context(), apps[0], id)),
			"user":      second(f.User(t.Context(), id)),
			"apps":      second(f.AppsOf(t.Context(), id)),
			"caller":    second(f.Caller(t.Context(), []byte(id))),
			"item tx":   f.Write(t.Context(), func(tx review.Tx) error { return second(tx.Item(id)) }),
			"claim tx":  f.Write(t.Context(), func(tx review.Tx) error { return second(tx.Claim(id)) }),
			"revoke tx": f.Write(t.Context(), func(tx review.Tx) error { return second(tx.RevokeAPIKey(id, start)) }),
		} {
			require.Contains(t, []review.Code{"", review.CodeNotFound, review.CodeUnprocessable}, review.CodeOf(err), "%s %q: %v", name, id, err)
		}
	}
}

// putDecisions decides n Items in one Write; several share a time.
func (f *fixture) putDecisions(t testing.TB, n int) []string {
	t.Helper()
	item := f.putItem(t, nil)
	var decided []string
	f.write(t, func(tx review.Tx) error {
		decided = nil
		for i := range n {
			d := review.Decision{ID: f.ids.next(), ItemID: item.ID, AppID: item.AppID, Actor: f.ann.Actor(),
				Judgement: review.JudgeBlock, FinalVerdict: review.JudgeBlock, CreatedAt: start.Add(time.Duration(i/3) * time.Microsecond)}
			if err := tx.PutDecision(d); err != nil {
				return err
			}
			decided = append(decided, d.ID)
		}
		return nil
	})
	return decided
}

func (f *fixture) export(t testing.TB, q review.DecisionQuery) []string {
	t.Helper()
	if q.AppIDs == nil {
		q.AppIDs = []string{f.caller.App.ID}
	}
	ids := []string{}
	for row, err := range f.Decisions(t.Context(), q) {
		require.NoError(t, err)
		ids = append(ids, row.Decision.ID)
	}
	return ids
}

func exportPages(t *testing.T, f *fixture) {
	want := f.putDecisions(t, 2_100) // more than one page
	require.Equal(t, want, f.export(t, review.DecisionQuery{}))
	require.Equal(t, want, f.export(t, review.DecisionQuery{AppIDs: []string{f.caller.App.ID, "another"}}))
	require.Equal(t, want[:2_001], f.export(t, review.DecisionQuery{Limit: 2_001}))
	newest := slices.Clone(want)
	slices.Reverse(newest)
	require.Equal(t, newest, f.export(t, review.DecisionQuery{Newest: true}))
	require.Equal(t, newest[:50], f.export(t, review.DecisionQuery{Newest: true, Limit: 50}))
	require.Empty(t, f.export(t, review.DecisionQuery{AppIDs: []string{"another"}}))
}

func exportFilters(t *testing.T, f *fixture) {
	decide := func(by review.Viewer, change func(*review.Item), findings ...review.Finding) string {
		item := f.putItem(t, change, findings...)
		d := review.Decision{ID: f.ids.next(), ItemID: item.ID, AppID: item.AppID, Actor: by.Actor(), CreatedAt: f.clock.now()}
		f.write(t, func(tx review.Tx) error { return tx.PutDecision(d) })
		return d.ID
	}
	decided := func(i *review.Item) { i.State = review.StateDecided }
	plain := decide(f.ann, decided)
	audit := decide(f.ann, func(i *review.Item) { decided(i); i.Kind = review.KindAudit })
	escalated := decide(f.ann, func(i *review.Item) { i.State = review.StateEscalated })
	critical := decide(f.ann, func(i *review.Item) { decided(i); i.Severity = review.SeverityCritical })
	ofUser := decide(f.ann, func(i *review.Item) { decided(i); i.UserID = "u9" })
	found := decide(f.ann, decided, review.Finding{Detector: "pii.email", Category: review.CategoryPII})
	late := decide(f.ann, func(i *review.Item) { decided(i); i.DueAt = start.Add(-time.Second) })
	bobs := decide(f.bob, decided)
	for _, tt := range []struct {
		name   string
		filter review.Filter
		want   []string
	}{
		{"none", review.Filter{}, []string{plain, audit, escalated, critical, ofUser, found, late, bobs}},
		{"kind", review.Filter{Kind: review.KindAudit}, []string{audit}},
		{"state", review.Filter{State: review.StateEscalated}, []string{escalated}},
		{"severity", review.Filter{Severity: review.SeverityCritical}, []string{critical}},
		{"end user", review.Filter{UserID: "u9"}, []string{ofUser}},
		{"detector", review.Filter{Detector: "pii.email"}, []string{found}},
		{"category", review.Filter{Category: review.CategoryPII}, []string{found}},
		{"decided late", review.Filter{Overdue: true}, []string{late}},
		{"mine", review.Filter{Mine: true}, []string{bobs}},
	} {
		require.Equal(t, tt.want, f.export(t, review.DecisionQuery{Filter: tt.filter, Viewer: f.bob.User.ID}), tt.name)
	}
	system := review.Decision{ID: f.ids.next(), ItemID: f.putItem(t, nil).ID, AppID: f.caller.App.ID,
		Actor: review.Actor{Kind: review.ActorSystem, ID: "demo"}, CreatedAt: f.clock.now()}
	f.write(t, func(tx review.Tx) error {
		if err := tx.PutDecision(system); err != nil {
			return err
		}
		return tx.PutUndo(review.Undo{DecisionID: system.ID, Actor: system.Actor, CreatedAt: start})
	})
	for row, err := range f.Decisions(t.Context(), review.DecisionQuery{AppIDs: []string{f.caller.App.ID}, Newest: true, Limit: 1}) {
		require.NoError(t, err)
		require.Equal(t, "demo", row.Reviewer)
		require.True(t, row.Undone)
	}
}

func exportEndsEarly(t *testing.T, f *fixture) {
	f.putDecisions(t, 10)
	n := 0
	for range f.Decisions(t.Context(), review.DecisionQuery{AppIDs: []string{f.caller.App.ID}}) {
		if n++; n == 3 {
			break
		}
	}
	require.Equal(t, 3, n)
	ctx, cancel := contextEnded(t)
	defer cancel()
	var failed error
	for _, err := range f.Decisions(ctx, review.DecisionQuery{AppIDs: []string{f.caller.App.ID}}) {
		failed = err
	}
	require.Equal(t, review.CodeUnavailable, review.CodeOf(failed))
}
