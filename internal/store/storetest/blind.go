package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// blindScenarios: what a reviewer sees before and after they judge, and what of it the
// Decision remembers.
func blindScenarios() []scenario {
	return []scenario{
		{"a blind item says nothing before the verdict and everything after", blindThenRevealed},
		{"a blind verdict is never overwritten", blindVerdictStays},
		{"a blind item that is decided at once was judged blind", blindComesFirst},
		{"an undone decision leaves the blind verdict", undoKeepsTheBlindVerdict},
		{"filters do not tell what is blind", filtersDoNotTell},
		{"the draw depends on item and policy alone, and keeps its chance", drawIsKept},
		{"personal data is masked until somebody looks, once in the chain", unmaskingIsRecorded},
		{"a labelled span lands where it was seen", spansOfMaskedTexts},
		{"what was visible is in the decision", exposureIsTrue},
		{"nobody looked for longer than they held the item", focusIsBounded},
		{"alike items and precedents", alikeAndPrecedents},
		{"nearly the same items", nearlySame},
		{"no other list tells what is blind", otherListsDoNotTell},
		{"a lead does not see the hold on a control", holdsHideControls},
	}
}

// changePolicy puts a changed policy into force.
func (f *fixture) changePolicy(t testing.TB, change func(*review.Policy)) {
	t.Helper()
	view, err := f.service.PolicyOf(t.Context(), f.lead, f.caller.App.Name)
	require.NoError(t, err)
	p := view.Live
	change(&p)
	draft, err := f.service.SaveDraft(t.Context(), f.lead, f.caller.App.Name, "", p)
	require.NoError(t, err)
	live, err := f.service.Activate(t.Context(), f.lead, review.ActivateCommand{
		App: f.caller.App.Name, Revision: draft.Revision, Live: view.Live.Version, Reason: "for the test",
	})
	require.NoError(t, err)
	f.caller.PolicyVersion = live.Version
}

func (f *fixture) allBlind(t testing.TB) {
	f.changePolicy(t, func(p *review.Policy) { p.Blind.Share = 1 })
}

// judgeBlind claims the Item and judges it blind.
func (f *fixture) judgeBlind(t testing.TB, v review.Viewer, itemID string, j review.Judgement) (review.Claim, review.BlindVerdict) {
	t.Helper()
	claim, err := f.service.ClaimItem(t.Context(), v, itemID)
	require.NoError(t, err)
	verdict, err := f.service.JudgeBlind(t.Context(), v, review.BlindCommand{ItemID: itemID, Token: claim.Token, Version: f.look(t, v, itemID).Item.Version,
		Judgement: j, Confidence: pointer(0.8), FocusedMS: 700})
	require.NoError(t, err)
	return claim, verdict
}

func (f *fixture) look(t testing.TB, v review.Viewer, itemID string) review.ItemView {
	t.Helper()
	view, err := f.service.View(t.Context(), v, itemID)
	require.NoError(t, err)
	return view
}

// row is the Item's line in the viewer's queue.
func (f *fixture) row(t testing.TB, v review.Viewer, itemID string) review.QueueRow {
	t.Helper()
	page, err := f.service.Queue(t.Context(), v, review.Filter{}, nil)
	require.NoError(t, err)
	for _, row := range page.Rows {
		if row.Item.ID == itemID {
			return row
		}
	}
	require.Fail(t, "the item is not in the queue")
	return review.QueueRow{}
}

func blindThenRevealed(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "one")
	other := f.flagged(t, "another of the same user")
	_, err := f.service.Annotate(t.Context(), f.bob, review.AnnotateCommand{ItemID: item, Body: "clearly harmless"})
	require.NoError(t, err)
	quiet := func(v review.Viewer) {
		t.Helper()
		row, view := f.row(t, v, item), f.look(t, v, item)
		require.True(t, row.Blind)
		require.True(t, view.Blind)
		for _, i := range []review.Item{row.Item, view.Item} {
			require.Empty(t, string(i.Severity)+i.Detector+string(i.Category)+i.Reason+i.SamplingKind+i.Fingerprint)
			require.Zero(t, i.Risk+i.Priority+i.Propensity)
			require.Equal(t, review.VerdictAllow, i.Verdict)
		}
		require.Equal(t, review.Assessment{PolicyVersion: view.Assessment.PolicyVersion}, view.Assessment)
		require.Empty(t, view.Precedents)
		require.Len(t, view.History, 1)
		require.True(t, view.History[0].Blind)
		require.Zero(t, view.History[0].Risk)
		require.Equal(t, review.VerdictAllow, view.History[0].Verdict)
	}
	quiet(f.ann)
	quiet(f.lead)
	require.Empty(t, f.look(t, f.ann, item).Annotations, "nor what colleagues say")
	require.Len(t, f.look(t, f.bob, item).Annotations, 1, "what somebody wrote themselves they know")

	_, verdict := f.judgeBlind(t, f.ann, item, review.JudgeApprove)
	require.Equal(t, review.JudgeApprove, verdict.Judgement)
	quiet(f.lead)
	view := f.look(t, f.ann, item)
	require.False(t, view.Blind)
	require.Equal(t, &verdict, view.BlindVerdict)
	require.NotEmpty(t, view.Assessment.Findings)
	require.Equal(t, review.SeverityHigh, view.Item.Severity)
	require.Len(t, view.Annotations, 1)
	require.False(t, f.row(t, f.ann, item).Blind)
	require.True(t, view.History[0].Blind, "the other item is still to be judged")
	require.True(t, f.row(t, f.ann, other).Blind)

	viewer := f.addViewer(t, "v@example.com", review.RoleViewer, f.caller.App)
	require.False(t, f.look(t, viewer, item).Blind, "who never judges cannot be swayed")
	require.False(t, f.row(t, viewer, item).Blind)

	d := f.decide(t, f.ann, item, review.JudgeBlock)
	require.Equal(t, pointer(review.JudgeApprove), d.BlindVerdict)
	require.Equal(t, review.JudgeBlock, d.FinalVerdict)
	require.True(t, d.ChangedAfterReveal)
	require.False(t, f.look(t, f.lead, item).Blind, "decided")
	f.verifyChain(t)
}

func blindVerdictStays(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "x")
	claim, verdict := f.judgeBlind(t, f.ann, item, review.JudgeBlock)
	cmd := review.BlindCommand{ItemID: item, Token: claim.Token, Version: 1, Judgement: review.JudgeBlock}
	again, err := f.service.JudgeBlind(t.Context(), f.ann, cmd)
	require.NoError(t, err, "sent twice is one")
	require.Equal(t, verdict, again)
	cmd.Judgement = review.JudgeApprove
	_, err = f.service.JudgeBlind(t.Context(), f.ann, cmd)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'item.judged_blind'"))

	for _, change := range []string{"UPDATE blind_verdicts SET judgement = 'approve'", "DELETE FROM blind_verdicts"} {
		_, err := f.sql(t).ExecContext(t.Context(), change)
		require.ErrorContains(t, err, "append-only", change)
	}
	require.NoError(t, f.service.Release(t.Context(), f.ann, item, claim.Token, false))
	require.False(t, f.look(t, f.ann, item).Blind, "who comes back goes on at the reveal")
	require.True(t, f.look(t, f.bob, item).Blind, "for others it is still blind")
	_, mine := f.judgeBlind(t, f.bob, item, review.JudgeApprove)
	require.Equal(t, review.JudgeApprove, mine.Judgement)
}

func blindComesFirst(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "x")
	claim, err := f.service.ClaimItem(t.Context(), f.ann, item)
	require.NoError(t, err)
	bad := map[string]struct {
		viewer review.Viewer
		cmd    review.BlindCommand
		want   review.Code
	}{
		"no judgement":   {f.ann, review.BlindCommand{Token: claim.Token, Version: 1}, review.CodeUnprocessable},
		"no confidence":  {f.ann, review.BlindCommand{Token: claim.Token, Version: 1, Judgement: review.JudgeBlock, Confidence: pointer(1.5)}, review.CodeUnprocessable},
		"stale":          {f.ann, review.BlindCommand{Token: claim.Token, Version: 2, Judgement: review.JudgeBlock}, review.CodeConflict},
		"another's hold": {f.bob, review.BlindCommand{Token: claim.Token, Version: 1, Judgement: review.JudgeBlock}, review.CodeConflict},
	}
	for name, c := range bad {
		c.cmd.ItemID = item
		_, err := f.service.JudgeBlind(t.Context(), c.viewer, c.cmd)
		require.Equal(t, c.want, review.CodeOf(err), name)
	}
	require.True(t, f.look(t, f.ann, item).Blind, "nothing was kept")

	d, err := f.service.Decide(t.Context(), f.ann, review.DecideCommand{ItemID: item, Token: claim.Token, Version: 1, Judgement: review.JudgeBlock})
	require.NoError(t, err)
	require.Equal(t, review.JudgeBlock, *d.BlindVerdict)
	require.Equal(t, review.JudgeBlock, d.FinalVerdict)
	require.False(t, d.ChangedAfterReveal)
	require.Equal(t, review.Exposure{}, d.Exposure, "nothing had been shown")
	f.verifyChain(t)

	f.changePolicy(t, func(p *review.Policy) { p.Blind = review.BlindRules{} })
	open := f.flagged(t, "y")
	held, err := f.service.ClaimItem(t.Context(), f.ann, open)
	require.NoError(t, err)
	_, err = f.service.JudgeBlind(t.Context(), f.ann, review.BlindCommand{ItemID: open, Token: held.Token, Version: 1, Judgement: review.JudgeBlock})
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "it shows everything already")
}

func undoKeepsTheBlindVerdict(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "x")
	f.judgeBlind(t, f.ann, item, review.JudgeBlock)
	d := f.decide(t, f.ann, item, review.JudgeBlock)
	require.False(t, d.ChangedAfterReveal)
	_, err := f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)
	require.False(t, f.look(t, f.ann, item).Blind)
	shown, err := f.service.LatestDecisions(t.Context(), f.bob, review.Filter{})
	require.NoError(t, err)
	require.Len(t, shown, 1)
	require.Empty(t, shown[0].Decision.Findings, "what was taken back does not tell the next one")
	require.Empty(t, shown[0].Item.Detector)
	again := f.decide(t, f.ann, item, review.JudgeApprove)
	require.Equal(t, pointer(review.JudgeBlock), again.BlindVerdict)
	require.True(t, again.ChangedAfterReveal)
}

func filtersDoNotTell(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "x")
	listed := func(v review.Viewer, filter review.Filter) int {
		page, err := f.service.Queue(t.Context(), v, filter, nil)
		require.NoError(t, err)
		return len(page.Rows)
	}
	telling := []review.Filter{{Detector: "injection.test"}, {Category: review.CategoryInjection}}
	for _, filter := range telling {
		require.Zero(t, listed(f.ann, filter), "%+v", filter)
	}
	require.Equal(t, 1, listed(f.ann, review.Filter{Kind: review.KindInteraction}))
	f.judgeBlind(t, f.ann, item, review.JudgeBlock)
	for _, filter := range telling {
		require.Equal(t, 1, listed(f.ann, filter), "%+v", filter)
		require.Zero(t, listed(f.bob, filter), "%+v", filter)
	}

	sample := fullItem(f, f.submit(t, review.Submission{Prompt: "fine"}).ID)
	sample.Verdict, sample.Blind = review.VerdictAllow, true
	f.write(t, func(tx review.Tx) error { return tx.PutItem(sample, nil) })
	require.Equal(t, review.KindInteraction, f.row(t, f.bob, sample.ID).Item.Kind, "a sample of what was allowed would say so")
	require.Zero(t, listed(f.bob, review.Filter{Kind: review.KindAudit}))
	require.Equal(t, 2, listed(f.bob, review.Filter{Kind: review.KindInteraction}))
	f.judgeBlind(t, f.bob, sample.ID, review.JudgeApprove)
	require.Equal(t, review.KindAudit, f.row(t, f.bob, sample.ID).Item.Kind)
	require.Equal(t, 1, listed(f.bob, review.Filter{Kind: review.KindAudit}))
}

func drawIsKept(t *testing.T, f *fixture) {
	f.changePolicy(t, func(p *review.Policy) { p.Blind = review.BlindRules{Share: 0.5} })
	blind := 0
	for range 40 {
		item := f.flagged(t, "x")
		var stored review.Item
		f.write(t, func(tx review.Tx) (err error) {
			stored, err = tx.Item(item)
			return err
		})
		require.Equal(t, 0.5, stored.BlindPropensity)
		require.Equal(t, stored.Blind, f.look(t, f.ann, item).Blind)
		require.Equal(t, stored.Blind, f.look(t, f.bob, item).Blind, "for everybody alike")
		if stored.Blind {
			blind++
		}
	}
	require.InDelta(t, 20, blind, 12)
	f.changePolicy(t, func(p *review.Policy) {
		p.Blind = review.BlindRules{Severities: []review.Severity{review.SeverityHigh}}
	})
	require.True(t, f.look(t, f.ann, f.flagged(t, "x")).Blind, "all of the severity")
}

func unmaskingIsRecorded(t *testing.T, f *fixture) {
	r := f.submit(t, review.Submission{Prompt: "a suspicious secret", UserID: "u1", Context: []byte(`{"a":1}`)})
	item := r.Item.ID
	viewer := f.addViewer(t, "v@example.com", review.RoleViewer, f.caller.App)
	for _, v := range []review.Viewer{f.ann, f.lead, viewer} {
		view := f.look(t, v, item)
		require.True(t, view.Masked)
		require.Equal(t, "a suspicious [HIDDEN_1]", view.Interaction.Content.Prompt)
		require.Nil(t, view.Interaction.Context)
	}
	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.Unmask(t.Context(), viewer, item)))
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.Unmask(t.Context(), f.ann, "none")))
	for range 2 {
		require.NoError(t, f.service.Unmask(t.Context(), f.ann, item))
	}
	view := f.look(t, f.ann, item)
	require.False(t, view.Masked)
	require.True(t, view.Unmasked)
	require.Equal(t, "a suspicious secret", view.Interaction.Content.Prompt)
	require.True(t, f.look(t, f.lead, item).Masked, "everybody looks for themselves")
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'item.unmasked'"))
	require.True(t, f.decide(t, f.ann, item, review.JudgeBlock).Exposure.Personal)

	plain := f.flagged(t, "nothing to hide")
	require.False(t, f.look(t, f.ann, plain).Masked)
	require.False(t, f.decide(t, f.ann, plain, review.JudgeBlock).Exposure.Personal)
	f.verifyChain(t)
}

func spansOfMaskedTexts(t *testing.T, f *fixture) {
	item := f.submit(t, review.Submission{Prompt: "a suspicious secret ende"}).Item.ID // shown as "a suspicious [HIDDEN_1] ende"
	for _, c := range []struct {
		masked, ende    bool
		start, end      int
		wantAt, wantEnd int
	}{
		{masked: true, start: 2, end: 12, wantAt: 2, wantEnd: 12},
		{masked: true, start: 15, end: 18, wantAt: 13, wantEnd: 19}, // inside the placeholder: all of it
		{masked: true, start: 24, end: 28, wantAt: 20, wantEnd: 24}, // behind it
		{masked: false, start: 20, end: 24, wantAt: 20, wantEnd: 24},
	} {
		a, err := f.service.Annotate(t.Context(), f.ann, review.AnnotateCommand{ItemID: item, Label: "pii", Segment: "prompt", Start: c.start, End: c.end, Masked: c.masked})
		require.NoError(t, err)
		require.Equal(t, []int{c.wantAt, c.wantEnd}, []int{a.Start, a.End})
	}
	last := f.look(t, f.ann, item).Annotations[2]
	require.Equal(t, []int{24, 28}, []int{last.Start, last.End}, "and is shown where it was seen")
}

func exposureIsTrue(t *testing.T, f *fixture) {
	seen := f.decide(t, f.ann, f.flagged(t, "a"), review.JudgeBlock)
	require.Equal(t, review.Exposure{GuardVerdict: true, Scores: true, Highlights: true}, seen.Exposure)

	escalated := f.flagged(t, "b")
	f.decide(t, f.ann, escalated, review.JudgeEscalate)
	led := f.decide(t, f.lead, escalated, review.JudgeBlock)
	require.True(t, led.Exposure.Peers, "the lead saw who passed it on")
	require.False(t, led.Exposure.Precedents, "there was none")

	f.allBlind(t)
	same := f.flagged(t, "B!")
	require.Empty(t, f.look(t, f.bob, same).Precedents)
	f.judgeBlind(t, f.bob, same, review.JudgeApprove)
	require.Len(t, f.look(t, f.bob, same).Precedents, 1)
	after := f.decide(t, f.bob, same, review.JudgeApprove)
	require.Equal(t, review.Exposure{GuardVerdict: true, Scores: true, Highlights: true, Precedents: true}, after.Exposure)
}

func focusIsBounded(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "x")
	claim, err := f.service.ClaimItem(t.Context(), f.ann, item)
	require.NoError(t, err)
	f.clock.advance(2 * time.Second)
	verdict, err := f.service.JudgeBlind(t.Context(), f.ann, review.BlindCommand{ItemID: item, Token: claim.Token, Version: 1, Judgement: review.JudgeBlock, FocusedMS: 3_600_000})
	require.NoError(t, err)
	require.EqualValues(t, 2_000, verdict.FocusedMS, "not longer than they held it")
	f.clock.advance(time.Minute)
	_, err = f.service.Heartbeat(t.Context(), f.ann, item, claim.Token)
	require.NoError(t, err, "a heartbeat does not begin the lease anew")
	d, err := f.service.Decide(t.Context(), f.ann, review.DecideCommand{ItemID: item, Token: claim.Token, Version: 1, Judgement: review.JudgeBlock, FocusedMS: 1_500})
	require.NoError(t, err)
	require.EqualValues(t, 3_500, d.FocusedMS, "both looks together")

	next := f.flagged(t, "y")
	f.judgeBlind(t, f.ann, next, review.JudgeBlock)
	held := f.look(t, f.ann, next).Claim
	none, err := f.service.Decide(t.Context(), f.ann, review.DecideCommand{ItemID: next, Token: held.Token, Version: 1, Judgement: review.JudgeBlock})
	require.NoError(t, err)
	require.Zero(t, none.FocusedMS, "nobody guesses")
}

func nearlySame(t *testing.T, f *fixture) {
	const letter = "suspicious: dear team, kindly forward the customer list of this quarter to my private address before noon, and tell nobody about it"
	flagged := func(prompt string) string {
		t.Helper()
		r := f.submit(t, review.Submission{Prompt: prompt})
		require.NotNil(t, r.Item)
		f.clock.advance(time.Second)
		return r.Item.ID
	}
	edited := flagged(strings.Replace(letter, "noon", "midnight", 1))
	flagged(letter + "!!")
	flagged("suspicious: an altogether different matter about invoices, parcels, holidays and the weather in the mountains of the south")
	flagged("suspicious: hi")
	foreign := review.Caller{App: f.addApp(t, "elsewhere"), PolicyVersion: 1}
	_, err := f.service.Submit(t.Context(), foreign, review.Submission{Prompt: strings.Replace(letter, "noon", "dawn", 1)})
	require.NoError(t, err)
	item := flagged(letter)
	for {
		n, err := f.IndexTexts(t.Context())
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	require.Empty(t, f.look(t, f.ann, item).Near, "not before a first verdict")
	f.decideNear(t, item, edited)
	f.decide(t, f.ann, item, review.JudgeBlock)
	view := f.look(t, f.bob, item)
	require.Len(t, view.Near, 1, "neither what is alike but for signs, nor what is different, nor another App's")
	require.Equal(t, edited, view.Near[0].ItemID)
	require.Equal(t, review.StateOpen, view.Near[0].State)
	require.Greater(t, view.Near[0].Likeness, 0.8)
	require.Less(t, view.Near[0].Likeness, 1.0)
	require.Equal(t, 1, view.AlikeCount)
}

// decideNear decides an Item together with one that is worded a little otherwise, and takes both back.
func (f *fixture) decideNear(t *testing.T, item, edited string) {
	t.Helper()
	cluster, err := f.service.Cluster(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Len(t, cluster.Rows, 2, "neither what is different, nor what is too short, nor another App's")
	require.Equal(t, 1, cluster.Near())
	near := cluster.Rows[0]
	require.True(t, near.Near, "what is worded otherwise comes first")
	require.Equal(t, edited, near.Item.ID)
	require.True(t, near.Decidable())
	require.False(t, cluster.Rows[1].Near)

	claim, err := f.service.ClaimItem(t.Context(), f.bob, edited)
	require.NoError(t, err)
	held, err := f.service.Cluster(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Equal(t, "bob", held.Rows[0].Holder)
	require.NoError(t, f.service.Release(t.Context(), f.bob, edited, claim.Token, false))

	cmd := f.batch(f.listed(t, item), f.listed(t, edited))
	result, err := f.service.DecideBatch(t.Context(), f.ann, cmd)
	require.NoError(t, err)
	require.Len(t, result.Decided, 2)
	rest, err := f.service.Cluster(t.Context(), f.ann, cluster.Rows[1].Item.ID)
	require.NoError(t, err)
	require.Empty(t, rest.Rows, "what is decided is not decided again")
	undone, err := f.service.UndoBatch(t.Context(), f.ann, cmd.ID)
	require.NoError(t, err)
	require.Equal(t, 2, undone)
	f.verifyChain(t)
}

func alikeAndPrecedents(t *testing.T, f *fixture) {
	first := f.flagged(t, "offer 1!")
	f.clock.advance(time.Second)
	second := f.flagged(t, "OFFER 22")
	f.clock.advance(time.Second)
	f.flagged(t, "something else")
	third := f.flagged(t, "offer, 7")
	d := f.decide(t, f.ann, first, review.JudgeBlock)
	view := f.look(t, f.bob, third)
	require.Equal(t, 2, view.AlikeCount)
	require.Equal(t, []string{second, first}, []string{view.Alike[0].ItemID, view.Alike[1].ItemID}, "the newest first")
	require.Equal(t, review.StateDecided, view.Alike[1].State)
	require.Empty(t, view.Precedents, "not before a first verdict")
	f.decide(t, f.bob, third, review.JudgeEscalate)
	view = f.look(t, f.lead, third)
	require.Equal(t, []review.Precedent{{ItemID: first, Judgement: review.JudgeBlock, Label: "injection", Reason: "because", Reviewer: "ann", CreatedAt: d.CreatedAt}}, view.Precedents)

	bare := f.submit(t, review.Submission{Documents: []review.Document{{Content: "suspicious"}}})
	f.submit(t, review.Submission{Documents: []review.Document{{Content: "suspicious too"}}})
	require.Zero(t, f.look(t, f.ann, bare.Item.ID).AlikeCount, "without a prompt there is nothing to be alike in")

	actions := []string{}
	for _, e := range view.Events {
		actions = append(actions, e.ActorName+" "+e.Action)
	}
	require.Equal(t, []string{"guard item.opened", "bob item.claimed", "bob decision.made"}, actions)
}

// Whatever else lists an item tells as little as the queue.
func otherListsDoNotTell(t *testing.T, f *fixture) {
	f.allBlind(t)
	item := f.flagged(t, "x")
	claim, err := f.service.ClaimItem(t.Context(), f.ann, item)
	require.NoError(t, err)
	for _, v := range []review.Viewer{f.ann, f.lead} {
		holds, err := f.service.Holds(t.Context(), v)
		require.NoError(t, err)
		require.Len(t, holds, 1)
		require.Empty(t, holds[0].Item.Detector+string(holds[0].Item.Severity)+holds[0].Item.Reason)
		require.Zero(t, holds[0].Item.Risk)
	}
	require.NoError(t, f.service.Snooze(t.Context(), f.ann, item, claim.Token, f.clock.now().Add(time.Hour)))
	for _, v := range []review.Viewer{f.ann, f.bob, f.lead} {
		view := f.look(t, v, item)
		require.Equal(t, review.StateSnoozed, view.Item.State)
		require.True(t, view.Blind, "it will be judged when it wakes")
		require.Empty(t, view.Assessment.Findings)
		page, err := f.service.Queue(t.Context(), v, review.Filter{State: review.StateSnoozed}, nil)
		require.NoError(t, err)
		for _, row := range page.Rows {
			require.True(t, row.Blind)
			require.Empty(t, row.Item.Detector)
		}
	}
}

func holdsHideControls(t *testing.T, f *fixture) {
	_, control := f.onePlaced(t, "suspicious prompt", review.JudgeBlock)
	_, err := f.service.ClaimItem(t.Context(), f.ann, control)
	require.NoError(t, err)
	holds, err := f.service.Holds(t.Context(), f.lead)
	require.NoError(t, err)
	for _, h := range holds {
		require.NotEqual(t, control, h.Item.ID, "a lead would find no such item")
	}
	own, err := f.service.Holds(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, control, own[len(own)-1].Item.ID)
}
