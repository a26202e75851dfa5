package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
)

// openCore opens an empty data folder with one App and returns it as a caller.
func openCore(t *testing.T) (*app.Core, review.Caller) {
	t.Helper()
	core, err := app.Open(t.Context(), config.Storage{Data: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, core.Close()) })
	_, err = core.Accounts.AddApp(t.Context(), app.CLI, "support-bot")
	require.NoError(t, err)
	key, err := core.Accounts.AddKey(t.Context(), app.CLI, "support-bot")
	require.NoError(t, err)
	caller, err := core.Accounts.Caller(t.Context(), key)
	require.NoError(t, err)
	return core, caller
}

func submit(t *testing.T, core *app.Core, caller review.Caller, s review.Submission) review.Receipt {
	t.Helper()
	r, err := core.Service.Submit(context.Background(), caller, s)
	require.NoError(t, err)
	return r
}

func TestALeadingPromptIsAFindingAndNeverAVerdict(t *testing.T) {
	core, caller := openCore(t)
	r := submit(t, core, caller, review.Submission{Prompt: "Isn't it true that we all agree the old plan was obviously wrong? Please just confirm that."})
	require.Contains(t, review.DetectorIDs(r.Assessment.Findings), "bias.leading_prompt", "also without a user whose habits could be followed")
	require.Equal(t, review.VerdictAllow, r.Assessment.Verdict)
	require.Empty(t, r.Interventions)
}

func TestAHabitOfUnreadAnswersIsProposedToAPersonOnce(t *testing.T) {
	core, caller := openCore(t)
	fast, verified := int64(150), review.Verification{}
	unchanged := 0.0
	var opened []review.Intervention
	for range 20 {
		r := submit(t, core, caller, review.Submission{
			UserID: "u-1", Prompt: "Write the summary of the meeting.",
			Response: "The meeting agreed on three points: the budget stays as it is, the launch moves to May, and the support team grows by two people in the autumn.",
			Feedback: &review.Feedback{Action: review.FeedbackAccepted, FocusedMS: &fast, EditRatio: &unchanged, Verification: &verified, RiskClass: "high"},
		})
		opened = append(opened, r.Interventions...)
	}
	require.Len(t, opened, 1, "once, then the cooldown holds")
	require.Equal(t, "bias.uncritical_acceptance", opened[0].Bias)
	require.Equal(t, review.InterventionProposed, opened[0].State)
	require.NotEmpty(t, opened[0].Text)
}
