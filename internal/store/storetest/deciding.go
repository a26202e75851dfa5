package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// decidingScenarios: required reasons, named queues, second opinions and reversals.
func decidingScenarios() []scenario {
	return []scenario{
		{"a reason is required where the policy says so, both ways", reasonIsRequired},
		{"a named queue is decided by the roles that it names", namedQueueAdmits},
		{"two opinions that agree settle an item", opinionsAgree},
		{"two opinions that differ go to a lead", opinionsDiffer},
		{"an opinion is hidden until both are in", opinionIsHidden},
		{"an opinion is withdrawn within ten seconds", opinionIsWithdrawn},
		{"an opinion comes to light when a lead is asked, not before that stands", opinionAndEscalation},
		{"a decision is reversed by another one", decisionIsReversed},
		{"a reversal is bounded and undone", reversalIsBounded},
		{"a reversal teaches what stands", reversalTeaches},
	}
}

// withPolicy puts a policy into force.
func (f *fixture) withPolicy(t testing.TB, change func(*review.Policy)) {
	t.Helper()
	p, err := f.ActivePolicy(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	p = p.WithDefaults(specs())
	change(&p)
	p.Version++
	require.NoError(t, p.Validate())
	f.write(t, func(tx review.Tx) error { return tx.PutPolicy(p, cli, "test", f.clock.now()) })
	f.caller.PolicyVersion = p.Version
}

// tryDecide claims and decides; both may be refused.
func (f *fixture) tryDecide(t testing.TB, v review.Viewer, itemID string, change func(*review.DecideCommand)) (review.Decision, error) {
	t.Helper()
	c, err := f.service.ClaimItem(t.Context(), v, itemID)
	if err != nil {
		return review.Decision{}, err
	}
	cmd := review.DecideCommand{ItemID: itemID, Token: c.Token, Version: f.item(t, itemID).Version, Judgement: review.JudgeBlock}
	change(&cmd)
	return f.service.Decide(t.Context(), v, cmd)
}

func say(j review.Judgement) func(*review.DecideCommand) {
	return func(c *review.DecideCommand) { c.Judgement = j }
}

func reasonIsRequired(t *testing.T, f *fixture) {
	both := []review.Judgement{review.JudgeApprove, review.JudgeBlock}
	for _, rules := range []review.ReasonRules{
		{Judgements: both}, {Severities: []review.Severity{review.SeverityHigh}}, {Labels: []string{"pii"}},
	} {
		f.withPolicy(t, func(p *review.Policy) { p.RequiredReason = rules })
		for _, j := range both {
			item := f.flagged(t, "a")
			with := func(reason string) func(*review.DecideCommand) {
				return func(c *review.DecideCommand) { c.Judgement, c.Label, c.Reason = j, "pii", reason }
			}
			_, err := f.tryDecide(t, f.ann, item, with(" \n"))
			require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
			require.Equal(t, "reason", review.FieldsOf(err)[0].Field)
			batch := f.batch(f.listed(t, item))
			batch.Judgement, batch.Label = j, "pii"
			_, err = f.service.DecideBatch(t.Context(), f.ann, batch)
			require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), "a batch is no way around it")
			_, err = f.tryDecide(t, f.ann, item, with("because"))
			require.NoError(t, err)
		}
	}
	p := review.DefaultPolicy(specs())
	for _, j := range both {
		p.RequiredReason = review.ReasonRules{Judgements: []review.Judgement{j, review.JudgeEscalate}}
		require.Error(t, p.Validate(), "one way only")
	}
}

func namedQueueAdmits(t *testing.T, f *fixture) {
	f.withPolicy(t, func(p *review.Policy) {
		p.Escalations = []review.EscalationQueue{{ID: "legal", Title: "Legal"}, {ID: "safety", Title: "Safety", Roles: []review.Role{review.RoleAnalyst}}}
	})
	to := func(queue string) func(*review.DecideCommand) {
		return func(c *review.DecideCommand) { c.Judgement, c.Queue = review.JudgeEscalate, queue }
	}
	legal, safety, any := f.flagged(t, "a"), f.flagged(t, "b"), f.flagged(t, "c")
	_, err := f.tryDecide(t, f.ann, legal, to("unheard-of"))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
	for item, queue := range map[string]string{legal: "legal", safety: "safety", any: ""} {
		d, err := f.tryDecide(t, f.ann, item, to(queue))
		require.NoError(t, err)
		require.Equal(t, queue, d.Escalation)
		require.Equal(t, queue, f.item(t, item).Escalation)
	}
	page, err := f.service.Queue(t.Context(), f.lead, review.Filter{State: review.StateEscalated, Escalation: "legal"}, nil)
	require.NoError(t, err)
	require.Len(t, page.Rows, 1)
	require.Equal(t, legal, page.Rows[0].Item.ID)
	for _, item := range []string{legal, any} {
		_, err = f.service.ClaimItem(t.Context(), f.bob, item)
		require.Equal(t, review.CodeConflict, review.CodeOf(err))
		f.claim(t, f.lead, item)
	}
	f.claim(t, f.bob, safety)
	d, err := f.tryDecide(t, f.bob, safety, say(review.JudgeApprove))
	require.NoError(t, err)
	_, err = f.service.Undo(t.Context(), f.bob, d.ID)
	require.NoError(t, err)
	require.Equal(t, "safety", f.item(t, safety).Escalation, "it is back where it came from")
}

// twoOpinions is a policy under which every Item wants two.
func (f *fixture) twoOpinions(t testing.TB) string {
	t.Helper()
	f.withPolicy(t, func(p *review.Policy) { p.SecondOpinion.Share = 1 })
	item := f.flagged(t, "a")
	require.Equal(t, 2, f.item(t, item).Opinions)
	return item
}

func (f *fixture) feed(t testing.TB) int {
	t.Helper()
	rows, err := f.service.Feed(t.Context(), f.caller, 0, 100)
	require.NoError(t, err)
	return len(rows)
}

func (f *fixture) exported(t testing.TB) int {
	t.Helper()
	rows, err := f.service.Decisions(t.Context(), f.lead, review.Filter{})
	require.NoError(t, err)
	n := 0
	for _, err := range rows {
		require.NoError(t, err)
		n++
	}
	return n
}

func opinionsAgree(t *testing.T, f *fixture) {
	item := f.twoOpinions(t)
	first, err := f.tryDecide(t, f.ann, item, func(c *review.DecideCommand) { c.Label, c.Reason = "pii", "mine" })
	require.NoError(t, err)
	require.Equal(t, 1, first.Opinion)
	_, err = f.service.ClaimItem(t.Context(), f.ann, item)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "nobody gives both")
	_, err = f.service.ClaimNext(t.Context(), f.ann, review.Filter{})
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	batch := f.batch(f.listed(t, item))
	result, err := f.service.DecideBatch(t.Context(), f.bob, batch)
	require.NoError(t, err)
	require.Len(t, result.Left, 1, "an opinion is given by itself")
	second, err := f.tryDecide(t, f.bob, item, say(review.JudgeBlock))
	require.NoError(t, err)
	require.Equal(t, 2, second.Opinion)
	require.Equal(t, review.StateSettling, f.item(t, item).State)
	f.tend(t, 0)
	require.Zero(t, f.exported(t))

	f.clock.advance(review.UndoWindow)
	f.tend(t, 1)
	f.tend(t, 0)
	require.Equal(t, review.StateDecided, f.item(t, item).State)
	view, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Len(t, view.Decisions, 3)
	final := review.StandingDecision(view.Decisions)
	require.Equal(t, review.JudgeBlock, final.Judgement)
	require.Equal(t, "pii", final.Label)
	require.Equal(t, review.ActorSystem, final.Actor.Kind)
	require.Zero(t, f.feed(t))
	f.clock.advance(review.UndoWindow)
	require.Equal(t, 1, f.feed(t), "the App is told the final one alone")
	for _, v := range []review.Viewer{f.ann, f.bob} {
		require.Equal(t, review.InboxOpinion, f.inbox(t, v)[0].Kind)
	}
	tallies, err := f.DetectorTallies(t.Context(), f.caller.App.ID, start)
	require.NoError(t, err)
	require.Equal(t, 1, tallies[0].Blocked, "counted once")
	f.verifyChain(t)
}

func opinionsDiffer(t *testing.T, f *fixture) {
	item := f.twoOpinions(t)
	_, err := f.tryDecide(t, f.ann, item, say(review.JudgeBlock))
	require.NoError(t, err)
	_, err = f.tryDecide(t, f.lead, item, say(review.JudgeApprove))
	require.NoError(t, err)
	f.clock.advance(review.UndoWindow)
	f.tend(t, 1)
	require.Equal(t, review.StateEscalated, f.item(t, item).State)
	require.Equal(t, 2, f.exported(t), "both are in, and are to be seen")
	f.clock.advance(review.UndoWindow)
	require.Zero(t, f.feed(t))
	_, err = f.service.ClaimItem(t.Context(), f.bob, item)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	_, err = f.service.ClaimItem(t.Context(), f.lead, item)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "who gave an opinion does not say which is right")
	chief := f.addViewer(t, "chief@example.com", review.RoleLead, review.App{ID: f.caller.App.ID, Name: "support"})
	view, err := f.service.View(t.Context(), chief, item)
	require.NoError(t, err)
	require.Len(t, view.Decisions, 2)
	require.Nil(t, review.StandingDecision(view.Decisions))
	f.decide(t, chief, item, review.JudgeApprove)
	f.clock.advance(review.UndoWindow)
	require.Equal(t, 1, f.feed(t))
	require.Equal(t, review.InboxOpinion, f.inbox(t, f.ann)[0].Kind)
	f.verifyChain(t)
}

func opinionIsHidden(t *testing.T, f *fixture) {
	item := f.twoOpinions(t)
	_, err := f.tryDecide(t, f.ann, item, func(c *review.DecideCommand) { c.Note = "surely blocked" })
	require.NoError(t, err)
	f.clock.advance(time.Hour)
	f.tend(t, 0)
	for _, v := range []review.Viewer{f.bob, f.lead} {
		view, err := f.service.View(t.Context(), v, item)
		require.NoError(t, err)
		require.Empty(t, view.Decisions)
		require.Empty(t, view.Opinions)
		require.Empty(t, view.Annotations)
		require.Equal(t, 1, view.OpinionsIn)
		for _, e := range view.Events {
			require.NotContains(t, e.Detail, "block")
		}
	}
	mine, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Len(t, mine.Opinions, 1)
	require.Len(t, mine.Annotations, 1)
	require.Zero(t, f.exported(t))
	require.Zero(t, f.feed(t))
	latest, err := f.service.LatestDecisions(t.Context(), f.lead, review.Filter{})
	require.NoError(t, err)
	require.Empty(t, latest)
	taught, _, err := f.TaughtAfter(t.Context(), 0, 100)
	require.NoError(t, err)
	require.Empty(t, taught)
}

func opinionIsWithdrawn(t *testing.T, f *fixture) {
	item := f.twoOpinions(t)
	d, err := f.tryDecide(t, f.ann, item, say(review.JudgeBlock))
	require.NoError(t, err)
	_, err = f.service.Undo(t.Context(), f.bob, d.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err), "that there is one is a secret")
	back, err := f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)
	require.Equal(t, item, back)
	require.Equal(t, "ann", f.holder(t, item))

	d, err = f.tryDecide(t, f.ann, item, say(review.JudgeApprove))
	require.NoError(t, err)
	_, err = f.tryDecide(t, f.bob, item, say(review.JudgeApprove))
	require.NoError(t, err)
	_, err = f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err, "also when the second is in")
	require.Equal(t, review.StateOpen, f.item(t, item).State)
	d, err = f.tryDecide(t, f.ann, item, say(review.JudgeApprove))
	require.NoError(t, err)
	require.Equal(t, 2, d.Opinion)
	f.clock.advance(review.UndoWindow)
	_, err = f.service.Undo(t.Context(), f.ann, d.ID)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	f.tend(t, 1)
	require.Equal(t, review.StateDecided, f.item(t, item).State)
	f.verifyChain(t)
}

func opinionAndEscalation(t *testing.T, f *fixture) {
	item := f.twoOpinions(t)
	_, err := f.tryDecide(t, f.ann, item, say(review.JudgeBlock))
	require.NoError(t, err)
	f.clock.advance(time.Hour)
	d, err := f.tryDecide(t, f.bob, item, say(review.JudgeEscalate))
	require.NoError(t, err)
	_, err = f.service.Tend(t.Context())
	require.NoError(t, err)
	view, err := f.service.View(t.Context(), f.bob, item)
	require.NoError(t, err)
	require.Len(t, view.Decisions, 1, "the escalation alone, while it can be taken back")
	_, err = f.service.Undo(t.Context(), f.bob, d.ID)
	require.NoError(t, err)
	_, err = f.tryDecide(t, f.bob, item, say(review.JudgeEscalate))
	require.NoError(t, err)
	f.clock.advance(review.UndoWindow)
	f.tend(t, 1)
	view, err = f.service.View(t.Context(), f.lead, item)
	require.NoError(t, err)
	require.Len(t, view.Decisions, 3)
	f.decide(t, f.lead, item, review.JudgeBlock)
	f.verifyChain(t)
}

func (f *fixture) reverse(t testing.TB, v review.Viewer, item string, d review.Decision, j review.Judgement) (review.Decision, error) {
	t.Helper()
	return f.service.Reverse(t.Context(), v, review.ReverseCommand{
		ItemID: item, Version: f.item(t, item).Version, DecisionID: d.ID, Judgement: j, Label: "false_alarm", Reason: "I was wrong",
	})
}

func decisionIsReversed(t *testing.T, f *fixture) {
	item := f.flagged(t, "a")
	d := f.decide(t, f.ann, item, review.JudgeBlock)
	_, err := f.reverse(t, f.ann, item, d, review.JudgeApprove)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "it can still be undone")
	f.clock.advance(review.UndoWindow)
	require.Equal(t, 1, f.feed(t))
	version := f.item(t, item).Version
	back, err := f.reverse(t, f.lead, item, d, review.JudgeApprove)
	require.NoError(t, err)
	require.Equal(t, d.ID, back.Reverses)
	again, err := f.service.Reverse(t.Context(), f.lead, review.ReverseCommand{
		ItemID: item, Version: version, DecisionID: d.ID, Judgement: review.JudgeApprove, Reason: "I was wrong",
	})
	require.NoError(t, err)
	require.Equal(t, back.ID, again.ID, "sent twice is one")
	require.Equal(t, review.StateDecided, f.item(t, item).State)
	require.Equal(t, review.InboxReversed, f.inbox(t, f.ann)[0].Kind)
	f.clock.advance(review.UndoWindow)
	rows, err := f.service.Feed(t.Context(), f.caller, 0, 10)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Contains(t, string(rows[1].Payload), `"reverses":"`+d.ID+`"`)
	view, err := f.service.View(t.Context(), f.bob, item)
	require.NoError(t, err)
	require.Len(t, view.Decisions, 2, "the history shows both")
	require.Equal(t, back.ID, review.StandingDecision(view.Decisions).ID)
	tallies, err := f.DetectorTallies(t.Context(), f.caller.App.ID, start)
	require.NoError(t, err)
	require.Equal(t, 0, tallies[0].Blocked)
	require.Equal(t, 1, tallies[0].Approved)
	f.verifyChain(t)
}

func reversalIsBounded(t *testing.T, f *fixture) {
	item := f.flagged(t, "a")
	d := f.decide(t, f.ann, item, review.JudgeBlock)
	f.clock.advance(review.UndoWindow)
	_, err := f.reverse(t, f.bob, item, d, review.JudgeApprove)
	require.Equal(t, review.CodeForbidden, review.CodeOf(err), "another analyst's")
	for _, j := range []review.Judgement{review.JudgeBlock, review.JudgeEscalate, "maybe"} {
		_, err = f.reverse(t, f.ann, item, d, j)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), j)
	}
	_, err = f.service.Reverse(t.Context(), f.ann, review.ReverseCommand{
		ItemID: item, Version: f.item(t, item).Version, DecisionID: d.ID, Judgement: review.JudgeApprove,
	})
	require.Equal(t, "reason", review.FieldsOf(err)[0].Field)
	back, err := f.reverse(t, f.ann, item, d, review.JudgeApprove)
	require.NoError(t, err)
	_, err = f.service.Undo(t.Context(), f.ann, d.ID)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	_, err = f.service.Undo(t.Context(), f.ann, back.ID)
	require.NoError(t, err)
	require.Equal(t, review.StateDecided, f.item(t, item).State, "the first one stands again")
	require.Empty(t, f.holder(t, item))
	tallies, err := f.DetectorTallies(t.Context(), f.caller.App.ID, start)
	require.NoError(t, err)
	require.Equal(t, 1, tallies[0].Blocked)
	require.Equal(t, 0, tallies[0].Approved)
	f.clock.advance(review.ReverseWindow)
	_, err = f.reverse(t, f.ann, item, d, review.JudgeApprove)
	require.Equal(t, review.CodeForbidden, review.CodeOf(err), "too late for an analyst")
	_, err = f.reverse(t, f.lead, item, d, review.JudgeApprove)
	require.NoError(t, err)
	f.verifyChain(t)
}

func reversalTeaches(t *testing.T, f *fixture) {
	item := f.flagged(t, "a")
	d := f.decide(t, f.ann, item, review.JudgeBlock)
	f.clock.advance(review.UndoWindow)
	_, cursor, err := f.TaughtAfter(t.Context(), 0, 100)
	require.NoError(t, err)
	back, err := f.reverse(t, f.lead, item, d, review.JudgeApprove)
	require.NoError(t, err)
	steps, cursor, err := f.TaughtAfter(t.Context(), cursor, 100)
	require.NoError(t, err)
	require.Len(t, steps, 2)
	require.Equal(t, d.ID, steps[0].DecisionID)
	require.True(t, steps[0].Undone, "the old one is forgotten")
	require.Equal(t, back.ID, steps[1].DecisionID)
	require.False(t, steps[1].Undone)
	_, err = f.service.Undo(t.Context(), f.lead, back.ID)
	require.NoError(t, err)
	steps, _, err = f.TaughtAfter(t.Context(), cursor, 100)
	require.NoError(t, err)
	require.Len(t, steps, 2)
	require.Equal(t, d.ID, steps[0].DecisionID)
	require.False(t, steps[0].Undone, "and learned again")
	require.True(t, steps[1].Undone)
	n := 0
	for taught, err := range f.LatestTaught(t.Context(), f.caller.App.ID, 100) {
		require.NoError(t, err)
		require.Equal(t, d.ID, taught.DecisionID)
		n++
	}
	require.Equal(t, 1, n)
}
