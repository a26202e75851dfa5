package review

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestSubmissionValidate(t *testing.T) {
	future, half, two := noon.Add(48*time.Hour), 0.5, 2.0
	many := make([]Document, maxDocuments+1)
	tests := []struct {
		name  string
		sub   Submission
		field string // "" when it is valid
	}{
		{"a prompt is enough", Submission{Prompt: "hello"}, ""},
		{"so are messages", Submission{Messages: []Message{{"user", "hello"}}}, ""},
		{"so is a failed call", Submission{Error: "timeout"}, ""},
		{"nothing at all", Submission{}, "prompt"},
		{"prompt and messages", Submission{Prompt: "a", Messages: []Message{{"user", "b"}}}, "prompt"},
		{"an unknown role", Submission{Messages: []Message{{"narrator", "b"}}}, "messages[0].role"},
		{"a NUL in a text is a matter for the guard", Submission{Prompt: "a\x00b"}, ""},
		{"a NUL in an id", Submission{Prompt: "a", UserID: "u\x00"}, "user_id"},
		{"a zero-width space in an id", Submission{Prompt: "a", ExternalID: "u\u200b1"}, "external_id"},
		{"a long id", Submission{Prompt: "a", SessionID: strings.Repeat("x", 257)}, "session_id"},
		{"too many documents", Submission{Prompt: "a", Documents: many}, "documents"},
		{"a tool without a name", Submission{Prompt: "a", ToolCalls: []ToolCall{{}}}, "tool_calls[0].name"},
		{"a negative count", Submission{Prompt: "a", Usage: Usage{PromptTokens: -1}}, "usage.prompt_tokens"},
		{"a time to come", Submission{Prompt: "a", OccurredAt: &future}, "occurred_at"},
		{"context that is no object", Submission{Prompt: "a", Context: json.RawMessage(`[1]`)}, "context"},
		{"deep context", Submission{Prompt: "a", Context: json.RawMessage(`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`)}, "context"},
		{"brackets in a string are not depth", Submission{Prompt: "a", Context: json.RawMessage(`{"a":"` + strings.Repeat("[", 99) + `\""}`)}, ""},
		{"large context", Submission{Prompt: "a", Context: json.RawMessage(`{"a":"` + strings.Repeat("x", maxContextBytes) + `"}`)}, "context"},
		{"feedback without action", Submission{Prompt: "a", Feedback: &Feedback{}}, "feedback.action"},
		{"a share above 1", Submission{Prompt: "a", Feedback: &Feedback{Action: FeedbackEdited, EditRatio: &two}}, "feedback.edit_ratio"},
		{"good feedback", Submission{Prompt: "a", Feedback: &Feedback{Action: FeedbackEdited, EditRatio: &half, RiskClass: "high", AITruth: "wrong"}}, ""},
		{"decided before it was shown", Submission{Prompt: "a", Feedback: &Feedback{Action: FeedbackEdited, ShownAt: &future, DecidedAt: &noon}}, "feedback.decided_at"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.sub.Validate(noon)
			if tt.field == "" {
				require.NoError(t, err)
				return
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, CodeUnprocessable, e.Code)
			require.Equal(t, tt.field, e.Fields[0].Field)
		})
	}
}

func TestContentPutsMessagesInTheirPlaces(t *testing.T) {
	c := Submission{Messages: []Message{
		{"system", "be kind"}, {"user", "first"}, {"assistant", "answer"}, {"tool", "out"}, {"user", "last"}, {"assistant", "reply"},
	}}.Content()
	require.Equal(t, "be kind", c.System)
	require.Equal(t, "last", c.Prompt)
	require.Equal(t, "reply", c.Response)
	require.Equal(t, []Message{{"user", "first"}, {"assistant", "answer"}, {"tool", "out"}}, c.Messages)

	var names []string
	for _, s := range c.Segments() {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"system", "messages[0]", "messages[1]", "messages[2]", "prompt", "response"}, names)
}

func TestSegmentsSayWhereTheyComeFrom(t *testing.T) {
	c := Content{
		Prompt: "p", Response: "r", Documents: []Document{{Content: ""}, {Content: "d"}},
		ToolCalls: []ToolCall{{Name: "t", Arguments: json.RawMessage(`"{\"q\":1}"`), Output: "o"}, {Name: "u", Arguments: json.RawMessage(`{"q":2}`)}},
	}
	require.Equal(t, []Segment{
		{"prompt", SegmentPrompt, TrustUser, "p", ""},
		{"documents[1]", SegmentDocument, TrustNone, "d", ""},
		{"tool_calls[0].arguments", SegmentToolArguments, TrustModel, `{"q":1}`, "t"},
		{"tool_calls[0].output", SegmentToolOutput, TrustNone, "o", "t"},
		{"tool_calls[1].arguments", SegmentToolArguments, TrustModel, `{"q":2}`, "u"},
		{"response", SegmentResponse, TrustModel, "r", ""},
	}, c.Segments())
	for _, s := range c.Segments() {
		require.Equal(t, s.Kind, kindOfSegment(s.Name))
	}
}

func TestHashIgnoresSpacingOfJSON(t *testing.T) {
	var a, b Submission
	require.NoError(t, json.Unmarshal([]byte(`{"prompt":"x","context":{"a":1}}`), &a))
	require.NoError(t, json.Unmarshal([]byte("{ \"context\": {\"a\": 1},\n \"prompt\":\"\\u0078\" }"), &b))
	require.Equal(t, a.hash(), b.hash())
	b.Prompt = "y"
	require.NotEqual(t, a.hash(), b.hash())
}

func TestFingerprint(t *testing.T) {
	same := []string{"Where is order 1234?", "where is  ORDER 99", "Where is order #7!"}
	for _, s := range same {
		require.Equal(t, fingerprint(same[0]), fingerprint(s))
	}
	require.NotEqual(t, fingerprint("Where is order 1?"), fingerprint("Where is my order 1?"))
}

func TestExcerpt(t *testing.T) {
	require.Equal(t, "a b", excerpt("  a \n\t b  "))
	long := excerpt(strings.Repeat("é", 500))
	require.Equal(t, strings.Repeat("é", excerptRunes)+"…", long)
	require.Equal(t, strings.Repeat("é", excerptRunes), excerpt(strings.Repeat("é", excerptRunes)))
}

func TestRankAgesAtOneSpeed(t *testing.T) {
	grave, mild := rank(noon, 0.9), rank(noon, 0.1)
	require.Less(t, grave, mild, "the graver of two of the same age comes first")
	require.Less(t, rank(noon.Add(-25*time.Hour), 0), rank(noon, 1), "nothing waits longer than the horizon behind newer items")
}

func TestSanitizedPutsPlaceholdersIn(t *testing.T) {
	a := Assessment{Redactions: []Redaction{
		{"prompt", 3, 6, "[CARD_1]"}, {"response", 0, 1, "[EMAIL_1]"}, {"prompt", 7, 8, "[IP_1]"}, {"prompt", 90, 99, "[X]"},
	}}
	require.Equal(t, "my [CARD_1] [IP_1]", a.Sanitized("prompt", "my 123 4"))
	require.Equal(t, "plain", a.Sanitized("documents[0]", "plain"))
}

func TestPositionRoundTrip(t *testing.T) {
	p := Position{Sort: SortRisk, Key: -5, Number: 7}
	got, err := ParsePosition(p.String(), SortRisk)
	require.NoError(t, err)
	require.Equal(t, &p, got)
	_, err = ParsePosition(p.String(), SortOldest)
	require.Equal(t, CodeInvalid, CodeOf(err), "a place in one order is none in another")
	got, err = ParsePosition("", SortPriority)
	require.NoError(t, err)
	require.Nil(t, got)
}

func FuzzParsePosition(f *testing.F) {
	f.Add("")
	f.Add(Position{Key: 1, Number: 2}.String())
	f.Add("%%%")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePosition(s, SortPriority)
		if err == nil && p != nil {
			again, err := ParsePosition(p.String(), SortPriority)
			if err != nil || *again != *p {
				t.Fatalf("%q does not survive a round trip", s)
			}
		}
	})
}

func FuzzSubmission(f *testing.F) {
	f.Add([]byte(`{"prompt":"x","messages":[],"context":{"a":[1]},"feedback":{"action":"edited"}}`))
	f.Add([]byte(`{"messages":[{"role":"user","content":"\ud800"}],"tool_calls":[{"name":"t","arguments":"\"x\""}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var s Submission
		if json.Unmarshal(body, &s) != nil || s.Validate(noon) != nil {
			return
		}
		var again Submission
		if err := json.Unmarshal(mustJSON(s), &again); err != nil || again.hash() != s.hash() {
			t.Fatalf("the hash does not survive a round trip: %v", err)
		}
		for _, seg := range s.Content().Segments() {
			fingerprint(seg.Text)
			excerpt(seg.Text)
		}
	})
}
