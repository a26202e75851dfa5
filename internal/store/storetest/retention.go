package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// retentionScenarios: what is removed when, what is not, and what is left of it.
func retentionScenarios() []scenario {
	return []scenario{
		{"texts go when their time is over, and what they were stays provable", textsExpire},
		{"reasons and notes go later, and verdicts and labels stay", wordsExpire},
		{"what is held stays until the hold is lifted", holdsKeep},
		{"what waits for a person keeps its texts", waitingKeeps},
		{"decisions can be blanked and not rewritten", onlyBlanked},
	}
}

func atOnce(context.Context, time.Duration) error { return nil }

// retain sets the days that are kept.
func (f *fixture) retain(t testing.TB, rules review.RetentionRules) {
	t.Helper()
	p, err := f.ActivePolicy(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	p.Version++
	p.Retention = rules
	f.write(t, func(tx review.Tx) error {
		return tx.PutPolicy(p, review.Actor{Kind: review.ActorSystem, ID: "test"}, "test", f.clock.now())
	})
}

func (f *fixture) expire(t testing.TB, want int) {
	t.Helper()
	n, err := f.service.Expire(t.Context(), atOnce)
	require.NoError(t, err)
	require.Equal(t, want, n)
}

func (f *fixture) indexAll(t testing.TB) {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = f.IndexTexts(t.Context())
		require.NoError(t, err)
	}
}

// said counts the rows of every table in which a text can be found.
func (f *fixture) said(t testing.TB, text string) (found []string) {
	t.Helper()
	db := f.sql(t)
	for table, columns := range map[string][]string{
		"interactions": {"excerpt", "error", "context", "prompt", "response", "content"}, "assessments": {"findings", "redactions"},
		"items": {"excerpt", "reason"}, "decisions": {"reason", "text", "findings"}, "feedback": {"document"}, "annotations": {"body"},
		"interventions": {"text", "delivered_text"}, "inbox": {"body"}, "skips": {"reason"}, "outbox": {"payload"}, "events": {"detail"},
	} {
		rows, err := db.QueryContext(t.Context(), "SELECT "+strings.Join(columns, ", ")+" FROM "+table)
		require.NoError(t, err)
		values := make([]sql.RawBytes, len(columns))
		targets := make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			require.NoError(t, rows.Scan(targets...))
			for i, v := range values {
				if strings.Contains(string(v), text) {
					found = append(found, table+"."+columns[i])
				}
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return found
}

const day = 24 * time.Hour

func textsExpire(t *testing.T, f *fixture) {
	f.retain(t, review.RetentionRules{Allowed: 30, Flagged: 100})
	calm := f.submit(t, review.Submission{Prompt: "weather zebra", Response: "sun zebra", UserID: "u1", Context: []byte(`{"zebra":1}`)})
	initial := "zebra"
	_, err := f.service.AddFeedback(t.Context(), f.caller, calm.ID, review.Feedback{Action: review.FeedbackEdited, InitialAnswer: &initial})
	require.NoError(t, err)
	item := f.flagged(t, "zebra and more words that are looked for")
	f.decide(t, f.ann, item, review.JudgeBlock)
	f.indexAll(t)
	require.NotEmpty(t, f.said(t, "zebra"))
	require.Positive(t, f.count(t, "SELECT COUNT(*) FROM item_tokens"))

	f.clock.advance(29 * day)
	f.expire(t, 0)
	f.clock.advance(2 * day)
	f.expire(t, 1)
	f.expire(t, 0)
	in := f.interaction(t, calm.ID)
	require.Empty(t, in.Content.Prompt+in.Content.Response+string(in.Context))
	require.Equal(t, f.clock.now(), *in.RemovedAt)
	require.NotZero(t, in.ContentHash)
	require.Equal(t, "u1", in.UserID, "the person is erased only when somebody asks for it")
	db := f.sql(t)
	var input, output []byte
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT input_hash, output_hash FROM interactions WHERE removed_at IS NOT NULL").Scan(&input, &output))
	wantIn, wantOut := sha256.Sum256([]byte("weather zebra")), sha256.Sum256([]byte("sun zebra"))
	require.Equal(t, [][]byte{wantIn[:], wantOut[:]}, [][]byte{input, output})

	f.clock.advance(70 * day)
	f.expire(t, 1)
	require.Empty(t, f.said(t, "zebra"))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM item_tokens"), "nothing is found by its words, and nothing is like it")
	view, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.NotNil(t, view.Interaction.RemovedAt)
	require.Equal(t, review.VerdictFlag, view.Assessment.Verdict)
	require.NotEmpty(t, view.Assessment.Findings, "what the guard saw stays, without the text in which it saw it")
	require.Equal(t, "injection", view.Decisions[0].Label)
	require.Equal(t, "because", view.Decisions[0].Reason)
	receipt, err := f.service.Receipt(t.Context(), f.caller, calm.ID)
	require.NoError(t, err)
	require.Empty(t, receipt.Content.Prompt)
	tallies, err := f.RemovalTallies(t.Context(), f.caller.App.ID, start)
	require.NoError(t, err)
	require.Len(t, tallies, 2)
	require.Equal(t, review.RemovedFlagged, tallies[0].Kind)
	require.Equal(t, 2, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'texts.removed'"))
	f.verified(t)
}

func (f *fixture) interaction(t testing.TB, id string) (in review.Interaction) {
	t.Helper()
	f.write(t, func(tx review.Tx) (err error) {
		in, err = tx.Interaction(id)
		return err
	})
	return in
}

func (f *fixture) verified(t testing.TB) {
	t.Helper()
	report, err := f.VerifyChain(t.Context())
	require.NoError(t, err)
	require.True(t, report.OK(), report.Reason)
}

func wordsExpire(t *testing.T, f *fixture) {
	f.retain(t, review.RetentionRules{Decisions: 400})
	item := f.flagged(t, "a")
	d := f.decide(t, f.ann, item, review.JudgeBlock)
	_, err := f.service.Annotate(t.Context(), f.ann, review.AnnotateCommand{ItemID: item, Body: "a note that because"})
	require.NoError(t, err)
	f.clock.advance(399 * day)
	f.expire(t, 0)
	f.clock.advance(2 * day)
	f.expire(t, 2)
	f.expire(t, 0)
	require.Empty(t, f.said(t, "because"))
	view, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Equal(t, []any{d.Label, d.Judgement, ""}, []any{view.Decisions[0].Label, view.Decisions[0].Judgement, view.Decisions[0].Reason})
	require.Contains(t, view.Interaction.Content.Prompt, "suspicious", "texts have a time of their own")
	f.verified(t)
}

func holdsKeep(t *testing.T, f *fixture) {
	f.retain(t, review.RetentionRules{Allowed: 1, Flagged: 1, Decisions: 1})
	admin := f.addViewer(t, "admin@example.com", review.RoleAdmin, f.caller.App)
	f.submit(t, review.Submission{Prompt: "calm", UserID: "u2"})
	item := f.flagged(t, "a")
	f.decide(t, f.ann, item, review.JudgeBlock)
	f.indexAll(t)
	f.clock.advance(2 * day)
	holds := []review.HoldCommand{
		{App: "support", Kind: review.HoldApp, Reason: "a case"},
		{App: "support", Kind: review.HoldUser, Subject: "u1", Reason: "a case"},
		{App: "support", Kind: review.HoldItem, Subject: item, Reason: "a case"},
	}
	for _, h := range holds {
		require.NoError(t, f.service.Hold(t.Context(), admin, h))
		require.Equal(t, review.CodeConflict, review.CodeOf(f.service.Hold(t.Context(), admin, h)), "it is held already")
	}
	require.Equal(t, review.CodeForbidden, review.CodeOf(f.service.Hold(t.Context(), f.lead, holds[0])))
	for _, h := range []review.HoldCommand{
		{App: "support", Kind: review.HoldItem, Subject: "nothing", Reason: "x"}, {App: "support", Kind: review.HoldUser, Reason: "x"},
		{App: "support", Kind: "all", Reason: "x"}, {App: "support", Kind: review.HoldUser, Subject: "u3"},
	} {
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.service.Hold(t.Context(), admin, h)), h)
	}
	f.expire(t, 0)
	f.lift(t, admin, review.HoldApp)
	f.expire(t, 1) // the other user's
	f.lift(t, admin, review.HoldUser)
	f.expire(t, 0)
	f.lift(t, admin, review.HoldItem)
	f.expire(t, 2) // the text and the reason
	f.verified(t)
}

func (f *fixture) lift(t testing.TB, by review.Viewer, kind review.HoldKind) {
	t.Helper()
	view, err := f.service.Retention(t.Context(), by, "support")
	require.NoError(t, err)
	for _, h := range view.Holds {
		if h.Kind == kind {
			require.NoError(t, f.service.Lift(t.Context(), by, "support", h.ID, "it is over"))
			require.Equal(t, review.CodeNotFound, review.CodeOf(f.service.Lift(t.Context(), by, "support", h.ID, "again")))
			return
		}
	}
	t.Fatalf("there is no hold of %s", kind)
}

func waitingKeeps(t *testing.T, f *fixture) {
	f.retain(t, review.RetentionRules{Allowed: 1, Flagged: 1})
	item := f.flagged(t, "a")
	f.indexAll(t)
	f.clock.advance(10 * day)
	f.expire(t, 0)
	f.decide(t, f.ann, item, review.JudgeApprove)
	f.expire(t, 1)
}

func onlyBlanked(t *testing.T, f *fixture) {
	d := f.decide(t, f.ann, f.flagged(t, "a"), review.JudgeBlock)
	db := f.sql(t)
	for _, change := range []string{"reason = 'x'", "text = 'x'", "findings = '[]'", "label = ''", "exposure = '{}'", "judgement = 'approve'"} {
		if f.options.DatabaseURL == "" {
			change = strings.NewReplacer("reason = 'x'", "reason = x'78'", "text = 'x'", "text = x'78'", "'[]'", "x'5b5d'", "'{}'", "x'7b7d'").Replace(change)
		}
		_, err := db.ExecContext(t.Context(), "UPDATE decisions SET "+change+" WHERE id = '"+d.ID+"'")
		require.ErrorContains(t, err, "append-only", change)
	}
	f.write(t, func(tx review.Tx) error {
		gone, err := tx.RemoveWords(f.caller.App.ID, d.ID)
		require.True(t, gone)
		return err
	})
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM decisions WHERE LENGTH(reason) > 0"))
}
