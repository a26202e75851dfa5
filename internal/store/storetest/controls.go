package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// controlScenarios: Items whose answer is known, which nobody may tell from others.
func controlScenarios() []scenario {
	return []scenario{
		{"a control is for one person and touches nothing", controlTouchesNothing},
		{"a control looks like an item", controlLooksLikeAnItem},
		{"half of the controls are violations and a third mislead", controlShares},
		{"only what was agreed on becomes a control", controlsAreAgreed},
		{"controls never pile up and never stand alone", controlsStayFew},
		{"what was shown is in the decision on a control", controlKeepsWhatWasShown},
	}
}

// withControls makes everything blind and sampled, and every Decision bring a control.
func (f *fixture) withControls(t testing.TB) {
	f.changePolicy(t, func(p *review.Policy) {
		p.AuditRate, p.Blind.Share = 1, 1
		p.Controls = review.ControlRules{Rate: 1, Until: 1000, LaterRate: 1}
	})
}

// settled lets somebody decide an Item as they had judged it blind.
func (f *fixture) settled(t testing.TB, v review.Viewer, prompt string, j review.Judgement) string {
	t.Helper()
	item := f.submit(t, review.Submission{Prompt: prompt, UserID: "u1", Model: "m1"}).Item.ID
	f.judgeBlind(t, v, item, j)
	f.decide(t, v, item, j)
	return item
}

// judged is settled, and then a control may come.
func (f *fixture) judged(t testing.TB, v review.Viewer, itemID string, j review.Judgement) review.Decision {
	t.Helper()
	if f.look(t, v, itemID).Blind {
		f.judgeBlind(t, v, itemID, j)
	}
	d := f.decide(t, v, itemID, j)
	require.NoError(t, f.service.PlaceControl(t.Context(), v, d))
	return d
}

// control is the id of the only one there is, "" when there is none.
func (f *fixture) control(t testing.TB) string {
	t.Helper()
	if f.count(t, "SELECT COUNT(*) FROM controls") == 0 {
		return ""
	}
	var id string
	require.NoError(t, f.sql(t).QueryRowContext(t.Context(), "SELECT item_id FROM controls").Scan(&id))
	return id
}

// onePlaced is an Item that bob settled, and its control for ann.
func (f *fixture) onePlaced(t testing.TB, prompt string, j review.Judgement) (original, control string) {
	t.Helper()
	f.withControls(t)
	original = f.settled(t, f.bob, prompt, j)
	f.clock.advance(25 * time.Hour)
	for i := range 24 { // until the coin shows the gold that there is
		f.submit(t, review.Submission{Prompt: fmt.Sprintf("suspicious, number %c", 'a'+i), UserID: "u2"})
		f.submit(t, review.Submission{Prompt: fmt.Sprintf("suspicious, letter %c", 'a'+i), UserID: "u3"})
	}
	for range 40 {
		page, err := f.service.Queue(t.Context(), f.ann, review.Filter{}, nil)
		require.NoError(t, err)
		f.judged(t, f.ann, page.Rows[0].Item.ID, review.JudgeBlock)
		if control = f.control(t); control != "" {
			return original, control
		}
	}
	require.Fail(t, "no control was placed")
	return "", ""
}

func (f *fixture) inQueue(t testing.TB, v review.Viewer, filter review.Filter) (out []string) {
	t.Helper()
	page, err := f.service.Queue(t.Context(), v, filter, nil)
	require.NoError(t, err)
	for _, row := range page.Rows {
		out = append(out, row.Item.ID)
	}
	return out
}

func controlTouchesNothing(t *testing.T, f *fixture) {
	original, control := f.onePlaced(t, "suspicious prompt", review.JudgeBlock)
	before := f.look(t, f.bob, original)
	tallies := func() []review.DetectorTally {
		tallies, err := f.DetectorTallies(t.Context(), f.caller.App.ID, start.Add(-time.Hour))
		require.NoError(t, err)
		return tallies
	}
	counted := tallies()
	f.clock.advance(time.Minute)
	feed, err := f.service.Feed(t.Context(), f.caller, 0, 500)
	require.NoError(t, err)

	require.Contains(t, f.inQueue(t, f.ann, review.Filter{}), control)
	for _, other := range []review.Viewer{f.bob, f.lead} {
		require.NotContains(t, f.inQueue(t, other, review.Filter{}), control)
		_, err := f.service.View(t.Context(), other, control)
		require.Equal(t, review.CodeNotFound, review.CodeOf(err))
		_, err = f.service.ClaimItem(t.Context(), other, control)
		require.Equal(t, review.CodeNotFound, review.CodeOf(err))
		_, err = f.service.Annotate(t.Context(), other, review.AnnotateCommand{ItemID: control, Body: "x"})
		require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	}
	open := func(v review.Viewer) int {
		counts, err := f.service.Counts(t.Context(), v)
		require.NoError(t, err)
		require.Zero(t, counts.Of(review.StateOpen, review.KindControl))
		return counts.Of(review.StateOpen)
	}
	require.Equal(t, len(f.inQueue(t, f.ann, review.Filter{})), open(f.ann), "the counter says what the queue shows")
	require.Equal(t, open(f.ann)-1, open(f.bob))

	exported := func() (n int) {
		rows, err := f.service.Decisions(t.Context(), f.ann, review.Filter{})
		require.NoError(t, err)
		for _, err := range rows {
			require.NoError(t, err)
			n++
		}
		return n
	}
	rows := exported()
	if f.look(t, f.ann, control).Blind {
		f.judgeBlind(t, f.ann, control, review.JudgeApprove)
	}
	d := f.decide(t, f.ann, control, review.JudgeApprove)
	require.Equal(t, "control", d.SamplingKind)
	f.clock.advance(time.Minute)
	again, err := f.service.Feed(t.Context(), f.caller, 0, 500)
	require.NoError(t, err)
	require.Equal(t, feed, again, "the App hears nothing of it")
	require.Equal(t, rows, exported(), "nor does an export")
	require.Equal(t, counted, tallies())
	after := f.look(t, f.bob, original)
	require.Equal(t, before.Item, after.Item)
	require.Equal(t, before.Decisions, after.Decisions)
	receipt, err := f.service.Receipt(t.Context(), f.caller, before.Interaction.ID)
	require.NoError(t, err)
	require.Equal(t, &review.ItemRef{ID: original, State: review.StateDecided}, receipt.Item)
	listed := func(v review.Viewer) (ids []string) {
		rows, err := f.service.LatestDecisions(t.Context(), v, review.Filter{})
		require.NoError(t, err)
		for _, row := range rows {
			require.NotEqual(t, review.KindControl, row.Item.Kind)
			ids = append(ids, row.Item.ID)
		}
		return ids
	}
	require.Contains(t, listed(f.ann), control, "their own, as what it looks like")
	require.NotContains(t, listed(f.bob), control)
	f.verifyChain(t)
}

func controlLooksLikeAnItem(t *testing.T, f *fixture) {
	original, control := f.onePlaced(t, "suspicious prompt", review.JudgeBlock)
	real := f.look(t, f.bob, original)
	f.judgeBlind(t, f.ann, control, review.JudgeBlock)
	view := f.look(t, f.ann, control)
	require.Nil(t, view.Control)
	require.NotEqual(t, review.KindControl, view.Item.Kind)
	require.NotContains(t, []string{"control", ""}, view.Item.SamplingKind)
	require.NotEqual(t, real.Interaction.ID, view.Interaction.ID)
	require.Equal(t, view.Interaction.ID, view.Item.InteractionID)
	require.Equal(t, real.Interaction.Content, view.Interaction.Content)
	require.WithinDuration(t, f.clock.now(), view.Interaction.OccurredAt, 26*time.Hour, "as young as its neighbours")
	require.Equal(t, view.Item.CreatedAt, view.Interaction.CreatedAt)
	require.Empty(t, view.Decisions, "nobody has decided it")
	for _, a := range view.Alike {
		require.NotEqual(t, original, a.ItemID, "the original would give the answer")
	}
	require.Empty(t, view.Precedents)
	require.Empty(t, f.inQueue(t, f.ann, review.Filter{Kind: review.KindControl}), "no filter finds it")
	require.Contains(t, f.inQueue(t, f.ann, review.Filter{Kind: view.Item.Kind}), control)

	claim, err := f.service.ClaimItem(t.Context(), f.ann, control)
	require.NoError(t, err)
	require.NoError(t, f.service.Skip(t.Context(), f.ann, control, claim.Token, ""))
	d := f.decide(t, f.ann, control, review.JudgeEscalate)
	require.Contains(t, f.inQueue(t, f.ann, review.Filter{State: review.StateEscalated}), control)
	require.NotContains(t, f.inQueue(t, f.lead, review.Filter{State: review.StateEscalated}), control, "no lead is asked about it")
	_, err = f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)
	age, err := f.QueueAge(t.Context())
	require.NoError(t, err)
	require.False(t, age.IsZero())
}

func controlShares(t *testing.T, f *fixture) {
	f.withControls(t)
	for i := range 40 {
		f.settled(t, f.bob, fmt.Sprintf("suspicious thing %c%c", 'a'+i/20, 'a'+i%20), review.JudgeBlock)
		f.settled(t, f.bob, fmt.Sprintf("fine thing %c%c", 'a'+i/20, 'a'+i%20), review.JudgeApprove)
	}
	f.clock.advance(25 * time.Hour)
	for i := range 100 {
		f.submit(t, review.Submission{Prompt: fmt.Sprintf("suspicious, number %c%c", 'a'+i/20, 'a'+i%20)})
	}
	for range 100 {
		page, err := f.service.Queue(t.Context(), f.ann, review.Filter{}, nil)
		require.NoError(t, err)
		f.judged(t, f.ann, page.Rows[0].Item.ID, review.JudgeBlock)
	}
	had := f.count(t, "SELECT COUNT(*) FROM controls")
	require.Greater(t, had, 40)
	violations := f.count(t, "SELECT COUNT(*) FROM controls WHERE gold = 'block'")
	require.InDelta(t, float64(had)/2, float64(violations), 0.2*float64(had))
	misleading := f.count(t, "SELECT COUNT(*) FROM controls WHERE gold = 'block' AND misleading")
	require.InDelta(t, float64(violations)/3, float64(misleading), 0.25*float64(violations))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM controls k JOIN items i ON i.id = k.item_id WHERE (i.verdict <> 'allow') <> ((k.gold = 'block') <> k.misleading)"),
		"what is shown contradicts the answer where it is to mislead, and nowhere else")
	require.Equal(t, had, f.count(t, "SELECT COUNT(DISTINCT original_id) FROM controls WHERE user_id = '"+f.ann.User.ID+"'"), "no original twice")
}

func controlsAreAgreed(t *testing.T, f *fixture) {
	f.withControls(t)
	candidates := func(gold review.Judgement) []string {
		ids, err := f.ControlCandidates(t.Context(), review.ControlQuery{AppID: f.caller.App.ID, UserID: f.ann.User.ID, Gold: gold, From: 0.9, Before: f.clock.now()})
		require.NoError(t, err)
		return ids
	}
	agreed := f.settled(t, f.bob, "suspicious agreed", review.JudgeBlock)
	f.settled(t, f.bob, "suspicious, but approved", review.JudgeApprove)
	f.settled(t, f.ann, "suspicious, decided by ann herself", review.JudgeBlock)

	undone := f.submit(t, review.Submission{Prompt: "suspicious, undone"}).Item.ID
	f.judgeBlind(t, f.bob, undone, review.JudgeBlock)
	_, err := f.service.Undo(t.Context(), f.bob, f.decide(t, f.bob, undone, review.JudgeBlock).ID)
	require.NoError(t, err)

	swayed := f.submit(t, review.Submission{Prompt: "suspicious, swayed"}).Item.ID
	f.judgeBlind(t, f.bob, swayed, review.JudgeApprove)
	f.decide(t, f.bob, swayed, review.JudgeBlock)

	bare := f.submit(t, review.Submission{Documents: []review.Document{{Content: "suspicious"}}}).Item.ID
	f.judgeBlind(t, f.bob, bare, review.JudgeBlock)
	f.decide(t, f.bob, bare, review.JudgeBlock)

	f.clock.advance(time.Second)
	require.Equal(t, []string{agreed}, candidates(review.JudgeBlock))
	require.Empty(t, candidates(review.JudgeApprove))

	pair := f.submit(t, review.Submission{Prompt: "suspicious, but two say fine"}).Item.ID
	for _, who := range []review.Viewer{f.bob, f.lead} {
		f.write(t, func(tx review.Tx) error {
			return tx.PutDecision(review.Decision{ID: f.ids.next(), ItemID: pair, AppID: f.caller.App.ID, Actor: who.Actor(), Judgement: review.JudgeApprove, CreatedAt: f.clock.now()})
		})
	}
	f.write(t, func(tx review.Tx) error { _, err := tx.SetItemState(pair, 1, review.StateDecided); return err })
	f.clock.advance(time.Second)
	require.Contains(t, candidates(review.JudgeApprove), pair, "two people agree against the guard")
}

func controlsStayFew(t *testing.T, f *fixture) {
	f.withControls(t)
	for i := range 12 {
		f.settled(t, f.bob, fmt.Sprintf("suspicious thing %c", 'a'+i), review.JudgeBlock)
		f.settled(t, f.bob, fmt.Sprintf("fine thing %c", 'a'+i), review.JudgeApprove)
	}
	alone := f.submit(t, review.Submission{Prompt: "suspicious, alone"}).Item.ID
	f.clock.advance(25 * time.Hour)
	f.judged(t, f.ann, alone, review.JudgeBlock)
	require.Empty(t, f.control(t), "in an empty queue it would be known")

	var open []string
	for i := range 30 {
		open = append(open, f.submit(t, review.Submission{Prompt: fmt.Sprintf("suspicious, number %c%c", 'a'+i/20, 'a'+i%20)}).Item.ID)
	}
	for _, item := range open[:25] {
		f.judged(t, f.ann, item, review.JudgeBlock)
	}
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM controls"))

	f.changePolicy(t, func(p *review.Policy) { p.Controls = review.ControlRules{} })
	more := f.submit(t, review.Submission{Prompt: "suspicious, more"}).Item.ID
	f.judged(t, f.bob, more, review.JudgeBlock)
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM controls"), "switched off")
}

func controlKeepsWhatWasShown(t *testing.T, f *fixture) {
	original, control := f.onePlaced(t, "suspicious prompt", review.JudgeBlock)
	f.judgeBlind(t, f.ann, control, review.JudgeBlock)
	shown := f.look(t, f.ann, control)
	d := f.decide(t, f.ann, control, review.JudgeBlock)
	require.Equal(t, shown.Assessment.Verdict, d.GuardVerdict)
	require.Equal(t, shown.Assessment.Risk, d.GuardRisk)
	require.Equal(t, shown.Assessment.Findings, d.Findings)
	require.Equal(t, len(shown.Assessment.Findings) > 0, d.Exposure.Highlights)
	var kept review.Control
	f.write(t, func(tx review.Tx) (err error) {
		kept, err = tx.Control(control)
		return err
	})
	require.Equal(t, original, kept.OriginalID)
	require.Equal(t, review.JudgeBlock, kept.Gold)
	require.Equal(t, kept.Misleading, shown.Assessment.Verdict == review.VerdictAllow)
	for _, change := range []string{"UPDATE controls SET gold = 'approve'", "DELETE FROM controls"} {
		_, err := f.sql(t).ExecContext(t.Context(), change)
		require.ErrorContains(t, err, "append-only", change)
	}
}
