package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// policyScenarios: drafts, versions, and what is counted about detectors.
func policyScenarios() []scenario {
	return []scenario{
		{"a draft is saved, found stale, and thrown away", draftLives},
		{"a draft becomes the next version", draftIsActivated},
		{"an old version comes back as a new one", versionComesBack},
		{"a draft that is not understood is not lost", unknownDraftStays},
		{"policies are for those who may change them", policiesAreGuarded},
		{"detectors are counted by day and decision", detectorsAreCounted},
		{"a text is tried and leaves nothing", triedTextLeavesNothing},
	}
}

func (f *fixture) view(t testing.TB, v review.Viewer) review.PolicyView {
	t.Helper()
	view, err := f.service.PolicyOf(t.Context(), v, "support")
	require.NoError(t, err)
	return view
}

func (f *fixture) actions(t testing.TB) []string {
	t.Helper()
	rows, err := f.sql(t).QueryContext(t.Context(), "SELECT action FROM events WHERE action LIKE 'policy.%' ORDER BY seq")
	require.NoError(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var action string
		require.NoError(t, rows.Scan(&action))
		out = append(out, action)
	}
	require.NoError(t, rows.Err())
	return out
}

func draftLives(t *testing.T, f *fixture) {
	view := f.view(t, f.lead)
	require.Nil(t, view.Draft)
	require.Len(t, view.Versions, 1)
	require.Equal(t, "default policy", view.Versions[0].Reason)
	require.Equal(t, "cli", view.Versions[0].ActorName)
	edited := view.Live
	edited.AuditRate = 0.25
	edited.Patterns = []review.Pattern{{Name: "nul\x00", Expr: "x"}}

	first, err := f.service.SaveDraft(t.Context(), f.lead, "support", "", edited)
	require.NoError(t, err)
	_, err = f.service.SaveDraft(t.Context(), f.lead, "support", "", edited)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "there is a draft by now")
	edited.FailOpen = true
	f.clock.advance(time.Minute)
	second, err := f.service.SaveDraft(t.Context(), f.lead, "support", first.Revision, edited)
	require.NoError(t, err)
	_, err = f.service.SaveDraft(t.Context(), f.lead, "support", first.Revision, edited)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "stale")

	draft := f.view(t, f.ann).Draft
	require.Equal(t, second.Revision, draft.Revision)
	require.Equal(t, f.lead.User.Name, draft.ActorName)
	require.Equal(t, start.Add(time.Minute), draft.ModifiedAt)
	require.Equal(t, 1, draft.Base)
	require.Equal(t, edited.Patterns, draft.Policy.Patterns)
	require.True(t, draft.Policy.FailOpen)
	require.False(t, f.view(t, f.ann).Live.FailOpen, "a draft is not in force")

	bad := edited
	bad.DeadlineMS = 0
	_, err = f.service.SaveDraft(t.Context(), f.lead, "support", second.Revision, bad)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.DiscardDraft(t.Context(), f.lead, "support", first.Revision)))
	require.NoError(t, f.service.DiscardDraft(t.Context(), f.lead, "support", second.Revision))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.service.DiscardDraft(t.Context(), f.lead, "support", second.Revision)))
	_, err = f.service.SaveDraft(t.Context(), f.lead, "support", second.Revision, edited)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "the draft that was edited is gone")
	require.Nil(t, f.view(t, f.lead).Draft)
	require.Equal(t, []string{"policy.drafted", "policy.drafted", "policy.draft_discarded"}, f.actions(t))
	f.verifyChain(t)
}

func draftIsActivated(t *testing.T, f *fixture) {
	same, err := f.service.SaveDraft(t.Context(), f.lead, "support", "", f.view(t, f.lead).Live)
	require.NoError(t, err)
	activate := review.ActivateCommand{App: "support", Revision: same.Revision, Live: 1, Reason: " because  "}
	_, err = f.service.Activate(t.Context(), f.lead, activate)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), "nothing changes")

	edited := f.view(t, f.lead).Live
	edited.Detectors["injection.test"] = review.Rule{Mode: review.ModeOff}
	draft, err := f.service.SaveDraft(t.Context(), f.lead, "support", same.Revision, edited)
	require.NoError(t, err)
	_, err = f.service.Activate(t.Context(), f.lead, activate)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "another draft than the one looked at")
	activate.Revision, activate.Reason = draft.Revision, "\t"
	_, err = f.service.Activate(t.Context(), f.lead, activate)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), "without a reason")
	activate.Reason, activate.Live = "too loud\x00", 2
	_, err = f.service.Activate(t.Context(), f.lead, activate)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "compared with another version")
	activate.Live = 1
	next, err := f.service.Activate(t.Context(), f.lead, activate)
	require.NoError(t, err)
	require.Equal(t, 2, next.Version)

	view := f.view(t, f.lead)
	require.Nil(t, view.Draft)
	require.Equal(t, review.ModeOff, view.Live.Mode("injection.test"))
	require.Equal(t, []int{2, 1}, []int{view.Versions[0].Version, view.Versions[1].Version})
	require.Equal(t, "too loud\x00", view.Versions[0].Reason)
	require.Equal(t, f.lead.User.Name, view.Versions[0].ActorName)
	f.caller.PolicyVersion = 2
	require.Nil(t, f.submit(t, review.Submission{Prompt: "suspicious"}).Item, "it decides from now on")
	_, err = f.service.Activate(t.Context(), f.lead, activate)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "twice")
	require.Equal(t, []string{"policy.drafted", "policy.drafted", "policy.activated"}, f.actions(t))
	f.verifyChain(t)
}

func versionComesBack(t *testing.T, f *fixture) {
	edited := f.view(t, f.lead).Live
	edited.AuditRate = 1
	draft, err := f.service.SaveDraft(t.Context(), f.lead, "support", "", edited)
	require.NoError(t, err)
	_, err = f.service.Activate(t.Context(), f.lead, review.ActivateCommand{App: "support", Revision: draft.Revision, Live: 1, Reason: "look at all"})
	require.NoError(t, err)
	pending, err := f.service.SaveDraft(t.Context(), f.lead, "support", "", edited)
	require.NoError(t, err)

	back := review.RollBackCommand{App: "support", Version: 1, Live: 2, Reason: "too much work"}
	for name, c := range map[string]struct {
		change func(*review.RollBackCommand)
		want   review.Code
	}{
		"no reason":         {func(c *review.RollBackCommand) { c.Reason = "" }, review.CodeUnprocessable},
		"stale":             {func(c *review.RollBackCommand) { c.Live = 1 }, review.CodeConflict},
		"no such version":   {func(c *review.RollBackCommand) { c.Version = 9 }, review.CodeNotFound},
		"what is live":      {func(c *review.RollBackCommand) { c.Version = 2 }, review.CodeUnprocessable},
		"an App of nobody":  {func(c *review.RollBackCommand) { c.App = "none" }, review.CodeNotFound},
		"a negative number": {func(c *review.RollBackCommand) { c.Version = -1 }, review.CodeNotFound},
	} {
		cmd := back
		c.change(&cmd)
		_, err := f.service.RollBack(t.Context(), f.lead, cmd)
		require.Equal(t, c.want, review.CodeOf(err), name)
	}
	next, err := f.service.RollBack(t.Context(), f.lead, back)
	require.NoError(t, err)
	require.Equal(t, 3, next.Version)
	view := f.view(t, f.lead)
	require.Equal(t, 0.02, view.Live.AuditRate)
	require.Len(t, view.Versions, 3, "history only grows")
	require.Equal(t, pending.Revision, view.Draft.Revision, "the draft stays")
	require.Equal(t, 2, view.Draft.Base)
	require.Equal(t, "policy.rolled_back", f.actions(t)[3])
	f.verifyChain(t)
}

func unknownDraftStays(t *testing.T, f *fixture) {
	_, err := f.service.SaveDraft(t.Context(), f.lead, "support", "", f.view(t, f.lead).Live)
	require.NoError(t, err)
	f.unsealed = true
	document := []byte(`{"detectors":{},"deadline_ms":1,"max_prompt_bytes":1,"due_minutes":{"low":1,"medium":1,"high":1,"critical":1},"labels":[{"id":"a","title":"A"}],"from_a_later_release":1}`)
	update := "UPDATE policy_drafts SET document = $1"
	_, err = f.sql(t).ExecContext(t.Context(), update, document)
	require.NoError(t, err)
	_, err = f.service.PolicyOf(t.Context(), f.lead, "support")
	require.Equal(t, review.CodeInternal, review.CodeOf(err))
	require.ErrorContains(t, err, "from_a_later_release")
	_, err = f.service.SaveDraft(t.Context(), f.lead, "support", "", review.DefaultPolicy(specs()))
	require.Equal(t, review.CodeInternal, review.CodeOf(err), "nothing writes over it")
}

func policiesAreGuarded(t *testing.T, f *fixture) {
	f.addApp(t, "other")
	viewer := f.addViewer(t, "v@example.com", review.RoleViewer, f.caller.App)
	ctx := t.Context()
	p := f.view(t, viewer).Live
	for _, c := range []struct {
		viewer review.Viewer
		app    string
		want   review.Code
	}{{viewer, "support", review.CodeForbidden}, {f.ann, "support", review.CodeForbidden}, {f.lead, "other", review.CodeNotFound}, {f.lead, "", review.CodeNotFound}} {
		for _, err := range []error{
			second(f.service.SaveDraft(ctx, c.viewer, c.app, "", p)),
			f.service.DiscardDraft(ctx, c.viewer, c.app, ""),
			second(f.service.Activate(ctx, c.viewer, review.ActivateCommand{App: c.app, Reason: "r"})),
			second(f.service.RollBack(ctx, c.viewer, review.RollBackCommand{App: c.app, Reason: "r", Version: 1})),
			second(f.service.Try(ctx, c.viewer, c.app, review.SegmentPrompt, "x")),
		} {
			require.Equal(t, c.want, review.CodeOf(err))
		}
	}
	_, err := f.service.PolicyOf(ctx, f.ann, "other")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	_, err = f.service.PolicyAt(ctx, f.ann, "other", 1)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	all, err := f.service.PolicySummaries(ctx, f.ann)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Empty(t, f.actions(t))
}

func detectorsAreCounted(t *testing.T, f *fixture) {
	tally := func(detector string) review.DetectorTally { return f.view(t, f.ann).Tallies[detector] }
	old := f.flagged(t, "a week ago")
	f.decide(t, f.ann, old, review.JudgeBlock)
	require.Equal(t, review.DetectorTally{Detector: "injection.test", Interactions: 1, Items: 1, Blocked: 1}, tally("injection.test"))
	f.clock.advance(review.TallyWindow - 24*time.Hour)
	require.Equal(t, 1, tally("injection.test").Items, "the seventh day counts")
	f.clock.advance(24 * time.Hour)
	require.Zero(t, tally("injection.test"), "the eighth does not")

	f.submit(t, review.Submission{Prompt: "a secret alone makes no item"})
	require.Equal(t, review.DetectorTally{Detector: "pii.test", Interactions: 1}, tally("pii.test"))
	for i := range review.TallyFloor {
		item := f.flagged(t, string(rune('a'+i)))
		judgement := review.JudgeBlock
		if i < 5 {
			judgement = review.JudgeApprove
		}
		require.Nil(t, tally("injection.test").OverturnRate(), "too few to say")
		f.decide(t, f.ann, item, judgement)
	}
	last := f.flagged(t, "taken back")
	d := f.decide(t, f.ann, last, review.JudgeApprove)
	require.Equal(t, 6, tally("injection.test").Overturned)
	_, err := f.service.Undo(t.Context(), f.ann, d.ID)
	require.NoError(t, err)
	f.decide(t, f.ann, last, review.JudgeEscalate)
	got := tally("injection.test")
	require.Equal(t, review.DetectorTally{Detector: "injection.test", Interactions: 21, Items: 21, Approved: 5, Blocked: 15, Overturned: 5}, got)
	require.InDelta(t, 0.25, got.OverturnRate().Rate, 1e-12)

	r := f.submit(t, review.Submission{Prompt: "p", Response: "r", UserID: "u", Feedback: &review.Feedback{Action: review.FeedbackAcceptedWithoutReview}})
	require.Len(t, r.Interventions, 1)
	page, err := f.service.Queue(t.Context(), f.ann, review.Filter{Kind: review.KindIntervention}, nil)
	require.NoError(t, err)
	f.decide(t, f.ann, page.Rows[0].Item.ID, review.JudgeBlock)
	require.Equal(t, review.DetectorTally{Detector: "bias.test", Interactions: 1, Items: 1, Blocked: 1, Overturned: 1}, tally("bias.test"), "a dropped prompt contradicts")
}

func triedTextLeavesNothing(t *testing.T, f *fixture) {
	live := f.view(t, f.lead).Live
	live.Detectors["injection.test"] = review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Block: 0.7}
	before := f.verifyChain(t)
	alone, err := f.service.Try(t.Context(), f.lead, "support", review.SegmentPrompt, "suspicious secret")
	require.NoError(t, err)
	require.Nil(t, alone.Draft)
	require.Equal(t, before, f.verifyChain(t))
	_, err = f.service.SaveDraft(t.Context(), f.lead, "support", "", live)
	require.NoError(t, err)
	trial, err := f.service.Try(t.Context(), f.lead, "support", review.SegmentDocument, "suspicious secret")
	require.NoError(t, err)
	require.Equal(t, review.VerdictFlag, trial.Live.Verdict)
	require.Equal(t, review.VerdictBlock, trial.Draft.Verdict)
	require.Equal(t, "documents[0]", trial.Live.Findings[0].Segment)
	require.Len(t, trial.Live.Redactions, 1)
	for _, bad := range []struct {
		kind review.SegmentKind
		text string
	}{{"system", "x"}, {"prompt", " \n"}, {"prompt", "\xff"}, {"prompt", string(make([]byte, 65<<10))}} {
		_, err := f.service.Try(t.Context(), f.lead, "support", bad.kind, bad.text)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
	}
	for _, table := range []string{"interactions", "items", "assessments", "detector_days"} {
		require.Zero(t, f.count(t, "SELECT COUNT(*) FROM "+table), table)
	}
}
