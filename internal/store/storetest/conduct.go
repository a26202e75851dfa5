package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func conductScenarios() []scenario {
	return []scenario{
		{"hours of conduct add up", conductAddsUp},
		{"users are restricted at once, until a time", restrictions},
		{"restrictions are for leads of the App", restrictionsForeign},
	}
}

func conductAddsUp(t *testing.T, f *fixture) {
	hour := start.Truncate(time.Hour)
	app := f.caller.App.ID
	of := func(user string, at time.Time, requests, alarms int) review.ConductHour {
		return review.ConductHour{AppID: app, UserID: user, Hour: at, Requests: requests, Flagged: 1, Alarms: alarms, Errors: 2, Refusals: 3,
			TokensIn: 40, TokensOut: 50, Timed: 6, Latency: 700 * time.Millisecond, Denied: 1, Cost: 1 << 40}
	}
	require.NoError(t, f.service.RecordConduct(t.Context(), nil))
	require.NoError(t, f.service.RecordConduct(t.Context(), []review.ConductHour{of("", hour, 5, 0), of("u1", hour, 2, 0), of("u2", hour, 3, 1)}))
	require.NoError(t, f.service.RecordConduct(t.Context(), []review.ConductHour{of("u1", hour, 10, 0), of("u1", hour.Add(-time.Hour), 4, 0), of("u1", hour.Add(-9*24*time.Hour), 4, 0)}))

	view, err := f.service.ConductOf(t.Context(), f.lead, "support", "u1")
	require.NoError(t, err)
	require.Len(t, view.Hours, 2, "oldest first, of a week")
	require.Equal(t, 4, view.Hours[0].Requests)
	want := of("u1", hour, 12, 0)
	want.Flagged, want.Errors, want.Refusals, want.TokensIn, want.TokensOut, want.Timed, want.Latency = 2, 4, 6, 80, 100, 12, 1400*time.Millisecond
	want.Denied, want.Cost = 2, 1<<41
	require.Equal(t, want, view.Hours[1])

	view, err = f.service.ConductOf(t.Context(), f.ann, "support", "")
	require.NoError(t, err)
	require.Equal(t, 5, view.Hours[0].Requests)
	require.Equal(t, []string{"u2", "u1"}, []string{view.Users[0].UserID, view.Users[1].UserID}, "alarms come first")
	require.Equal(t, 16, view.Users[1].Requests)

	spent, err := f.Store.CostSince(t.Context(), hour)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{app: 1 << 40}, spent, "each App once, without what its users had apart")
	budget, err := f.service.Budget(t.Context(), f.lead, "support")
	require.NoError(t, err)
	require.EqualValues(t, 1<<40, budget.Spent)
	_, err = f.service.Budget(t.Context(), f.lead, "foreign")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))

	summaries, err := f.service.ConductOverview(t.Context(), f.lead)
	require.NoError(t, err)
	require.Equal(t, 5, summaries[0].Day.Requests)
	viewer := f.addViewer(t, "viewer@example.com", review.RoleViewer, f.caller.App)
	_, err = f.service.ConductOf(t.Context(), viewer, "support", "")
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
}

func restrictions(t *testing.T, f *fixture) {
	restrict := func(standing review.Standing, d time.Duration) {
		t.Helper()
		require.NoError(t, f.service.Restrict(t.Context(), f.lead, review.RestrictCommand{App: "support", UserID: "u1", Standing: standing, For: d, Reason: "A stolen key."}))
	}
	verdict := func(user string) review.Verdict {
		return f.submit(t, review.Submission{Prompt: "fine", UserID: user}).Assessment.Verdict
	}
	require.Equal(t, review.VerdictAllow, verdict("u1"))
	restrict(review.StandingBlock, time.Hour)
	r := f.submit(t, review.Submission{Prompt: "fine", UserID: "u1"})
	require.Equal(t, review.VerdictBlock, r.Assessment.Verdict)
	require.Equal(t, review.RestrictedUser, r.Assessment.Findings[0].Detector)
	require.NotNil(t, r.Item)
	require.Equal(t, review.VerdictAllow, verdict("u2"))

	other, _ := f.over(t, f.open(t))
	require.NoError(t, other.LoadRestrictions(t.Context()))
	r, err := other.Submit(t.Context(), f.caller, review.Submission{Prompt: "fine", UserID: "u1"})
	require.NoError(t, err)
	require.Equal(t, review.VerdictBlock, r.Assessment.Verdict, "another server knows, too")

	view, err := f.service.ConductOf(t.Context(), f.ann, "support", "u1")
	require.NoError(t, err)
	require.Equal(t, "A stolen key.", view.Restriction.Reason)
	require.Equal(t, f.lead.User.Name, view.Restriction.ActorName)

	f.clock.advance(time.Hour)
	require.Equal(t, review.VerdictAllow, verdict("u1"), "until then")
	restrict(review.StandingBlock, time.Hour)
	restrict("", 0)
	require.Equal(t, review.VerdictAllow, verdict("u1"), "lifted")
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'user.restricted'"))
	f.verifyChain(t)
}

func restrictionsForeign(t *testing.T, f *fixture) {
	f.addApp(t, "other")
	good := review.RestrictCommand{App: "support", UserID: "u1", Standing: review.StandingBlock, For: time.Hour, Reason: "Because."}
	for name, c := range map[string]struct {
		who    review.Viewer
		change func(*review.RestrictCommand)
		want   review.Code
	}{
		"an analyst":  {f.ann, func(*review.RestrictCommand) {}, review.CodeForbidden},
		"another App": {f.lead, func(c *review.RestrictCommand) { c.App = "other" }, review.CodeNotFound},
		"nobody":      {f.lead, func(c *review.RestrictCommand) { c.UserID = "" }, review.CodeUnprocessable},
		"no reason":   {f.lead, func(c *review.RestrictCommand) { c.Reason = " " }, review.CodeUnprocessable},
		"for ever":    {f.lead, func(c *review.RestrictCommand) { c.For = 1 << 60 }, review.CodeUnprocessable},
		"some other":  {f.lead, func(c *review.RestrictCommand) { c.Standing = "shame" }, review.CodeUnprocessable},
		"for no time": {f.lead, func(c *review.RestrictCommand) { c.For = 0 }, review.CodeUnprocessable},
	} {
		cmd := good
		c.change(&cmd)
		require.Equal(t, c.want, review.CodeOf(f.service.Restrict(t.Context(), c.who, cmd)), name)
	}
}
