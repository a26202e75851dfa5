package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// erasingScenarios: nothing of one person is left, and everything of others.
func erasingScenarios() []scenario {
	return []scenario{
		{"a person is erased, and others are not", oneIsErased},
		{"an erasure that was killed goes on, and one that is held waits", erasureGoesOn},
	}
}

func (f *fixture) carryOut(t testing.TB) (forgot []string) {
	t.Helper()
	require.NoError(t, f.service.CarryOut(t.Context(), func(app, user string) { forgot = append(forgot, user) }, atOnce))
	return forgot
}

func oneIsErased(t *testing.T, f *fixture) {
	admin := f.addViewer(t, "admin@example.com", review.RoleAdmin, f.caller.App)
	decided := f.flagged(t, "zebra one") // of u1
	f.decide(t, f.ann, decided, review.JudgeBlock)
	waiting := f.flagged(t, "zebra two")
	f.submit(t, review.Submission{Prompt: "calm zebra", UserID: "u1", SessionID: "s1", ExternalID: "x1"})
	f.submit(t, review.Submission{Prompt: "calm okapi", UserID: "u2"})
	f.write(t, func(tx review.Tx) error {
		hour := review.ConductHour{AppID: f.caller.App.ID, UserID: "u1", Hour: f.clock.now(), Requests: 3}
		all := hour
		all.UserID = ""
		if err := tx.AddConduct([]review.ConductHour{hour, all}); err != nil {
			return err
		}
		spent := review.CostDay{AppID: f.caller.App.ID, UserID: "u1", Model: "m", Day: f.clock.now(), Calls: 1, Cost: 5}
		others := spent
		others.UserID, others.Cost = "u2", 7
		return tx.AddCosts([]review.CostDay{spent, others})
	})
	f.indexAll(t)
	view, err := f.service.Erasures(t.Context(), admin, "support", "u1")
	require.NoError(t, err)
	require.Equal(t, review.ErasurePreview{UserID: "u1", Interactions: 3, WithTexts: 3, Waiting: 1, Figures: view.Preview.Figures}, *view.Preview)
	require.Positive(t, view.Preview.Figures)

	_, err = f.service.Erase(t.Context(), f.lead, "support", "u1", "asked for it")
	require.Equal(t, review.CodeForbidden, review.CodeOf(err))
	_, err = f.service.Erase(t.Context(), admin, "support", "u1", " ")
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
	e, err := f.service.Erase(t.Context(), admin, "support", "u1", "asked for it")
	require.NoError(t, err)
	_, err = f.service.Erase(t.Context(), admin, "support", "u1", "again")
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	under, repeated, err := f.service.RequestErasure(t.Context(), f.caller, review.ErasureRequest{UserID: "u1", Reason: "the App asks, too"})
	require.NoError(t, err)
	require.True(t, repeated)
	require.Equal(t, e.ID, under.ID, "one erasure of a user at a time")
	require.Equal(t, "asked for it", under.Reason)
	require.Equal(t, []string{"u1"}, f.carryOut(t))
	f.clock.advance(time.Minute)
	f.carryOut(t)
	require.Empty(t, f.carryOut(t), "it is finished")
	got, _, err := f.service.Erasure(t.Context(), admin, "support", e.ID)
	require.NoError(t, err)
	require.NotNil(t, got.FinishedAt)
	require.Equal(t, []any{"", 3, 1, 3, view.Preview.Figures, review.HashOfErased(e.ID, "u1")}, []any{got.UserID, got.Texts, got.Words, got.Named, got.Figures, got.UserHash})

	require.Empty(t, f.said(t, "zebra"))
	require.Empty(t, f.said(t, "because"))
	require.NotEmpty(t, f.said(t, "okapi"))
	for table, columns := range map[string]string{"interactions": "user_id", "items": "user_id", "interventions": "user_id", "conduct_hours": "user_id",
		"bias_states": "user_id", "cost_days": "user_id", "cost_months": "user_id", "erasures": "user_id", "events": "object"} {
		require.Zero(t, f.count(t, "SELECT COUNT(*) FROM "+table+" WHERE "+columns+" = 'u1'"), table)
	}
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM conduct_hours WHERE user_id = ''"), "what all did together stays")
	for _, table := range []string{"cost_days", "cost_months"} {
		require.Equal(t, 12, f.count(t, "SELECT cost FROM "+table+" WHERE side = 0"), "what everybody cost stays")
	}
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM interactions WHERE external_id = 'x1' OR session_id = 's1'"))
	found, err := f.service.Queue(t.Context(), f.ann, review.Filter{UserID: "u1"}, nil)
	require.NoError(t, err)
	require.Empty(t, found.Rows)
	f.decide(t, f.ann, waiting, review.JudgeApprove) // it waits on, without its texts
	f.verified(t)
}

func erasureGoesOn(t *testing.T, f *fixture) {
	admin := f.addViewer(t, "admin@example.com", review.RoleAdmin, f.caller.App)
	for range removedAtOnce + 3 {
		f.submit(t, review.Submission{Prompt: "zebra", UserID: "u1"})
	}
	hold := review.HoldCommand{App: "support", Kind: review.HoldUser, Subject: "u1", Reason: "a case"}
	require.NoError(t, f.service.Hold(t.Context(), admin, hold))
	_, err := f.service.Erase(t.Context(), admin, "support", "u1", "asked for it")
	require.NoError(t, err)
	f.clock.advance(time.Minute)
	f.carryOut(t)
	require.Equal(t, removedAtOnce+3, f.count(t, "SELECT COUNT(*) FROM interactions WHERE removed_at IS NULL AND user_id = 'u1'"))
	f.lift(t, admin, review.HoldUser)
	killed := errors.New("killed")
	err = f.service.CarryOut(t.Context(), func(string, string) {}, func(context.Context, time.Duration) error { return killed })
	require.ErrorIs(t, err, killed)
	left := f.count(t, "SELECT COUNT(*) FROM interactions WHERE removed_at IS NULL")
	require.Equal(t, 3, left, "one batch was done")
	f.carryOut(t)
	require.Equal(t, removedAtOnce+3, f.count(t, "SELECT texts FROM erasures WHERE finished_at IS NOT NULL"), "each is counted once")
	f.verified(t)
}

// removedAtOnce is how many texts go in a transaction.
const removedAtOnce = 24
