package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func conductScenarios() []scenario {
	return []scenario{
		{"hours of conduct add up", conductAddsUp},
		{"costs add up by day, model and user", costsAddUp},
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
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{}))
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{of("", hour, 5, 0), of("u1", hour, 2, 0), of("u2", hour, 3, 1)}}))
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Hours: []review.ConductHour{of("u1", hour, 10, 0), of("u1", hour.Add(-time.Hour), 4, 0), of("u1", hour.Add(-9*24*time.Hour), 4, 0)}}))

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

func costsAddUp(t *testing.T, f *fixture) {
	app := f.caller.App.ID
	first := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, time.UTC)
	of := func(user, model string, day time.Time, cost int64) review.CostDay {
		return review.CostDay{AppID: app, UserID: user, Model: model, Day: day, Calls: 1, TokensIn: 20, TokensOut: 30, Cost: cost}
	}
	last := first.AddDate(0, 1, -1)
	for range 2 {
		require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Costs: []review.CostDay{
			of("u1", "big", first, 1<<40), of("u1", "big", last, 100), of("u1", "small", first, 5), of("u2", "small", last, 7), of("", "", first, 0),
			of("u2", "small", first.AddDate(0, 0, -1), 50), of("u2", "small", first.AddDate(0, 1, 0), 50),
		}}))
	}
	names := func(days []review.CostDay) (out []string) {
		for _, d := range days {
			out = append(out, d.UserID+"/"+d.Model)
		}
		return out
	}
	view, err := f.service.CostsOf(t.Context(), f.lead, "support", review.CostFilter{Month: first})
	require.NoError(t, err)
	require.Equal(t, 10, view.Total.Calls, "of the month alone")
	require.EqualValues(t, 2*(1<<40+112), view.Total.Cost)
	require.Len(t, view.Days, 2)
	require.Equal(t, last, view.Days[1].Day)
	require.Equal(t, []string{"/big", "/small", "/"}, names(view.Models), "the dearest first")
	require.Equal(t, []string{"u1/", "u2/", "/"}, names(view.Users))

	view, err = f.service.CostsOf(t.Context(), f.lead, "support", review.CostFilter{Month: first, UserID: "u1"})
	require.NoError(t, err)
	require.Equal(t, []string{"u1/big", "u1/small"}, names(view.Models))
	require.Empty(t, view.Users)
	require.Equal(t, 6, view.Total.Calls)
	view, err = f.service.CostsOf(t.Context(), f.lead, "support", review.CostFilter{Month: first, UserID: "u2", Model: "small"})
	require.NoError(t, err)
	require.Equal(t, 2, view.Total.Calls)

	var rows []review.CostDay
	read := func(filter review.CostFilter) []string {
		rows = nil
		file, err := f.service.CostRows(t.Context(), f.lead, "support", filter)
		require.NoError(t, err)
		require.NoError(t, file.Each(func(d review.CostDay) error { rows = append(rows, d); return nil }))
		return names(rows)
	}
	require.Equal(t, []string{"/", "u1/big", "u1/small", "u2/small"}, read(review.CostFilter{Month: first}))
	require.Equal(t, []string{"u1/big", "u1/small"}, read(review.CostFilter{Month: first, UserID: "u1"}))
	require.Equal(t, []string{"u1/small", "u2/small"}, read(review.CostFilter{Month: first, Model: "small"}))

	many := make([]review.CostDay, 2500)
	for i := range many {
		many[i] = of(fmt.Sprintf("m%05d", i), "small", last.AddDate(0, 2, 0), 1)
	}
	require.NoError(t, f.service.RecordConduct(t.Context(), review.Counted{Costs: many}))
	require.Len(t, read(review.CostFilter{Month: first.AddDate(0, 2, 0)}), len(many), "every page once")

	_, err = f.service.CostsOf(t.Context(), f.lead, "foreign", review.CostFilter{})
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	_, err = f.service.CostRows(t.Context(), f.ann, "support", review.CostFilter{})
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
	_, err = f.service.CostsOverview(t.Context(), f.ann, first)
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
	overview, err := f.service.CostsOverview(t.Context(), f.lead, first)
	require.NoError(t, err)
	require.Len(t, overview.Apps, 1)
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

	require.NoError(t, f.service.Restrict(t.Context(), f.lead, review.RestrictCommand{App: "support", UserID: "u3", Standing: review.StandingLimit,
		Limit: review.Quota{Requests: 5, Tokens: 700, Concurrent: 9}, For: time.Hour, Reason: "A script."}))
	again, _ := f.over(t, f.open(t))
	require.NoError(t, again.LoadRestrictions(t.Context()))
	view, err = again.ConductOf(t.Context(), f.ann, "support", "u3")
	require.NoError(t, err)
	require.Equal(t, review.Quota{Requests: 5, Tokens: 700}, view.Restriction.Limit)
	require.NoError(t, f.service.Restrict(t.Context(), f.lead, review.RestrictCommand{App: "support", UserID: "u3", Standing: review.StandingBlock, For: time.Hour, Reason: "Worse."}))
	view, err = f.service.ConductOf(t.Context(), f.ann, "support", "u3")
	require.NoError(t, err)
	require.Zero(t, view.Restriction.Limit)

	f.clock.advance(time.Hour)
	require.Equal(t, review.VerdictAllow, verdict("u1"), "until then")
	restrict(review.StandingBlock, time.Hour)
	restrict("", 0)
	require.Equal(t, review.VerdictAllow, verdict("u1"), "lifted")
	require.Equal(t, 5, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'user.restricted'"))
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
		"no limit":    {f.lead, func(c *review.RestrictCommand) { c.Standing = review.StandingLimit }, review.CodeUnprocessable},
		"below zero":  {f.lead, func(c *review.RestrictCommand) { c.Standing, c.Limit.Tokens = review.StandingLimit, -1 }, review.CodeUnprocessable},
		"for no time": {f.lead, func(c *review.RestrictCommand) { c.For = 0 }, review.CodeUnprocessable},
	} {
		cmd := good
		c.change(&cmd)
		require.Equal(t, c.want, review.CodeOf(f.service.Restrict(t.Context(), c.who, cmd)), name)
	}
}
