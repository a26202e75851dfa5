package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// ingestScenarios: what is stored comes back as it was.
func ingestScenarios() []scenario {
	return []scenario{
		{"an interaction comes back to the byte", interactionComesBack},
		{"hostile texts are stored and shown without harm", hostileTexts},
		{"an assessment comes back", assessmentComesBack},
		{"a receipt shows the present state", receiptShowsThePresent},
		{"a repeated external id finds the first answer", repeatedExternalID},
		{"feedback is kept once", feedbackIsKeptOnce},
		{"a bias state is replaced", biasStateIsReplaced},
		{"an intervention is proposed, set and read", interventionIsSet},
		{"what belongs to nothing is refused", danglingRowsAreRefused},
	}
}

func pointer[T any](v T) *T { return &v }

// fullInteraction fills every field.
func fullInteraction(f *fixture) review.Interaction {
	return review.Interaction{
		ID: f.ids.next(), AppID: f.caller.App.ID, ExternalID: "ext-1", UserID: "u1", SessionID: "s1", ConversationID: "c1", Turn: 7,
		Model: "gpt", ModelVersion: "2026-01", Content: review.Content{
			System:    "Be kind.",
			Messages:  []review.Message{{Role: "user", Content: "Hi <b>"}, {Role: "assistant", Content: "Hello & welcome"}},
			Prompt:    "What is \u2028 this?",
			Response:  "A line separator.",
			Documents: []review.Document{{ID: "d1", Title: "T", Source: "https://example.com", Content: "text"}},
			ToolCalls: []review.ToolCall{
				{Name: "search", Arguments: json.RawMessage("{ \"q\" :  \"<x>&\\u2028\" }"), Output: "none", Error: "timeout"},
				{Name: "as_string", Arguments: json.RawMessage(`"{\"a\": 1}"`)},
				{Name: "bare"},
			},
		},
		ContentHash: [32]byte{1, 2, 31: 255}, Usage: review.Usage{PromptTokens: 11, CompletionTokens: 22}, LatencyMS: 333, Unsent: true,
		Error: "content filter", Context: json.RawMessage(`{"tenant": "<x>",  "n": 1.0}`),
		OccurredAt: start.Add(-time.Hour), CreatedAt: start, ExpiresAt: pointer(start.Add(30 * 24 * time.Hour)),
	}
}

func interactionComesBack(t *testing.T, f *fixture) {
	full := fullInteraction(f)
	bare := review.Interaction{ID: f.ids.next(), AppID: f.caller.App.ID, OccurredAt: start, CreatedAt: start}
	f.write(t, func(tx review.Tx) error {
		for _, in := range []review.Interaction{full, bare} {
			if err := tx.PutInteraction(in, review.Assessment{}); err != nil {
				return err
			}
		}
		for _, want := range []review.Interaction{full, bare} {
			got, err := tx.Interaction(want.ID)
			if err != nil {
				return err
			}
			assert.Equal(t, want, got)
		}
		return nil
	})
	got, err := f.Receipt(t.Context(), f.caller.App.ID, full.ID)
	require.NoError(t, err)
	require.Equal(t, full.Content, got.Content)
}

func hostileTexts(t *testing.T, f *fixture) {
	texts := []string{
		"nul \x00 inside", "\x00", "replacement \uFFFD", "'; DROP TABLE items; --", "$1 ? ?? :name @name", "\U0010FFFF\u202E\u200B",
		`\x00 \u0000 \\`, strings.Repeat("long ", 1<<18),
	}
	for _, text := range texts {
		r := f.submit(t, review.Submission{
			Prompt: "suspicious " + text, Response: text, UserID: "u1",
			Documents: []review.Document{{Content: text}}, ToolCalls: []review.ToolCall{{Name: "t", Output: text, Error: text}},
			Error: text[:min(len(text), 100)],
		})
		view, err := f.service.View(t.Context(), f.ann, r.Item.ID)
		require.NoError(t, err)
		require.Equal(t, "suspicious "+text, view.Interaction.Content.Prompt)
		require.Equal(t, text, view.Interaction.Content.Response)
		require.Equal(t, text, view.Interaction.Content.Documents[0].Content)
		require.Equal(t, text, view.Interaction.Content.ToolCalls[0].Output)
		require.Equal(t, text, view.Interaction.Content.ToolCalls[0].Error)
	}
	itemID := f.flagged(t, "x")
	claim, err := f.service.ClaimItem(t.Context(), f.ann, itemID)
	require.NoError(t, err)
	_, err = f.service.Decide(t.Context(), f.ann, review.DecideCommand{
		ItemID: itemID, Token: claim.Token, Version: 1, Judgement: review.JudgeBlock, Reason: "a\x00b", Text: "c\x00d", Note: "e\x00f",
	})
	require.NoError(t, err)
	view, err := f.service.View(t.Context(), f.ann, itemID)
	require.NoError(t, err)
	require.Equal(t, "a\x00b", view.Decisions[0].Reason)
	require.Equal(t, "c\x00d", view.Decisions[0].Text)
	require.Equal(t, "e\x00f", view.Annotations[0].Body)
}

func assessmentComesBack(t *testing.T, f *fixture) {
	want := review.Assessment{
		Findings: []review.Finding{{Detector: "d", Category: review.CategoryPII, Severity: review.SeverityLow, Confidence: 1.0 / 3,
			Segment: "documents[2]", Start: 3, End: 9, Message: "m", Evidence: "e\x00<", View: "base64"}},
		Failures:   []review.Failure{{Detector: "x", Segment: "prompt", Reason: "deadline"}},
		Redactions: []review.Redaction{{Segment: "prompt", Start: 1, End: 2, Placeholder: "[EMAIL_1]"}},
		Risk:       0.1 + 0.2, Verdict: review.VerdictBlock, PolicyVersion: 3, ScreeningUS: 417,
	}
	in := fullInteraction(f)
	f.write(t, func(tx review.Tx) error { return tx.PutInteraction(in, want) })
	f.write(t, func(tx review.Tx) error {
		got, err := tx.Assessment(in.ID)
		assert.Equal(t, want, got)
		return err
	})
	r, err := f.Receipt(t.Context(), f.caller.App.ID, in.ID)
	require.NoError(t, err)
	require.Equal(t, want, r.Assessment)
	err = f.Write(t.Context(), func(tx review.Tx) error { _, err := tx.Assessment("none"); return err })
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
}

func receiptShowsThePresent(t *testing.T, f *fixture) {
	first := f.submit(t, review.Submission{
		UserID: "u1", Prompt: "suspicious", Response: "r", Feedback: &review.Feedback{Action: review.FeedbackAcceptedWithoutReview},
	})
	require.Len(t, first.Interventions, 1)
	again, err := f.service.Receipt(t.Context(), f.caller, first.ID)
	require.NoError(t, err)
	require.NotEmpty(t, first.Allowances)
	first.Allowances = nil // how the caller stood is told once
	require.Equal(t, first, again)

	page, err := f.service.Queue(t.Context(), f.ann, review.Filter{Kind: review.KindIntervention}, nil)
	require.NoError(t, err)
	require.Len(t, page.Rows, 1)
	f.decide(t, f.ann, page.Rows[0].Item.ID, review.JudgeApprove)
	f.decide(t, f.ann, first.Item.ID, review.JudgeBlock)

	now, err := f.service.Receipt(t.Context(), f.caller, first.ID)
	require.NoError(t, err)
	require.Equal(t, review.StateDecided, now.Item.State)
	require.Equal(t, review.InterventionApproved, now.Interventions[0].State)
	require.Equal(t, "What would change your mind?", now.Interventions[0].DeliveredText)

	_, err = f.Receipt(t.Context(), "another app", first.ID)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	_, err = f.Receipt(t.Context(), f.caller.App.ID, "none")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	calm := f.submit(t, review.Submission{Prompt: "fine"})
	now, err = f.service.Receipt(t.Context(), f.caller, calm.ID)
	require.NoError(t, err)
	require.Nil(t, now.Item)
	require.Empty(t, now.Interventions)
}

func repeatedExternalID(t *testing.T, f *fixture) {
	s := review.Submission{ExternalID: "x", Prompt: "suspicious"}
	first := f.submit(t, s)
	again := f.submit(t, s)
	require.True(t, again.Repeated)
	first.Repeated = true
	require.Equal(t, first, again)
	s.Prompt = "other"
	_, err := f.service.Submit(t.Context(), f.caller, s)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))

	for range 2 { // no external id is no identity
		f.submit(t, review.Submission{Prompt: "same"})
	}
	other := f.addApp(t, "other")
	r, err := f.service.Submit(t.Context(), review.Caller{App: other, PolicyVersion: 1}, review.Submission{ExternalID: "x", Prompt: "mine"})
	require.NoError(t, err)
	require.False(t, r.Repeated)
	require.Equal(t, 4, f.count(t, "SELECT COUNT(*) FROM interactions"))

	for _, id := range []string{"", "unknown"} {
		_, _, found, err := f.FindExternal(t.Context(), f.caller.App.ID, id)
		require.NoError(t, err)
		require.False(t, found, "%q", id)
	}
	in := fullInteraction(f)
	in.ExternalID = "x"
	err = f.Write(t.Context(), func(tx review.Tx) error { return tx.PutInteraction(in, review.Assessment{}) })
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "the index refuses it, too")
}

func feedbackIsKeptOnce(t *testing.T, f *fixture) {
	r := f.submit(t, review.Submission{Prompt: "fine", UserID: "u1"})
	full := review.Feedback{
		Action: review.FeedbackEdited, ShownAt: pointer(start), DecidedAt: pointer(start.Add(time.Second)), FocusedMS: pointer(int64(900)),
		EditRatio: pointer(0.25), Verification: &review.Verification{SourceOpened: true}, InitialAnswer: pointer("a\x00"),
		InitialConfidence: pointer(0.5), AIConfidence: pointer(0.75), RiskClass: "high", AITruth: "wrong", Seeded: pointer(false),
		Arm: "b", Propensity: pointer(0.5),
	}
	f.write(t, func(tx review.Tx) error {
		none, err := tx.Feedback(r.ID)
		assert.Nil(t, none)
		return err
	})
	_, err := f.service.AddFeedback(t.Context(), f.caller, r.ID, full)
	require.NoError(t, err)
	f.write(t, func(tx review.Tx) error {
		got, err := tx.Feedback(r.ID)
		assert.Equal(t, &full, got)
		return err
	})
	_, err = f.service.AddFeedback(t.Context(), f.caller, r.ID, full)
	require.NoError(t, err)
	full.Action = review.FeedbackRejected
	_, err = f.service.AddFeedback(t.Context(), f.caller, r.ID, full)
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	err = f.Write(t.Context(), func(tx review.Tx) error { return tx.PutFeedback(f.ids.next(), r.ID, full, start) })
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "the index refuses it, too")
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM feedback"))
}

func biasStateIsReplaced(t *testing.T, f *fixture) {
	s := review.BiasState{AppID: f.caller.App.ID, UserID: "u1", Detector: "bias.test", Alpha: 1.5, Beta: 2.5, Weight: 4, OtherAlpha: 1, OtherBeta: 3.25, OtherWeight: 2, UpdatedAt: start}
	read := func() (got review.BiasState, found bool) {
		f.write(t, func(tx review.Tx) (err error) {
			got, found, err = tx.BiasState(s.AppID, s.UserID, s.Detector)
			return err
		})
		return got, found
	}
	_, found := read()
	require.False(t, found)
	for _, next := range []review.BiasState{s, {
		AppID: s.AppID, UserID: s.UserID, Detector: s.Detector, Alpha: 9, Beta: 1, Weight: 10, Firing: true,
		FiredAt: pointer(start), UpdatedAt: start.Add(time.Minute),
	}} {
		f.write(t, func(tx review.Tx) error { return tx.PutBiasState(next) })
		got, found := read()
		require.True(t, found)
		require.Equal(t, next, got)
	}
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM bias_states"))
}

func interventionIsSet(t *testing.T, f *fixture) {
	r := f.submit(t, review.Submission{Prompt: "fine", UserID: "u1"})
	want := review.Intervention{
		ID: f.ids.next(), AppID: f.caller.App.ID, InteractionID: r.ID, UserID: "u1", Bias: "bias.test", Strategy: "text", Text: "Why?\x00",
		Confidence: 0.7, Severity: review.SeverityMedium, State: review.InterventionProposed, CreatedAt: start,
	}
	f.write(t, func(tx review.Tx) error { return tx.PutIntervention(want) })
	f.write(t, func(tx review.Tx) error {
		return tx.SetIntervention(want.ID, review.InterventionApproved, "Why not?")
	})
	want.State, want.DeliveredText = review.InterventionApproved, "Why not?"
	f.write(t, func(tx review.Tx) error {
		got, err := tx.Intervention(want.ID)
		assert.Equal(t, want, got)
		return err
	})
	for name, fn := range map[string]func(review.Tx) error{
		"read": func(tx review.Tx) error { _, err := tx.Intervention("none"); return err },
		"set":  func(tx review.Tx) error { return tx.SetIntervention("none", review.InterventionDropped, "") },
	} {
		require.Equal(t, review.CodeNotFound, review.CodeOf(f.Write(t.Context(), fn)), name)
	}
}

func danglingRowsAreRefused(t *testing.T, f *fixture) {
	app := f.caller.App.ID
	for name, fn := range map[string]func(review.Tx) error{
		"interaction": func(tx review.Tx) error {
			return tx.PutInteraction(review.Interaction{ID: f.ids.next(), AppID: "none"}, review.Assessment{})
		},
		"feedback": func(tx review.Tx) error { return tx.PutFeedback(f.ids.next(), "none", review.Feedback{}, start) },
		"intervention": func(tx review.Tx) error {
			return tx.PutIntervention(review.Intervention{ID: f.ids.next(), AppID: app, InteractionID: "none"})
		},
		"item": func(tx review.Tx) error {
			return tx.PutItem(review.Item{ID: f.ids.next(), AppID: app, InteractionID: "none"}, nil)
		},
		"claim": func(tx review.Tx) error { return tx.PutClaim(review.Claim{ItemID: "none", UserID: f.ann.User.ID}) },
		"skip":  func(tx review.Tx) error { return tx.PutSkip("none", f.ann.User.ID, "", start) },
		"decision": func(tx review.Tx) error {
			return tx.PutDecision(review.Decision{ID: f.ids.next(), ItemID: "none", AppID: app})
		},
		"undo": func(tx review.Tx) error { return tx.PutUndo(review.Undo{DecisionID: "none"}) },
		"annotation": func(tx review.Tx) error {
			return tx.PutAnnotation(review.Annotation{ID: f.ids.next(), ItemID: "none", AppID: app, UserID: f.ann.User.ID})
		},
		"key": func(tx review.Tx) error {
			return tx.PutAPIKey(review.APIKey{ID: f.ids.next(), AppID: "none", Prefix: "p", Hash: []byte{1}}, "")
		},
		"membership": func(tx review.Tx) error { return tx.PutMembership(f.ann.User.ID, "none") },
		"policy": func(tx review.Tx) error {
			return tx.PutPolicy(review.Policy{AppID: "none", Version: 1}, cli, "", start)
		},
		"notice": func(tx review.Tx) error {
			return tx.Publish(review.Notice{Key: "k", AppID: "none", Payload: []byte("{}")})
		},
	} {
		require.Equal(t, review.CodeNotFound, review.CodeOf(f.Write(t.Context(), fn)), name)
	}
	f.verifyChain(t)
}
