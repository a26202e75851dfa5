package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// insightScenarios: what pages about work are made from.
func insightScenarios() []scenario {
	return []scenario{
		{"what comes and what is decided is counted by the hour", hoursAreCounted},
		{"what waits is known from the ends of lists", backlogIsKnown},
		{"the oldest is known whatever its kind", backlogKnowsEveryKind},
		{"what is found, screened and decided in a row is known by day", daysAreCounted},
		{"decisions that tell something about people and thresholds are found", tellingIsFound},
	}
}

func hoursAreCounted(t *testing.T, f *fixture) {
	first, second := f.flagged(t, "one"), f.flagged(t, "two")
	f.decide(t, f.ann, first, review.JudgeBlock)
	f.clock.advance(time.Hour)
	f.decide(t, f.bob, second, review.JudgeApprove)

	data, err := f.service.Overview(t.Context(), f.lead)
	require.NoError(t, err)
	hour := start.Truncate(time.Hour)
	require.Equal(t, []review.HourTally{
		{Hour: hour, Arrived: 2, Decided: 1, Stopped: 1},
		{Hour: hour.Add(time.Hour), Decided: 1, Stopped: 1, Overturned: 1},
	}, data.Hours)
	require.Len(t, data.Work, 2)
	require.Equal(t, f.ann.User.ID, data.Work[0].UserID)
	require.Equal(t, 1, data.Work[0].Decisions)

	own, err := f.service.OwnWork(t.Context(), f.bob)
	require.NoError(t, err)
	require.Len(t, own.Hours, 1)
	require.Equal(t, hour.Add(time.Hour), own.Hours[0].Hour)
	stranger := f.addViewer(t, "stranger@example.com", review.RoleLead, f.addApp(t, "elsewhere"))
	data, err = f.service.Overview(t.Context(), stranger)
	require.NoError(t, err)
	require.Empty(t, data.Hours)
	require.Empty(t, data.Work)
}

func backlogIsKnown(t *testing.T, f *fixture) {
	id := f.flagged(t, "three")
	item := f.look(t, f.lead, id).Item
	f.clock.advance(time.Minute)
	f.flagged(t, "four")
	data, err := f.service.Overview(t.Context(), f.lead)
	require.NoError(t, err)
	require.Equal(t, 2, data.Backlog.Waiting)
	require.Equal(t, map[review.Severity]time.Time{item.Severity: item.CreatedAt}, data.Backlog.Oldest)
	require.Equal(t, item.CreatedAt, data.Backlog.Since)
	require.Equal(t, 2, data.Backlog.DueSoon)
	require.Zero(t, data.Backlog.Overdue)
	f.clock.advance(item.DueAt.Sub(f.clock.now()) + time.Second)
	data, err = f.service.Overview(t.Context(), f.lead)
	require.NoError(t, err)
	require.Equal(t, 1, data.Backlog.Overdue)
}

// An audit sample counts for the oldest of all, as it does for an alert.
func backlogKnowsEveryKind(t *testing.T, f *fixture) {
	f.withPolicy(t, func(p *review.Policy) { p.AuditRate = 1 })
	audited := f.submit(t, review.Submission{UserID: "u", Prompt: "harmless"})
	require.NotNil(t, audited.Item)
	f.withPolicy(t, func(p *review.Policy) { p.AuditRate = 0 })
	sample := f.look(t, f.lead, audited.Item.ID).Item
	require.Equal(t, review.KindAudit, sample.Kind)
	f.clock.advance(time.Hour)
	item := f.look(t, f.lead, f.flagged(t, "later")).Item
	data, err := f.service.Overview(t.Context(), f.lead)
	require.NoError(t, err)
	require.Equal(t, sample.CreatedAt, data.Backlog.Since)
	require.Equal(t, map[review.Severity]time.Time{sample.Severity: sample.CreatedAt, item.Severity: item.CreatedAt}, data.Backlog.Oldest)
	require.Equal(t, 2, data.Backlog.Waiting)
	alerted, err := f.OldestOpen(t.Context(), []string{f.caller.App.ID}, "")
	require.NoError(t, err)
	require.Equal(t, alerted, data.Backlog.Since)
}

func tellingIsFound(t *testing.T, f *fixture) {
	plain := f.flagged(t, "five")
	f.decide(t, f.ann, plain, review.JudgeApprove)
	f.allBlind(t)
	blind := f.flagged(t, "six")
	f.judgeBlind(t, f.ann, blind, review.JudgeApprove)
	f.decide(t, f.ann, blind, review.JudgeBlock)

	own, err := f.service.OwnWork(t.Context(), f.ann)
	require.NoError(t, err)
	require.Len(t, own.Telling, 1)
	told := own.Telling[0]
	require.Equal(t, blind, told.ItemID)
	require.Equal(t, review.JudgeApprove, *told.Blind)
	require.Equal(t, review.JudgeBlock, told.Final)
	require.Equal(t, review.VerdictFlag, told.Guard)

	hidden, err := f.service.HiddenDecisions(t.Context(), f.lead, f.caller.App.Name)
	require.NoError(t, err)
	require.Len(t, hidden, 1)
	require.Equal(t, review.JudgeApprove, hidden[0].Judgement, "what was said before anything was revealed")
	require.NotEmpty(t, hidden[0].Findings)
	require.Positive(t, hidden[0].Risk)
	require.Equal(t, f.clock.now(), hidden[0].At.UTC())
	_, err = f.service.HiddenDecisions(t.Context(), f.lead, "nobody")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
}

func daysAreCounted(t *testing.T, f *fixture) {
	first := f.flagged(t, "seven")
	f.clock.advance(24 * time.Hour)
	second := f.flagged(t, "eight")
	f.decide(t, f.ann, first, review.JudgeBlock)
	f.clock.advance(time.Minute)
	f.decide(t, f.ann, second, review.JudgeApprove)

	data, err := f.service.Overview(t.Context(), f.lead)
	require.NoError(t, err)
	day := start.Truncate(24 * time.Hour)
	require.Len(t, data.Screens, 2)
	for i, s := range data.Screens {
		require.Equal(t, day.AddDate(0, 0, i), s.Day)
		n := 0
		for _, of := range s.Latencies {
			n += of
		}
		require.Equal(t, 1, n)
	}
	byDay := map[time.Time]int{}
	for _, d := range data.Found {
		require.NotEmpty(t, d.Detector)
		byDay[d.Day] += d.Interactions
	}
	require.Len(t, byDay, 2)
	require.Positive(t, byDay[day])

	require.Len(t, data.Steps, 2)
	require.Equal(t, review.JudgeApprove, data.Steps[0].Final, "the newest comes first")
	require.Equal(t, f.ann.User.ID, data.Steps[1].UserID)
	require.Positive(t, data.Steps[1].Risk)
	own, err := f.service.OwnWork(t.Context(), f.bob)
	require.NoError(t, err)
	require.Empty(t, own.Steps, "nobody sees the steps of others")
	own, err = f.service.OwnWork(t.Context(), f.ann)
	require.NoError(t, err)
	require.Equal(t, data.Steps, own.Steps)
}
