package views

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestTheExchangeKeepsItsOrder(t *testing.T) {
	p := ItemPage{View: review.ItemView{Interaction: review.Interaction{Content: review.Content{
		System: "s", Prompt: "p", Response: "r",
		Messages:  []review.Message{{Role: "user", Content: "m0"}, {Role: "assistant", Content: "m1"}, {Role: "tool", Content: "m2"}},
		Documents: []review.Document{{Title: "T", Source: "S", Content: "d"}, {Content: "e"}},
		ToolCalls: []review.ToolCall{
			{Name: "both", Arguments: json.RawMessage(`{"a":1}`), Output: "o"}, {Name: "output", Output: "x", Error: "late"}, {Name: "broken", Error: "refused"},
		},
	}}}}
	var got []string
	for _, turn := range exchangeOf(t.Context(), p).turns {
		got = append(got, fmt.Sprintf("%s %s %d %s", turn.who, turn.title, len(turn.parts), turn.problem))
	}
	require.Equal(t, []string{
		"System  1 ", "User  1 ", "Assistant  1 ", "Tool  1 ", "User  1 ", "Document T 1 ", "Document documents[1] 1 ",
		"Tool both 2 ", "Tool output 2 late", "Tool broken 1 refused", "Assistant  1 ",
	}, got)
}

func findingsPage() ItemPage {
	return ItemPage{View: review.ItemView{
		Interaction: review.Interaction{Content: review.Content{Prompt: "abcdef", Response: "ghi"}},
		Assessment: review.Assessment{Findings: []review.Finding{
			{Detector: "mild", Severity: review.SeverityLow, Confidence: 1, Segment: "prompt", Start: 0, End: 2},
			{Detector: "grave", Severity: review.SeverityCritical, Confidence: 0.9, Segment: "prompt", Start: 1, End: 99},
			{Detector: "whole", Severity: review.SeverityMedium, Confidence: 0.5, Segment: "response"},
			{Detector: "lost", Severity: review.SeverityMedium, Confidence: 0.4, Segment: "documents[7]", Start: 0, End: 3},
		}},
	}}
}

func TestCardsAndMarksBelongTogether(t *testing.T) {
	x := exchangeOf(t.Context(), findingsPage())
	var order []string
	for i, c := range x.cards {
		require.Equal(t, i+1, c.number)
		order = append(order, fmt.Sprintf("%s %v", c.Detector, c.marked))
	}
	require.Equal(t, []string{"grave true", "whole false", "mild true", "lost false"}, order)
	require.Len(t, x.turns[0].parts[0].passage.Spans, 2)
	require.Len(t, x.turns[1].parts[0].whole, 1)
}

func TestABlindPageShowsNothingOfTheGuard(t *testing.T) {
	p := findingsPage()
	p.View.Blind = true
	p.Decoded = []DecodedText{{Segment: "prompt", View: "base64", Text: "secret"}}
	p.View.Decisions = []review.DecisionView{{Reviewer: "peer"}}
	x := exchangeOf(t.Context(), p)
	require.Empty(t, x.cards)
	for _, turn := range x.turns {
		for _, pt := range turn.parts {
			require.Empty(t, pt.passage.Spans)
			require.Empty(t, pt.whole)
			require.Empty(t, pt.changes)
			require.Empty(t, pt.decoded)
		}
	}
	require.Len(t, timelineOf(t.Context(), p), 1, "peers stay hidden")
}

func TestAVastExchangeIsBounded(t *testing.T) {
	docs := make([]review.Document, 10_000)
	for i := range docs {
		docs[i].Content = "x"
	}
	p := ItemPage{View: review.ItemView{
		Interaction: review.Interaction{Content: review.Content{Prompt: "p", Documents: docs, Response: "r"}},
		Assessment:  review.Assessment{Findings: []review.Finding{{Detector: "far", Severity: review.SeverityHigh, Confidence: 1, Segment: "documents[9000]", Start: 0, End: 1}}},
	}}
	x := exchangeOf(t.Context(), p)
	require.Equal(t, maxTurns+1, len(x.turns), "the first, the last two and the one that has a finding")
	require.Equal(t, 10_002-len(x.turns), x.omitted)
	require.Equal(t, "documents[9000]", x.turns[maxTurns-2].parts[0].passage.Segment)
	require.Equal(t, "assistant", x.turns[len(x.turns)-1].role)
}

func TestMoreFindingsThanCards(t *testing.T) {
	p := findingsPage()
	for range 2 * maxCards {
		p.View.Assessment.Findings = append(p.View.Assessment.Findings, review.Finding{Detector: "again", Severity: review.SeverityLow, Confidence: 0.1, Segment: "prompt", Start: 3, End: 4})
	}
	x := exchangeOf(t.Context(), p)
	require.Len(t, x.cards, maxCards)
	require.Equal(t, len(p.View.Assessment.Findings)-maxCards, x.unlisted)
}

func TestStance(t *testing.T) {
	now := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	mine := &review.Claim{UserID: "me", ExpiresAt: now.Add(time.Minute)}
	theirs := &review.Claim{UserID: "they", ExpiresAt: now.Add(time.Minute)}
	over := &review.Claim{UserID: "me", ExpiresAt: now}
	for _, tc := range []struct {
		name  string
		role  review.Role
		state review.ItemState
		claim *review.Claim
		want  stance
	}{
		{"mine", review.RoleAnalyst, review.StateOpen, mine, stanceHeld},
		{"theirs", review.RoleAnalyst, review.StateOpen, theirs, stanceOthers},
		{"ran out", review.RoleAnalyst, review.StateOpen, over, stanceFree},
		{"free", review.RoleLead, review.StateOpen, nil, stanceFree},
		{"reads only", review.RoleViewer, review.StateOpen, nil, stanceRead},
		{"an auditor reads", review.RoleAuditor, review.StateOpen, mine, stanceRead},
		{"for a lead", review.RoleAnalyst, review.StateEscalated, mine, stanceLead},
		{"a lead decides it", review.RoleLead, review.StateEscalated, mine, stanceHeld},
		{"decided", review.RoleViewer, review.StateDecided, mine, stanceDecided},
	} {
		p := ItemPage{
			Shell: Shell{Now: now, Viewer: review.Viewer{User: review.User{ID: "me", Role: tc.role}}},
			View:  review.ItemView{Item: review.Item{State: tc.state}, Claim: tc.claim},
		}
		require.Equal(t, tc.want, p.stance(), tc.name)
	}
}

func TestTheStandingDecisionIsTheLastThatWasNotUndone(t *testing.T) {
	undone := &review.Undo{}
	v := review.ItemView{Decisions: []review.DecisionView{{Reviewer: "a"}, {Reviewer: "b"}, {Reviewer: "c", Undone: undone}}}
	require.Equal(t, "b", standing(v).Reviewer)
	require.Nil(t, standing(review.ItemView{Decisions: []review.DecisionView{{Undone: undone}}}))
}
